"""Variants of a draft over HTTP: asked for by who may decide, compared, and chosen once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from outrider.app.jobs import long_work
from outrider.app.jobs.vary import vary
from outrider.app.wiring import Outrider
from outrider.drafts import decide, store
from outrider.drafts.types import Draft
from outrider.kernel.clock import VirtualClock
from outrider.kernel.errors import NotFound
from tests.access_world import bearer, signed_in, somebody
from tests.drafts_world import build, offline_draft


@pytest.fixture
async def draft(outrider: Outrider) -> Draft:
    async with outrider.begin()() as tx:
        return await offline_draft(tx, await build(tx))


@pytest.fixture
async def http(outrider: Outrider) -> AsyncIterator[httpx2.AsyncClient]:
    async with signed_in(outrider, "approver", "Ann Reed") as opened:
        yield opened


def silent(done: int) -> None:
    """Nobody watches."""


async def finished(http: httpx2.AsyncClient, work: dict[str, Any]) -> dict[str, Any]:
    async with asyncio.timeout(120):
        while True:
            found: dict[str, Any] = (await http.get(f"/api/variant-work/{work['id']}")).json()
            if found["state"] != "running":
                return found
            await asyncio.sleep(0.02)


async def test_variants_are_asked_for_compared_and_one_is_chosen(
    http: httpx2.AsyncClient, draft: Draft
) -> None:
    path = f"/api/drafts/{draft.number}"
    asked = await http.post(f"{path}/variants", json={"count": 3})
    assert asked.status_code == 202
    work = await finished(http, asked.json())
    assert (work["state"], work["result"]) == ("done", {"variants": [1, 2, 3]})
    found = (await http.get(f"{path}/variants")).json()
    assert (found["left"], found["can"]) == (6, {"allowed": True, "why_not": None})
    assert len({one["angle"] for one in found["items"]}) == 3
    for one in found["items"]:
        assert len(one["reasoning"]) >= 3
        assert (one["blocks"], len(one["checks"])) == (0, 9)
    chosen = (await http.post(f"{path}/choose", json={"variant": 2})).json()
    assert (chosen["status"], chosen["version"]) == ("pending", 2)
    assert chosen["body"] == found["items"][1]["body"]
    again = await http.post(f"{path}/choose", json={"variant": 1})
    assert again.status_code == 409
    after = (await http.get(f"{path}/variants")).json()
    assert [one["is_chosen"] for one in after["items"]] == [False, True, False]
    assert not after["can"]["allowed"]


async def test_what_is_being_written_is_found_again_and_not_asked_for_twice(
    http: httpx2.AsyncClient, outrider: Outrider, draft: Draft
) -> None:
    path, may_end = f"/api/drafts/{draft.number}/variants", asyncio.Event()
    async with outrider.begin()() as tx:
        ann = (await tx.rows("select id from people where name = 'Ann Reed'"))[0]["id"]

    async def doing(tell: long_work.Telling) -> dict[str, Any]:
        await may_end.wait()
        return {"variants": []}

    by, what = f"person:{ann}", ("variants", f"draft {draft.number}")
    work = long_work.begin(outrider, by, what, doing)
    assert (await http.get(path)).json()["work"] == str(work.id)
    again = await http.post(path, json={"count": 1})
    assert (again.status_code, "still being written" in again.json()["detail"]) == (409, True)
    other = await bearer(outrider, await somebody(outrider, "approver", "Mia Lind"))
    assert (await http.get(path, headers=other)).json()["work"] is None
    may_end.set()
    await finished(http, work.model_dump(mode="json"))
    assert (await http.get(path)).json()["work"] is None


async def test_work_that_ended_long_ago_is_forgotten_when_more_is_begun(
    outrider: Outrider, clock: VirtualClock
) -> None:
    async def doing(tell: long_work.Telling) -> dict[str, Any]:
        return {}

    first = long_work.begin(outrider, "person:1", ("run", "one"), doing)
    clock.advance(long_work.KEPT)
    second = long_work.begin(outrider, "person:1", ("run", "two"), doing)
    assert long_work.find(outrider, "person:1", first.id)
    clock.advance(timedelta(seconds=1))
    long_work.begin(outrider, "person:1", ("run", "three"), doing)
    with pytest.raises(NotFound):
        long_work.find(outrider, "person:1", first.id)
    assert long_work.find(outrider, "person:1", second.id)


async def test_a_file_of_work_that_was_cut_off_stands_in_the_way_of_nothing(
    outrider: Outrider,
) -> None:
    async def doing(tell: long_work.Telling) -> dict[str, Any]:
        return {}

    by, what = "person:1", ("run", "one")
    cut = long_work.begin(outrider, by, what, doing)
    await asyncio.gather(*long_work._running)
    (file,) = (outrider.settings.home / "work").rglob(f"{cut.id}.json")
    file.write_bytes(b"")  # what a file is after the power went
    with pytest.raises(NotFound):
        long_work.find(outrider, by, cut.id)
    assert long_work.running(outrider, by, what) is None
    assert long_work.begin(outrider, by, what, doing).state == "running"


async def test_two_who_choose_at_once_make_one_decision(
    http: httpx2.AsyncClient, outrider: Outrider, draft: Draft
) -> None:
    await vary(outrider, draft.id, 2, silent)
    path = f"/api/drafts/{draft.number}/choose"
    answers = await asyncio.gather(
        *(http.post(path, json={"variant": number}) for number in (1, 2))
    )
    assert sorted(one.status_code for one in answers) == [200, 409]
    async with outrider.begin()() as tx:
        assert len(await tx.rows("select 1 from decisions")) == 1
        assert len(await tx.rows("select 1 from drafts where status = 'pending'")) == 1


async def test_a_decided_draft_and_one_that_has_enough_get_no_more(
    http: httpx2.AsyncClient, outrider: Outrider, draft: Draft
) -> None:
    path = f"/api/drafts/{draft.number}/variants"
    await vary(outrider, draft.id, 1, silent)
    refused = await http.post(path, json={"count": 9})
    assert (refused.status_code, "may get 8 more" in refused.json()["detail"]) == (409, True)
    for count in (0, 10, "2", True):
        assert (await http.post(path, json={"count": count})).status_code == 400
    none = await http.post(f"/api/drafts/{draft.number}/choose", json={"variant": 7})
    assert (none.status_code, "it has 1" in none.json()["detail"]) == (404, True)
    async with outrider.begin()() as tx:
        shown = await store.by_id(tx, draft.id)
        assert shown is not None
        ann = (await tx.rows("select id from people where name = 'Ann Reed'"))[0]["id"]
        await decide.reject(tx, draft.id, ann, "shorter")
    assert (await http.post(path, json={"count": 1})).status_code == 409


async def test_who_may_not_decide_looks_and_asks_for_nothing(
    http: httpx2.AsyncClient, outrider: Outrider, draft: Draft
) -> None:
    await vary(outrider, draft.id, 1, silent)
    viewer = await bearer(outrider, await somebody(outrider, "viewer", "Vi Lee"))
    path = f"/api/drafts/{draft.number}"
    found = (await http.get(f"{path}/variants", headers=viewer)).json()
    assert (len(found["items"]), found["can"]["allowed"]) == (1, False)
    for place, body in (("variants", {"count": 1}), ("choose", {"variant": 1})):
        assert (await http.post(f"{path}/{place}", json=body, headers=viewer)).status_code == 403


async def test_the_work_of_one_person_is_not_shown_to_another(
    http: httpx2.AsyncClient, outrider: Outrider, draft: Draft
) -> None:
    asked = await http.post(f"/api/drafts/{draft.number}/variants", json={"count": 1})
    await finished(http, asked.json())
    other = await bearer(outrider, await somebody(outrider, "admin", "Mia Lind"))
    hidden = await http.get(f"/api/variant-work/{asked.json()['id']}", headers=other)
    assert hidden.status_code == 404
