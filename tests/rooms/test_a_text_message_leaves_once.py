"""A text message leaves once, after consent and a person's release; what nobody can know is a person's."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import pytest

from outrider.campaigns import enrol, sms, tasks
from outrider.campaigns.task_types import OutreachTask, SmsDelivery, SmsResult, TaskStatus
from outrider.campaigns.types import (
    StopReason,
)
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.errors import (
    InvalidInput,
    NotAllowed,
    Refused,
)
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.switches import set_switch
from outrider.prospects import touch
from outrider.prospects.types import Channel
from outrider.vendors.fakes.mail_http.server import Fault, Trouble
from outrider.vendors.fakes.sms_twilio import FakeTwilio
from outrider.vendors.sms_twilio import from_secret
from tests.conftest import add_person
from tests.rooms.test_tasks_are_done_once import PHONE, Begin, texted
from tests.sending_world import SUPPRESSOR


async def test_a_text_message_goes_out_once_after_consent_and_approval(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, person: PersonId
) -> None:
    def begin() -> AbstractAsyncContextManager[Tx]:
        return database.transaction(workspace, SYSTEM)

    with FakeTwilio() as fake:
        twilio = from_secret(fake.secret, clock).at(fake.url)
        async with begin() as tx:
            task = await texted(tx)
        assert (await sms.send_all(begin, twilio, SUPPRESSOR)).sent == 0
        async with begin() as tx:
            await sms.approve(tx, task.number, person)
        report = await sms.send_all(begin, twilio, SUPPRESSOR)
        assert (report.sent, report.failed, report.unknown) == (1, 0, 0)
        assert (await sms.send_all(begin, twilio, SUPPRESSOR)).sent == 0
        (text,) = fake.texts
        assert (text.to, text.text) == ("+15125550100", task.text)
        await twilio.close()
    async with begin() as tx:
        done = await tasks.find(tx, task.number)
        assert (done.status, done.provider_id) == (TaskStatus.DONE, text.sid)
        assert (await enrol.find(tx, task.enrollment_id)).next_step == 2
        (reached,) = await touch.of_contact(tx, task.contact_id)
        assert reached.channel is Channel.SMS


@pytest.mark.parametrize(
    ("phone", "consent", "said"),
    [
        (PHONE, False, "has not agreed"),
        (None, True, "no phone number"),
        ("512 555 0100", True, "no phone number"),
    ],
)
async def test_without_consent_or_a_number_nothing_is_approved(
    tx: Tx, person: PersonId, phone: str | None, consent: bool, said: str
) -> None:
    task = await texted(tx, consent=consent, phone=phone)
    with pytest.raises(Refused, match=said):
        await sms.approve(tx, task.number, person)


async def test_only_who_may_decide_releases_a_text_message(
    database: Database, workspace: WorkspaceId, tx: Tx
) -> None:
    viewer = await add_person(database, workspace, "Vi Lee", "vi@b.example", "viewer")
    task = await texted(tx)
    with pytest.raises(NotAllowed):
        await sms.approve(tx, task.number, viewer)
    with pytest.raises(InvalidInput, match="approve it"):
        await tasks.done(tx, task.number)


async def approved(begin: Begin, person: PersonId) -> OutreachTask:
    async with begin() as tx:
        task = await texted(tx)
        return await sms.approve(tx, task.number, person)


class Provider:
    """A provider that always says the same."""

    def __init__(self, result: SmsResult) -> None:
        self.result, self.asked = result, 0

    async def send(self, to: str, text: str) -> SmsResult:
        self.asked += 1
        return self.result


ACCEPTS = SmsResult(delivery=SmsDelivery.ACCEPTED, answer="took it", provider_id="SM1")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ("update contacts set phone = '+15125550199'", TaskStatus.FAILED),
        ("update contacts set status = 'opted_out'", TaskStatus.FAILED),
        ("update sms_consents set revoked_at = given_at", TaskStatus.FAILED),
        ("update tasks set text = text || '!'", TaskStatus.FAILED),
        ("update campaigns set status = 'canceled'", TaskStatus.FAILED),
        ("update enrollments set next_step = 2", TaskStatus.FAILED),
        ("update campaigns set status = 'paused'", TaskStatus.APPROVED),
        ("update contacts set timezone = 'Asia/Tokyo'", TaskStatus.APPROVED),  # midnight there
    ],
)
async def test_what_changed_after_the_approval_keeps_the_message_here(
    database: Database, workspace: WorkspaceId, person: PersonId, change: str, status: TaskStatus
) -> None:
    def begin() -> AbstractAsyncContextManager[Tx]:
        return database.transaction(workspace, SYSTEM)

    task = await approved(begin, person)
    async with begin() as tx:
        await tx.run(change)
    provider = Provider(ACCEPTS)
    await sms.send_all(begin, provider, SUPPRESSOR)
    assert provider.asked == 0
    async with begin() as tx:
        held = await tasks.find(tx, task.number)
        assert (held.status, bool(held.reason)) == (status, True)


async def test_a_message_that_must_wait_stands_before_no_other(
    database: Database, workspace: WorkspaceId, person: PersonId
) -> None:
    def begin() -> AbstractAsyncContextManager[Tx]:
        return database.transaction(workspace, SYSTEM)

    waits, *rest = [await approved(begin, person) for _ in range(3)]
    async with begin() as tx:
        await tx.run(
            "update campaigns set status = 'paused' where id = :id", {"id": waits.campaign_id}
        )
    provider = Provider(ACCEPTS)
    for asked in (1, 2):
        report = await sms.send_all(begin, provider, SUPPRESSOR, limit=1)
        assert [number for number, _ in report.waiting] == [waits.number]
        assert (report.sent, provider.asked) == (1, asked)
    async with begin() as tx:
        assert {(await tasks.find(tx, one.number)).status for one in rest} == {TaskStatus.DONE}


async def test_a_switch_or_a_stop_after_the_approval_keeps_the_message_here(
    database: Database, workspace: WorkspaceId, person: PersonId
) -> None:
    def begin() -> AbstractAsyncContextManager[Tx]:
        return database.transaction(workspace, SYSTEM)

    provider = Provider(ACCEPTS)
    task = await approved(begin, person)
    async with begin() as tx:
        await set_switch(tx, "workspace", "", is_on=True, reason="test")
    report = await sms.send_all(begin, provider, SUPPRESSOR)
    assert [number for number, _ in report.waiting] == [task.number]
    async with begin() as tx:
        await set_switch(tx, "workspace", "", is_on=False, reason="test")
        await enrol.stop(tx, contact_id=task.contact_id, reason=StopReason.REPLIED)
    await sms.send_all(begin, provider, SUPPRESSOR)
    assert provider.asked == 0
    async with begin() as tx:
        assert (await tasks.find(tx, task.number)).status is TaskStatus.VOID


async def test_an_answer_that_never_came_is_for_a_person_and_never_sent_again(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, person: PersonId
) -> None:
    def begin() -> AbstractAsyncContextManager[Tx]:
        return database.transaction(workspace, SYSTEM)

    task = await approved(begin, person)
    with FakeTwilio() as fake:
        twilio = from_secret(fake.secret, clock).at(fake.url)
        fake.fail(Fault(Trouble.DROPS_AFTER_THE_WORK))
        assert (await sms.send_all(begin, twilio, SUPPRESSOR)).unknown == 1
        assert (await sms.send_all(begin, twilio, SUPPRESSOR)).sent == 0
        assert len(fake.texts) == 1
        await twilio.close()
    async with begin() as tx:
        assert (await tasks.find(tx, task.number)).status is TaskStatus.UNKNOWN
        arrived = await tasks.done(tx, task.number, "seen in the console")
        assert arrived.status is TaskStatus.DONE
        assert (await enrol.find(tx, task.enrollment_id)).next_step == 2


async def test_a_sender_that_died_at_the_wire_leaves_an_unknown_that_a_person_settles(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, person: PersonId
) -> None:
    def begin() -> AbstractAsyncContextManager[Tx]:
        return database.transaction(workspace, SYSTEM)

    task = await approved(begin, person)
    async with begin() as tx:
        assert isinstance(await sms.claim(tx, task.id, SUPPRESSOR), sms.Ready)
    provider = Provider(ACCEPTS)
    assert (await sms.send_all(begin, provider, SUPPRESSOR)).unknown == 0
    clock.advance(timedelta(minutes=16))
    assert (await sms.send_all(begin, provider, SUPPRESSOR)).unknown == 1
    assert provider.asked == 0
    async with begin() as tx:
        told = await sms.lost(tx, task.number)
        assert told.status is TaskStatus.FAILED
        with pytest.raises(Refused, match="failed"):
            await sms.lost(tx, task.number)
        await sms.approve(tx, task.number, person)
    assert (await sms.send_all(begin, provider, SUPPRESSOR)).sent == 1


async def test_who_answers_stop_gets_no_text_message_any_more(
    database: Database, workspace: WorkspaceId, person: PersonId
) -> None:
    def begin() -> AbstractAsyncContextManager[Tx]:
        return database.transaction(workspace, SYSTEM)

    task = await approved(begin, person)
    stop = SmsResult(delivery=SmsDelivery.REFUSED, answer="STOP", is_opted_out=True)
    assert (await sms.send_all(begin, Provider(stop), SUPPRESSOR)).failed == 1
    async with begin() as tx:
        with pytest.raises(Refused, match="has not agreed"):
            await sms.approve(tx, task.number, person)


async def test_put_off_is_tried_again_and_only_then_a_touch(
    database: Database, workspace: WorkspaceId, person: PersonId
) -> None:
    def begin() -> AbstractAsyncContextManager[Tx]:
        return database.transaction(workspace, SYSTEM)

    task = await approved(begin, person)
    later = SmsResult(delivery=SmsDelivery.TRY_LATER, answer="not now")
    assert (await sms.send_all(begin, Provider(later), SUPPRESSOR)).put_off == 1
    async with begin() as tx:
        assert await touch.of_contact(tx, task.contact_id) == []
    assert (await sms.send_all(begin, Provider(ACCEPTS), SUPPRESSOR)).sent == 1


async def test_two_senders_at_once_send_one_message(
    database: Database, workspace: WorkspaceId, person: PersonId
) -> None:
    def begin() -> AbstractAsyncContextManager[Tx]:
        return database.transaction(workspace, SYSTEM)

    await approved(begin, person)
    provider = Provider(ACCEPTS)
    await asyncio.gather(*(sms.send_all(begin, provider, SUPPRESSOR) for _ in range(4)))
    assert provider.asked == 1


async def test_the_database_itself_refuses_a_message_that_is_not_the_approved_one(
    tx: Tx, person: PersonId
) -> None:
    task = await texted(tx)
    await sms.approve(tx, task.number, person)
    with pytest.raises(Exception, match="ck_tasks_approved"):
        await tx.run("update tasks set content_hash = 'other', status = 'sending'")
    await tx.conn.rollback()
