"""A lawful mail around a few words, and what the guards say of it."""

from __future__ import annotations

from outrider.drafts.rules import compose, mail_text
from outrider.drafts.types import Thread, Wording
from outrider.guardrails.guards import check
from outrider.guardrails.types import Finding, MailText, Names, OtherContact, Severity
from tests.drafts_world import recipient, sender

BODY = (
    "Hi Dana,\n\nA lease schedule is only as good as the last amendment somebody read. It rarely "
    "shows in the total, it shows when somebody asks about one site.\n\n"
    "Does your team still do that reading by hand?"
)
OTHERS = (
    OtherContact(
        first="Tom", last="Becker", email="tom.becker@harbor.example", phone="+1 (415) 555-0172"
    ),
    OtherContact(first="Zoë", last="Müller-Lüd", email="zoe@harbor.example"),
    OtherContact(first="Will", last="May", email="wmay@harbor.example"),
    OtherContact(first="太郎", last="田中", email="tanaka@harbor.example"),
    OtherContact(first="Maria", last="Ruiz", email="m.ruiz@harbor.example"),
)
NAMES = Names(
    account="Harbor Outfitters",
    contact_first="Dana",
    contact_last="Ruiz",
    sender="Sam Ortiz",
    brand="Ledgerway",
    competitors=("LeaseKit",),
    other_contacts=OTHERS,
)


def mail(body: str = BODY, subject: str = "Lease terms at Harbor") -> MailText:
    """The mail as it is composed, with the body and the subject exactly as given."""
    words = Wording(subject=subject, body=body)
    composed = mail_text(compose(words, recipient(), sender(), 1, Thread()), body)
    return composed.model_copy(update={"subject": subject})


def with_html(
    inside: str, head: str = '<html lang="en"><head><title>Leases</title></head>'
) -> MailText:
    """The mail with other HTML: `inside` is what stands in the body of the page."""
    page = f"<!doctype html>{head}<body>{inside}</body></html>"
    return mail().model_copy(update={"html": page})


def saying(words: str) -> MailText:
    """A good mail with one more paragraph."""
    return mail(f"{BODY}\n\n{words}")


def findings(mail: MailText, check_name: str, names: Names = NAMES) -> list[Finding]:
    """What one guard says."""
    return [item for item in check(mail, names) if item.check == check_name]


def severities(
    mail: MailText, names: Names = NAMES, quoted: tuple[str, ...] = ()
) -> dict[str, Severity]:
    """The hardest severity of each guard that found something."""
    found: dict[str, Severity] = {}
    for item in check(mail, names, quoted):
        if found.get(item.check) is not Severity.BLOCK:
            found[item.check] = item.severity
    return found


def marked(mail: MailText, finding: Finding) -> str:
    """The words that a finding marks."""
    assert finding.span is not None
    text: str = getattr(mail, finding.span.part)
    return text[finding.span.start : finding.span.end]
