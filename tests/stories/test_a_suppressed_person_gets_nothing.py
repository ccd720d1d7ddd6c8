"""Who said no gets nothing more: not the mail that waits, not the one that is approved later."""

from __future__ import annotations

import pytest

from outrider.campaigns import enrol
from outrider.campaigns.types import EnrollmentId, EnrollmentStatus, StopReason
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.prospects import consent
from outrider.prospects.types import SuppressionReason
from outrider.sending import queue, send, unsubscribe
from outrider.sending.types import OutboxStatus, Outgoing
from tests.sending_world import KEY, SUPPRESSOR, Wire, World, make_world, means


@pytest.fixture
async def world(database: Database, workspace: WorkspaceId, person: PersonId) -> World:
    return await make_world(database, workspace, person)


@pytest.mark.parametrize("reason", list(SuppressionReason))
@pytest.mark.parametrize("spelled", ["dana1@depot.example", "Dana1@Depot.example"])
async def test_an_address_suppressed_after_the_approval_gets_nothing(
    world: World, objects: Objects, reason: SuppressionReason, spelled: str
) -> None:
    await world.approved(2)
    async with world.begin() as tx:
        await queue.enqueue(tx)
        await consent.suppress(tx, SUPPRESSOR, spelled, reason, "a test")
    wire = Wire()
    report = await send.drain(means(world, objects, wire))
    assert [mail.envelope_to for mail in wire.took] == ["dana2@depot.example"]
    assert [item.status for item in report.stopped] == [OutboxStatus.CANCELLED]


async def test_the_link_in_a_mail_stops_everything_for_its_reader(
    world: World, objects: Objects
) -> None:
    first, second = await world.approved(2)
    wire = Wire()
    link = first.content.sender.unsubscribe_url
    async with world.begin() as tx:
        await queue.enqueue(tx)
        contact = unsubscribe.verify(link.rpartition("/")[2], KEY)
        assert contact == first.contact_id
        assert await unsubscribe.act(tx, SUPPRESSOR, contact, "one_click")
    async with world.begin() as tx:
        assert not await unsubscribe.act(tx, SUPPRESSOR, contact, "one_click")
        stopped = await enrol.find(tx, EnrollmentId(first.enrollment_id))
        assert (stopped.status, stopped.stop_reason) == (
            EnrollmentStatus.STOPPED,
            StopReason.OPTED_OUT,
        )
        rows = await tx.rows("select contact_id, status from outbox")
        assert {row["contact_id"]: row["status"] for row in rows} == {
            first.contact_id: "cancelled",
            second.contact_id: "queued",
        }
        row = await tx.row("select status from drafts where id = :id", {"id": first.draft_id})
        assert row == {"status": "withdrawn"}
    await send.drain(means(world, objects, wire))
    assert [mail.envelope_to for mail in wire.took] == [second.content.recipient.email]


async def test_an_opt_out_counts_from_the_very_next_mail_of_a_batch(
    world: World, objects: Objects
) -> None:
    ready = await world.approved(4)

    async def everybody_opts_out(mail: Outgoing) -> None:
        async with world.begin() as tx:
            for one in ready:
                await unsubscribe.act(tx, SUPPRESSOR, one.contact_id, "page")

    wire = Wire(before=everybody_opts_out)
    report = await send.drain(means(world, objects, wire))
    assert len(wire.took) == len(report.sent) == 1
    async with world.begin() as tx:
        rows = await tx.rows("select status, count(*) as n from outbox group by status")
    assert {row["status"]: row["n"] for row in rows} == {"sent": 1, "cancelled": 3}
