"""The life of an enrollment, as a table.

                     a step was sent   the last step was sent   stop
    active           active            finished                 stopped
    stopped          stopped           stopped                  stopped
    finished         -                 -                        finished

A mail that was already on the wire when its enrollment stopped was still sent: that is recorded,
and the enrollment stays stopped. A missing cell is an error.

In: a status and an event. Out: the next status. Never: a row.
"""

from __future__ import annotations

from enum import StrEnum

from outrider.campaigns.types import EnrollmentStatus
from outrider.kernel.errors import IllegalTransition


class Event(StrEnum):
    """What can happen to an enrollment."""

    SENT = "sent"
    LAST_SENT = "last_sent"
    STOP = "stop"


_ACTIVE, _FINISHED, _STOPPED = (
    EnrollmentStatus.ACTIVE,
    EnrollmentStatus.FINISHED,
    EnrollmentStatus.STOPPED,
)
TABLE = {
    (_ACTIVE, Event.SENT): _ACTIVE,
    (_ACTIVE, Event.LAST_SENT): _FINISHED,
    (_ACTIVE, Event.STOP): _STOPPED,
    (_STOPPED, Event.SENT): _STOPPED,
    (_STOPPED, Event.LAST_SENT): _STOPPED,
    (_STOPPED, Event.STOP): _STOPPED,
    (_FINISHED, Event.STOP): _FINISHED,
}


def after(status: EnrollmentStatus, event: Event) -> EnrollmentStatus:
    """The status after an event.

    Raises:
        IllegalTransition: the table has no such cell.
    """
    found = TABLE.get((status, event))
    if found is None:
        raise IllegalTransition(
            f"An enrollment that is {status} cannot take the event {event.replace('_', ' ')}: "
            "enrol the contact in a new campaign instead."
        )
    return found
