"""Tasks over HTTP: what to do, for whom, why now, and what each person may do about it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from outrider.app.jobs.tasks_due import open_tasks_everywhere
from outrider.app.wiring import Outrider
from outrider.campaigns import tasks
from outrider.campaigns.task_types import OutreachTask
from tests.access_world import bearer, client, somebody
from tests.rooms.test_tasks_are_done_once import PHONE, started, texted

NAMES = {
    "approver": "Ann Reed",
    "viewer": "Vi Lee",
    "compliance": "Cora Day",
    "operator": "Oli Hart",
}


@dataclass(frozen=True)
class Place:
    """An API, and the sessions of some people."""

    outrider: Outrider
    http: httpx2.AsyncClient
    headers: dict[str, dict[str, str]]

    async def ask(self, role: str, method: str, path: str, **sent: Any) -> httpx2.Response:
        """What this role is answered."""
        return await self.http.request(
            method, f"/api/tasks{path}", headers=self.headers[role], **sent
        )


@pytest.fixture
async def place(outrider: Outrider) -> AsyncIterator[Place]:
    headers = {}
    for role, name in NAMES.items():
        headers[role] = await bearer(outrider, await somebody(outrider, role, name))
    async with client(outrider) as http:
        yield Place(outrider, http, headers)


async def opened(place: Place, channel: str = "call") -> OutreachTask:
    async with place.outrider.begin()() as tx:
        _, (one,) = await started(tx, channel)
        await tx.run("update contacts set phone = :phone, timezone = 'America/Chicago' where id = :id",
                     {"phone": PHONE, "id": one.contact_id})  # fmt: skip
        (task,) = (await tasks.open_due(tx)).tasks
        return task


async def test_a_task_says_what_to_do_for_whom_and_why_now(place: Place) -> None:
    task = await opened(place)
    (line,) = (await place.ask("viewer", "GET", "")).json()["items"]
    assert (line["kind"], line["contact"], line["account"]) == ("call", "Dana", "Acme")
    assert line["text"] == "Hi Dana, a word on Acme?"
    shown = (await place.ask("operator", "GET", f"/{task.number}")).json()
    assert (shown["step"], shown["steps"], shown["purpose"]) == (1, 2, "first_touch")
    assert (shown["touches"], shown["sequence"], shown["phone"]) == ([], "active", PHONE)
    assert (await place.ask("viewer", "GET", "/waiting")).json() == {"waiting": 1}
    assert (await place.ask("viewer", "GET", "/7")).status_code == 404


async def test_only_who_may_call_sees_the_number_and_only_while_there_is_something_to_do(
    place: Place,
) -> None:
    task = await opened(place)
    seen = {
        role: (await place.ask(role, "GET", f"/{task.number}")).json()["phone"] for role in NAMES
    }
    # Compliance decides what a policy puts before it: a text message too.
    assert seen == {"approver": PHONE, "viewer": None, "compliance": PHONE, "operator": PHONE}
    listed = await place.ask("operator", "GET", "")
    assert PHONE not in listed.text
    done = await place.ask("operator", "POST", f"/{task.number}/done", json={"note": "spoke"})
    assert (done.json()["status"], done.json()["phone"]) == ("done", None)
    assert [one["channel"] for one in done.json()["touches"]] == ["call"]


async def test_the_server_says_what_each_person_may_do_and_why_not(place: Place) -> None:
    async with place.outrider.begin()() as tx:
        agreed = await texted(tx)
        unagreed = await texted(tx, consent=False)
    can = (await place.ask("approver", "GET", f"/{agreed.number}")).json()["can"]
    assert {name for name, may in can.items() if may["allowed"]} == {"approve", "skip"}
    assert can["done"]["why_not"] == "Release it, and Outrider sends it; or skip it."
    can = (await place.ask("approver", "GET", f"/{unagreed.number}")).json()["can"]
    assert can["approve"]["why_not"].startswith("The person has not agreed to text messages")
    can = (await place.ask("operator", "GET", f"/{agreed.number}")).json()["can"]
    assert can["approve"]["why_not"] == "You may not release text messages."
    can = (await place.ask("viewer", "GET", f"/{agreed.number}")).json()["can"]
    assert not any(may["allowed"] for may in can.values())
    # What is said is what holds.
    assert (await place.ask("operator", "POST", f"/{agreed.number}/approve")).status_code == 403
    refused = await place.ask("approver", "POST", f"/{unagreed.number}/approve")
    assert refused.status_code == 422 or refused.status_code == 409
    done = await place.ask("approver", "POST", f"/{agreed.number}/approve")
    assert (done.json()["status"], done.json()["approved_by"]) == ("approved", "Ann Reed")
    assert done.json()["consent"]["source"] == "web form of 2026-02-01"


async def test_a_shelf_a_kind_and_whose_it_is_can_be_asked_for(place: Place) -> None:
    call, connect = await opened(place), await opened(place, "linkedin")

    async def numbers(role: str = "approver", **asked: object) -> list[int]:
        found = await place.ask(role, "GET", "", params=asked)
        return [one["number"] for one in found.json()["items"]]

    assert await numbers() == [call.number, connect.number]
    assert await numbers(kind="linkedin") == [connect.number]
    assert await numbers(kind="answer") == []
    assert await numbers(limit=1) == [call.number]
    assert (await place.ask("approver", "GET", "", params={"limit": 1})).json()["more"]
    assert await numbers(mine=True) == []
    await place.ask("operator", "POST", f"/{call.number}/skip", json={})
    assert await numbers(shelf="over") == [call.number]
    assert await numbers() == [connect.number]
    wrong = await place.ask("approver", "GET", "", params={"kind": "fax"})
    assert wrong.status_code == 400


async def test_looking_at_the_list_opens_nothing_and_the_job_does_for_every_workspace(
    place: Place,
) -> None:
    async with place.outrider.begin()() as tx:
        await started(tx, "call")
    assert (await place.ask("operator", "GET", "")).json()["items"] == []
    async with place.outrider.begin()() as tx:
        assert await tx.rows("select 1 from tasks") == []
        before = await tx.rows("select id from audit_events")
    await open_tasks_everywhere(place.outrider)
    (line,) = (await place.ask("operator", "GET", "")).json()["items"]
    assert line["text"] == "Hi Dana, a word on Acme?"
    async with place.outrider.begin()() as tx:
        after = await tx.rows("select id, action from audit_events")
    # Every browser hears of it, and asks again.
    fresh = {row["id"] for row in after} - {row["id"] for row in before}
    assert [row["action"] for row in after if row["id"] in fresh] == ["campaigns.task"]


async def test_the_same_word_twice_is_one_touch(place: Place) -> None:
    task = await opened(place)
    key = {"Idempotency-Key": "one-call"}
    headers = {**place.headers["operator"], **key}
    for _ in range(2):
        done = await place.http.post(
            f"/api/tasks/{task.number}/done", headers=headers, json={"note": "spoke"}
        )
        assert done.json()["status"] == "done"
    assert done.headers["idempotency-replayed"] == "true"
    async with place.outrider.begin()() as tx:
        assert len(await tx.rows("select 1 from touches")) == 1
