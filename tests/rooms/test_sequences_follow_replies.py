"""A sequence stops first and leads on afterwards; no step twice, nothing after a stop, pauses kept."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime, timedelta

import pytest

from outrider.campaigns import create, enrol, heed, sequence_file, sequences
from outrider.campaigns.sequence_rules import FINAL
from outrider.campaigns.types import (
    Campaign,
    Enrollment,
    EnrollmentStatus,
    ReplyClass,
    StepChannel,
    StopReason,
)
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.database.tx import SYSTEM, Actor, ActorKind, Tx
from outrider.kernel.errors import Conflict
from outrider.kernel.ids import WorkspaceId
from outrider.prospects.types import ContactId
from tests.rooms.test_campaigns_enrol import MAILBOX

Begin = Callable[[], AbstractAsyncContextManager[Tx]]

BRANCHED = """
[[steps]]
number = 1
purpose = "first_touch"
[steps.on]
objection = 4
not_now = "pause"

[[steps]]
number = 2
purpose = "follow_up"
delay = 3

[[steps]]
number = 3
purpose = "break_up"
delay = 4
then = "end"
[steps.on]
objection = 4

[[steps]]
number = 4
purpose = "follow_up"
delay = 1
"""


async def begun(tx: Tx, text: str = BRANCHED, people: int = 1) -> tuple[Campaign, list[Enrollment]]:
    """A campaign with these steps and people in it."""
    campaign = await create.create(tx, f"Spring {tx.new_id()}", "Brand")
    await sequences.adopt(tx, campaign, sequence_file.read(text).steps, {})
    contacts = [(await add_contact(tx))[0] for _ in range(people)]
    return campaign, await enrol.enrol(tx, campaign.id, contacts, MAILBOX)


async def sent(tx: Tx, one: Enrollment, step: int) -> Enrollment:
    return await enrol.advance(tx, one.id, step, f"<{step}.{one.id}@b.example>", "Leases", tx.now)


async def answered(tx: Tx, one: Enrollment) -> None:
    """What receiving a mail of the person does before anybody reads it."""
    await enrol.stop(tx, contact_id=one.contact_id, reason=StopReason.REPLIED)


async def test_an_answer_stops_and_its_class_leads_on_where_the_step_says(tx: Tx) -> None:
    campaign, (one,) = await begun(tx)
    await sent(tx, one, 1)
    await answered(tx, one)
    assert (await enrol.find(tx, one.id)).status is EnrollmentStatus.STOPPED
    after = await heed.reply(tx, one.id, ReplyClass.OBJECTION, reply_id="turn 1")
    assert (after.status, after.next_step) == (EnrollmentStatus.ACTIVE, 4)
    assert after.due_at == tx.now + timedelta(days=1)
    assert after.stop_reason is None
    assert await enrol.find(tx, one.id) == after
    done = await sent(tx, after, 4)
    assert done.status is EnrollmentStatus.FINISHED
    assert await enrol.due(tx, campaign.id, 10) == []


async def test_the_class_of_a_reply_is_followed_once(tx: Tx) -> None:
    _, (one,) = await begun(tx)
    await sent(tx, one, 1)
    await answered(tx, one)
    first = await heed.reply(tx, one.id, ReplyClass.OBJECTION, reply_id="turn 1")
    assert await heed.reply(tx, one.id, ReplyClass.INTERESTED, reply_id="turn 1") == first


async def test_a_class_that_comes_before_the_stop_stops_by_itself(tx: Tx) -> None:
    _, (one,) = await begun(tx)
    other = await create.create(tx, "Autumn", "Brand")
    (elsewhere,) = await enrol.enrol(tx, other.id, [one.contact_id], MAILBOX)
    await sent(tx, one, 1)
    after = await heed.reply(tx, one.id, ReplyClass.INTERESTED, reply_id="turn 1")
    assert (after.status, after.stop_reason) == (EnrollmentStatus.STOPPED, StopReason.REPLIED)
    assert (await enrol.find(tx, elsewhere.id)).status is EnrollmentStatus.STOPPED


async def test_while_another_answer_is_unread_nothing_leads_on(tx: Tx) -> None:
    _, (one,) = await begun(tx)
    await sent(tx, one, 1)
    await answered(tx, one)
    await answered(tx, one)
    first = await heed.reply(tx, one.id, ReplyClass.OBJECTION, reply_id="turn 1")
    assert first.status is EnrollmentStatus.STOPPED
    both = await heed.reply(tx, one.id, ReplyClass.OBJECTION, reply_id="turn 2")
    assert (both.status, both.next_step) == (EnrollmentStatus.ACTIVE, 4)


async def test_two_answers_of_which_one_stops_are_for_a_person(tx: Tx) -> None:
    _, (one,) = await begun(tx)
    await sent(tx, one, 1)
    for number, kind in enumerate((ReplyClass.INTERESTED, ReplyClass.OBJECTION)):
        await answered(tx, one)
        after = await heed.reply(tx, one.id, kind, reply_id=f"turn {number}")
    assert after.status is EnrollmentStatus.STOPPED


@pytest.mark.parametrize("final", sorted(FINAL))
async def test_a_final_class_closes_every_campaign_for_good(tx: Tx, final: ReplyClass) -> None:
    _, (one,) = await begun(tx)
    other = await create.create(tx, "Autumn", "Brand")
    (elsewhere,) = await enrol.enrol(tx, other.id, [one.contact_id], MAILBOX)
    await sent(tx, one, 1)
    after = await heed.reply(tx, one.id, final, reply_id="turn 1")
    assert (after.status, after.closed_reason) == (EnrollmentStatus.STOPPED, FINAL[final])
    assert (await enrol.find(tx, elsewhere.id)).status is EnrollmentStatus.STOPPED
    await answered(tx, one)
    again = await heed.reply(tx, one.id, ReplyClass.OBJECTION, reply_id="turn 2")
    assert again.status is EnrollmentStatus.STOPPED
    assert len(again.heard) == 2


async def test_who_opted_out_after_the_last_step_is_not_led_on_by_an_older_answer(tx: Tx) -> None:
    _, (one,) = await begun(tx)
    for step in (1, 2, 3):
        one = await sent(tx, one, step)
    assert one.status is EnrollmentStatus.FINISHED
    await answered(tx, one)
    await enrol.stop(tx, contact_id=one.contact_id, reason=StopReason.OPTED_OUT)
    after = await heed.reply(tx, one.id, ReplyClass.OBJECTION, reply_id="turn 1")
    assert (after.status, after.closed_reason) == (
        EnrollmentStatus.FINISHED,
        StopReason.OPTED_OUT,
    )


async def test_an_answer_to_the_last_step_may_lead_on(tx: Tx) -> None:
    _, (one,) = await begun(tx)
    for step in (1, 2, 3):
        one = await sent(tx, one, step)
    await answered(tx, one)
    after = await heed.reply(tx, one.id, ReplyClass.OBJECTION, reply_id="turn 1")
    assert (after.status, after.next_step) == (EnrollmentStatus.ACTIVE, 4)


async def test_an_absence_pauses_until_a_business_day_after_the_return(
    database: Database, workspace: WorkspaceId, clock: VirtualClock
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        campaign, (one,) = await begun(tx)
        one = await sent(tx, one, 1)  # Monday; the next one is due on Thursday
        back = date(2026, 3, 13)  # a Friday
        paused = await heed.reply(tx, one.id, ReplyClass.OUT_OF_OFFICE, back, reply_id="turn 1")
        assert paused.status is EnrollmentStatus.PAUSED
        assert paused.due_at is not None
        assert paused.due_at.date() == date(2026, 3, 16)
    for days, expected in ((3, 0), (10, 0), (1, 1)):
        clock.advance(timedelta(days=days))
        async with database.transaction(workspace, SYSTEM) as tx:
            found = await enrol.due(tx, campaign.id, 10)
            assert len(found) == expected, (days, tx.now)
    assert found[0].status is EnrollmentStatus.ACTIVE
    async with database.transaction(workspace, SYSTEM) as tx:
        after = await sent(tx, found[0], 2)
        assert (after.status, after.next_step) == (EnrollmentStatus.ACTIVE, 3)


async def test_an_absence_without_a_date_or_long_past_still_pauses_forward(tx: Tx) -> None:
    for until in (None, date(2020, 1, 1)):
        _, (one,) = await begun(tx)
        one = await sent(tx, one, 1)
        assert one.due_at is not None
        paused = await heed.reply(tx, one.id, ReplyClass.OUT_OF_OFFICE, until, reply_id="t")
        assert paused.due_at is not None
        assert paused.due_at >= one.due_at


async def test_an_absence_undoes_no_stop(tx: Tx) -> None:
    _, (one,) = await begun(tx)
    await sent(tx, one, 1)
    await answered(tx, one)
    after = await heed.reply(
        tx, one.id, ReplyClass.OUT_OF_OFFICE, date(2026, 3, 20), reply_id="turn 1"
    )
    assert (after.status, after.stop_reason) == (EnrollmentStatus.STOPPED, StopReason.REPLIED)


async def test_not_now_pauses_where_the_step_says_so(tx: Tx) -> None:
    campaign, (one,) = await begun(tx)
    await sent(tx, one, 1)
    await answered(tx, one)
    after = await heed.reply(tx, one.id, ReplyClass.NOT_NOW, date(2026, 6, 1), reply_id="turn 1")
    assert (after.status, after.next_step) == (EnrollmentStatus.PAUSED, 2)
    assert after.due_at is not None
    assert after.due_at.date() == date(2026, 6, 2)
    assert await enrol.due(tx, campaign.id, 10) == []


async def test_an_answer_during_a_pause_stops(tx: Tx) -> None:
    _, (one,) = await begun(tx)
    await sent(tx, one, 1)
    await heed.reply(tx, one.id, ReplyClass.OUT_OF_OFFICE, date(2026, 4, 1), reply_id="turn 1")
    await answered(tx, one)
    after = await enrol.find(tx, one.id)
    assert (after.status, after.stop_reason) == (EnrollmentStatus.STOPPED, StopReason.REPLIED)


async def test_a_mail_at_the_wire_when_the_absence_came_keeps_the_pause(tx: Tx) -> None:
    _, (one,) = await begun(tx)
    paused = await heed.reply(
        tx, one.id, ReplyClass.OUT_OF_OFFICE, date(2026, 4, 1), reply_id="turn 1"
    )
    after = await sent(tx, one, 1)
    assert (after.status, after.next_step, after.due_at) == (
        EnrollmentStatus.PAUSED,
        2,
        paused.due_at,
    )


async def test_a_mail_at_the_wire_while_a_reply_led_past_it_is_recorded(tx: Tx) -> None:
    _, (one,) = await begun(tx)
    one = await sent(tx, one, 1)
    await answered(tx, one)
    led = await heed.reply(tx, one.id, ReplyClass.OBJECTION, reply_id="turn 1")
    late = await sent(tx, led, 2)
    assert (late.next_step, late.due_at, late.status) == (4, led.due_at, EnrollmentStatus.ACTIVE)
    assert [step.number for step in late.steps_sent] == [1, 2]
    with pytest.raises(Conflict, match="step 4 is next"):
        await enrol.advance(tx, one.id, 2, "<another@b.example>", "Leases", tx.now)


async def test_a_step_that_is_no_mail_is_never_given_to_a_writer(tx: Tx) -> None:
    text = BRANCHED.replace("number = 2", 'number = 2\nchannel = "call"\ntemplate = "Call."')
    campaign, (one,) = await begun(tx, text)
    after = await enrol.advance(tx, one.id, 1, "<1@b.example>", "L", tx.now - timedelta(days=9))
    assert after.next_channel is StepChannel.CALL
    assert await enrol.due(tx, campaign.id, 10) == []


async def test_holidays_where_the_person_is_do_not_count(
    database: Database, workspace: WorkspaceId, clock: VirtualClock
) -> None:
    clock.advance(datetime(2026, 7, 1, 15, tzinfo=clock.now().tzinfo) - clock.now())
    async with database.transaction(workspace, SYSTEM) as tx:
        _, (one,) = await begun(tx)
        await tx.run("update contacts set country = 'US' where id = :id", {"id": one.contact_id})
        after = await sent(tx, one, 1)
        # Thursday; Friday is Independence Day observed; Monday; Tuesday.
        assert after.due_at == tx.now + timedelta(days=6)


async def test_an_agents_login_cannot_lead_on(database: Database, workspace: WorkspaceId) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        _, (one,) = await begun(tx)
        await sent(tx, one, 1)
    sdr = Actor(ActorKind.AGENT, "sdr")
    with pytest.raises(Exception, match="permission denied"):
        async with database.transaction(workspace, sdr, role=Role.AGENT) as tx:
            await heed.reply(tx, one.id, ReplyClass.OBJECTION, reply_id="turn 1")


async def add_contact(tx: Tx) -> list[ContactId]:
    """A contact at an account of its own."""
    account, contact = tx.new_id(), ContactId(tx.new_id())
    await tx.run(
        "insert into accounts (workspace_id, id, key, name, status, attributes,"
        " created_at, updated_at)"
        " values (:workspace, :id, :key, 'Acme', 'new', '{}', :now, :now)",
        {"workspace": tx.workspace, "id": account, "key": str(account), "now": tx.now},
    )
    await tx.run(
        "insert into contacts (workspace_id, id, account_id, email, email_key, first_name,"
        " last_name, title, status, source, created_at, updated_at)"
        " values (:workspace, :id, :account, :email, :email, 'Dana', '', '', 'active', 'import',"
        " :now, :now)",
        {
            "workspace": tx.workspace,
            "id": contact,
            "account": account,
            "email": f"c{contact}@acme.example",
            "now": tx.now,
        },
    )
    return [contact]
