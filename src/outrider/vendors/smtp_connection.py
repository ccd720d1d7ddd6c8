"""One conversation with one SMTP server: lines out, replies in (RFC 5321, 4.2; RFC 3207).

In: bytes to write. Out: replies, in order. Never: a reply that is older than the question, a byte in
the clear after TLS was asked for.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from collections import deque
from dataclasses import dataclass

LONGEST_REPLY_LINES = 100
LONGEST_LINE = 64 * 1024
_REPLY = re.compile(rb"[2-5]\d\d([ -].*)?")

_CERTIFICATE = {
    9: "its certificate is not valid yet",
    10: "its certificate has expired",
    18: "its certificate is signed by nobody but itself",
    19: "its certificate is signed by nobody whom this machine trusts",
    20: "its certificate is signed by nobody whom this machine trusts",
    21: "its certificate is signed by nobody whom this machine trusts",
    23: "its certificate was revoked",
    62: "its certificate is for another name",
    64: "its certificate is for another address",
}
"""By OpenSSL's codes, x509_vfy(3)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of the server: its code and its words."""

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()


class Gone(Exception):
    """The connection is of no use: closed, silent, or not speaking SMTP."""


class Connection(asyncio.Protocol):
    """A conversation. Several questions may be written before the first reply is read."""

    def __init__(self, seconds: float) -> None:
        """`seconds` is how long one reply may take."""
        self.offers: frozenset[str] = frozenset()
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._replies: deque[Reply] = deque()
        self._lines: list[str] = []
        self._rest = b""
        self._waiter: asyncio.Future[None] | None = None
        self._paused: asyncio.Future[None] | None = None
        self._closed: asyncio.Future[None] = self._loop.create_future()
        self._why: str | None = None
        """Why nothing more will come; None while it may."""

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open, or TLS has begun."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take bytes apart into lines and lines into replies."""
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            self._take(line.rstrip())
        if len(self._rest) > LONGEST_LINE:
            self._end("the answer has no end")
        self._wake()

    def eof_received(self) -> bool:
        """The other side says no more."""
        self._end("the connection was closed")
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """It is closed."""
        self._end(why(exc) if exc else "the connection was closed")
        self.resume_writing()
        if not self._closed.done():
            self._closed.set_result(None)

    def pause_writing(self) -> None:
        """The other side is slow to take."""
        if self._paused is None:
            self._paused = self._loop.create_future()

    def resume_writing(self) -> None:
        """It takes again."""
        paused, self._paused = self._paused, None
        if paused is not None and not paused.done():
            paused.set_result(None)

    def _take(self, line: bytes) -> None:
        if self._why is not None:
            return
        words = line.decode("utf-8", "replace")
        if not _REPLY.fullmatch(line):
            self._end(f"the answer {words[:60]!r} is not SMTP")
            return
        self._lines.append(words[4:])
        if line[3:4] != b"-":
            text = " ".join(filter(None, self._lines))
            self._replies.append(Reply(int(line[:3]), text))
            self._lines = []
        elif len(self._lines) >= LONGEST_REPLY_LINES:
            self._end("the answer has no end")

    def _end(self, why: str) -> None:
        self._why = self._why or why
        self._wake()

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    # What the client calls.

    @property
    def is_idle(self) -> bool:
        """Whether it is open and nothing unasked has come: a mail can begin."""
        return self._why is None and not self._replies and not self._rest and not self._lines

    @property
    def is_private(self) -> bool:
        """Whether it is under TLS."""
        return self._transport is not None and bool(self._transport.get_extra_info("ssl_object"))

    def write(self, data: bytes) -> None:
        """Send bytes; they may still wait here when this returns, see `flush`.

        Raises:
            Gone: the connection is closed; not a byte of these was sent.
        """
        self._require_open()
        assert self._transport is not None
        self._transport.write(data)
        # A connection that this very write found broken took nothing of it.
        self._require_open()

    def _require_open(self) -> None:
        if self._transport is None or self._why is not None or self._transport.is_closing():
            raise Gone(self._why or "the connection was closed")

    async def flush(self) -> None:
        """Wait until the other side keeps up.

        Raises:
            Gone: it did not in time.
        """
        if self._paused is not None:
            try:
                async with asyncio.timeout(self._seconds):
                    await asyncio.shield(self._paused)
            except TimeoutError as error:
                raise Gone(why(error)) from None

    async def reply(self) -> Reply:
        """The next answer, all its lines.

        Raises:
            Gone: none came in time, or something that is no SMTP.
        """
        if not self._replies and self._why is None:
            late = self._loop.call_later(self._seconds, self._end, "it does not answer in time")
            try:
                while not self._replies and self._why is None:
                    self._waiter = self._loop.create_future()
                    await self._waiter
            finally:
                late.cancel()
                self._waiter = None
        if self._replies:
            return self._replies.popleft()
        raise Gone(self._why or "the connection was closed")

    async def ask(self, line: str) -> Reply:
        """One line and its answer."""
        self.write(line.encode() + b"\r\n")
        return await self.reply()

    async def starttls(self, context: ssl.SSLContext, name: str) -> None:
        """Go on under TLS.

        Raises:
            Gone: it cannot be begun, or the certificate is not good.
        """
        # Answers that came before the handshake were not protected by it (RFC 3207, 6).
        if not self.is_idle:
            raise Gone("it speaks before TLS has begun")
        assert self._transport is not None
        try:
            async with asyncio.timeout(self._seconds):
                safe = await self._loop.start_tls(
                    self._transport, self, context, server_hostname=name
                )
        except (OSError, TimeoutError) as error:
            raise Gone(why_not_tls(error, name)) from None
        if safe is None:
            raise Gone("the connection was closed")
        self.connection_made(safe)

    async def close(self, *, politely: bool = False) -> None:
        """Hang up; `politely` says QUIT first."""
        if politely:
            with contextlib.suppress(Gone):
                await self.ask("QUIT")
        if self._transport is None:
            return
        if politely:
            self._transport.close()
        else:
            self._transport.abort()
        self._end("the connection was closed")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await asyncio.shield(self._closed)


def why(error: BaseException) -> str:
    """What went wrong, in words that can end a sentence."""
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    if isinstance(error, ConnectionError):
        return "the connection was closed"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[:1].lower() + error.strerror[1:]
    return "it does not speak SMTP"


def why_not_tls(error: BaseException, name: str) -> str:
    """What is wrong with a certificate or with TLS, with the way out."""
    if isinstance(error, ssl.SSLCertVerificationError):
        said = _CERTIFICATE.get(
            error.verify_code, f"its certificate is no good ({error.verify_message})"
        )
        if error.verify_code in (62, 64):
            return f"{said} than {name}: give the mailbox the name that the certificate has"
        return f"{said}, so nobody can know that it is {name}"
    if isinstance(error, ssl.SSLError) and "WRONG_VERSION" in (error.reason or ""):
        return "it does not begin with TLS: use starttls on this port, or the port for TLS (465)"
    if isinstance(error, ssl.SSLError):
        words = (error.reason or "no reason given").replace("_", " ").lower()
        return f"its TLS cannot be used ({words})"
    return why(error)
