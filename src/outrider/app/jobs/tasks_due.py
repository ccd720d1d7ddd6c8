"""Steps that are no mail become tasks when they are due, while `outrider up` runs.

In: Outrider. Out: open tasks; a line in the log for each one that nobody did in time. Never: a task done
or passed over by a clock: the sequence waits for a person, and says so.
"""

from __future__ import annotations

from datetime import timedelta

from outrider.app.jobs.rounds import Rounds
from outrider.app.wiring import Outrider
from outrider.campaigns import tasks
from outrider.campaigns.tasks import Opened
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.jobs import Job, register
from outrider.kernel.telemetry import get_logger

CLOCK = Actor(ActorKind.JOB, "tasks")
EVERY = timedelta(minutes=1)
AT_ONCE = 1000

_log = get_logger("jobs")
_ROUNDS = Rounds(_log, "tasks_not_opened")


async def open_tasks(outrider: Outrider) -> Opened:
    """Open everything that is due in this workspace; what touches forbid now waits."""
    begin, opened = outrider.begin(CLOCK), Opened((), ())
    while True:
        async with begin() as tx:
            more = await tasks.open_due(tx, AT_ONCE, opened.last)
        opened = Opened(opened.tasks + more.tasks, opened.waiting + more.waiting, more.last)
        if opened.last is None:
            break
    async with begin() as tx:
        missed = await tasks.tell_missed(tx)
    for task in missed:
        _log.warning("task_missed", task=task.number, channel=str(task.channel))
    return opened


async def open_tasks_everywhere(outrider: Outrider) -> None:
    """The same in every workspace; what fails in one is logged and stops no other."""
    await _ROUNDS.everywhere(outrider, open_tasks)


async def open_tasks_forever(outrider: Outrider, every: timedelta = EVERY) -> None:
    """`open_tasks_everywhere` every `every` until cancelled; a failure is logged."""
    await _ROUNDS.forever(outrider, open_tasks_everywhere, every)


@register("campaigns.tasks")
async def tasks_job(outrider: Outrider, job: Job) -> None:
    """The same, from the queue."""
    await open_tasks(outrider)
