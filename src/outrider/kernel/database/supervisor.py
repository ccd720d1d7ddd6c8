"""The process that owns the embedded Postgres: it starts it, restarts it, and ends it.

It is detached from the client that started it and lives as long as any client holds the shared
lock on `clients.lock`, and a little longer. Then it takes that lock for itself, stops Postgres,
and ends; a client that comes in between waits for the lock and starts the next supervisor.

In: a home, the programs, and `supervisor.lock` already held. Out: `ready.json` while Postgres
answers, `failure.json` when it gives up. Never: opens a connection, or outlives its home.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from outrider.kernel.database import account, cluster
from outrider.kernel.database.cluster import Cluster
from outrider.kernel.database.layout import (
    FileLock,
    Layout,
    append_to,
    plainly,
    tail,
    write_record,
)
from outrider.kernel.errors import DatabaseUnavailable, OutriderError

_TICK_SECONDS = 0.2
_READY_POLL_SECONDS = 0.01
_OTHER_SERVER_SECONDS = 30.0
_FALLS_ALLOWED = 5
_FALLS_FORGOTTEN_SECONDS = 60.0


class Supervisor:
    """Keeps one Postgres alive for its clients."""

    def __init__(
        self, own_lock: FileLock, programs: Path, linger_seconds: float, options: dict[str, str]
    ) -> None:
        """Serve the home whose `supervisor.lock` is `own_lock`, held.

        End `linger_seconds` after the last client.
        """
        self._own_lock = own_lock
        self._layout = layout = Layout(own_lock.path.parent.parent)
        self._programs = programs
        self._linger = linger_seconds
        self._options = options
        self._clients = FileLock(layout.clients_lock)
        self._server: subprocess.Popen[bytes] | None = None
        self._falls: list[float] = []
        self._asked_to_stop = False
        self._wake = self._listen()

    def _listen(self) -> int:
        """Turn signals into bytes on a pipe, so that one wait covers all there is to wait for."""
        read, write = os.pipe()
        os.set_blocking(read, False)
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        return read

    def _on_stop(self, *_: object) -> None:
        self._asked_to_stop = True

    def _pause(self, seconds: float) -> None:
        if select.select([self._wake], [], [], seconds)[0]:
            os.read(self._wake, 4096)

    def run(self) -> int:
        """Serve until nobody needs it; the exit code."""
        try:
            with plainly(self._layout.folder):
                place = self._prepare()
                while self._serve(place):
                    place.clear()
        except OutriderError as problem:
            _log(f"gave up: {problem}")
            with suppress(OSError):
                write_record(
                    self._layout.failure, {"kind": type(problem).__name__, "message": str(problem)}
                )
            return 1
        finally:
            self._end()
        return 0

    def _prepare(self) -> Cluster:
        owner = account.account()
        ground = account.ground(self._layout, owner)
        place = Cluster(
            data=ground / "data",
            socket=account.socket_folder(self._layout, ground, owner),
            programs=account.reachable_programs(self._programs, owner),
            owner=owner,
            options=self._options,
        )
        with self._layout.supervisor_log.open("ab") as log:
            place.create(log)
        place.clear()
        return place

    def _serve(self, place: Cluster) -> bool:
        """Run one server until it falls (true) or is needed no more (false)."""
        handed_on = self._claim(place)
        try:
            with append_to(self._layout.postgres_log) as log:
                begun = log.tell()
                self._server = server = place.start(log, handed_on)
        finally:
            os.close(handed_on)
        _log(f"started Postgres as process {server.pid}")
        while not place.is_ready(server) and not self._must_stop():
            if server.poll() is not None:
                self._fell(place, begun)
                return True
            self._pause(_READY_POLL_SECONDS)
        write_record(self._layout.ready, {"socket": str(place.socket), "data": str(place.data)})
        if self._watch(server):
            return False
        self._layout.ready.unlink(missing_ok=True)
        self._fell(place, begun)
        return True

    def _claim(self, place: Cluster) -> int:
        """The lock that says a server works on this data, open, to be handed on to it.

        Process ids cannot say so: the server of a killed supervisor may be in another container.

        Raises:
            DatabaseUnavailable: another server does not end.
        """
        lock = FileLock(self._layout.server_lock)
        end = time.monotonic() + _OTHER_SERVER_SECONDS
        while not lock.take():
            if time.monotonic() > end:
                raise DatabaseUnavailable(
                    f"Another Postgres still works in {place.data} and does not end: stop it, or "
                    "restart the machine or container that it runs in."
                )
            time.sleep(_READY_POLL_SECONDS)
        # A copy, because a fork closes the locks themselves in its child.
        handed_on = os.dup(lock.fd)
        lock.release()
        return handed_on

    def _watch(self, server: subprocess.Popen[bytes]) -> bool:
        """Wait until the server is needed no more (true) or falls (false)."""
        idle_since, last_use = time.monotonic(), 0
        while server.poll() is None:
            used = self._last_use()
            if self._must_stop():
                return True
            free = self._clients.take()
            if not free or used != last_use:
                idle_since, last_use = time.monotonic(), used
            elif time.monotonic() - idle_since >= self._linger:
                _log("nobody uses the database any more")
                return True  # and keep the lock, so that whoever comes now waits
            self._clients.release()
            self._pause(_TICK_SECONDS)
        return False

    def _must_stop(self) -> bool:
        """Whether somebody asked for it, or our home is gone."""
        gone = not self._own_lock.held
        return self._asked_to_stop or gone or self._layout.stop_request.exists()

    def _last_use(self) -> int:
        """When a client last touched its lock."""
        with suppress(FileNotFoundError):
            return self._layout.clients_lock.stat().st_mtime_ns
        return 0

    def _fell(self, place: Cluster, begun: int) -> None:
        """Note a fall and wait a little longer each time.

        Raises:
            DatabaseUnavailable: it fell too often within a minute.
        """
        now = time.monotonic()
        self._falls = [at for at in self._falls if now - at < _FALLS_FORGOTTEN_SECONDS] + [now]
        code = self._server.returncode if self._server else None
        _log(f"Postgres ended with {code}, fall {len(self._falls)} of {_FALLS_ALLOWED}")
        if len(self._falls) > _FALLS_ALLOWED:
            log = self._layout.postgres_log
            raise place.failure(tail(log, since=begun), log)
        time.sleep(0.05 * 2 ** (len(self._falls) - 1))

    def _end(self) -> None:
        with suppress(OSError):
            if self._own_lock.held:
                self._layout.ready.unlink(missing_ok=True)
        if self._server is not None:
            cluster.stop(self._server)
        _log("ended")


def _log(message: str) -> None:
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
    with suppress(OSError):
        sys.stderr.write(f"{stamp} UTC [{os.getpid()}] {message}\n")
        sys.stderr.flush()


def _detach() -> None:
    """Let the starter go on at once, and belong to nobody."""
    if os.fork():
        os._exit(0)
    os.setsid()
    os.umask(0o077)
    os.chdir("/")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one supervisor; `--lock` is the open, locked `supervisor.lock`."""
    parser = argparse.ArgumentParser(prog="outrider-database-supervisor")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--programs", type=Path, required=True)
    parser.add_argument("--lock", type=int, required=True)
    parser.add_argument("--linger", type=float, default=5.0)
    parser.add_argument("--options", type=json.loads, default={})
    given = parser.parse_args(arguments)
    _detach()
    lock = FileLock.adopt(Layout(given.home).supervisor_lock, given.lock)
    supervisor = Supervisor(lock, given.programs, given.linger, given.options)
    return supervisor.run()


if __name__ == "__main__":
    sys.exit(main())
