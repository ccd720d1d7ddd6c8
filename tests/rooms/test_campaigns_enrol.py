"""Who is in which sequence."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from outrider.campaigns import create, enrol
from outrider.campaigns.states import TABLE, Event, after
from outrider.campaigns.types import (
    Campaign,
    Enrollment,
    EnrollmentId,
    EnrollmentStatus,
    StopReason,
)
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.database.tx import SYSTEM, Actor, ActorKind, Tx
from outrider.kernel.errors import Conflict, IllegalTransition, InvalidInput, NotFound
from outrider.kernel.ids import WorkspaceId, new_id
from outrider.prospects.types import ContactId

MAILBOX = UUID(int=7)


async def add_contacts(tx: Tx, count: int) -> list[ContactId]:
    account = tx.new_id()
    await tx.run(
        "insert into accounts (workspace_id, id, key, name, status, attributes,"
        " created_at, updated_at)"
        " values (:workspace, :id, 'acme', 'Acme', 'new', '{}', :now, :now)",
        {"workspace": tx.workspace, "id": account, "now": tx.now},
    )
    ids = [ContactId(tx.new_id()) for _ in range(count)]
    for number, contact in enumerate(ids):
        await tx.run(
            "insert into contacts (workspace_id, id, account_id, email, email_key, first_name,"
            " last_name, title, status, source, created_at, updated_at)"
            " values (:workspace, :id, :account, :email, :email, '', '', '', 'active', 'import',"
            " :now, :now)",
            {
                "workspace": tx.workspace,
                "id": contact,
                "account": account,
                "email": f"c{number}@acme.example",
                "now": tx.now,
            },
        )
    return ids


async def enrolled(tx: Tx, name: str = "Spring") -> tuple[Campaign, Enrollment]:
    campaign = await create.create(tx, name, "Brand")
    (contact,) = await add_contacts(tx, 1)
    (one,) = await enrol.enrol(tx, campaign.id, [contact], MAILBOX)
    return campaign, one


async def test_a_contact_is_enrolled_once_in_a_campaign(tx: Tx) -> None:
    campaign = await create.create(tx, "Spring", "Brand")
    contacts = await add_contacts(tx, 3)
    first = await enrol.enrol(tx, campaign.id, contacts[:2], MAILBOX)
    again = await enrol.enrol(tx, campaign.id, [*contacts, *contacts], MAILBOX)
    assert [one.contact_id for one in first] == contacts[:2]
    assert [one.contact_id for one in again] == contacts[2:]
    assert len(await enrol.of_campaign(tx, campaign.id)) == 3


async def test_a_stopped_contact_is_not_enrolled_again(tx: Tx) -> None:
    campaign, one = await enrolled(tx)
    await enrol.stop(tx, [one.id], reason=StopReason.OPTED_OUT)
    assert await enrol.enrol(tx, campaign.id, [one.contact_id], MAILBOX) == []


async def test_two_who_enrol_at_once_make_one_enrollment(
    database: Database, workspace: WorkspaceId
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        campaign = await create.create(tx, "Spring", "Brand")
        contacts = await add_contacts(tx, 1)

    async def one() -> int:
        async with database.transaction(workspace, SYSTEM) as tx:
            return len(await enrol.enrol(tx, campaign.id, contacts, MAILBOX))

    assert sorted(await asyncio.gather(one(), one(), one())) == [0, 0, 1]


async def test_an_agents_login_may_enrol_and_see_what_is_due(
    database: Database, workspace: WorkspaceId
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        campaign = await create.create(tx, "Spring", "Brand")
        contacts = await add_contacts(tx, 1)
    sdr = Actor(ActorKind.AGENT, "sdr")
    async with database.transaction(workspace, sdr, role=Role.AGENT) as tx:
        (one,) = await enrol.enrol(tx, campaign.id, contacts, MAILBOX)
        assert await enrol.due(tx, campaign.id, 10) == [one]


async def test_an_unknown_contact_is_named(tx: Tx) -> None:
    campaign = await create.create(tx, "Spring", "Brand")
    stranger = ContactId(new_id(tx.now))
    with pytest.raises(NotFound, match=str(stranger)):
        await enrol.enrol(tx, campaign.id, [stranger], MAILBOX)


async def test_the_steps_follow_each_other_after_business_days(
    database: Database, workspace: WorkspaceId, clock: VirtualClock
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        campaign, one = await enrolled(tx)
        assert [e.id for e in await enrol.due(tx, campaign.id, 10)] == [one.id]
        monday = tx.now
        one = await enrol.advance(tx, one.id, 1, "<1@b.example>", "Leases", monday)
        # Monday and three business days is Thursday, and four more are Wednesday.
        assert (one.next_step, one.due_at) == (2, monday + timedelta(days=3))
        assert await enrol.due(tx, campaign.id, 10) == []
    clock.advance(timedelta(days=3))
    async with database.transaction(workspace, SYSTEM) as tx:
        assert [e.id for e in await enrol.due(tx, campaign.id, 10)] == [one.id]
        one = await enrol.advance(tx, one.id, 2, "<2@b.example>", "Re: Leases", tx.now)
        assert (one.next_step, one.due_at) == (3, monday + timedelta(days=9))
    clock.advance(timedelta(days=6))
    async with database.transaction(workspace, SYSTEM) as tx:
        one = await enrol.advance(tx, one.id, 3, "<3@b.example>", "Re: Leases", tx.now)
        assert await enrol.due(tx, campaign.id, 10) == []
    assert one.status is EnrollmentStatus.FINISHED
    assert one.thread_message_ids == ("<1@b.example>", "<2@b.example>", "<3@b.example>")
    assert (one.thread_subject, one.due_at) == ("Leases", None)


async def test_the_same_sent_mail_advances_once(tx: Tx) -> None:
    _, one = await enrolled(tx)
    first = await enrol.advance(tx, one.id, 1, "<1@b.example>", "Leases", tx.now)
    assert await enrol.advance(tx, one.id, 1, "<1@b.example>", "Leases", tx.now) == first


async def test_a_step_out_of_order_is_refused(tx: Tx) -> None:
    _, one = await enrolled(tx)
    with pytest.raises(Conflict, match="step 1 is next"):
        await enrol.advance(tx, one.id, 2, "<2@b.example>", "Leases", tx.now)
    assert (await enrol.find(tx, one.id)).next_step == 1


async def test_a_reply_stops_every_enrollment_of_the_contact(tx: Tx) -> None:
    campaign, one = await enrolled(tx)
    second = await create.create(tx, "Autumn", "Brand")
    (other,) = await enrol.enrol(tx, second.id, [one.contact_id], MAILBOX)
    stopped = await enrol.stop(tx, contact_id=one.contact_id, reason=StopReason.REPLIED)
    assert {e.id for e in stopped} == {one.id, other.id}
    assert {e.stop_reason for e in stopped} == {StopReason.REPLIED}
    assert await enrol.due(tx, campaign.id, 10) == []


async def test_stopping_twice_keeps_the_first_reason(tx: Tx) -> None:
    _, one = await enrolled(tx)
    assert len(await enrol.stop(tx, [one.id], reason=StopReason.REPLIED)) == 1
    assert await enrol.stop(tx, [one.id], reason=StopReason.OPTED_OUT) == []
    assert (await enrol.find(tx, one.id)).stop_reason is StopReason.REPLIED


async def test_a_mail_that_left_as_the_reply_came_joins_the_thread_and_no_more(tx: Tx) -> None:
    campaign, one = await enrolled(tx)
    await enrol.stop(tx, [one.id], reason=StopReason.REPLIED)
    late = await enrol.advance(tx, one.id, 1, "<1@b.example>", "Leases", tx.now)
    assert (late.status, late.due_at) == (EnrollmentStatus.STOPPED, None)
    assert late.thread_message_ids == ("<1@b.example>",)
    assert late.stop_reason is StopReason.REPLIED
    assert await enrol.due(tx, campaign.id, 10) == []


async def test_a_finished_enrollment_takes_no_further_mail(tx: Tx) -> None:
    _, one = await enrolled(tx)
    for step in (1, 2, 3):
        one = await enrol.advance(tx, one.id, step, f"<{step}@b.example>", "Leases", tx.now)
    with pytest.raises(IllegalTransition, match="finished"):
        await enrol.advance(tx, one.id, 4, "<4@b.example>", "Leases", tx.now)
    assert await enrol.stop(tx, [one.id], reason=StopReason.REPLIED) == []


def test_every_state_and_event_is_either_in_the_table_or_refused() -> None:
    for status in EnrollmentStatus:
        for event in Event:
            if (status, event) in TABLE:
                assert after(status, event) in EnrollmentStatus
            else:
                with pytest.raises(IllegalTransition):
                    after(status, event)
    assert len(TABLE) == 20


async def test_nothing_is_due_in_a_paused_campaign(tx: Tx) -> None:
    campaign, _ = await enrolled(tx)
    await tx.run("update campaigns set status = 'paused' where id = :id", {"id": campaign.id})
    assert await enrol.due(tx, campaign.id, 10) == []


async def test_follow_ups_come_before_first_mails(
    database: Database, workspace: WorkspaceId, clock: VirtualClock
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        campaign = await create.create(tx, "Spring", "Brand")
        contacts = await add_contacts(tx, 3)
        all_ = await enrol.enrol(tx, campaign.id, contacts, MAILBOX)
        await enrol.advance(tx, all_[2].id, 1, "<1@b.example>", "Leases", tx.now)
    clock.advance(timedelta(days=4))
    async with database.transaction(workspace, SYSTEM) as tx:
        found = await enrol.due(tx, campaign.id, 2)
        assert [e.next_step for e in found] == [2, 1]
        with pytest.raises(InvalidInput, match="limit is 0"):
            await enrol.due(tx, campaign.id, 0)


async def test_another_workspace_sees_nothing(
    database: Database, workspace: WorkspaceId, tx: Tx
) -> None:
    _, one = await enrolled(tx)
    await tx.conn.commit()
    other = WorkspaceId(new_id(datetime(2026, 3, 2, tzinfo=UTC)))
    async with database.transaction(other, SYSTEM) as elsewhere:
        with pytest.raises(NotFound):
            await enrol.find(elsewhere, EnrollmentId(one.id))
        with pytest.raises(NotFound, match="create one first"):
            await create.find(elsewhere, "Spring")
