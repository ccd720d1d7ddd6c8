"""Whoever finds out that a mail was sent, the log says to whom, sealed, and is found by the address."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from outrider.kernel.audit import search
from outrider.kernel.audit.search import Wanted
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.secrets.people import People
from outrider.sending import events, find, journal, send
from outrider.sending.events_types import DeliveryEvent, DeliveryKind
from outrider.sending.reconcile import decide, reconcile
from outrider.sending.types import Delivery, DeliveryResult, OutboxItem, OutboxStatus
from tests.conftest import MONDAY
from tests.rooms.test_sending_reconcile import dead, interrupted, outgoing_of
from tests.sending_world import SUPPRESSOR, Wire, World, make_world, means

SENT = DeliveryResult(delivery=Delivery.ACCEPTED, answer="250 OK")
LOST = DeliveryResult(delivery=Delivery.UNKNOWN, answer="the connection broke")
Settled = Callable[[World, Objects, Path], Awaitable[OutboxItem]]


@pytest.fixture
def people(database: Database, keys: Keys) -> People:
    found = People(keys)
    database.sealing = found
    return found


@pytest.fixture
async def world(
    database: Database, workspace: WorkspaceId, person: PersonId, people: People
) -> World:
    return await make_world(database, workspace, person)


async def its_sender(world: World, objects: Objects, home: Path) -> OutboxItem:
    await world.approved(1)
    return (await send.drain(means(world, objects, Wire()))).sent[0]


async def unknown(world: World, objects: Objects) -> OutboxItem:
    await world.approved(1)
    (item,) = (await send.drain(means(world, objects, Wire(answers=[LOST])))).stopped
    assert item.status is OutboxStatus.UNKNOWN
    return item


async def a_webhook(world: World, objects: Objects, home: Path) -> OutboxItem:
    item = await unknown(world, objects)
    told = DeliveryEvent(
        provider="resend",
        event_id="msg_1",
        kind=DeliveryKind.DELIVERED,
        at=MONDAY,
        outbox_id=item.id,
    )
    async with world.begin() as tx:
        assert await events.note(tx, SUPPRESSOR, told)
    return item


async def a_person(world: World, objects: Objects, home: Path) -> OutboxItem:
    item = await unknown(world, objects)
    async with world.begin() as tx:
        return await decide(tx, item.id, arrived=True)


async def its_destination(world: World, objects: Objects, home: Path) -> OutboxItem:
    item = await interrupted(world, objects, dead(), handed_off=True)
    (found,) = await reconcile(means(world, objects, Wire(took=[outgoing_of(item)])))
    return found


async def a_dead_senders_journal(world: World, objects: Objects, home: Path) -> OutboxItem:
    owner, notes = dead(), home / "sending"
    claimed = await interrupted(world, objects, owner, handed_off=True)
    async with world.begin() as tx:
        item = await find.by_id(tx, claimed.id)
    written = journal.opened(notes, owner)
    written.begin(journal.attempt(item))
    written.end(journal.attempt(item), SENT)
    written.release()
    (found,) = await reconcile(means(world, objects, Wire(knows=False), journal=notes))
    return found


@pytest.mark.parametrize(
    "settled", [its_sender, a_webhook, a_person, its_destination, a_dead_senders_journal]
)
async def test_a_sent_mail_is_found_by_its_address_whoever_settled_it(
    world: World, objects: Objects, people: People, home: Path, settled: Settled
) -> None:
    item = await settled(world, objects, home)
    async with world.begin() as tx:
        address = await tx.row(
            "select email from outrider.contacts where id = :id", {"id": item.contact_id}
        )
        assert address is not None
        contacts = await people.find(tx, address["email"])
        assert contacts == [item.contact_id]
        found = await search.search(tx, Wanted(contacts=tuple(contacts), action="sending.sent"))
        opened = await people.opened(tx, found)
    (event,) = found
    assert event["subject"] == f"outbox:{item.id}"
    words = opened[event["id"]]
    assert isinstance(words, dict)
    assert words["address"] == address["email"]
    assert words["subject"]
