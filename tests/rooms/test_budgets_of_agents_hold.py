"""Money is set aside before a request and never passed by more than that request, however many run."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from pydantic import BaseModel

from outrider.agents import run as shifts
from outrider.agents.answering import ModelAsking
from outrider.agents.budget import AtLimit, Limits
from outrider.agents.message_types import Message, ModelRequest, Speaker, Text, Usage
from outrider.agents.types import ActionKind, Phase, RunRequest, RunStatus, Verdict
from outrider.kernel.asking import Task, Tier
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.errors import Refused, VendorUnavailable
from outrider.kernel.ids import WorkspaceId, new_id
from outrider.kernel.objects import Objects
from tests.agents_world import COST, PRICE, USAGE, Script, agent, brain_of, spec_of, think
from tests.outreach import Office, open_office, people

LOOKING: dict[str, dict[str, str]] = {"get_current_time": {}}


@pytest.fixture
async def office(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, objects: Objects
) -> Office:
    return await open_office(
        database, workspace, clock, objects, [*people("Acme", "CFO"), *people("Zenith", "CFO")]
    )


async def spent(office: Office) -> Decimal:
    rows = await office.rows("select coalesce(sum(cost), 0) as cost from outrider.agent_steps")
    return Decimal(rows[0]["cost"])


async def test_a_run_stops_before_the_request_that_its_budget_does_not_cover(
    office: Office,
) -> None:
    script = Script([LOOKING])
    spec = agent("get_current_time", budget="0.03", most_turns=50)
    carried = await think(office, brain_of(script, clock=office.clock), spec)
    assert carried.end.verdict is Verdict.STOPPED
    assert "does not cover" in carried.end.text or "no limit covers" in carried.end.text
    run = carried.report.run
    assert run.status is RunStatus.COMPLETED
    assert run.cost_estimate == len(script.asked) * COST
    assert Decimal("0.03") - COST * 2 < run.cost_estimate <= Decimal("0.03")


async def test_ten_runs_at_once_never_pass_one_daily_limit_together(office: Office) -> None:
    limit = Decimal("0.20")
    in_flight: list[int] = []

    async def one(number: int) -> int:
        script = Script([LOOKING], before=lambda turn: in_flight.append(number))
        inner = script.complete

        async def slowly(request: ModelRequest) -> object:
            await asyncio.sleep(0.01)
            return await inner(request)

        script.complete = slowly  # type: ignore[assignment, method-assign]
        brain = brain_of(script, clock=office.clock, limits=Limits(day_usd=limit))
        spec = agent("get_current_time", name=f"agent-{number}", most_turns=50)
        carried = await think(office, brain, spec)
        assert carried.end.verdict is Verdict.STOPPED
        return len(script.asked)

    asked = sum(await asyncio.gather(*(one(n) for n in range(10))))
    total = await spent(office)
    assert total == asked * COST
    assert total <= limit
    # And the money is really used: less than two requests are left of it.
    request = ModelRequest("", (Message(Speaker.USER, (Text("Look around."),)),), max_tokens=200)
    assert limit - total < 3 * spec_of().reserve(request).usd + 10 * COST


async def test_a_new_day_has_money_again_and_a_month_has_its_own_limit(office: Office) -> None:
    limits = Limits(day_usd=Decimal("0.02"), workspace_usd=Decimal("0.03"))

    async def requests() -> int:
        script = Script([LOOKING])
        brain = brain_of(script, clock=office.clock, limits=limits)
        await think(office, brain, agent("get_current_time", most_turns=50))
        return len(script.asked)

    first = await requests()
    assert first
    assert await requests() == 0
    office.clock.advance(timedelta(days=1))
    second = await requests()
    assert 0 < second < first
    assert await spent(office) <= Decimal("0.03")


async def test_at_the_limit_a_cheaper_model_goes_on_where_the_policy_says_so(
    office: Office,
) -> None:
    dear, cheap = Script([LOOKING], name="dear"), Script([LOOKING, "Done."], name="cheap")
    specs = [
        spec_of("dear", price=PRICE.model_copy(update={"output": Decimal(3000)})),
        spec_of("cheap"),
    ]
    limits = Limits(day_usd=Decimal("0.1"), at_limit=AtLimit.CHEAPER)
    brain = brain_of(dear, cheap, clock=office.clock, limits=limits, specs=specs)
    carried = await think(office, brain, agent("get_current_time"))
    assert carried.end.text == "Done."
    assert (len(dear.asked), len(cheap.asked)) == (0, 2)


async def test_at_the_limit_a_person_is_asked_where_the_policy_says_so(office: Office) -> None:
    limits = Limits(day_usd=Decimal("0.0001"), at_limit=AtLimit.ESCALATE)
    brain = brain_of(Script(["x"]), clock=office.clock, limits=limits)
    carried = await think(office, brain, agent())
    assert carried.end.verdict is Verdict.ESCALATED


async def test_a_lead_has_its_own_money_and_each_phase_its_tokens(office: Office) -> None:
    lead, other = (UUID(str(new_id(office.clock.now()))) for _ in range(2))

    async def requests(limits: Limits, lead: UUID, phase: Phase) -> int:
        script = Script([LOOKING])
        brain = brain_of(script, clock=office.clock, limits=limits)
        spec = agent("get_current_time", most_turns=6)
        await think(office, brain, spec, lead_id=lead, phase=phase, key=str(lead))
        return len(script.asked)

    tokens = Limits(research_tokens=4000, lead_tokens=9000)
    assert await requests(tokens, lead, Phase.RESEARCH) == 3
    outreach = await requests(tokens, lead, Phase.OUTREACH)
    assert 0 < outreach <= (9000 - 3 * USAGE.total) / USAGE.total
    assert await requests(tokens, other, Phase.RESEARCH) == 3
    assert await requests(Limits(lead_usd=Decimal("0.001")), other, Phase.CRM) == 0


async def test_the_sdr_s_own_run_counts_against_the_day_as_well(office: Office) -> None:
    env = office.env(limits=Limits(day_usd=Decimal("0.35")))
    report = await shifts.run("sdr", RunRequest(campaign="Leases"), env)
    # Each mail reserves $0.30 and costs $0.02: two of them fit one after the other.
    assert len(report.of(ActionKind.DRAFTED)) == 2
    env = office.env(limits=Limits(day_usd=Decimal("0.30")))
    script = Script(["never"])
    brain = brain_of(script, clock=office.clock, limits=Limits(day_usd=Decimal("0.04")))
    carried = await think(office, brain, agent())
    assert carried.end.verdict is Verdict.STOPPED
    assert not script.asked


def test_a_reserve_is_never_less_than_the_request_could_cost() -> None:
    request = ModelRequest(
        "s" * 300, (Message(Speaker.USER, (Text("x" * 3000),)),), max_tokens=1000
    )
    reserve = spec_of().reserve(request)
    assert reserve.tokens >= 1000 + 1100
    assert reserve.usd >= (1100 * PRICE.input + 1000 * PRICE.output) / 1_000_000


async def test_a_run_that_stops_says_which_limit_stopped_it(office: Office) -> None:
    brain = brain_of(
        Script([LOOKING]), clock=office.clock, limits=Limits(day_usd=Decimal("0.0001"))
    )
    carried = await think(office, brain, agent("get_current_time"))
    assert carried.end.verdict is Verdict.STOPPED
    assert "today's limit of $0.0001 does not cover it" in carried.report.summary


async def test_a_reply_that_does_not_say_what_it_took_counts_as_what_was_set_aside(
    office: Office,
) -> None:
    script = Script([LOOKING, "Done."], usage=Usage())
    brain = brain_of(script, clock=office.clock)
    carried = await think(office, brain, agent("get_current_time"))
    (first, _) = await office.rows(
        "select cost, cost_reserved from outrider.agent_steps where kind = 'model' order by number"
    )
    assert first["cost"] == first["cost_reserved"] > 0
    assert carried.report.run.api_tokens_used > 0


async def test_a_request_that_the_vendor_did_not_begin_leaves_nothing_set_aside(
    office: Office,
) -> None:
    busy = VendorUnavailable("It is overloaded.", cost_usd=Decimal(0))
    scripts = Script([busy], name="first"), Script(["Done."], name="second")
    carried = await think(office, brain_of(*scripts, clock=office.clock), agent())
    assert carried.report.run.cost_estimate == COST


async def test_a_request_of_which_nobody_knows_the_end_stays_counted(office: Office) -> None:
    lost = VendorUnavailable("It broke off.")
    scripts = Script([lost], name="first"), Script(["Done."], name="second")
    carried = await think(office, brain_of(*scripts, clock=office.clock), agent())
    (row,) = await office.rows(
        "select cost_reserved from outrider.agent_steps where status = 'failed'"
    )
    assert carried.report.run.cost_estimate == COST + row["cost_reserved"] > COST


async def test_a_model_that_is_left_alone_after_failures_takes_no_money(office: Office) -> None:
    scripts = Script([VendorUnavailable("No.")], name="first"), Script(["Done."], name="second")
    brain = brain_of(*scripts, clock=office.clock)
    for _ in range(5):
        await think(office, brain, agent())
    carried = await think(office, brain, agent())
    assert len(scripts[0].asked) == 5
    assert carried.report.run.cost_estimate == COST


class Word(BaseModel):
    """A question and its answer."""

    word: str


WORD = Task("agents/loop@1", Word, Word, Tier.MID, Decimal("0.05"))


@pytest.mark.parametrize("is_known", [True, False])
async def test_an_answer_counts_what_the_models_before_it_may_have_taken(
    office: Office, is_known: bool
) -> None:
    facts = {"cost_usd": Decimal(0)} if is_known else {}
    first = Script([VendorUnavailable("No.", **facts)], name="first")
    second = Script([{"answer": {"word": "yes"}}], name="second")
    models = brain_of(first, second, clock=office.clock).models
    answer = await ModelAsking(models).ask(WORD, Word(word="?"))
    reserve = spec_of().reserve(first.asked[0]).usd
    assert answer.cost_usd == (COST if is_known else COST + reserve)


async def test_a_failure_says_what_all_who_were_asked_may_have_taken(office: Office) -> None:
    lost, chatty = Script([VendorUnavailable("No.")], name="lost"), Script(["Hm."], name="chatty")
    models = brain_of(lost, chatty, clock=office.clock).models
    with pytest.raises(Refused) as told:
        await ModelAsking(models).ask(WORD, Word(word="?"))
    reserve = spec_of().reserve(lost.asked[0]).usd
    assert told.value.facts["cost_usd"] == 2 * COST + reserve
