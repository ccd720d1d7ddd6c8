"""The life of a draft, as a table.

                 approve    edit        reject     queue    send    withdraw
    pending      approved   superseded  rejected   -        -       withdrawn
    approved     -          -           -          queued   -       withdrawn
    queued       -          -           -          -        sent    withdrawn
    sent, rejected, superseded, withdrawn: ends

A dash is an error. `approve`, `edit` and `reject` are decisions of a person; an edit or a rewrite is a
new draft of the same lineage, which starts as `pending` again. What has ended stays ended, so there is
no way from `rejected`, `superseded` or `withdrawn` to `sent`.

In: a status and an event. Out: the next status. Never: a row.
"""

from __future__ import annotations

from enum import StrEnum

from outrider.drafts.types import DraftStatus
from outrider.kernel.errors import IllegalTransition


class Event(StrEnum):
    """What can happen to a draft."""

    APPROVE = "approve"
    EDIT = "edit"
    REJECT = "reject"
    QUEUE = "queue"
    SEND = "send"
    WITHDRAW = "withdraw"


_PENDING, _APPROVED, _QUEUED = DraftStatus.PENDING, DraftStatus.APPROVED, DraftStatus.QUEUED
TABLE = {
    (_PENDING, Event.APPROVE): DraftStatus.APPROVED,
    (_PENDING, Event.EDIT): DraftStatus.SUPERSEDED,
    (_PENDING, Event.REJECT): DraftStatus.REJECTED,
    (_PENDING, Event.WITHDRAW): DraftStatus.WITHDRAWN,
    (_APPROVED, Event.QUEUE): DraftStatus.QUEUED,
    (_APPROVED, Event.WITHDRAW): DraftStatus.WITHDRAWN,
    (_QUEUED, Event.SEND): DraftStatus.SENT,
    (_QUEUED, Event.WITHDRAW): DraftStatus.WITHDRAWN,
}


def after(status: DraftStatus, event: Event) -> DraftStatus:
    """The status after an event.

    Raises:
        IllegalTransition: the table has no such cell.
    """
    try:
        return TABLE[status, event]
    except KeyError:
        raise IllegalTransition(f"A draft that is {status} cannot {event}.") from None


def before(event: Event) -> tuple[DraftStatus, ...]:
    """The statuses in which an event is possible: what an atomic claim expects."""
    return tuple(status for status, possible in TABLE if possible is event)
