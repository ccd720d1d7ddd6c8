"""What happens to each mail: it goes once, or it waits or stops for a reason in plain words."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from outrider.campaigns import enrol
from outrider.campaigns.types import EnrollmentId, StopReason
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.switches import set_switch
from outrider.prospects import touch
from outrider.sending import find, mailboxes, queue, send, unsubscribe
from outrider.sending.dkim import Signer
from outrider.sending.types import Delivery, DeliveryResult, OutboxStatus, Outgoing
from outrider.vendors.fakes.faulty_smtp import FaultySmtp
from outrider.vendors.smtp import Server, Smtp
from tests.sending_world import FORM, KEY, Wire, World, make_world, means, plain


@pytest.fixture
async def world(database: Database, workspace: WorkspaceId, person: PersonId) -> World:
    return await make_world(database, workspace, person)


async def test_an_approved_mail_leaves_and_everyone_upstream_knows(
    world: World, objects: Objects
) -> None:
    (ready,) = await world.approved(1)
    wire = Wire()
    report = await send.drain(means(world, objects, wire))
    assert (report.queued, len(report.sent), report.waiting, report.stopped) == (1, 1, (), ())
    (item,) = report.sent
    assert item.raw_sha256 is not None
    assert await objects.get(item.raw_sha256) == wire.took[0].data
    assert message_from_bytes(wire.took[0].data, policy=policy.SMTP)["Message-ID"] == (
        item.message_id
    )
    assert wire.took[0].envelope_to == ready.content.recipient.email
    async with world.begin() as tx:
        enrollment = await enrol.find(tx, EnrollmentId(ready.enrollment_id))
        assert (enrollment.next_step, enrollment.thread_message_ids) == (2, (item.message_id,))
        assert [t.reference for t in await touch.of_contact(tx, ready.contact_id)] == [
            item.message_id
        ]
        draft = await tx.row("select status from drafts where id = :id", {"id": ready.draft_id})
        actions = await tx.rows(
            "select action from audit_events where subject = :of order by id",
            {"of": f"outbox:{item.id}"},
        )
        assert await find.by_message_ids(tx, [item.message_id.strip("<>"), "<x@y>"]) == {
            item.message_id.strip("<>"): item
        }
        assert await find.sent_since(tx, None) == [item]
        assert await find.sent_since(tx, item.id) == []
    assert draft == {"status": "sent"}
    assert {row["action"] for row in actions} == {"sending.queue", "sending.sent"}


async def test_sending_again_sends_nothing(world: World, objects: Objects) -> None:
    await world.approved(3)
    wire = Wire()
    await send.drain(means(world, objects, wire))
    again = await send.drain(means(world, objects, wire))
    assert (len(wire.took), again.sent, again.queued) == (3, (), 0)


async def test_many_senders_at_once_send_each_mail_once(world: World, objects: Objects) -> None:
    await world.approved(40)
    wire = Wire()
    reports = await asyncio.gather(
        *(send.drain(means(world, objects, wire, batch=3, owner=f"m:{n}:1")) for n in range(6))
    )
    assert sorted(mail.message_id for mail in wire.took) == sorted(
        item.message_id for report in reports for item in report.sent
    )
    assert len(wire.took) == len({mail.envelope_to for mail in wire.took}) == 40


async def test_a_mail_is_signed_when_the_mailbox_has_a_key(world: World, objects: Objects) -> None:
    await world.approved(1)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    wire = Wire()
    signer = Signer("try-brand.example", "o1", key)
    await send.drain(means(world, objects, wire, signers=lambda mailbox: signer))
    assert wire.took[0].data.startswith(b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ("update drafts set subject = 'Another subject'", "not what was approved"),
        ("update drafts set text = text || ' more'", "not what was approved"),
        ('update drafts set headers = headers || \'{"Reply-To": "x@y.example"}\'', "not what"),
        ("update drafts set recipient = jsonb_set(recipient, '{email}', '\"a@b.example\"')", "not"),
        ("update contacts set email = 'other@depot.example'", "not what was approved"),
        ("update contacts set first_name = 'Another'", "not what was approved"),
        ("update campaigns set brand = 'Another brand'", "not what was approved"),
        ("update mailboxes set postal_address = '1 Elsewhere Road'", "not what was approved"),
        ("update outbox set content_hash = 'x'", "not what was approved"),
        ("update contacts set status = 'opted_out'", "asked"),
        ("update contacts set status = 'invalid'", ""),
        ("update enrollments set status = 'stopped', stop_reason = 'replied'", "replied"),
        ("update enrollments set next_step = 2", "no longer the next step"),
        ("update campaigns set status = 'canceled'", "canceled"),
        ("update drafts set status = 'withdrawn'", "withdrawn"),
    ],
)
async def test_a_change_between_approval_and_the_wire_stops_the_mail(
    world: World, objects: Objects, change: str, word: str
) -> None:
    (ready,) = await world.approved(1)
    async with world.begin() as tx:
        await queue.enqueue(tx)
    async with world.database.connection() as conn:
        await conn.exec_driver_sql(
            f"select set_config('outrider.workspace', '{world.workspace}', true)"
        )
        await conn.exec_driver_sql(change)
    wire = Wire()
    report = await send.drain(means(world, objects, wire))
    assert wire.took == []
    (item,) = report.stopped
    assert item.status is OutboxStatus.CANCELLED
    assert word in (item.reason or "")
    async with world.begin() as tx:
        row = await tx.row("select status from drafts where id = :id", {"id": ready.draft_id})
    assert row == {"status": "withdrawn"}


async def test_a_mail_with_another_unsubscribe_link_than_the_persons_own_stays(
    world: World, objects: Objects
) -> None:
    await world.approved(2)
    wire = Wire()
    own = {
        "unsubscribe_url": lambda contact: unsubscribe.url(
            "https://outrider.brand.example", contact, KEY
        )
    }
    assert len((await send.drain(means(world, objects, wire, **own), limit=1)).sent) == 1
    moved = {"unsubscribe_url": lambda contact: f"https://elsewhere.example/{contact}"}
    (item,) = (await send.drain(means(world, objects, wire, **moved))).stopped
    assert "not what was approved" in (item.reason or "")
    assert len(wire.took) == 1


async def test_a_change_while_a_batch_is_under_way_stops_the_rest_of_it(
    world: World, objects: Objects
) -> None:
    ready = await world.approved(5)

    async def reply_of_everybody(mail: Outgoing) -> None:
        async with world.begin() as tx:
            for one in ready:
                await enrol.stop(tx, contact_id=one.contact_id, reason=StopReason.REPLIED)

    wire = Wire(before=reply_of_everybody)
    report = await send.drain(means(world, objects, wire))
    assert len(wire.took) == 1
    assert [item.status for item in report.sent] == [OutboxStatus.SENT]
    assert {item.reason for item in report.stopped} == {"the person replied"}


async def test_the_daily_cap_holds_and_a_new_day_lifts_it(
    world: World, objects: Objects, clock: VirtualClock
) -> None:
    async with world.begin() as tx:
        await mailboxes.add(tx, FORM.model_copy(update={"daily_cap": 3}), replace=True)
    await world.approved(7)
    wire = Wire()
    first = await send.drain(means(world, objects, wire))
    assert (len(first.sent), len(first.waiting)) == (3, 4)
    assert {item.reason for item in first.waiting} == {
        "the mailbox sam@try-brand.example has sent its 3 mails of today (UTC)"
    }
    assert (await send.drain(means(world, objects, wire))).sent == ()
    clock.advance(timedelta(days=1))
    assert len((await send.drain(means(world, objects, wire))).sent) == 3
    clock.advance(timedelta(days=1))
    assert len((await send.drain(means(world, objects, wire))).sent) == 1


async def test_many_senders_at_once_never_pass_the_cap(world: World, objects: Objects) -> None:
    async with world.begin() as tx:
        await mailboxes.add(tx, FORM.model_copy(update={"daily_cap": 10}), replace=True)
    await world.approved(30)
    wire = Wire()
    await asyncio.gather(
        *(send.drain(means(world, objects, wire, batch=4, owner=f"m:{n}:1")) for n in range(5))
    )
    assert len(wire.took) == 10


async def test_a_limit_is_a_limit(world: World, objects: Objects) -> None:
    await world.approved(5)
    seen: list[tuple[int, int | None]] = []
    report = await send.drain(
        means(world, objects, Wire()), limit=2, progress=lambda d, t: seen.append((d, t))
    )
    assert (len(report.sent), seen) == (2, [(1, 2), (2, 2)])


async def test_a_refused_mail_has_failed_and_is_never_tried_again(
    world: World, objects: Objects, clock: VirtualClock
) -> None:
    await world.approved(1)
    wire = Wire([DeliveryResult(delivery=Delivery.REFUSED, answer="550 5.1.1 No such user")])
    report = await send.drain(means(world, objects, wire))
    assert [(i.status, i.reason) for i in report.stopped] == [
        (OutboxStatus.FAILED, "550 5.1.1 No such user")
    ]
    clock.advance(timedelta(days=9))
    assert (await send.drain(means(world, objects, wire))).sent == ()


async def test_a_mail_that_is_put_off_goes_later_with_growing_pauses_and_then_fails(
    world: World, objects: Objects, clock: VirtualClock
) -> None:
    await world.approved(1)
    later = DeliveryResult(delivery=Delivery.TRY_LATER, answer="451 4.7.1 Greylisted")
    wire = Wire([later] * 99)
    pauses = []
    for _ in range(20):
        report = await send.drain(means(world, objects, wire))
        if report.stopped:
            break
        (item,) = report.waiting
        assert item.status is OutboxStatus.DEFERRED
        assert (await send.drain(means(world, objects, wire))).waiting == ()
        pauses.append(item.not_before - clock.now())
        clock.advance(pauses[-1])
    assert pauses == sorted(pauses)
    assert [i.status for i in report.stopped] == [OutboxStatus.FAILED]
    assert report.stopped[0].reason == "put off 8 times, at last with: 451 4.7.1 Greylisted"


async def test_a_mail_whose_answer_was_lost_is_unknown_and_waits_for_a_person(
    world: World, objects: Objects, clock: VirtualClock
) -> None:
    await world.approved(1)
    wire = Wire([DeliveryResult(delivery=Delivery.UNKNOWN, answer="no answer came")])
    report = await send.drain(means(world, objects, wire))
    assert [i.status for i in report.stopped] == [OutboxStatus.UNKNOWN]
    clock.advance(timedelta(days=9))
    await send.drain(means(world, objects, wire))
    assert len(wire.took) == 1


async def test_a_server_that_is_down_costs_no_mail_an_attempt(
    world: World, objects: Objects
) -> None:
    await world.approved(4)
    sentence = "The mail server 127.0.0.1:2 cannot be used: nothing listens there."
    down = DeliveryResult(delivery=Delivery.TRY_LATER, answer=sentence, is_transport_down=True)
    wire = Wire([down])
    report = await send.drain(means(world, objects, wire))
    assert wire.took == []
    assert [(i.status, i.reason, i.attempts) for i in report.waiting] == [
        (OutboxStatus.QUEUED, sentence, 0)
    ] * 4
    assert len((await send.drain(means(world, objects, wire))).sent) == 4


async def test_a_step_that_has_a_mail_on_its_way_gets_no_second_one(
    world: World, objects: Objects
) -> None:
    (ready,) = await world.approved(1)
    wire = Wire()
    await send.drain(means(world, objects, wire))
    with psycopg.connect(plain(world.database.owner), autocommit=True) as conn:
        # What was sent stays sent, says a trigger; this is about what would come after.
        conn.execute("set session_replication_role = replica")
        conn.execute(
            "update outrider.drafts set status = 'rejected' where id = %s", [ready.draft_id]
        )
    async with world.begin() as tx:
        content, owners = ready.content, await tx.row("select account_id from contacts limit 1")
        assert owners is not None
        second = await world.draft(
            tx, (owners["account_id"], ready.contact_id, ready.enrollment_id), content
        )
    report = await send.drain(means(world, objects, wire))
    assert (len(wire.took), report.queued) == (1, 0)
    async with world.begin() as tx:
        row = await tx.row("select status, note from drafts where id = :id", {"id": second})
    assert row is not None
    assert row["status"] == "withdrawn"


async def test_a_campaigns_switch_holds_its_mails_and_no_others(
    world: World, objects: Objects
) -> None:
    await world.approved(2)
    async with world.begin() as tx:
        await set_switch(tx, "campaign", str(world.campaign_id), is_on=True, reason="a complaint")
    report = await send.drain(means(world, objects, Wire()))
    assert (report.sent, report.halted_by) == ((), None)
    assert len(report.waiting) == 2
    assert all("a complaint" in (item.reason or "") for item in report.waiting)
    async with world.begin() as tx:
        await set_switch(tx, "campaign", str(world.campaign_id), is_on=False, reason="settled")
    assert len((await send.drain(means(world, objects, Wire()))).sent) == 2


async def test_a_wrong_port_is_told_in_one_sentence_and_the_right_one_sends(
    world: World, objects: Objects, tmp_path: Path
) -> None:
    await world.approved(2)
    fake = FaultySmtp(tmp_path / "journal")
    port = await fake.start()
    await fake.stop()
    wrong = means(world, objects, Smtp(Server("127.0.0.1", port)))
    report = await send.drain(wrong)
    assert {item.reason for item in report.waiting} == {
        f"The mail server 127.0.0.1:{port} cannot be used: nothing listens there."
    }
    assert (report.sent, report.stopped) == ((), ())
    await fake.start(port)
    assert len((await send.drain(wrong)).sent) == 2
    await fake.stop()


async def test_the_senders_server_decides_mail_by_mail(
    world: World, objects: Objects, tmp_path: Path
) -> None:
    for fault in ("dana", "later", "refused", "acceptdrop"):
        await world.approved(1, email=fault + ".{n}@depot.example")
    fake = FaultySmtp(tmp_path / "journal")
    smtp = Smtp(Server("127.0.0.1", await fake.start()))
    report = await send.drain(means(world, objects, smtp))
    assert [item.status for item in report.sent] == [OutboxStatus.SENT]
    assert [item.status for item in report.waiting] == [OutboxStatus.DEFERRED]
    assert sorted(item.status for item in report.stopped) == [
        OutboxStatus.FAILED,
        OutboxStatus.UNKNOWN,
    ]
    assert len(fake.accepted()) == 2
    await fake.stop()
