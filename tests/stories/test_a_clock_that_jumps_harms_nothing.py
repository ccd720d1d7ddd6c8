"""The clock goes a year ahead or an hour back: nothing is sent twice, and no window opens for it."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from outrider.drafts.review.types import Clock
from outrider.drafts.types import DraftStatus
from outrider.kernel import access, telemetry
from outrider.kernel import clock as clocks
from outrider.kernel.audit.append import record
from outrider.kernel.audit.seal import Signer
from outrider.kernel.audit.verify import verify_database
from outrider.kernel.clock import SystemClock, VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.sending import send
from outrider.sending.types import Outgoing
from tests.clock_world import FRIDAY, clock_world, local
from tests.sealing import sealed_up_to
from tests.sending_world import FORM, Wire, make_world, means

YEAR, HOUR = timedelta(days=365), timedelta(hours=1)
JUMPS = pytest.mark.parametrize("jump", [YEAR, -HOUR], ids=["a year ahead", "an hour back"])


@JUMPS
@pytest.mark.parametrize("knows", [True, False], ids=["folder", "mail server"])
async def test_a_mail_at_the_wire_when_the_clock_jumps_arrives_once(
    database: Database,
    workspace: WorkspaceId,
    person: PersonId,
    clock: VirtualClock,
    objects: Objects,
    jump: timedelta,
    knows: bool,
) -> None:
    """Another sender reads the wrong time while the first one is in the middle of it."""
    world = await make_world(database, workspace, person)
    await world.approved(5)
    jumped = False
    wire = Wire(knows=knows)
    other = means(world, objects, wire, owner="other:1:1")

    async def jumps(mail: Outgoing) -> None:
        nonlocal jumped
        if len(wire.took) == 2 and not jumped:
            jumped = True
            # It is there already, and the answer is still on its way.
            wire.took.append(mail)
            clock.advance(jump)
            await send.drain(other)
            wire.took.remove(mail)

    wire.before = jumps
    await send.drain(means(world, objects, wire))
    for back in (-jump, HOUR, HOUR):
        await send.drain(other)
        clock.advance(back)
    await send.drain(other)
    arrived = [mail.message_id for mail in wire.took]
    assert jumped
    assert max(Counter(arrived).values()) == 1
    async with world.begin() as tx:
        rows = await tx.rows("select message_id, status from outbox")
        twice = await tx.rows(
            "select subject from audit_events where action = 'sending.sent'"
            " group by subject having count(*) > 1"
        )
    fates = {row["message_id"]: row["status"] for row in rows}
    assert set(fates.values()) <= {"sent", "unknown"}
    assert {one for one, fate in fates.items() if fate == "sent"} <= set(arrived)
    assert set(arrived) == set(fates), "no mail was lost"
    assert twice == []


async def test_a_cap_that_is_used_up_stays_so_when_the_clock_goes_back_past_midnight(
    database: Database,
    workspace: WorkspaceId,
    person: PersonId,
    clock: VirtualClock,
    objects: Objects,
) -> None:
    world = await make_world(database, workspace, person, FORM.model_copy(update={"daily_cap": 2}))
    clock.advance(datetime(2026, 3, 4, 0, 30, tzinfo=UTC) - clock.now())
    await world.approved(4)
    wire = Wire()
    await send.drain(means(world, objects, wire))
    clock.advance(-HOUR)
    await send.drain(means(world, objects, wire))
    assert len(wire.took) == 2


async def test_a_session_ends_in_a_years_time_and_lives_no_second_time(
    database: Database, person: PersonId, clock: VirtualClock
) -> None:
    async with database.connection() as conn:
        ended = await access.open_session(conn, person, clock.now())
        token = await access.open_session(conn, person, clock.now())
    clock.advance(YEAR)
    async with database.connection() as conn:
        assert await access.session_of(conn, token, clock.now()) is None
        await access.revoke_session(conn, ended, clock.now())
    clock.advance(-YEAR - HOUR)
    async with database.connection() as conn:
        assert await access.session_of(conn, ended, clock.now()) is None
        assert await access.session_of(conn, token, clock.now()) == (person, None)
    clock.advance(timedelta(hours=14))
    async with database.connection() as conn:
        assert await access.session_of(conn, token, clock.now()) is None


@JUMPS
async def test_a_silent_reviewer_has_approved_nothing_whatever_the_clock_says(
    home: Path, clock: VirtualClock, database: Database, workspace: WorkspaceId, jump: timedelta
) -> None:
    world = clock_world(home, clock, database, workspace)
    for name, role in (("ann", "approver"), ("cleo", "campaign_manager"), ("dora", "admin")):
        await world.person(name, role)
    await world.adopt(world.people["dora"], Clock(sla=timedelta(hours=4)))
    world.at(local(FRIDAY, "10:00"))
    draft = await world.draft()
    done = []
    for step in (jump, -jump, timedelta(0), jump, -jump):
        clock.advance(step)
        done += await world.chase()
    assert (await world.now(draft)).status is not DraftStatus.APPROVED
    kinds = Counter((item.kind, item.level) for item in done)
    assert max(kinds.values(), default=1) == 1, "nobody is asked for the same thing twice"


async def test_the_log_is_whole_although_its_seals_are_not_in_the_order_of_time(
    database: Database, workspace: WorkspaceId, clock: VirtualClock
) -> None:
    signer = Signer(b"s" * 32)
    for size, jump in enumerate((timedelta(0), YEAR, -YEAR, -HOUR, HOUR), start=1):
        clock.advance(jump)
        async with database.transaction(workspace, SYSTEM) as tx:
            await record(tx, "test.noted", f"thing:{size}", {"number": size})
        seal = await sealed_up_to(size, database, signer, clock)
        assert seal.sealed_at == clock.now()
    assert (await verify_database(database, signer.public)).faults == ()


class Dial:
    """A machine's clock that somebody sets, beside the one that nobody can."""

    def __init__(self) -> None:
        self.wall, self.elapsed = datetime(2026, 3, 2, 15, tzinfo=UTC), 1000.0

    def now(self, zone: object) -> datetime:
        return self.wall

    def clock_gettime(self, which: int) -> float:
        return self.elapsed

    def pass_by(self, duration: timedelta, step: timedelta = timedelta(0)) -> None:
        """Time passes, and somebody sets the clock."""
        self.elapsed += duration.total_seconds()
        self.wall += duration + step


@pytest.fixture
def dial(monkeypatch: pytest.MonkeyPatch) -> Dial:
    dial = Dial()
    monkeypatch.setattr(clocks, "datetime", dial)
    monkeypatch.setattr(time, "clock_gettime", dial.clock_gettime)
    return dial


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Any]:
    telemetry.configure("INFO", tmp_path / "logs", to_stderr=False)

    def lines() -> list[dict[str, Any]]:
        text = (tmp_path / "logs" / "outrider.log").read_text()
        return [json.loads(line) for line in text.splitlines()]

    yield lines
    telemetry.configure("WARNING", to_stderr=False)


def test_a_clock_that_is_set_is_told_of_in_one_line(dial: Dial, log: Any) -> None:
    clock = SystemClock()
    clock.now()
    for _ in range(100):
        dial.pass_by(timedelta(seconds=30), step=timedelta(milliseconds=-20))
        clock.now()
    assert log() == [], "a pace that is put right is no step"
    dial.pass_by(timedelta(seconds=3), step=-HOUR)
    for _ in range(10):
        clock.now()
    (line,) = log()
    assert (line["event"], line["level"], line["seconds"]) == ("clock_went_back", "warning", 3600)
    dial.pass_by(timedelta(hours=9), step=YEAR)
    for _ in range(10):
        clock.now()
    ahead = log()[1:]
    assert [one["event"] for one in ahead] == ["clock_went_ahead"]
    assert ahead[0]["seconds"] == YEAR.total_seconds()
