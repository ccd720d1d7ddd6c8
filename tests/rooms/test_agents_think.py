"""An agent observes, plans, acts and reflects; every step is a row, before and after."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from outrider.agents import read
from outrider.agents.message_types import ModelReply, ModelRequest
from outrider.agents.types import ActionKind, RunStatus, StepKind, StepStatus, Verdict
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.errors import VendorUnavailable
from outrider.kernel.halt_file import NAME as HALT_FILE
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.switches import set_switch
from tests.agents_world import COST, Script, agent, brain_of, results, spec_of, think
from tests.outreach import PITCHES, Office, open_office, people

LIST = [*people("Acme Stores", "Corporate Controller"), *people("Zenith Homes", "CFO")]


@pytest.fixture
async def office(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, objects: Objects
) -> Office:
    return await open_office(database, workspace, clock, objects, LIST)


async def account(office: Office, name: str = "Acme Stores") -> str:
    rows = await office.rows("select id from outrider.accounts where name = :name", name=name)
    return str(rows[0]["id"])


async def test_a_run_looks_acts_and_finishes_with_every_step_on_record(office: Office) -> None:
    id_ = await account(office)
    script = Script(
        [
            {"search_accounts": {"query": "acme"}},
            {"sec_company_facts": {"account_id": id_}},
            {"read_dossier": {"account_id": id_}},
            {"finish": {"summary": "Acme Stores reports leases."}},
        ]
    )
    spec = agent("search_accounts", "sec_company_facts", "read_dossier")
    carried = await think(office, brain_of(script, clock=office.clock), spec)
    run = carried.report.run
    assert (carried.end.verdict, run.status) == (Verdict.DONE, RunStatus.COMPLETED)
    assert carried.report.of(ActionKind.FINISHED)[0].text == "Acme Stores reports leases."
    assert run.tools_used == ("search_accounts", "sec_company_facts", "read_dossier")
    assert run.cost_estimate == 4 * COST
    assert run.api_tokens_used == 4 * 1100
    async with office.begin() as tx:
        steps = await read.steps(tx, run.id)
    assert [s.kind for s in steps] == [StepKind.MODEL, StepKind.TOOL] * 3 + [StepKind.MODEL]
    assert {s.status for s in steps} == {StepStatus.DONE}
    assert all(s.cost_reserved > s.cost for s in steps if s.kind is StepKind.MODEL)
    found = [json.loads(r.content) for r in results(script)[:1]]
    assert found[0]["accounts"][0]["account_id"] == id_
    assert len(await office.rows("select id from outrider.facts")) == 1
    events = await office.rows("select body from outrider.audit_events where action='agents.step'")
    assert len(events) == 7


async def test_a_draft_of_a_model_is_pending_and_goes_to_whom_the_database_says(
    office: Office,
) -> None:
    rows = await office.rows("select id from outrider.contacts order by email desc")
    other = await office.rows("select id from outrider.contacts order by email limit 1")
    contact = str(rows[0]["id"])
    body = f"Hi Dana,\n\n{PITCHES[0]}"
    mail = {
        "subject": "Lease changes between quarters",
        "body": body,
        "reasoning": ["It is short.", "It asks one question.", "It names no figure."],
        "angle": "leases",
    }
    first = Script(
        [
            {"search_accounts": {}},
            {"list_account_contacts": {"account_id": await account(office)}},
            {"outreach_enroll_contact": {"contact_id": str(other[0]["id"]), "campaign": "Leases"}},
            {"outreach_enroll_contact": {"contact_id": contact, "campaign": "Leases"}},
            "Enrolled.",
        ]
    )
    tools = (
        "search_accounts",
        "list_account_contacts",
        "outreach_enroll_contact",
        "outreach_list_due_followups",
        "draft_for_approval",
    )
    await think(office, brain_of(first, clock=office.clock), agent(*tools))
    assert "unknown_reference" in results(first)[2].content
    (enrolled,) = await office.rows("select id from outrider.enrollments")
    second = Script(
        [
            {"outreach_list_due_followups": {"campaign": "Leases"}},
            {"draft_for_approval": {"enrollment_id": str(enrolled["id"]), **mail}},
            "Drafted.",
        ]
    )
    carried = await think(office, brain_of(second, clock=office.clock), agent(*tools))
    (draft,) = await office.rows("select status, actor, run_id, recipient from outrider.drafts")
    assert (draft["status"], draft["actor"]) == ("pending", "agent:sdr")
    assert draft["run_id"] == carried.report.run.id
    assert draft["recipient"]["contact_id"] == contact


async def test_a_reply_with_several_tools_is_carried_out_in_its_order(office: Office) -> None:
    script = Script([[{"get_current_time": {}}, {"search_accounts": {}}], "Seen."])
    carried = await think(
        office, brain_of(script, clock=office.clock), agent("get_current_time", "search_accounts")
    )
    assert carried.report.run.tools_used == ("get_current_time", "search_accounts")
    assert [r.id for r in results(script)] == ["use_0_0", "use_0_1"]


async def test_a_tool_that_keeps_failing_ends_with_a_person(office: Office) -> None:
    script = Script([{"web_search": {"query": "acme"}}])
    carried = await think(office, brain_of(script, clock=office.clock), agent("web_search"))
    assert carried.end.verdict is Verdict.ESCALATED
    assert "web_search failed 3 times" in carried.end.text
    assert json.loads(results(script)[0].content)["error"] == "not_configured"


async def test_a_run_without_end_is_stopped_by_its_turns(office: Office) -> None:
    script = Script([{"get_current_time": {}}])
    spec = agent("get_current_time", most_turns=5)
    carried = await think(office, brain_of(script, clock=office.clock), spec)
    assert carried.end.verdict is Verdict.ESCALATED
    assert len(script.asked) == 5


async def test_a_hand_off_names_an_agent_that_may_take_it(office: Office) -> None:
    script = Script(
        [
            {"hand_off": {"agent": "boss", "task": "x"}},
            {"hand_off": {"agent": "research", "task": "Find Acme's leases."}},
        ]
    )
    spec = agent(hands_to=("research",))
    carried = await think(office, brain_of(script, clock=office.clock), spec)
    assert (carried.end.verdict, carried.end.agent) == (Verdict.HANDED_OFF, "research")
    assert results(script)[0].is_error


async def test_the_next_model_answers_when_the_first_does_not(office: Office) -> None:
    broken = Script([VendorUnavailable("overloaded")], name="first")
    whole = Script(["Hello."], name="second")
    carried = await think(office, brain_of(broken, whole, clock=office.clock), agent())
    assert carried.end.text == "Hello."
    async with office.begin() as tx:
        steps = await read.steps(tx, carried.report.run.id)
    assert [(s.status, s.model) for s in steps] == [
        (StepStatus.FAILED, None),
        (StepStatus.DONE, "second"),
    ]


async def test_the_next_model_answers_when_the_first_takes_too_long(office: Office) -> None:
    class Silent(Script):
        async def complete(self, request: ModelRequest) -> ModelReply:
            await asyncio.Event().wait()
            raise AssertionError

    scripts = (Silent(["never said"], name="first"), Script(["Hello."], name="second"))
    specs = [spec_of("first", timeout=timedelta(milliseconds=50)), spec_of("second")]
    brain = brain_of(*scripts, clock=office.clock, specs=specs)
    carried = await think(office, brain, agent())
    assert carried.end.text == "Hello."
    async with office.begin() as tx:
        slow, _ = await read.steps(tx, carried.report.run.id)
    assert slow.status is StepStatus.FAILED
    assert "did not answer in 0.05 s" in (slow.error or "")


async def test_a_kill_switch_stops_the_run_before_the_next_request(office: Office) -> None:
    async def switch(*, is_on: bool) -> None:
        async with office.begin() as tx:
            await set_switch(tx, "workspace", "", is_on=is_on, reason="test")

    script = Script([{"get_current_time": {}}, "never said"])
    inner = script.complete

    async def complete(request: object) -> object:
        reply = await inner(request)  # type: ignore[arg-type]
        await switch(is_on=True)
        return reply

    script.complete = complete  # type: ignore[assignment, method-assign]
    carried = await think(office, brain_of(script, clock=office.clock), agent("get_current_time"))
    assert carried.end.verdict is Verdict.STOPPED
    assert len(script.asked) == 1
    assert carried.report.run.cost_estimate == COST
    again = await think(office, brain_of(script, clock=office.clock), agent("get_current_time"))
    assert again.report.run.status is RunStatus.SKIPPED


async def test_two_runs_of_one_agent_do_not_overlap_and_the_second_says_so(office: Office) -> None:
    outer: list[RunStatus] = []
    script = Script(["Done."])
    inner = script.complete

    async def complete(request: object) -> object:
        second = await think(office, brain_of(Script(["x"]), clock=office.clock), agent())
        outer.append(second.report.run.status)
        return await inner(request)  # type: ignore[arg-type]

    script.complete = complete  # type: ignore[assignment, method-assign]
    first = await think(office, brain_of(script, clock=office.clock), agent())
    assert first.report.run.status is RunStatus.COMPLETED
    assert outer == [RunStatus.SKIPPED]


async def test_a_price_a_model_does_not_have_is_nothing_that_it_costs() -> None:
    spec = spec_of(price={"input": Decimal(1), "output": Decimal(5), "cache_read": Decimal("0.1")})
    from outrider.agents.message_types import Usage

    used = Usage(input=1_000_000, output=100_000, cache_read=1_000_000)
    assert spec.price.of(used) == Decimal("1.6")


async def test_the_file_that_halts_the_machine_halts_a_run_between_two_requests(
    office: Office, tmp_path: Path
) -> None:
    def halt(turn: int) -> None:
        (tmp_path / HALT_FILE).write_text("fire drill")

    script = Script([{"get_current_time": {}}, "never said"], after=halt)
    office.database.home = tmp_path
    carried = await think(office, brain_of(script, clock=office.clock), agent("get_current_time"))
    assert carried.end.verdict is Verdict.STOPPED
    assert len(script.asked) == 1
