"""Every answer carries the headers that keep a browser safe; none takes for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest
from fastapi.responses import StreamingResponse
from structlog.testing import capture_logs

from outrider.app.api.main import create_app
from outrider.app.api.web import POLICY
from outrider.app.wiring import Outrider
from outrider.kernel.settings import load
from tests.access_world import client


@pytest.mark.parametrize(
    "address", ["/healthz", "/api/me", "/api/nothing", "/setup?token=x", "/unsubscribe/x", "/login"]
)
async def test_every_answer_has_the_headers(outrider: Outrider, address: str) -> None:
    async with client(outrider) as http:
        headers = (await http.get(address)).headers
        http.base_url = "https://127.0.0.1"
        over_tls = (await http.get(address)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "strict-transport-security" not in headers
    assert over_tls["strict-transport-security"] == "max-age=31536000"
    assert "server" not in headers


def test_the_web_app_runs_its_own_scripts_and_no_others() -> None:
    rules = dict(rule.strip().partition(" ")[::2] for rule in POLICY.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert rules["base-uri"] == "'none'"
    assert rules["frame-ancestors"] == "'none'"


async def test_what_takes_too_long_is_stopped_and_a_stream_is_not(outrider: Outrider) -> None:
    settings = load(home=outrider.settings.home, request_timeout=timedelta(seconds=1.5))
    app = create_app(replace(outrider, settings=settings))
    stopped: list[str] = []

    @app.get("/slow")
    async def slow() -> None:
        try:
            await asyncio.sleep(30)
        finally:
            stopped.append("slow")

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(4):
                yield b"x"
                await asyncio.sleep(0.5)

        return StreamingResponse(pieces())

    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        answer = await http.get("/slow")
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert "longer than 1.5 s" in answer.json()["detail"]
        assert stopped == ["slow"]
        assert (await http.get("/stream")).content == b"xxxx"


async def test_an_unknown_address_and_method_are_problems(outrider: Outrider) -> None:
    async with client(outrider) as http:
        nothing = await http.get("/api/nothing")
        assert (nothing.status_code, nothing.json()["code"]) == (404, "not_found")
        wrong = await http.delete("/api/policies")
        assert wrong.status_code == 405
        assert wrong.headers["allow"] == "GET, PUT"
        assert wrong.headers["content-type"] == "application/problem+json"


async def test_what_nobody_foresaw_is_found_in_the_log_by_its_correlation_id(
    outrider: Outrider,
) -> None:
    app = create_app(outrider)

    @app.get("/broken")
    async def broken() -> None:
        raise LookupError("somebody's name")

    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        with capture_logs() as logs:
            answer = await http.get("/broken")
    assert answer.status_code == 500
    (told,) = [entry for entry in logs if entry["event"] == "request_failed"]
    assert told["correlation_id"] == answer.headers["x-correlation-id"] != ""
    assert "somebody" not in str(logs) + answer.text
