"""One careful way to ask a vendor over HTTP: hard time-outs, few repeats, a circuit that opens.

In: a request. Out: the answer, or what is certain about a request without one.
Never: a repeat of what may have been done, unless the request says that repeating is harmless; a
redirect followed; an answer of any size; a header or a body in an error.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import httpx2

from outrider.kernel.clock import Clock, SystemClock
from outrider.kernel.errors import VendorUnavailable
from outrider.kernel.ids import random_token

ATTEMPTS = 3
TIMEOUT = timedelta(seconds=10)
FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(seconds=60)
LONGEST_WAIT_IN_PLACE = timedelta(seconds=10)
"""A longer `Retry-After` is kept by the circuit, not by a sleeping sender."""

FAILURES_TO_OPEN = 5
OPEN_FOR = timedelta(minutes=5)
LARGEST_ANSWER = 1_000_000
# A proxy of the environment is for the world outside, never for a stand-in on this machine.
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_LINK_LOCAL = frozenset(
    {"169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "fd00:ec2::23"}
)
"""Where a machine at AWS asks for its own keys; a proxy would get to see them."""
_NOT_CONNECTED = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
    httpx2.InvalidURL,
)


@dataclass(frozen=True)
class Request:
    """One request to a vendor."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    is_repeatable: bool = False
    """Doing it twice is the same as doing it once."""
    is_telling: bool = True
    """An answer says that the vendor works; not so for a step that only leads to the one that counts."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    is_whole: bool = True
    """False when the body broke off or was too large to be read."""
    is_after_doubt: bool = False
    """An earlier attempt of the same request may have been done, though no answer came."""

    def json(self) -> Any:
        """The body as JSON; None when it is none, or not whole."""
        if not self.is_whole:
            return None
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def fields(self) -> Mapping[str, Any]:
        """The body as a JSON object; empty when it is none."""
        found = self.json()
        return found if isinstance(found, dict) else {}


class NoAnswer(VendorUnavailable):
    """A vendor did not answer."""

    def __init__(self, message: str, *, was_sent: bool, wait: timedelta | None = None) -> None:
        """`was_sent`: the whole request may have arrived; `wait`: how long to leave it alone."""
        super().__init__(message)
        self.was_sent = was_sent
        self.wait = wait


class Circuit:
    """Opens after five failures in a row, for five minutes (C-34); and keeps long waits.

    After the five minutes one failure more opens it again.
    """

    def __init__(self, name: str, clock: Clock) -> None:
        """`name` is the vendor as a person knows it; `clock` tells when the circuit closes."""
        self.name = name
        self._clock = clock
        self._failures = 0
        self._closed_again = datetime.min.replace(tzinfo=UTC)
        self._why = ""

    def wait(self) -> timedelta | None:
        """How long nothing may be asked; None when it may."""
        left = self._closed_again - self._clock.now()
        return left if left > timedelta() else None

    def refuse_when_open(self) -> None:
        """Pass while requests may be made.

        Raises:
            NoAnswer: they may not; the sentence says until when, and nothing was sent.
        """
        wait = self.wait()
        if wait is not None:
            raise NoAnswer(
                f"{self.name} is left alone until {self._closed_again:%H:%M:%S} UTC ({self._why}); "
                "it is tried again then.",
                was_sent=False,
                wait=wait,
            )

    def succeeded(self) -> None:
        """An answer came that is no failure of the vendor."""
        self._failures = 0

    def failed(self, why: str) -> None:
        """No answer came, or one that says that the vendor is broken."""
        self._failures += 1
        if self._failures >= FAILURES_TO_OPEN:
            self._open(OPEN_FOR, f"{self._failures} failures in a row, the last: {why}")
            self._failures = FAILURES_TO_OPEN - 1

    def hold(self, wait: timedelta) -> None:
        """The vendor asked to be left alone for so long."""
        self._open(wait, "it asked for a pause")

    def _open(self, wait: timedelta, why: str) -> None:
        self._closed_again = max(self._closed_again, self._clock.now() + wait)
        self._why = why


_circuits: WeakKeyDictionary[Clock, dict[str, Circuit]] = WeakKeyDictionary()
_of_this_process: dict[str, Circuit] = {}
_lock = threading.Lock()


def shared_circuit(name: str, account: str, clock: Clock) -> Circuit:
    """The one circuit of this account in this process; a virtual clock has circuits of its own."""
    with _lock:
        real = isinstance(clock, SystemClock)
        known = _of_this_process if real else _circuits.setdefault(clock, {})
        return known.setdefault(f"{name} {account}", Circuit(name, clock))


class HttpTransport:
    """Asks one vendor. Keeps no connection: a kept one may die just when nobody can know more."""

    def __init__(self, circuit: Circuit, clock: Clock, timeout: timedelta = TIMEOUT) -> None:
        """`timeout` bounds one attempt from the first byte to the last."""
        self.circuit = circuit
        self._clock = clock
        self._seconds = timeout.total_seconds()
        self._clients: dict[bool, httpx2.AsyncClient] = {}
        self._asking = 0
        self._is_leaving = False

    @property
    def name(self) -> str:
        """The vendor as a person knows it."""
        return self.circuit.name

    def now(self) -> datetime:
        """The present by the clock that the waits are taken from."""
        return self._clock.now()

    async def ask(self, request: Request) -> Answer:
        """The vendor's answer, whatever its status.

        Repeated at most twice, with growing pauses: when provably nothing was done (the request
        never left whole, or 429), or when the request is repeatable and no answer came or a 5xx.

        Raises:
            NoAnswer: none came; `was_sent` says whether the vendor may have acted.
        """
        self._asking += 1
        try:
            return await self._asked(request)
        finally:
            self._asking -= 1
            if self._is_leaving and not self._asking:
                await self._free()

    async def _asked(self, request: Request) -> Answer:
        in_doubt = False
        for attempt in range(ATTEMPTS):
            is_last = attempt + 1 == ATTEMPTS
            wait = backoff(attempt, random_token)
            try:
                self.circuit.refuse_when_open()
                answer = await self._once(request)
            except NoAnswer as trouble:
                in_doubt |= trouble.was_sent
                if trouble.wait or is_last or (trouble.was_sent and not request.is_repeatable):
                    raise NoAnswer(trouble.message, was_sent=in_doubt, wait=trouble.wait) from None
            else:
                wait = self._judged(request, answer) or wait
                again = answer.status == 429 or (answer.status >= 500 and request.is_repeatable)
                if is_last or not again or wait > LONGEST_WAIT_IN_PLACE:
                    return replace(answer, is_after_doubt=in_doubt)
                in_doubt |= answer.status >= 500
            await self._clock.sleep(wait)
        raise AssertionError("the last attempt always ends")

    async def close(self) -> None:
        """Free what is kept, once nobody asks any more; it can be used again afterwards."""
        self._is_leaving = self._asking > 0
        if not self._is_leaving:
            await self._free()

    async def _free(self) -> None:
        self._is_leaving = False
        kept, self._clients = self._clients, {}
        for client in kept.values():
            await client.aclose()

    def _judged(self, request: Request, answer: Answer) -> timedelta | None:
        """Tell the circuit; the wait that the vendor asks for, if it does."""
        if answer.status >= 500:
            self.circuit.failed(f"status {answer.status}")
        elif request.is_telling:
            self.circuit.succeeded()
        if answer.status not in (429, 503):
            return None
        wait = retry_after(answer.headers.get("retry-after"), self._clock.now())
        if wait is not None and wait > LONGEST_WAIT_IN_PLACE:
            self.circuit.hold(wait)
        return wait

    async def _once(self, request: Request) -> Answer:
        body = _Body(request.body)
        client = self._client(urlsplit(request.url).hostname in LOOPBACK | _LINK_LOCAL)
        headers = {**request.headers, "Content-Length": str(len(request.body))}
        status, told, parts = 0, {}, [b""]
        try:
            async with (
                asyncio.timeout(self._seconds),
                client.stream(
                    request.method, request.url, headers=headers, content=body.parts()
                ) as response,
            ):
                status, told = response.status_code, dict(response.headers)
                is_whole = await _read(response, parts)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, TimeoutError) as error:
            if status:
                return Answer(status, told, b"".join(parts), is_whole=False)
            self.circuit.failed(_why(error))
            raise NoAnswer(
                f"{self.name} cannot be reached or did not answer in time ({_why(error)}).",
                was_sent=body.is_out and not isinstance(error, _NOT_CONNECTED),
            ) from None
        return Answer(status, told, b"".join(parts), is_whole)

    def _client(self, is_here: bool) -> httpx2.AsyncClient:
        if is_here not in self._clients:
            self._clients[is_here] = httpx2.AsyncClient(
                timeout=httpx2.Timeout(self._seconds, connect=self._seconds / 2),
                follow_redirects=False,
                trust_env=not is_here,
                limits=httpx2.Limits(max_keepalive_connections=0),
                headers={"User-Agent": "Outrider", "Accept-Encoding": "identity"},
            )
        return self._clients[is_here]


class _Body:
    """A request's body whose last byte goes by itself, so that one knows whether it went."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        # Without a body the headers are the whole request, and nobody tells when they went.
        self.is_out = not data

    async def parts(self) -> AsyncIterator[bytes]:
        if len(self._data) > 1:
            yield self._data[:-1]
        self.is_out = True
        yield self._data[-1:]


async def _read(response: httpx2.Response, parts: list[bytes]) -> bool:
    size = 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > LARGEST_ANSWER:
            return False
        parts.append(part)
    return True


def _why(error: Exception) -> str:
    return "time-out" if isinstance(error, TimeoutError) else type(error).__name__


def backoff(attempt: int, token: Callable[[], str]) -> timedelta:
    """The wait after the failed attempt number `attempt`: doubling, with jitter down to half.

    `token` gives hex digits, the randomness of the jitter.
    """
    share = 0.5 + int(token()[:8], 16) / 2**33
    whole: timedelta = min(FIRST_WAIT * 2.0**attempt, LONGEST_WAIT)
    return whole * share


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """The wait that `Retry-After` asks for (RFC 9110, 10.2.3), in seconds or as a date."""
    if not header:
        return None
    if header.strip().isascii() and header.strip().isdigit():
        return timedelta(seconds=min(int(header), 86_400))
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return None
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(aware - now, timedelta(0))
