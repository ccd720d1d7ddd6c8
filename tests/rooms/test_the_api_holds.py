"""What strangers and broken programs send to the API is refused in a plain sentence, never with a crash."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx2
import pytest

from outrider.app.api.entry import COOKIE, MEANT
from outrider.app.api.main import create_app
from outrider.app.api.shield import WITHOUT_LOGIN as MOST_BYTES
from outrider.app.wiring import Outrider
from outrider.drafts import read
from outrider.drafts.types import Draft, DraftStatus
from outrider.kernel import access
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.ids import PersonId
from tests.drafts_world import build, offline_draft

JSON = {"content-type": "application/json"}


@pytest.fixture
async def draft(outrider: Outrider, person: PersonId) -> Draft:
    async with outrider.begin()() as tx:
        return await offline_draft(tx, await build(tx))


@pytest.fixture
async def session(outrider: Outrider, person: PersonId) -> str:
    async with outrider.begin()() as tx:
        return await access.open_session(tx.conn, person, tx.now)


@pytest.fixture
async def http(outrider: Outrider) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=create_app(outrider), raise_app_exceptions=False)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers={MEANT: "1"}
    ) as opened:
        yield opened


async def status(outrider: Outrider, draft: Draft) -> DraftStatus:
    async with outrider.begin()() as tx:
        return (await read.find(tx, str(draft.id))).status


@pytest.mark.parametrize(
    "address",
    [
        "/api/drafts?campaign=%00",
        "/api/drafts?status=%00",
        "/api/drafts?campaign=%ED%A0%80",
        "/api/drafts/%00",
        "/api/drafts/..%2f..%2fetc%2fpasswd",
        "/api/drafts/99999999999999999999",
        "/api/drafts/٣",
        "/api/drafts?limit=99999999999999999999999",
        "/api/campaigns/%00",
        "/api/campaigns/%27%20or%201=1",
        "/api/runs/%00",
        "/api/runs/x",
        "/api/trace/%00",
        "/unsubscribe/%00",
        "/unsubscribe/" + "A" * 50_000,
    ],
)
async def test_no_address_crashes_it(http: httpx2.AsyncClient, session: str, address: str) -> None:
    answer = await http.get(address, headers={"authorization": f"Bearer {session}"})
    assert answer.status_code < 500, answer.text


async def test_signs_that_no_column_can_hold_are_taken_out_of_a_note(
    http: httpx2.AsyncClient, session: str, outrider: Outrider, draft: Draft
) -> None:
    answer = await http.post(
        f"/api/drafts/{draft.number}/reject",
        headers={"authorization": f"Bearer {session}"},
        json={"note": "short\x00er\u202e"},
    )
    assert answer.status_code == 202
    assert answer.json()["decision_note"] == "shorter"
    assert await status(outrider, draft) is DraftStatus.REJECTED


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("path", ["/api/setup", "/setup", "/unsubscribe/x", "/api/drafts/1/edit"])
async def test_a_body_beyond_the_bound_is_not_read(
    http: httpx2.AsyncClient, path: str, announced: bool
) -> None:
    pieces = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal pieces
        while pieces < 1000:
            pieces += 1
            yield b"x" * 65_536

    content = b"x" * (MOST_BYTES + 1) if announced else endless()
    answer = await http.post(path, content=content, headers=JSON)
    assert answer.status_code == 413
    assert f"larger than {MOST_BYTES:,} bytes" in answer.json()["detail"]
    assert pieces <= 2


async def test_a_login_that_the_browser_adds_does_not_excuse_another_site(
    http: httpx2.AsyncClient, session: str, outrider: Outrider, draft: Draft
) -> None:
    http.cookies.set(COOKIE, session)
    body = json.dumps({"content_hash": draft.content_hash})
    for login in ("Basic eDp5", "Bearer", "Bearer ", "Negotiate abc"):
        answer = await http.post(
            f"/api/drafts/{draft.number}/approve",
            content=body,
            headers={**JSON, "authorization": login, "origin": "http://evil.example"},
        )
        assert answer.status_code == 403, login
    assert await status(outrider, draft) is DraftStatus.PENDING


async def test_a_form_of_another_site_cannot_pass_for_json(
    http: httpx2.AsyncClient, session: str, outrider: Outrider, draft: Draft
) -> None:
    http.cookies.set(COOKIE, session)
    body = json.dumps({"content_hash": draft.content_hash})
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = await http.post(
            f"/api/drafts/{draft.number}/approve", content=body, headers={"content-type": kind}
        )
        assert answer.status_code == 400, kind
    assert await status(outrider, draft) is DraftStatus.PENDING


async def test_a_session_of_another_workspace_opens_nothing_here(
    outrider: Outrider, database: Database, clock: VirtualClock, http: httpx2.AsyncClient
) -> None:
    async with database.connection() as conn:
        other = await access.ensure_workspace(conn, "other", clock.now())
    async with database.transaction(other, SYSTEM) as tx:
        stranger = await access.add_person(tx, "Stran Ger", "s@other.example", "admin")
        token = await access.open_session(tx.conn, stranger.person_id, tx.now)
    answer = await http.get("/api/drafts", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 403


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    outrider: Outrider, http: httpx2.AsyncClient
) -> None:
    async with outrider.database.connection() as conn:
        token = await access.new_setup_token(conn, outrider.clock.now())
    http.cookies.set(COOKIE, "chosen-by-somebody-else")
    made = await http.post(
        "/api/setup", json={"token": token, "name": "Kim Lee", "email": "kim@brand.example"}
    )
    cookie = made.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "chosen-by-somebody-else" not in cookie


async def test_what_nobody_foresaw_is_told_without_its_insides(
    outrider: Outrider, http: httpx2.AsyncClient, session: str
) -> None:
    async with outrider.database.connection(Role.OWNER) as conn:
        await conn.exec_driver_sql("alter table outrider.drafts rename to mislaid")
    answer = await http.get("/api/drafts", headers={"authorization": f"Bearer {session}"})
    assert answer.status_code == 500
    assert answer.json()["code"] == "broken"
    assert "select" not in answer.text.lower()
    assert "outrider.drafts" not in answer.text
