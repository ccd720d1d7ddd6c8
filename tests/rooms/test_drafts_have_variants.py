"""A person can have other mails written for a draft and put one in its place; nothing is approved by it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from outrider.app.jobs.vary import vary
from outrider.app.wiring import Outrider
from outrider.drafts import decide, read, rewrite
from outrider.drafts import vary as varying
from outrider.drafts.types import Draft, DraftStatus, Variant, WriteRequest
from outrider.kernel.asking import Answer
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.errors import Conflict, NotFound, OutriderError, Refused
from outrider.kernel.ids import PersonId, WorkspaceId
from tests.drafts_world import World, answer, build, offline_draft


@pytest.fixture
async def world(database: Database, workspace: WorkspaceId) -> World:
    async with database.transaction(workspace, SYSTEM) as tx:
        return await build(tx)


@pytest.fixture
async def draft(outrider: Outrider, world: World) -> Draft:
    async with outrider.begin()() as tx:
        return await offline_draft(tx, world)


def silent(done: int) -> None:
    """Nobody watches."""


async def test_each_variant_has_an_angle_and_words_of_its_own(
    outrider: Outrider, draft: Draft
) -> None:
    made = await vary(outrider, draft.id, 3, silent)
    assert [item.number for item in made] == [1, 2, 3]
    angles = [draft.angle, *(item.mail.angle for item in made)]
    bodies = [draft.body, *(item.mail.body for item in made)]
    assert len(set(angles)) == len(set(bodies)) == 4
    async with outrider.begin()() as tx:
        assert await varying.listing(tx, draft.id) == made
        assert (await read.find(tx, str(draft.id))).status is DraftStatus.PENDING


async def test_a_chosen_variant_is_the_next_version_checked_anew_and_pending(
    outrider: Outrider, draft: Draft, person: PersonId
) -> None:
    made = await vary(outrider, draft.id, 2, silent)
    async with outrider.begin()() as tx:
        version = await varying.choose(tx, draft.id, person, 2)
    assert (version.body, version.content.subject) == (made[1].mail.body, made[1].mail.subject)
    assert (version.version, version.parent_id, version.status) == (
        2,
        draft.id,
        DraftStatus.PENDING,
    )
    assert version.claims == made[1].mail.claims
    assert version.blocked_by == ()
    async with outrider.begin()() as tx:
        assert await read.find(tx, str(version.id)) == version
        assert (version.angle, version.writer) == (made[1].mail.angle, "offline")
        old = await read.find(tx, str(draft.id))
        assert old.status is DraftStatus.SUPERSEDED
        assert [item.is_chosen for item in await varying.listing(tx, draft.id)] == [False, True]
        assert (await decide.approve(tx, version.id, person)).status is DraftStatus.APPROVED


async def test_a_choice_is_kept_as_two_mails_of_writers_and_no_human_edit(
    outrider: Outrider, draft: Draft, person: PersonId
) -> None:
    made = await vary(outrider, draft.id, 2, silent)
    async with outrider.begin()() as tx:
        version = await varying.choose(tx, draft.id, person, 1)
        [pair] = await tx.rows("select * from outrider.overrides")
        words = {"subject": draft.content.subject, "body": draft.body}
        taken = {"subject": made[0].mail.subject, "body": made[0].mail.body}
        assert (pair["kind"], pair["agent_output"], pair["human_output"]) == (
            "variant", words, taken,
        )  # fmt: skip
        assert pair["distance"] > 0
        decision = await read.decision(tx, draft.id)
        assert decision is not None
        assert decision.note == "Chose variant 1."
        edited = await decide.edit(tx, version.id, person, subject="One lease question")
        await decide.approve(tx, edited.id, person)
        pairs = await tx.rows("select kind, human_output from outrider.overrides order by id")
    # What the person wrote afterwards is a pair of its own; the choice stays what it was.
    said = [(row["kind"], row["human_output"]["subject"]) for row in pairs]
    assert sorted(said, reverse=True) == [
        ("variant", taken["subject"]),
        ("edit", "One lease question"),
    ]


async def test_a_variant_that_breaks_a_rule_is_shown_with_it_and_stays_blocked(
    outrider: Outrider, world: World, draft: Draft, person: PersonId
) -> None:
    bad = answer("Lease terms", "Hi Dana,\n\nYou carry $9,999 million of leases. Who reads them?")
    async with outrider.begin()() as tx:
        question = await varying.request(tx, draft, world.request())
        variant = await varying.save(tx, draft, question, bad)
    assert variant is not None
    assert "block" in {item.severity for item in variant.findings}
    async with outrider.begin()() as tx:
        version = await varying.choose(tx, draft.id, person, 1)
    assert version.blocked_by != ()


async def test_a_variant_that_says_the_same_is_not_kept(
    outrider: Outrider, world: World, draft: Draft
) -> None:
    async with outrider.begin()() as tx:
        question = await varying.request(tx, draft, world.request())
        same = answer(draft.content.subject, draft.body)
        assert await varying.save(tx, draft, question, same) is None
        assert await varying.listing(tx, draft.id) == []


async def test_a_decided_draft_gets_none_and_an_unknown_number_is_told(
    outrider: Outrider, draft: Draft, person: PersonId
) -> None:
    async with outrider.begin()() as tx:
        with pytest.raises(NotFound, match="no variant 7 of this draft; it has none yet"):
            await varying.choose(tx, draft.id, person, 7)
    async with outrider.begin()() as tx:
        await decide.reject(tx, draft.id, person, "shorter")
    with pytest.raises(Conflict, match=r"Ann Reed rejected draft \d+"):
        await vary(outrider, draft.id, 1, silent)


async def test_no_draft_gets_more_than_nine(outrider: Outrider, draft: Draft, world: World) -> None:
    async with outrider.begin()() as tx:
        for number in range(varying.MOST_VARIANTS):
            question = await varying.request(tx, draft, world.request())
            given = answer("Lease terms", f"Hi Dana,\n\nWho reads page {number} of them?")
            assert await varying.save(tx, draft, question, given)
        with pytest.raises(Conflict, match="9 variants already"):
            await varying.request(tx, draft, world.request())


async def written_at_once(
    outrider: Outrider, draft: Draft, world: World, bodies: Sequence[str]
) -> list[Variant | BaseException | None]:
    """Every writer was asked before any of them answered."""
    questions = []
    for _ in bodies:
        async with outrider.begin()() as tx:
            questions.append(await varying.request(tx, draft, world.request()))

    async def save(question: WriteRequest, body: str) -> Variant | None:
        async with outrider.begin()() as tx:
            return await varying.save(tx, draft, question, answer("Lease terms", body))

    saves = (save(question, body) for question, body in zip(questions, bodies, strict=True))
    return await asyncio.gather(*saves, return_exceptions=True)


async def test_variants_written_at_the_same_time_are_all_kept_and_can_all_be_chosen(
    outrider: Outrider, draft: Draft, world: World, person: PersonId
) -> None:
    bodies = [f"Hi Dana,\n\nWho reads page {number} of them?" for number in range(4)]
    made = await written_at_once(outrider, draft, world, bodies)
    numbers = [one.number for one in made if isinstance(one, Variant)]
    assert sorted(numbers) == [1, 2, 3, 4]
    async with outrider.begin()() as tx:
        version = await varying.choose(tx, draft.id, person, 4)
    assert version.body == bodies[numbers.index(4)]


async def test_at_the_same_time_no_draft_gets_more_than_nine_either(
    outrider: Outrider, draft: Draft, world: World
) -> None:
    bodies = [f"Hi Dana,\n\nWho reads page {number} of them?" for number in range(12)]
    made = await written_at_once(outrider, draft, world, bodies)
    refused = [str(one) for one in made if isinstance(one, Conflict)]
    assert len(refused) == 3
    assert f"Draft {draft.number} has 9 variants already: choose one" in refused[0]
    async with outrider.begin()() as tx:
        listed = await varying.listing(tx, draft.id)
    assert [one.number for one in listed] == list(range(1, varying.MOST_VARIANTS + 1))


async def test_what_variants_cost_counts_for_the_mail(
    outrider: Outrider, world: World, draft: Draft
) -> None:
    given = replace(answer("Lease terms", "Hi Dana,\n\nWho reads it?"), cost_usd=Decimal("0.03"))
    async with outrider.begin()() as tx:
        question = await varying.request(tx, draft, world.request())
        await varying.save(tx, draft, question, given)
        assert await rewrite.cost_of(tx, draft.lineage_id) == Decimal("0.03")


class Writing:
    """A writer that asks a price; `during` happens while it writes."""

    def __init__(self, given: Answer[Any] | OutriderError, during: Any = None) -> None:
        self.given, self.during = given, during

    async def ask(self, task: object, question: object) -> Answer[Any]:
        if self.during is not None:
            await self.during()
        if isinstance(self.given, OutriderError):
            raise self.given
        return self.given


async def test_a_variant_of_which_nothing_is_kept_costs_its_mail_all_the_same(
    outrider: Outrider, draft: Draft, person: PersonId
) -> None:
    async def cost() -> Decimal:
        async with outrider.begin()() as tx:
            return await rewrite.cost_of(tx, draft.lineage_id)

    paid = Decimal("0.03")
    same = replace(answer(draft.content.subject, draft.body), cost_usd=paid, tokens=900)
    outrider.__dict__["asking"] = lambda: Writing(same)
    assert await vary(outrider, draft.id, 1, silent) == []
    assert await cost() == paid
    prose = Refused("It answered in prose.", cost_usd=paid, tokens=900)
    outrider.__dict__["asking"] = lambda: Writing(prose)
    with pytest.raises(Refused):
        await vary(outrider, draft.id, 1, silent)
    assert await cost() == 2 * paid

    async def rejects() -> None:
        async with outrider.begin()() as tx:
            await decide.reject(tx, draft.id, person, "shorter")

    late = replace(answer("Lease terms", "Hi Dana,\n\nWho reads it?"), cost_usd=paid, tokens=900)
    outrider.__dict__["asking"] = lambda: Writing(late, rejects)
    with pytest.raises(Conflict):
        await vary(outrider, draft.id, 1, silent)
    assert await cost() == 3 * paid


async def test_what_a_writer_took_for_nothing_counts_for_a_mail_that_a_person_changed(
    outrider: Outrider, draft: Draft, person: PersonId
) -> None:
    async with outrider.begin()() as tx:
        edited = await decide.edit(tx, draft.id, person, subject="Another lease question")
    same = replace(answer(edited.content.subject, edited.body), cost_usd=Decimal("0.03"))
    outrider.__dict__["asking"] = lambda: Writing(same)
    assert await vary(outrider, edited.id, 1, silent) == []
    async with outrider.begin()() as tx:
        assert await rewrite.cost_of(tx, draft.lineage_id) == Decimal("0.03")
