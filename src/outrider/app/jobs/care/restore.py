"""Bring a backup back into an empty installation, and let nothing leave until a person says so.

In: settings of an empty home, a backup, its keys. Out: the same state, proven against the backup's
checkpoint, every workspace halted. Never: a write before each hash was checked, a home or database
that holds data, a mail that might have been sent already.

The order makes it safe to kill at any moment: a mark in the home, keys, objects, then the database
in one transaction that also halts every workspace, then the proof; the mark goes last. Run again
with the same backup, it goes on where it stopped.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import URL, create_engine
from sqlalchemy.pool import NullPool

from outrider.app.jobs.care import keyfile, stored
from outrider.app.jobs.care import manifest as told
from outrider.app.jobs.care.afterwards import ending
from outrider.app.jobs.care.backup import Tell, count_rows, quiet
from outrider.app.jobs.care.manifest import Manifest
from outrider.app.jobs.care.parts import Reading
from outrider.app.wiring import make_home
from outrider.kernel import access
from outrider.kernel.audit.append import record
from outrider.kernel.audit.seal import Seal, Signer, keep_in, read_note, seal_until_done
from outrider.kernel.audit.verify import Verdict, verify_database
from outrider.kernel.clock import Clock
from outrider.kernel.database import dump
from outrider.kernel.database.connect import Database
from outrider.kernel.database.layout import FileLock, read_record, write_record
from outrider.kernel.database.migrate import State, state_of, upgrade
from outrider.kernel.database.opening import RESTORE_MARK, owner_url
from outrider.kernel.database.roles import create_roles
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.errors import Broken, Conflict
from outrider.kernel.halt_file import NAME as HALT
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.secrets.seal_key import signer_of
from outrider.kernel.settings import Settings
from outrider.kernel.switches import listing, set_switch
from outrider.sending.doubt import doubt_all_at_the_wire

MARK = RESTORE_MARK
_LOCK = ".restore.lock"
MAY_BE_THERE = frozenset({"settings.toml", "logs", "keys", HALT, MARK, _LOCK})
"""What an empty home may hold: how Outrider is set up, but nothing that it did."""


@dataclass(frozen=True)
class Waiting:
    """Mails of one workspace that would leave if nobody looked."""

    workspace: str
    approved: int
    queued: int
    unknown: int


@dataclass(frozen=True)
class Restored:
    """What a restore did."""

    manifest: Manifest
    objects: int
    keys: tuple[str, ...]
    lost: tuple[str, ...]
    verdict: Verdict
    waiting: tuple[Waiting, ...]
    revision: str


async def restore(
    settings: Settings,
    clock: Clock,
    source: Reading,
    keys: dict[str, bytes] | None = None,
    tell: Tell = quiet,
) -> Restored:
    """Restore `source` into the empty installation that the settings name.

    Args:
        settings: home, database and object store; the home and the database hold no data.
        clock: for the instants of switches and events.
        source: the backup.
        keys: its keys; None takes those in the home folder, if any.
        tell: progress.

    Raises:
        Conflict: the home or the database holds data, or keys are another installation's.
        Refused: a newer Outrider made the backup.
        Broken: a part of the backup is damaged, or what was restored is not what was backed up.
        Unavailable: the database, the object store or the disk does not do its part.
    """
    with source.part(told.FILE) as file:
        manifest = told.decode(file.read())
    require_empty(settings, manifest)
    _require_keys(settings, manifest, keys or {})
    checkpoint = check(source, manifest, tell)
    make_home(settings.home)
    with _alone(settings.home):
        require_empty(settings, manifest)
        owner, _ = await asyncio.to_thread(owner_url, settings)
        goes_on = _require_empty_database(owner, settings, manifest)
        write_record(settings.home / MARK, {"backup": manifest.id})
        keyfile.put(settings.home / "keys", keys or {})
        copied = await _put_objects(source, Objects(settings.objects_url), manifest, tell)
        reason = _reason(manifest, _lost(settings, manifest))
        if not goes_on:
            _load(owner, source, manifest, ending(reason, clock.now()), tell)
        revision = upgrade(owner)
        return await _prove(settings, clock, owner, (manifest, checkpoint, copied, revision), tell)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Nobody else restores into this home meanwhile; a lock that the kernel drops with its process.

    Raises:
        Conflict: somebody does.
    """
    lock = FileLock(home / _LOCK)
    if not lock.take():
        raise Conflict(f"Another restore into {home} is at work: wait until it ends.")
    try:
        yield
    finally:
        lock.path.unlink(missing_ok=True)
        lock.release()


def require_empty(settings: Settings, manifest: Manifest) -> None:
    """Pass when the home holds nothing that Outrider did.

    Raises:
        Conflict: it does, or another backup was being restored there.
    """
    home = settings.home
    if not home.is_dir():
        return
    begun = read_record(home / MARK).get("backup")
    if begun not in (None, manifest.id):
        raise Conflict(
            f"Another backup was being restored into {home}: go on with that one, or set "
            "OUTRIDER_HOME to an empty folder."
        )
    held = sorted(entry.name for entry in home.iterdir() if entry.name not in MAY_BE_THERE)
    if held and begun is None:
        raise Conflict(
            f"The home folder {home} holds data already ({', '.join(held[:4])}): set OUTRIDER_HOME "
            "to an empty folder, or move this one away."
        )


def _require_empty_database(owner: URL, settings: Settings, manifest: Manifest) -> bool:
    """Whether this very backup is in the database already; False when it is empty."""
    state, _ = state_of(owner)
    with dump.connected(owner) as conn:
        row = conn.execute("select to_regnamespace('outrider'), to_regnamespace('jobs')").fetchone()
        if state is State.EMPTY and row == (None, None):
            return False
        if state not in (State.EMPTY, State.FOREIGN) and read_record(settings.home / MARK).get(
            "backup"
        ):
            ours = conn.execute(
                "select 1 from outrider.switches where scope = 'workspace' and reason like %s",
                [f"%{manifest.id}%"],
            ).fetchone()
            if ours:
                return True
    if settings.database_url is None:
        raise Conflict(
            f"The database in {settings.home} holds data already: set OUTRIDER_HOME to an empty folder."
        )
    raise Conflict(
        f"The database {owner.database} holds data already: give an empty one in DATABASE_URL, made "
        "with `createdb`."
    )


def _require_keys(settings: Settings, manifest: Manifest, keys: dict[str, bytes]) -> None:
    """Pass when the log's key, where there is one, is the one of this backup."""
    here = settings.home / "keys" / keyfile.SEAL_KEY
    found = keys.get(keyfile.SEAL_KEY) or (here.read_bytes() if here.is_file() else None)
    if found and Signer(found).public.public_bytes_raw().hex() != manifest.audit_key:
        raise Conflict(
            "The keys are not those of this backup: give the --keys file that was written with it, "
            f"and leave {settings.home / 'keys'} empty."
        )


def check(source: Reading, manifest: Manifest, tell: Tell = quiet) -> Seal | None:
    """Recompute every hash of a backup; returns its checkpoint.

    Raises:
        Broken: a part is damaged, missing or not named by the manifest.
    """
    for name, part in manifest.parts.items():
        digest, size = hashlib.sha256(), 0
        with source.part(name) as file:
            while block := file.read(1 << 20):
                digest.update(block)
                size += len(block)
        if (size, digest.hexdigest()) != (part.bytes, part.sha256):
            raise Broken(
                f"The part {name} of the backup is damaged (its hash is another one): nothing was "
                "written. Take another backup."
            )
    count = 0
    with source.part(told.OBJECT_LIST) as listed:
        for name, data in source.objects():
            expected = listed.readline().decode().strip()
            if name != expected or hashlib.sha256(data).hexdigest() != name:
                raise Broken(
                    f"The object {expected or name} of the backup is damaged or missing: nothing "
                    "was written. Take another backup."
                )
            count += 1
            tell("Checking the backup", count, manifest.objects)
        if listed.readline() or count != manifest.objects:
            raise Broken(
                f"The backup has {count} of its {manifest.objects} objects: nothing was written. "
                "Take another backup."
            )
    if told.CHECKPOINT not in manifest.parts:
        return None
    with source.part(told.CHECKPOINT) as file:
        return read_note(file.read().decode("utf-8"))


async def _put_objects(source: Reading, objects: Objects, manifest: Manifest, tell: Tell) -> int:
    done = 0
    for _, data in source.objects():
        await objects.put(data)
        done += 1
        tell("Restoring objects", done, manifest.objects)
    return done


def _load(owner: URL, source: Reading, manifest: Manifest, ending: str, tell: Tell) -> None:
    engine = create_engine(owner, poolclass=NullPool)
    with engine.begin() as conn:
        create_roles(conn, owner)
    total = manifest.parts[told.DUMP].bytes
    with source.part(told.DUMP) as dumped:
        dump.restore(
            owner, dumped, ending, lambda done: tell("Restoring the database", done, total)
        )


def _reason(manifest: Manifest, lost: list[str]) -> str:
    without = f"; keys are missing, so {'; '.join(lost)}" if lost else ""
    return (
        f"restored from backup {manifest.id} of {manifest.made_at:%Y-%m-%d %H:%M} UTC: mails sent and "
        f"opt-outs received since then are not known here{without}"
    )


async def _prove(
    settings: Settings,
    clock: Clock,
    owner: URL,
    done: tuple[Manifest, Seal | None, int, str],
    tell: Tell,
) -> Restored:
    """Compare what is there with the backup, write down that it was restored, take the mark away."""
    manifest, checkpoint, copied, revision = done
    tell("Verifying the log", 0, None)
    _require_rows(owner, manifest)
    database = Database(owner, clock, pool_size=2)
    try:
        verdict = await verify_database(
            database,
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(manifest.audit_key)),
            checkpoint=checkpoint,
            progress=lambda done, total: tell("Verifying the log", done, total),
        )
        async with database.connection() as conn:
            spaces = await access.workspaces(conn)
        lost = _lost(settings, manifest)  # before the seal key is made anew
        with dump.connected(owner) as conn:
            conn.execute("set row_security = off")
            lost += stored.closed(conn, settings, clock)
        waiting = [await _halt(database, name, id_, manifest) for name, id_ in spaces.items()]
        signer = signer_of(Keys(settings.home))
        keep = keep_in(settings.home / "checkpoints")
        if checkpoint:
            keep(checkpoint)
        if verdict.holds and (seal := await seal_until_done(database, signer, clock)):
            keep(seal)
    finally:
        await database.close()
    (settings.home / MARK).unlink(missing_ok=True)
    return Restored(
        manifest=manifest,
        objects=copied,
        keys=keyfile.names(settings.home / "keys"),
        lost=tuple(lost),
        verdict=verdict,
        waiting=tuple(waiting),
        revision=revision,
    )


def _lost(settings: Settings, manifest: Manifest) -> list[str]:
    """What does not work, for want of keys that the backup's installation had."""
    there = keyfile.names(settings.home / "keys")
    return keyfile.lost(name for name in manifest.keys if name not in there)


def _require_rows(owner: URL, manifest: Manifest) -> None:
    with dump.connected(owner) as conn:
        found = count_rows(conn)
    # A restore that was killed after its load may have written some of its own.
    for table, rows in manifest.rows.items():
        grows = table in (
            "switches",
            "audit_events",
            "audit_leaves",
            "audit_seals",
            "audit_cuts",
            "audit_keys",
        )
        if found.get(table) != rows and not (grows and found.get(table, 0) > rows):
            raise Broken(
                f"The restored table {table} has {found.get(table, 0)} rows and the backup {rows}: "
                "every workspace stays halted; restore again, into an empty database."
            )


async def _halt(
    database: Database, name: str, workspace: WorkspaceId, manifest: Manifest
) -> Waiting:
    """Put the halt on record, and take every mail that was at the wire for unknown."""
    async with database.transaction(workspace, SYSTEM) as tx:
        switch = next(s for s in await listing(tx) if s.scope == "workspace")
        await set_switch(tx, "workspace", "", is_on=True, reason=switch.reason)
        await doubt_all_at_the_wire(
            tx,
            "it was being handed over when the backup was made; look for its Message-ID in the Sent "
            "folder, then say whether it arrived",
        )
        waiting = await _waiting(tx, name)
        body = {"backup": manifest.id, "made_at": manifest.made_at, "sealed": manifest.sealed}
        await record(tx, "care.restore", f"workspace:{workspace}", body)
    return waiting


async def _waiting(tx: Tx, name: str) -> Waiting:
    approved = await tx.row("select count(*) from outrider.drafts where status = 'approved'")
    counts = {
        row["status"]: row["count"]
        for row in await tx.rows("select status, count(*) from outrider.outbox group by status")
    }
    return Waiting(
        name,
        int(approved["count"]) if approved else 0,
        counts.get("queued", 0) + counts.get("deferred", 0) + counts.get("sending", 0),
        counts.get("unknown", 0),
    )
