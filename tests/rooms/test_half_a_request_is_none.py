"""A request whose sender hung up half-way is not taken for a whole one."""

from __future__ import annotations

import pytest
from starlette.types import Message, Receive, Scope, Send

from outrider.app.api.shield import Shield


class Door:
    """What stands behind the shield."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.bodies.append((await receive())["body"])
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


class App:
    """As much of an application as the shield looks at."""

    state = object()


async def ask(*messages: Message) -> tuple[list[bytes], list[Message]]:
    door, waiting, sent = Door(), list(messages), list[Message]()

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"content-length", b"32")]
    scope = {"type": "http", "method": "POST", "path": "/join", "query_string": b""}
    await Shield(door)({**scope, "headers": headers, "app": App()}, receive, send)
    return door.bodies, sent


@pytest.mark.parametrize("part", [b"", b"token=t&password=four wor"])
async def test_nobody_hears_of_it(part: bytes) -> None:
    begun = {"type": "http.request", "body": part, "more_body": True}
    assert await ask(begun, {"type": "http.disconnect"}) == ([], [])


async def test_a_whole_one_in_parts_arrives_whole() -> None:
    bodies, sent = await ask(
        {"type": "http.request", "body": b"token=t&", "more_body": True},
        {"type": "http.request", "body": b"password=p", "more_body": False},
    )
    assert bodies == [b"token=t&password=p"]
    assert sent[0]["status"] == 204
