"""A sender's journal that was torn by a full disk is as if there were none: others go on, nothing goes twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.sending import journal, send
from outrider.sending.reconcile import reconcile
from outrider.sending.types import OutboxItem, OutboxStatus
from tests.rooms.test_sending_reconcile import dead, interrupted
from tests.sending_world import Wire, World, make_world, means


@pytest.fixture
async def world(database: Database, workspace: WorkspaceId, person: PersonId) -> World:
    return await make_world(database, workspace, person)


@pytest.fixture
def notes(home: Path) -> Path:
    return home / "sending"


def torn(notes: Path, owner: str, item: OutboxItem) -> Path:
    """A line that a full disk cut, and the next one, which was written behind it."""
    path = journal.path_of(notes, owner)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"b 0192f{f'b {item.id.hex} {item.attempts + 1}'}\n")
    return path


async def test_its_mail_is_shown_to_a_person_and_the_others_leave(
    world: World, objects: Objects, notes: Path
) -> None:
    owner = dead()
    item = await interrupted(world, objects, owner, handed_off=True)
    path = torn(notes, owner, item)
    await world.approved(1)
    wire = Wire(knows=False)
    report = await send.drain(means(world, objects, wire, journal=notes))
    assert [one.id for one in report.stopped] == [item.id]
    assert report.stopped[0].status is OutboxStatus.UNKNOWN
    assert len(report.sent) == 1
    assert item.message_id not in {mail.message_id for mail in wire.took}
    assert not path.exists()


async def test_its_mail_is_looked_up_where_that_can_be_done(
    world: World, objects: Objects, notes: Path
) -> None:
    owner = dead()
    item = await interrupted(world, objects, owner, handed_off=True)
    torn(notes, owner, item)
    (back,) = await reconcile(means(world, objects, Wire(), journal=notes))
    assert back.status is OutboxStatus.QUEUED
