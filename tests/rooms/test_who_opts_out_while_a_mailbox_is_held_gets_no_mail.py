"""A sender may wait for its mailbox, as somebody plans its mails: what it read before is read again."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.sending import send
from tests.sending_world import Wire, World, make_world, means, plain

HOLD = "select 1 from outrider.mailboxes for no key update"
WAITS = (
    "select count(*) from pg_stat_activity where datname = current_database()"
    " and wait_event_type = 'Lock' and query like '%mailboxes%for no key update%'"
)


@pytest.fixture
async def world(database: Database, workspace: WorkspaceId, person: PersonId) -> World:
    return await make_world(database, workspace, person)


async def _somebody_waits(conn: psycopg.Connection[tuple[int]]) -> None:
    async with asyncio.timeout(25):  # it waits for half a minute at most
        while not ((row := conn.execute(WAITS).fetchone()) and row[0]):
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    "change",
    [
        "update outrider.contacts set status = 'opted_out'",
        "update outrider.campaigns set status = 'paused'",
    ],
)
async def test_no_mail_leaves_after_a_word_that_came_while_the_sender_waited(
    world: World, objects: Objects, change: str
) -> None:
    await world.approved(1)
    wire = Wire()
    owner = plain(world.database.owner)
    with psycopg.connect(owner) as holder, psycopg.connect(owner, autocommit=True) as other:
        holder.execute(HOLD)
        sending = asyncio.create_task(send.drain(means(world, objects, wire)))
        await _somebody_waits(other)
        other.execute(change)
        holder.rollback()
        report = await sending
    assert (wire.took, report.sent) == ([], ())
