"""What a job is, and which jobs have code.

In: a name and the code that `app/jobs` declares for it. Out: `Job`, `Task`, the port `Queue`.
Never: the start of a job (`jobs.defer`), or a job's code.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Broken
from outrider.kernel.ids import WorkspaceId

AGENT_JOBS = frozenset({"learning.observe", "drafts.review"})
"""What the login `outrider_agent` may start; `database/agent_defer.sql` enforces the same list."""


LONG_JOBS = frozenset({"agents.tick"})
"""Jobs that take minutes. Workers of their own do them, so that no short job waits behind them."""
SHORT, LONG = "default", "long"
"""The two lines that jobs stand in."""


def line_of(name: str) -> str:
    """The line that a job of this name stands in."""
    return LONG if name in LONG_JOBS else SHORT


@dataclass(frozen=True)
class Job:
    """One job: jobs of one workspace with the same key run one after the other."""

    name: str
    workspace: WorkspaceId
    key: str | None = None
    args: Mapping[str, Any] = field(default_factory=dict)
    correlation_id: str = ""
    not_before: datetime | None = None


Handler = Callable[[Any, Job], Awaitable[None]]
"""A job's code: takes what the worker was started with (pools, ports) and the job."""


@dataclass(frozen=True)
class Task:
    """A registered job: its code, and how often it is tried again after an error."""

    name: str
    handler: Handler
    retries: int


class Queue(Protocol):
    """Where jobs wait."""

    async def put(self, tx: Tx, job: Job) -> None:
        """Add the job if and only if `tx` commits."""
        ...


_tasks: dict[str, Task] = {}


def register(name: str, *, retries: int = 5) -> Callable[[Handler], Handler]:
    """Declare the code of a job; used as a decorator in `app/jobs`.

    Args:
        name: `room.verb`.
        retries: how often it is tried again after an error, each time later.
    """

    def declare(handler: Handler) -> Handler:
        known = _tasks.get(name)
        if known and known.handler is not handler:
            raise Broken(f"The job {name} is registered twice; each name has one task.")
        _tasks[name] = Task(name, handler, retries)
        return handler

    return declare


def registered() -> Mapping[str, Task]:
    """Every job that has code, by name; complete once `app/jobs` is imported."""
    return dict(_tasks)


def task(name: str) -> Task:
    """The task of this name.

    Raises:
        Broken: no module of `app/jobs` registered it.
    """
    try:
        return _tasks[name]
    except KeyError:
        raise Broken(f"The job {name} has no code: register it in app/jobs.") from None
