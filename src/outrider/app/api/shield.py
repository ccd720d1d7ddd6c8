"""What no request may be: too large, too slow, of two lengths, or with a NUL or a key in its address.

In: ASGI. Out: the same, or a refusal before anything reads it. Never: a body in memory beyond the bound.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from outrider.app.wiring import Outrider
from outrider.kernel.access.api_keys import PREFIX
from outrider.kernel.settings import Settings

WITHOUT_LOGIN = 64_000
"""Bytes of a body from somebody who shows no session: a login, a form, an unsubscribe."""
FROM_OTHERS = 1024 * 1024
"""Bytes of a body that a provider signs; read before its signature can be."""
SIGNED_BY_OTHERS = ("/api/slack/", "/api/webhooks/")

_SECRET_NAMES = (b"access_token=", b"api_key=", b"apikey=", b"authorization=", PREFIX.encode())


class Shield:
    """The outermost layer of the API."""

    def __init__(self, app: ASGIApp) -> None:
        """`app` is what stands behind it."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or read the body up to its bound and pass it on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refused = _address(scope) or _lengths(scope)
        if refused:
            await _refuse(send, 400, refused)
            return
        settings = _settings(scope)
        started = _Started(send)
        seconds = settings.request_timeout.total_seconds() if settings else 60.0
        try:
            async with asyncio.timeout(seconds) as limit:
                started.then = lambda: limit.reschedule(None)
                await self._bounded(scope, receive, started, _bound(scope, settings))
        except TimeoutError:
            if started.is_so:
                raise
            sentence = f"This took longer than {seconds:g} s and was stopped; ask for less."
            await _refuse(send, 503, sentence, "unavailable")

    async def _bounded(self, scope: Scope, receive: Receive, send: Send, most: int) -> None:
        headers = dict(scope["headers"])
        if b"content-length" not in headers and b"transfer-encoding" not in headers:
            await self.app(scope, receive, send)
            return
        try:
            body = await _read(receive, headers.get(b"content-length", b"0"), most)
        except ClientDisconnect:
            return
        if body is None:
            await _refuse(send, 413, f"The body is larger than {most:,} bytes; shorten it.")
            return
        await self.app(scope, again(body, receive), send)


class _Started:
    """A `send` that knows whether the answer has begun; a stream has no time limit from then on."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.is_so = False
        self.then: Callable[[], None] = lambda: None

    async def __call__(self, message: Message) -> None:
        if not self.is_so:
            self.is_so = True
            self.then()
        await self._send(message)


def _settings(scope: Scope) -> Settings | None:
    outrider = getattr(scope["app"].state, "outrider", None)
    return outrider.settings if isinstance(outrider, Outrider) else None


def _address(scope: Scope) -> str | None:
    """What is wrong with the address, as a sentence."""
    query = scope["query_string"].lower()
    # Postgres has no text with a NUL in it, so such a name is nobody's.
    if "\x00" in scope["path"] or b"%00" in query:
        return "The address of this request holds a NUL; take it out."
    # Addresses end up in logs, histories and referrers.
    if PREFIX in scope["path"] or any(name in query for name in _SECRET_NAMES):
        return (
            "A key does not go into the address, where logs keep it: send it as the header"
            " Authorization: Bearer KEY, and revoke this one."
        )
    return None


def _lengths(scope: Scope) -> str | None:
    """What is wrong with how the body's end is told, as a sentence (RFC 9112, section 6.3)."""
    names = [name for name, _ in scope["headers"]]
    # Of two ends a proxy in front may take the other, and what is between would pass as a request.
    if b"content-length" in names and b"transfer-encoding" in names:
        return "The body has a Content-Length and a Transfer-Encoding; send one of them."
    return None


def _bound(scope: Scope, settings: Settings | None) -> int:
    """How many bytes this body may have."""
    most = settings.largest_body if settings else WITHOUT_LOGIN
    names = {name for name, _ in scope["headers"]}
    if scope["path"].startswith(SIGNED_BY_OTHERS):
        return min(most, FROM_OTHERS)
    if names & {b"authorization", b"cookie"}:
        return most
    return min(most, WITHOUT_LOGIN)


async def _read(receive: Receive, announced: bytes, most: int) -> bytes | None:
    """The whole body; None when it is, or says that it is, larger than the bound."""
    if announced.isdigit() and int(announced[:20]) > most:
        return None
    body = bytearray()
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > most:
            return None
        if message["type"] == "http.disconnect":
            # Half a form can be a form, with half a password.
            raise ClientDisconnect
        more = message.get("more_body", False)
    return bytes(body)


def again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body once, then whatever the server says."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def give() -> Message:
        return waiting.pop() if waiting else await receive()

    return give


async def _refuse(send: Send, status: int, sentence: str, code: str = "invalid_input") -> None:
    problem = {"type": f"urn:outrider:{code}", "code": code, "detail": sentence}
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(problem).encode()})
