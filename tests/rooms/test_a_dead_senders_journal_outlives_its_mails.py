"""What a dead sender wrote down is kept as long as any of its mails may still be looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.sending import journal
from outrider.sending.reconcile import reconcile
from outrider.sending.types import OutboxStatus
from tests.rooms.test_sending_reconcile import dead, interrupted
from tests.sending_world import Wire, World, make_world, means


@pytest.fixture
async def world(database: Database, workspace: WorkspaceId, person: PersonId) -> World:
    return await make_world(database, workspace, person)


@pytest.fixture
def notes(home: Path) -> Path:
    return home / "sending"


def leave(notes: Path, owner: str) -> Path:
    """The empty journal of a sender that put nothing on the wire."""
    path = journal.path_of(notes, owner)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


async def test_it_is_kept_while_another_looks_at_its_mails(
    world: World, objects: Objects, notes: Path
) -> None:
    owner = dead()
    item = await interrupted(world, objects, owner, handed_off=True)
    path = leave(notes, owner)
    ours = means(world, objects, Wire(knows=False), journal=notes)
    async with world.begin() as other:
        await other.run("select 1 from outrider.outbox where id = :id for update", {"id": item.id})
        assert await reconcile(ours) == []
        assert path.exists(), "the other one would call the mail unknown"
    (back,) = await reconcile(ours)
    assert back.status is OutboxStatus.QUEUED
    assert not path.exists()


async def test_it_is_taken_away_when_its_sender_held_nothing(
    world: World, objects: Objects, notes: Path
) -> None:
    path = leave(notes, dead())
    await reconcile(means(world, objects, Wire(), journal=notes))
    assert not path.exists()


async def test_a_living_senders_is_left_alone(world: World, objects: Objects, notes: Path) -> None:
    ours = means(world, objects, Wire(), journal=notes)
    path = leave(notes, ours.owner)
    await reconcile(ours)
    assert path.exists()
