"""A run researches, ranks, enrols and drafts; it is on record, and a second one repeats nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from outrider.agents import priorities, read, store
from outrider.agents import run as agents
from outrider.agents.roster import SDR, find
from outrider.agents.steps import Recorder
from outrider.agents.types import ActionKind, RunRequest, RunStatus, StepKind, StepStatus
from outrider.conversations import receive
from outrider.conversations.parse import parse
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.errors import NotAllowed, NotFound, VendorUnavailable
from outrider.kernel.ids import WorkspaceId, new_id
from outrider.kernel.objects import Objects
from outrider.kernel.switches import set_switch
from tests.conftest import add_person
from tests.mails import bounce
from tests.outreach import AGENT, Office, open_office, people
from tests.sending_world import SUPPRESSOR

REQUEST = RunRequest(campaign="Leases")

LIST = [
    *people("Acme Stores", "Sales Manager", "Corporate Controller"),
    *people("Zenith Homes", "CFO"),
    *people("Beta Freight", "Accountant"),
]


@pytest.fixture
async def office(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, objects: Objects
) -> Office:
    return await open_office(database, workspace, clock, objects, LIST)


async def bounce_all(office: Office) -> None:
    """Every draft was sent, and came back."""
    await office.run_sql(
        "insert into outrider.decisions (workspace_id, id, draft_id, kind, person_id, content_hash,"
        " subject_before, body_before, decided_at) select workspace_id, id, id, 'approve', :person,"
        " content_hash, subject, body, :now from outrider.drafts",
        person=await add_person(office.database, office.workspace, "Ann", "ann@brand.example"),
        now=office.clock.now(),
    )
    await office.run_sql(
        "insert into outrider.outbox (workspace_id, id, draft_id, decision_id, enrollment_id,"
        " campaign_id, account_id, contact_id, mailbox_id, step, content_hash, message_id, status,"
        " queued_at, not_before, sent_at) select workspace_id, id, id, id, enrollment_id,"
        " campaign_id, account_id, contact_id, cast(sender ->> 'mailbox_id' as uuid), step,"
        " content_hash, '<' || replace(cast(id as text), '-', '') || '@brand.example>', 'sent', :now, :now, :now"
        " from outrider.drafts",
        now=office.clock.now(),
    )
    rows = await office.rows("select message_id from outrider.outbox")
    for row in rows:
        mail = parse(bounce(row["message_id"], "dana@acme.example", status="5.0.0"))
        async with office.begin() as tx:
            await receive.receive(tx, mail, f"sha of {row['message_id']}", SUPPRESSOR)
    # A person released the switch, though nothing was mended.
    await office.run_sql("update outrider.switches set is_on = false")


async def test_the_best_accounts_get_a_draft_for_the_right_person(office: Office) -> None:
    report = await agents.run("sdr", REQUEST, office.env())
    assert report.run.status is RunStatus.COMPLETED
    assert len(report.of(ActionKind.RESEARCHED)) == 3
    assert len(report.of(ActionKind.DRAFTED)) == 3
    assert [request.dossier.account.name for request in office.writer.asked] == [
        "Zenith Homes",
        "Acme Stores",
        "Beta Freight",
    ]
    assert office.writer.asked[1].recipient.title == "Corporate Controller"
    drafts = await office.rows("select status, run_id, actor from outrider.drafts")
    assert {(row["status"], row["run_id"], row["actor"]) for row in drafts} == {
        ("pending", report.run.id, "agent:sdr")
    }


async def test_a_second_run_writes_nothing_twice(office: Office) -> None:
    first = await agents.run("sdr", REQUEST, office.env())
    again = await agents.run("sdr", REQUEST, office.env())
    assert first.of(ActionKind.DRAFTED)
    assert not again.of(ActionKind.DRAFTED)
    assert not again.of(ActionKind.RESEARCHED)
    assert len(office.writer.asked) == len(office.filings.asked) == 3
    assert len(await office.rows("select id from outrider.drafts")) == 3
    assert len(await office.rows("select id from outrider.enrollments")) == 3


async def test_the_bound_on_new_accounts_holds_and_the_next_run_goes_on(office: Office) -> None:
    two = REQUEST.model_copy(update={"new_accounts": 2})
    first = await agents.run("sdr", two, office.env())
    assert len(first.of(ActionKind.DRAFTED)) == 2
    second = await agents.run("sdr", two, office.env())
    assert len(second.of(ActionKind.DRAFTED)) == 1


async def test_one_failing_account_does_not_stop_the_others(office: Office) -> None:
    office.writer.fails_for["Zenith Homes"] = VendorUnavailable("the model does not answer")
    office.filings.fails_for["Acme Stores"] = RuntimeError("the filings do not answer")
    report = await agents.run("sdr", REQUEST, office.env())
    assert report.run.status is RunStatus.COMPLETED
    assert len(report.of(ActionKind.DRAFTED)) == 1
    failed = report.of(ActionKind.FAILED)
    assert sorted(action.text.split(": ", 1)[1] for action in failed) == [
        "the filings do not answer",
        "the model does not answer",
    ]
    office.writer.fails_for.clear()
    office.filings.fails_for.clear()
    again = await agents.run("sdr", REQUEST, office.env())
    assert [action.text.split(":")[0] for action in again.of(ActionKind.DRAFTED)] == [
        "Zenith Homes",
        "Acme Stores",
    ]


async def test_a_writer_that_breaks_in_a_new_way_is_one_account_s_trouble(office: Office) -> None:
    office.writer.fails_for["Zenith Homes"] = RuntimeError("boom")
    report = await agents.run("sdr", REQUEST, office.env())
    assert len(report.of(ActionKind.DRAFTED)) == 2
    assert "boom" in report.of(ActionKind.FAILED)[0].text


async def test_every_request_and_tool_call_is_a_step_with_its_intent(office: Office) -> None:
    report = await agents.run("sdr", REQUEST, office.env())
    async with office.begin() as tx:
        steps = await read.steps(tx, report.run.id)
        runs = await read.runs(tx)
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))
    assert {step.status for step in steps} == {StepStatus.DONE}
    models = [step for step in steps if step.kind is StepKind.MODEL]
    assert len(models) == 3
    assert {step.name for step in models} == {"drafts/write@1"}
    assert {step.name for step in steps if step.kind is StepKind.TOOL} == set(SDR.tools)
    assert all(step.output and step.input_sha256 and step.completed_at for step in steps)
    assert runs[0].api_tokens_used == 2700
    assert runs[0].cost_estimate == Decimal("0.06")
    assert set(runs[0].tools_used) == set(SDR.tools)


async def test_the_intent_is_committed_before_the_model_is_asked(office: Office) -> None:
    seen: list[str] = []

    class Watching:
        async def ask(self, task, question):  # type: ignore[no-untyped-def]
            rows = await office.rows(
                "select status, cost_reserved from outrider.agent_steps where kind = 'model'"
                " order by number desc limit 1"
            )
            seen.append(rows[0]["status"])
            assert rows[0]["cost_reserved"] > 0
            open_ = await office.rows(
                "select pid from pg_stat_activity where usename = 'outrider_agent'"
                " and state like 'idle in transaction%' and datname = current_database()"
            )
            assert not open_, "no transaction may be open while a model is asked"
            return await office.writer.ask(task, question)

    await agents.run("sdr", REQUEST, office.env(Watching()))
    assert seen == ["intended"] * 3


async def test_the_budget_is_reserved_and_ends_the_run_in_good_order(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    poor = SDR.model_copy(update={"budget_usd": Decimal("0.60")})
    monkeypatch.setattr("outrider.agents.roster.ROSTER", {"sdr": poor})
    office.writer.cost = Decimal("0.25")
    report = await agents.run("sdr", REQUEST, office.env())
    assert report.run.status is RunStatus.COMPLETED
    assert len(report.of(ActionKind.DRAFTED)) == 2
    assert "budget" in report.of(ActionKind.STOPPED)[0].text
    assert report.run.cost_estimate <= poor.budget_usd


async def test_a_switch_that_is_on_skips_the_run(office: Office) -> None:
    async with office.begin() as tx:
        await set_switch(tx, "agent", "sdr", is_on=True, reason="holiday")
    report = await agents.run("sdr", REQUEST, office.env())
    assert report.run.status is RunStatus.SKIPPED
    assert "holiday" in (report.run.error or "")
    assert not office.writer.asked


async def test_a_switch_moved_during_the_run_stops_it_before_the_next_step(office: Office) -> None:
    class Pulling:
        async def ask(self, task, question):  # type: ignore[no-untyped-def]
            async with office.begin() as tx:
                await set_switch(tx, "workspace", "", is_on=True, reason="stop now")
            return await office.writer.ask(task, question)

    report = await agents.run("sdr", REQUEST, office.env(Pulling()))
    assert not report.of(ActionKind.DRAFTED)
    assert "stop now" in report.of(ActionKind.STOPPED)[0].text
    assert len(office.writer.asked) == 1


async def test_a_bounce_spike_stops_the_run_before_anything_new(
    office: Office,
) -> None:
    await agents.run("sdr", REQUEST.model_copy(update={"new_accounts": 3}), office.env())
    await bounce_all(office)
    office.clock.advance(timedelta(hours=3))
    report = await agents.run("sdr", REQUEST, office.env())
    assert [action.kind for action in report.run.actions_taken] == [
        ActionKind.BOUNCE_CHECK,
        ActionKind.STOPPED,
    ]
    assert "3 of the last 3 mails bounced hard" in report.run.actions_taken[1].text
    assert len(office.writer.asked) == 3


async def test_a_tool_that_is_not_on_the_list_is_refused(office: Office) -> None:
    report = await agents.run("sdr", REQUEST, office.env())
    recorder = Recorder(office.begin_as_agent, report.run.id, SDR, ())
    with pytest.raises(NotAllowed, match="may not use the tool outbound_send_email"):
        async with recorder.tool("outbound_send_email", {}):
            raise AssertionError("a refused tool must not run")


async def test_the_agent_s_login_cannot_close_a_run_of_another_workspace(office: Office) -> None:
    report = await agents.run("sdr", REQUEST, office.env())
    other = WorkspaceId(new_id(office.clock.now()))
    async with office.database.transaction(other, AGENT, role=Role.AGENT) as tx:
        assert await store.run_by_id(tx, report.run.id) is None


async def test_a_second_run_at_the_same_time_is_skipped_and_recorded(office: Office) -> None:
    async with office.begin_as_agent() as tx:
        lock = store.held(tx, f"sdr {office.campaign.id}")
    async with lock as is_ours:
        assert is_ours
        report = await agents.run("sdr", REQUEST, office.env())
    assert report.run.status is RunStatus.SKIPPED
    assert "is going on" in (report.run.error or "")
    after = await agents.run("sdr", REQUEST, office.env())
    assert after.run.status is RunStatus.COMPLETED


async def test_two_runs_started_together_write_every_mail_once(office: Office) -> None:
    reports = await asyncio.gather(*(agents.run("sdr", REQUEST, office.env()) for _ in range(3)))
    assert sum(len(report.of(ActionKind.DRAFTED)) for report in reports) == 3
    assert RunStatus.COMPLETED in {report.run.status for report in reports}
    drafts = await office.rows("select distinct enrollment_id from outrider.drafts")
    assert len(drafts) == len(office.writer.asked) == 3


async def test_without_filings_a_run_works_with_what_is_known(office: Office) -> None:
    report = await agents.run("sdr", REQUEST, office.env(filings=None))
    assert len(report.of(ActionKind.DRAFTED)) == 3
    assert not report.of(ActionKind.RESEARCHED)


async def test_a_company_that_no_filing_knows_is_told(office: Office) -> None:
    office.filings = replace(office.filings, unknown=frozenset({"Beta Freight"}))
    report = await agents.run("sdr", REQUEST, office.env())
    assert [action.text for action in report.of(ActionKind.NOT_FOUND)] == [
        "No filings of Beta Freight were found (test filings)"
    ]


async def test_what_no_filing_knows_is_not_asked_for_in_every_run(office: Office) -> None:
    office.filings = replace(office.filings, unknown=frozenset({"Beta Freight"}))
    nobody = REQUEST.model_copy(update={"new_accounts": 0})
    await agents.run("sdr", nobody, office.env())
    await agents.run("sdr", nobody, office.env())
    assert office.filings.asked.count("Beta Freight") == 1
    office.clock.advance(timedelta(days=31))
    await agents.run("sdr", nobody, office.env())
    assert office.filings.asked.count("Beta Freight") == 2


async def test_a_finished_account_gets_its_next_person_and_then_is_exhausted(
    office: Office,
) -> None:
    await agents.run("sdr", REQUEST, office.env())
    finish = "update outrider.enrollments set status = 'finished', due_at = null"
    await office.run_sql(finish)
    second = await agents.run("sdr", REQUEST, office.env())
    assert [request.recipient.title for request in office.writer.asked[3:]] == ["Sales Manager"]
    assert len(second.of(ActionKind.EXHAUSTED)) == 2
    await office.run_sql(finish)
    third = await agents.run("sdr", REQUEST, office.env())
    assert [action.text for action in third.of(ActionKind.EXHAUSTED)] == [
        "Acme Stores: every contact was written to"
    ]
    fourth = await agents.run("sdr", REQUEST, office.env())
    assert not fourth.of(ActionKind.EXHAUSTED)


async def test_a_follow_up_knows_its_thread_and_repeats_no_angle(office: Office) -> None:
    await agents.run("sdr", REQUEST, office.env())
    await office.run_sql("update outrider.drafts set status = 'sent'")
    await office.run_sql(
        "update outrider.enrollments set next_step = 2, due_at = :now, thread_subject = 'Leases',"
        " thread_message_ids = '[\"<1@try-brand.example>\"]'",
        now=office.clock.now(),
    )
    report = await agents.run("sdr", REQUEST, office.env())
    assert {action.priority for action in report.of(ActionKind.DRAFTED)} == {"P2"}
    follow_ups = office.writer.asked[3:]
    assert {request.step for request in follow_ups} == {2}
    assert {request.angles_used for request in follow_ups} == {("leases-1",)}
    assert {request.thread_subject for request in follow_ups} == {"Leases"}


async def test_nobody_who_opted_out_is_written_to(office: Office) -> None:
    await agents.run("sdr", REQUEST, office.env())
    await office.run_sql("update outrider.drafts set status = 'withdrawn'")
    await office.run_sql("update outrider.contacts set status = 'opted_out'")
    report = await agents.run("sdr", REQUEST, office.env())
    assert not report.of(ActionKind.DRAFTED)
    assert len(office.writer.asked) == 3


async def test_the_summary_tells_what_was_done_and_what_it_took(office: Office) -> None:
    report = await agents.run("sdr", REQUEST, office.env())
    headline = "sdr drafted 3 mails, handled 0 replies, 0 meetings, researched 3 accounts."
    assert report.summary.startswith(headline)
    assert "draft_for_approval (3x)" in report.summary
    assert "Cost: $0.06" in report.summary
    assert "Tokens: 2700" in report.summary
    assert office.seen[0].stage == "P1"


async def test_in_a_dry_run_nobody_is_enrolled_and_what_would_have_been_done_is_told(
    office: Office,
) -> None:
    would = "DRY_RUN mode active. Would have called outreach_enroll_contact but blocked."
    bounded = REQUEST.model_copy(update={"new_accounts": 2})
    dry = await agents.run("sdr", bounded, office.env(is_dry_run=True))
    assert dry.run.status is RunStatus.COMPLETED
    told = [one.text for one in dry.of(ActionKind.SKIPPED)]
    assert len(told) == 2
    assert all(text.endswith(would) for text in told)
    assert await office.rows("select id from outrider.enrollments") == []
    assert await office.rows("select id from outrider.drafts") == []
    steps = await office.rows(
        "select output from outrider.agent_steps where name = 'outreach_enroll_contact'"
    )
    assert [one["output"]["status"] for one in steps] == ["dry_run"] * 2
    assert len((await agents.run("sdr", bounded, office.env())).of(ActionKind.DRAFTED)) == 2


async def test_an_unknown_agent_or_campaign_is_said_in_one_sentence(office: Office) -> None:
    with pytest.raises(NotFound, match=r"there is .*sdr"):
        await agents.run("cro", REQUEST, office.env())
    with pytest.raises(NotFound, match="Leases"):
        await agents.run("sdr", RunRequest(campaign="Nope"), office.env())


def test_the_order_of_the_priorities_is_data() -> None:
    assert [name for name, _ in priorities.PRIORITIES] == ["P1", "P2", "P3", "P4"]
    spec = find("sdr")
    assert spec.budget_usd == Decimal("6.00")
    assert not [tool for tool in spec.tools if "send" in tool]
