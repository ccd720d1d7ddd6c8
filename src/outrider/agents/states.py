"""States of a run and of a step. In: a state and an event. Out: the next state. Never: I/O."""

from __future__ import annotations

from outrider.agents.types import RunStatus, StepStatus
from outrider.kernel.errors import IllegalTransition

RUNS: dict[tuple[RunStatus, str], RunStatus] = {
    (RunStatus.RUNNING, "complete"): RunStatus.COMPLETED,
    (RunStatus.RUNNING, "fail"): RunStatus.FAILED,
    (RunStatus.RUNNING, "interrupt"): RunStatus.FAILED,
    (RunStatus.RUNNING, "skip"): RunStatus.SKIPPED,
}

STEPS: dict[tuple[StepStatus, str], StepStatus] = {
    (StepStatus.INTENDED, "finish"): StepStatus.DONE,
    (StepStatus.INTENDED, "fail"): StepStatus.FAILED,
    (StepStatus.INTENDED, "interrupt"): StepStatus.FAILED,
}


def run_after(status: RunStatus, event: str) -> RunStatus:
    """The state of a run after an event.

    Raises:
        IllegalTransition: the table has no such cell.
    """
    if (status, event) not in RUNS:
        raise IllegalTransition(f"A run that is {status.value} cannot {event}.")
    return RUNS[status, event]


def step_after(status: StepStatus, event: str) -> StepStatus:
    """The state of a step after an event.

    Raises:
        IllegalTransition: the table has no such cell.
    """
    if (status, event) not in STEPS:
        raise IllegalTransition(f"A step that is {status.value} cannot {event}.")
    return STEPS[status, event]
