"""`Idempotency-Key`: the same request twice is done once, and the second answer is the first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest

from outrider.app.api.once import HEADER, OWN_LOGIN, REPLAYED, SIGNED_BY_OTHERS
from outrider.app.wiring import Outrider
from outrider.kernel.access import Member, idempotency
from outrider.kernel.clock import VirtualClock
from tests.access_world import bearer, client, somebody
from tests.attackers import Operation, operations

HALT = {"scope": "workspace", "is_on": True, "reason": "drill"}


@pytest.fixture
async def admin(outrider: Outrider) -> Member:
    return await somebody(outrider, "admin")


@pytest.fixture
async def http(outrider: Outrider, admin: Member) -> AsyncIterator[httpx2.AsyncClient]:
    async with client(outrider) as opened:
        opened.headers.update(await bearer(outrider, admin))
        yield opened


async def halts(outrider: Outrider) -> int:
    async with outrider.begin()() as tx:
        return len(
            await tx.rows("select 1 from outrider.audit_events where action like 'switches.%'")
        )


async def test_the_second_answer_is_the_first_and_nothing_is_done_again(
    outrider: Outrider, http: httpx2.AsyncClient
) -> None:
    own = {HEADER: "a"}
    first = await http.post("/api/switches", json=HALT, headers=own)
    second = await http.post("/api/switches", json=HALT, headers=own)
    assert first.status_code == 200, first.text
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["content-type"] == first.headers["content-type"]
    assert REPLAYED not in first.headers
    assert second.headers[REPLAYED] == "true"
    assert await halts(outrider) == 1
    await http.post("/api/switches", json=HALT, headers={HEADER: "b"})
    await http.post("/api/switches", json=HALT)
    assert await halts(outrider) == 3


async def test_a_key_belongs_to_one_request_and_one_person(
    outrider: Outrider, http: httpx2.AsyncClient
) -> None:
    own = {HEADER: "a"}
    await http.post("/api/switches", json=HALT, headers=own)
    for path, body in (
        ("/api/switches", {**HALT, "reason": "another"}),
        ("/api/keys", {"name": "x", "scopes": ["runs.read"]}),
    ):
        refused = await http.post(path, json=body, headers=own)
        assert (refused.status_code, refused.json()["code"]) == (422, "refused")
    ben = await bearer(outrider, await somebody(outrider, "admin", "Ben Ash"))
    other = await http.post("/api/switches", json=HALT, headers={**own, **ben})
    assert REPLAYED not in other.headers
    assert await halts(outrider) == 2


async def test_of_two_at_once_one_is_done(outrider: Outrider, http: httpx2.AsyncClient) -> None:
    own = {HEADER: "a"}
    answers = await asyncio.gather(
        *(http.post("/api/switches", json=HALT, headers=own) for _ in range(6))
    )
    assert {one.status_code for one in answers} <= {200, 409}
    assert any(one.status_code == 200 for one in answers)
    assert await halts(outrider) == 1


async def test_what_was_refused_may_be_tried_again(
    outrider: Outrider, http: httpx2.AsyncClient
) -> None:
    own = {HEADER: "a"}
    wanted = {"email": "ben@brand.example", "role": "viewer"}
    ben = await somebody(outrider, "viewer", "Ben Ash")
    assert (await http.post("/api/invitations", json=wanted, headers=own)).status_code == 409
    await http.delete(f"/api/people/{ben.person_id}")
    assert (await http.post("/api/invitations", json=wanted, headers=own)).status_code == 201


async def test_a_secret_is_not_kept_to_be_told_again(
    outrider: Outrider, http: httpx2.AsyncClient
) -> None:
    own, wanted = {HEADER: "a"}, {"name": "x", "scopes": ["runs.read"]}
    made = (await http.post("/api/keys", json=wanted, headers=own)).json()
    again = await http.post("/api/keys", json=wanted, headers=own)
    assert again.status_code == 409
    assert "not kept" in again.json()["detail"]
    assert len((await http.get("/api/keys")).json()["items"]) == 1
    async with outrider.begin()() as tx:
        rows = await tx.rows("select * from outrider.idempotency_keys")
    assert made["key"] not in str([dict(row) for row in rows])


async def test_what_broke_half_way_is_not_repeated_blindly(
    outrider: Outrider, admin: Member, http: httpx2.AsyncClient
) -> None:
    """A process that is killed between the work and its answer leaves the key unanswered."""
    asked = idempotency.fingerprint("POST", b"/api/switches?", http_body(HALT))
    async with outrider.begin()() as tx:
        await idempotency.claim(tx, f"person:{admin.person_id}:admin", "a", asked)
    answer = await http.post("/api/switches", content=http_body(HALT), headers={HEADER: "a"})
    assert answer.status_code == 409
    assert "Look at what became of it" in answer.json()["detail"]
    assert await halts(outrider) == 0


def http_body(value: dict[str, object]) -> bytes:
    return httpx2.Request("POST", "http://x", json=value).content


async def test_a_key_is_forgotten_after_a_day(
    outrider: Outrider, http: httpx2.AsyncClient, clock: VirtualClock, admin: Member
) -> None:
    await http.post("/api/switches", json=HALT, headers={HEADER: "a"})
    clock.advance(idempotency.KEPT)
    http.headers.update(await bearer(outrider, admin))
    again = await http.post("/api/switches", json=HALT, headers={HEADER: "a"})
    assert REPLAYED not in again.headers
    assert await halts(outrider) == 2


async def test_an_answer_is_not_replayed_to_whoever_lost_the_right(
    outrider: Outrider, http: httpx2.AsyncClient
) -> None:
    from outrider.kernel import access

    ben = await somebody(outrider, "operator", "Ben Ash")
    first = await http.post(
        "/api/switches", json=HALT, headers={HEADER: "a", **await bearer(outrider, ben)}
    )
    assert first.status_code == 200
    async with outrider.begin()() as tx:
        await access.change_role(tx, ben.person_id, "viewer")
    again = await http.post(
        "/api/switches", json=HALT, headers={HEADER: "a", **await bearer(outrider, ben)}
    )
    assert again.status_code == 403


async def test_a_login_is_never_kept(outrider: Outrider, http: httpx2.AsyncClient) -> None:
    body = {"email": "kim@brand.example", "password": "wrong one here"}
    for _ in range(2):
        answer = await http.post("/api/login", json=body, headers={HEADER: "a"})
        assert answer.status_code == 401
    async with outrider.begin()() as tx:
        assert await tx.rows("select 1 from outrider.idempotency_keys") == []


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_a_key_that_is_none_is_told(http: httpx2.AsyncClient, key: str) -> None:
    answer = await http.post("/api/switches", json=HALT, headers={HEADER: key})
    assert answer.status_code == 400
    assert HEADER in answer.json()["detail"]


def posts() -> list[Operation]:
    """Every POST of the running code but logins, whose answers are never kept, and what others sign."""
    return [
        one
        for one in operations()
        if one.method == "POST"
        and one.path.startswith("/api/")
        and one.path not in OWN_LOGIN
        and not one.path.startswith(SIGNED_BY_OTHERS)
    ]


async def test_no_post_goes_without_it(http: httpx2.AsyncClient) -> None:
    asked = posts()
    assert len(asked) > 20, "it looked at too little to mean anything"
    for one in asked:
        answer = await http.post(one.address({}), headers={HEADER: "x" * 256}, json={})
        assert answer.status_code == 400, one.path
        assert HEADER in answer.json()["detail"], one.path
