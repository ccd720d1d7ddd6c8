"""Events older than the log is kept are dropped by the month, and everything else can still be proven."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest

from outrider.kernel.audit import prove
from outrider.kernel.audit.append import record
from outrider.kernel.audit.expire import expire
from outrider.kernel.audit.partitions import Month, make_ahead
from outrider.kernel.audit.seal import Seal, Signer
from outrider.kernel.audit.verify import verify_database
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.secrets import Keys
from tests.sealing import sealed_up_to

YEAR = timedelta(days=365)


class Log:
    """A log that grows by the month."""

    def __init__(
        self, database: Database, workspace: WorkspaceId, clock: VirtualClock, signer: Signer
    ) -> None:
        self.database, self.workspace, self.clock, self.signer = database, workspace, clock, signer
        self.events: list[UUID] = []

    async def add(self, count: int = 10) -> Seal:
        async with self.database.transaction(self.workspace, SYSTEM) as tx:
            self.events += [
                await record(tx, "test.happened", f"thing:{number}", {"n": number})
                for number in range(count)
            ]
        return await sealed_up_to(len(self.events), self.database, self.signer, self.clock)

    def owner(self) -> psycopg.Connection:
        url = self.database.owner.set(drivername="postgresql")
        return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)

    def partitions(self) -> dict[str, int]:
        with self.owner() as conn:
            names = conn.execute(
                "select inhrelid::regclass::text from pg_inherits"
                " where inhparent = 'outrider.audit_events'::regclass order by 1"
            ).fetchall()
            return {
                name.removeprefix("outrider.audit_events_"): conn.execute(
                    f"select count(*) from {name}".encode()
                ).fetchall()[0][0]
                for (name,) in names
            }


@pytest.fixture
async def log(database: Database, workspace: WorkspaceId, clock: VirtualClock, keys: Keys) -> Log:
    return Log(database, workspace, clock, Signer(keys.key("audit-seal")))


async def test_months_are_made_while_others_write(log: Log) -> None:
    written, is_over = 0, asyncio.Event()

    async def write() -> None:
        nonlocal written
        while not is_over.is_set():
            async with log.database.transaction(log.workspace, SYSTEM) as tx:
                await record(tx, "test.happened", "thing:1", {})
            written += 1

    writers = [asyncio.create_task(write()) for _ in range(4)]
    for _ in range(6):
        await make_ahead(log.database, log.clock.now())
        log.clock.advance(timedelta(days=31))
        before = written
        while written < before + 20 and not any(one.done() for one in writers):
            await asyncio.sleep(0.01)
    is_over.set()
    await asyncio.gather(*writers)
    assert sum(log.partitions().values()) == written


async def _three_months(log: Log) -> Seal:
    """March, April and June 2026; returns the seal at the end of March."""
    await make_ahead(log.database, log.clock.now())
    march = await log.add(10)
    log.clock.advance(timedelta(days=40))
    await log.add(20)
    log.clock.advance(timedelta(days=60))
    await make_ahead(log.database, log.clock.now())
    await log.add(30)
    return march


async def test_months_are_made_ahead_and_made_once(log: Log) -> None:
    assert await make_ahead(log.database, log.clock.now()) == [
        Month(2026, month) for month in (3, 4, 5, 6)
    ]
    assert await make_ahead(log.database, log.clock.now()) == []
    await log.add(5)
    assert log.partitions() == {"2026_03": 5, "2026_04": 0, "2026_05": 0, "2026_06": 0, "rest": 0}


async def test_a_month_made_late_takes_its_events_along_unchanged(log: Log) -> None:
    await log.add(12)
    await make_ahead(log.database, log.clock.now())
    assert log.partitions()["2026_03"] == 12
    assert log.partitions()["rest"] == 0
    verdict = await verify_database(log.database, log.signer.public)
    assert verdict.holds
    assert verdict.events == 12


async def test_what_is_too_old_goes_and_the_rest_still_proves_itself(log: Log) -> None:
    march = await _three_months(log)
    log.clock.advance(YEAR)
    cut = await expire(log.database, log.signer, log.clock.now(), YEAR)
    assert cut is not None
    assert (cut.size, cut.events) == (30, 30)
    assert set(log.partitions()) >= {"2026_06", "rest"}
    assert "2026_03" not in log.partitions()
    newest = await log.add(5)
    verdict = await verify_database(log.database, log.signer.public, checkpoint=march)
    assert verdict.holds, verdict.faults
    assert (verdict.events, verdict.compared) == (65, 1)
    assert verdict.cut == cut
    async with log.database.transaction(log.workspace, SYSTEM) as tx:
        proof = await prove.inclusion(tx, log.events[45])
        older = await prove.consistency(tx, march.size)
    assert prove.holds(proof, log.signer.public)
    assert prove.holds(older, log.signer.public)
    assert older["new"] == newest.note()


async def test_nothing_young_is_dropped_and_a_second_time_finds_nothing(log: Log) -> None:
    await _three_months(log)
    assert await expire(log.database, log.signer, log.clock.now(), YEAR) is None
    log.clock.advance(YEAR)
    assert await expire(log.database, log.signer, log.clock.now(), YEAR) is not None
    assert await expire(log.database, log.signer, log.clock.now(), YEAR) is None
    assert sum(log.partitions().values()) == 30


async def test_an_event_that_was_not_sealed_in_time_stays(log: Log) -> None:
    await make_ahead(log.database, log.clock.now())
    await log.add(10)
    async with log.database.transaction(log.workspace, SYSTEM) as tx:
        late = await record(tx, "test.happened", "thing:late", {})
    log.clock.advance(2 * YEAR)
    cut = await expire(log.database, log.signer, log.clock.now(), YEAR)
    assert cut is not None
    assert cut.events == 10
    assert log.partitions()["rest"] == 1
    await sealed_up_to(11, log.database, log.signer, log.clock)
    async with log.database.transaction(log.workspace, SYSTEM) as tx:
        assert prove.holds(await prove.inclusion(tx, late), log.signer.public)
    assert (await verify_database(log.database, log.signer.public)).holds


async def test_events_outside_any_month_are_let_go_too(log: Log) -> None:
    await log.add(10)
    log.clock.advance(2 * YEAR)
    await log.add(3)
    cut = await expire(log.database, log.signer, log.clock.now(), YEAR)
    assert cut is not None
    assert cut.events == 10
    assert log.partitions() == {"rest": 3}


async def test_a_month_dropped_by_hand_is_named(log: Log) -> None:
    await _three_months(log)
    with log.owner() as owner:
        owner.execute("drop table outrider.audit_events_2026_03")
    verdict = await verify_database(log.database, log.signer.public)
    assert verdict.faults_in_all == 10
    assert {fault.kind for fault in verdict.faults} == {"event_deleted"}


async def test_a_cut_that_the_key_did_not_sign_excuses_nothing(log: Log) -> None:
    await _three_months(log)
    log.clock.advance(YEAR)
    await expire(log.database, log.signer, log.clock.now(), YEAR)
    with log.owner() as owner:
        owner.execute("update outrider.audit_cuts set size = 60")
        owner.execute("delete from outrider.audit_events where id = %s", [log.events[50]])
    kinds = [f.kind for f in (await verify_database(log.database, log.signer.public)).faults]
    assert kinds[0] == "cut_signature"
    assert kinds.count("event_deleted") == 31


async def test_a_hash_of_a_dropped_month_that_was_changed_is_still_noticed(log: Log) -> None:
    await _three_months(log)
    log.clock.advance(YEAR)
    await expire(log.database, log.signer, log.clock.now(), YEAR)
    with log.owner() as owner:
        owner.execute("update outrider.audit_leaves set leaf = sha256('x') where leaf_no = 4")
    faults = (await verify_database(log.database, log.signer.public)).faults
    assert [fault.kind for fault in faults] == ["seal_root"]


async def test_an_event_put_back_into_a_dropped_month_is_noticed(log: Log) -> None:
    await _three_months(log)
    log.clock.advance(YEAR)
    await expire(log.database, log.signer, log.clock.now(), YEAR)
    with log.owner() as owner:
        owner.execute(
            "insert into outrider.audit_events (workspace_id, id, at, actor, action, subject,"
            " correlation_id, body, leaf, xid)"
            " select workspace_id, %s, at, actor, action, subject, correlation_id,"
            " '{\"n\": 999}', leaf, xid from outrider.audit_events limit 1",
            [log.events[4]],
        )
    verdict = await verify_database(log.database, log.signer.public)
    assert [(fault.kind, fault.event_id) for fault in verdict.faults] == [
        ("event_changed", log.events[4])
    ]
