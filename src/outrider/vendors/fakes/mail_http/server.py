"""What all stand-ins for mail providers share: a server on the loopback, its journal and its faults.

In: HTTP requests, and faults to show next. Out: the provider's answers, and `taken`, the mails.
Never: a request passed on, a fault shown twice.
"""

from __future__ import annotations

import json
import socket
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from outrider.vendors.fakes.loopback import OnLoopback

_SMALL_BUFFER = 32_768
_HUGE = 3_000_000


class Trouble(StrEnum):
    """What goes wrong with one hand-over."""

    ANSWERS = "answers"
    DROPS_BEFORE_THE_BODY = "drops before the body"
    SILENT_BEFORE_THE_BODY = "silent before the body"
    DROPS_BEFORE_THE_WORK = "drops before the work"
    DROPS_AFTER_THE_WORK = "drops after the work"
    SILENT_AFTER_THE_WORK = "silent after the work"
    GIBBERISH = "gibberish after the work"
    HUGE = "a huge answer after the work"


@dataclass(frozen=True)
class Fault:
    """One trouble, shown once. `status` and `retry_after` belong to `ANSWERS`."""

    trouble: Trouble = Trouble.ANSWERS
    status: int = 500
    retry_after: int | None = None


@dataclass(frozen=True)
class Call:
    """One request as it came in; header names in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; None when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True)
class Reply:
    """One answer."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def said(status: int, thing: object, **headers: str) -> Reply:
    """An answer in JSON; underscores in header names become dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(thing).encode(), {"Content-Type": "application/json"} | named)


@dataclass(frozen=True)
class TakenMail:
    """One mail that the stand-in took, in fields."""

    provider_id: str
    label: str
    sender: str
    recipient: str
    subject: str
    text: str
    html: str
    headers: Mapping[str, str]
    raw: bytes | None = None

    @property
    def message_id(self) -> str:
        """The Message-ID that it was handed over with."""
        return self.headers.get("Message-ID", "")


def taken_raw(provider_id: str, label: str, recipient: str, raw: bytes) -> TakenMail:
    """The fields of a mail that came as bytes."""
    message = message_from_bytes(raw, policy=policy.SMTP)
    return TakenMail(
        provider_id=provider_id,
        label=label,
        sender=message["From"].addresses[0].addr_spec,
        recipient=recipient or message["To"].addresses[0].addr_spec,
        subject=str(message["Subject"]),
        text=_part(message, "plain"),
        html=_part(message, "html"),
        headers={name: str(value) for name, value in message.items()},
        raw=raw,
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return "" if part is None else str(part.get_content()).replace("\r\n", "\n")


class FakeMailApi(OnLoopback, ABC):
    """A running stand-in: `url` leads to it, `taken` is its journal, `fail` makes trouble."""

    def __init__(self, key: str = "key-1") -> None:
        """`key` is the only one that it knows."""
        self.key = key
        self.taken: list[TakenMail] = []
        self.calls: list[Call] = []
        self.troubled: list[tuple[Fault, Call]] = []
        """What went wrong, with the request that it went wrong with, unless that was not read."""
        self.connections = 0
        self.lock = threading.Lock()
        self.over = threading.Event()
        self._faults: deque[Fault] = deque()
        super().__init__(type("Handler", (_Handler,), {"api": self}), _Server)

    def fail(self, *faults: Fault) -> None:
        """Show these to the next mails that are handed over, one each."""
        self._faults.extend(faults)

    def next_fault(self, method: str, path: str) -> Fault | None:
        """The fault of this request, taken from the queue; None when it goes well."""
        if self._faults and self.is_hand_over(method, path):
            return self._faults.popleft()
        return None

    @abstractmethod
    def is_hand_over(self, method: str, path: str) -> bool:
        """Whether this request could make a mail leave."""

    @abstractmethod
    def answer(self, call: Call) -> Reply:
        """Do the work. Called under the lock."""

    def is_repeat(self, call: Call) -> bool:
        """Whether this was asked before under the same key, so that it is answered as it was then."""
        return False

    @abstractmethod
    def error(self, status: int) -> Reply:
        """This status in the provider's own words."""

    def _closing(self) -> None:
        self.over.set()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def server_bind(self) -> None:
        # Small, so that a body that is not read stays with its sender.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER)
        super().server_bind()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that hangs up is part of the play."""


class _Handler(BaseHTTPRequestHandler):
    """One request after another; `api` is the stand-in that answers."""

    protocol_version = "HTTP/1.1"
    api: FakeMailApi

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        with self.api.lock:
            self.api.connections += 1
            fault = self.api.next_fault(self.command, parts.path)
        trouble = fault.trouble if fault else None
        if trouble is Trouble.DROPS_BEFORE_THE_BODY:
            return self._drop()
        if trouble is Trouble.SILENT_BEFORE_THE_BODY:
            return self._wait()
        call = Call(
            self.command,
            unquote(parts.path),
            dict(parse_qsl(parts.query)),
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(int(self.headers.get("Content-Length", 0))),
        )
        if fault is not None:
            self.api.troubled.append((fault, call))
        if trouble is Trouble.DROPS_BEFORE_THE_WORK:
            return self._drop()
        with self.api.lock:
            self.api.calls.append(call)
            if fault is not None and trouble is Trouble.ANSWERS and not self._is_over(fault, call):
                reply = _asked_to_wait(self.api.error(fault.status), fault.retry_after)
            else:
                reply = self.api.answer(call)
        return self._finish(trouble, reply)

    do_GET = do_PUT = do_POST

    def _is_over(self, fault: Fault, call: Call) -> bool:
        """A repeat is not judged again; it may still be told to come later, or fail."""
        return fault.status not in (429, *range(500, 600)) and self.api.is_repeat(call)

    def _finish(self, trouble: Trouble | None, reply: Reply) -> None:
        if trouble is Trouble.DROPS_AFTER_THE_WORK:
            self._drop()
        elif trouble is Trouble.SILENT_AFTER_THE_WORK:
            self._wait()
        elif trouble is Trouble.GIBBERISH:
            self._say(Reply(200, b"<html>It works!</html>"))
        elif trouble is Trouble.HUGE:
            self._say(Reply(200, b" " * _HUGE + reply.body))
        else:
            self._say(reply)

    def _say(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in {**reply.headers, "Content-Length": str(len(reply.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _wait(self) -> None:
        self.api.over.wait(timeout=30)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: `calls` is the log."""


def _asked_to_wait(reply: Reply, seconds: int | None) -> Reply:
    if seconds is None:
        return reply
    return Reply(reply.status, reply.body, {**reply.headers, "Retry-After": str(seconds)})
