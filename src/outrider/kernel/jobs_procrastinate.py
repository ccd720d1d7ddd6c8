"""Jobs in the same Postgres as the rest, through Procrastinate 3 in the schema `jobs`.

In: the open transaction and a job; for the worker, the database and what tasks need. Out: jobs that
wait, and a worker that runs them. Never: a connection of its own for a deferral, a task that is
defined here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import procrastinate
import psycopg
from procrastinate.jobs import Job as StoredJob

from outrider.kernel.clock import Clock
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import NotAllowed
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.job_registry import AGENT_JOBS, Job, Task, registered
from outrider.kernel.telemetry import correlated, get_logger

# Never opened: it only words the statement that runs on the caller's connection.
_WORDS = procrastinate.App(connector=procrastinate.PsycopgConnector())

# A job that waits for a lock is found by polling only, so polling is frequent.
_POLL_SECONDS = 0.1
_STALLED_AFTER = timedelta(seconds=60)
_POOL_SECONDS = 10.0
_AGAIN_AFTER = timedelta(seconds=1)

_log = get_logger("jobs")


class DatabaseQueue:
    """The port `kernel.jobs.Queue` on the database."""

    async def put(self, tx: Tx, job: Job) -> None:
        """Add the job on the connection of `tx`, so that a rollback leaves none.

        Raises:
            NotAllowed: the login is `outrider_agent` and the job is not on its list.
        """
        raw = (await tx.conn.get_raw_connection()).driver_connection
        assert isinstance(raw, psycopg.AsyncConnection)
        if raw.info.user == Role.AGENT:
            await _put_as_agent(tx, job)
            return
        await _WORDS.configure_task(
            job.name,
            lock=f"{job.workspace}:{job.key}" if job.key else None,
            task_kwargs={
                "workspace": str(job.workspace),
                "key": job.key,
                "correlation_id": job.correlation_id,
                "args": dict(job.args),
            },
            schedule_at=job.not_before,
            connection=raw,
        ).defer_async()


async def _put_as_agent(tx: Tx, job: Job) -> None:
    if job.name not in AGENT_JOBS:
        raise NotAllowed(
            f"An agent may not start the job {job.name}; "
            f"it may start {' and '.join(sorted(AGENT_JOBS))}."
        )
    await tx.run(
        "select outrider.defer_as_agent("
        "cast(:name as text), cast(:key as text),"
        " cast(:args as jsonb), cast(:correlation as text))",
        {
            "name": job.name,
            "key": job.key,
            "args": psycopg.types.json.Jsonb(dict(job.args)),
            "correlation": job.correlation_id,
        },
    )


class Worker:
    """Runs the registered jobs of one database until it is cancelled."""

    def __init__(
        self,
        database: Database,
        world: Callable[[WorkspaceId], Any],
        clock: Clock,
        *,
        concurrency: int = 8,
    ) -> None:
        """`world` gives what a task works with in the job's workspace.

        `concurrency` is the number of jobs at a time in this process.
        """
        self._database = database
        self._world = world
        self._clock = clock
        self._concurrency = concurrency
        url = database.url(Role.APP).set(drivername="postgresql")
        self._app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(
                conninfo=url.render_as_string(hide_password=False),
                kwargs={"options": "-csearch_path=jobs", "connect_timeout": 10},
                timeout=_POOL_SECONDS,
                min_size=2,
                max_size=6,
            )
        )
        for task in registered().values():
            self._declare(task)

    async def run(self, *, until_empty: bool = False) -> None:
        """Work until cancelled; with `until_empty`, until no job is ready."""
        async with self._app.open_async():
            await self._retry_stalled()
            watch = None if until_empty else asyncio.create_task(self._watch_stalled())
            try:
                await self._app.run_worker_async(
                    wait=not until_empty,
                    concurrency=self._concurrency,
                    fetch_job_polling_interval=_POLL_SECONDS,
                    delete_jobs="successful",
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=10,
                )
            finally:
                if watch:
                    watch.cancel()

    async def run_forever(self) -> None:
        """Work until cancelled; when the database goes away, wait for it and go on."""
        while True:
            # The library stops its worker for good when it loses one connection.
            with suppress(procrastinate.exceptions.ConnectorException, psycopg.Error):
                await self.run()
            _log.warning("jobs_interrupted")
            await self._clock.sleep(_AGAIN_AFTER)
            await self._database.until_it_answers()
            _log.warning("jobs_go_on")

    def _declare(self, task: Task) -> None:
        async def run(
            workspace: str, key: str | None, correlation_id: str, args: Mapping[str, Any]
        ) -> None:
            job = Job(task.name, WorkspaceId(UUID(workspace)), key, dict(args), correlation_id)
            with correlated(correlation_id):
                await task.handler(self._world(job.workspace), job)

        retry = procrastinate.RetryStrategy(max_attempts=task.retries, exponential_wait=2)
        self._app.task(name=task.name, retry=retry if task.retries else False)(run)

    async def _watch_stalled(self) -> None:
        while True:
            await self._clock.sleep(_STALLED_AFTER / 2)
            await self._retry_stalled()

    async def _retry_stalled(self) -> None:
        """Jobs of a worker that died stay `doing` for ever unless somebody puts them back."""
        manager = self._app.job_manager
        stalled: list[StoredJob] = list(
            await manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_AFTER.total_seconds())
        )
        for job in stalled:
            _log.warning("job_stalled", job=job.task_name, number=job.id)
            await manager.retry_job(job)
