"""Machines' reports on mail of ours, in the words of this room.

In: what was read from raw bytes. Out: a `Report`, or None. Never: a reading of its own; what a
report says is read by `sending.bounces`.
"""

from __future__ import annotations

from outrider.conversations.types import DeliveryStatus, Report
from outrider.sending.bounces.types import Kind, Outcome
from outrider.sending.bounces.types import Report as Read

_OPT_OUT = "opt-out"


def report_of(read: Read | None) -> Report | None:
    """What a machine reports about an earlier mail; None when the message is none."""
    if read is None or read.kind is Kind.AUTO_REPLY or opts_out_for_a_person(read):
        return None
    return Report(
        statuses=tuple(_status(outcome) for outcome in read.outcomes),
        complaint=read.feedback,
        returned_message_ids=read.message_ids,
    )


def opts_out_for_a_person(read: Read | None) -> bool:
    """Whether a mail program wrote it because a person pressed its button `unsubscribe`.

    It carries the headers of automatic answers, and yet it is a person's wish.
    """
    return read is not None and read.feedback == _OPT_OUT and not read.message_ids


def _status(outcome: Outcome) -> DeliveryStatus:
    return DeliveryStatus(
        recipient=outcome.recipient,
        action=outcome.action,
        status=outcome.status,
        diagnostic=outcome.diagnostic,
        reason=outcome.reason,
        is_hard=outcome.is_hard,
    )
