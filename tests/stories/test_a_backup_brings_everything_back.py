"""A backup is whole or is none; a restore is proven, and sends nothing until a person says so."""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import signal
import stat
import subprocess
import sys
import tarfile
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL

from outrider.app.jobs.care import keyfile
from outrider.app.jobs.care.backup import backup
from outrider.app.jobs.care.manifest import FILE, Manifest, decode
from outrider.app.jobs.care.named_objects import NAMES_AN_OBJECT
from outrider.app.jobs.care.parts import reading
from outrider.app.jobs.care.restore import MARK, Restored, restore
from outrider.kernel.audit.seal import Signer, seal_until_done
from outrider.kernel.clock import SystemClock, VirtualClock
from outrider.kernel.database import dump, embedded, opening
from outrider.kernel.database.connect import Database, parse_url
from outrider.kernel.database.migrate import State, state_of
from outrider.kernel.database.schema import metadata
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.errors import Broken, Conflict, NotFound, OutriderError, Refused, Unavailable
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.settings import Settings, load
from outrider.kernel.switches import set_switch
from outrider.sending import find, send
from outrider.sending.types import OutboxStatus
from tests.program import Program, plain_sentence
from tests.sending_world import Wire, World, make_world, means

ROOT = Path(__file__).resolve().parent.parent.parent
NO_OBJECTS = {
    "agent_steps",
    "agent_requests",
    "imports",
    "blueprints",
    "facts",
    "sessions",
    "api_keys",
    "invitations",
    "idempotency_keys",
}
"""Tables whose `…_sha256` columns are digests of something that is not kept."""

Restore = Callable[..., Awaitable[Restored]]


class Killed(BaseException):
    """The process ends here."""


def plain(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def settings_of(home: Path, url: URL) -> Settings:
    return load(home=home, DATABASE_URL=plain(url))


@pytest.fixture
async def world(database: Database, workspace: WorkspaceId, person: PersonId, keys: Keys) -> World:
    """Three approved mails, and the keys that an installation has."""
    for name in ("audit-seal", "suppression", "unsubscribe"):
        keys.key(name)
    world = await make_world(database, workspace, person)
    await world.approved(3)
    return world


@pytest.fixture
def installed(home: Path, owner_url: URL) -> Settings:
    """The installation that is backed up."""
    return settings_of(home, owner_url)


@pytest.fixture
def elsewhere(tmp_path: Path, empty_url: URL) -> Settings:
    """An empty home and database to restore into."""
    return settings_of(tmp_path / "elsewhere", empty_url)


@pytest.fixture
async def saved(
    world: World, objects: Objects, installed: Settings, clock: VirtualClock, tmp_path: Path
) -> Path:
    """A backup with one sent mail, whose bytes are an object, and two that wait."""
    await send.drain(means(world, objects, Wire()), limit=1)
    signer = Signer(Keys(installed.home).key("audit-seal"))
    # A transaction of another test on this server may hold the seals back for a moment.
    while await seal_until_done(world.database, signer, clock) is None:
        await asyncio.sleep(0.02)
    await backup(installed, clock, tmp_path / "saved")
    return tmp_path / "saved"


async def drained(settings: Settings, world: World, clock: VirtualClock) -> tuple[Wire, str | None]:
    """What a sender on these settings hands over, and what halts it."""
    wire = Wire()
    database = Database(load_url(settings), clock)
    there = World(
        database, world.workspace, world.person, world.mailbox, world.campaign_id, world.sequence_id
    )
    report = await send.drain(means(there, Objects(settings.objects_url), wire))
    await database.close()
    return wire, report.halted_by


def load_url(settings: Settings) -> URL:
    assert settings.database_url
    return parse_url(settings.database_url)


async def test_the_sample_comes_back_in_another_home_with_its_proofs(tmp_path: Path) -> None:
    old, new = (Program(tmp_path / n, extra={"OUTRIDER_WORKSPACE": "sample"}) for n in "ab")
    try:
        old.ok("demo", "--no-serve")
        told = old.json("backup", str(tmp_path / "b.tar"), "--keys", str(tmp_path / "keys"))
        assert (told["missing"], told["sealed"]) == (0, told["rows"]["audit_events"])
        sent = old.json("outbox", "list")["items"][0]["message_id"]
        words = (
            "restore",
            str(tmp_path / "b.tar"),
            "--into-empty",
            "--keys",
            str(tmp_path / "keys"),
        )
        done = new.json(*words)
        assert (done["log_holds"], done["objects"], done["lost"]) == (True, told["objects"], [])
        for look in (("drafts", "list"), ("outbox", "list"), ("accounts",), ("trace", sent)):
            before, after = old.json(*look), new.json(*look)
            for seal in ("proofs", "checkpoint"):  # the restored log has a newer seal
                for story in (before, after):
                    story.pop(seal, None)
            assert before == after, look
        assert new.json("audit", "verify")["holds"]
        halted = new.run("send")
        assert halted.code == 3
        assert "restored from backup" in halted.err
        assert not [item for item in new.json("doctor")["items"] if item["health"] == "broken"]
        assert "holds data already" in plain_sentence(new.run(*words))
    finally:
        embedded.remove(old.home)
        embedded.remove(new.home)


async def test_what_was_sent_after_the_backup_is_not_sent_again(
    world: World,
    objects: Objects,
    installed: Settings,
    elsewhere: Settings,
    clock: VirtualClock,
    tmp_path: Path,
) -> None:
    await backup(installed, clock, tmp_path / "b")
    sent, _ = await drained(installed, world, clock)
    assert len(sent.took) == 3
    done = await restore(elsewhere, clock, reading(tmp_path / "b"))
    assert [(space.workspace, space.approved) for space in done.waiting] == [("default", 3)]
    again, halted_by = await drained(elsewhere, world, clock)
    assert again.took == []
    assert "restored from backup" in (halted_by or "")
    database = Database(load_url(elsewhere), clock)
    async with database.transaction(world.workspace, SYSTEM) as tx:
        await set_switch(tx, "workspace", "", is_on=False, reason="each was looked up")
    await database.close()
    released, _ = await drained(elsewhere, world, clock)
    assert len(released.took) == 3, "a person's word lets them go"


async def test_a_mail_that_was_at_the_wire_waits_for_a_persons_word(
    world: World,
    objects: Objects,
    installed: Settings,
    elsewhere: Settings,
    clock: VirtualClock,
    tmp_path: Path,
) -> None:
    async def back_up_now(mail: object) -> None:
        await backup(installed, clock, tmp_path / "b")

    await send.drain(means(world, objects, Wire(before=back_up_now)), limit=1)
    (space,) = (await restore(elsewhere, clock, reading(tmp_path / "b"))).waiting
    assert (space.unknown, space.queued, space.approved) == (1, 0, 2)
    database = Database(load_url(elsewhere), clock)
    async with database.transaction(world.workspace, SYSTEM) as tx:
        (item,) = await find.in_state(tx, OutboxStatus.UNKNOWN)
        assert "when the backup was made" in (item.reason or "")
    await database.close()


async def test_the_switch_comes_in_the_same_commit_as_the_rows(
    saved: Path, elsewhere: Settings, clock: VirtualClock, world: World
) -> None:
    def die(what: str, done: int, total: int | None) -> None:
        if what == "Verifying the log":
            raise Killed

    with pytest.raises(Killed):
        await restore(elsewhere, clock, reading(saved), tell=die)
    assert state_of(load_url(elsewhere))[0] is State.CURRENT
    wire, halted_by = await drained(elsewhere, world, clock)
    assert (wire.took, bool(halted_by)) == ([], True)


@pytest.mark.parametrize(
    "where", ["Restoring objects", "Restoring the database", "Verifying the log"]
)
async def test_a_restore_that_dies_is_run_again(
    saved: Path, elsewhere: Settings, clock: VirtualClock, where: str
) -> None:
    order = (
        "import asyncio, os, sys, pathlib\n"
        "from outrider.app.jobs.care.parts import reading\n"
        "from outrider.app.jobs.care.restore import restore\n"
        "from outrider.kernel.clock import SystemClock\n"
        "from outrider.kernel.settings import load\n"
        "def die(what, done, total):\n"
        f"    if what == {where!r}: os.kill(os.getpid(), 9)\n"
        f"asyncio.run(restore(load(), SystemClock(), reading(pathlib.Path({str(saved)!r})), tell=die))"
    )
    killed = python(order, elsewhere)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    for _ in range(1200):  # psql notices the end of its pipe a moment later
        state = state_of(load_url(elsewhere))[0]
        if state is State.EMPTY or where == "Verifying the log":
            break
        await asyncio.sleep(0.05)
    assert state is (State.CURRENT if where == "Verifying the log" else State.EMPTY)
    assert (elsewhere.home / MARK).exists()
    done = await restore(elsewhere, clock, reading(saved))
    assert done.verdict.holds
    assert not (elsewhere.home / MARK).exists()


@pytest.mark.parametrize("cut", [False, True])
async def test_a_load_that_fails_keeps_nothing(saved: Path, elsewhere: Settings, cut: bool) -> None:
    whole = (saved / "database.dump").read_bytes()
    data = whole[: len(whole) * 2 // 3] if cut else whole
    after = "select 1;" if cut else "select 1 / 0;"
    with pytest.raises(Unavailable, match="nothing of it was kept"):
        dump.restore(load_url(elsewhere), io.BytesIO(data), after)
    with psycopg.connect(str(elsewhere.database_url)) as conn:
        kept = conn.execute("select to_regnamespace('outrider'), to_regnamespace('jobs')")
        assert kept.fetchone() == (None, None)


def python(order: str, settings: Settings) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", order],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "src"),
            "OUTRIDER_HOME": str(settings.home),
            "DATABASE_URL": str(settings.database_url),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


async def test_a_killed_backup_leaves_nothing_that_looks_like_one(
    world: World, objects: Objects, installed: Settings, tmp_path: Path
) -> None:
    await send.drain(means(world, objects, Wire()))
    for name in ("b", "b.tar"):
        order = (
            "import asyncio, os, pathlib\n"
            "from outrider.app.jobs.care.backup import backup\n"
            "from outrider.kernel.clock import SystemClock\n"
            "from outrider.kernel.settings import load\n"
            "def die(what, done, total):\n"
            "    if what == 'Copying objects': os.kill(os.getpid(), 9)\n"
            f"asyncio.run(backup(load(), SystemClock(), pathlib.Path({str(tmp_path / name)!r}), die))"
        )
        assert python(order, installed).returncode == -signal.SIGKILL
        assert not (tmp_path / name).exists()
    left = [file for file in tmp_path.rglob("*") if "unfinished" in str(file)]
    assert left, "the kill came while it was written"
    assert not [file for file in left if file.name == FILE]
    for file in left:
        with pytest.raises((NotFound, OutriderError)):
            reading(file)
    await backup(installed, SystemClock(), tmp_path / "b")
    kept = [file for file in (installed.home / "objects").rglob("*") if file.is_file()]
    assert decode((tmp_path / "b" / FILE).read_bytes()).objects == len(kept) > 0


async def test_a_disk_without_room_leaves_no_half_backup(
    world: World, installed: Settings, clock: VirtualClock, tmp_path: Path
) -> None:
    def full(what: str, done: int, total: int | None) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(Unavailable, match="make the folder"):
        await backup(installed, clock, tmp_path / "room" / "b", full)
    (tmp_path / "room").mkdir()
    with pytest.raises(Unavailable, match="free some space"):
        await backup(installed, clock, tmp_path / "room" / "b", full)
    assert list((tmp_path / "room").iterdir()) == []


@pytest.mark.parametrize(
    "part", ["database.dump", "objects.txt", "checkpoint", FILE, "object", "gone"]
)
@pytest.mark.parametrize("form", ["folder", "tar"])
async def test_a_damaged_backup_is_refused_before_anything_is_written(
    saved: Path, elsewhere: Settings, clock: VirtualClock, part: str, form: str, tmp_path: Path
) -> None:
    objects = [file for file in (saved / "objects").rglob("*") if file.is_file()]
    file = objects[0] if part in ("object", "gone") else saved / part
    if part == "gone":
        file.unlink()
    else:
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(data)
    source = saved
    if form == "tar":
        source = tmp_path / "again.tar"
        with tarfile.open(source, "w") as tar:
            for one in sorted(saved.rglob("*")):
                tar.add(one, str(one.relative_to(saved)), recursive=False)
    with pytest.raises(Broken):
        await restore(elsewhere, clock, reading(source))
    assert not elsewhere.home.exists()
    assert state_of(load_url(elsewhere))[0] is State.EMPTY


async def test_a_home_or_a_database_that_holds_data_is_refused(
    saved: Path, installed: Settings, elsewhere: Settings, clock: VirtualClock, tmp_path: Path
) -> None:
    with pytest.raises(Conflict, match=r"home folder .* holds data already"):
        await restore(installed, clock, reading(saved))
    other = settings_of(tmp_path / "other", load_url(installed))
    with pytest.raises(Conflict, match=r"database .* holds data already"):
        await restore(other, clock, reading(saved))
    assert not (other.home / MARK).exists()


async def test_a_backup_of_a_newer_outrider_is_refused(
    saved: Path, elsewhere: Settings, clock: VirtualClock
) -> None:
    made = decode((saved / FILE).read_bytes())
    for newer in ({"revision": "9999"}, {"outrider_backup": 2}):
        (saved / FILE).write_bytes(Manifest.encode(made.model_copy(update=newer)))
        with pytest.raises(Refused, match="newer than this one"):
            await restore(elsewhere, clock, reading(saved))


async def test_the_keys_are_apart_and_a_restore_says_what_is_lost_without_them(
    saved: Path, installed: Settings, elsewhere: Settings, clock: VirtualClock, tmp_path: Path
) -> None:
    whole = b"".join(file.read_bytes() for file in saved.rglob("*") if file.is_file())
    for key in (installed.home / "keys").iterdir():
        assert key.read_bytes() not in whole
        assert key.read_bytes().hex().encode() not in whole
    assert keyfile.save(installed.home / "keys", tmp_path / "keys") == [
        "audit-seal.key",
        "suppression.key",
        "unsubscribe.key",
    ]
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o600
    done = await restore(elsewhere, clock, reading(saved))
    assert len(done.lost) == 3
    assert done.verdict.holds
    foreign = {**keyfile.load(tmp_path / "keys"), "audit-seal.key": b"x" * 32}
    fresh = settings_of(tmp_path / "fresh", load_url(elsewhere))
    with pytest.raises(Conflict, match="not those of this backup"):
        await restore(fresh, clock, reading(saved), foreign)


async def test_a_backup_taken_while_mails_are_made_and_sent_is_one_moment(
    world: World, objects: Objects, installed: Settings, elsewhere: Settings, tmp_path: Path,
    clock: VirtualClock,
) -> None:  # fmt: skip
    async def work() -> None:
        while not (tmp_path / "b").exists():
            await world.approved(5)
            await send.drain(means(world, objects, Wire()))

    def take() -> Manifest:
        return asyncio.run(backup(installed, SystemClock(), tmp_path / "b"))

    made, _ = await asyncio.gather(asyncio.to_thread(take), work())
    assert made.missing == 0
    done = await restore(elsewhere, clock, reading(tmp_path / "b"))
    assert done.verdict.holds, done.verdict.faults


async def test_events_that_no_seal_covered_are_sealed_on_the_new_server(
    world: World, installed: Settings, clock: VirtualClock, tmp_path: Path
) -> None:
    with psycopg.connect(plain(load_url(installed)), autocommit=True) as burn:
        for _ in range(3000):  # a fresh server counts transactions from about 700
            burn.execute("select pg_current_xact_id()")
    with psycopg.connect(plain(load_url(installed))) as writer:
        writer.execute("select pg_current_xact_id()")  # holds seals back
        await world.approved(1)
        async with world.begin() as tx:
            await set_switch(tx, "campaign", "x", is_on=True, reason="an event")
        made = await backup(installed, clock, tmp_path / "b")
    assert made.sealed < made.rows["audit_events"]
    fresh = load(home=tmp_path / "fresh", DATABASE_URL=None)
    try:
        await restore(fresh, clock, reading(tmp_path / "b"))
        with psycopg.connect(plain(opening.owner_url(fresh)[0])) as conn:
            left = conn.execute(
                "select count(*) from outrider.audit_events e where not exists"
                " (select from outrider.audit_leaves l where l.event_id = e.id)"
            ).fetchone()
        assert left == (0,)
    finally:
        embedded.remove(fresh.home)
        shutil.rmtree(fresh.home)


async def test_an_object_that_the_store_lost_is_named_and_the_rest_is_saved(
    world: World, objects: Objects, installed: Settings, clock: VirtualClock, tmp_path: Path
) -> None:
    await send.drain(means(world, objects, Wire()))
    lost, *others = (file for file in (installed.home / "objects").rglob("*") if file.is_file())
    lost.unlink()
    made = await backup(installed, clock, tmp_path / "b")
    assert others
    assert (made.objects, made.missing, made.missing_first) == (len(others), 1, (lost.name,))


def test_every_column_that_names_an_object_is_backed_up() -> None:
    for room in ("agents", "campaigns", "conversations", "crm", "drafts", "learning", "prospects",
                 "sending", "kernel"):  # fmt: skip
        import_module(f"outrider.{room}.tables")
    named = {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.columns
        if column.name.endswith("_sha256") and table.name not in NO_OBJECTS
    }
    # A mail lies inside its pack: its own hash is no object.
    inside = {(table, "raw_sha256") for table in ("emails", "unread_emails", "outbox")}
    assert named - inside == set(NAMES_AN_OBJECT)
