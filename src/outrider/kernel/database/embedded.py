"""The embedded Postgres as its clients see it: `ensure` it, and use the address.

A client holds a shared lock for its whole life. The kernel drops it when the process dies, however
it dies, and that is how the supervisor learns that nobody is left.

In: a home folder. Out: the address of a running, empty-or-older database. Never: a server that
outlives its clients, a TCP port, data lost to a kill.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import psycopg

import outrider
from outrider.kernel import errors
from outrider.kernel.database.layout import (
    DATABASE,
    PORT,
    SUPERUSER,
    FileLock,
    Layout,
    append_to,
    plainly,
    programs,
    read_record,
    tail,
    turn_over,
    write_record,
)
from outrider.kernel.errors import DatabaseUnavailable, OutriderError

_POLL_SECONDS = 0.01
_STARTS_TRIED = 3
_REMOVALS_BORNE = 5
_PASSED_ON = ("PATH", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME")


class Embedded:
    """A running embedded database, kept alive by this process until it ends or lets go.

    Attributes:
        home: the folder it belongs to.
        dsn: its address for libpq and SQLAlchemy alike; the superuser over a private socket.
    """

    def __init__(self, home: Path, clients: FileLock) -> None:
        """`clients` is the shared lock, held."""
        self.home = home
        self.dsn = ""
        self._clients = clients

    @property
    def held(self) -> bool:
        """Whether this process still keeps the database alive."""
        return self._clients.held

    def release(self) -> None:
        """Need the database no more; the supervisor stops it when nobody else does."""
        with suppress(OSError):
            os.utime(self._clients.path)
        self._clients.release()


def ensure(
    home: Path,
    *,
    timeout: timedelta = timedelta(seconds=60),
    linger: timedelta = timedelta(seconds=5),
    options: Mapping[str, str] | None = None,
) -> Embedded:
    """Start the database of `home`, or join it where it runs; wait until it answers.

    Blocking, safe from any thread, and idempotent: a process has one `Embedded` for a home. Call
    it again when connections are lost; it brings back whatever died.

    Args:
        home: Outrider's folder; made if absent. Its database is in `database/`.
        timeout: how long to wait in all.
        linger: how long the server outlives its last client; counts when it is started here.
        options: Postgres settings for a server that is started here. `{"fsync": "off"}` is for
            tests: a crash of the machine may then lose everything.

    Raises:
        DatabaseUnavailable: it cannot be started, or does not answer in time.
        InvalidSetting: another version of Postgres made the data, or the programs are missing.
    """
    home = home.expanduser().resolve()
    wait = _Wait(home, timeout)
    with _guard_of(home), plainly(home):
        launch = _launch_command(home, linger, options or {})
        for _ in range(_REMOVALS_BORNE):
            with suppress(FileNotFoundError):  # somebody removed it just now: begin again
                return _join(home, wait, launch)
            time.sleep(_POLL_SECONDS)
        return _join(home, wait, launch)


def _join(home: Path, wait: _Wait, launch: list[str]) -> Embedded:
    layout = Layout(home)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    layout.folder.mkdir(mode=0o700, exist_ok=True)
    _refuse_foreign(layout)
    embedded = _clients.get(home)
    if embedded is None or not embedded.held:
        lock = FileLock(layout.clients_lock)
        wait.until(lambda: lock.take(shared=True), "the last server to stop")
        embedded = Embedded(home, lock)
    starting = FileLock(layout.start_lock)
    try:
        os.utime(layout.clients_lock)
        wait.until(starting.take, "another process to start it")
        embedded.dsn = _dsn(_until_ready(layout, launch, wait))
    except BaseException:
        if _clients.get(home) is not embedded:
            embedded.release()
        raise
    finally:
        starting.release()
    _clients[home] = embedded
    return embedded


def stop(home: Path, *, timeout: timedelta = timedelta(seconds=60)) -> None:
    """Stop the database of `home` and its supervisor, though others may still use it.

    Raises:
        DatabaseUnavailable: it does not stop in time.
    """
    home = home.expanduser().resolve()
    layout, wait = Layout(home), _Wait(home, timeout)
    if not layout.folder.is_dir():
        return
    with _guard_of(home), plainly(home):
        starting, supervisor = FileLock(layout.start_lock), FileLock(layout.supervisor_lock)
        wait.until(starting.take, "another process to start it")
        try:
            if not supervisor.take():
                layout.stop_request.touch()
                wait.until(supervisor.take, "the server to stop")
            layout.stop_request.unlink(missing_ok=True)
        finally:
            supervisor.release()
            starting.release()


def remove(home: Path) -> None:
    """Stop the database of `home` and delete all its data, for good.

    Raises:
        DatabaseUnavailable: it does not stop, or its folder cannot be deleted.
    """
    home = home.expanduser().resolve()
    layout = Layout(home)
    stop(home)
    with _guard_of(home):
        if held := _clients.pop(home, None):
            held.release()
    with plainly(home):
        for record in (layout.whereabouts, layout.socket_record):
            elsewhere = read_record(record).get("folder")
            if isinstance(elsewhere, str) and Path(elsewhere).is_dir():
                shutil.rmtree(elsewhere)
        if layout.folder.is_dir():
            # In one step, so that a client that comes now meets a whole home or none.
            gone = home / f"database.removed-{secrets.token_hex(4)}"
            layout.folder.rename(gone)
            shutil.rmtree(gone)


_clients: dict[Path, Embedded] = {}
_guards: dict[Path, threading.RLock] = {}
_guards_guard = threading.Lock()


def _guard_of(home: Path) -> threading.RLock:
    with _guards_guard:
        return _guards.setdefault(home, threading.RLock())


def _forget_in_child() -> None:
    # A fork holds none of its parent's locks, so it must not believe that it does.
    global _guards_guard
    _guards_guard = threading.Lock()
    _guards.clear()
    _clients.clear()


os.register_at_fork(after_in_child=_forget_in_child)


class _Wait:
    """One deadline for all that `ensure` waits for."""

    def __init__(self, home: Path, timeout: timedelta) -> None:
        self._home = home
        self._timeout = timeout
        self._end = time.monotonic() + timeout.total_seconds()
        self.last_refusal = ""

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Ask `condition` again and again.

        Raises:
            DatabaseUnavailable: the time is over.
        """
        while not condition():
            if time.monotonic() > self._end:
                raise self._over(what)
            time.sleep(_POLL_SECONDS)

    def _over(self, what: str) -> DatabaseUnavailable:
        log = Layout(self._home).supervisor_log
        what += f" ({self.last_refusal.splitlines()[0]})" if self.last_refusal else ""
        return DatabaseUnavailable(
            f"The database of {self._home} did not answer within "
            f"{self._timeout.total_seconds():g} s, waiting for {what}: try again, or read {log}.",
            log_tail=tail(log),
        )


def _refuse_foreign(layout: Layout) -> None:
    owner = layout.folder.stat().st_uid
    if owner != os.geteuid():
        raise DatabaseUnavailable(
            f"The database folder {layout.folder} belongs to another user (number {owner}): run "
            "Outrider as that user, or set OUTRIDER_HOME to a folder of your own.",
            folder=str(layout.folder),
            owner=owner,
        )


def _launch_command(home: Path, linger: timedelta, options: Mapping[str, str]) -> list[str]:
    return [
        # -P and -S: the supervisor needs the standard library and Outrider, nothing else.
        sys.executable, "-P", "-S", "-m", "outrider.kernel.database.supervisor",
        "--home", str(home), "--programs", str(programs()),
        "--linger", str(linger.total_seconds()), "--options", json.dumps(dict(options)),
    ]  # fmt: skip


def _until_ready(layout: Layout, launch: list[str], wait: _Wait) -> str:
    """Wait for a server that answers, starting supervisors as needed; the folder of its socket."""
    supervisor = FileLock(layout.supervisor_lock)
    starts, found = 0, ""

    def answers() -> bool:
        nonlocal starts, found
        if supervisor.take():
            try:
                _raise_failure(layout, starts)
                starts += 1
                _launch(layout, launch, supervisor)
            finally:
                supervisor.release()
            return False
        socket = read_record(layout.ready).get("socket")
        if not isinstance(socket, str):
            return False
        try:
            _create_database(socket)
        except psycopg.OperationalError as refusal:
            wait.last_refusal = str(refusal).strip()
            return False
        found = socket
        return True

    wait.until(answers, "Postgres to be ready")
    return found


def _raise_failure(layout: Layout, starts: int) -> None:
    """Say why the supervisor that we started has gone.

    Raises:
        OutriderError: it left a reason, or too many went without one.
        OSError: nothing can be written, so it could not leave one.
    """
    if not starts:
        return
    told = read_record(layout.failure)
    kind = getattr(errors, str(told.get("kind")), None)
    if isinstance(kind, type) and issubclass(kind, OutriderError):
        raise kind(str(told.get("message")), log_tail=tail(layout.postgres_log))
    # On a full disk it could not leave its reason; this says it then.
    write_record(layout.failure, {})
    if starts >= _STARTS_TRIED:
        raise DatabaseUnavailable(
            f"The supervisor of the database in {layout.folder} ended {starts} times without a "
            f"reason: read {layout.supervisor_log}, or set DATABASE_URL.",
            log_tail=tail(layout.supervisor_log),
        )


def _launch(layout: Layout, command: list[str], supervisor: FileLock) -> None:
    """Start a supervisor and hand it the lock, so that there is no moment without an owner."""
    for record in (layout.ready, layout.failure, layout.stop_request):
        record.unlink(missing_ok=True)
    root = str(Path(outrider.__file__).parent.parent)
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    for old in (layout.supervisor_log, layout.postgres_log):
        turn_over(old)
    with append_to(layout.supervisor_log) as log:
        started = subprocess.Popen(
            [*command, "--lock", str(supervisor.fd)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env={**environment, "PYTHONPATH": root, "LC_ALL": "C.UTF-8"},
            pass_fds=(supervisor.fd,),
            start_new_session=True,
        )
    started.wait()  # it has forked the real one and is gone


def _create_database(socket: str) -> None:
    with psycopg.connect(_dsn(socket, "postgres"), autocommit=True, connect_timeout=5) as link:
        row = link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if row is None:
            link.execute(f"CREATE DATABASE {DATABASE}")


def _dsn(socket: str, database: str = DATABASE) -> str:
    # The port is said because PGPORT would change it.
    return f"postgresql://{SUPERUSER}@/{database}?host={quote(socket, safe='/')}&port={PORT}"
