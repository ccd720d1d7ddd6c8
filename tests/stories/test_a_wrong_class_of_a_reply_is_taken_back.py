"""A reply that was taken for the wrong thing is corrected: what that did is taken back, what stays is told."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL

from outrider.app.wiring import Outrider
from outrider.campaigns import create, enrol
from outrider.campaigns.types import Enrollment, EnrollmentId, EnrollmentStatus, ReplyClass
from outrider.campaigns.types import StopReason as Why
from outrider.conversations import correct
from outrider.conversations.correct import Correction, Instead
from outrider.conversations.types import Turn, TurnKind
from outrider.drafts import read as drafts
from outrider.drafts.types import DraftStatus
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.errors import InvalidInput, NotAllowed, NotFound
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.settings import load
from tests.access_world import bearer, client, somebody
from tests.answers import Answers
from tests.mails import reply
from tests.program import Program, plain_sentence
from tests.sending_world import SUPPRESSOR, Ready, Wire, make_world

STOPPED, ACTIVE, PAUSED = (
    EnrollmentStatus.STOPPED,
    EnrollmentStatus.ACTIVE,
    EnrollmentStatus.PAUSED,
)
BRANCHES: dict[str, int | str] = {"objection": 2, "not_now": "pause"}


@pytest.fixture
async def answers(
    database: Database, workspace: WorkspaceId, person: PersonId, objects: Objects
) -> Answers:
    """A campaign whose first step goes on after an objection, and waits after a "not now"."""
    found = Answers(await make_world(database, workspace, person), objects, Wire())
    await found.change_first_step(branches=BRANCHES)
    return found


async def answered(answers: Answers, words: str = "We have a tool.") -> tuple[Ready, Turn]:
    ((ready, item),) = await answers.send()
    return ready, await answers.receive(reply(item.message_id, words))


def kim(answers: Answers) -> Actor:
    return Actor(ActorKind.PERSON, str(answers.world.person))


async def corrects(answers: Answers, turn: Turn, means: ReplyClass, **more: Any) -> Correction:
    world = answers.world
    async with world.database.transaction(world.workspace, kim(answers)) as tx:
        return await correct.correct(tx, turn.id, Instead(means, **more), suppressor=SUPPRESSOR)


async def now(answers: Answers, ready: Ready) -> Enrollment:
    async with answers.world.begin() as tx:
        return await enrol.find(tx, EnrollmentId(ready.enrollment_id))


async def logged(answers: Answers, action: str) -> list[dict[str, Any]]:
    async with answers.world.begin() as tx:
        rows = await tx.rows(
            "select actor, subject, body from outrider.audit_events where action = :a order by id",
            {"a": action},
        )
    return [dict(row) for row in rows]


async def test_what_the_wrong_class_led_on_is_stopped_and_its_draft_taken_back(
    answers: Answers, clock: VirtualClock
) -> None:
    ready, turn = await answered(answers)
    assert (await answers.says(turn, ReplyClass.OBJECTION)).status is ACTIVE
    clock.advance(timedelta(days=5))
    draft = await answers.follow_up(ready, approved=True)
    done = await corrects(answers, turn, ReplyClass.INTERESTED)
    assert (done.was, done.enrollment.status) == (ReplyClass.OBJECTION, STOPPED)
    assert done.told == ()
    after = await now(answers, ready)
    assert (after.status, after.stop_reason, after.due_at) == (STOPPED, Why.REPLIED, None)
    assert [one.reply_class for one in after.heard] == [ReplyClass.INTERESTED]
    async with answers.world.begin() as tx:
        assert (await drafts.find(tx, str(draft.id))).status is DraftStatus.WITHDRAWN
        [waiting] = await tx.rows(
            "select status from outrider.outbox where draft_id = :id", {"id": draft.id}
        )
    assert waiting["status"] == "cancelled"
    [event] = await logged(answers, "conversations.correct")
    assert event["actor"] == f"person:{answers.world.person}"
    assert event["subject"] == f"turn:{turn.id}"
    body = json.loads(event["body"])
    assert (body["from"], body["to"]) == ("objection", "interested")
    assert len(await logged(answers, "campaigns.stop")) == 2  # the reply, then the correction


async def test_what_was_sent_meanwhile_is_told_and_stays_sent(
    answers: Answers, clock: VirtualClock
) -> None:
    ready, turn = await answered(answers)
    await answers.says(turn, ReplyClass.OBJECTION)
    clock.advance(timedelta(days=5))
    async with answers.world.begin() as tx:
        await enrol.advance(
            tx, EnrollmentId(ready.enrollment_id), 2, "<two@x.example>", "Leases", tx.now
        )
    done = await corrects(answers, turn, ReplyClass.INTERESTED)
    assert done.told == ("Step 2 left on 2026-03-07 before this, and cannot be taken back.",)
    assert done.enrollment.status is STOPPED
    assert [one.number for one in (await now(answers, ready)).steps_sent] == [1, 2]


async def test_a_stopped_sequence_is_told_and_goes_on_only_when_that_is_asked_for(
    answers: Answers,
) -> None:
    ready, turn = await answered(answers)
    assert (await answers.says(turn, ReplyClass.INTERESTED)).status is STOPPED
    done = await corrects(answers, turn, ReplyClass.OBJECTION)
    assert done.enrollment.status is STOPPED
    [sentence] = done.told
    assert sentence.startswith("The sequence stays stopped: a correction starts nothing again")
    assert await corrects(answers, turn, ReplyClass.OBJECTION) == Correction(
        done.enrollment, ReplyClass.OBJECTION, ()
    )
    await corrects(answers, turn, ReplyClass.INTERESTED)
    done = await corrects(answers, turn, ReplyClass.OBJECTION, goes_on=True)
    assert (done.enrollment.status, done.enrollment.next_step) == (ACTIVE, 2)
    assert done.told == ()
    assert await now(answers, ready) == done.enrollment


async def test_a_pause_ends_early_only_when_that_is_asked_for(answers: Answers) -> None:
    _, turn = await answered(answers, "Ask again in May.")
    assert (await answers.says(turn, ReplyClass.NOT_NOW, date(2026, 5, 4))).status is PAUSED
    done = await corrects(answers, turn, ReplyClass.OBJECTION)
    assert done.enrollment.status is PAUSED
    assert "stays paused" in done.told[0]
    await corrects(answers, turn, ReplyClass.NOT_NOW, until=date(2026, 6, 1))
    done = await corrects(answers, turn, ReplyClass.OBJECTION, goes_on=True)
    assert (done.enrollment.status, done.enrollment.next_step) == (ACTIVE, 2)
    done = await corrects(answers, turn, ReplyClass.NOT_NOW, until=date(2026, 6, 1))
    assert done.enrollment.status is PAUSED
    assert done.enrollment.due_at is not None
    assert done.enrollment.due_at.date() == date(2026, 6, 2)


async def test_an_opt_out_is_never_undone_by_a_correction(answers: Answers) -> None:
    ready, turn = await answered(answers, "You know where you can put this.")
    await answers.says(turn, ReplyClass.OPTED_OUT)
    done = await corrects(answers, turn, ReplyClass.OBJECTION, goes_on=True)
    assert done.enrollment.status is STOPPED
    assert done.told[0].startswith("The opt-out stays: nobody writes to this person again")
    assert done.told[1].startswith("The sequence did not go on: ")
    assert (await now(answers, ready)).closed_reason is Why.OPTED_OUT
    assert await answers.contact_status(ready) == "opted_out"
    assert await answers.count("suppressions") == 1


async def test_a_machines_opt_out_is_not_undone_by_the_class_of_its_words(
    answers: Answers,
) -> None:
    ready, turn = await answered(answers, "Please stop emailing me.")
    assert turn.kind is TurnKind.OPT_OUT
    await answers.says(turn, ReplyClass.OPTED_OUT)
    await corrects(answers, turn, ReplyClass.INTERESTED, goes_on=True)
    assert await answers.contact_status(ready) == "opted_out"
    assert (await now(answers, ready)).status is STOPPED


async def test_what_turns_out_to_be_an_opt_out_is_honoured_at_once(answers: Answers) -> None:
    ready, turn = await answered(answers)
    await answers.says(turn, ReplyClass.OBJECTION)
    done = await corrects(answers, turn, ReplyClass.OPTED_OUT)
    assert (done.enrollment.status, done.enrollment.closed_reason) == (STOPPED, Why.OPTED_OUT)
    assert await answers.contact_status(ready) == "opted_out"
    assert await answers.count("suppressions") == 1


async def test_a_meeting_that_was_none_closes_nothing_any_more(answers: Answers) -> None:
    ((ready, item),) = await answers.send()
    async with answers.world.begin() as tx:
        other = await create.create(tx, "Autumn", "Brand")
        mailbox = ready.content.sender.mailbox_id
        (elsewhere,) = await enrol.enrol(tx, other.id, [ready.contact_id], mailbox)
    turn = await answers.receive(reply(item.message_id, "Tuesday at ten I am out."))
    await answers.says(turn, ReplyClass.MEETING)
    done = await corrects(answers, turn, ReplyClass.OBJECTION)
    assert "no longer closes 2 sequences of this person; they stay stopped" in done.told[0]
    async with answers.world.begin() as tx:
        found = await enrol.find(tx, elsewhere.id)
    assert (found.status, found.closed_reason) == (STOPPED, None)
    assert (await now(answers, ready)).closed_reason is None
    await corrects(answers, turn, ReplyClass.MEETING)
    assert (await now(answers, ready)).closed_reason is Why.MEETING


async def test_a_meeting_that_another_answer_tells_of_still_closes(answers: Answers) -> None:
    ((ready, item),) = await answers.send()
    one = await answers.receive(reply(item.message_id, "Tuesday at ten?"))
    two = await answers.receive(reply(item.message_id, "Or at eleven?"))
    await answers.says(one, ReplyClass.MEETING)
    await answers.says(two, ReplyClass.MEETING)
    done = await corrects(answers, two, ReplyClass.OBJECTION, goes_on=True)
    assert done.enrollment.closed_reason is Why.MEETING
    assert done.told == ("The sequence did not go on: the sequence is closed: meeting.",)
    assert (await now(answers, ready)).status is STOPPED


async def test_an_absence_notice_that_a_person_wrote_counts_as_an_answer(answers: Answers) -> None:
    ((ready, item),) = await answers.send()
    raw = reply(
        item.message_id, "I am out of office, but yes, tell me more.", subject="Automatic reply"
    )
    raw = b"Auto-Submitted: auto-replied\r\n" + raw
    turn = await answers.receive(raw)
    assert turn.kind is TurnKind.AUTO_REPLY
    assert (await now(answers, ready)).status is PAUSED
    done = await corrects(answers, turn, ReplyClass.INTERESTED)
    assert (done.was, done.enrollment.status) == (ReplyClass.OUT_OF_OFFICE, STOPPED)
    after = await now(answers, ready)
    assert (after.stop_reason, len(after.replies_at)) == (Why.REPLIED, 1)
    assert await answers.contact_status(ready) == "replied"
    row = await answers.one(
        "select count(*) as n from outrider.touches where direction = 'in' and contact_id = :c",
        c=ready.contact_id,
    )
    assert row["n"] == 1


async def test_an_answer_that_was_a_notice_may_let_the_sequence_wait_and_go_on(
    answers: Answers,
) -> None:
    ready, turn = await answered(answers, "I am travelling until 16 March.")
    await answers.says(turn, ReplyClass.INTERESTED)
    done = await corrects(answers, turn, ReplyClass.OUT_OF_OFFICE, until=date(2026, 3, 16))
    assert done.enrollment.status is STOPPED
    await corrects(answers, turn, ReplyClass.INTERESTED)
    done = await corrects(
        answers, turn, ReplyClass.OUT_OF_OFFICE, until=date(2026, 3, 16), goes_on=True
    )
    assert done.enrollment.status is PAUSED
    assert done.enrollment.due_at is not None
    assert done.enrollment.due_at.date() == date(2026, 3, 17)
    assert await now(answers, ready) == done.enrollment


async def test_what_cannot_be_corrected_is_refused_and_changes_nothing(answers: Answers) -> None:
    ready, turn = await answered(answers)
    with pytest.raises(InvalidInput, match="Nobody has said yet what this reply means"):
        await corrects(answers, turn, ReplyClass.MEETING)
    await answers.says(turn, ReplyClass.OBJECTION)
    before = await now(answers, ready)
    with pytest.raises(InvalidInput, match="cannot say bounce"):
        await corrects(answers, turn, ReplyClass.BOUNCE)
    with pytest.raises(InvalidInput, match="waits for no day"):
        await corrects(answers, turn, ReplyClass.MEETING, until=date(2026, 4, 1))
    strange = turn.model_copy(update={"id": ready.draft_id})
    with pytest.raises(NotFound):
        await corrects(answers, strange, ReplyClass.MEETING)
    instead = Instead(ReplyClass.MEETING)
    async with answers.world.begin() as tx:
        with pytest.raises(NotAllowed):
            await correct.correct(tx, turn.id, instead, suppressor=SUPPRESSOR)
    assert await now(answers, ready) == before
    assert await logged(answers, "conversations.correct") == []


async def test_over_http_by_those_who_may(
    answers: Answers,
    home: Path,
    clock: VirtualClock,
    database: Database,
    workspace: WorkspaceId,
    keys: Keys,
) -> None:
    _, turn = await answered(answers)
    await answers.says(turn, ReplyClass.INTERESTED)
    outrider = Outrider(load(home=home), clock, database, answers.objects, keys, workspace, "test")
    path, said = f"/api/replies/{turn.id}/correction", {"reply_class": "objection"}
    async with client(outrider) as http:
        viewer = await bearer(outrider, await somebody(outrider, "viewer", "Vic Low"))
        assert (await http.post(path, json=said, headers=viewer)).status_code == 403
        who = await bearer(outrider, await somebody(outrider, "operator", "Ola Dee"))
        done = (await http.post(path, json=said, headers=who)).json()
        assert (done["was"], done["reply"]["reply_class"]) == ("interested", "objection")
        assert done["reply"]["sequence"] == "stopped"
        assert "starts nothing again" in done["told"][0]
        await http.post(path, json={"reply_class": "interested"}, headers=who)
        again = await http.post(path, json={**said, "go_on": True}, headers=who)
        line = again.json()["reply"]
        assert (line["sequence"], line["next_step"]) == ("active", 2)
        wrong = await http.post(path, json={"reply_class": "x"}, headers=who)
        assert wrong.status_code == 400


async def test_at_the_command_line(answers: Answers, home: Path, owner_url: URL) -> None:
    ready, turn = await answered(answers)
    program, address = Program(home, owner_url), ready.content.recipient.email
    early = plain_sentence(program.run("replies", "correct", address, "meeting"))
    assert "has a class yet: say it with outrider replies class" in early
    program.ok("replies", "class", address, "interested")
    done = program.ok("replies", "correct", address, "objection")
    assert "objection, no longer interested. The sequence is stopped." in done.out
    assert "a correction starts nothing again" in done.err
    program.ok("replies", "correct", str(turn.id), "interested")
    done = program.ok("replies", "correct", address, "objection", "--go-on")
    assert "The sequence is active; step 2 is due" in done.out
    refused = plain_sentence(program.run("replies", "class", str(turn.id), "meeting"))
    assert "outrider replies correct says otherwise" in refused
    wrong = plain_sentence(program.run("replies", "correct", address, "happy"))
    assert "'happy' is no class of answers" in wrong
