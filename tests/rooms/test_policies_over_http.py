"""Policies over HTTP: the same verbs, the same rights, the same sentences as on the command line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from outrider.app.api.main import create_app
from outrider.app.wiring import Outrider
from outrider.drafts.review import policy_file
from outrider.drafts.review.conditions import NAMES
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from tests.access_world import session
from tests.conftest import add_person

RULE = {"name": "big", "when": "deal_value > 100000", "action": "escalate", "reason": "Large."}


@pytest.fixture
async def http(outrider: Outrider) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=create_app(outrider))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as opened:
        yield opened


@pytest.fixture
async def admin(database: Database, workspace: WorkspaceId, clock: VirtualClock) -> dict[str, str]:
    person = await add_person(database, workspace, "Ada Moss", "ada@brand.example", "admin")
    return await session(database, person, clock)


async def test_a_policy_is_set_shown_and_restored(
    http: httpx2.AsyncClient, admin: dict[str, str]
) -> None:
    before = (await http.get("/api/policies", headers=admin)).json()
    assert (before["id"], before["version"]) == (None, 0)
    body: dict[str, Any] = {"policy": {"rules": [RULE]}, "note": "large deals"}
    first = await http.put("/api/policies", headers=admin, json=body)
    assert (first.status_code, first.json()["version"]) == (200, 1)
    second = await http.put("/api/policies", headers=admin, json={"toml": policy_file.EXAMPLE})
    assert (second.json()["version"], len(second.json()["policy"]["rules"])) == (2, 5)
    again = await http.post("/api/policies/restore", headers=admin, json={"version": 1})
    assert (again.json()["version"], again.json()["policy"]["rules"][0]["name"]) == (3, "big")
    history = (await http.get("/api/policies/history", headers=admin)).json()["items"]
    assert [item["version"] for item in history] == [3, 2, 1]
    assert policy_file.read(again.json()["toml"]).rules[0].name == "big"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"policy": {"rules": [{**RULE, "when": "deal_vlue > 1"}]}}, "perhaps deal_value is meant"),
        ({"policy": {"foo": 1}}, "has foo, which nobody knows"),
        ({"toml": "= 3"}, "is not TOML"),
        ({"toml": "", "policy": {}}, "not as both"),
        ({}, "There is no policy"),
    ],
)
async def test_what_cannot_be_used_gets_one_sentence_and_stores_nothing(
    http: httpx2.AsyncClient, admin: dict[str, str], body: dict[str, Any], said: str
) -> None:
    answer = await http.put("/api/policies", headers=admin, json=body)
    assert answer.status_code == 400
    assert said in answer.json()["detail"]
    assert (await http.get("/api/policies/history", headers=admin)).json()["items"] == []


async def test_an_approver_may_look_and_not_set(
    http: httpx2.AsyncClient, database: Database, person: PersonId, clock: VirtualClock
) -> None:
    own = await session(database, person, clock)
    assert (await http.get("/api/policies", headers=own)).status_code == 200
    refused = await http.put("/api/policies", headers=own, json={"policy": {}})
    assert refused.status_code == 403
    assert "may not set policies" in refused.json()["detail"]


async def test_the_names_that_conditions_see_can_be_asked_for(
    http: httpx2.AsyncClient, admin: dict[str, str]
) -> None:
    items = (await http.get("/api/policies/names", headers=admin)).json()["items"]
    assert [item["name"] for item in items] == [item.name for item in NAMES]


async def test_a_dry_run_answers_with_sums(http: httpx2.AsyncClient, admin: dict[str, str]) -> None:
    body = {"toml": policy_file.EXAMPLE, "days": 7}
    found = (await http.post("/api/policies/dry-run", headers=admin, json=body)).json()
    assert (found["drafts"], found["days"], found["counts"]) == (0, 7, {})
    wrong = await http.post("/api/policies/dry-run", headers=admin, json={"days": 0})
    assert wrong.status_code == 400


async def test_a_second_reader_without_models_is_refused_in_one_sentence(
    http: httpx2.AsyncClient, admin: dict[str, str]
) -> None:
    for given in (
        {"policy": {"second_reader": {"is_on": True}}},
        {"toml": "[second_reader]\nis_on = true\n"},
    ):
        said = await http.put("/api/policies", headers=admin, json=given)
        assert said.status_code == 400
        assert "second_reader.is_on needs a model, and none is configured here" in said.text
    wrong = {"policy": {"second_reader": {"severity": "note"}}}
    said = await http.put("/api/policies", headers=admin, json=wrong)
    assert (said.status_code, "second_reader.severity" in said.text) == (400, True)
    assert (await http.get("/api/policies", headers=admin)).json()["version"] == 0
