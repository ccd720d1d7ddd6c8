"""Over HTTP a draft is opened, approved, taken back, put aside, and approved with others alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from outrider.app.api.main import create_app
from outrider.app.wiring import Outrider
from outrider.drafts.review import seed
from outrider.drafts.types import Draft
from outrider.kernel import access
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.settings import load
from tests.conftest import add_person
from tests.review_world import CLOCK, fresh


@pytest.fixture
async def drafts(database: Database, workspace: WorkspaceId) -> list[Draft]:
    return await fresh(database, workspace, 5)


@pytest.fixture
async def http(
    tmp_path_factory: pytest.TempPathFactory,
    clock: VirtualClock,
    database: Database,
    workspace: WorkspaceId,
    objects: Objects,
    keys: Keys,
    person: PersonId,
) -> AsyncIterator[httpx2.AsyncClient]:
    home = tmp_path_factory.mktemp("home")
    outrider = Outrider(load(home=home), clock, database, objects, keys, workspace, "test")
    async with database.connection() as conn:
        token = await access.open_session(conn, person, clock.now())
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=create_app(outrider)),
        base_url="http://127.0.0.1",
        headers={"Authorization": f"Bearer {token}"},
    ) as opened:
        yield opened


async def approve(http: httpx2.AsyncClient, number: int) -> dict[str, Any]:
    seen = (await http.get(f"/api/drafts/{number}")).json()
    answer = await http.post(
        f"/api/drafts/{number}/approve", json={"content_hash": seen["content_hash"]}
    )
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def test_an_approval_is_taken_back_over_http(
    http: httpx2.AsyncClient, drafts: list[Draft]
) -> None:
    number = drafts[0].number
    approved = await approve(http, number)
    assert approved["undo_until"] is not None
    assert approved["can"]["take_back"]["allowed"]
    again = (await http.post(f"/api/drafts/{number}/take-back")).json()
    assert (again["status"], again["replaces"], again["version"]) == ("pending", number, 2)
    late = await http.post(f"/api/drafts/{number}/take-back")
    assert late.status_code == 409
    assert f"Draft {again['number']} replaced it and is pending" in late.json()["detail"]


async def test_the_second_learns_who_was_first_and_when(
    http: httpx2.AsyncClient, drafts: list[Draft]
) -> None:
    number = drafts[0].number
    await approve(http, number)
    late = await http.post(
        f"/api/drafts/{number}/reject", json={"note": "x", "category": "content"}
    )
    assert late.status_code == 409
    assert late.json()["detail"] == f"Ann Reed approved draft {number} at 15:00 UTC."


async def test_a_draft_is_put_aside_in_words(http: httpx2.AsyncClient, drafts: list[Draft]) -> None:
    number = drafts[0].number
    aside = await http.post(f"/api/drafts/{number}/snooze", json={"until": "tomorrow"})
    assert aside.json()["review"]["snoozed_until"] == "2026-03-03T09:00:00+00:00"
    listed = (await http.get("/api/drafts", params={"status": "pending"})).json()["items"]
    assert number not in {one["number"] for one in listed}
    assert all(one["can"]["approve"]["allowed"] for one in listed)
    every = (await http.get("/api/drafts", params={"snoozed": True})).json()["items"]
    assert number in {one["number"] for one in every}
    bad = await http.post(f"/api/drafts/{number}/snooze", json={"until": "whenever"})
    assert bad.status_code == 400
    assert "is no time to put a draft aside until" in bad.json()["detail"]
    back = await http.post(f"/api/drafts/{number}/snooze", json={"until": None})
    assert back.json()["review"]["snoozed_until"] is None


async def test_drafts_alike_are_approved_over_http_after_their_samples(
    http: httpx2.AsyncClient, drafts: list[Draft]
) -> None:
    plan = (await http.post("/api/drafts/alike", json={"campaign": "Leases"})).json()
    assert (len(plan["items"]), len(plan["samples"])) == (5, 2)
    early = await http.post("/api/drafts/alike/approve", json=plan)
    assert early.status_code == 409
    numbers = {item["id"]: item["number"] for item in plan["items"]}
    for sample in plan["samples"]:
        await approve(http, numbers[sample])
    done = (await http.post("/api/drafts/alike/approve", json=plan)).json()
    assert len(done["approved"]) == 3
    assert done["refused"] == []
    [line] = (await http.get("/api/drafts/reviewers")).json()["items"]
    assert (line["name"], line["approved"], line["in_bulk"]) == ("Ann Reed", 5, 3)


async def test_who_approves_a_test_draft_is_told_over_http(
    http: httpx2.AsyncClient, drafts: list[Draft], database: Database, workspace: WorkspaceId
) -> None:
    async with database.transaction(workspace, CLOCK) as tx:
        made = await seed.plant(tx, drafts[0].id)
    assert made is not None
    before = (await http.get(f"/api/drafts/{made.number}")).json()
    assert before["was_test"] is False
    told = await approve(http, made.number)
    assert (told["status"], told["was_test"]) == ("withdrawn", True)
    assert told["note"].startswith("This was a test draft")


async def test_two_megabytes_are_refused_and_change_nothing(
    http: httpx2.AsyncClient, drafts: list[Draft]
) -> None:
    number = drafts[0].number
    for size, statuses in ((2_000_000, {400, 413}), (30_000, {400})):
        answer = await http.post(f"/api/drafts/{number}/edit", json={"body": "word " * (size // 5)})
        assert answer.status_code in statuses
        assert answer.json()["detail"].endswith(".")
    assert (await http.get(f"/api/drafts/{number}")).json()["status"] == "pending"


async def test_a_viewer_sees_that_nothing_may_be_done(
    http: httpx2.AsyncClient,
    drafts: list[Draft],
    database: Database,
    workspace: WorkspaceId,
    clock: VirtualClock,
) -> None:
    viewer = await add_person(database, workspace, "Vic Low", "vic@brand.example", role="viewer")
    async with database.connection() as conn:
        token = await access.open_session(conn, viewer, clock.now())
    http.headers["Authorization"] = f"Bearer {token}"
    shown = (await http.get(f"/api/drafts/{drafts[0].number}")).json()
    assert not any(one["allowed"] for one in shown["can"].values())
    refused = await http.post(
        f"/api/drafts/{drafts[0].number}/approve", json={"content_hash": shown["content_hash"]}
    )
    assert refused.status_code == 403
    assert refused.json()["detail"] == shown["can"]["approve"]["why_not"]
