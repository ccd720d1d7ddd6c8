"""Events become leaves in commit order, exactly once, whoever seals and whatever dies."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from datetime import timedelta
from itertools import chain
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

import outrider
from outrider.kernel.audit.append import record
from outrider.kernel.audit.merkle import root_of
from outrider.kernel.audit.seal import (
    Signer,
    keep_in,
    read_note,
    seal_forever,
    seal_once,
    seal_until_done,
    signed_by,
)
from outrider.kernel.audit.verify import verify_database
from outrider.kernel.clock import SystemClock, VirtualClock
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.errors import Broken, InvalidInput
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.secrets import Keys
from tests.sealing import PATIENCE_SECONDS, sealed_up_to


@pytest.fixture
def signer(keys: Keys) -> Signer:
    return Signer(keys.key("audit-seal"))


async def append(database: Database, workspace: WorkspaceId, count: int) -> list[UUID]:
    async with database.transaction(workspace, SYSTEM) as tx:
        return [await record(tx, "test.happened", f"thing:{n}", {"n": n}) for n in range(count)]


async def leaves(database: Database) -> list[tuple[int, UUID, bytes]]:
    async with database.connection(Role.SEALER) as conn:
        rows = await conn.exec_driver_sql(
            "select leaf_no, event_id, leaf from outrider.audit_leaves order by leaf_no"
        )
        return [(row["leaf_no"], row["event_id"], row["leaf"]) for row in rows.mappings()]


async def test_every_event_becomes_one_leaf_and_the_root_covers_them(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, signer: Signer
) -> None:
    written = set(await append(database, workspace, 7))
    first = await sealed_up_to(7, database, signer, clock)
    written |= set(await append(database, workspace, 300))
    second = await sealed_up_to(307, database, signer, clock, batch=64)
    kept = await leaves(database)
    assert (first.size, second.size) == (7, 307)
    assert [number for number, _, _ in kept] == list(range(307))
    assert {event for _, event, _ in kept} == written
    assert second.root == root_of([leaf for _, _, leaf in kept])
    assert signed_by(second, signer.public)
    assert not signed_by(second, Signer(b"x" * 32).public)
    assert await seal_until_done(database, signer, clock) is None


async def test_nothing_is_sealed_that_an_open_transaction_could_still_precede(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, signer: Signer
) -> None:
    async with database.transaction(workspace, SYSTEM) as slow:
        early = await record(slow, "test.early", "thing:1")
        (late,) = await append(database, workspace, 1)
        assert await seal_until_done(database, signer, clock) is None
    await sealed_up_to(2, database, signer, clock)
    assert [event for _, event, _ in await leaves(database)] == [early, late]


async def test_an_event_of_a_rolled_back_transaction_leaves_no_trace(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, signer: Signer
) -> None:
    async def fail() -> None:
        async with database.transaction(workspace, SYSTEM) as tx:
            await record(tx, "test.undone", "thing:1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    await append(database, workspace, 1)
    await sealed_up_to(1, database, signer, clock)


async def test_sealers_that_race_with_writers_seal_each_event_once(
    database: Database, workspace: WorkspaceId, signer: Signer, keys: Keys
) -> None:
    clock = SystemClock()
    every = timedelta(milliseconds=2)
    racing = [asyncio.create_task(seal_forever(database, signer, clock, every)) for _ in range(2)]
    try:
        written = await asyncio.gather(
            *(append(database, workspace, 1 + turn % 4) for turn in range(60))
        )
    finally:
        for task in racing:
            task.cancel()
        await asyncio.gather(*racing, return_exceptions=True)
    everything = list(chain.from_iterable(written))
    if len(await leaves(database)) < len(everything):
        await sealed_up_to(len(everything), database, signer, clock)
    kept = await leaves(database)
    assert sorted(event for _, event, _ in kept) == sorted(everything)
    assert [number for number, _, _ in kept] == list(range(len(kept)))
    assert (await verify_database(database, signer.public)).faults == ()


async def test_while_one_seals_another_steps_back_instead_of_waiting(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, signer: Signer
) -> None:
    await append(database, workspace, 3)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            async with (
                database.connection(Role.SEALER) as one,
                database.connection(Role.SEALER) as two,
            ):
                if await seal_once(one, signer, clock.now()) is not None:
                    assert await seal_once(two, signer, clock.now()) is None
                    return
            await asyncio.sleep(0.05)


_SEALER = """
import asyncio, sys
from datetime import timedelta
from itertools import chain
from sqlalchemy import make_url
from outrider.kernel.audit.seal import Signer, seal_forever
from outrider.kernel.clock import SystemClock
from outrider.kernel.database.connect import Database
clock = SystemClock()
database = Database(make_url(sys.argv[1]), clock)
print("ready", flush=True)
asyncio.run(seal_forever(database, Signer(bytes.fromhex(sys.argv[2])), clock, timedelta(0)))
"""


async def test_a_sealer_killed_at_any_moment_loses_and_repeats_nothing(
    database: Database, workspace: WorkspaceId, signer: Signer, keys: Keys
) -> None:
    source = str(Path(outrider.__file__).parent.parent)
    written: list[UUID] = []
    for turn in range(6):
        child = subprocess.Popen(
            [
                sys.executable,
                "-c",
                _SEALER,
                database.owner.render_as_string(hide_password=False),
                keys.key("audit-seal").hex(),
            ],
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": source},
        )
        assert child.stdout is not None
        await asyncio.to_thread(child.stdout.readline)
        for _ in range(3):
            written += await append(database, workspace, 400)
        await asyncio.sleep(0.007 * turn)
        child.send_signal(signal.SIGKILL)
        await asyncio.to_thread(child.communicate)
    if len(await leaves(database)) < len(written):
        await sealed_up_to(len(written), database, signer, SystemClock())
    assert sorted(event for _, event, _ in await leaves(database)) == sorted(written)
    verdict = await verify_database(database, signer.public)
    assert verdict.faults == ()
    assert verdict.events == len(written)


async def test_a_restored_dump_whose_transaction_ids_start_anew_is_sealed_on(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, signer: Signer
) -> None:
    await append(database, workspace, 5)
    await sealed_up_to(5, database, signer, clock)
    with psycopg.connect(owner_dsn(database), autocommit=True) as owner:
        owner.execute("update outrider.audit_events set xid = xid + 100000000")
        owner.execute("update outrider.audit_seals set last_xid = last_xid + 100000000")
    await append(database, workspace, 2)
    await sealed_up_to(7, database, signer, clock)
    assert (await verify_database(database, signer.public)).faults == ()


async def test_nothing_is_built_on_a_seal_that_was_changed(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, signer: Signer
) -> None:
    await append(database, workspace, 2)
    await sealed_up_to(2, database, signer, clock)
    with psycopg.connect(owner_dsn(database), autocommit=True) as owner:
        owner.execute("update outrider.audit_seals set sealed_at = sealed_at - interval '1 day'")
    await append(database, workspace, 1)
    with pytest.raises(Broken, match="newest seal of the audit log"):
        await seal_until_done(database, signer, clock)


def test_a_note_outside_the_database_reads_back_as_the_same_seal(
    clock: VirtualClock, signer: Signer, home: Path
) -> None:
    seal = signer.sign(12, bytes(range(32)), clock.now())
    keep_in(home)(seal)
    note = (home / "checkpoint").read_text(encoding="utf-8")
    assert read_note(note) == seal
    assert note.startswith("outrider/audit\n12\nAAECAwQ")
    assert signed_by(read_note(note), signer.public)
    forged = read_note(note.replace("\n12\n", "\n13\n"))
    assert not signed_by(forged, signer.public)


@pytest.mark.parametrize(
    "text", ["", "outrider/audit\n", "other/log\n1\nAA==\n\n— other/log AA==\n"]
)
def test_text_that_is_no_note_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(InvalidInput, match="no checkpoint of the audit log"):
        read_note(text)


def owner_dsn(database: Database) -> str:
    return database.owner.set(drivername="postgresql").render_as_string(hide_password=False)
