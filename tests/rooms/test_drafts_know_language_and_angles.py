"""What a writer is asked for: the recipient's language, and no angle that this person has seen."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from outrider.drafts import decide, read, rewrite, write
from outrider.drafts.types import Draft, DraftStatus
from outrider.kernel.database.tx import Tx
from outrider.kernel.ids import PersonId
from outrider.vendors.offline_writer.writer import OfflineWriter
from tests.drafts_world import World, answer, build, offline_draft


@pytest.fixture
async def world(tx: Tx) -> World:
    return await build(tx)


def abroad(world: World, country: str | None) -> World:
    return replace(world, contact=world.contact.model_copy(update={"country": country}))


async def test_a_language_the_writer_lacks_is_said_on_the_draft_and_the_mail_is_english(
    tx: Tx, world: World
) -> None:
    request = abroad(world, "DE").request()
    assert request.language == "de"
    written = await OfflineWriter().ask(write.WRITE_TASK, request)
    draft = await write.save(tx, world.enrollment, request, written)
    assert draft.language == "en"
    assert draft.note == (
        "This mail is in English, but the recipient's language is German: the writer offline does "
        "not write it."
    )
    assert '<html lang="en">' in draft.content.html


BRITISH = (
    "Hi Dana,\n\nSomebody has to read each amendment before the schedule can change, and that takes "
    "a while. Who reads them today, and who checks what was read?"
)


async def british(tx: Tx, world: World) -> Draft:
    given = answer("Lease terms on paper", BRITISH)
    given = replace(given, output=given.output.model_copy(update={"language": "en-GB"}))
    return await write.save(tx, world.enrollment, world.request(), given)


async def test_the_language_that_a_writer_names_is_the_mail_s_and_can_be_approved(
    tx: Tx, world: World, person: PersonId
) -> None:
    draft = await british(tx, world)
    assert (draft.language, draft.note) == ("en-GB", None)
    assert '<html lang="en-GB">' in draft.content.html
    assert (await read.find(tx, str(draft.id))).language == "en-GB"
    assert (await decide.approve(tx, draft.id, person)).status is DraftStatus.APPROVED


async def test_an_edit_keeps_the_language(tx: Tx, world: World, person: PersonId) -> None:
    draft = await british(tx, world)
    edited = await decide.edit(tx, draft.id, person, subject="Lease terms and paper")
    assert edited.language == "en-GB"
    assert '<html lang="en-GB">' in edited.content.html
    assert (await decide.approve(tx, edited.id, person)).status is DraftStatus.APPROVED


async def test_what_a_version_cost_is_kept_with_it(tx: Tx, world: World) -> None:
    given = replace(
        answer("Lease terms", "Hi Dana,\n\nWho reads them?"), tokens=900, cost_usd=Decimal("0.02")
    )
    draft = await write.save(tx, world.enrollment, world.request(), given)
    stored = await read.find(tx, str(draft.id))
    assert (stored.tokens, stored.cost_usd) == (900, Decimal("0.02"))


async def first_sent(tx: Tx, world: World) -> Draft:
    draft = await offline_draft(tx, world)
    await tx.run(
        "update outrider.drafts set status = 'sent', angle = 'sent-angle' where id = :id",
        {"id": draft.id},
    )
    await tx.run(
        "update outrider.enrollments set next_step = 2 where id = :id", {"id": world.enrollment.id}
    )
    return draft


async def test_a_rewrite_avoids_the_angles_of_sent_steps_and_of_rejected_versions(
    tx: Tx, world: World, person: PersonId
) -> None:
    await first_sent(tx, world)
    second = await offline_draft(tx, world, step=2)
    rejected = await decide.reject(tx, second.id, person, "other angle")
    question = await rewrite.request(tx, rejected, world.request(step=2))
    assert question.original.angles_used == ("sent-angle",)
    given = await OfflineWriter().ask(rewrite.REWRITE_TASK, question)
    third = await rewrite.save(tx, rejected, question, given)
    again = await decide.reject(tx, third.id, person, "other angle")
    question = await rewrite.request(tx, again, world.request(step=2))
    assert question.original.angles_used == ("sent-angle", second.angle)
    assert question.angle == third.angle
