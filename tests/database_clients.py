"""Other processes that use an embedded database, to be started and killed by tests.

In: a home and the account to run as. Out: clients, and a view of the processes of a home.
Never: a process or a folder left behind by a test.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

import outrider
from outrider.kernel.database.embedded import remove

_CLIENT = """
import sys
from datetime import timedelta
from pathlib import Path
from outrider.kernel.database.embedded import ensure
from outrider.kernel.errors import OutriderError
try:
    server = ensure(Path(sys.argv[1]), linger=timedelta(seconds=float(sys.argv[2])))
except OutriderError as problem:
    sys.exit(f"{problem.code}: {problem}")
print(server.dsn, flush=True)
sys.stdin.readline()
"""

_SUDO_FREE_ACCOUNT = "nobody"


def until(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Whether `condition` comes true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@dataclass
class Client:
    """A process that keeps the database alive until it is ended."""

    process: subprocess.Popen[str]
    _dsn: str = field(default="", init=False)

    @property
    def dsn(self) -> str:
        """The address it was given; waits for it."""
        if not self._dsn:
            assert self.process.stdout is not None
            self._dsn = self.process.stdout.readline().strip()
            assert self._dsn, f"the client failed: {self.complaint()}"
        return self._dsn

    def complaint(self) -> str:
        """What a client that could not start had to say."""
        assert self.process.stderr is not None
        self.process.wait(60)
        return self.process.stderr.read().strip()

    def kill(self) -> None:
        """End it without a chance to tidy up."""
        self.process.kill()
        self.process.wait()

    def leave(self) -> None:
        """Let it end by itself."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.write("\n")
            self.process.stdin.flush()
        self.process.wait()


def tell(pids: Iterable[int], what: signal.Signals) -> None:
    """Signal these processes; one that has ended since it was found needs no signal."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, what)


@dataclass
class Party:
    """A home, and the processes that use it as one account."""

    home: Path
    uid: int | None
    python: str
    clients: list[Client] = field(default_factory=list)

    def join(
        self, linger_seconds: float = 0.2, script: str = _CLIENT, path: str | None = None
    ) -> Client:
        """Start one more client; does not wait for it."""
        source = Path(outrider.__file__).parent.parent
        libraries = Path(psycopg.__file__).parent.parent
        process = subprocess.Popen(
            [self.python, "-c", script, str(self.home), str(linger_seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            user=self.uid,
            extra_groups=None if self.uid is None else [],
            env={
                "PATH": os.environ.get("PATH", ""),
                "PYTHONPATH": os.pathsep.join(filter(None, [path, str(source), str(libraries)])),
            },
            cwd="/",
        )
        self.clients.append(Client(process))
        return self.clients[-1]

    def supervisors(self) -> list[int]:
        """The supervisors of this home."""
        return _first_ones(
            _processes("outrider.kernel.database.supervisor", "--home", str(self.home))
        )

    def postmasters(self) -> list[int]:
        """The Postgres servers of this home, wherever its data is."""
        return _first_ones(
            [pid for place in self._grounds() for pid in _processes("-D", str(place / "data"))]
        )

    def servers(self) -> list[int]:
        """Every process that serves this home, the workers of Postgres included."""
        found = [*self.supervisors(), *self.postmasters()]
        for place in self._grounds():
            found += [pid for pid in _all() if _works_in(pid, place / "data")]
        return sorted(set(found))

    def _grounds(self) -> list[Path]:
        mine = []
        for at in Path("/var/lib/outrider").glob("*/home"):
            with suppress(OSError):  # another test takes its own away
                if at.read_text().strip() == str(self.home):
                    mine.append(at.parent)
        return [self.home / "database", *mine]

    def end(self) -> None:
        """Kill all clients and delete everything."""
        for client in self.clients:
            client.kill()
            for pipe in (client.process.stdin, client.process.stdout, client.process.stderr):
                if pipe is not None:
                    with suppress(BrokenPipeError):
                        pipe.close()
        remove(self.home)
        tell(self.servers(), signal.SIGKILL)


@contextmanager
def party(*, as_user: bool = False, parent: Path | None = None) -> Iterator[Party]:
    """A fresh home for clients that run as ourselves, or as a normal user if we are root."""
    folder = Path(tempfile.mkdtemp(prefix="outrider-test-", dir=parent))
    folder.chmod(0o755)
    uid, python = None, sys.executable
    if as_user and os.geteuid() == 0:
        uid, python = pwd.getpwnam(_SUDO_FREE_ACCOUNT).pw_uid, _python_for_all()
        os.chown(folder, uid, -1)
    guests = Party(folder / "home", uid, python)
    try:
        yield guests
    finally:
        guests.end()
        shutil.rmtree(folder, ignore_errors=True)


def _python_for_all() -> str:
    """A Python of our version that every account may run; ours may be in a closed folder."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for found in (Path(sys.executable).resolve(), Path("/usr/bin", version)):
        if found.exists() and all(at.stat().st_mode & 0o001 for at in (found, *found.parents)):
            return str(found)
    pytest.skip(f"no {version} on this machine that a normal user may run")


def _all() -> list[int]:
    return [int(at.name) for at in Path("/proc").glob("[0-9]*")]


def _parent(pid: int) -> int | None:
    """Who began this process (`proc(5)`, the fourth field of stat); None when it is gone."""
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return None


def _first_ones(pids: list[int]) -> list[int]:
    """Those that none of them began: a process just forked bears its parent's name still."""
    return [pid for pid in pids if _parent(pid) not in (None, *pids)]


def _processes(*words: str) -> list[int]:
    """The living processes whose command line holds `words` one after another."""
    wanted = "\0".join(("", *words, "")).encode()
    found = []
    for pid in _all():
        with suppress(OSError):
            if wanted in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found


def _works_in(pid: int, folder: Path) -> bool:
    try:
        return os.readlink(f"/proc/{pid}/cwd") == str(folder)
    except OSError:
        return False
