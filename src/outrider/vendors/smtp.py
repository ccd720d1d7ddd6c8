"""SMTP over one kept connection, pipelined where the server offers it (RFC 5321, 2920, 3207).

In: the exact bytes and an envelope. Out: what truthfully became of them.
Never: a second attempt once the last byte was on its way, a change of the bytes, a look-up of MX.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ipaddress
import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from outrider.sending.types import Delivery, DeliveryResult, Outgoing

LONGEST_REPLY_LINES = 100
_MAILBOX = re.compile(r"[\x21-\x7e]+@[A-Za-z0-9.\[\]:-]+")
_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_DOT = re.compile(rb"(?m)^\.")

# Codes that speak of the connection or the login, not of one mail (RFC 5321, 4.2.3; RFC 4954, 6).
NOT_THE_MAIL = frozenset({421, 454, 530, 534, 535, 538})


@dataclass(frozen=True)
class Reply:
    """One answer of the server: its code and its words."""

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()


@dataclass(frozen=True)
class Server:
    """Where to connect and how. STARTTLS is used when it is offered, except on loopback."""

    host: str
    port: int
    own_name: str = "localhost"
    timeout: timedelta = timedelta(seconds=30)
    login: tuple[str, str] | None = None
    verify: bool = True

    @property
    def is_loopback(self) -> bool:
        """Whether the bytes stay on this machine."""
        if self.host == "localhost":
            return True
        with contextlib.suppress(ValueError):
            return ipaddress.ip_address(self.host).is_loopback
        return False


class _Gone(Exception):
    """The connection is of no use: closed, silent, or not speaking SMTP."""


class _Connection:
    """One conversation with one server."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float
    ) -> None:
        self._reader, self._writer, self._seconds = reader, writer, seconds
        self.offers: frozenset[str] = frozenset()

    def write(self, data: bytes) -> None:
        if self._writer.is_closing() or self._reader.at_eof():
            raise _Gone("the connection was closed")
        self._writer.write(data)

    async def flush(self) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                await self._writer.drain()
        except (OSError, TimeoutError) as error:
            raise _Gone(_why(error)) from None

    async def reply(self) -> Reply:
        """The next answer, all its lines.

        Raises:
            _Gone: none came in time, or something that is no SMTP.
        """
        lines: list[str] = []
        try:
            async with asyncio.timeout(self._seconds):
                while len(lines) < LONGEST_REPLY_LINES:
                    line = (await self._reader.readuntil(b"\n")).decode("utf-8", "replace").rstrip()
                    if not re.fullmatch(r"[2-5]\d\d([ -].*)?", line):
                        raise _Gone(f"the answer {line[:60]!r} is not SMTP")
                    lines.append(line[4:])
                    if line[3:4] != "-":
                        return Reply(int(line[:3]), " ".join(filter(None, lines)))
        except asyncio.IncompleteReadError:
            raise _Gone("the connection was closed") from None
        except (OSError, TimeoutError, asyncio.LimitOverrunError) as error:
            raise _Gone(_why(error)) from None
        raise _Gone("the answer has no end")

    async def ask(self, line: str) -> Reply:
        self.write(line.encode("ascii") + b"\r\n")
        return await self.reply()

    async def starttls(self, context: ssl.SSLContext, name: str) -> None:
        # Answers that came before the handshake were not protected by it (RFC 3207, 6).
        if getattr(self._reader, "_buffer", b""):
            raise _Gone("it speaks before TLS has begun")
        try:
            async with asyncio.timeout(self._seconds):
                await self._writer.start_tls(context, server_hostname=name)
        except (OSError, TimeoutError) as error:
            raise _Gone(f"its certificate or TLS cannot be used: {_why(error)}") from None

    async def close(self, *, politely: bool = False) -> None:
        if politely:
            with contextlib.suppress(_Gone):
                await self.ask("QUIT")
        self._writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(1):
                await self._writer.wait_closed()


class Smtp:
    """A mail server to hand mail to. One object holds one connection; use one a task."""

    def __init__(self, server: Server) -> None:
        """Nothing is opened until the first mail."""
        self.server = server
        self._open: _Connection | None = None

    async def deliver(self, mail: Outgoing) -> DeliveryResult:
        """Hand one mail over; see `MailTransport`. Connects when there is no connection."""
        fault = _unspeakable(mail)
        if fault:
            return DeliveryResult(delivery=Delivery.REFUSED, answer=fault)
        kept, self._open = self._open, None
        if kept is not None:
            try:
                return await self._hand_over(kept, mail)
            except _Gone:
                # A kept connection that went stale before the data: nothing of this mail was taken.
                await kept.close()
        try:
            return await self._hand_over(await self._connect(), mail)
        except _Gone as gone:
            where = f"{self.server.host}:{self.server.port}"
            return _down(f"The mail server {where} cannot be used: {gone}.")

    async def find(self, message_ids: Sequence[str]) -> dict[str, bool] | None:
        """SMTP cannot be asked what became of a mail."""
        return None

    async def close(self) -> None:
        """Say QUIT and close."""
        kept, self._open = self._open, None
        if kept is not None:
            await kept.close(politely=True)

    async def _hand_over(self, wire: _Connection, mail: Outgoing) -> DeliveryResult:
        """One mail over one connection.

        Raises:
            _Gone: the connection broke before the last byte was on its way.
        """
        done = False
        try:
            answers = await _envelope(wire, mail)
            refused = next((a for a in answers if a.code not in (250, 251, 252, 354)), None)
            if refused is not None:
                result = await _put_back(wire, answers, refused)
            else:
                result = await _data(wire, mail.data)
            done = result.delivery is not Delivery.UNKNOWN and not result.is_transport_down
        finally:
            # Whatever happened, a cancelled or broken conversation is never continued.
            if done:
                self._open = wire
            else:
                await wire.close()
        return result

    async def _connect(self) -> _Connection:
        seconds = self.server.timeout.total_seconds()
        try:
            async with asyncio.timeout(seconds):
                reader, writer = await asyncio.open_connection(self.server.host, self.server.port)
        except (OSError, TimeoutError) as error:
            raise _Gone(_why(error)) from None
        wire = _Connection(reader, writer, seconds)
        try:
            await self._greet(wire)
        except BaseException:
            await wire.close()
            raise
        return wire

    async def _greet(self, wire: _Connection) -> None:
        _require(await wire.reply(), 220, "it does not greet")
        await self._hello(wire)
        if "STARTTLS" in wire.offers and not self.server.is_loopback:
            _require(await wire.ask("STARTTLS"), 220, "it offers TLS but does not start it")
            await wire.starttls(_context(self.server.verify), self.server.host)
            await self._hello(wire)
            is_private = True
        else:
            is_private = self.server.is_loopback
        if self.server.login is not None:
            if not is_private:
                raise _Gone("it wants a password but offers no TLS")
            token = base64.b64encode("\0{}\0{}".format(*self.server.login).encode()).decode()
            _require(await wire.ask(f"AUTH PLAIN {token}"), 235, "it refuses the login")

    async def _hello(self, wire: _Connection) -> None:
        reply = await wire.ask(f"EHLO {self.server.own_name}")
        if reply.code != 250:
            _require(await wire.ask(f"HELO {self.server.own_name}"), 250, "it refuses our greeting")
            return
        wire.offers = frozenset(word.upper() for word in reply.text.split())


async def _envelope(wire: _Connection, mail: Outgoing) -> list[Reply]:
    lines = [f"MAIL FROM:<{mail.envelope_from}>", f"RCPT TO:<{mail.envelope_to}>", "DATA"]
    if "PIPELINING" in wire.offers:
        wire.write("".join(f"{line}\r\n" for line in lines).encode("ascii"))
        return [await wire.reply() for _ in lines]
    answers: list[Reply] = []
    for line in lines:
        answers.append(await wire.ask(line))
        if answers[-1].code >= 400:
            break
    return answers


async def _put_back(wire: _Connection, answers: list[Reply], refused: Reply) -> DeliveryResult:
    """Leave the connection clean after a refusal; the first refusal is the answer."""
    if len(answers) == 3 and answers[2].code == 354:
        # It waits for data although it refused the envelope. Ending it empty, as RFC 2920 allows,
        # could deliver an empty mail to a recipient that it did take: hang up instead.
        await wire.close()
        return _verdict(refused)
    if refused.code in NOT_THE_MAIL:
        return _down(f"The mail server says: {refused}.")
    await wire.ask("RSET")
    return _verdict(refused)


async def _data(wire: _Connection, data: bytes) -> DeliveryResult:
    wire.write(_DOT.sub(b"..", data) + (b"" if data.endswith(b"\r\n") else b"\r\n"))
    await wire.flush()
    wire.write(b".\r\n")
    # From here on the server may have the mail, whatever we hear.
    try:
        return _verdict(await wire.reply())
    except _Gone as gone:
        return DeliveryResult(
            delivery=Delivery.UNKNOWN,
            answer=f"After the whole mail was handed over, no answer came: {gone}.",
        )


def _verdict(reply: Reply) -> DeliveryResult:
    if reply.code == 421:
        return _down(f"The mail server says: {reply}.")
    if 200 <= reply.code < 300:
        return DeliveryResult(delivery=Delivery.ACCEPTED, answer=str(reply))
    kind = Delivery.TRY_LATER if reply.code < 500 else Delivery.REFUSED
    return DeliveryResult(delivery=kind, answer=str(reply))


def _down(answer: str) -> DeliveryResult:
    return DeliveryResult(delivery=Delivery.TRY_LATER, answer=answer, is_transport_down=True)


def _require(reply: Reply, code: int, otherwise: str) -> None:
    if reply.code != code:
        raise _Gone(f"{otherwise} ({reply})")


def _unspeakable(mail: Outgoing) -> str | None:
    """Why these bytes or this envelope must not go on the wire (RFC 5321, 2.3.8 and 4.1.2)."""
    for field, address in (("sender", mail.envelope_from), ("recipient", mail.envelope_to)):
        if not _MAILBOX.fullmatch(address) or "<" in address or ">" in address:
            return f"The {field} address {address!r} cannot be written in an SMTP command."
    if _BARE.search(mail.data):
        return "The mail holds a line end that is not CRLF, which could hide a second mail."
    return None


def _context(verify: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _why(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    if isinstance(error, ConnectionError):
        return "the connection was closed"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[:1].lower() + error.strerror[1:]
    return "it does not speak SMTP"
