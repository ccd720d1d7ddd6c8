"""Once a person has answered, nothing more leaves by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.sending import send
from tests.answers import Answers
from tests.mails import reply
from tests.sending_world import Wire, make_world, means


@pytest.fixture
async def answers(
    database: Database, workspace: WorkspaceId, person: PersonId, objects: Objects
) -> Answers:
    return Answers(await make_world(database, workspace, person), objects, Wire())


async def test_a_reply_stops_the_sequence_and_takes_back_what_is_pending(
    answers: Answers, clock: VirtualClock
) -> None:
    ((ready, item),) = await answers.send()
    clock.advance(timedelta(days=3))
    draft = await answers.follow_up(ready, approved=False)
    await answers.receive(reply(item.message_id, "Thanks, call me on Friday."))
    assert await answers.enrollment(ready) == ("stopped", "replied")
    assert await answers.contact_status(ready) == "replied"
    row = await answers.one("select status, note from outrider.drafts where id = :id", id=draft.id)
    assert (row["status"], row["note"]) == ("withdrawn", "the sequence stopped: replied")


async def test_a_mail_that_was_queued_before_the_reply_does_not_leave(
    answers: Answers, clock: VirtualClock
) -> None:
    ((ready, item),) = await answers.send()
    draft = await answers.follow_up(ready, approved=True)
    await answers.receive(reply(item.message_id, "Thanks, call me on Friday."))
    clock.advance(timedelta(days=3))
    before = len(answers.wire.took)
    await send.drain(means(answers.world, answers.objects, answers.wire))
    assert len(answers.wire.took) == before
    row = await answers.one("select status from outrider.outbox where draft_id = :id", id=draft.id)
    assert row["status"] == "cancelled"
