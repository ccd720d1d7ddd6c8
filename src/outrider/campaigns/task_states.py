"""The life of a task, as a table.

              done   skip     void   approve   claim    accept  refuse  doubt    retry
    open      done   skipped  void   approved  -        -       -       -        -
    approved  -      skipped  void   -         sending  -       -       -        -
    sending   -      -        -      -         -        done    failed  unknown  approved
    unknown   done   skipped  -      -         -        -       failed  -        -
    failed    -      skipped  void   approved  -        -       -       -        -
    void      done   -        void   -         -        -       -       -        -

A call that was made although its sequence had stopped was made: a void task can be told done. What is
at the wire is never void. Only a text message is approved, claimed and answered for; a person says
of an unknown one whether it arrived. A missing cell is an error.

In: a status and an event. Out: the next status. Never: a row.
"""

from __future__ import annotations

from enum import StrEnum

from outrider.campaigns.task_types import TaskStatus
from outrider.kernel.errors import IllegalTransition


class TaskEvent(StrEnum):
    """What can happen to a task."""

    DONE = "done"
    SKIP = "skip"
    VOID = "void"
    APPROVE = "approve"
    CLAIM = "claim"
    ACCEPT = "accept"
    REFUSE = "refuse"
    DOUBT = "doubt"
    RETRY = "retry"


_S, _E = TaskStatus, TaskEvent
TABLE = {
    (_S.OPEN, _E.DONE): _S.DONE,
    (_S.OPEN, _E.SKIP): _S.SKIPPED,
    (_S.OPEN, _E.VOID): _S.VOID,
    (_S.OPEN, _E.APPROVE): _S.APPROVED,
    (_S.APPROVED, _E.SKIP): _S.SKIPPED,
    (_S.APPROVED, _E.VOID): _S.VOID,
    (_S.APPROVED, _E.CLAIM): _S.SENDING,
    (_S.SENDING, _E.ACCEPT): _S.DONE,
    (_S.SENDING, _E.REFUSE): _S.FAILED,
    (_S.SENDING, _E.DOUBT): _S.UNKNOWN,
    (_S.SENDING, _E.RETRY): _S.APPROVED,
    (_S.UNKNOWN, _E.DONE): _S.DONE,
    (_S.UNKNOWN, _E.SKIP): _S.SKIPPED,
    (_S.UNKNOWN, _E.REFUSE): _S.FAILED,
    (_S.FAILED, _E.SKIP): _S.SKIPPED,
    (_S.FAILED, _E.VOID): _S.VOID,
    (_S.FAILED, _E.APPROVE): _S.APPROVED,
    (_S.VOID, _E.DONE): _S.DONE,
    (_S.VOID, _E.VOID): _S.VOID,
}


def after(status: TaskStatus, event: TaskEvent) -> TaskStatus:
    """The status after an event.

    Raises:
        IllegalTransition: the table has no such cell.
    """
    found = TABLE.get((status, event))
    if found is None:
        raise IllegalTransition(
            f"A task that is {status} cannot take the event {event}: look at it with "
            "`outrider tasks list --all`."
        )
    return found
