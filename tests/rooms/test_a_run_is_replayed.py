"""Any run goes again from its records: nothing is asked, nothing changes, differences are shown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from outrider.agents import read
from outrider.agents import run as shifts
from outrider.agents.desk import Brain
from outrider.agents.message_types import Text
from outrider.agents.replay import Otherwise, Replayed, Replaying, from_records, replay
from outrider.agents.toolbox.registry import TOOLS
from outrider.agents.types import AgentSpec, RunId, RunRequest, Verdict
from outrider.app.jobs.think import tasks
from outrider.drafts.types import WrittenMail
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.errors import InvalidInput
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from tests.agents_world import Script, agent, brain_of, spec_of, think
from tests.outreach import PITCHES, Office, open_office, people

USED = ("search_accounts", "memory_note", "sec_company_facts")


@pytest.fixture
async def office(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, objects: Objects
) -> Office:
    return await open_office(database, workspace, clock, objects, people("Acme Stores", "CFO"))


async def counts(office: Office) -> dict[str, int]:
    tables = ("agent_runs", "agent_steps", "facts", "drafts", "audit_events", "enrollments")
    return {
        table: (await office.rows(f"select count(*) as n from outrider.{table}"))[0]["n"]
        for table in tables
    }


async def again(
    office: Office, run: Any, spec: AgentSpec, otherwise: Otherwise | None = None
) -> Replayed:
    async with office.begin() as tx:
        kept = await read.run(tx, RunId(run.id))
        steps = await read.steps(tx, run.id)
    models = otherwise.models if otherwise and otherwise.models else from_records(office.clock)
    how = Replaying(Brain(models, TOOLS), otherwise or Otherwise())
    before = await counts(office)
    found = await replay(kept, steps, spec, tasks(), how)
    assert await counts(office) == before
    return found


async def a_run(office: Office) -> tuple[Any, AgentSpec]:
    rows = await office.rows("select id from outrider.accounts")
    script = Script(
        [
            {"search_accounts": {}},
            [{"sec_company_facts": {"account_id": str(rows[0]["id"])}}, {"search_accounts": {}}],
            {"memory_note": {"note": "Seen."}},
            {"finish": {"summary": "Acme is there."}},
        ]
    )
    spec = agent(*USED)
    carried = await think(office, brain_of(script, clock=office.clock), spec)
    assert carried.end.verdict is Verdict.DONE
    return carried.report.run, spec


async def test_a_run_replays_to_the_same_end_without_a_request(office: Office) -> None:
    run, spec = await a_run(office)
    found = await again(office, run, spec)
    assert found.is_same
    assert found.steps == 8
    assert found.end is not None
    assert (found.end.verdict, found.end.text) == (Verdict.DONE, "Acme is there.")
    assert found.cost_usd == 0
    assert found.cost_before_usd == run.cost_estimate


async def test_a_tampered_record_is_told(office: Office) -> None:
    run, spec = await a_run(office)
    await office.run_sql(
        "update outrider.agent_steps set output = jsonb_set(output, '{content,total_found}', '7')"
        " where name = 'search_accounts' and number = 2"
    )
    found = await again(office, run, spec)
    assert [one.what for one in found.differences] == ["request"]
    assert any(line.startswith("+") and "7" in line for line in found.differences[0].lines())


async def test_another_model_thinks_on_the_record_and_its_ways_are_shown(office: Office) -> None:
    run, spec = await a_run(office)
    other = Script(
        [{"search_accounts": {}}, {"memory_note": {"note": "Something else."}}, "Fine."],
        name="other",
    )
    brain = brain_of(other, clock=office.clock)
    otherwise = Otherwise(brain.models, brain.models.find("other"))
    found = await again(office, run, spec, otherwise)
    whats = [(one.what, "would call" in one.after) for one in found.differences]
    assert ("tool", True) in whats
    assert found.end is not None
    assert found.end.text == "Fine."
    assert found.cost_usd > 0
    assert (
        len(await office.rows("select 1 from outrider.agent_steps where name='memory_note'")) == 1
    )


async def test_a_run_of_priorities_replays_its_tasks_with_another_model(office: Office) -> None:
    report = await shifts.run("sdr", RunRequest(campaign="Leases"), office.env())
    spec = agent()
    same = await again(office, report.run, spec)
    assert same.is_same
    assert same.steps == 1
    mail = WrittenMail(
        subject="Another subject",
        body=f"Hi Dana,\n\n{PITCHES[1]}",
        claims=(),
        reasoning=("One.", "Two.", "Three."),
        sources=(),
        angle="other",
        confidence=Decimal("0.5"),
    )
    other = Script([{"answer": mail.model_dump(mode="json")}], name="other")
    brain = brain_of(other, clock=office.clock, specs=[spec_of("other", max_output=900)])
    found = await again(
        office, report.run, spec, Otherwise(brain.models, brain.models.find("other"), "Be brief.")
    )
    assert [one.what for one in found.differences] == ["answer"]
    assert any("Another subject" in line for line in found.differences[0].lines())
    assert other.asked[0].system.startswith("Be brief.")
    told = other.asked[0].messages[0].parts[0]
    assert isinstance(told, Text)
    assert "acmestores.example" not in told.text.replace('"domain": "acmestores.example"', "")


async def test_a_run_that_was_skipped_has_nothing_to_replay(office: Office) -> None:
    await office.run_sql("update outrider.campaigns set status = 'paused'")
    report = await shifts.run("sdr", RunRequest(campaign="Leases"), office.env())
    with pytest.raises(InvalidInput, match="nothing to replay"):
        await again(office, report.run, agent())
