"""Providers tell what became of mails: each event counts once, in any order, and only about the mail."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from outrider.campaigns import enrol
from outrider.campaigns.types import EnrollmentId, EnrollmentStatus, StopReason
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.prospects import consent
from outrider.prospects import read as prospects
from outrider.prospects.types import ContactStatus
from outrider.sending import events, find, send
from outrider.sending.events_types import DeliveryEvent, DeliveryKind
from outrider.sending.health import bands, store
from outrider.sending.health.types import Band, Scope
from outrider.sending.types import Delivery, DeliveryResult, OutboxItem, OutboxStatus
from tests.conftest import MONDAY
from tests.sending_world import SUPPRESSOR, Wire, World, make_world, means

SOURCE = Path(events.__file__).parents[1]


@pytest.fixture
async def world(database: Database, workspace: WorkspaceId, person: PersonId) -> World:
    return await make_world(database, workspace, person)


async def one_sent(world: World, objects: Objects) -> OutboxItem:
    await world.approved(1)
    report = await send.drain(means(world, objects, Wire()))
    return report.sent[0]


def event(
    item: OutboxItem | None, kind: DeliveryKind, number: int = 1, **more: Any
) -> DeliveryEvent:
    return DeliveryEvent(
        provider="resend",
        event_id=f"msg_{number}",
        kind=kind,
        at=MONDAY,
        **({"outbox_id": item.id} if item else {}),
        **more,
    )


DEAD: dict[str, Any] = {
    "detail": "550 5.1.1 no such user dana1@depot.example",
    "bounce_status": "5.1.1",
    "is_permanent": True,
}


async def note(world: World, told: DeliveryEvent) -> bool:
    async with world.begin() as tx:
        return await events.note(tx, SUPPRESSOR, told)


async def rows(world: World) -> list[dict[str, Any]]:
    async with world.begin() as tx:
        return [dict(row) for row in await tx.rows("select * from outrider.delivery_events")]


async def test_a_hard_bounce_closes_the_address_once(world: World, objects: Objects) -> None:
    item = await one_sent(world, objects)
    told = event(item, DeliveryKind.BOUNCED, recipient="Dana1@Depot.example", **DEAD)
    assert await note(world, told)
    assert not await note(world, told)
    async with world.begin() as tx:
        contact = await prospects.contact(tx, item.contact_id)
        enrollment = await enrol.find(tx, EnrollmentId(item.enrollment_id))
        listed = await consent.is_suppressed(tx, SUPPRESSOR, [contact.email])
    assert contact.status is ContactStatus.INVALID
    assert enrollment.status is EnrollmentStatus.STOPPED
    assert enrollment.stop_reason is StopReason.BOUNCED
    assert listed == {contact.email: True}
    kept = await rows(world)
    assert len(kept) == 1
    assert "dana1@" not in kept[0]["detail"]


async def test_a_bounce_of_a_forwarded_address_stops_and_closes_nothing(
    world: World, objects: Objects
) -> None:
    item = await one_sent(world, objects)
    await note(world, event(item, DeliveryKind.BOUNCED, recipient="other@else.example", **DEAD))
    async with world.begin() as tx:
        contact = await prospects.contact(tx, item.contact_id)
        enrollment = await enrol.find(tx, EnrollmentId(item.enrollment_id))
    assert contact.status is ContactStatus.ACTIVE
    assert enrollment.status is EnrollmentStatus.STOPPED


async def test_a_refusal_for_our_authentication_leaves_the_address_alone_and_pauses_the_domain(
    world: World, objects: Objects
) -> None:
    item = await one_sent(world, objects)
    words = (
        "550 5.7.515 Access denied, sending domain try-brand.example doesn't meet the required "
        "authentication level."
    )
    # Whatever a provider calls permanent: these words are about us.
    told = event(
        item, DeliveryKind.BOUNCED, detail=words, bounce_status="5.7.515", is_permanent=True
    )
    await note(world, told)
    async with world.begin() as tx:
        contact = await prospects.contact(tx, item.contact_id)
        enrollment = await enrol.find(tx, EnrollmentId(item.enrollment_id))
        standing = (await bands.standing(tx, [world.mailbox.id]))[world.mailbox.id]
        assert (await consent.may_write(tx, [item.contact_id]))[item.contact_id] is None
    assert contact.status is ContactStatus.ACTIVE
    assert enrollment.status is not EnrollmentStatus.STOPPED
    assert standing.band is Band.PAUSE
    assert "authentication" in standing.reason
    assert standing.factor == 0


async def test_a_complaint_is_a_no_for_good(world: World, objects: Objects) -> None:
    item = await one_sent(world, objects)
    await note(world, event(item, DeliveryKind.COMPLAINED))
    async with world.begin() as tx:
        contact = await prospects.contact(tx, item.contact_id)
        enrollment = await enrol.find(tx, EnrollmentId(item.enrollment_id))
    assert contact.status is ContactStatus.OPTED_OUT
    assert enrollment.stop_reason is StopReason.OPTED_OUT


@pytest.mark.parametrize("first", [0, 1, 2])
async def test_the_order_of_events_changes_nothing(
    world: World, objects: Objects, first: int
) -> None:
    item = await one_sent(world, objects)
    told = [
        event(item, DeliveryKind.DEFERRED, 1, detail="451 4.2.0 try later"),
        event(item, DeliveryKind.BOUNCED, 2, **DEAD),
        event(item, DeliveryKind.DELIVERED, 3),
    ]
    for one in (*told[first:], *told[:first], *told):
        await note(world, one)
    async with world.begin() as tx:
        assert (await prospects.contact(tx, item.contact_id)).status is ContactStatus.INVALID
        assert (await find.by_id(tx, item.id)).status is OutboxStatus.SENT
    assert sorted(row["kind"] for row in await rows(world)) == ["bounced", "deferred", "delivered"]


async def test_a_mail_of_unknown_fate_that_was_delivered_is_sent(
    world: World, objects: Objects
) -> None:
    await world.approved(1)
    lost = DeliveryResult(delivery=Delivery.UNKNOWN, answer="the connection broke")
    report = await send.drain(means(world, objects, Wire(answers=[lost])))
    item = report.stopped[0]
    assert item.status is OutboxStatus.UNKNOWN
    await note(world, event(item, DeliveryKind.DELIVERED))
    async with world.begin() as tx:
        found = await find.by_id(tx, item.id)
    assert found.status is OutboxStatus.SENT
    assert "resend says" in (found.provider_answer or "")


async def test_opened_and_clicked_are_kept_and_change_nothing(
    world: World, objects: Objects
) -> None:
    item = await one_sent(world, objects)
    async with world.begin() as tx:
        before = await bands.standing(tx, [world.mailbox.id])
    await note(world, event(item, DeliveryKind.OPENED, 1))
    await note(world, event(item, DeliveryKind.CLICKED, 2))
    assert [row["trouble"] for row in await rows(world)] == [None, None]
    async with world.begin() as tx:
        assert await bands.standing(tx, [world.mailbox.id]) == before
        assert (await find.by_id(tx, item.id)) == item


def test_no_code_but_the_readers_of_webhooks_names_opened_or_clicked() -> None:
    allowed = {"events_types.py", "tables.py"}
    naming = {
        str(file.relative_to(SOURCE))
        for file in SOURCE.rglob("*.py")
        if ("DeliveryKind.OPENED" in (text := file.read_text()) or "DeliveryKind.CLICKED" in text
            or "'opened'" in text or "'clicked'" in text)
        and file.name not in allowed
        and "mail_webhooks" not in file.parts
    }  # fmt: skip
    assert not naming


async def test_an_event_that_is_faster_than_our_commit_finds_its_mail_later(
    world: World, objects: Objects
) -> None:
    early = event(None, DeliveryKind.BOUNCED, provider_message_id="p-77", **DEAD)
    assert await note(world, early)
    async with world.begin() as tx:
        assert await events.adopt(tx, SUPPRESSOR) == 0
    item = await one_sent(world, objects)
    async with world.begin() as tx:
        await tx.run(
            "update outrider.outbox set provider_message_id = 'p-77' where id = :id",
            {"id": item.id},
        )
    async with world.begin() as tx:
        assert await events.adopt(tx, SUPPRESSOR) == 1
        assert await events.adopt(tx, SUPPRESSOR) == 0
        assert (await prospects.contact(tx, item.contact_id)).status is ContactStatus.INVALID
    assert (await rows(world))[0]["outbox_id"] == item.id


async def test_an_event_of_somebody_elses_mail_is_kept_and_does_nothing(world: World) -> None:
    told = event(None, DeliveryKind.BOUNCED, **DEAD).model_copy(update={"outbox_id": UUID(int=9)})
    assert await note(world, told)
    assert (await rows(world))[0]["outbox_id"] is None


async def test_a_providers_clock_cannot_keep_an_event_in_every_window(
    world: World, objects: Objects, clock: VirtualClock
) -> None:
    item = await one_sent(world, objects)
    late = event(item, DeliveryKind.COMPLAINED).model_copy(
        update={"at": MONDAY + timedelta(days=900)}
    )
    await note(world, late)
    assert (await rows(world))[0]["happened_at"] == clock.now()


async def test_the_same_bounce_by_webhook_and_by_mail_counts_once(
    world: World, objects: Objects
) -> None:
    from outrider.sending.bounces.types import Outcome, Reason
    from outrider.sending.health import notes

    item = await one_sent(world, objects)
    await note(world, event(item, DeliveryKind.BOUNCED, **DEAD))
    outcome = Outcome(
        recipient="dana1@depot.example",
        status="5.1.1",
        reason=Reason.USER_UNKNOWN,
        is_hard=True,
        diagnostic="550 5.1.1 unknown",
    )
    async with world.begin() as tx:
        await notes.note_bounce(tx, item, outcome)
        kept = await store.kept(tx, Scope.MAILBOX, str(world.mailbox.id))
        tally = await store.tally(tx, [world.mailbox.id], kept)
    assert (tally.hard, tally.sends, tally.hard_among_last) == (1, 1, 1)


async def test_many_requests_at_once_keep_each_event_once(world: World, objects: Objects) -> None:
    await world.approved(8)
    items = (await send.drain(means(world, objects, Wire()))).sent
    told = [event(item, DeliveryKind.BOUNCED, n, **DEAD) for n, item in enumerate(items)]
    new = await asyncio.gather(*(note(world, one) for one in told * 3))
    assert sum(new) == len(items) == 8
    async with world.begin() as tx:
        standing = (await bands.standing(tx, [world.mailbox.id]))[world.mailbox.id]
    assert standing.band is Band.STOP
    assert len(await rows(world)) == 8
