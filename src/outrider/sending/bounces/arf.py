"""Feedback reports (RFC 5965, RFC 6591) and what large operators send in their place.

In: the parts of a message. Out: the kind of feedback, who complained, which mail. Never: an
authentication report taken for a complaint.
"""

from __future__ import annotations

import re

from outrider.sending.bounces.parts import Parts, decoded, fields_of, head_and_body
from outrider.sending.bounces.prose import ADDRESS, address_in, tidy
from outrider.sending.bounces.types import Kind, Outcome, Report

_COMPLAINTS = frozenset(
    {"abuse", "fraud", "opt-out", "opt-out-list", "other", "virus", "miscategorized"}
)
"""RFC 5965, section 7.3. `not-spam` and `auth-failure` (RFC 6591) accuse nobody."""

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,500}>")
_JUNK_REPORT = re.compile(r"^complaint about message from ", re.I)
_PROGRAM = re.compile(r"^[^\n]{0,60}mail sent this (?:e-?mail|message) to unsubscribe from", re.I)


def feedback(parts: Parts) -> Report | None:
    """The feedback that a message carries; None when it carries none."""
    if parts.feedback:
        return _standard(parts)
    if _JUNK_REPORT.match(parts.first("subject")) and parts.returned:
        return _of_returned(parts)
    if parts.first("subject").strip().lower() == "unsubscribe" and _PROGRAM.match(
        parts.notice.strip()
    ):
        whom = address_in(parts.first("from"))
        return Report(Kind.COMPLAINT, _complainers([whom]), "opt-out")
    return None


def _standard(parts: Parts) -> Report:
    fields = fields_of(parts.feedback)

    def every(name: str) -> list[str]:
        return [decoded(value) for value in fields.get(name, ())]

    stated = next(iter(every("feedback-type")), "abuse").partition(";")[0].strip().lower()[:40]
    named = [*every("original-rcpt-to"), *every("removal-recipient")]
    whom = [tidy(found[0]) for value in named for found in ADDRESS.finditer(value[:4000])]
    ids = [found for value in every("original-message-id") for found in _MESSAGE_ID.findall(value)]
    kind = Kind.COMPLAINT if stated in _COMPLAINTS else Kind.FEEDBACK
    return Report(kind, _complainers(whom or _returned_to(parts)), stated, tuple(ids))


def _of_returned(parts: Parts) -> Report:
    return Report(Kind.COMPLAINT, _complainers(_returned_to(parts)), "abuse")


def _returned_to(parts: Parts) -> list[str]:
    """To whom the reported mail went; operators often blot it out."""
    fields, _ = head_and_body(parts.returned)
    for name in ("x-hmxmroriginalrecipient", "x-original-to", "delivered-to", "to"):
        found = [
            tidy(one[0]) for value in fields.get(name, ()) for one in ADDRESS.finditer(value[:4000])
        ]
        if found:
            return found
    return []


def _complainers(addresses: list[str]) -> tuple[Outcome, ...]:
    return tuple(Outcome(whom, action="") for whom in dict.fromkeys(addresses) if whom)
