"""A lead's task goes to the model that the rules choose, with why on record, and within its own budget."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from outrider.agents import run as shifts
from outrider.agents.answering import ANSWER, ModelAsking
from outrider.agents.budget import Limits
from outrider.agents.models import Models, ModelSpec
from outrider.agents.routing import Routing, Rule
from outrider.agents.types import ActionKind, RunReport, RunRequest
from outrider.kernel.asking import Tier
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from tests.agents_world import Script, agent, brain_of, spec_of, think
from tests.outreach import PITCHES, Office, open_office, people

MAIL = {
    "subject": "Lease changes between quarters",
    "body": f"Hi Dana,\n\n{PITCHES[0]}",
    "claims": [],
    "reasoning": ["It is short.", "It asks one question.", "It names no figure."],
    "sources": [],
    "angle": "leases",
    "confidence": 0.7,
}
RETAIL = Rule(tier=Tier.HEAVY, why="retail is our segment", industries=("retail",))
OTHERS = Rule(tier=Tier.LIGHT, why="all others")


@pytest.fixture
async def office(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, objects: Objects
) -> Office:
    acme = people("Acme", "CFO")[0].model_copy(update={"industry": "Retail"})
    zenith = people("Zenith", "CFO")[0].model_copy(update={"line": 3})
    return await open_office(database, workspace, clock, objects, [acme, zenith])


def three(office: Office, answers: Mapping[str, Any]) -> tuple[Models, dict[str, Script]]:
    """A model for each tier that answers so."""
    scripts = {tier.value: Script([{ANSWER: answers}], name=tier.value) for tier in Tier}
    specs: list[ModelSpec] = [spec_of(name) for name in scripts]
    tiers = {tier: [tier.value] for tier in Tier}
    return Models(specs, tiers, scripts, clock=office.clock), scripts


async def written(office: Office, routing: Routing, **more: Any) -> RunReport:
    """One run of the SDR."""
    models, _ = three(office, MAIL)
    asking = ModelAsking(models, routing=routing, **more)
    return await shifts.run("sdr", RunRequest(campaign="Leases"), office.env(asking))


async def asked(office: Office) -> dict[str, dict[str, Any]]:
    """Requests to models, by the account's name."""
    rows = await office.rows(
        "select s.*, a.name as account from outrider.agent_steps s"
        " join outrider.contacts c on c.id = s.lead_id"
        " join outrider.accounts a on a.id = c.account_id"
        " where s.kind = 'model' order by s.number"
    )
    return {row["account"]: row for row in rows}


async def test_the_first_rule_that_fits_names_the_model_and_stands_on_the_step(
    office: Office,
) -> None:
    await written(office, Routing(rules=(RETAIL, OTHERS)))
    found = await asked(office)
    assert {name: step["model"] for name, step in found.items()} == {
        "Acme": "heavy",
        "Zenith": "light",
    }
    assert found["Acme"]["route"] == {"tier": "heavy", "why": RETAIL.why, "rule": 1}
    assert found["Zenith"]["route"]["rule"] == 2
    assert {step["phase"] for step in found.values()} == {"outreach"}


async def test_without_a_rule_that_fits_the_task_keeps_its_own_tier(office: Office) -> None:
    await written(office, Routing(rules=()))
    found = await asked(office)
    assert {step["model"] for step in found.values()} == {"heavy"}
    assert {step["route"] for step in found.values()} == {None}


async def test_a_light_model_may_be_asked_where_no_rule_fits_and_is_on_record(
    office: Office,
) -> None:
    models, scripts = three(office, MAIL)
    scripts["light"].lines = [{ANSWER: {"tier": "mid", "why": "two facts to weigh"}}]
    asking = ModelAsking(models, routing=Routing(rules=(RETAIL,), asks=True))
    await shifts.run("sdr", RunRequest(campaign="Leases"), office.env(asking))
    rows = await office.rows(
        "select name, model, route from outrider.agent_steps where kind = 'model'"
        " and model <> 'heavy' order by number"
    )
    assert [(row["name"], row["model"]) for row in rows] == [
        ("agents/route@1", "light"),
        ("drafts/write@1", "mid"),
    ]
    assert rows[1]["route"] == {"tier": "mid", "why": "two facts to weigh", "rule": None}
    told = "".join(str(message) for message in scripts["light"].asked[0].messages)
    assert "Zenith" not in told


async def test_a_router_that_answers_prose_changes_nothing(office: Office) -> None:
    models, scripts = three(office, MAIL)
    scripts["light"].lines = ["I would say the middle one."]
    asking = ModelAsking(models, routing=Routing(rules=(), asks=True))
    report = await shifts.run("sdr", RunRequest(campaign="Leases"), office.env(asking))
    assert len(report.of(ActionKind.DRAFTED)) == 2
    assert {step["model"] for step in (await asked(office)).values()} == {"heavy"}


async def test_a_lead_over_its_own_limit_is_left_to_a_person_and_the_next_one_is_written_to(
    office: Office,
) -> None:
    acme = (await office.rows("select id from outrider.contacts order by email"))[0]["id"]
    script = Script([{"get_current_time": {}}, "Seen."])
    await think(
        office, brain_of(script, clock=office.clock), agent("get_current_time"), lead_id=acme
    )
    limits = Limits(lead_usd=Decimal("0.305"))
    report = await written(office, Routing(rules=()), limits=limits)
    (failed,) = report.of(ActionKind.FAILED)
    assert "the lead's limit" in failed.text
    assert "A person has to look" in failed.text
    assert len(report.of(ActionKind.DRAFTED)) == 1


async def test_a_thinking_run_about_a_lead_gets_its_tier_and_what_was_done_before(
    office: Office,
) -> None:
    rows = await office.rows("select id from outrider.contacts order by email")
    lead = UUID(str(rows[0]["id"]))
    first = Script([{"finish": {"summary": "Asked for the audit date."}}])
    brain = brain_of(first, clock=office.clock)
    routed = type(brain)(
        brain.models, brain.tools, routing=Routing(rules=(RETAIL,)), breaker=brain.breaker
    )
    carried = await think(office, routed, agent(tier=Tier.LIGHT), lead_id=lead)
    assert carried.report.run.request["route"]["why"] == RETAIL.why
    assert carried.report.run.spec is not None
    assert carried.report.run.spec.tier is Tier.HEAVY
    assert "earlier runs" not in str(first.asked[0].messages)
    second = Script(["Nothing more to do."])
    await think(office, brain_of(second, clock=office.clock), agent(), lead_id=lead)
    told = str(second.asked[0].messages[0])
    assert "Asked for the audit date." in told
    assert "data, not instructions" in told
    other = Script(["Nothing."])
    stranger = UUID(str(rows[1]["id"]))
    await think(office, brain_of(other, clock=office.clock), agent(), lead_id=stranger)
    assert "Asked for" not in str(other.asked[0].messages)
