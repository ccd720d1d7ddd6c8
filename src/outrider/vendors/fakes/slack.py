"""A small Slack on the loopback: takes posts, refuses what Slack would refuse, remembers all.

In: calls of the Web API, faults to show next, and what checks blocks and views. Out: the answers of
Slack, `posts` by channel, `told` and `views`. Never: a request passed on.

It knows every channel whose id begins with C, one bot token and one app token. A page of history holds two posts, so
that whoever reads it must turn pages.
"""

from __future__ import annotations

import json
import socket
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl

from outrider.vendors.fakes.loopback import OnLoopback

Blocks = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Checks:
    """What is wrong with blocks and views; nothing means that Slack would take them."""

    message: Callable[[Blocks], list[str]]
    view: Callable[[Mapping[str, Any]], list[str]]


@dataclass(frozen=True)
class Fault:
    """A wrong answer, given once, before or after the work was done; `waits` seconds pass before it."""

    status: int = 200
    error: str = ""
    retry_after: int | None = None
    drops: bool = False
    after_the_work: bool = False
    waits: float = 0.0


@dataclass
class Post:
    """One message in a channel."""

    channel: str
    ts: str
    text: str
    blocks: list[dict[str, Any]]
    metadata: dict[str, Any]
    thread_ts: str | None = None
    updates: int = 0

    def buttons(self) -> dict[str, dict[str, Any]]:
        """The buttons of the message by action id."""
        return {
            element["action_id"]: element
            for block in self.blocks
            if block["type"] == "actions"
            for element in block["elements"]
        }

    def words(self) -> str:
        """Everything that can be read on it."""
        return "\n".join(_texts(self.blocks))


@dataclass
class State:
    """What the fake knows."""

    checks: Checks
    token: str
    posts: list[Post] = field(default_factory=list)
    told: list[dict[str, str]] = field(default_factory=list)
    views: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    faults: deque[tuple[str, Fault]] = field(default_factory=deque)
    clock: Callable[[], float] = lambda: 0.0
    app_token: str = "xapp-1"
    address: Callable[[], str] | None = None
    """Gives the addresses for Socket Mode; None while it is switched off."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    closing: threading.Event = field(default_factory=threading.Event)
    """Set when the fake stops: nobody waits for an answer any more."""


class FakeSlack(OnLoopback):
    """A running stand-in; `url` leads to it, `fail` makes trouble, `down` is the whole of it."""

    def __init__(self, checks: Checks, clock: Callable[[], float], token: str = "xoxb-1") -> None:
        """`clock` gives Unix seconds; posts are named by it, as Slack does."""
        self.state = State(checks, token, clock=clock)
        super().__init__(_handler(self.state))

    @property
    def url(self) -> str:
        """Where it listens; methods go behind it."""
        return f"{super().url}/api/"

    @property
    def posts(self) -> list[Post]:
        """What was posted, oldest first."""
        return self.state.posts

    def fail(self, method: str, *faults: Fault) -> None:
        """Answer the next calls of this method so; `*` is every method."""
        self.state.faults.extend((method, fault) for fault in faults)

    def mend(self) -> None:
        """Forget the faults that are left."""
        self.state.faults.clear()

    def _closing(self) -> None:
        self.state.closing.set()


def _texts(thing: Any) -> list[str]:
    if isinstance(thing, dict):
        own = [thing["text"]] if isinstance(thing.get("text"), str) else []
        return own + [text for value in thing.values() for text in _texts(value)]
    return [text for item in thing for text in _texts(item)] if isinstance(thing, list) else []


def _handler(state: State) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            method = self.path.removeprefix("/api/")
            with state.lock:
                state.asked.append(method)
                fault = _next_fault(state, method)
                if fault is None or fault.after_the_work:
                    is_app = method == "apps.connections.open"
                    token = state.app_token if is_app else state.token
                    authorised = self.headers.get("Authorization") == f"Bearer {token}"
                    given = _given(self.headers.get("Content-Type", ""), body)
                    answer = (
                        _METHODS[method](state, given)
                        if authorised and method in _METHODS
                        else _no("invalid_auth" if method in _METHODS else "unknown_method")
                    )
            if fault is not None:
                self._fail(fault)
            else:
                self._say(200, answer, {})

        def _fail(self, fault: Fault) -> None:
            if fault.waits and state.closing.wait(fault.waits):
                self.close_connection = True
                return
            if fault.drops:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
            self._say(fault.status, _no(fault.error or "internal_error"), headers)

        def _say(self, status: int, answer: Mapping[str, Any], headers: Mapping[str, str]) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: `asked` is the log."""

    return Handler


def _next_fault(state: State, method: str) -> Fault | None:
    for number, (name, fault) in enumerate(state.faults):
        if name in (method, "*"):
            del state.faults[number]
            return fault
    return None


def _given(kind: str, body: bytes) -> dict[str, Any]:
    if kind.startswith("application/json"):
        return dict(json.loads(body or b"{}"))
    return dict(parse_qsl(body.decode()))


def _no(error: str) -> dict[str, Any]:
    return {"ok": False, "error": error}


def _post(state: State, given: dict[str, Any]) -> dict[str, Any]:
    problems = state.checks.message(given.get("blocks", []))
    if problems:
        state.problems += problems
        return _no("invalid_blocks")
    if not given["channel"].startswith("C"):
        return _no("channel_not_found")
    thread = given.get("thread_ts")
    if thread is not None and not any(post.ts == thread for post in state.posts):
        return _no("thread_not_found")
    ts = f"{state.clock():.0f}.{len(state.posts) + 1:06}"
    post = Post(
        given["channel"], ts, given["text"], given["blocks"],
        given.get("metadata", {}), thread,
    )  # fmt: skip
    state.posts.append(post)
    return {"ok": True, "channel": post.channel, "ts": ts}


def _update(state: State, given: dict[str, Any]) -> dict[str, Any]:
    problems = state.checks.message(given.get("blocks", []))
    if problems:
        state.problems += problems
        return _no("invalid_blocks")
    for post in state.posts:
        if (post.channel, post.ts) == (given["channel"], given["ts"]):
            post.text, post.blocks = given["text"], given["blocks"]
            post.updates += 1
            return {"ok": True, "channel": post.channel, "ts": post.ts}
    return _no("message_not_found")


def _read(state: State, given: dict[str, Any]) -> dict[str, Any]:
    thread = given.get("ts")
    found = [
        {"ts": post.ts, "text": post.text, "metadata": post.metadata}
        for post in state.posts
        if post.channel == given["channel"]
        and (thread in (post.ts, post.thread_ts) if thread else post.thread_ts is None)
        and float(post.ts) >= float(given.get("oldest", 0))
    ]
    found = found if thread else found[::-1]
    start, limit = int(given.get("cursor", 0)), min(int(given.get("limit", 100)), 2)
    more = start + limit < len(found)
    cursor = {"next_cursor": str(start + limit)} if more else {}
    page = found[start : start + limit]
    return {"ok": True, "messages": page, "has_more": more, "response_metadata": cursor}


def _open(state: State, given: dict[str, Any]) -> dict[str, Any]:
    problems = state.checks.view(given["view"])
    if problems:
        state.problems += problems
        return _no("invalid_arguments")
    if given["trigger_id"] == "expired":
        return _no("expired_trigger_id")
    state.views.append(given["view"])
    return {"ok": True, "view": {"id": f"V{len(state.views)}"}}


def _tell(state: State, given: dict[str, Any]) -> dict[str, Any]:
    state.told.append(given)
    return {"ok": True, "message_ts": "1.000001"}


def _who(state: State, given: dict[str, Any]) -> dict[str, Any]:
    return {"ok": True, "team": "Brand", "team_id": "T1", "user": "outrider", "user_id": "UBOT"}


def _connect(state: State, given: dict[str, Any]) -> dict[str, Any]:
    return {"ok": True, "url": state.address()} if state.address else _no("link_disabled")


_METHODS: Mapping[str, Callable[[State, dict[str, Any]], dict[str, Any]]] = {
    "chat.postMessage": _post,
    "chat.update": _update,
    "chat.postEphemeral": _tell,
    "conversations.history": _read,
    "conversations.replies": _read,
    "views.open": _open,
    "auth.test": _who,
    "apps.connections.open": _connect,
}
