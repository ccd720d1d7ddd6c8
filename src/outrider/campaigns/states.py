"""The life of an enrollment, as a table.

                     active     paused     stopped    finished
    a step was sent  active     paused     stopped    -
    the last one     finished   finished   stopped    -
    stop             stopped    stopped    stopped    finished
    pause            paused     paused     paused     finished
    lead on          active     active     active     active
    its step is gone finished   finished   -          -

A mail that was already on the wire when its enrollment stopped was still sent: that is recorded,
and the enrollment stays stopped. Whether a class of reply may pause or lead on one that stopped is
for `sequence_rules.why_no_further`. Time alone makes a paused one active: see `store_enrol`.
A missing cell is an error.

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
    PAUSE = "pause"
    LEAD_ON = "lead_on"
    STEP_GONE = "step_gone"


_ACTIVE, _PAUSED, _FINISHED, _STOPPED = (
    EnrollmentStatus.ACTIVE,
    EnrollmentStatus.PAUSED,
    EnrollmentStatus.FINISHED,
    EnrollmentStatus.STOPPED,
)
TABLE = {
    (_ACTIVE, Event.SENT): _ACTIVE,
    (_ACTIVE, Event.LAST_SENT): _FINISHED,
    (_ACTIVE, Event.STOP): _STOPPED,
    (_ACTIVE, Event.PAUSE): _PAUSED,
    (_ACTIVE, Event.LEAD_ON): _ACTIVE,
    (_ACTIVE, Event.STEP_GONE): _FINISHED,
    (_PAUSED, Event.SENT): _PAUSED,
    (_PAUSED, Event.LAST_SENT): _FINISHED,
    (_PAUSED, Event.STOP): _STOPPED,
    (_PAUSED, Event.PAUSE): _PAUSED,
    (_PAUSED, Event.LEAD_ON): _ACTIVE,
    (_PAUSED, Event.STEP_GONE): _FINISHED,
    (_STOPPED, Event.SENT): _STOPPED,
    (_STOPPED, Event.LAST_SENT): _STOPPED,
    (_STOPPED, Event.STOP): _STOPPED,
    (_STOPPED, Event.PAUSE): _PAUSED,
    (_STOPPED, Event.LEAD_ON): _ACTIVE,
    (_FINISHED, Event.STOP): _FINISHED,
    (_FINISHED, Event.PAUSE): _FINISHED,
    (_FINISHED, Event.LEAD_ON): _ACTIVE,
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
