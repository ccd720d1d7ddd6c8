"""While `outrider up` runs, an approved mail leaves once its time has come, and no earlier."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from outrider.app.jobs.send_forever import send_due
from outrider.app.wiring import Outrider
from outrider.kernel import switches
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.settings import load
from tests.drafts_world import build
from tests.review_world import crowd
from tests.sending_world import KEY, World, make_world


@pytest.fixture
async def world(database: Database, workspace: WorkspaceId, person: PersonId) -> World:
    return await make_world(database, workspace, person)


@pytest.fixture
def outrider(
    home: Path, clock: VirtualClock, database: Database, workspace: WorkspaceId, objects: Objects
) -> Outrider:
    folder = home / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / "unsubscribe.key").write_bytes(KEY)
    settings = load(home=home, public_url="https://outrider.brand.example")
    return Outrider(settings, clock, database, objects, Keys(home), workspace, "test")


def delivered(outrider: Outrider) -> int:
    folder = outrider.outbox_folder / "new"
    return len(list(folder.iterdir())) if folder.exists() else 0


async def test_nothing_leaves_while_the_approval_can_be_taken_back(
    outrider: Outrider, world: World, clock: VirtualClock
) -> None:
    (ready,) = await world.approved(1)
    async with world.begin() as tx:
        await tx.run(
            "update outrider.drafts set released_at = :at where id = :id",
            {"at": tx.now + timedelta(seconds=30), "id": ready.draft_id},
        )
    assert await send_due(outrider) == 0
    clock.advance(timedelta(seconds=29))
    assert await send_due(outrider) == 0
    clock.advance(timedelta(seconds=2))
    assert await send_due(outrider) == 1
    assert delivered(outrider) == 1
    assert await send_due(outrider) == 0
    assert delivered(outrider) == 1


async def test_nothing_leaves_that_nobody_approved(outrider: Outrider, clock: VirtualClock) -> None:
    async with outrider.begin()() as tx:
        await crowd(tx, 3, await build(tx), 4)
    clock.advance(timedelta(days=2))
    assert await send_due(outrider) == 0
    assert delivered(outrider) == 0


async def test_a_halt_holds_it_and_lets_it_go(outrider: Outrider, world: World) -> None:
    await world.approved(2)
    async with outrider.begin(SYSTEM)() as tx:
        await switches.set_switch(tx, "workspace", "", is_on=True, reason="drill")
    assert await send_due(outrider) == 0
    async with outrider.begin(SYSTEM)() as tx:
        await switches.set_switch(tx, "workspace", "", is_on=False, reason="over")
    assert await send_due(outrider) == 2


@pytest.mark.parametrize("word", ["null", "NULL", ""])
def test_it_can_be_told_never_to_send(
    home: Path, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.setenv("OUTRIDER_SEND_EVERY", word)
    monkeypatch.setenv("OUTRIDER_RETAIN_LEADS", word)
    settings = load(home=home)
    assert (settings.send_every, settings.retain_leads) == (None, None)
