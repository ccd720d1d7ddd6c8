"""A monitor sees by agent, model and tool what was asked, took, cost and was refused; never a text."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from outrider.agents.types import Assignment
from outrider.app.jobs.think import think
from outrider.app.views import kept
from outrider.app.wiring import Outrider
from outrider.kernel.clock import VirtualClock
from outrider.kernel.errors import VendorUnavailable
from tests.access_world import bearer, client, somebody
from tests.fleet_world import Fleet

LINE = re.compile(r"^outrider_(agent_\w+)\{(.*)\} (\S+)$", re.MULTILINE)
LABEL = re.compile(r'"([^"]*)"')


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine the smallest count is slow, and would be kept while a virtual clock stands."""
    monkeypatch.setattr(kept, "SLOW_SECONDS", 3600)


@pytest.fixture
def fleet(outrider: Outrider) -> Fleet:
    return Fleet(outrider)


async def scraped(fleet: Fleet) -> tuple[str, dict[str, float]]:
    viewer = await somebody(fleet.outrider, "viewer")
    async with client(fleet.outrider) as http:
        answer = await http.get("/metrics", headers=await bearer(fleet.outrider, viewer))
    assert answer.status_code == 200, answer.text
    found = {
        " ".join([name, *sorted(LABEL.findall(labels))]): float(value)
        for name, labels, value in LINE.findall(answer.text)
    }
    return answer.text, found


async def test_models_and_tools_are_counted_timed_and_priced(
    fleet: Fleet, clock: VirtualClock
) -> None:
    def later(turn: int) -> None:
        clock.advance(timedelta(seconds=2))

    fleet.says([{"memory_note": {"note": "One."}}, "Done."], before=later)
    await think(fleet.outrider, "research", Assignment(task="Look."))
    _, found = await scraped(fleet)
    assert found["agent_runs completed research"] == 1
    assert found["agent_model_requests done research scripted"] == 2
    assert found["agent_model_tokens research scripted"] == 2200
    assert found["agent_model_cost_usd research scripted"] == pytest.approx(0.009)
    assert found["agent_model_seconds_sum research scripted"] == 4
    assert found["agent_model_seconds_count research scripted"] == 2
    assert found["agent_tool_calls done memory_note research"] == 1
    assert found["agent_spent_today_usd research"] == pytest.approx(0.009)


async def test_refused_calls_are_counted_by_gate(fleet: Fleet) -> None:
    fleet.says(
        [
            {"mail kim@brand.example now": {}},
            {"memory_note": {"wrong": "field"}},
            {"web_search": {"query": "leases"}},
            "Done.",
        ]
    )
    await think(fleet.outrider, "research", Assignment(task="Look."))
    text, found = await scraped(fleet)
    refused = {name: n for name, n in found.items() if name.startswith("agent_refused_calls")}
    assert refused == {
        "agent_refused_calls allowlist other research": 1,
        "agent_refused_calls memory_note research schema": 1,
        "agent_refused_calls configured research web_search": 1,
    }
    assert "kim@" not in text


async def test_a_request_that_failed_is_seen(fleet: Fleet) -> None:
    fleet.says([VendorUnavailable("It is down.")])
    with pytest.raises(VendorUnavailable):
        await think(fleet.outrider, "research", Assignment(task="Look."))
    _, found = await scraped(fleet)
    assert found["agent_model_requests failed none research"] == 1
    assert found["agent_runs failed research"] == 1
