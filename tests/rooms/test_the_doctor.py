"""The doctor names what is wrong and the way out, and changes nothing."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL

from outrider.app.jobs.care.doctor import examine
from outrider.app.jobs.care.findings import Finding, Health, span
from outrider.app.jobs.care.restore import MARK
from outrider.kernel.audit.seal import Signer, keep_in, seal_until_done
from outrider.kernel.clock import SystemClock, VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.settings import Settings, load
from outrider.kernel.switches import set_switch
from outrider.sending import queue, send
from tests.program import Program
from tests.sending_world import FORM, Wire, make_world, means, plain

CLOCK = SystemClock()


@pytest.fixture
def settings(home: Path, owner_url: URL) -> Settings:
    return load(home=home, DATABASE_URL=plain(owner_url))


@pytest.fixture
async def timely(owner_url: URL) -> AsyncIterator[Database]:
    database = Database(owner_url, CLOCK)
    yield database
    await database.close()


@pytest.fixture
async def well(
    timely: Database,
    workspace: WorkspaceId,
    person: PersonId,
    home: Path,
    objects: Objects,
    keys: Keys,
    settings: Settings,
) -> Settings:
    """An installation with three sent mails, two that wait, and a sealed log."""
    for name in ("suppression", "unsubscribe"):
        keys.key(name)
    world = await make_world(timely, workspace, person, FORM)
    await world.approved(5)
    await send.drain(means(world, objects, Wire()), limit=3)
    await world_queued(timely, workspace)
    signer = Signer(keys.key("audit-seal"))
    newest = None
    # Another test's open transaction on the shared server holds back the sealing of the last events.
    while newest is None or unsealed(settings):
        newest = await seal_until_done(timely, signer, CLOCK) or newest
        await asyncio.sleep(0.02)
    keep_in(home / "checkpoints")(newest)
    home.chmod(0o700)
    return settings


async def world_queued(timely: Database, workspace: WorkspaceId) -> None:
    async with timely.transaction(workspace, SYSTEM) as tx:
        assert len(await queue.enqueue(tx)) == 2


def run(settings: Settings, statement: str) -> None:
    assert settings.database_url
    with psycopg.connect(settings.database_url, autocommit=True) as conn:
        conn.execute(statement.encode())


def unsealed(settings: Settings) -> int:
    assert settings.database_url
    with psycopg.connect(settings.database_url) as conn:
        row = conn.execute(
            "select (select count(*) from outrider.audit_events)"
            " - (select count(*) from outrider.audit_leaves)"
        ).fetchone()
    assert row
    return int(row[0])


async def worse(settings: Settings) -> list[Finding]:
    return [item for item in await examine(settings, CLOCK) if item.health is not Health.OK]


def everything(home: Path) -> set[tuple[str, int]]:
    return {(str(file), file.stat().st_mtime_ns) for file in home.rglob("*") if file.is_file()}


async def test_an_installation_that_is_well_is_told_so_and_left_as_it_was(well: Settings) -> None:
    before = everything(well.home)
    found = await examine(well, CLOCK)
    assert [item for item in found if item.health is not Health.OK] == []
    assert {item.part for item in found} >= {
        "home", "keys", "disk", "object store", "database", "schema", "owner", "logins", "isolation",
        "clock", "seals", "log", "outbox", "switches", "mailboxes", "objects", "set-up",
    }  # fmt: skip
    assert everything(well.home) == before


def an_object(settings: Settings) -> Path:
    return next(file for file in (settings.home / "objects").rglob("*") if file.is_file())


def lose_a_key(name: str) -> Callable[[Settings], object]:
    return lambda settings: (settings.home / "keys" / name).unlink()


def sql(statement: str) -> Callable[[Settings], object]:
    return lambda settings: run(settings, statement)


def suppressed_without_a_key(settings: Settings) -> None:
    run(
        settings,
        "insert into outrider.suppressions (workspace_id, id, address_hash, reason, source,"
        " created_at) select id, gen_random_uuid(), 'h', 'r', 's', now() from outrider.workspaces",
    )
    lose_a_key("suppression.key")(settings)


def readable_settings(settings: Settings) -> None:
    # As the embedded database of root has it, whose account must pass through.
    settings.home.chmod(0o711)
    (settings.home / "settings.toml").touch(mode=0o644)


def readable_objects(settings: Settings) -> None:
    settings.home.chmod(0o711)
    (settings.home / "objects").chmod(0o755)


FAULTS: dict[str, tuple[Callable[[Settings], object], str, Health, str]] = {
    "others may write to the home": (
        lambda s: s.home.chmod(0o777), "home", Health.BROKEN, "chmod 700"),
    "others may read a key": (
        lambda s: (s.home / "keys" / "suppression.key").chmod(0o644), "keys", Health.BROKEN,
        "chmod 600"),
    "others may read the settings": (readable_settings, "home", Health.LOOK, "chmod 600"),
    "others may read the objects": (readable_objects, "object store", Health.LOOK, "chmod o="),
    "a key was cut": (
        lambda s: (s.home / "keys" / "audit-seal.key").write_bytes(b"x" * 31), "keys",
        Health.BROKEN, "backup --keys"),
    "the suppression key is gone": (
        suppressed_without_a_key, "keys", Health.BROKEN, "Stop sending"),
    "the unsubscribe key is gone": (
        lose_a_key("unsubscribe.key"), "keys", Health.BROKEN, "backup --keys"),
    "the seal key is gone": (lose_a_key("audit-seal.key"), "log", Health.BROKEN, "backup --keys"),
    "a restore was not finished": (
        lambda s: (s.home / MARK).write_text('{"backup": "b"}'), "restore", Health.BROKEN, "again"),
    "an object was changed": (
        lambda s: an_object(s).write_bytes(b"other"), "objects", Health.BROKEN, "backup"),
    "an object is gone": (lambda s: an_object(s).unlink(), "objects", Health.BROKEN, "backup"),
    "an event was changed": (
        sql("update outrider.audit_events set body = '{}' where action = 'sending.sent'"), "log",
        Health.BROKEN, "audit verify"),
    "the tail of the log was cut": (
        sql("delete from outrider.audit_leaves; delete from outrider.audit_seals"), "log",
        Health.BROKEN, "audit verify"),
    "isolation was taken off a table": (
        sql("alter table outrider.drafts disable row level security"), "isolation", Health.BROKEN,
        "Stop Outrider"),
    "a newer program upgraded it": (
        sql("update outrider.alembic_version set version_num = '9999'"), "schema", Health.BROKEN,
        "Install"),
    "a sender died": (
        sql("update outrider.outbox set status = 'sending', claimed_by = 'gone:1:1',"
            " claimed_at = now(), lease_until = now() - interval '1 minute'"
            " where status = 'queued'"), "outbox", Health.LOOK, "outrider send"),
    "a mail's fate is not known": (
        sql("update outrider.outbox set status = 'unknown' where status = 'queued'"), "outbox",
        Health.LOOK, "settle"),
    "a mailbox is paused": (
        sql("update outrider.mailboxes set status = 'paused'"), "mailboxes", Health.LOOK, "wait"),
    "a DKIM key is gone": (
        sql("update outrider.mailboxes set dkim_key_file = 'dkim.pem', dkim_selector = 's'"),
        "mailboxes", Health.BROKEN, "Put it there"),
    "a set-up link is left over": (
        sql("update outrider.memberships set role = 'admin';"
            " insert into outrider.api_keys (id, kind, token_sha256, created_at, expires_at)"
            " values (gen_random_uuid(), 'setup', 'x', now(), now() + interval '5 minutes')"),
        "set-up", Health.LOOK, "30 minutes"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_is_named_with_its_part_and_the_way_out(well: Settings, fault: str) -> None:
    cause, part, health, way_out = FAULTS[fault]
    cause(well)
    found = {item.part: item for item in await worse(well)}
    assert found[part].health is health, fault
    assert way_out in found[part].do, fault
    # A seal key that is cut shows in the log too: its seals cannot be checked. A log without seals
    # has events that wait for one.
    assert set(found) <= {part, "log" if "key was cut" in fault else part, "seals"}


async def test_a_kill_switch_that_is_on_is_told_with_its_reason(
    well: Settings, timely: Database, workspace: WorkspaceId
) -> None:
    async with timely.transaction(workspace, SYSTEM) as tx:
        await set_switch(tx, "workspace", "", is_on=True, reason="a drill")
    (found,) = [item for item in await worse(well) if item.part == "switches"]
    assert "a drill" in found.found


async def test_a_file_that_halts_the_machine_is_told_even_without_a_database(
    well: Settings,
) -> None:
    (well.home / "HALT").write_text("a drill")
    found = [item for item in await worse(well) if item.part == "switches"]
    assert [("a drill" in item.found, item.health) for item in found] == [(True, Health.LOOK)]
    gone = load(home=well.home, DATABASE_URL="postgresql://u:p@127.0.0.1:1/x")
    assert "HALT" in " ".join(item.found for item in await examine(gone, CLOCK))


async def test_a_clock_that_is_off_is_told(well: Settings) -> None:
    ahead = VirtualClock(CLOCK.now() + timedelta(minutes=3))
    (found,) = [item for item in await examine(well, ahead) if item.part == "clock"]
    assert (found.health, "3 min" in found.found) == (Health.BROKEN, True)


async def test_events_that_wait_long_for_their_seal_are_told(
    well: Settings, timely: Database, workspace: WorkspaceId
) -> None:
    async with timely.transaction(workspace, SYSTEM) as tx:
        await set_switch(tx, "tool", "x", is_on=True, reason="an event")
    for later, health in ((1, Health.OK), (30, Health.LOOK), (60 * 48, Health.BROKEN)):
        clock = VirtualClock(CLOCK.now() + timedelta(minutes=later))
        (found,) = [item for item in await examine(well, clock) if item.part == "seals"]
        assert found.health is health


async def test_a_mail_server_is_knocked_at_only_when_asked(well: Settings) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ready\r\n")
        await reader.readline()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    run(
        well,
        f"update outrider.mailboxes set transport='smtp', smtp_host='127.0.0.1', smtp_port={port}",
    )
    assert "mail server" not in {item.part for item in await examine(well, CLOCK)}
    (found,) = [i for i in await examine(well, CLOCK, network=True) if i.part == "mail server"]
    assert found.health is Health.OK
    server.close()
    await server.wait_closed()
    (found,) = [i for i in await examine(well, CLOCK, network=True) if i.part == "mail server"]
    assert found.health is Health.BROKEN


async def test_a_database_that_does_not_answer_leaves_the_other_parts_told(home: Path) -> None:
    home.mkdir(mode=0o700)
    with socket.socket() as taken:  # bound, but nobody listens
        taken.bind(("127.0.0.1", 0))
        url = f"postgresql://nobody@127.0.0.1:{taken.getsockname()[1]}/none"
        found = await examine(load(home=home, DATABASE_URL=url), CLOCK)
    parts = {item.part: item for item in found}
    assert parts["database"].health is Health.BROKEN
    assert parts["database"].found == "Connection refused"
    assert parts["home"].health is Health.OK


async def test_nothing_is_made_where_nothing_was(home: Path) -> None:
    found = await examine(load(home=home, DATABASE_URL=None), CLOCK)
    assert {item.part for item in found} == {"home", "database"}
    assert not home.exists()


async def test_the_command_ends_with_1_when_something_is_broken(
    well: Settings, owner_url: URL
) -> None:
    program = Program(well.home, owner_url)
    healthy = program.ok("doctor")
    assert healthy.out.splitlines()[0].startswith("ok      home")
    an_object(well).unlink()
    said = program.run("doctor", "--json")
    assert said.code == 1
    assert [i["part"] for i in said.items if i["health"] == "broken"] == ["objects"]
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.04, "0.0 s"), (42, "42 s"), (180, "3 min"), (18000, "5 h"), (4e5, "5 days")]
)  # fmt: skip
def test_a_duration_is_said_as_a_person_says_it(seconds: float, words: str) -> None:
    assert span(timedelta(seconds=seconds)) == words
