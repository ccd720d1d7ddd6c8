"""The other end of Slack's Socket Mode on the loopback: hands out addresses, sends envelopes, takes acknowledgements.

In: what to send, and what trouble to make. Out: `acks`, and how many connections there were. Never: a request
passed on; an envelope sent again by itself (whoever plays Slack says when).

It drops, falls silent, sends twice, out of order and late, and says `disconnect`, as Slack does.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol


@dataclass(frozen=True)
class Ack:
    """An acknowledgement: over which connection, of what, with what."""

    link: int
    envelope_id: str
    payload: Mapping[str, Any] | None


class FakeSocket:
    """A running stand-in; `address` is what `apps.connections.open` hands out."""

    def __init__(self) -> None:
        """Listens at once; `with` takes connections."""
        self.acks: list[Ack] = []
        self.greeting: dict[str, Any] = {"type": "hello", "num_connections": 1}
        self._links: list[Link] = []
        self._tickets: set[str] = set()
        self._numbers = itertools.count(1)
        self._changed = threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def links(self) -> list[Link]:
        """The connections that are open and greeted, oldest first."""
        return [link for link in self._links if link.is_open]

    @property
    def ever(self) -> int:
        """How many connections were greeted so far."""
        return sum(link.was_greeted for link in self._links)

    def address(self) -> str:
        """A new address, good once."""
        ticket = f"t{next(self._numbers)}"
        self._tickets.add(ticket)
        return f"ws://127.0.0.1:{self._listener.getsockname()[1]}/link/?ticket={ticket}"

    def send(
        self, payload: Mapping[str, Any], envelope_id: str, *, over: int = -1, attempt: int = 0
    ) -> None:
        """Send an envelope; the same `envelope_id` again is Slack's repetition."""
        kind = "events_api" if payload.get("type") == "event_callback" else "interactive"
        self.links[over].say(
            {
                "envelope_id": envelope_id,
                "type": kind,
                "payload": dict(payload),
                "accepts_response_payload": payload.get("type") == "view_submission",
                "retry_attempt": attempt,
            }
        )

    def wants_back(self, reason: str, over: int = -1) -> None:
        """Say `disconnect`: `warning`, `refresh_requested` or `link_disabled`."""
        self.links[over].say({"type": "disconnect", "reason": reason, "debug_info": {}})

    def wait(self, what: str, count: int, seconds: float = 60) -> bool:
        """Wait until there are so many of `links`, `acks` or `ever`."""

        def found() -> int:
            value = getattr(self, what)
            return value if isinstance(value, int) else len(value)

        with self._changed:
            return self._changed.wait_for(lambda: found() >= count, seconds)

    def noted(self) -> None:
        """Wake whoever waits."""
        with self._changed:
            self._changed.notify_all()

    def admits(self, path: str, link: Link) -> bool:
        """Use up a ticket."""
        ticket = path.partition("ticket=")[2]
        if ticket not in self._tickets:
            return False
        self._tickets.discard(ticket)
        self._links.append(link)
        return True

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                Link(connection, self).start()

    def __enter__(self) -> Self:
        """Begin to take connections."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End every connection, and free the port."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for link in self._links:
            link.drop()
        self._thread.join()


class Link(threading.Thread):
    """One connection of an app."""

    def __init__(self, connection: socket.socket, world: FakeSocket) -> None:
        """Serves when started."""
        super().__init__(daemon=True)
        self.is_open = False
        self.was_greeted = False
        self.is_silent = False
        """Takes everything and says nothing, as a machine whose plug was pulled."""
        self._connection, self._world = connection, world
        self._protocol = ServerProtocol()
        self._lock = threading.RLock()

    def run(self) -> None:
        """Serve until the connection ends."""
        with contextlib.suppress(OSError):
            while data := self._connection.recv(65536):
                with self._lock:
                    self._protocol.receive_data(data)
                    for event in self._protocol.events_received():
                        self._took(event)
                    self._flush()
        self.is_open = False
        self._connection.close()
        self._world.noted()

    def say(self, message: Mapping[str, Any]) -> None:
        """Send one message."""
        with self._lock:
            self._protocol.send_text(json.dumps(message).encode())
            self._flush()

    def drop(self) -> None:
        """End it without a word."""
        self.is_open = False
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def _took(self, event: object) -> None:
        if isinstance(event, Request):
            if not self._world.admits(event.path, self):
                self._protocol.send_response(self._protocol.reject(401, "invalid ticket"))
                return
            self._protocol.send_response(self._protocol.accept(event))
            self._protocol.send_text(json.dumps(self._world.greeting).encode())
            self._flush()
            self.is_open = self.was_greeted = True
        elif isinstance(event, Frame) and event.opcode is Opcode.TEXT:
            told = json.loads(bytes(event.data))
            number = self._world._links.index(self)
            self._world.acks.append(Ack(number, told["envelope_id"], told.get("payload")))
        self._world.noted()

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if self.is_silent:
                continue
            with contextlib.suppress(OSError):
                if data:
                    self._connection.sendall(data)
                else:
                    self._connection.shutdown(socket.SHUT_WR)
