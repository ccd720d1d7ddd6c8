"""Every guard beyond the seven assertions and grounding: what no mail may carry, what a person must see.

In: a mail as it would be sent, the names that belong to it, what its cited facts quote. Out: findings.
Never: a look at a row; what earlier mails and other contacts say is passed in.

`sensitive_*` warn and go to a person · `foreign_contact`, `internal_field`, `canary` and
`injection_residue` block · `spam_structure`, `html_accessibility` and `repetition` block or warn by harm.
"""

from __future__ import annotations

from collections.abc import Sequence

from outrider.guardrails.mail.internal import canaries, internal_field
from outrider.guardrails.mail.page import page_of
from outrider.guardrails.mail.readable import html_accessibility
from outrider.guardrails.mail.repetition import repetition
from outrider.guardrails.mail.residue import injection_residue
from outrider.guardrails.mail.sensitive import sensitive
from outrider.guardrails.mail.spam import spam_structure
from outrider.guardrails.mail.strangers import foreign_contact
from outrider.guardrails.mail.whole import whole_of
from outrider.guardrails.types import Finding, MailText, Names

CHECKS = (
    "sensitive_pricing",
    "sensitive_contract",
    "sensitive_legal",
    "sensitive_regulatory",
    "foreign_contact",
    "internal_field",
    "canary",
    "injection_residue",
    "spam_structure",
    "html_accessibility",
    "repetition",
)
"""Stable names, for policies and screens."""


def check(mail: MailText, names: Names, quoted: Sequence[str] = ()) -> list[Finding]:
    """All guards over one mail; an empty list means that nothing is wrong.

    Args:
        mail: the mail, with what its contact was sent before in `earlier`.
        names: who belongs to it, and whose data must not stand in it.
        quoted: quotes and values of the facts that the mail cites.
    """
    words = whole_of(mail)
    page = page_of(mail.html)
    return [
        *sensitive(words, quoted),
        *foreign_contact(words, names),
        *internal_field(words, mail),
        *canaries(words),
        *injection_residue(words, mail),
        *spam_structure(words, mail, page, names),
        *html_accessibility(page),
        *repetition(mail),
    ]
