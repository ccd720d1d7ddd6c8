"""Take a backup while Outrider runs: one snapshot of the database, and every object that it names.

In: settings and a free name. Out: a folder or a tar file, and its manifest. Never: a key, a pause of
anybody's work, a backup that looks whole before it is.

The snapshot is exported once. The dump, the counts, the newest seal and the list of objects are all
read from it, so they agree however long it takes. Objects are put before the rows that name them
and never change, and none is removed meanwhile, so copying them afterwards misses none.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL

from outrider.app.jobs.care import keyfile
from outrider.app.jobs.care import manifest as told
from outrider.app.jobs.care.hold import kept
from outrider.app.jobs.care.manifest import Manifest, Part
from outrider.app.jobs.care.named_objects import all_names
from outrider.app.jobs.care.parts import OBJECTS, Writing, writing
from outrider.kernel.audit.seal import Seal, Signer, keep_in, seal_until_done
from outrider.kernel.clock import Clock
from outrider.kernel.database import dump
from outrider.kernel.database.connect import Database
from outrider.kernel.database.migrate import State, state_of
from outrider.kernel.database.opening import owner_url
from outrider.kernel.errors import Broken, NotFound, Refused
from outrider.kernel.ids import new_id
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.secrets.seal_key import signer_of
from outrider.kernel.settings import Settings

AT_ONCE = 8
MOST_NAMED = 100

Tell = Callable[[str, int, int | None], None]
"""Told what is being done, how much of it is done, and of how much."""


def quiet(what: str, done: int, total: int | None) -> None:
    """No progress."""


@dataclass
class _Found:
    """What the snapshot holds."""

    revision: str
    major: int
    rows: dict[str, int]
    seal: Seal | None
    parts: dict[str, Part] = field(default_factory=dict)
    objects: int = 0
    object_bytes: int = 0
    missing: int = 0
    missing_first: list[str] = field(default_factory=list)


async def backup(settings: Settings, clock: Clock, target: Path, tell: Tell = quiet) -> Manifest:
    """Write a backup to `target`: a folder, or one file when the name ends in `.tar`.

    Raises:
        NotFound: there is nothing to back up.
        Refused: the database is newer than this program.
        InvalidInput: something is at `target` already, or the server's version does not fit.
        Unavailable: the database, the object store or the disk does not do its part.
    """
    if not settings.database_url and not (settings.home / "database").is_dir():
        raise NotFound(f"There is nothing in {settings.home} yet: set OUTRIDER_HOME to your data.")
    owner, _ = await asyncio.to_thread(owner_url, settings)
    state, revision = state_of(owner)
    if state is State.FOREIGN:
        raise Refused(
            f"The database {owner.database} holds the tables of another product: check DATABASE_URL."
        )
    if state is State.EMPTY or revision is None:
        raise NotFound("The database is empty, so there is nothing to back up yet.")
    if state is State.NEWER:
        raise Refused(
            f"The database is at revision {revision}, which this Outrider does not know: back it up "
            "with the newer Outrider that works on it."
        )
    signer = signer_of(Keys(settings.home))
    if state is State.CURRENT:
        await _seal(settings, owner, signer, clock)
    objects = Objects(settings.objects_url)
    with writing(target) as out, kept(owner), _snapshot(owner) as (conn, snapshot):
        found = _look(conn, revision)
        _dump(owner, snapshot, out, found, tell)
        await _copy_objects(conn, objects, out, found, tell)
        if found.seal:
            _put(out, found, told.CHECKPOINT, found.seal.note().encode())
        made = Manifest(
            id=str(new_id(clock.now())),
            made_at=clock.now(),
            revision=found.revision,
            postgres=found.major,
            rows=found.rows,
            objects=found.objects,
            object_bytes=found.object_bytes,
            missing=found.missing,
            missing_first=tuple(found.missing_first),
            sealed=found.seal.size if found.seal else 0,
            keys=keyfile.names(settings.home / "keys"),
            audit_key=signer.public.public_bytes_raw().hex(),
            parts=found.parts,
        )
        out.put(told.FILE, made.encode())
        out.finish()
    return made


async def _seal(settings: Settings, owner: URL, signer: Signer, clock: Clock) -> None:
    """Seal first, so that the backup's checkpoint covers as much of it as can be."""
    database = Database(owner, clock, pool_size=1)
    try:
        if seal := await seal_until_done(database, signer, clock):
            keep_in(settings.home / "checkpoints")(seal)
    finally:
        await database.close()


@contextmanager
def _snapshot(owner: URL) -> Iterator[tuple[psycopg.Connection, str]]:
    """A connection in one snapshot, and the name under which others can see the same."""
    with dump.connected(owner) as conn:
        conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        conn.read_only = True
        conn.execute("set local idle_in_transaction_session_timeout = 0")
        # Rows that a policy would hide are an error then, and not simply missing.
        conn.execute("set local row_security = off")
        row = conn.execute("select pg_export_snapshot()").fetchone()
        assert row is not None
        yield conn, row[0]


def _look(conn: psycopg.Connection, revision: str) -> _Found:
    row = conn.execute(
        "select size, root, sealed_at, signature, key_id from outrider.audit_seals"
        " order by size desc limit 1"
    ).fetchone()
    return _Found(
        revision=revision,
        major=dump.server_major(conn),
        rows=count_rows(conn),
        seal=Seal(*row) if row else None,
    )


def count_rows(conn: psycopg.Connection) -> dict[str, int]:
    """Rows of each of Outrider's tables, as this connection's snapshot shows them."""
    tables = [
        name
        for (name,) in conn.execute(
            "select relname from pg_class where relnamespace = 'outrider'::regnamespace"
            " and relkind in ('r', 'p') and not relispartition order by relname"
        )
    ]
    counts = {}
    for name in tables:
        query = sql.SQL("select count(*) from outrider.{}").format(sql.Identifier(name))
        row = conn.execute(query).fetchone()
        counts[name] = int(row[0]) if row else 0
    return counts


def _dump(owner: URL, snapshot: str, out: Writing, found: _Found, tell: Tell) -> None:
    tell("Dumping the database", 0, None)
    file = out.scratch / told.DUMP
    dumped = dump.dump(owner, snapshot, file)
    found.parts[told.DUMP] = Part(bytes=dumped.bytes, sha256=dumped.sha256)
    out.take(told.DUMP, file)


async def _copy_objects(
    conn: psycopg.Connection, objects: Objects, out: Writing, found: _Found, tell: Tell
) -> None:
    """Copy every object that the snapshot names; what the store lacks is counted, not hidden."""
    names_file, kept_file = out.scratch / "names", out.scratch / told.OBJECT_LIST
    total = 0
    with names_file.open("w") as names:
        for name in all_names(conn):
            names.write(f"{name}\n")
            total += 1
    digest = hashlib.sha256()
    with names_file.open() as names, kept_file.open("xb") as kept:
        while several := [line.strip() for line in islice(names, AT_ONCE)]:
            for name, data in zip(
                several, await asyncio.gather(*(_get(objects, n) for n in several)), strict=True
            ):
                if data is None:
                    found.missing += 1
                    found.missing_first += [name] if found.missing <= MOST_NAMED else []
                    continue
                out.put(f"{OBJECTS}{name[:2]}/{name[2:4]}/{name}", data)
                line = f"{name}\n".encode()
                kept.write(line)
                digest.update(line)
                found.objects += 1
                found.object_bytes += len(data)
            tell("Copying objects", found.objects + found.missing, total)
    size = kept_file.stat().st_size
    found.parts[told.OBJECT_LIST] = Part(bytes=size, sha256=digest.hexdigest())
    out.take(told.OBJECT_LIST, kept_file)
    names_file.unlink()


async def _get(objects: Objects, name: str) -> bytes | None:
    try:
        return await objects.get(name)
    except (NotFound, Broken):
        return None


def _put(out: Writing, found: _Found, name: str, data: bytes) -> None:
    out.put(name, data)
    found.parts[name] = Part(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
