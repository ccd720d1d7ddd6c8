"""Starting a job in the same transaction as the change that calls for it.

In: the open transaction, a job's name, a key, plain arguments. Out: a job that exists if and only
if the transaction commits. Never: a job's code (tasks live in `app/jobs`), or a job that was lost
or started early.

Two adapters: the queue in the database (`jobs_procrastinate`, the default) and a list on a virtual
clock (`jobs_in_process`, for the rehearsal).
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Broken, InvalidInput
from outrider.kernel.ids import WorkspaceId

AGENT_JOBS = frozenset({"drafts.check", "learning.observe"})
"""What the login `outrider_agent` may start; `database/agent_defer.sql` enforces the same list."""

_NAME = re.compile(r"[a-z]+(\.[a-z_]+)+")


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
_queue: ContextVar[Queue | None] = ContextVar("outrider_job_queue", default=None)


async def defer(
    tx: Tx,
    name: str,
    key: str | None = None,
    args: Mapping[str, Any] | None = None,
    not_before: datetime | None = None,
) -> None:
    """Start a job once this transaction commits.

    Args:
        tx: the transaction of the change; its workspace and correlation id go along.
        name: `room.verb`; a task of this name is registered in `app/jobs`.
        key: jobs of a workspace with one key never run at the same time, e.g. `mailbox:<id>`.
        args: JSON-able values.
        not_before: the earliest start; at once when None.

    Raises:
        InvalidInput: the name is not `room.verb`.
        Broken: an agent's login asks for a job that agents may not start.
    """
    if not _NAME.fullmatch(name):
        raise InvalidInput(f"{name!r} is no job: write room.verb, such as sending.drain.")
    job = Job(name, tx.workspace, key, dict(args or {}), tx.correlation_id, not_before)
    await (_queue.get() or _database_queue()).put(tx, job)


@contextmanager
def bound(queue: Queue) -> Iterator[None]:
    """Use `queue` instead of the database's within this block and the tasks it starts."""
    token = _queue.set(queue)
    try:
        yield
    finally:
        _queue.reset(token)


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


def _database_queue() -> Queue:
    from outrider.kernel.jobs_procrastinate import DatabaseQueue  # slow to import; rarely needed

    return DatabaseQueue()
