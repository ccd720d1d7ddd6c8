"""Over HTTP one sees what every agent is and did, changes it, starts it, and replays a run."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from outrider.agents.roster import ROSTER
from outrider.agents.toolbox.registry import TOOLS
from outrider.app.wiring import Outrider
from outrider.kernel import access, switches
from outrider.kernel.clock import VirtualClock
from tests.access_world import bearer, client, got, somebody
from tests.fleet_world import Fleet


@pytest.fixture
def fleet(outrider: Outrider) -> Fleet:
    return Fleet(outrider)


@pytest.fixture
async def http(fleet: Fleet) -> AsyncIterator[httpx2.AsyncClient]:
    admin = await somebody(fleet.outrider, "admin")
    async with client(fleet.outrider) as opened:
        opened.headers.update(await bearer(fleet.outrider, admin))
        yield opened


async def ran(fleet: Fleet, http: httpx2.AsyncClient, agent: str = "research", **body: Any) -> Any:
    """Start an agent, let the queue work, and give its newest run."""
    answer = await http.post(f"/api/agents/{agent}/run", json=body)
    assert answer.status_code == 202, answer.text
    await fleet.work()
    page = await got(http, "/api/runs", agent=agent, limit=1)
    return page["items"][0]


async def test_every_agent_is_listed_as_it_works_here(
    fleet: Fleet, http: httpx2.AsyncClient
) -> None:
    await fleet.set("inbox", is_scheduled=True, budget_usd="1.5")
    found = {one["name"]: one for one in await got(http, "/api/agents")}
    assert set(found) == set(ROSTER)
    inbox = found["inbox"]
    assert inbox["overridden"] == ["budget_usd", "is_scheduled"]
    assert inbox["budget_usd"] == "1.5"
    # It is Monday, 15:00 UTC, and its schedule is twice a day in UTC.
    assert inbox["next_at"] == "2026-03-03T00:00:00Z"
    assert inbox["model"] == "scripted"
    assert found["ops"]["next_at"] is None
    assert found["ops"]["last_run"] is None


async def test_a_change_holds_is_told_and_is_taken_back_by_null(
    fleet: Fleet, http: httpx2.AsyncClient
) -> None:
    answer = await http.patch(
        "/api/agents/sdr", json={"budget_usd": 4, "schedule": ["0 9 * * 1-5"], "tier": "mid"}
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["overridden"] == ["tier", "budget_usd", "schedule"]
    events = await fleet.rows(
        "select actor, body from outrider.audit_events where action = 'agents.changed'"
    )
    assert json.loads(events[0]["body"])["budget_usd"] == {"from": "6.00", "to": "4"}
    assert events[0]["actor"].startswith("person:")
    back = await http.patch("/api/agents/sdr", json={"budget_usd": None})
    assert back.json()["budget_usd"] == "6.00"
    assert back.json()["overridden"] == ["tier", "schedule"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"schedule": ["0 25 * * *"]}, "'25' is no hour"),
        ({"schedule": ["at nine"]}, "five fields"),
        ({"schedule": ["0 0 31 2 *"]}, "never due"),
        ({"tools": ["rm_rf"]}, "no tool 'rm_rf'"),
        ({"tools": ["linkedin_create_post"]}, "acts outside"),
        ({"tier": "huge"}, "tier"),
        ({"budget_usd": -1}, "budget_usd"),
        ({"timezone": "Mars/Olympus"}, "time zone"),
        ({"prompt": "agents/nothing@9"}, "agents/nothing@9"),
        ({"hands_to": ["sdr"]}, "itself"),
        ({"name": "boss"}, "name"),
        ({}, "what of sdr to change"),
    ],
)
async def test_what_cannot_be_is_refused_in_one_sentence(
    http: httpx2.AsyncClient, change: dict[str, Any], word: str
) -> None:
    answer = await http.patch("/api/agents/sdr", json=change)
    assert answer.status_code == 400
    said = answer.json()["detail"]
    assert word in said
    assert "\n" not in said
    assert (await got(http, "/api/agents/sdr"))["overridden"] == []


async def test_a_run_that_was_asked_for_is_seen_step_by_step(
    fleet: Fleet, http: httpx2.AsyncClient
) -> None:
    fleet.says([{"memory_note": {"note": "Nobody answered."}}, {"send_mail": {"to": "x"}}, "Done."])
    run = await ran(fleet, http, task="Look what came back.")
    assert run["status"] == "completed"
    assert run["cost_usd"] == "0.0135"
    detail = await got(http, f"/api/runs/{run['id']}")
    assert detail["request"]["task"] == "Look what came back."
    assert detail["spec"]["budget_usd"] == "2.00"
    first, note, _, mail, *_ = detail["trail"]
    assert first["saw"][0]["parts"] == [{"text": "Look what came back."}]
    assert first["cost_usd"] == "0.0045"
    assert note["asked"] == {"note": "Nobody answered."}
    assert note["outcome"] == "ok"
    assert mail["refused_by"] == "allowlist"
    assert "finished" in detail["summary"]
    assert "memory_note (1x)" in detail["summary"]
    agent = await got(http, "/api/agents/research")
    assert agent["spent_today_usd"] == "0.0135"
    assert agent["last_run"]["id"] == run["id"]


async def test_runs_are_paged_and_filtered(
    fleet: Fleet, http: httpx2.AsyncClient, clock: VirtualClock
) -> None:
    for agent in ("ops", "research", "ops"):
        await ran(fleet, http, agent)
        clock.advance(timedelta(minutes=1))
    async with fleet.outrider.begin()() as tx:
        await switches.set_switch(tx, "agent", "ops", is_on=True, reason="drill")
    await ran(fleet, http, "ops")
    first = await got(http, "/api/runs", limit=3)
    rest = await got(http, "/api/runs", limit=3, after=first["next"])
    names = [one["agent_name"] for one in first["items"] + rest["items"]]
    assert names == ["ops", "ops", "research", "ops"]
    assert rest["next"] is None
    skipped = await got(http, "/api/runs", agent="ops", status="skipped")
    assert [one["error"] for one in skipped["items"]] == [first["items"][0]["error"]]
    assert "drill" in skipped["items"][0]["error"]
    assert "drill" in (await got(http, "/api/agents/ops"))["halted"]


async def test_a_replay_has_no_effect_and_tells_what_differs(
    fleet: Fleet, http: httpx2.AsyncClient
) -> None:
    fleet.says([{"memory_note": {"note": "One."}}, "Done."])
    run = await ran(fleet, http)
    before = await fleet.rows("select count(*) as n from outrider.agent_steps")
    same = await http.post(f"/api/runs/{run['id']}/replay", json={})
    assert same.status_code == 200, same.text
    assert same.json()["differences"] == []
    assert same.json()["cost_usd"] == "0"
    fleet.says(["Something else."])
    other = await http.post(f"/api/runs/{run['id']}/replay", json={"model": "scripted"})
    assert other.json()["differences"]
    assert await fleet.rows("select count(*) as n from outrider.agent_steps") == before


async def test_an_agent_that_is_switched_off_here_does_not_start(
    fleet: Fleet, http: httpx2.AsyncClient
) -> None:
    await fleet.set("ops", is_enabled=False)
    answer = await http.post("/api/agents/ops/run", json={})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("The agent ops is switched off here:")
    assert await fleet.jobs() == 0


async def test_without_a_model_one_is_told_before_anything_starts(
    fleet: Fleet, http: httpx2.AsyncClient
) -> None:
    fleet.outrider.__dict__["thinking"] = None
    answer = await http.post("/api/agents/ops/run", json={})
    assert answer.status_code == 400
    assert "models.toml" in answer.json()["detail"]
    assert await fleet.jobs() == 0
    assert (await got(http, "/api/agents/ops"))["model"] is None


async def test_every_tool_is_listed_with_who_has_it(http: httpx2.AsyncClient) -> None:
    found = {one["name"]: one for one in await got(http, "/api/tools")}
    assert set(found) == set(TOOLS)
    post = found["linkedin_create_post"]
    assert post["agents"] == ["content"]
    assert post["effect"] == "outbound"
    assert found["search_accounts"]["is_configured"]
    assert found["search_accounts"]["input"]["type"] == "object"
    assert all(one["is_configured"] or one["needs"] for one in found.values())
    # What the gates do with them is what is told.
    assert found["update_lead_record"]["needs_person"]
    assert found["create_task"]["is_blocked_in_dry_run"]
    assert not found["draft_for_approval"]["is_blocked_in_dry_run"]


async def test_another_workspace_sees_nothing_of_it(fleet: Fleet, http: httpx2.AsyncClient) -> None:
    run = await ran(fleet, http)
    await fleet.set("ops", budget_usd="3")
    async with fleet.outrider.database.connection() as conn:
        other = await access.ensure_workspace(conn, "other", fleet.outrider.clock.now())
    there = fleet.bind(fleet.outrider.within(other))
    member = await somebody(there, "admin", "Lee Other")
    async with client(there) as opened:
        opened.headers.update(await bearer(there, member))
        assert (await got(opened, "/api/runs"))["items"] == []
        assert (await got(opened, "/api/agents/ops"))["overridden"] == []
        assert (await opened.get(f"/api/runs/{run['id']}")).status_code == 404
