"""A long answer outlives no session: who is logged out half-way gets nothing more, and no whole file."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from outrider.app.api import live
from outrider.app.api.main import create_app
from outrider.app.views import log_state
from outrider.app.wiring import Outrider
from outrider.kernel import access
from outrider.kernel.audit.append import record
from tests.access_world import bearer, somebody

EVENTS = 20


class Reader:
    """Somebody who reads a long answer, and does something else while it comes."""

    def __init__(self, outrider: Outrider, token: str) -> None:
        self.outrider, self.token = outrider, token
        self.app = create_app(outrider)
        self.text = ""
        self.is_whole = False
        self.meanwhile: Callable[[], Awaitable[None]] | None = None

    async def log_out(self) -> None:
        """End the session."""
        async with self.outrider.database.connection() as conn:
            await access.revoke_session(conn, self.token, self.outrider.clock.now())

    async def act(self, number: int = 0) -> None:
        """Let something happen that the log tells."""
        async with self.outrider.begin()() as tx:
            await record(tx, "test.event", f"thing:{number}")

    async def read(self, path: str, query: str = "") -> None:
        """Ask for it over ASGI, where the end of an answer is a message of its own."""
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(b"authorization", f"Bearer {self.token}".encode())],
            "scheme": "http",
            "server": ("127.0.0.1", 80),
            "client": ("127.0.0.1", 50_000),
        }
        asked = False

        async def receive() -> Any:
            nonlocal asked
            if asked:
                await asyncio.Event().wait()  # it stays connected
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}

        await self.app(scope, receive, self._take)

    async def _take(self, message: Any) -> None:
        if message["type"] != "http.response.body":
            return
        self.text += message.get("body", b"").decode()
        self.is_whole = not message.get("more_body", False)
        if self.meanwhile and ("ready" in self.text or self.text.count("\n") == 6):
            act, self.meanwhile = self.meanwhile, None
            await act()


@pytest.fixture
async def reader(outrider: Outrider, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """An approver before a log of several pages."""
    monkeypatch.setattr(log_state, "MOST", 4)
    headers = await bearer(outrider, await somebody(outrider, "approver"))
    reader = Reader(outrider, headers["Authorization"].removeprefix("Bearer "))
    for number in range(EVENTS):
        await reader.act(number)
    return reader


async def test_whoever_stays_logged_in_gets_the_log_whole(reader: Reader) -> None:
    await reader.read("/api/audit/export", "action=test.event")
    assert (reader.text.count("\n"), reader.is_whole) == (EVENTS, True)


async def test_whoever_is_logged_out_gets_no_further_page_and_no_end(
    reader: Reader, capsys: pytest.CaptureFixture[str]
) -> None:
    reader.meanwhile = reader.log_out
    # Without the last message the server closes the connection, so nobody takes it for whole.
    with pytest.raises(RuntimeError, match="response already started"):
        await reader.read("/api/audit/export", "action=test.event")
    assert (reader.text.count("\n"), reader.is_whole) == (8, False)
    told = capsys.readouterr().out
    assert "export_cut_off" in told
    assert "ended or revoked" in told


async def test_a_screen_hears_what_happens_until_it_is_logged_out(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "BEAT_SECONDS", 3600.0)

    async def log_out_and_act() -> None:
        await reader.log_out()
        await reader.act()

    reader.meanwhile = log_out_and_act
    async with asyncio.timeout(60):
        await reader.read("/api/live")
    assert "event: ready" in reader.text
    assert "event: change" not in reader.text


async def test_a_screen_that_stays_logged_in_hears_it(reader: Reader) -> None:
    async def end_later() -> None:
        while "event: change" not in reader.text:
            await asyncio.sleep(0.05)
        reader.app.state.is_ending = True

    reader.meanwhile = reader.act
    async with asyncio.timeout(60):
        await asyncio.gather(reader.read("/api/live"), end_later())
    assert '"test.event"' in reader.text
