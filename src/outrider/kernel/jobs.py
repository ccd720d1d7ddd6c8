"""Starting a job in the same transaction as the change that calls for it.

In: the open transaction, a job's name, a key, plain arguments. Out: a job that exists if and only
if the transaction commits. Never: a job's code (tasks live in `app/jobs`), or a job that was lost
or started early.

Two adapters: the queue in the database (`jobs_procrastinate`, the default) and a list on a virtual
clock (`jobs_in_process`, for the rehearsal).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput
from outrider.kernel.job_registry import (
    AGENT_JOBS,
    Handler,
    Job,
    Queue,
    Task,
    register,
    registered,
    task,
)

__all__ = [
    "AGENT_JOBS",
    "Handler",
    "Job",
    "Queue",
    "Task",
    "bound",
    "defer",
    "register",
    "registered",
    "task",
]

_NAME = re.compile(r"[a-z]+(\.[a-z_]+)+")

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


def _database_queue() -> Queue:
    from outrider.kernel.jobs_procrastinate import DatabaseQueue  # slow to import; rarely needed

    return DatabaseQueue()
