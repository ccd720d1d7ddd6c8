"""Whoever asks to be left alone is, whatever else they wrote and wherever they wrote it."""

from __future__ import annotations

import pytest

from outrider.conversations.types import AttributedBy, TurnKind
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.prospects import consent, register
from outrider.prospects.types import ImportRow
from outrider.sending import send
from tests.answers import Answers
from tests.mails import reply
from tests.sending_world import SUPPRESSOR, Wire, make_world, means


@pytest.fixture
async def answers(
    database: Database, workspace: WorkspaceId, person: PersonId, objects: Objects
) -> Answers:
    return Answers(await make_world(database, workspace, person), objects, Wire())


async def test_an_opt_out_closes_the_person_for_ever(answers: Answers) -> None:
    ((ready, item),) = await answers.send()
    email = ready.content.recipient.email
    turn = await answers.receive(
        reply(item.message_id, "Not for us. Please remove me from your list.", sender=email)
    )
    assert turn.kind is TurnKind.OPT_OUT
    assert await answers.enrollment(ready) == ("stopped", "opted_out")
    assert await answers.contact_status(ready) == "opted_out"
    async with answers.world.begin() as tx:
        row = ImportRow(line=2, company="Depot 1", email=email, first_name="Dana")
        await register.add(tx, [row], SUPPRESSOR, "import: again.csv")
        reasons = await consent.may_write(tx, [ready.contact_id])
    assert reasons[ready.contact_id] is not None


async def test_a_mail_that_waits_for_an_opted_out_person_never_leaves(answers: Answers) -> None:
    ((first, item),) = await answers.send()
    (second,) = await answers.world.approved(1)
    sender = second.content.recipient.email
    await answers.receive(reply("<none@x.example>", "Stop emailing me.", sender=sender))
    await answers.receive(reply(item.message_id, "unsubscribe please"))
    before = len(answers.wire.took)
    await send.drain(means(answers.world, answers.objects, answers.wire))
    assert len(answers.wire.took) == before
    assert await answers.contact_status(first) == await answers.contact_status(second)


async def test_an_opt_out_without_a_reference_is_honoured_for_a_known_person(
    answers: Answers,
) -> None:
    ((ready, _),) = await answers.send()
    turn = await answers.receive(
        reply(
            "",
            "Please stop emailing me.",
            sender=f"Dana <{ready.content.recipient.email.upper()}>",
            references=False,
        )
    )
    assert (turn.kind, turn.attributed_by) == (TurnKind.OPT_OUT, AttributedBy.SENDER)
    assert await answers.contact_status(ready) == "opted_out"
    assert await answers.enrollment(ready) == ("stopped", "opted_out")


async def test_a_colleague_who_opts_out_closes_both_addresses(answers: Answers) -> None:
    ((ready, item),) = await answers.send()
    await answers.receive(
        reply(item.message_id, "Take us off your list.", sender="Lee <lee@depot.example>")
    )
    async with answers.world.begin() as tx:
        closed = await consent.is_suppressed(
            tx, SUPPRESSOR, [ready.content.recipient.email, "lee@depot.example", "x@y.example"]
        )
    assert list(closed.values()) == [True, True, False]


async def test_our_own_unsubscribe_line_in_the_quote_is_no_opt_out(answers: Answers) -> None:
    ((ready, item),) = await answers.send()
    turn = await answers.receive(reply(item.message_id, "Yes, tell me more."))
    assert turn.kind is TurnKind.REPLY
    assert await answers.count("suppressions") == 0
    assert await answers.contact_status(ready) == "replied"
