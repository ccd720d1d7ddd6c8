"""The API: nothing without a session, one set-up link, drafts decided by hash, plain errors."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest

from outrider.app.api.entry import MEANT, OPEN, routes_of
from outrider.app.api.main import create_app
from outrider.app.wiring import Outrider
from outrider.kernel import access
from outrider.prospects.types import ContactId
from outrider.sending import unsubscribe


@asynccontextmanager
async def client(outrider: Outrider) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=create_app(outrider))
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers={MEANT: "1"}
    ) as opened:
        yield opened


async def setup_token(outrider: Outrider) -> str:
    async with outrider.database.connection() as conn:
        return await access.new_setup_token(conn, outrider.clock.now())


WHO = {"name": "Kim Lee", "email": "kim@brand.example"}


async def test_every_route_but_the_named_ones_needs_a_session(outrider: Outrider) -> None:
    asked = 0
    async with client(outrider) as http:
        for route in routes_of(create_app(outrider)):
            for method in route.methods or ():
                if route.name in OPEN:
                    continue
                address = re.sub(r"\{[^}]*\}", "1", route.path)
                answer = await http.request(method, address, json={})
                assert answer.status_code == 401, (method, address, answer.text)
                assert answer.json()["code"] == "no_session"
                asked += 1
    assert asked >= 40


async def test_the_setup_link_makes_one_admin_once(outrider: Outrider) -> None:
    token = await setup_token(outrider)
    async with client(outrider) as http:
        page = await http.get(f"/setup?token={token}")
        assert token in page.text
        made = await http.post("/api/setup", json={"token": token, **WHO})
        assert made.status_code == 201
        again = await http.post("/api/setup", json={"token": token, **WHO})
        assert again.status_code == 403
        session = {"Authorization": f"Bearer {made.json()['session']}"}
        http.cookies.clear()
        assert (await http.get("/api/drafts", headers=session)).json() == {"items": []}
        assert (await http.delete("/api/session", headers=session)).status_code == 204
        assert (await http.get("/api/drafts", headers=session)).status_code == 401


async def test_the_setup_form_escapes_what_it_shows(outrider: Outrider) -> None:
    async with client(outrider) as http:
        page = await http.get('/setup?token="><script>alert(1)</script>')
    assert "<script>" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


async def test_a_cookie_from_another_site_decides_nothing(outrider: Outrider) -> None:
    token = await setup_token(outrider)
    async with client(outrider) as http:
        await http.post("/api/setup", json={"token": token, **WHO})
        assert (await http.get("/api/drafts")).status_code == 200
        for header in (
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
        ):
            answer = await http.post("/api/drafts/1/reject", json={"note": "x"}, headers=header)
            assert answer.status_code == 403
        del http.headers[MEANT]
        from_a_form = await http.post("/api/drafts/1/reject", json={"note": "x"})
        assert from_a_form.status_code == 403
        assert MEANT in from_a_form.json()["detail"]
        http.headers[MEANT] = "1"
        own = await http.post("/api/drafts/1/reject", json={"note": "x"})
        assert own.status_code == 404


async def test_bad_input_names_the_field(outrider: Outrider) -> None:
    token = await setup_token(outrider)
    async with client(outrider) as http:
        await http.post("/api/setup", json={"token": token, **WHO})
        answer = await http.post("/api/drafts/1/approve", json={"content_hash": "short"})
        assert answer.status_code == 400
        assert "content_hash" in answer.json()["detail"]
        unknown = await http.post("/api/drafts/1/reject", json={"note": "x", "send": True})
        assert "send" in unknown.json()["detail"]
        assert (await http.get("/api/trace/%3Cno@where%3E")).status_code == 404


async def test_an_unsubscribe_link_that_is_not_ours_does_nothing(outrider: Outrider) -> None:
    async with client(outrider) as http:
        assert (await http.get("/unsubscribe/abc")).status_code == 404
        assert (await http.post("/unsubscribe/abc")).status_code == 404
        forged = unsubscribe.token(ContactId(outrider.workspace), b"x" * 32)
        assert (await http.post(f"/unsubscribe/{forged}")).status_code == 404


async def test_health_and_readiness_answer_without_a_session(outrider: Outrider) -> None:
    async with client(outrider) as http:
        assert (await http.get("/healthz")).json()["status"] == "ok"
        assert (await http.get("/readyz")).json()["status"] == "ready"


async def test_what_nobody_foresaw_is_a_plain_answer_without_its_cause(
    outrider: Outrider, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("outrider.app.api.entry.access.session_of", broken)
    transport = httpx2.ASGITransport(app=create_app(outrider), raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        answer = await http.get("/api/drafts", headers={"Authorization": "Bearer x"})
    assert answer.status_code == 500
    assert answer.json()["code"] == "broken"
    assert "secret detail" not in answer.text
