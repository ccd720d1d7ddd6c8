"""The life of a draft, as a table.

                 approve    edit        reject     expire    take back    queue    send    withdraw
    pending      approved   superseded  rejected   expired   -            -        -       withdrawn
    approved     -          -           -          -         superseded   queued   -       withdrawn
    queued       -          -           -          -         -            -        sent    withdrawn
    sent, rejected, expired, superseded, withdrawn: ends

A dash is an error. `approve`, `edit` and `reject` are decisions; `expire` is nobody's. An edit, a rewrite
or a draft taken back is a new draft of the same lineage, which starts as `pending` again. What has ended
stays ended, so there is no way from `rejected`, `expired`, `superseded` or `withdrawn` to `sent`.

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
    EXPIRE = "expire"
    TAKE_BACK = "take_back"
    QUEUE = "queue"
    SEND = "send"
    WITHDRAW = "withdraw"


_PENDING, _APPROVED, _QUEUED = DraftStatus.PENDING, DraftStatus.APPROVED, DraftStatus.QUEUED
TABLE = {
    (_PENDING, Event.APPROVE): DraftStatus.APPROVED,
    (_PENDING, Event.EDIT): DraftStatus.SUPERSEDED,
    (_PENDING, Event.REJECT): DraftStatus.REJECTED,
    (_PENDING, Event.EXPIRE): DraftStatus.EXPIRED,
    (_PENDING, Event.WITHDRAW): DraftStatus.WITHDRAWN,
    (_APPROVED, Event.TAKE_BACK): DraftStatus.SUPERSEDED,
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
        what = event.replace("_", " ")
        raise IllegalTransition(f"A draft that is {status} cannot {what}.") from None


def before(event: Event) -> tuple[DraftStatus, ...]:
    """The statuses in which an event is possible: what an atomic claim expects."""
    return tuple(status for status, possible in TABLE if possible is event)
