"""A drain with just enough of a limit sends everything, however its mails lie in the mailboxes."""

from __future__ import annotations

import pytest

from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.sending import mailboxes, send
from tests.sending_crowd import Crowd, fill
from tests.sending_world import FORM, Wire, World, make_world, means

MAILS = 33


@pytest.fixture
async def world(database: Database, workspace: WorkspaceId, person: PersonId) -> World:
    return await make_world(database, workspace, person)


async def test_no_lane_stops_because_another_asked_for_more_than_it_got(
    world: World, objects: Objects
) -> None:
    async with world.begin() as tx:
        others = [
            await mailboxes.add(tx, FORM.model_copy(update={"address": f"s{n}@try-brand.example"}))
            for n in range(5)
        ]
    fill(world, Crowd(MAILS, [world.mailbox, *others], queued=True))
    async with world.begin() as tx:
        await tx.run("update outrider.outbox set not_before = :now", {"now": tx.now})
    report = await send.drain(means(world, objects, Wire()), limit=MAILS)
    assert len(report.sent) == MAILS
