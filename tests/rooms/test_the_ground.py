"""The ground: a transaction is in one workspace, by one actor, at one instant."""

from __future__ import annotations

import pytest

from outrider.kernel.audit.append import record
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.errors import Broken, DatabaseUnavailable, NotFound
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.switches import halted, set_switch


async def test_an_event_is_kept_only_with_its_change(
    database: Database, workspace: WorkspaceId
) -> None:
    async def undone() -> None:
        async with database.transaction(workspace, SYSTEM) as tx:
            await record(tx, "test.undone", "test:1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await undone()
    async with database.transaction(workspace, SYSTEM) as tx:
        await record(tx, "test.done", "test:1", {"n": 1})
        rows = await tx.rows("select action, actor, at from outrider.audit_events")
    assert [(r["action"], r["actor"], r["at"]) for r in rows] == [
        ("test.done", "system:outrider", tx.now)
    ]


async def test_the_widest_switch_halts_first_and_off_lets_go(tx: Tx) -> None:
    assert await halted(tx, [("campaign", "a")]) is None
    await set_switch(tx, "campaign", "a", is_on=True, reason="too many bounces")
    switch = await halted(tx, [("campaign", "a")])
    assert switch is not None
    assert switch.scope == "campaign"
    assert await halted(tx, [("campaign", "b")]) is None
    await set_switch(tx, "global", "", is_on=True, reason="drill")
    widest = await halted(tx, [("campaign", "a")])
    assert widest is not None
    assert widest.scope == "global"
    await set_switch(tx, "global", "", is_on=False, reason="drill over")
    assert await halted(tx, [("campaign", "b")]) is None


async def test_objects_keep_bytes_under_their_hash_and_notice_a_change(objects: Objects) -> None:
    digest = await objects.put(b"raw mail")
    assert await objects.put(b"raw mail") == digest
    assert await objects.get(digest) == b"raw mail"
    with pytest.raises(NotFound):
        await objects.get("0" * 64)


async def test_a_changed_object_is_refused(objects: Objects, home: object) -> None:
    digest = await objects.put(b"raw mail")
    from pathlib import Path

    file = Path(str(home)) / "objects" / digest[:2] / digest[2:4] / digest
    file.write_bytes(b"changed!")
    with pytest.raises(Broken, match="another hash"):
        await objects.get(digest)


def test_a_key_is_made_once_and_only_its_owner_reads_it(keys: Keys) -> None:
    first = keys.key("suppression")
    assert keys.key("suppression") == first
    assert len(first) == 32
    assert (keys.folder / "suppression.key").stat().st_mode & 0o077 == 0


async def test_a_connection_that_died_in_the_pool_costs_nobody_anything(
    database: Database, workspace: WorkspaceId
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        await record(tx, "test.before", "test:1")
    async with database.connection(Role.OWNER) as conn:
        killed = await conn.exec_driver_sql(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            " where usename = 'outrider_app' and datname = current_database()"
        )
        assert killed.scalar_one() >= 1
    async with database.transaction(workspace, SYSTEM) as tx:
        rows = await tx.rows("select action from outrider.audit_events")
    assert [row["action"] for row in rows] == ["test.before"]


async def test_a_login_that_is_refused_is_said_in_one_sentence(
    database: Database, workspace: WorkspaceId
) -> None:
    wrong = database.owner.set(username="nobody_of_this_name")
    refused = Database(database.owner, database.clock, urls={Role.APP: wrong})

    async def enter() -> None:
        async with refused.transaction(workspace, SYSTEM):
            raise AssertionError("the login was accepted")

    with pytest.raises(DatabaseUnavailable, match="nobody_of_this_name"):
        await enter()
    await refused.close()
