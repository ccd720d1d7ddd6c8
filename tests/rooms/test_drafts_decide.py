"""A decision names a person, is bound to exact content, and is made once."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from outrider.drafts import decide, read, write
from outrider.drafts.rules import content_hash
from outrider.drafts.types import Draft, DraftStatus
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.errors import Broken, Conflict, InvalidInput, NotAllowed, NotFound, Refused
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.prospects.types import FactKind
from tests.conftest import add_person
from tests.drafts_world import World, answer, build, claim, offline_draft


@pytest.fixture
async def world(tx: Tx, person: PersonId) -> World:
    return await build(tx)


@pytest.fixture
async def draft(tx: Tx, world: World) -> Draft:
    return await offline_draft(tx, world)


async def audit_of(tx: Tx, draft: Draft) -> list[str]:
    rows = await tx.rows(
        "select action from outrider.audit_events where subject = :subject order by id",
        {"subject": f"draft:{draft.id}"},
    )
    return [row["action"] for row in rows]


async def test_an_approval_stores_the_hash_of_exactly_this_content(
    tx: Tx, draft: Draft, person: PersonId
) -> None:
    assert draft.findings == ()
    approved = await decide.approve(tx, draft.id, person, draft.content_hash)
    assert approved.status is DraftStatus.APPROVED
    stored = await read.find(tx, str(draft.id))
    assert stored.status is DraftStatus.APPROVED
    assert stored.resolved_at == tx.now
    decision = await read.decision(tx, draft.id)
    assert decision is not None
    assert decision.person_id == person
    assert decision.content_hash == content_hash(stored.content) == draft.content_hash
    assert sorted(await audit_of(tx, draft)) == ["drafts.approve", "drafts.route", "drafts.write"]


async def test_a_stored_draft_reads_back_word_for_word(tx: Tx, draft: Draft) -> None:
    stored = await read.find(tx, str(draft.number))
    assert stored == draft


async def test_an_approval_of_other_content_than_was_seen_is_refused(
    tx: Tx, draft: Draft, person: PersonId
) -> None:
    with pytest.raises(Conflict, match="not the text that you saw"):
        await decide.approve(tx, draft.id, person, "0" * 64)
    assert (await read.find(tx, str(draft.id))).status is DraftStatus.PENDING


async def test_a_text_that_was_changed_in_the_table_is_not_approved(
    tx: Tx, draft: Draft, person: PersonId
) -> None:
    await tx.run("update outrider.drafts set text = text || '!' where id = :id", {"id": draft.id})
    with pytest.raises(Broken, match="not what was written"):
        await decide.approve(tx, draft.id, person)


async def test_a_blocking_finding_stops_the_approval_and_says_how_to_mend_it(
    tx: Tx, world: World, person: PersonId
) -> None:
    body = "Hi Dana,\n\nHarbor Outfitters carries $9.9 billion in operating leases, better than LeaseKit."
    bad = await write.save(tx, world.enrollment, world.request(), answer("A lease question", body))
    with pytest.raises(Refused) as refused:
        await decide.approve(tx, bad.id, person)
    assert "$9.9 billion" in refused.value.message
    assert "names a competitor" in refused.value.message
    assert "Take it out" in refused.value.message
    assert (await read.find(tx, str(bad.id))).status is DraftStatus.PENDING
    assert await read.decision(tx, bad.id) is None


async def test_a_warning_does_not_stop_an_approval(tx: Tx, world: World, person: PersonId) -> None:
    body = "Hi Dana, a short question: who reads your lease amendments today, and how long does it take?"
    short = await write.save(tx, world.enrollment, world.request(), answer("Leases", body))
    assert {item.severity for item in short.findings} == {"warn"}
    assert (await decide.approve(tx, short.id, person)).status is DraftStatus.APPROVED


async def test_only_a_member_with_a_deciding_role_may_decide(
    tx: Tx, database: Database, workspace: WorkspaceId, draft: Draft
) -> None:
    viewer = await add_person(database, workspace, "Vic Low", "vic@brand.example", role="viewer")
    with pytest.raises(NotAllowed, match="Vic Low is viewer here and may not decide"):
        await decide.approve(tx, draft.id, viewer)
    with pytest.raises(NotAllowed, match="no member"):
        await decide.reject(tx, draft.id, PersonId(UUID(int=5)), "no")
    assert (await read.find(tx, str(draft.id))).status is DraftStatus.PENDING


async def test_the_second_decision_learns_who_was_first_and_when(
    tx: Tx, draft: Draft, person: PersonId, clock: VirtualClock
) -> None:
    await decide.approve(tx, draft.id, person)
    for second in (
        decide.approve(tx, draft.id, person),
        decide.reject(tx, draft.id, person, "too long"),
        decide.edit(tx, draft.id, person, body="Other words."),
    ):
        with pytest.raises(
            Conflict, match=rf"Ann Reed approved draft {draft.number} at 15:00 UTC\."
        ):
            await second


async def test_a_decision_of_yesterday_is_told_with_its_day(
    database: Database, workspace: WorkspaceId, person: PersonId, clock: VirtualClock
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        draft = await offline_draft(tx, await build(tx))
        await decide.reject(tx, draft.id, person, "too long")
    clock.advance(timedelta(days=1))
    async with database.transaction(workspace, SYSTEM) as tx:
        with pytest.raises(
            Conflict, match=r"Ann Reed rejected draft \d+ at 15:00 UTC on 2026-03-02\."
        ):
            await decide.approve(tx, draft.id, person)


async def test_a_rejection_needs_a_note(tx: Tx, draft: Draft, person: PersonId) -> None:
    for note in ("", "   ", "x" * 5_000):
        with pytest.raises(InvalidInput, match="what to do better"):
            await decide.reject(tx, draft.id, person, note)
    await decide.reject(tx, draft.id, person, "  shorter ")
    decision = await read.decision(tx, draft.id)
    assert decision is not None
    assert decision.note == "shorter"


async def test_an_edit_keeps_the_claims_that_still_stand_and_checks_the_rest_again(
    tx: Tx, world: World, person: PersonId
) -> None:
    fact = world.dossier.newest(FactKind.OPERATING_LEASE_LIABILITY)
    auditor = world.dossier.newest(FactKind.AUDITOR)
    assert fact is not None
    assert auditor is not None
    body = (
        "Hi Dana,\n\nHarbor Outfitters carries $413 million of operating lease liabilities, and "
        "Bellweather & Marsh audits them once a year. Somebody has to read all of that paper first.\n\n"
        "Who reads the amendments today?"
    )
    claims = (claim("$413 million", fact), claim("Bellweather & Marsh", auditor))
    first = await write.save(
        tx, world.enrollment, world.request(), answer("Lease terms at Harbor", body, *claims)
    )
    assert first.findings == ()
    edited = await decide.edit(
        tx, first.id, person, body=body.replace("Bellweather & Marsh audits", "Fogg & Sons audits")
    )
    assert [item.span for item in edited.claims] == ["$413 million"]
    assert [item.check for item in edited.findings] == ["claim_uncovered"]
    assert "Fogg & Sons" in edited.findings[0].message
    assert (edited.version, edited.status, edited.parent_id) == (2, DraftStatus.PENDING, first.id)
    assert edited.content_hash != first.content_hash
    mended = await decide.edit(
        tx, edited.id, person, body=body.replace("Bellweather & Marsh audits", "auditors check")
    )
    assert mended.findings == ()
    assert (await decide.approve(tx, mended.id, person)).version == 3


async def test_an_edit_that_changes_nothing_or_empties_the_mail_is_refused(
    tx: Tx, draft: Draft, person: PersonId
) -> None:
    with pytest.raises(InvalidInput, match="Nothing in draft"):
        await decide.edit(
            tx, draft.id, person, subject=draft.content.subject, body=draft.body + "\n"
        )
    with pytest.raises(InvalidInput, match="The body is empty"):
        await decide.edit(tx, draft.id, person, body=" ")
    assert (await read.find(tx, str(draft.id))).status is DraftStatus.PENDING


async def test_an_edit_stores_the_words_before_and_after(
    tx: Tx, draft: Draft, person: PersonId
) -> None:
    edited = await decide.edit(tx, draft.id, person, subject="One lease question")
    decision = await read.decision(tx, draft.id)
    assert decision is not None
    assert decision.subject_before == draft.content.subject
    assert decision.subject_after == edited.content.subject == "One lease question"
    assert decision.body_after == draft.body
    [(told, made)] = await read.decided(tx)
    assert (told.id, made) == (draft.id, decision)
    assert await read.decided(tx, (made.decided_at, made.id)) == []


async def test_an_unknown_draft_is_said_to_be_unknown(tx: Tx, person: PersonId) -> None:
    with pytest.raises(NotFound, match="There is no draft"):
        await decide.approve(tx, UUID(int=9), person)
