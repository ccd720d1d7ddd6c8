"""Over HTTP a person sees what an agent may not do alone, and says yes or no; a yes is done once."""

from __future__ import annotations

import asyncio

import httpx2
import pytest

from outrider.agents.types import Assignment
from outrider.app.jobs import think
from outrider.app.wiring import Outrider
from tests.access_world import bearer, client, somebody
from tests.deals import deals_can_be_moved
from tests.fleet_world import Fleet


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The deals that were moved."""
    return deals_can_be_moved(monkeypatch, think)


@pytest.fixture
async def fleet(moved: list[str], outrider: Outrider) -> Fleet:
    """The crm agent has asked to move a deal."""
    made = Fleet(outrider)
    await made.set("crm", tools=["deal_update_stage"])
    made.says([{"deal_update_stage": {"deal": "Acme"}}, "never said"])
    await think.think(made.outrider, "crm", Assignment(task="Move the deal Acme"))
    return made


async def logged_in(fleet: Fleet, role: str, name: str) -> dict[str, str]:
    return await bearer(fleet.outrider, await somebody(fleet.outrider, role, name))


async def test_a_yes_is_done_at_once_and_once_whoever_clicks_beside(
    fleet: Fleet, moved: list[str]
) -> None:
    ann, bob = [await logged_in(fleet, "approver", name) for name in ("Ann Reed", "Bob Lee")]
    async with client(fleet.outrider) as http:
        [asked] = (await http.get("/api/requests", headers=ann)).json()["items"]
        assert (asked["tool"], asked["input"], moved) == ("deal_update_stage", {"deal": "Acme"}, [])
        address = f"/api/requests/{asked['id']}/answer"
        both: list[httpx2.Response] = await asyncio.gather(
            *(http.post(address, json={"is_approved": True}, headers=who) for who in (ann, bob))
        )
        assert sorted(one.status_code for one in both) == [200, 409]
        assert moved == ["Acme"]
        assert (await http.get("/api/requests", headers=ann)).json()["items"] == []
        done = await http.get("/api/requests?status=done", headers=ann)
        assert [one["output"] for one in done.json()["items"]] == [{"deal": "Acme", "times": 1}]


async def test_a_no_is_kept_with_its_word_and_nothing_is_done(
    fleet: Fleet, moved: list[str]
) -> None:
    ann = await logged_in(fleet, "approver", "Ann Reed")
    async with client(fleet.outrider) as http:
        [asked] = (await http.get("/api/requests", headers=ann)).json()["items"]
        said = {"is_approved": False, "note": "Not this quarter."}
        answer = await http.post(f"/api/requests/{asked['id']}/answer", json=said, headers=ann)
        assert (answer.status_code, answer.json()["status"]) == (200, "denied")
        assert answer.json()["note"] == "Not this quarter."
    assert moved == []


async def test_who_only_looks_answers_nothing(fleet: Fleet, moved: list[str]) -> None:
    vic = await logged_in(fleet, "viewer", "Vic Poe")
    async with client(fleet.outrider) as http:
        [asked] = (await http.get("/api/requests", headers=vic)).json()["items"]
        said = {"is_approved": True}
        answer = await http.post(f"/api/requests/{asked['id']}/answer", json=said, headers=vic)
        assert answer.status_code == 403
    assert moved == []
