"""One careful way to ask EDGAR: slowly, with a name, and not again when it says no.

In: an address. Out: the bytes, or None where there is nothing. Never: more than eight requests a
second from this machine, a request without a contact, a redirect followed.

Source of the limits: SEC, "Accessing EDGAR data", fair access: at most ten requests a second per
user, a declared User-Agent, a block of about ten minutes for those who go over.
"""

from __future__ import annotations

import fcntl
import threading
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import httpx2
from email_validator import EmailNotValidError, validate_email

from outrider.kernel.clock import Clock, SystemClock
from outrider.kernel.errors import Broken, InvalidSetting, VendorUnavailable
from outrider.kernel.ids import random_token
from outrider.vendors.http_transport import LONGEST_WAIT, LOOPBACK, backoff, retry_after

REQUESTS_PER_SECOND = 8
ATTEMPTS = 4
CLOSED_FOR = timedelta(minutes=10)
KEPT_FOR = timedelta(hours=24)
KEPT_BYTES = 128_000_000
LARGEST_BYTES = 200_000_000
TIMEOUT_SECONDS = 30.0
_TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


class Pace:
    """Slots in time, one every eighth of a second, for all who share it; and the closed circuit.

    Slots are handed out one by one, so a burst is impossible. Threads share it by a lock,
    processes by a locked file.
    """

    def __init__(self, clock: Clock, shared_file: Path | None = None) -> None:
        """Take the time from `clock`; `shared_file` holds the next free slot for all processes."""
        self._clock = clock
        self._file = shared_file
        self._lock = threading.Lock()
        self._next_free = datetime.min.replace(tzinfo=UTC)
        self.closed_until = self._next_free

    async def wait(self) -> None:
        """Take the next free slot and sleep until it comes."""
        now = self._clock.now()
        with self._lock:
            free = max(self._next_free, self._claimed_elsewhere(now), now)
            self._next_free = free + timedelta(seconds=1 / REQUESTS_PER_SECOND)
        if free > now:
            await self._clock.sleep(free - now)

    def close(self) -> datetime:
        """Ask nothing for ten minutes. Returns the end of that time."""
        self.closed_until = self._clock.now() + CLOSED_FOR
        return self.closed_until

    def _claimed_elsewhere(self, now: datetime) -> datetime:
        """The next slot that no other process holds; it is this process's from now on."""
        if self._file is None:
            return now
        with self._file.open("a+", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            written = file.read().strip()
            free = now
            # A file left by a crash or a wrong clock must not stop us for longer than a burst.
            with suppress(ValueError):
                stated = datetime.fromisoformat(written)
                if stated.tzinfo and stated - now < LONGEST_WAIT:
                    free = max(now, stated)
            file.seek(0)
            file.truncate()
            step = timedelta(seconds=1 / REQUESTS_PER_SECOND)
            file.write((free + step).isoformat())
        return free


_shared: WeakKeyDictionary[Clock, Pace] = WeakKeyDictionary()
_of_this_process: list[Pace] = []
_shared_lock = threading.Lock()


def shared_pace(clock: Clock) -> Pace:
    """The one pace of this process; a clock that is not the machine's has a pace of its own."""
    with _shared_lock:
        if not isinstance(clock, SystemClock):
            return _shared.setdefault(clock, Pace(clock))
        if not _of_this_process:
            _of_this_process.append(Pace(clock))
        return _of_this_process[0]


@dataclass(frozen=True)
class Answer:
    """What EDGAR answered, and when it did."""

    content: bytes
    retrieved_at: datetime


class Transport:
    """Asks EDGAR, and keeps what it answers for a day."""

    def __init__(
        self,
        contact: str,
        clock: Clock,
        pace: Pace | None = None,
        wire: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """`contact` goes into the User-Agent; `wire` stands in for the network in tests.

        Raises:
            InvalidSetting: `contact` carries no e-mail address.
        """
        self._agent = user_agent(contact)
        self._clock = clock
        self._pace = pace or shared_pace(clock)
        self._wire = wire
        self._kept: OrderedDict[str, tuple[datetime, Answer | None]] = OrderedDict()
        self._kept_bytes = 0

    async def get(self, url: str) -> Answer | None:
        """The answer at `url`, at most a day old; None when there is nothing.

        Raises:
            VendorUnavailable: EDGAR does not answer, or has refused us in the last ten minutes.
            Broken: the answer is too large to be a filing.
        """
        now = self._clock.now()
        kept = self._kept.get(url)
        if kept is not None and now - kept[0] < KEPT_FOR:
            self._kept.move_to_end(url)
            return kept[1]
        answer = await self._ask(url)
        self._keep(url, answer)
        return answer

    async def _ask(self, url: str) -> Answer | None:
        async with httpx2.AsyncClient(
            headers={"User-Agent": self._agent, "Accept-Encoding": "gzip"},
            timeout=TIMEOUT_SECONDS,
            follow_redirects=False,
            trust_env=urlsplit(url).hostname not in LOOPBACK,
            transport=self._wire,
        ) as client:
            trouble = ""
            for attempt in range(ATTEMPTS):
                self._refuse_when_closed(url)
                await self._pace.wait()
                wait = backoff(attempt, random_token)
                try:
                    status, headers, content = await _fetch(client, url)
                except httpx2.TransportError as error:
                    trouble = type(error).__name__
                else:
                    if status not in _TRY_AGAIN:
                        return self._settled(url, status, content)
                    trouble = f"status {status}"
                    wait = retry_after(headers.get("retry-after"), self._clock.now()) or wait
                if wait > LONGEST_WAIT:
                    break
                if attempt + 1 < ATTEMPTS:
                    await self._clock.sleep(wait)
        raise VendorUnavailable(
            f"SEC EDGAR does not answer ({trouble}) at {url}; try again later.", url=url
        )

    def _settled(self, url: str, status: int, content: bytes) -> Answer | None:
        if status == 200:
            return Answer(content, self._clock.now())
        if status in {404, 410}:
            return None
        if status == 403:
            until = self._pace.close()
            raise VendorUnavailable(
                f"SEC EDGAR refuses our requests (403) and is left alone until {until:%H:%M} UTC; "
                "check that the contact in the settings is a true address.",
                url=url,
            )
        raise VendorUnavailable(
            f"SEC EDGAR answers with the unexpected status {status} at {url}; try again later.",
            url=url,
        )

    def _refuse_when_closed(self, url: str) -> None:
        if self._clock.now() < self._pace.closed_until:
            raise VendorUnavailable(
                "SEC EDGAR refused our requests and is left alone until "
                f"{self._pace.closed_until:%H:%M} UTC; try again after that.",
                url=url,
            )

    def _keep(self, url: str, answer: Answer | None) -> None:
        _, old = self._kept.pop(url, (None, None))
        self._kept_bytes += _size(answer) - _size(old)
        self._kept[url] = (self._clock.now(), answer)
        while self._kept_bytes > KEPT_BYTES and len(self._kept) > 1:
            _, (_, dropped) = self._kept.popitem(last=False)
            self._kept_bytes -= _size(dropped)


def _size(answer: Answer | None) -> int:
    return len(answer.content) if answer else 0


def user_agent(contact: str) -> str:
    """The User-Agent that the SEC asks for: who is asking, and an address to write to.

    Raises:
        InvalidSetting: `contact` carries no e-mail address, or a line break.
    """
    words = contact.split()
    address = next((word.strip("<>(),;") for word in words if "@" in word), "")
    try:
        if not contact.isprintable() or not contact.isascii():
            raise EmailNotValidError("not printable")
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise InvalidSetting(
            f"The SEC contact {contact!r} carries no e-mail address; set it to a name and an "
            "address, such as `Example Company research@example.com`.",
            contact=contact,
        ) from error
    return contact if len(words) > 1 else f"Outrider {contact}"


async def _fetch(client: httpx2.AsyncClient, url: str) -> tuple[int, httpx2.Headers, bytes]:
    async with client.stream("GET", url) as response:
        parts: list[bytes] = []
        size = 0
        async for part in response.aiter_bytes():
            size += len(part)
            if size > LARGEST_BYTES:
                raise Broken(
                    f"The answer of {urlsplit(url).hostname} is larger than "
                    f"{LARGEST_BYTES // 1_000_000} MB, so it is no filing.",
                    url=url,
                )
            parts.append(part)
        return response.status_code, response.headers, b"".join(parts)
