"""Slack's Socket Mode: what Slack would post to an address of ours, over a connection that we open.

In: who hands out addresses, and what takes an envelope. Out: each envelope with its answer, until cancelled.
Never: an acknowledgement before the taker has stored what it did; a second taking of an envelope that is
still in hand; the token or a payload in an error or a log.

An envelope that was not acknowledged comes again, perhaps over another connection, so a taker that fails
or is slow loses nothing. Before a connection ends, a second one is opened beside it.
Source: https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from outrider.kernel.errors import OutriderError, Refused, VendorUnavailable
from outrider.kernel.ids import random_token
from outrider.kernel.telemetry import get_logger

if TYPE_CHECKING:  # importing it takes a tenth of a second, which only this connection is worth
    from websockets.asyncio.client import ClientConnection

_log = get_logger("slack")

_WAYS_OUT = {
    "invalid_auth": "give an app token (xapp-…) in OUTRIDER_SLACK_APP_TOKEN",
    "not_authed": "give an app token (xapp-…) in OUTRIDER_SLACK_APP_TOKEN",
    "not_allowed_token_type": "give an app token (xapp-…), not the bot token, in OUTRIDER_SLACK_APP_TOKEN",
    "missing_scope": "give the app token the scope connections:write",
    "token_revoked": "make a new app token and put it in OUTRIDER_SLACK_APP_TOKEN",
    "token_expired": "make a new app token and put it in OUTRIDER_SLACK_APP_TOKEN",
    "account_inactive": "install the app again and make a new app token",
    "link_disabled": "switch Socket Mode on in the app's settings",
    "forbidden_team": "allow the app in this workspace of Slack",
}
_AT_ONCE = 8
"""Envelopes that are taken at the same time over one connection."""
_LARGEST_BYTES = 4_000_000


@dataclass(frozen=True)
class Envelope:
    """What Slack sends: a click, a submitted form, an event."""

    id: str
    kind: str
    payload: Mapping[str, Any]
    wants_answer: bool
    """Whether an answer goes along with the acknowledgement."""


Take = Callable[[Envelope], Awaitable[Mapping[str, Any]]]
"""Stores what follows from an envelope, then gives the answer."""


@dataclass(frozen=True)
class Patience:
    """How long to wait for what, in seconds."""

    hello: float = 10
    ping: float = 15
    """Between two signs of life that we ask for; no answer within the same time ends a connection."""
    overlap: float = 30
    """How long a connection that Slack wants back may serve beside its successor."""
    finish: float = 5
    """How long the envelopes in hand may take when a connection has ended."""
    first: float = 0.5
    """Before the second try; doubled for each further one."""
    longest: float = 60
    refused: float = 300
    """Between tries while Slack says no: only somebody's change of the app can help."""
    steady: float = 30
    """A connection that held for so long was a good one: the next pause is the first again."""


@dataclass(eq=False)
class _Line:
    """One connection."""

    socket: ClientConnection
    leaving: asyncio.Event = field(default_factory=asyncio.Event)
    """It has ended, or Slack wants it back: open another one."""
    has_ended: bool = False
    refusal: str = ""
    in_hand: set[asyncio.Task[None]] = field(default_factory=set)
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))


class Opens(Protocol):
    """Slack's Web API with an app token."""

    async def socket_address(self) -> str:
        """A fresh address; raises `VendorUnavailable`, or `Refused` with the fact `slack`."""
        ...


class SlackSocket:
    """Keeps a connection open and hands on what comes."""

    def __init__(self, api: Opens, patience: Patience | None = None) -> None:
        """`api` hands out the addresses to connect to."""
        self._api = api
        self._patience = patience or Patience()
        self._taking: dict[str, asyncio.Task[Mapping[str, Any]]] = {}

    async def address(self) -> str:
        """A fresh address to connect to; it is good for one connection, within half a minute.

        Raises:
            VendorUnavailable: Slack does not answer.
            Refused: Slack says no; the sentence says what to change, the fact `slack` is its word.
        """
        try:
            return await self._api.socket_address()
        except Refused as error:
            raise _refused(str(error.facts.get("slack", ""))) from None

    async def run(self, take: Take) -> None:
        """Serve until cancelled; every trouble is logged and tried again."""
        old: set[asyncio.Task[None]] = set()
        tries = 0
        try:
            while True:
                line, pause = await self._line(tries)
                tries += 1
                if line is None:
                    await asyncio.sleep(pause)
                    continue
                began = asyncio.get_running_loop().time()
                serving = asyncio.create_task(self._serve(line, take))
                old.add(serving)
                serving.add_done_callback(old.discard)
                await line.leaving.wait()
                if asyncio.get_running_loop().time() - began >= self._patience.steady:
                    tries = 0
                if line.refusal:
                    _log.error("slack_socket_refused", reason=_refused(line.refusal).message)
                    await asyncio.sleep(self._jittered(self._patience.refused))
                elif line.has_ended:
                    await asyncio.sleep(self._pause(tries))
        finally:
            for task in (*old, *self._taking.values()):
                task.cancel()
            await asyncio.gather(*old, *self._taking.values(), return_exceptions=True)

    async def _line(self, tries: int) -> tuple[_Line | None, float]:
        """A new connection, or how long to wait before the next try."""
        try:
            return await self._connected(), 0
        except Refused as error:
            _log.error("slack_socket_refused", reason=error.message)
            return None, self._jittered(self._patience.refused)
        except VendorUnavailable as error:
            said = error.facts.get("retry_after", 0)
            pause = max(self._pause(tries), said if isinstance(said, int) else 0)
            _log.warning(
                "slack_socket_failed", tries=tries + 1, seconds=pause, reason=error.message
            )
            return None, pause

    async def _connected(self) -> _Line:
        from websockets.asyncio.client import connect
        from websockets.exceptions import WebSocketException

        address = await self.address()
        patience = self._patience
        try:
            socket = await connect(
                address,
                open_timeout=patience.hello,
                ping_interval=patience.ping,
                ping_timeout=patience.ping,
                close_timeout=1,  # Slack leaves the TCP connection open after the farewell
                max_size=_LARGEST_BYTES,
            )
            try:
                async with asyncio.timeout(patience.hello):
                    hello = _read(await socket.recv())
            except BaseException:
                await socket.close()
                raise
        except (OSError, TimeoutError, WebSocketException) as error:
            raise VendorUnavailable(
                f"Slack's socket did not open ({type(error).__name__}); it is tried again."
            ) from None
        if hello.get("type") == "disconnect" and hello.get("reason") == "link_disabled":
            await socket.close()
            raise _refused("link_disabled")
        if hello.get("type") != "hello":
            await socket.close()
            raise VendorUnavailable("Slack's socket did not say hello; it is tried again.")
        _log.info("slack_socket_open")
        return _Line(socket)

    async def _serve(self, line: _Line, take: Take) -> None:
        """Read until the connection ends or has outlived its successor's arrival."""
        reading = asyncio.create_task(self._read_all(line, take))
        try:
            await line.leaving.wait()
            await asyncio.wait({reading}, timeout=self._patience.overlap)
        finally:
            line.leaving.set()
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            if line.in_hand:
                await asyncio.wait(line.in_hand, timeout=self._patience.finish)
            for task in line.in_hand:
                task.cancel()
            await line.socket.close()

    async def _read_all(self, line: _Line, take: Take) -> None:
        from websockets.exceptions import ConnectionClosed

        try:
            async for raw in line.socket:
                message = _read(raw)
                if message.get("type") == "disconnect":
                    if message.get("reason") == "link_disabled":
                        line.refusal = "link_disabled"
                        return
                    line.leaving.set()
                elif envelope := _envelope(message):
                    await line.places.acquire()
                    task = asyncio.create_task(self._take(line, envelope, take))
                    line.in_hand.add(task)
                    task.add_done_callback(line.in_hand.discard)
        except ConnectionClosed:
            pass
        finally:
            line.has_ended = True
            line.leaving.set()

    async def _take(self, line: _Line, envelope: Envelope, take: Take) -> None:
        """Take an envelope, then acknowledge it; whoever sent it twice gets two of one answer."""
        from websockets.exceptions import ConnectionClosed

        try:
            taking = self._taking.get(envelope.id)
            if taking is None:
                taking = asyncio.ensure_future(take(envelope))
                self._taking[envelope.id] = taking
                taking.add_done_callback(lambda _: self._taking.pop(envelope.id, None))
            answer = await asyncio.shield(taking)
            told: dict[str, Any] = {"envelope_id": envelope.id}
            if envelope.wants_answer and answer:
                told["payload"] = dict(answer)
            with contextlib.suppress(ConnectionClosed):
                await line.socket.send(json.dumps(told))
        except OutriderError as error:
            _log.warning("slack_envelope_failed", kind=envelope.kind, reason=error.message)
        except Exception as error:  # noqa: BLE001 - not acknowledged, so it comes again
            _log.error("slack_envelope_failed", kind=envelope.kind, reason=type(error).__name__)
        finally:
            line.places.release()

    def _pause(self, tries: int) -> float:
        return self._jittered(
            min(self._patience.first * 2 ** min(tries, 16), self._patience.longest)
        )

    def _jittered(self, seconds: float) -> float:
        """Between half of it and all of it, so that many processes do not come back at once."""
        return seconds * (0.5 + int(random_token()[:8], 16) / 2**33)


def _read(raw: str | bytes) -> Mapping[str, Any]:
    try:
        message = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}


def _envelope(message: Mapping[str, Any]) -> Envelope | None:
    id_, payload = message.get("envelope_id"), message.get("payload")
    if not isinstance(id_, str) or not 0 < len(id_) <= 200:
        return None
    return Envelope(
        id=id_,
        kind=str(message.get("type", ""))[:40],
        payload=payload if isinstance(payload, dict) else {},
        wants_answer=bool(message.get("accepts_response_payload")),
    )


def _refused(word: str) -> Refused:
    way_out = _WAYS_OUT.get(word, "see https://docs.slack.dev/apis/events-api/using-socket-mode")
    return Refused(f"Slack opens no socket ({word or 'unknown_error'}): {way_out}.", slack=word)
