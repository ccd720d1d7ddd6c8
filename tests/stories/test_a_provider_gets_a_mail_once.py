"""A mail that leaves over a provider's HTTP interface leaves once, whatever happens at the wire."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.sending import find, reconcile, send
from outrider.sending.means import Means
from outrider.sending.types import OutboxItem, OutboxStatus, Transport
from outrider.vendors.fakes.mail_http.server import FakeMailApi, Fault, Trouble
from tests.mail_places import SERVICES, Service, connect
from tests.sending_world import World, make_world, means


@pytest.fixture
async def world(database: Database, workspace: WorkspaceId, person: PersonId) -> World:
    return await make_world(database, workspace, person)


@pytest.fixture(params=SERVICES, ids=lambda service: service.provider.value)
def service(request: pytest.FixtureRequest) -> Service:
    chosen: Service = request.param
    return chosen


@pytest.fixture
async def fake(service: Service) -> AsyncIterator[FakeMailApi]:
    with service.fake() as fake:
        yield fake


def over(
    world: World, objects: Objects, play: tuple[Service, FakeMailApi], clock: VirtualClock
) -> Means:
    service, fake = play
    return means(world, objects, connect(service, fake, clock), lease=timedelta(minutes=5))


async def item_of(world: World, item: OutboxItem) -> OutboxItem:
    async with world.begin() as tx:
        return await find.by_id(tx, item.id)


async def test_approved_mail_is_sent_and_the_providers_id_is_kept(
    world: World, objects: Objects, clock: VirtualClock, service: Service, fake: FakeMailApi
) -> None:
    ready = await world.approved(3)
    report = await send.drain(over(world, objects, (service, fake), clock))
    assert len(report.sent) == len(fake.taken) == 3
    by_id = {mail.message_id: mail for mail in fake.taken}
    for item in report.sent:
        there = by_id[item.message_id]
        assert there.provider_id in (item.provider_answer or "")
        words = next(one.content for one in ready if one.draft_id == item.draft_id)
        assert there.subject == words.subject
        assert there.text.rstrip("\n") == words.text.rstrip("\n")


async def test_a_sender_that_dies_at_the_wire_sends_no_second_copy(
    world: World, objects: Objects, clock: VirtualClock, service: Service, fake: FakeMailApi
) -> None:
    await world.approved(1)
    fake.fail(Fault(Trouble.SILENT_AFTER_THE_WORK))
    first = over(world, objects, (service, fake), clock)
    sender = asyncio.create_task(send.drain(first))
    while not fake.taken:
        await asyncio.sleep(0.01)
    sender.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await sender
    clock.advance(timedelta(minutes=6))
    report = await send.drain(over(world, objects, (service, fake), clock))
    assert len(fake.taken) == 1
    settled = [*report.sent, *report.stopped]
    assert [item.status for item in settled] == [
        OutboxStatus.SENT if service.can_look else OutboxStatus.UNKNOWN
    ]
    await send.drain(over(world, objects, (service, fake), clock))
    assert len(fake.taken) == 1


async def test_a_provider_that_is_closed_costs_the_mail_nothing(
    world: World, objects: Objects, clock: VirtualClock, service: Service, fake: FakeMailApi
) -> None:
    await world.approved(2)
    fake.fail(Fault(status=429, retry_after=900))
    report = await send.drain(over(world, objects, (service, fake), clock))
    assert (len(report.sent), len(report.waiting), report.stopped) == (0, 2, ())
    assert {item.attempts for item in report.waiting} == {0}
    clock.advance(timedelta(seconds=901))
    assert len((await send.drain(over(world, objects, (service, fake), clock))).sent) == 2
    assert len(fake.taken) == 2


async def test_what_resend_lost_can_be_sent_again_and_arrives_once(
    world: World, objects: Objects, clock: VirtualClock
) -> None:
    service = next(one for one in SERVICES if one.provider is Transport.RESEND)
    with service.fake() as fake:
        await world.approved(1)
        fake.fail(*[Fault(Trouble.DROPS_AFTER_THE_WORK)] * 3)
        (item,) = (await send.drain(over(world, objects, (service, fake), clock))).stopped
        assert (item.status, len(fake.taken)) == (OutboxStatus.UNKNOWN, 1)
        clock.advance(timedelta(hours=2))
        person = Actor(kind=ActorKind.PERSON, id=str(world.person))
        async with world.database.transaction(world.workspace, person) as tx:
            await reconcile.decide(tx, item.id, arrived=False)
        (again,) = (await send.drain(over(world, objects, (service, fake), clock))).sent
        assert fake.taken[0].provider_id in (again.provider_answer or "")
        assert len(fake.taken) == 1
