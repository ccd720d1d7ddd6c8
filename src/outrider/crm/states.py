"""The activity's states. In: a state and an event. Out: the next state. Never: I/O."""

from __future__ import annotations

from outrider.crm.types import ActivityStatus
from outrider.kernel.errors import IllegalTransition

_S = ActivityStatus

TRANSITIONS: dict[tuple[ActivityStatus, str], ActivityStatus] = {
    (_S.STAGED, "claim"): _S.PUSHING,
    (_S.PUSHING, "accept"): _S.PUSHED,
    (_S.PUSHING, "refuse"): _S.FAILED,
    (_S.PUSHING, "put_back"): _S.STAGED,
    (_S.FAILED, "retry"): _S.STAGED,
}


def after(status: ActivityStatus, event: str) -> ActivityStatus:
    """The state after an event.

    Raises:
        IllegalTransition: the table has no such cell.
    """
    try:
        return TRANSITIONS[status, event]
    except KeyError:
        raise IllegalTransition(
            f"A CRM activity that is {status.value} cannot {event.replace('_', ' ')}."
        ) from None
