"""Invitations, roles, removals and keys: each counts from the next request on, and the log has it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from outrider.app.wiring import Outrider
from outrider.kernel import access
from outrider.kernel.access import Member, api_keys, invitations
from outrider.kernel.clock import VirtualClock
from tests.access_world import PASSWORD, bearer, client, login, somebody

BEN = "ben@brand.example"


@pytest.fixture
async def admin(outrider: Outrider) -> Member:
    return await somebody(outrider, "admin")


@pytest.fixture
async def http(outrider: Outrider, admin: Member) -> AsyncIterator[httpx2.AsyncClient]:
    async with client(outrider) as opened:
        opened.headers.update(await bearer(outrider, admin))
        yield opened


async def invite(http: httpx2.AsyncClient, role: str = "approver") -> str:
    made = await http.post("/api/invitations", json={"email": BEN, "role": role})
    assert made.status_code == 201, made.text
    return str(parse_qs(urlsplit(made.json()["link"]).query)["token"][0])


async def join(outrider: Outrider, token: str, **more: str) -> httpx2.Response:
    async with client(outrider) as http:
        wanted = {"token": token, "name": "Ben Ash", "password": PASSWORD, **more}
        return await http.post("/api/join", json=wanted)


async def actions(outrider: Outrider) -> list[str]:
    async with outrider.begin()() as tx:
        rows = await tx.rows("select action from outrider.audit_events order by id")
    return [row["action"] for row in rows]


async def test_an_invitation_lets_one_person_in_once_with_the_role_that_was_meant(
    outrider: Outrider, http: httpx2.AsyncClient
) -> None:
    token = await invite(http)
    assert (await join(outrider, token, role="admin")).status_code == 400
    assert (await join(outrider, token, password="short")).status_code == 400
    done = await join(outrider, token)
    assert done.status_code == 201, done.text
    assert (done.json()["role"], done.json()["person"]["email"]) == ("approver", BEN)
    assert "outrider_session" in done.headers["set-cookie"]
    assert (await join(outrider, token)).status_code == 403
    async with client(outrider) as own:
        assert (await login(own, BEN)).status_code == 200
    told = await actions(outrider)
    for action in ("access.invite", "access.use_invitation", "access.add_person", "access.login"):
        assert action in told
    async with outrider.begin()() as tx:
        stored = await tx.rows("select token_sha256 from outrider.invitations")
    assert token not in str([dict(row) for row in stored])


async def test_an_invitation_ends_by_time_by_hand_and_by_the_next(
    outrider: Outrider, http: httpx2.AsyncClient, clock: VirtualClock
) -> None:
    first, second = await invite(http), await invite(http, "viewer")
    assert (await join(outrider, first)).status_code == 403
    waits = (await http.get("/api/invitations")).json()["items"]
    assert [(one["email"], one["role"]) for one in waits] == [(BEN, "viewer")]
    ended = await http.delete(f"/api/invitations/{waits[0]['id']}")
    assert ended.status_code == 204
    assert (await join(outrider, second)).status_code == 403
    third = await invite(http)
    clock.advance(invitations.INVITATION_LIVES + timedelta(seconds=1))
    assert (await join(outrider, third)).status_code == 403


async def test_the_page_behind_the_link_uses_nothing_up(
    outrider: Outrider, http: httpx2.AsyncClient
) -> None:
    token = await invite(http)
    async with client(outrider) as browser:
        for _ in range(2):
            page = await browser.get(f"/join?token={token}")
            assert page.status_code == 200
            assert BEN in page.text
            assert "<script" not in page.text
        form = {"token": token, "name": "Ben Ash", "password": PASSWORD}
        # Our pages send no referrer, so a form's origin is `null`; the browser says that it is ours.
        own = {"origin": "null", "sec-fetch-site": "same-origin"}
        evil = {"origin": "null", "sec-fetch-site": "cross-site"}
        assert (await browser.post("/join", data=form, headers=evil)).status_code == 403
        done = await browser.post("/join", data=form, headers=own)
        assert done.status_code == 200, done.text
        assert (await browser.get("/api/me")).json()["person"]["name"] == "Ben Ash"
        assert (await browser.get(f"/join?token={token}")).status_code == 403


async def test_a_link_to_a_new_password_changes_no_role(
    outrider: Outrider, http: httpx2.AsyncClient
) -> None:
    ben = await somebody(outrider, "viewer", "Ben Ash")
    old = await bearer(outrider, ben)
    made = (await http.post(f"/api/people/{ben.person_id}/password-link")).json()
    token = parse_qs(urlsplit(made["link"]).query)["token"][0]
    new = "quite another password"
    done = await join(outrider, token, name="Somebody Else", password=new)
    assert (done.json()["role"], done.json()["person"]["name"]) == ("viewer", "Ben Ash")
    async with client(outrider) as own:
        assert (await own.get("/api/me", headers=old)).status_code == 401
        assert (await login(own, BEN)).status_code == 401
        assert (await login(own, BEN, new)).status_code == 200


async def test_a_changed_role_counts_at_once_and_ends_what_was_open(
    outrider: Outrider, http: httpx2.AsyncClient
) -> None:
    ben = await somebody(outrider, "admin", "Ben Ash")
    own = await bearer(outrider, ben)
    changed = await http.put(f"/api/people/{ben.person_id}/role", json={"role": "viewer"})
    assert changed.json()["role"] == "viewer"
    async with client(outrider) as browser:
        assert (await browser.get("/api/people", headers=own)).status_code == 401
        await login(browser, BEN)
        refused = await browser.get("/api/keys")
    assert refused.status_code == 403
    assert "Ben Ash is viewer here and may not manage keys; ask an admin." in refused.text
    assert "access.change_role" in await actions(outrider)


async def test_whoever_is_removed_is_out_with_sessions_and_keys(
    outrider: Outrider, http: httpx2.AsyncClient
) -> None:
    ben = await somebody(outrider, "admin", "Ben Ash")
    own = await bearer(outrider, ben)
    async with client(outrider) as browser:
        wanted = {"name": "export", "scopes": ["drafts.read"]}
        key = (await browser.post("/api/keys", json=wanted, headers=own)).json()["key"]
        with_key = {"Authorization": f"Bearer {key}"}
        assert (await browser.get("/api/drafts", headers=with_key)).status_code == 200
        assert (await http.delete(f"/api/people/{ben.person_id}")).status_code == 204
        for headers in (own, with_key):
            assert (await browser.get("/api/drafts", headers=headers)).status_code == 401
        assert (await login(browser, BEN)).status_code == 401
    people = (await http.get("/api/people")).json()["items"]
    assert [one["name"] for one in people] == ["Kim Lee"]


async def test_the_last_admin_stays(http: httpx2.AsyncClient, admin: Member) -> None:
    gone = await http.delete(f"/api/people/{admin.person_id}")
    demoted = await http.put(f"/api/people/{admin.person_id}/role", json={"role": "viewer"})
    assert (gone.status_code, demoted.status_code) == (409, 409)


async def test_an_admin_ends_the_sessions_of_others(
    outrider: Outrider, http: httpx2.AsyncClient
) -> None:
    ben = await somebody(outrider, "viewer", "Ben Ash")
    own = await bearer(outrider, ben)
    seen = (await http.get(f"/api/people/{ben.person_id}/sessions")).json()["items"]
    assert len(seen) == 1
    ended = await http.delete(f"/api/people/{ben.person_id}/sessions")
    assert ended.json() == {"ended": 1}
    async with client(outrider) as browser:
        assert (await browser.get("/api/me", headers=own)).status_code == 401


async def test_a_key_does_what_its_scopes_say_until_it_ends(
    outrider: Outrider, http: httpx2.AsyncClient, clock: VirtualClock
) -> None:
    wanted = {"name": "crm", "scopes": ["campaigns.read", "runs.read"], "days": 30}
    made = (await http.post("/api/keys", json=wanted)).json()
    async with client(outrider) as program:
        program.headers["Authorization"] = f"Bearer {made['key']}"
        assert (await program.get("/api/campaigns")).status_code == 200
        refused = await program.get("/api/drafts")
        assert refused.status_code == 403
        assert refused.json()["detail"] == "The key crm has no `drafts.read`."
        assert (await program.get("/api/me")).status_code == 403
        listed = (await http.get("/api/keys")).json()["items"]
        assert listed[0]["used_at"] is not None
        assert "key" not in listed[0]
        clock.advance(timedelta(days=31))
        assert (await program.get("/api/campaigns")).status_code == 401
    async with outrider.begin()() as tx:
        row = await tx.row("select token_sha256 from outrider.api_keys where kind = 'key'")
    assert row is not None
    assert made["key"] not in row["token_sha256"]


async def test_a_revoked_key_is_over_at_once(outrider: Outrider, http: httpx2.AsyncClient) -> None:
    made = (await http.post("/api/keys", json={"name": "crm", "scopes": ["runs.read"]})).json()
    own = {"Authorization": f"Bearer {made['key']}"}
    async with client(outrider) as program:
        assert (await program.get("/api/runs", headers=own)).status_code == 200
        assert (await http.delete(f"/api/keys/{made['id']}")).status_code == 204
        assert (await program.get("/api/runs", headers=own)).status_code == 401


async def test_a_key_never_has_more_than_its_owner_has_today(
    outrider: Outrider, admin: Member, http: httpx2.AsyncClient
) -> None:
    ben = await somebody(outrider, "admin", "Ben Ash")
    async with outrider.begin()() as tx:
        wanted = api_keys.Wanted("x", ("audit.read", "runs.read"), timedelta(days=1))
        _, secret = await api_keys.add_key(tx, ben, wanted)
        await access.change_role(tx, ben.person_id, "viewer")
    own = {"Authorization": f"Bearer {secret}"}
    async with client(outrider) as program:
        assert (await program.get("/api/runs", headers=own)).status_code == 200
        assert (await program.get("/api/audit/events", headers=own)).status_code == 403


async def test_no_key_decides(http: httpx2.AsyncClient) -> None:
    for scope in ("drafts.decide", "people.manage", "keys.manage", "self"):
        refused = await http.post("/api/keys", json={"name": "x", "scopes": [scope]})
        assert refused.status_code == 403, scope
        assert scope in refused.json()["detail"]


async def test_a_key_in_the_address_is_refused_and_said_to_be_leaked(
    outrider: Outrider, http: httpx2.AsyncClient
) -> None:
    made = (await http.post("/api/keys", json={"name": "x", "scopes": ["runs.read"]})).json()
    async with client(outrider) as program:
        for address in (
            f"/api/runs?key={made['key']}",
            "/api/runs?api_key=abc",
            "/api/runs?access_token=abc",
            f"/api/runs/{made['key']}",
        ):
            answer = await program.get(address)
            assert answer.status_code == 400, address
            assert "Authorization: Bearer" in answer.json()["detail"]
            assert made["key"] not in answer.text
