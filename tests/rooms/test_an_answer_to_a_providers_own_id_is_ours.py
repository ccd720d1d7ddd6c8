"""A provider may put its own Message-ID: answers to it are attributed, and the thread goes on under it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from outrider.campaigns import enrol
from outrider.campaigns.types import EnrollmentId
from outrider.conversations.types import AttributedBy, TurnKind
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.sending import send
from outrider.sending.types import Delivery, DeliveryResult
from tests.answers import Answers
from tests.mails import reply
from tests.sending_world import Wire, make_world, means

NAME = "0100018f5a6b7c8d-1234abcd-0000-4000-8000-0123456789ab-000000"
SEEN = f"<{NAME}@eu-west-1.amazonses.com>"


def took(seen_as: str | None) -> DeliveryResult:
    return DeliveryResult(
        delivery=Delivery.ACCEPTED, answer="taken", provider_id=NAME, seen_as=seen_as
    )


@pytest.fixture
async def answers(
    database: Database, workspace: WorkspaceId, person: PersonId, objects: Objects
) -> Answers:
    return Answers(await make_world(database, workspace, person), objects, Wire([took(SEEN)]))


async def test_an_answer_to_what_the_recipient_saw_stops_the_sequence(answers: Answers) -> None:
    ((ready, item),) = await answers.send()
    turn = await answers.receive(reply(SEEN, "Yes, call me."))
    assert (turn.kind, turn.outbox_id) == (TurnKind.REPLY, item.id)
    assert turn.attributed_by is AttributedBy.IN_REPLY_TO
    assert await answers.enrollment(ready) == ("stopped", "replied")


async def test_an_answer_to_our_own_id_is_ours_as_well(answers: Answers) -> None:
    ((_, item),) = await answers.send()
    turn = await answers.receive(reply(item.message_id, "Yes, call me."))
    assert turn.outbox_id == item.id


@pytest.mark.parametrize("host", ["email.amazonses.com", "us-west-2.amazonses.com", "mta.example"])
async def test_the_providers_name_is_enough_whatever_it_puts_behind_it(
    database: Database, workspace: WorkspaceId, person: PersonId, objects: Objects, host: str
) -> None:
    world = await make_world(database, workspace, person)
    answers = Answers(world, objects, Wire([took(None)]))
    ((_, item),) = await answers.send()
    turn = await answers.receive(reply(f"<{NAME}@{host}>", "Yes, call me."))
    assert turn.outbox_id == item.id


async def test_a_stranger_who_guesses_a_short_name_is_nobody(
    database: Database, workspace: WorkspaceId, person: PersonId, objects: Objects
) -> None:
    short = took(None).model_copy(update={"provider_id": "42"})
    answers = Answers(await make_world(database, workspace, person), objects, Wire([short]))
    await answers.send()
    turn = await answers.receive(
        reply("<42@email.example>", "Yes.", sender="Eve <eve@evil.example>", subject="Re: x")
    )
    assert turn.outbox_id is None


async def test_the_next_step_answers_the_mail_that_the_recipient_has(
    answers: Answers, clock: VirtualClock
) -> None:
    ((ready, _),) = await answers.send()
    async with answers.world.begin() as tx:
        enrollment = await enrol.find(tx, EnrollmentId(ready.enrollment_id))
    assert enrollment.thread_message_ids == (SEEN,)
    draft = await answers.follow_up(ready, approved=True)
    assert draft.content.headers["In-Reply-To"] == SEEN
    clock.advance(timedelta(days=10))
    await send.drain(means(answers.world, answers.objects, answers.wire))
    head = re.sub(rb"\r\n[ \t]+", b" ", answers.wire.took[-1].data.partition(b"\r\n\r\n")[0])
    assert f"In-Reply-To: {SEEN}".encode() in head
    assert f"References: {SEEN}".encode() in head
