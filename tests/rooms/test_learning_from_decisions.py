"""Decisions are kept with what changed, and asking twice makes a briefing."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from outrider.agents import run as agents
from outrider.agents.types import ActionKind, RunReport, RunRequest
from outrider.drafts import decide
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.learning import brief, observe, store
from tests.outreach import Office, open_office, people

LIST = [row for name in ("Acme", "Beta", "Gamma", "Delta") for row in people(name, "CFO")]


@pytest.fixture
async def office(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, objects: Objects
) -> Office:
    return await open_office(database, workspace, clock, objects, LIST)


def drafted(report: RunReport) -> list[UUID]:
    return [action.draft_id for action in report.of(ActionKind.DRAFTED) if action.draft_id]


async def test_rejections_that_agree_become_a_briefing(
    office: Office, person: PersonId, clock: VirtualClock
) -> None:
    report = await agents.run("sdr", RunRequest(campaign="Leases"), office.env())
    drafts = drafted(report)
    assert len(drafts) == 4
    async with office.begin() as tx:
        await decide.reject(tx, drafts[0], person, "Shorter, and do not open with filing data")
        await decide.approve(tx, drafts[1], person)
        seen = await observe.observe(tx)
        assert (seen.observed, seen.approved, seen.rejected) == (2, 1, 1)
        assert (await brief.brief(tx, "sdr")).notes == ()
    clock.advance(timedelta(minutes=1))
    async with office.begin() as tx:
        await decide.reject(tx, drafts[2], person, "shorter please")
        assert (await observe.observe(tx)).observed == 1
        assert (await observe.observe(tx)).observed == 0
        briefing = await brief.brief(tx, "sdr")
    assert [(note.text, note.support) for note in briefing.notes] == [("shorter please", 2)]
    clock.advance(timedelta(days=29))
    async with office.begin() as tx:
        assert (await brief.brief(tx, "sdr")).notes
    clock.advance(timedelta(days=2))
    async with office.begin() as tx:
        assert (await brief.brief(tx, "sdr")).notes == ()


async def test_an_edit_is_kept_with_both_texts_and_their_distance(
    office: Office, person: PersonId
) -> None:
    report = await agents.run("sdr", RunRequest(campaign="Leases"), office.env())
    draft_id = drafted(report)[0]
    async with office.begin() as tx:
        body = "Hi Dana,\n\nHow do you keep track of lease changes?\n\nWorth a short talk?"
        await decide.edit(tx, draft_id, person, body=body)
        await observe.observe(tx)
        (seen,) = await store.listing(tx, 10)
    assert seen.action == "edit"
    assert seen.body_after is not None
    assert seen.body_after.startswith("Hi Dana,")
    assert seen.body_before != seen.body_after
    assert seen.edit_distance > 20
    assert seen.category is None


async def test_a_run_is_told_what_was_asked_for(
    office: Office, person: PersonId, clock: VirtualClock
) -> None:
    first = await agents.run("sdr", RunRequest(campaign="Leases", new_accounts=2), office.env())
    async with office.begin() as tx:
        for draft_id in drafted(first):
            await decide.reject(tx, draft_id, person, "Less formal.")
        await observe.observe(tx)
        briefing = await brief.brief(tx, "sdr")
    clock.advance(timedelta(hours=1))
    await agents.run("sdr", RunRequest(campaign="Leases", briefing=briefing), office.env())
    assert [note.text for note in office.writer.asked[-1].briefing.notes] == ["Less formal"]
    rows = await office.rows("select briefing from outrider.agent_runs order by started_at")
    assert [len(row["briefing"]["notes"]) for row in rows] == [0, 1]
