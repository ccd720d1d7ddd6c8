"""A dump of the database and its way back, by Postgres's own programs from the bundle.

In: the owner's address; a snapshot that somebody holds open, or a dump and SQL to add to it. Out: a
file in pg_dump's custom format; a database that holds all of it or nothing.
Never: a password on a command line, a value of a row in a message, a commit of half a dump.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
from sqlalchemy import URL

from outrider.kernel.database.connect import why
from outrider.kernel.database.layout import MAJOR, programs
from outrider.kernel.errors import DatabaseUnavailable, InvalidInput, NotAllowed, Unavailable

SCHEMAS = ("outrider", "jobs")
_CHUNK = 1 << 20
_OLDEST = 16
_HEAD_LINES = 80
"""Where pg_restore sets the session up; below begin the rows, which are nobody's to look at."""
_SINCE_17 = b"SET transaction_timeout = 0;\n"

Tell = Callable[[int], None]
"""Told how many bytes have gone by."""


@dataclass(frozen=True)
class Dumped:
    """A finished dump."""

    bytes: int
    sha256: str


@contextlib.contextmanager
def connected(url: URL) -> Iterator[psycopg.Connection]:
    """A connection of the owner, who must see every row of every workspace.

    Raises:
        DatabaseUnavailable: the server does not answer.
        InvalidInput: it is older than 16 or newer than the bundled programs.
        NotAllowed: row-level security hides rows from this login.
    """
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        conn = psycopg.connect(plain, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(
            f"The database at {url.host or 'the local socket'} does not answer: "
            f"{why(error)}. Check DATABASE_URL."
        ) from error
    with contextlib.closing(conn):
        _check(conn, url)
        conn.rollback()
        yield conn


def _check(conn: psycopg.Connection, url: URL) -> None:
    major = conn.info.server_version // 10000
    if not _OLDEST <= major <= MAJOR:
        raise InvalidInput(
            f"The server is Postgres {major} and the bundled pg_dump is {MAJOR}: it dumps and restores "
            f"{_OLDEST} to {MAJOR}. Use the pg_dump of that server, or another version of Outrider."
        )
    row = conn.execute(
        "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"
    ).fetchone()
    if row is None or not row[0]:
        raise NotAllowed(
            f"The login {url.username!r} of DATABASE_URL may not pass row-level security by, so its "
            "dump would miss rows: as an administrator, run "
            f"`alter role {url.username} bypassrls`, and try again."
        )


def server_major(conn: psycopg.Connection) -> int:
    """The major version of the server."""
    return conn.info.server_version // 10000


def dump(url: URL, snapshot: str, file: Path, tell: Tell = lambda done: None) -> Dumped:
    """Write what `snapshot` (from `pg_export_snapshot()`) shows of Outrider's schemas to a new file.

    Raises:
        Unavailable: pg_dump failed; the sentence is its own.
        OSError: the file cannot be written.
    """
    wanted = [f"--schema={schema}" for schema in SCHEMAS]
    command = ["pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", *wanted]
    digest, size = hashlib.sha256(), 0
    with tempfile.TemporaryFile() as words, open(file, "xb", opener=_private) as out:
        process = _start([*command, f"--dbname={_address(url)}"], url, stderr=words)
        assert process.stdout is not None
        with _ending(process):
            while block := process.stdout.read(_CHUNK):
                out.write(block)
                digest.update(block)
                size += len(block)
                tell(size)
        if process.wait():
            raise Unavailable(f"pg_dump could not dump the database: {_reason(words)}.")
        out.flush()
        os.fsync(out.fileno())
    return Dumped(size, digest.hexdigest())


def restore(url: URL, dumped: IO[bytes], after: str, tell: Tell = lambda done: None) -> None:
    """Load a dump and then the SQL `after`, in one transaction: all of it is there, or nothing.

    The logins that it grants rights to must exist. The database must hold none of the schemas.

    Raises:
        Unavailable: the dump cannot be read or loaded; the sentence is Postgres's own.
    """
    with connected(url) as conn:
        major = server_major(conn)
    with tempfile.TemporaryFile() as read_words, tempfile.TemporaryFile() as load_words:
        reader = _start(["pg_restore", "--no-owner", "--file=-"], url, stderr=read_words, feed=True)
        loader = _start(
            ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null",
             f"--dbname={_address(url)}", "--file=-"],
            url, stderr=load_words, feed=True, mute=True,
        )  # fmt: skip
        pump = _Pump(dumped, reader, tell)
        with _ending(loader), _ending(reader), pump:
            # Without this COMMIT, whatever ends the pipe early ends in a rollback.
            whole = _hand_over(reader, loader, major) and _write(
                loader, f"\n{after}\ncommit;\n".encode()
            )
        if pump.stopped_by:
            raise pump.stopped_by
        if loader.returncode or not whole:
            raise Unavailable(
                "The dump could not be loaded, and nothing of it was kept: "
                f"{_reason(load_words, read_words)}."
            )


def _hand_over(
    reader: subprocess.Popen[bytes], loader: subprocess.Popen[bytes], major: int
) -> bool:
    """Pass pg_restore's script on to psql; whether all of it went."""
    assert reader.stdout is not None
    begun = b"begin;\ncreate extension if not exists vector with schema public;\n"
    if not _write(loader, begun):
        return False
    for _ in range(_HEAD_LINES):
        line = reader.stdout.readline()
        if major < 17 and line == _SINCE_17:
            continue
        if not _write(loader, line):
            return False
    while block := reader.stdout.read(_CHUNK):
        if not _write(loader, block):
            return False
    return reader.wait() == 0


def _write(process: subprocess.Popen[bytes], data: bytes) -> bool:
    assert process.stdin is not None
    try:
        process.stdin.write(data)
        process.stdin.flush()
    except BrokenPipeError:
        return False
    return True


class _Pump:
    """Feeds a dump to pg_restore from a thread, while its script is read from the other end."""

    def __init__(self, source: IO[bytes], reader: subprocess.Popen[bytes], tell: Tell) -> None:
        self._source, self._reader, self._tell = source, reader, tell
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.stopped_by: BaseException | None = None

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, kind: object, *_: object) -> None:
        if kind:  # else it would wait for a reader that nobody reads
            self._reader.kill()
        self._thread.join()

    def _run(self) -> None:
        assert self._reader.stdin is not None
        done = 0
        try:
            while block := self._source.read(_CHUNK):
                self._reader.stdin.write(block)
                done += len(block)
                self._tell(done)
        except BrokenPipeError:
            pass  # its own words say why it ended
        except BaseException as error:  # noqa: BLE001  raised again by who waits for this thread
            self.stopped_by = error
            self._reader.kill()
        finally:
            with contextlib.suppress(BrokenPipeError):
                self._reader.stdin.close()


@contextlib.contextmanager
def _ending(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """End the program when its user is stopped, and close its pipes either way."""
    try:
        yield
    except BaseException:
        process.kill()
        raise
    finally:
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        process.wait()


_OURS = ("OUTRIDER_", "DATABASE_URL", "AWS_", "VAULT_")


def _start(
    command: list[str], url: URL, *, stderr: IO[bytes], feed: bool = False, mute: bool = False
) -> subprocess.Popen[bytes]:
    # What others need to know of us is in the command; our own settings hold secrets.
    kept = {k: v for k, v in os.environ.items() if not k.startswith(_OURS)}
    environment = {**kept, "LC_ALL": "C"}
    if url.password:
        environment["PGPASSWORD"] = str(url.password)
    return subprocess.Popen(
        [str(programs() / "bin" / command[0]), *command[1:]],
        stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if mute else subprocess.PIPE,
        stderr=stderr,
        env=environment,
    )


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _address(url: URL) -> str:
    return url.set(drivername="postgresql")._replace(password=None).render_as_string()


def _reason(*words: IO[bytes]) -> str:
    """The first error that a program told; never a DETAIL or CONTEXT line, which may quote a row."""
    said: list[str] = []
    for file in words:
        file.seek(0)
        said += file.read(65_536).decode("utf-8", "replace").splitlines()
    told = [line for line in said if "error:" in line.lower()] or said[:1]
    if not told:
        return "it gave no reason"
    _, _, reason = told[0].rpartition("rror:") if "rror:" in told[0] else ("", "", told[0])
    return (reason or told[0]).strip().rstrip(".").removeprefix("ERROR:").strip()
