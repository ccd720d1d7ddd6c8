"""Jobs in the same Postgres as the rest, through Procrastinate 3 in the schema `jobs`.

In: the open transaction and a job; for the worker, the database and what tasks need. Out: jobs that
wait, and a worker that runs them. Never: a connection of its own for a deferral, a task that is
defined here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import procrastinate
import psycopg
from procrastinate.connector import Notify
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job as StoredJob
from procrastinate.worker import Worker as LibraryWorker

from outrider.kernel.clock import Clock
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.database.outage import is_lost
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import NotAllowed
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.job_registry import AGENT_JOBS, Job, Task, line_of, registered
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
            queue=line_of(job.name),
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


class _Listening(procrastinate.PsycopgConnector):
    """Listens again when it could not; the library's own gives up when the server is away."""

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        several = list(channels)
        while True:
            with suppress(ConnectorException, psycopg.Error):
                await super().listen_notify(on_notification, several)
            await asyncio.sleep(_AGAIN_AFTER.total_seconds())


class _Steady(LibraryWorker):
    """A worker that goes on when the database was away, and whose jobs end as they would have.

    The library's own (3.10) falls with the first query that fails and cuts off what runs, or loses
    its heartbeat in silence, so that its jobs look like a dead one's and run a second time.
    """

    def __init__(self, app: procrastinate.App, database: Database, **options: Any) -> None:
        super().__init__(app, **options)
        self._database = database

    async def _fetch_and_process_jobs(self) -> None:
        try:
            await super()._fetch_and_process_jobs()  # type: ignore[no-untyped-call] # the library's
        except ConnectorException as error:
            if not self.wait or not is_lost(error):
                raise
            await self._database.until_it_answers()
            with suppress(ConnectorException):
                await self._put_back_unseen()

    async def _put_back_unseen(self) -> None:
        """A job may have been given to us in an answer that never came; nobody else would run it."""
        manager = self.app.job_manager
        running = {context.job.id for context in self._running_jobs.values()}
        for job in await manager.list_jobs_async(status="doing", worker_id=self.worker_id):
            if job.id not in running:
                await manager.retry_job(job)

    async def _update_heartbeat(self) -> None:
        while True:
            with suppress(ConnectorException):
                await super()._update_heartbeat()  # type: ignore[no-untyped-call] # the library's

    async def _persist_job_status(self, *args: Any, **job: Any) -> None:
        is_again = False
        while True:
            try:
                await super()._persist_job_status(*args, **job)
            except ConnectorException as error:
                if is_again and not is_lost(error):
                    return  # the first time it was kept, and only the answer was lost
                if self._stop_event.is_set() or not is_lost(error):
                    raise
                is_again = True
                await self._database.until_it_answers()
            else:
                return


class Worker:
    """Runs the registered jobs of one database until it is cancelled."""

    def __init__(
        self,
        database: Database,
        world: Callable[[WorkspaceId], Any],
        clock: Clock,
        *,
        concurrency: int = 8,
        line: str | None = None,
    ) -> None:
        """`world` gives what a task works with in the job's workspace.

        `concurrency` is the number of jobs at a time in this process; `line` the only jobs that it
        takes, long or short (None: both).
        """
        self._database = database
        self._world = world
        self._clock = clock
        self._concurrency = concurrency
        self._line = line
        url = database.url(Role.APP).set(drivername="postgresql")
        self._app = procrastinate.App(
            connector=_Listening(
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
                worker = _Steady(
                    self._app,
                    self._database,
                    queues=[self._line] if self._line else None,
                    wait=not until_empty,
                    concurrency=self._concurrency,
                    fetch_job_polling_interval=_POLL_SECONDS,
                    delete_jobs="successful",
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=10,
                )
                await worker.run()  # type: ignore[no-untyped-call] # the library's
            finally:
                if watch:
                    watch.cancel()

    async def run_forever(self) -> None:
        """Work until cancelled; a database that is not there at the start is waited for."""
        while True:
            with suppress(ConnectorException, psycopg.Error):
                await self.run()
            _log.warning("jobs_interrupted", line=self._line or "all")
            await self._clock.sleep(_AGAIN_AFTER)
            await self._database.until_it_answers()

    def _declare(self, task: Task) -> None:
        async def run(
            workspace: str, key: str | None, correlation_id: str, args: Mapping[str, Any]
        ) -> None:
            job = Job(task.name, WorkspaceId(UUID(workspace)), key, dict(args), correlation_id)
            with correlated(correlation_id):
                await task.handler(self._world(job.workspace), job)

        retry = procrastinate.RetryStrategy(max_attempts=task.retries, exponential_wait=2)
        self._app.task(
            name=task.name, queue=line_of(task.name), retry=retry if task.retries else False
        )(run)

    async def _watch_stalled(self) -> None:
        while True:
            await self._clock.sleep(_STALLED_AFTER / 2)
            with suppress(ConnectorException):
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
