"""What an answer, a bounce or a provider's event is about: the address, us, or neither.

In: codes and words of the other side. Out: a `Trouble`. Never: a verdict against an address for
what is said against us: `550 5.7.515` damns our DNS records and nobody's mailbox.
"""

from __future__ import annotations

import re

from outrider.sending.bounces.codes import reply_in, status_in
from outrider.sending.bounces.phrases_sender import AUTHENTICATION
from outrider.sending.bounces.reason import cleaned, is_proven, reason_of
from outrider.sending.bounces.types import DEAD, Reason
from outrider.sending.health.types import Trouble

_AUTHENTICATION = re.compile(r"5\.7\.(?:2[0-7]|30|509|515)")
"""RFC 7372 and RFC 8601 (5.7.20 to 5.7.26), Gmail's 5.7.27 (SPF) and 5.7.30 (DKIM), Outlook's 5.7.509
and 5.7.515. A 4.7.26 only puts off, and Gmail's 5.7.28 is about how much we send."""

_AT_GMAIL = re.compile(r"4\.7\.(?:2[0-9]|3[0-2])|5\.7\.28")
"""Gmail's pages for senders: put off, or refused, for what or how much this sender sends."""

_ADDRESS = re.compile(r"[^\s<>@\"]{1,100}@[^\s<>@\"]{1,255}")
_LONGEST = 500


def trouble_of(words: str, status: str | None = None, code: str = "") -> Trouble:
    """What the other side means.

    Args:
        words: what it said, of one recipient.
        status: enhanced status of RFC 3463 where it is known apart from the words.
        code: SMTP reply code, three digits, where it is known apart from the words.
    """
    status = status or status_in(words)
    reply = code or reply_in(words) or _leading(words)
    reason = reason_of(words, status, reply)
    if _AUTHENTICATION.fullmatch(status):
        return Trouble.AUTHENTICATION
    if _AT_GMAIL.fullmatch(status):
        return Trouble.SLOWED if status.startswith("4") else Trouble.BLOCKED
    if reason is Reason.REPUTATION:
        is_proof = AUTHENTICATION.search(cleaned(words)) is not None
        # A put-off check may be the other side's DNS; only a refusal is a verdict.
        if is_proof and not (status or reply).startswith("4"):
            return Trouble.AUTHENTICATION
        return Trouble.SLOWED if (status or reply).startswith("4") else Trouble.BLOCKED
    if reason is Reason.RATE_LIMITED:
        return Trouble.SLOWED if not _is_greylisting(words) else Trouble.OTHER
    if reason in DEAD and is_proven(reason, words, status, reply):
        return Trouble.ADDRESS
    return Trouble.OTHER


def is_about_us(trouble: Trouble | None) -> bool:
    """Whether it says nothing against the address."""
    return trouble in (Trouble.AUTHENTICATION, Trouble.BLOCKED, Trouble.SLOWED)


def without_addresses(words: str) -> str:
    """The other side's words for the ledger: no address of a person, at most 500 characters."""
    return " ".join(_ADDRESS.sub("<address>", words.replace("\x00", "")).split())[:_LONGEST]


def _is_greylisting(words: str) -> bool:
    """Greylisting puts off every stranger's first attempt; it says nothing about us."""
    return re.search(r"gr[ea]y-?list", words[:2000], re.I) is not None


def _leading(words: str) -> str:
    found = re.match(r"\s{0,4}([245]\d\d)[ -]", words)
    return found[1] if found else ""
