"""An answer stops the sequence at once; what it means is a person's word, and the sequence follows it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL

from outrider.app.views import replies as view
from outrider.app.wiring import Outrider
from outrider.campaigns import create, enrol, sequences
from outrider.campaigns.types import (
    EnrollmentId,
    EnrollmentStatus,
    ReplyClass,
    StopReason,
)
from outrider.conversations import label
from outrider.conversations.types import Turn
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.settings import load
from tests.access_world import bearer, client, somebody
from tests.answers import Answers
from tests.mails import complaint, reply
from tests.program import Program, plain_sentence
from tests.sending_world import SUPPRESSOR, Ready, Wire, make_world


@pytest.fixture
async def answers(
    database: Database, workspace: WorkspaceId, person: PersonId, objects: Objects
) -> Answers:
    """A campaign whose first step leads on to the third after an objection."""
    found = Answers(await make_world(database, workspace, person), objects, Wire())
    await found.change_first_step(branches={"objection": 3})
    return found


async def answered(answers: Answers, words: str = "We have a tool already.") -> tuple[Ready, Turn]:
    """A mail that left, and its answer."""
    ((ready, item),) = await answers.send()
    return ready, await answers.receive(reply(item.message_id, words))


async def test_an_objection_leads_on_to_the_step_that_the_sequence_names(answers: Answers) -> None:
    ready, turn = await answered(answers)
    assert await answers.enrollment(ready) == ("stopped", "replied")
    after = await answers.says(turn, ReplyClass.OBJECTION)
    assert (after.status, after.next_step) == (EnrollmentStatus.ACTIVE, 3)
    assert await answers.says(turn, ReplyClass.OBJECTION) == after
    logged = await answers.one(
        "select count(*) as n from outrider.audit_events where action = 'conversations.label'"
    )
    assert logged["n"] == 1


async def test_not_now_waits_until_the_day_that_the_person_named(answers: Answers) -> None:
    async with answers.world.begin() as tx:
        campaign = await create.find(tx, "Leases")
        first, *rest = create.STEPS
        steps = (first.model_copy(update={"branches": {"not_now": "pause"}}), *rest)
        await sequences.adopt(tx, campaign, steps, {})
        answers.world.sequence_id = (await sequences.newest(tx, campaign)).id
    _, turn = await answered(answers, "Ask again in May.")
    after = await answers.says(turn, ReplyClass.NOT_NOW, date(2026, 5, 4))
    assert after.status is EnrollmentStatus.PAUSED
    assert after.due_at is not None
    assert after.due_at.date() == date(2026, 5, 5)


async def test_a_meeting_ends_outreach_in_every_campaign_and_clears_the_desk(
    answers: Answers,
) -> None:
    ((ready, item),) = await answers.send()
    async with answers.world.begin() as tx:
        other = await create.create(tx, "Autumn", "Brand")
        mailbox = ready.content.sender.mailbox_id
        (elsewhere,) = await enrol.enrol(tx, other.id, [ready.contact_id], mailbox)
    turn = await answers.receive(reply(item.message_id, "Tuesday at ten?"))
    after = await answers.says(turn, ReplyClass.MEETING)
    assert (after.status, after.closed_reason) == (EnrollmentStatus.STOPPED, StopReason.MEETING)
    async with answers.world.begin() as tx:
        assert (await enrol.find(tx, elsewhere.id)).closed_reason is StopReason.MEETING


async def test_an_opt_out_that_only_a_person_understood_is_for_good(answers: Answers) -> None:
    ready, turn = await answered(answers, "You know where you can put this.")
    await answers.says(turn, ReplyClass.OPTED_OUT)
    row = await answers.one("select reason from outrider.suppressions")
    assert row["reason"] == "opt_out"
    assert await answers.contact_status(ready) == "opted_out"


async def test_what_cannot_be_said_is_refused_and_changes_nothing(answers: Answers) -> None:
    ((ready, item),) = await answers.send()
    turn = await answers.receive(reply(item.message_id, "Interesting."))
    with pytest.raises(InvalidInput, match="waits for no day"):
        await answers.says(turn, ReplyClass.MEETING, date(2026, 4, 1))
    with pytest.raises(InvalidInput, match="a day from today"):
        await answers.says(turn, ReplyClass.NOT_NOW, date(2020, 1, 1))
    with pytest.raises(InvalidInput, match="cannot say bounce"):
        await answers.says(turn, ReplyClass.BOUNCE)
    with pytest.raises(NotAllowed):
        async with answers.world.begin() as tx:
            await label.label(tx, turn.id, ReplyClass.MEETING, suppressor=SUPPRESSOR)
    strange = await answers.receive(reply("<nobody@elsewhere.example>", "Hi", sender="x@y.example"))
    with pytest.raises(InvalidInput, match="answers nothing that we sent"):
        await answers.says(strange, ReplyClass.INTERESTED)
    accused = await answers.receive(complaint(item.message_id))
    with pytest.raises(InvalidInput, match="no reply of a person"):
        await answers.says(accused, ReplyClass.INTERESTED)
    with pytest.raises(NotFound):
        await answers.says(turn.model_copy(update={"id": item.id}), ReplyClass.MEETING)
    async with answers.world.begin() as tx:
        assert (await enrol.find(tx, EnrollmentId(ready.enrollment_id))).heard == ()


async def test_a_second_meaning_of_one_reply_is_refused_by_name(answers: Answers) -> None:
    _, turn = await answered(answers)
    await answers.says(turn, ReplyClass.INTERESTED)
    with pytest.raises(Conflict, match="taken for interested on 2026-03-02 15:00 UTC"):
        await answers.says(turn, ReplyClass.OBJECTION)


async def test_who_lists_answers_sees_what_waits_and_what_was_said(
    answers: Answers, clock: VirtualClock
) -> None:
    first, turn = await answered(answers, "Too expensive.\n" + "x" * 5_000)
    clock.advance(timedelta(minutes=1))
    async with answers.world.begin() as tx:
        (line,) = (await view.page(tx, waiting=True)).items
    assert (line.id, line.reply_class, line.sequence) == (turn.id, None, "stopped")
    assert len(line.words) == view.MOST_WORDS
    assert line.contact == first.content.recipient.email
    await answers.says(turn, ReplyClass.OBJECTION)
    async with answers.world.begin() as tx:
        assert (await view.page(tx, waiting=True)).items == []
        (line,) = (await view.page(tx)).items
    assert (line.reply_class, line.sequence, line.next_step) == ("objection", "active", 3)


async def test_over_http_by_those_who_may(
    answers: Answers,
    home: Path,
    clock: VirtualClock,
    database: Database,
    workspace: WorkspaceId,
    keys: Keys,
) -> None:
    _, turn = await answered(answers)
    outrider = Outrider(load(home=home), clock, database, answers.objects, keys, workspace, "test")
    path, said = f"/api/replies/{turn.id}/class", {"reply_class": "objection"}
    async with client(outrider) as http:
        viewer = await bearer(outrider, await somebody(outrider, "viewer", "Vic Low"))
        listed = await http.get("/api/replies", params={"waiting": True}, headers=viewer)
        assert [one["id"] for one in listed.json()["items"]] == [str(turn.id)]
        assert (await http.post(path, json=said, headers=viewer)).status_code == 403
        who = await bearer(outrider, await somebody(outrider, "operator", "Ola Dee"))
        done = await http.post(path, json=said, headers=who)
        assert done.status_code == 200, done.text
        assert (done.json()["sequence"], done.json()["next_step"]) == ("active", 3)
        other = await http.post(path, json={"reply_class": "meeting"}, headers=who)
        assert other.status_code == 409
        assert "taken for objection" in other.json()["detail"]
        assert (await http.post(path, json={"reply_class": "x"}, headers=who)).status_code == 400


async def test_at_the_command_line(
    answers: Answers, home: Path, owner_url: URL, database: Database, workspace: WorkspaceId
) -> None:
    ready, turn = await answered(answers)
    program, address = Program(home, owner_url), ready.content.recipient.email
    assert [one["id"] for one in program.run("replies", "list", "--json").items] == [str(turn.id)]
    for words, sentence in (
        (("nobody@acme.example", "meeting"), "There is no contact nobody@acme.example"),
        ((address, "happy"), "'happy' is no class of answers"),
        ((address, "not_now", "--until", "soon"), "--until is 'soon'"),
    ):
        assert sentence in plain_sentence(program.run("replies", "class", *words))
    done = program.ok("replies", "class", address, "objection")
    assert "objection. The sequence is active; step 3 is due" in done.out
    assert "No answer waits for you" in program.ok("replies", "list").err
    again = plain_sentence(program.run("replies", "class", address, "meeting"))
    assert "waits for a class" in again
    async with database.transaction(workspace, SYSTEM) as tx:
        found = await enrol.find(tx, EnrollmentId(ready.enrollment_id))
    assert (found.status, found.next_step) == (EnrollmentStatus.ACTIVE, 3)
