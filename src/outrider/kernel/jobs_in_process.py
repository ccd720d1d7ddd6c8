"""Jobs in this process, on a clock that may be virtual: what the rehearsal uses.

In: jobs, as transactions commit. Out: the same jobs, run in order of time. Never: a job of a
transaction that was rolled back, or a job that survives the process.
"""

from __future__ import annotations

import heapq
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, event

from outrider.kernel.clock import Clock
from outrider.kernel.database.tx import Tx
from outrider.kernel.job_registry import Job, task
from outrider.kernel.telemetry import correlated


class InProcessQueue:
    """The port `kernel.jobs.Queue` as a list in memory."""

    def __init__(self, clock: Clock) -> None:
        """`clock` says which jobs are due."""
        self._clock = clock
        self._waiting: list[tuple[datetime, int, Job]] = []
        self._count = 0
        self._open: dict[Connection, _Held] = {}

    async def put(self, tx: Tx, job: Job) -> None:
        """Hold the job until `tx` commits; a rollback, also to a savepoint, forgets it."""
        connection = tx.conn.sync_connection
        assert connection is not None
        held = self._open.get(connection)
        if held is None:
            held = self._open[connection] = _Held(self, connection)
        held.jobs.append(job)

    @property
    def next_at(self) -> datetime | None:
        """When the next job is due; None when none waits."""
        return self._waiting[0][0] if self._waiting else None

    async def run_due(self, world: Any) -> int:
        """Run every job that is due, also those that they start; returns how many.

        Raises:
            Broken: a job has no code.
        """
        done = 0
        while self._waiting and self._waiting[0][0] <= self._clock.now():
            job = heapq.heappop(self._waiting)[2]
            with correlated(job.correlation_id):
                await task(job.name).handler(world, job)
            done += 1
        return done

    def _add(self, jobs: list[Job]) -> None:
        for job in jobs:
            self._count += 1
            due = job.not_before or self._clock.now()
            heapq.heappush(self._waiting, (due, self._count, job))

    def _close(self, connection: Connection) -> None:
        self._open.pop(connection, None)


class _Held:
    """The jobs of one open transaction."""

    def __init__(self, queue: InProcessQueue, connection: Connection) -> None:
        self.jobs: list[Job] = []
        self._queue = queue
        # One mark for each open savepoint, the innermost last; they close in that order.
        self._marks: list[int] = []
        event.listen(connection, "commit", self._commit)
        event.listen(connection, "rollback", self._rollback)
        event.listen(connection, "savepoint", self._savepoint)
        event.listen(connection, "release_savepoint", self._release_savepoint)
        event.listen(connection, "rollback_savepoint", self._rollback_savepoint)

    def _commit(self, connection: Connection) -> None:
        self._queue._add(self.jobs)
        self._rollback(connection)

    def _rollback(self, connection: Connection) -> None:
        self.jobs = []
        self._marks = []
        self._queue._close(connection)

    def _savepoint(self, _connection: Connection, _name: str | None) -> None:
        self._marks.append(len(self.jobs))

    def _release_savepoint(self, _connection: Connection, _name: str, _context: None) -> None:
        if self._marks:
            self._marks.pop()

    def _rollback_savepoint(self, _connection: Connection, _name: str, _context: None) -> None:
        # A savepoint without a mark is older than the first job held here, so all of them go.
        del self.jobs[self._marks.pop() if self._marks else 0 :]
