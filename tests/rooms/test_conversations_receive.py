"""What comes back is bound to the mail it answers, once, and has exactly its own consequences."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path

import pytest

from outrider.conversations import read, receive
from outrider.conversations.types import AttributedBy, RawReply, TurnKind
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.switches import halted
from outrider.prospects import touch
from outrider.sending import send
from tests.answers import Answers
from tests.mails import bounce, complaint, reply
from tests.sending_world import Wire, make_world, means


@pytest.fixture
async def answers(
    database: Database, workspace: WorkspaceId, person: PersonId, objects: Objects
) -> Answers:
    return Answers(await make_world(database, workspace, person), objects, Wire())


async def test_a_reply_is_a_turn_of_its_thread_without_the_quote(answers: Answers) -> None:
    ((ready, item),) = await answers.send()
    turn = await answers.receive(reply(item.message_id, "Sounds good, call me."))
    assert (turn.kind, turn.attributed_by) == (TurnKind.REPLY, AttributedBy.IN_REPLY_TO)
    assert (turn.text, turn.outbox_id, turn.direction) == ("Sounds good, call me.", item.id, "in")
    async with answers.world.begin() as tx:
        (thread,) = await read.threads(tx)
        assert thread.contact_id == ready.contact_id
        assert [one.id for one in await read.turns(tx, thread.id)] == [turn.id]
        touches = await touch.of_contact(tx, ready.contact_id)
    assert {(one.direction.value, one.reference) for one in touches} == {
        ("out", item.message_id),
        ("in", "<reply-1@acme.example>"),
    }


async def test_the_same_mail_twice_is_one_turn(answers: Answers) -> None:
    ((_, item),) = await answers.send()
    raw = reply(item.message_id, "Yes.")
    first, second = await answers.receive(raw), await answers.receive(raw)
    assert (first.is_new, second.is_new, first.id) == (True, False, second.id)
    assert await answers.count("turns") == 1


async def test_two_readers_of_one_mailbox_keep_one_turn(answers: Answers) -> None:
    ((_, item),) = await answers.send()
    raw = reply(item.message_id, "Yes.")
    turns = await asyncio.gather(*(answers.receive(raw) for _ in range(4)))
    assert sum(turn.is_new for turn in turns) == 1
    assert await answers.count("turns") == await answers.count("threads") == 1


async def test_a_colleague_who_answers_is_bound_by_the_reference(answers: Answers) -> None:
    ((ready, item),) = await answers.send()
    turn = await answers.receive(
        reply(item.message_id, "Dana left, I took over.", sender="Lee <lee@depot.example>")
    )
    assert turn.kind is TurnKind.REPLY
    assert await answers.enrollment(ready) == ("stopped", "replied")


AWAY = "I am out of the office until March 16, 2026. To stop, unsubscribe."


def by_machine(to: str, text: str, *, subject: str = "Automatic reply: Lease changes") -> bytes:
    """An answer that a machine wrote (RFC 3834)."""
    return reply(to, text, headers="Auto-Submitted: auto-replied\r\n", subject=subject)


async def test_an_absence_pauses_the_sequence_until_a_business_day_after_the_return(
    answers: Answers,
) -> None:
    ((ready, item),) = await answers.send()
    turn = await answers.receive(by_machine(item.message_id, AWAY))
    assert (turn.kind, turn.returns_on) == (TurnKind.AUTO_REPLY, date(2026, 3, 16))
    assert await answers.enrollment(ready) == ("paused", None)
    due = await answers.one("select due_at from outrider.enrollments")
    assert due["due_at"].date() == date(2026, 3, 17)
    assert await answers.contact_status(ready) == "active"
    assert (await answers.receive(by_machine(item.message_id, AWAY))).is_new is False
    assert (await answers.one("select due_at from outrider.enrollments")) == due


async def test_a_follow_up_that_was_approved_waits_for_the_return(
    answers: Answers, clock: VirtualClock
) -> None:
    ((ready, item),) = await answers.send()
    draft = await answers.follow_up(ready, approved=True)
    await answers.receive(by_machine(item.message_id, AWAY))
    report = await send.drain(means(answers.world, answers.objects, answers.wire))
    assert [one.reason for one in report.waiting] == ["the person is away; its sequence is paused"]
    clock.advance(timedelta(days=16))
    report = await send.drain(means(answers.world, answers.objects, answers.wire))
    assert [one.draft_id for one in report.sent] == [draft.id]


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Automatic reply: Lease changes", "Your request has the number 4711. We answer soon."),
        ("Auto: received", "Thank you, we have received your mail and will read it by 5 March."),
    ],
)
async def test_a_machine_that_names_no_absence_pauses_nothing(
    answers: Answers, subject: str, text: str
) -> None:
    ((ready, item),) = await answers.send()
    turn = await answers.receive(by_machine(item.message_id, text, subject=subject))
    assert turn.kind is TurnKind.AUTO_REPLY
    assert await answers.enrollment(ready) == ("active", None)


async def test_an_absence_after_an_answer_wakes_nothing(answers: Answers) -> None:
    ((ready, item),) = await answers.send()
    await answers.receive(reply(item.message_id, "No, thank you."))
    await answers.receive(by_machine(item.message_id, AWAY))
    assert await answers.enrollment(ready) == ("stopped", "replied")


async def test_our_own_copy_is_ignored(answers: Answers) -> None:
    ((ready, item),) = await answers.send()
    raw = reply(item.message_id, "Just checking in.", sender="Sam <sam@try-brand.example>")
    turn = await answers.receive(raw)
    assert (turn.kind, turn.direction, turn.thread_id) == (TurnKind.OWN, "out", None)
    sent = await answers.receive(answers.wire.took[0].data)
    assert sent.kind is TurnKind.OWN
    assert await answers.enrollment(ready) == ("active", None)


async def test_a_hard_bounce_closes_the_address(answers: Answers) -> None:
    ((ready, item),) = await answers.send()
    turn = await answers.receive(bounce(item.message_id, ready.content.recipient.email))
    assert (turn.kind, turn.is_hard) == (TurnKind.BOUNCE, True)
    assert turn.attributed_by is AttributedBy.RETURNED_HEADERS
    assert await answers.enrollment(ready) == ("stopped", "bounced")
    assert await answers.contact_status(ready) == "invalid"
    row = await answers.one("select reason from outrider.suppressions")
    assert row["reason"] == "hard_bounce"


async def test_a_report_on_somebody_elses_address_closes_nobody_here(answers: Answers) -> None:
    """The person forwards to a dead mailbox, or a stranger made it up: the address itself lives."""
    ((ready, item),) = await answers.send()
    turn = await answers.receive(bounce(item.message_id, "old-private-box@elsewhere.example"))
    assert turn.kind is TurnKind.BOUNCE
    assert await answers.enrollment(ready) == ("stopped", "bounced")
    assert await answers.contact_status(ready) == "active"
    assert await answers.count("suppressions") == 0


async def test_a_bounce_in_words_only_stops_the_sequence_and_keeps_the_address(
    answers: Answers,
) -> None:
    ((ready, item),) = await answers.send()
    raw = bounce(item.message_id, "dana@acme.example", status="5.0.0", diagnostic="User unknown")
    turn = await answers.receive(raw)
    assert turn.is_hard
    assert await answers.enrollment(ready) == ("stopped", "bounced")
    assert await answers.contact_status(ready) == "active"
    assert await answers.count("suppressions") == 0


@pytest.mark.parametrize(
    ("status", "action", "diagnostic"),
    [
        ("4.4.1", "delayed", "smtp; 451 try again later"),
        ("5.2.2", "failed", "smtp; 552 5.2.2 mailbox full"),
        ("5.7.1", "failed", "smtp; 550 5.7.1 blocked by policy"),
    ],
)
async def test_a_soft_bounce_is_recorded_and_stops_nothing(
    answers: Answers, status: str, action: str, diagnostic: str
) -> None:
    ((ready, item),) = await answers.send()
    raw = bounce(
        item.message_id, "dana@acme.example", status=status, action=action, diagnostic=diagnostic
    )
    turn = await answers.receive(raw)
    assert (turn.kind, turn.is_hard) == (TurnKind.BOUNCE, False)
    assert await answers.enrollment(ready) == ("active", None)
    assert await answers.count("suppressions") == 0


async def test_a_complaint_is_never_written_to_again(answers: Answers) -> None:
    ((ready, item),) = await answers.send()
    turn = await answers.receive(complaint(item.message_id))
    assert turn.kind is TurnKind.COMPLAINT
    assert await answers.contact_status(ready) == "opted_out"
    row = await answers.one("select reason from outrider.suppressions")
    assert row["reason"] == "complaint"


@pytest.mark.parametrize(
    "raw",
    [
        reply("<unknown@elsewhere.example>", "Sounds good."),
        reply("<unknown@elsewhere.example>", "Buy now", sender="x@spam.example"),
        reply("<unknown@elsewhere.example>", "stop emailing me", sender="x@spam.example"),
        bounce("<unknown@elsewhere.example>", "dana1@depot.example"),
        complaint("<unknown@elsewhere.example>"),
        b"garbage \x00\xff",
        b"",
    ],
)
async def test_what_belongs_to_nothing_stops_nothing(answers: Answers, raw: bytes) -> None:
    ((ready, _),) = await answers.send()
    turn = await answers.receive(raw)
    assert (turn.thread_id, turn.attributed_by) == (None, AttributedBy.NONE)
    assert await answers.enrollment(ready) == ("active", None)
    assert await answers.count("suppressions") == await answers.count("threads") == 0


async def test_a_forged_sender_without_our_reference_stops_nothing(answers: Answers) -> None:
    ((ready, _),) = await answers.send()
    sender = f"Dana <{ready.content.recipient.email}>"
    turn = await answers.receive(reply("<x@y.example>", "Sounds good.", sender=sender))
    assert turn.thread_id is None
    assert await answers.enrollment(ready) == ("active", None)


async def test_an_answer_without_references_is_known_by_sender_and_subject(
    answers: Answers,
) -> None:
    ((ready, item),) = await answers.send()
    sender = f"Dana <{ready.content.recipient.email}>"
    subject = f"AW: {ready.content.subject}"
    raw = reply("", "Sounds good.", sender=sender, subject=subject, references=False)
    turn = await answers.receive(raw)
    assert (turn.attributed_by, turn.outbox_id) == (AttributedBy.SUBJECT_AND_SENDER, item.id)
    assert await answers.enrollment(ready) == ("stopped", "replied")


async def test_three_hard_bounces_in_twenty_halt_everything(answers: Answers) -> None:
    sent = await answers.send(6)
    for ready, item in sent[:2]:
        await answers.receive(bounce(item.message_id, ready.content.recipient.email))
    async with answers.world.begin() as tx:
        assert (await read.bounce_health(tx)).reason is None
        assert await halted(tx) is None
    ready, item = sent[2]
    await answers.receive(bounce(item.message_id, ready.content.recipient.email))
    async with answers.world.begin() as tx:
        health = await read.bounce_health(tx)
        switch = await halted(tx)
    assert (health.sent, health.hard_bounces) == (6, 3)
    assert switch is not None
    assert switch.scope == "workspace"
    assert "3 of the last 6 mails bounced hard" in switch.reason


async def test_a_mailbox_is_read_with_counts_and_progress(answers: Answers) -> None:
    (first, one), (second, two) = await answers.send(2)
    raws = [
        RawReply(origin="1", data=reply(one.message_id, "Yes.")),
        RawReply(origin="2", data=bounce(two.message_id, second.content.recipient.email)),
        RawReply(origin="3", data=reply("<x@y.example>", "spam")),
        RawReply(origin="4", data=reply(one.message_id, "Yes.")),
    ]
    seen: list[int] = []
    report = await receive.receive_all(
        answers.world.begin, answers.objects, answers.suppressor, raws, seen.append
    )
    assert (report.read, report.new, report.known, report.unattributed) == (4, 3, 1, 1)
    assert report.kinds == {TurnKind.REPLY: 2, TurnKind.BOUNCE: 1}
    assert seen == [1, 2, 3, 4]
    assert await answers.enrollment(first) == ("stopped", "replied")


async def test_no_mail_from_the_world_stops_the_receiving(
    answers: Answers, shared_data: Path
) -> None:
    files = sorted(file for file in (shared_data / "mime").rglob("*") if file.is_file())
    files += sorted((shared_data / "bounces" / "maildir").iterdir())[:60]
    raws = [RawReply(origin=file.name, data=file.read_bytes()) for file in files]
    strange = (
        b"From: a\x00b@x.example\r\nMessage-ID: <a\x00b@x.example>\r\n\r\nx\x00y",
        b"From: \xff\xfe <\xe9@x.example>\r\nSubject: \xff\r\n\r\n\xff",
        b"Subject: =?utf-16?b?2AA=?=\r\n\r\nlone surrogate",
        b"From: a@b.example\nDate: Mon, 99 Foo 99999 99:99:99\n\nhello",
    )
    raws += [RawReply(origin="strange", data=data) for data in strange]
    report = await receive.receive_all(
        answers.world.begin, answers.objects, answers.suppressor, raws
    )
    assert report.read == len(raws)
    assert report.unattributed == report.new
    assert await answers.count("suppressions") == 0


async def test_the_log_holds_no_words_and_no_address(answers: Answers) -> None:
    ((_, item),) = await answers.send()
    await answers.receive(reply(item.message_id, "Please stop emailing me, secretword."))
    async with answers.world.begin() as tx:
        rows = await tx.rows("select body from outrider.audit_events")
    assert rows
    for row in rows:
        assert "secretword" not in row["body"]
        assert "dana@acme.example" not in row["body"]
