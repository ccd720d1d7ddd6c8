"""`Idempotency-Key` on every POST: the same request twice is done once.

In: ASGI, behind the shield. Out: the route's answer, or the kept one with `Idempotency-Replayed: true`.
Never: a login's answer, or another secret; an answer for somebody who did not ask for it first.
"""

from __future__ import annotations

from uuid import UUID

from fastapi import Depends, Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from outrider.app.api.entry import Caller, known, token_of
from outrider.app.api.problems import problem
from outrider.app.api.shield import again
from outrider.kernel.access import idempotency
from outrider.kernel.access.idempotency import Answer
from outrider.kernel.errors import InvalidInput, OutriderError

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST = 255

OWN_LOGIN = frozenset({"/api/login", "/api/logout", "/api/setup", "/api/join"})
"""Here the answer is a session, which is never kept."""
SIGNED_BY_OTHERS = ("/api/slack/", "/api/webhooks/")


def _marked(request: Request) -> None:
    request.state.holds_secret = True


HoldsSecret = Depends(_marked)
"""A route with this dependency answers with a secret, so its answer is not kept."""


class Once:
    """The layer that knows what was answered before."""

    def __init__(self, app: ASGIApp) -> None:
        """`app` is what stands behind it."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what was kept, or let the route answer and keep it."""
        if not _is_meant(scope):
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            body = await request.body()
            caller = await known(request)
            found = await _claimed(request, caller, body)
        except OutriderError as error:
            await problem(error)(scope, receive, send)
            return
        if isinstance(found, Answer):
            await _send(send, found)
            return
        answered = _Answered()
        await self.app(scope, again(body, receive), answered.take)
        await _settle(request, caller, found, answered)
        for message in answered.messages:
            await send(message)


class _Answered:
    """What a route answered, held back until it is kept."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def take(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def answer(self) -> Answer:
        start = next(one for one in self.messages if one["type"] == "http.response.start")
        body = b"".join(one.get("body", b"") for one in self.messages)
        headers = MutableHeaders(raw=list(start["headers"]))
        return Answer(int(start["status"]), headers.get("content-type", ""), body)


def _is_meant(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] in OWN_LOGIN:
        return False
    if not scope["path"].startswith("/api/") or scope["path"].startswith(SIGNED_BY_OTHERS):
        return False
    request = Request(scope)
    return HEADER in request.headers and bool(token_of(request))


async def _claimed(request: Request, caller: Caller, body: bytes) -> UUID | Answer:
    key = request.headers[HEADER]
    if not 0 < len(key) <= LONGEST:
        raise InvalidInput(f"An {HEADER} has 1 to {LONGEST} characters; this has {len(key)}.")
    address = request.url.path.encode() + b"?" + request.url.query.encode()
    asked = idempotency.fingerprint(request.method, address, body)
    async with caller.outrider.begin()() as tx:
        return await idempotency.claim(tx, _principal(caller), key, asked)


def _principal(caller: Caller) -> str:
    # With another role the request is judged anew, not answered from what was allowed once.
    return f"{caller.principal}:{caller.member.role}"


async def _settle(request: Request, caller: Caller, place: UUID, answered: _Answered) -> None:
    """Keep what was done; forget what was refused; leave open what broke half-way."""
    answer = answered.answer
    if answer.status >= 500:
        return
    async with caller.outrider.begin()() as tx:
        if answer.status >= 400:
            await idempotency.release(tx, place)
        else:
            is_secret = getattr(request.state, "holds_secret", False)
            await idempotency.keep(tx, place, answer, is_secret=is_secret)


async def _send(send: Send, answer: Answer) -> None:
    headers = MutableHeaders({REPLAYED: "true", "content-length": str(len(answer.body))})
    if answer.content_type:
        headers["content-type"] = answer.content_type
    await send({"type": "http.response.start", "status": answer.status, "headers": headers.raw})
    await send({"type": "http.response.body", "body": answer.body})
