"""What no request may be: too large, or with a NUL in its address.

In: ASGI. Out: the same, or a refusal before anything reads it. Never: a body in memory beyond the bound.
"""

from __future__ import annotations

import json

from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 1024 * 1024
"""The largest honest body is an edited mail, 20,000 characters."""


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
        # Postgres has no text with a NUL in it, so such a name is nobody's.
        if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
            await _refuse(send, 400, "The address of this request holds a NUL; take it out.")
            return
        headers = dict(scope["headers"])
        if b"content-length" not in headers and b"transfer-encoding" not in headers:
            await self.app(scope, receive, send)
            return
        body = await _read(receive, headers.get(b"content-length", b"0"))
        if body is None:
            await _refuse(send, 413, f"The body is larger than {MOST_BYTES:,} bytes; shorten it.")
            return
        await self.app(scope, _again(body, receive), send)


async def _read(receive: Receive, announced: bytes) -> bytes | None:
    """The whole body; None when it is, or says that it is, larger than the bound."""
    if announced.isdigit() and int(announced[:20]) > MOST_BYTES:
        return None
    body = bytearray()
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            return None
        more = message["type"] == "http.request" and message.get("more_body", False)
    return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body once, then whatever the server says."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def give() -> Message:
        return waiting.pop() if waiting else await receive()

    return give


async def _refuse(send: Send, status: int, sentence: str) -> None:
    problem = {"type": "urn:outrider:invalid_input", "code": "invalid_input", "detail": sentence}
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"x-content-type-options", b"nosniff"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(problem).encode()})
