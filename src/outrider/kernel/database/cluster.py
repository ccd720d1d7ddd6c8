"""One Postgres data folder: made whole or not at all, started, and cleared of what a crash left.

In: a folder, the programs, the account that runs them. Out: a running server process.
Never: a TCP port, a password, a statement's values in the log.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from outrider.kernel.database.account import Account, take_over
from outrider.kernel.database.layout import MAJOR, PORT, SUPERUSER, tail
from outrider.kernel.errors import DatabaseUnavailable, InvalidSetting

_PR_SET_PDEATHSIG = 1
_FAST_STOP_SECONDS = 20.0
_IMMEDIATE_STOP_SECONDS = 5.0

# What may be tuned later in postgresql.conf.
_FIRST_SETTINGS: Mapping[str, str] = {
    "shared_buffers": "128MB",
    "max_connections": "200",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
}

# What nobody may change: it is given on the command line, which wins over every file.
_FIXED_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    # A failing statement and the row in its way are people's data; the log keeps neither.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "log_destination": "stderr",
    "logging_collector": "off",
}


@dataclass(frozen=True)
class Cluster:
    """A data folder with the socket, programs and account that serve it."""

    data: Path
    socket: Path
    programs: Path
    owner: Account
    options: Mapping[str, str]

    def create(self, log: IO[bytes]) -> None:
        """Make the data folder if there is none; a kill at any moment leaves none or a whole one.

        Raises:
            DatabaseUnavailable: initdb failed, or the folder is no whole database.
            InvalidSetting: another version of Postgres made it.
            OSError: the folder cannot be written.
        """
        for left in self.data.parent.glob(f"{self.data.name}.new-*"):
            shutil.rmtree(left, ignore_errors=True)
        if self.data.exists():
            _check_version(self.data)
            take_over(self.data, self.owner)
            return
        fresh = Path(tempfile.mkdtemp(prefix=f"{self.data.name}.new-", dir=str(self.data.parent)))
        self.owner.owns(fresh)
        self._initdb(fresh, log)
        fresh.rename(self.data)
        _sync(self.data.parent)

    def _initdb(self, fresh: Path, log: IO[bytes]) -> None:
        begun = log.seek(0, os.SEEK_END)
        settings = [f"--set={name}={value}" for name, value in _FIRST_SETTINGS.items()]
        # The builtin provider sorts and folds alike on every system, whatever locales it has.
        command: list[str | Path] = [
            self.programs / "bin" / "initdb", "--pgdata", fresh, "--username", SUPERUSER,
            "--auth=trust", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8", "--no-instructions", *settings,
        ]  # fmt: skip
        if self.options.get("fsync") == "off":
            command.append("--no-sync")
        done = self._spawn(command, log, signal.SIGKILL)
        if done.wait() != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            raise _failed(self.data, _reason(tail(Path(log.name), since=begun)), Path(log.name))

    def start(self, log: IO[bytes], handed_on: int) -> subprocess.Popen[bytes]:
        """Start the server; it is not ready yet. It stops by itself when this process dies.

        All its processes keep the file `handed_on` open.

        To be called from the main thread: Linux tells a child of the death of the *thread* that
        started it.
        """
        settings = {
            **self.options,
            **_FIXED_SETTINGS,
            "unix_socket_directories": str(self.socket),
            **_shared_memory(),
        }
        command: list[str | Path] = [self.programs / "bin" / "postgres", "-D", self.data]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return self._spawn(command, log, signal.SIGINT, (handed_on,))

    def _spawn(
        self,
        command: list[str | Path],
        log: IO[bytes],
        when_we_die: signal.Signals,
        handed_on: tuple[int, ...] = (),
    ) -> subprocess.Popen[bytes]:
        owner = self.owner
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=self._environment(),
            user=owner.uid if owner.switch else None,
            group=owner.gid if owner.switch else None,
            extra_groups=[] if owner.switch else None,
            pass_fds=handed_on,
            preexec_fn=_tied_to(os.getpid(), when_we_die),
        )

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "TMPDIR"}}
        kept |= {"LC_ALL": "C", "TZ": "UTC"}
        stale = self.pid()
        if stale and _is_alive(stale) and not _serves(stale, self.data):
            # The number in the pid file was given to somebody else since. Postgres takes no
            # notice of this one process, and still looks for survivors in its shared memory.
            kept["PG_GRANDPARENT_PID"] = str(stale)
        return kept

    def pid(self) -> int | None:
        """The process id in the pid file of the data folder, which may be stale."""
        lines = self._pid_file()
        return int(lines[0]) if lines and re.fullmatch(r"\d{1,9}", lines[0]) else None

    def is_ready(self, server: subprocess.Popen[bytes]) -> bool:
        """Whether this very server accepts connections."""
        lines = self._pid_file()
        return len(lines) > 7 and lines[0] == str(server.pid) and lines[7].strip() == "ready"

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text("utf-8", "replace").splitlines()
        except FileNotFoundError:
            return []

    def clear(self) -> None:
        """Stop whatever still serves the data folder: its supervisor or postmaster was killed."""
        first = self.pid()
        if first and _is_alive(first) and _serves(first, self.data):
            _end(first, lambda: _is_alive(first) and _serves(first, self.data))
        for left in _servers_of(self.data):
            with suppress(ProcessLookupError):
                os.kill(left, signal.SIGQUIT)
        if not _gone_within(2.0, lambda: bool(_servers_of(self.data))):
            for left in _servers_of(self.data):
                with suppress(ProcessLookupError):
                    os.kill(left, signal.SIGKILL)

    def failure(self, said: str, log: Path) -> DatabaseUnavailable:
        """The error for a server that did not start, from what it said in its log."""
        return _failed(self.data, _reason(said), log)


def stop(server: subprocess.Popen[bytes]) -> None:
    """Stop a server that is our child: fast, then immediately (it recovers when next started)."""
    for how, seconds in (
        (signal.SIGINT, _FAST_STOP_SECONDS),
        (signal.SIGQUIT, _IMMEDIATE_STOP_SECONDS),
        (signal.SIGKILL, None),
    ):
        if server.poll() is not None:
            return
        server.send_signal(how)
        with suppress(subprocess.TimeoutExpired):
            server.wait(seconds)


def _end(pid: int, alive: Callable[[], bool]) -> None:
    """Stop a server that is not our child."""
    for how, seconds in (
        (signal.SIGINT, _FAST_STOP_SECONDS),
        (signal.SIGQUIT, _IMMEDIATE_STOP_SECONDS),
        (signal.SIGKILL, 2.0),
    ):
        with suppress(ProcessLookupError):
            os.kill(pid, how)
        if _gone_within(seconds, alive):
            return


def _gone_within(seconds: float, alive: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while alive():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def _tied_to(parent: int, how: signal.Signals) -> Callable[[], None] | None:
    """What a child does before it runs: ask to be signalled when `parent` dies (Linux only)."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(how), 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return tie


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _serves(pid: int, data: Path) -> bool:
    """Whether process `pid` is a Postgres working in `data`."""
    if sys.platform == "linux":
        try:
            program = os.path.basename(os.readlink(f"/proc/{pid}/exe"))
            return program.startswith("postgres") and os.path.samefile(f"/proc/{pid}/cwd", data)
        except OSError:
            return False
    shown = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return "postgres" in shown.stdout and str(data) in shown.stdout


def _servers_of(data: Path) -> list[int]:
    """Every Postgres process of this folder, also those that outlived their postmaster."""
    if sys.platform != "linux":
        return []
    return [int(at.name) for at in Path("/proc").glob("[0-9]*") if _serves(int(at.name), data)]


def _shared_memory() -> dict[str, str]:
    # Containers often give /dev/shm 64 MB, which a single parallel query can fill.
    if sys.platform == "linux":
        with suppress(OSError):
            found = os.statvfs("/dev/shm")
            if found.f_frsize * found.f_blocks >= 256 * 1024 * 1024:
                return {}
        return {"dynamic_shared_memory_type": "mmap"}
    return {}


def _check_version(data: Path) -> None:
    try:
        version = (data / "PG_VERSION").read_text("utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        raise DatabaseUnavailable(
            f"The folder {data} is not a whole Postgres database: restore it from a backup, or "
            "move it away to start with an empty one.",
            folder=str(data),
        ) from None
    if version != str(MAJOR):
        raise InvalidSetting(
            f"The database in {data} was made by Postgres {version} and this Outrider runs "
            f"Postgres {MAJOR}: restore a backup into a new OUTRIDER_HOME, or set DATABASE_URL.",
            folder=str(data),
            version=version,
        )


def _sync(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _reason(said: str) -> str:
    """The line of a log that tells most."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    for mark in ("PANIC:", "FATAL:", "error:", "ERROR:", "postgres:"):
        for line in lines:
            if mark in line:
                return line.split(mark, 1)[1].strip().rstrip(".")
    return lines[-1].rstrip(".") if lines else "it said nothing"


def _failed(data: Path, reason: str, log: Path) -> DatabaseUnavailable:
    way_out = f"read {log}, restore a backup, or set DATABASE_URL"
    if "No space left" in reason or "quota" in reason:
        way_out = "free some disk space and try again"
    elif "ermission denied" in reason or "Read-only" in reason:
        way_out = "give its owner the right to write there, or set OUTRIDER_HOME to another folder"
    return DatabaseUnavailable(
        f"Postgres cannot start in {data} ({reason}): {way_out}.",
        folder=str(data),
        log=str(log),
        log_tail=tail(log),
    )
