"""Steps that are no mail: opened when due and allowed, done once, told in one ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import pytest

from outrider.campaigns import create, enrol, heed, sequence_file, sequences, sms, tasks
from outrider.campaigns.task_states import TABLE, TaskEvent, after
from outrider.campaigns.task_types import OutreachTask, TaskStatus
from outrider.campaigns.types import (
    Campaign,
    Enrollment,
    EnrollmentStatus,
    ReplyClass,
    StopReason,
)
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.errors import (
    IllegalTransition,
    NotFound,
)
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.switches import set_switch
from outrider.prospects import touch
from outrider.prospects.types import Channel, Direction, Touch
from tests.rooms.test_campaigns_enrol import MAILBOX
from tests.rooms.test_sequences_follow_replies import add_contact

Begin = Callable[[], AbstractAsyncContextManager[Tx]]

BY_HAND = """
[[steps]]
number = 1
channel = "{channel}"
purpose = "first_touch"
template = "Hi {{first_name}}, a word on {{company}}?"

[[steps]]
number = 2
purpose = "follow_up"
delay = 3
"""
PHONE = "+1 (512) 555-0100"


async def started(
    tx: Tx, channel: str = "linkedin", people: int = 1
) -> tuple[Campaign, list[Enrollment]]:
    campaign = await create.create(tx, f"Spring {tx.new_id()}", "Brand")
    text = BY_HAND.format(channel=channel)
    await sequences.adopt(tx, campaign, sequence_file.read(text).steps, {})
    contacts = [(await add_contact(tx))[0] for _ in range(people)]
    return campaign, await enrol.enrol(tx, campaign.id, contacts, MAILBOX)


async def opened(tx: Tx, channel: str = "linkedin") -> tuple[Enrollment, OutreachTask]:
    _, (one,) = await started(tx, channel)
    (task,) = (await tasks.open_due(tx)).tasks
    return one, task


async def texted(tx: Tx, *, consent: bool = True, phone: str | None = PHONE) -> OutreachTask:
    one, task = await opened_sms(tx, phone)
    if consent:
        await sms.agree(tx, one.contact_id, "web form of 2026-02-01")
    return task


async def opened_sms(tx: Tx, phone: str | None) -> tuple[Enrollment, OutreachTask]:
    _, (one,) = await started(tx, "sms")
    await tx.run(
        "update contacts set phone = :phone, timezone = 'America/Chicago' where id = :id",
        {"id": one.contact_id, "phone": phone},
    )
    (task,) = (await tasks.open_due(tx)).tasks
    return one, task


async def test_a_due_step_becomes_one_task_with_its_words(tx: Tx) -> None:
    one, task = await opened(tx)
    assert (task.number, task.status, task.text) == (
        1,
        TaskStatus.OPEN,
        "Hi Dana, a word on Acme?",
    )
    assert (await tasks.open_due(tx)).tasks == ()
    assert await tasks.listing(tx) == [task]
    assert await tasks.find(tx, 1) == task
    assert task.enrollment_id == one.id


async def test_done_is_a_touch_once_and_the_sequence_goes_on(tx: Tx) -> None:
    one, task = await opened(tx)
    done = await tasks.done(tx, task.number, "connected")
    assert (done.status, done.note) == (TaskStatus.DONE, "connected")
    assert await tasks.done(tx, task.number) == done
    (reached,) = await touch.of_contact(tx, one.contact_id)
    assert (reached.channel, reached.direction) == (Channel.LINKEDIN, Direction.OUT)
    moved = await enrol.find(tx, one.id)
    assert (moved.next_step, moved.due_at) == (2, tx.now + timedelta(days=3))
    assert moved.thread_message_ids == ()
    with pytest.raises(IllegalTransition):
        await tasks.skip(tx, task.number)


async def test_skipped_goes_on_without_a_touch(tx: Tx) -> None:
    one, task = await opened(tx)
    await tasks.skip(tx, task.number, "no profile")
    assert await touch.of_contact(tx, one.contact_id) == []
    moved = await enrol.find(tx, one.id)
    assert (moved.next_step, moved.steps_sent[0].is_skipped) == (2, True)


async def test_a_stopped_sequence_makes_its_task_void_but_a_call_made_is_a_call_made(
    tx: Tx,
) -> None:
    one, task = await opened(tx, "call")
    await enrol.stop(tx, contact_id=one.contact_id, reason=StopReason.REPLIED)
    void = await tasks.find(tx, task.number)
    assert (void.status, void.reason) == (TaskStatus.VOID, "its sequence stopped: replied")
    assert await tasks.listing(tx) == []
    await tasks.done(tx, task.number, "had called already")
    assert len(await touch.of_contact(tx, one.contact_id)) == 1
    stopped = await enrol.find(tx, one.id)
    assert (stopped.status, stopped.due_at) == (EnrollmentStatus.STOPPED, None)


async def test_a_recent_touch_by_anyone_keeps_the_task_from_being_opened(
    database: Database, workspace: WorkspaceId, clock: VirtualClock
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        _, (one,) = await started(tx, "call")
        meeting = Touch(
            account_id=one.account_id,
            contact_id=one.contact_id,
            channel=Channel.CRM,
            direction=Direction.OUT,
            reference="activity 7",
            at=tx.now,
        )
        await touch.record(tx, [meeting])
        found = await tasks.open_due(tx)
        assert found.tasks == ()
        ((waiting, wait),) = found.waiting
        assert waiting.id == one.id
        assert "a colleague was in touch" in wait.reason
    clock.advance(timedelta(days=3))
    async with database.transaction(workspace, SYSTEM) as tx:
        assert len((await tasks.open_due(tx)).tasks) == 1


async def test_nothing_is_opened_while_a_switch_is_on(tx: Tx) -> None:
    campaign, _ = await started(tx)
    await set_switch(tx, "campaign", str(campaign.id), is_on=True, reason="test")
    assert (await tasks.open_due(tx)).tasks == ()
    await set_switch(tx, "campaign", str(campaign.id), is_on=False, reason="test")
    await set_switch(tx, "workspace", "", is_on=True, reason="test")
    assert (await tasks.open_due(tx)).tasks == ()


async def test_four_people_of_one_account_are_not_asked_in_one_day(tx: Tx) -> None:
    _, people = await started(tx, "linkedin", 4)
    account = people[0].account_id
    await tx.run("update enrollments set account_id = :id", {"id": account})
    found = await tasks.open_due(tx)
    assert (len(found.tasks), len(found.waiting)) == (3, 1)
    # Nobody has done them yet, and that makes no room for a fourth.
    again = await tasks.open_due(tx)
    assert (len(again.tasks), len(again.waiting)) == (0, 1)


async def test_a_task_that_is_not_there_is_named(tx: Tx) -> None:
    with pytest.raises(NotFound, match="task 9"):
        await tasks.done(tx, 9)


async def test_a_name_cannot_put_words_into_the_template(tx: Tx) -> None:
    _, (one,) = await started(tx)
    await tx.run(
        "update contacts set first_name = '{company}' where id = :id", {"id": one.contact_id}
    )
    (task,) = (await tasks.open_due(tx)).tasks
    assert task.text == "Hi {company}, a word on Acme?"


def test_every_state_and_event_of_a_task_is_in_the_table_or_refused() -> None:
    for status in TaskStatus:
        for event in TaskEvent:
            if (status, event) not in TABLE:
                with pytest.raises(IllegalTransition):
                    after(status, event)
    finals = {TaskStatus.DONE, TaskStatus.SKIPPED}
    assert not finals & {status for status, _ in TABLE}
    from_unknown = {to for (status, _), to in TABLE.items() if status is TaskStatus.UNKNOWN}
    assert TaskStatus.SENDING not in from_unknown
    assert TaskStatus.APPROVED not in from_unknown


async def test_a_stop_a_class_and_a_done_at_once_never_block_each_other(
    database: Database, workspace: WorkspaceId
) -> None:
    def begin() -> AbstractAsyncContextManager[Tx]:
        return database.transaction(workspace, SYSTEM)

    for turn in range(12):
        async with begin() as tx:
            _, (one,) = await started(tx, "call")
            other = await create.create(tx, f"Autumn {turn}", "Brand")
            await enrol.enrol(tx, other.id, [one.contact_id], MAILBOX)
            (task,) = (await tasks.open_due(tx)).tasks
        async with asyncio.TaskGroup() as group:
            group.create_task(_stop(begin, one))
            group.create_task(_stop(begin, one))
            group.create_task(_objects(begin, one))
            group.create_task(_done(begin, task))
            group.create_task(_done(begin, task))
        async with begin() as tx:
            assert (await tasks.find(tx, task.number)).status is TaskStatus.DONE
            assert len(await touch.of_contact(tx, one.contact_id)) == 1
            ended = await enrol.find(tx, one.id)
            assert (ended.status, len(ended.steps_sent)) == (EnrollmentStatus.STOPPED, 1)


async def _stop(begin: Begin, one: Enrollment) -> None:
    async with begin() as tx:
        await enrol.stop(tx, contact_id=one.contact_id, reason=StopReason.REPLIED)


async def _objects(begin: Begin, one: Enrollment) -> None:
    async with begin() as tx:
        await heed.reply(tx, one.id, ReplyClass.OBJECTION, reply_id="turn 1")


async def _done(begin: Begin, task: OutreachTask) -> None:
    async with begin() as tx:
        await tasks.done(tx, task.number)
