"""SMTP over one kept connection, pipelined where the server offers it (RFC 5321, 2920, 3207, 8314).

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
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from outrider.sending.types import Delivery, DeliveryResult, Outgoing, SmtpTls
from outrider.vendors.smtp_connection import Connection, Gone, Reply, why, why_not_tls

_MAILBOX = re.compile(r"[^\s<>\x00-\x20\x7f]+@[^\s<>@\x00-\x20\x7f]+")

# Codes that speak of the connection or the login, not of one mail (RFC 5321, 4.2.3; RFC 4954, 6).
NOT_THE_MAIL = frozenset({421, 454, 530, 534, 535, 538})
_SUBMISSIONS = 465
"""The port for submission over TLS (RFC 8314, 3.3)."""
_WAY_IS_FREE = frozenset({250, 251, 252, 354})
_AT_ONCE = 32 * 1024
"""Bytes of a mail that go in one write with their end; a write takes longer than all else at the wire."""


@dataclass(frozen=True)
class Server:
    """Where to connect and how.

    With `starttls`, TLS is used when it is offered, except on loopback; with `tls`, and on port 465, it
    begins with the first byte (RFC 8314), on loopback as well; `none` is for servers on this machine.
    """

    host: str
    port: int
    own_name: str = "localhost"
    timeout: timedelta = timedelta(seconds=30)
    login: tuple[str, str] | None = None
    verify: bool = True
    tls: SmtpTls = SmtpTls.STARTTLS

    @property
    def is_loopback(self) -> bool:
        """Whether the bytes stay on this machine."""
        if self.host == "localhost":
            return True
        with contextlib.suppress(ValueError):
            return ipaddress.ip_address(self.host).is_loopback
        return False

    @property
    def begins_with_tls(self) -> bool:
        """Whether the first byte is TLS."""
        return self.tls is SmtpTls.TLS or (
            self.tls is SmtpTls.STARTTLS and self.port == _SUBMISSIONS
        )


class Smtp:
    """A mail server to hand mail to. One object holds one connection; use one a task."""

    def __init__(self, server: Server) -> None:
        """Nothing is opened until the first mail."""
        self.server = server
        self._open: Connection | None = None

    async def ready(self) -> DeliveryResult | None:
        """None when a connection is open and logged in; else why no mail can leave this way now."""
        kept, self._open = self._open, None
        if kept is not None and not kept.is_idle:
            await kept.close()
            kept = None
        try:
            self._open = kept or await self._connect()
        except Gone as gone:
            return self._unusable(gone)
        return None

    @property
    def is_private(self) -> bool:
        """Whether a connection is open, and under TLS."""
        return self._open is not None and self._open.is_private

    async def deliver(self, mail: Outgoing) -> DeliveryResult:
        """Hand one mail over; see `MailTransport`. Connects when there is no connection."""
        async with contextlib.aclosing(self.deliver_each([mail], lambda _: True)) as answers:
            async for _, result in answers:
                return result
        raise AssertionError("a mail that may go has a result")

    async def deliver_each(
        self, mails: Sequence[Outgoing], go: Callable[[Outgoing], bool]
    ) -> AsyncGenerator[tuple[Outgoing, DeliveryResult], None]:
        """Hand mails over in order, as long as `go` says yes just before the data of each.

        Where the server pipelines, the way for the next mail is asked for together with the end of
        the one before, so that a mail costs one round trip. It ends early when `go` says no to a mail,
        of which nothing was sent then, and after an answer that no mail can leave this way now.
        """
        talk: _Talk | None = None
        rest = deque(mails)
        try:
            while rest:
                # Whoever's way was asked for has been looked at already.
                fault = None if talk and talk.is_asked else _unspeakable(rest[0])
                if fault is not None:
                    yield rest.popleft(), _refused(fault)
                    continue
                try:
                    talk = talk or _Talk(*await self._taken())
                    result = await talk.hand_over(rest, go)
                except Gone as gone:
                    # One that went stale before the data is replaced once: nothing was taken.
                    is_stale = talk is not None and talk.is_used
                    await _hang_up(talk)
                    talk = None
                    if is_stale:
                        continue
                    result = self._unusable(gone)
                if result is None:
                    return
                mail = rest.popleft()
                if talk is not None and talk.is_over:
                    await _hang_up(talk)
                    talk = None
                yield mail, result
                if result.is_transport_down:
                    return
        finally:
            # Whatever happened, a cancelled or broken conversation is never continued.
            if talk is not None and talk.is_idle:
                self._open = talk.wire
            else:
                await _hang_up(talk)

    async def find(self, message_ids: Sequence[str]) -> dict[str, bool] | None:
        """SMTP cannot be asked what became of a mail."""
        return None

    async def close(self) -> None:
        """Say QUIT and close."""
        kept, self._open = self._open, None
        if kept is not None:
            await kept.close(politely=True)

    async def _taken(self) -> tuple[Connection, bool]:
        """The kept connection, or a new one; and whether it was used before."""
        kept, self._open = self._open, None
        if kept is not None and kept.is_idle:
            return kept, True
        if kept is not None:
            await kept.close()
        return await self._connect(), False

    async def _connect(self) -> Connection:
        server, seconds = self.server, self.server.timeout.total_seconds()
        if server.tls is SmtpTls.NONE and not server.is_loopback:
            raise Gone("it is another machine, and the mailbox says to go there without TLS")
        context = _context(server.verify) if server.begins_with_tls else None
        try:
            async with asyncio.timeout(seconds):
                _, wire = await asyncio.get_running_loop().create_connection(
                    lambda: Connection(seconds), server.host, server.port, ssl=context
                )
        except ssl.SSLError as error:
            raise Gone(why_not_tls(error, server.host)) from None
        except (OSError, TimeoutError) as error:
            raise Gone(why(error)) from None
        try:
            await self._greet(wire)
        except BaseException:
            await wire.close()
            raise
        return wire

    async def _greet(self, wire: Connection) -> None:
        server = self.server
        _require(await wire.reply(), 220, "it does not greet")
        await self._hello(wire)
        is_private = server.is_loopback or server.begins_with_tls
        may_start = server.tls is SmtpTls.STARTTLS and not is_private
        if may_start and "STARTTLS" in wire.offers:
            _require(await wire.ask("STARTTLS"), 220, "it offers TLS but does not start it")
            await wire.starttls(_context(server.verify), server.host)
            await self._hello(wire)
            is_private = True
        if server.login is not None:
            if not is_private:
                raise Gone("it wants a password but offers no TLS")
            await _log_in(wire, *server.login)

    async def _hello(self, wire: Connection) -> None:
        reply = await wire.ask(f"EHLO {self.server.own_name}")
        if reply.code != 250:
            _require(await wire.ask(f"HELO {self.server.own_name}"), 250, "it refuses our greeting")
            return
        wire.offers = frozenset(word.upper() for word in reply.text.split())

    def _unusable(self, gone: Gone) -> DeliveryResult:
        where = f"{self.server.host}:{self.server.port}"
        return _down(f"The mail server {where} cannot be used: {gone}.")


class _Talk:
    """Mails over one connection, the next one's way asked for ahead."""

    def __init__(self, wire: Connection, is_used: bool) -> None:
        self.wire = wire
        self.is_used = is_used
        """Whether it has carried a mail, so that a break may be a mere lack of patience."""
        self.is_over = False
        self.is_asked = False
        """Whether the way of the next mail was asked for ahead."""
        self._is_busy = False

    @property
    def is_idle(self) -> bool:
        """Whether another mail can begin here at any time."""
        return not self._is_busy and not self.is_over

    async def hand_over(
        self, rest: Sequence[Outgoing], go: Callable[[Outgoing], bool]
    ) -> DeliveryResult | None:
        """Hand over the first of `rest`; None when `go` says no to it.

        Raises:
            Gone: the connection broke before the last byte was on its way.
        """
        mail, self._is_busy = rest[0], True
        lacks = _lacks(mail, self.wire.offers)
        if lacks is not None:
            self._is_busy = False
            return _refused(lacks)
        answers = await self._way(mail)
        refused = next((one for one in answers if one.code not in _WAY_IS_FREE), None)
        if refused is not None:
            return await self._put_back(answers, refused)
        if not go(mail):
            # It waits for the data: hanging up is the one way to give it nothing.
            return None
        result = await self._data(mail.data, rest[1] if len(rest) > 1 else None)
        self.is_used = True
        self.is_over = result.delivery is Delivery.UNKNOWN or result.is_transport_down
        self._is_busy = self.is_asked
        return result

    async def _way(self, mail: Outgoing) -> list[Reply]:
        """The answers to the envelope, up to the first refusal where each is asked for alone."""
        if self.is_asked or "PIPELINING" in self.wire.offers:
            if not self.is_asked:
                self.wire.write(_envelope(mail))
            self.is_asked = False
            return [await self.wire.reply() for _ in range(3)]
        answers: list[Reply] = []
        for line in _envelope(mail).decode().splitlines():
            answers.append(await self.wire.ask(line))
            if answers[-1].code >= 400:
                break
        return answers

    async def _put_back(self, answers: Sequence[Reply], refused: Reply) -> DeliveryResult:
        """Leave the connection clean after a refusal; the first refusal is the answer."""
        if len(answers) == 3 and answers[2].code == 354:
            # It waits for data although it refused the envelope. Ending it empty, as RFC 2920 allows,
            # could deliver an empty mail to a recipient that it did take: hang up instead.
            self.is_over = True
            return _verdict(refused)
        if refused.code in NOT_THE_MAIL:
            self.is_over = True
            return _down(f"The mail server says: {refused}.")
        try:
            await self.wire.ask("RSET")
        except Gone:
            self.is_over = True
        self._is_busy = False
        return _verdict(refused)

    async def _data(self, data: bytes, following: Outgoing | None) -> DeliveryResult:
        whole, end = _stuffed(data), b".\r\n"
        if following is not None and self._can_ask(following):
            end += _envelope(following)
            self.is_asked = True
        if len(whole) > _AT_ONCE:
            self.wire.write(whole)
            await self.wire.flush()
            whole = b""
        self.wire.write(whole + end)
        # From here on the server may have the mail, whatever we hear.
        try:
            return _verdict(await self.wire.reply())
        except Gone as gone:
            return DeliveryResult(
                delivery=Delivery.UNKNOWN,
                answer=f"After the whole mail was handed over, no answer came: {gone}.",
            )

    def _can_ask(self, mail: Outgoing) -> bool:
        offers = self.wire.offers
        return "PIPELINING" in offers and not _unspeakable(mail) and not _lacks(mail, offers)


async def _hang_up(talk: _Talk | None) -> None:
    if talk is not None:
        await talk.wire.close()


async def _log_in(wire: Connection, user: str, password: str) -> None:
    """Log in by PLAIN, or by LOGIN where the server knows nothing else (RFC 4954)."""
    if "PLAIN" in wire.offers or "LOGIN" not in wire.offers:
        reply = await wire.ask(f"AUTH PLAIN {_base64(f'{chr(0)}{user}{chr(0)}{password}')}")
    else:
        reply = await wire.ask("AUTH LOGIN")
        for word in (user, password):
            if reply.code == 334:
                reply = await wire.ask(_base64(word))
    _require(reply, 235, f"it refuses the login of {user}; check the user and the password file")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _envelope(mail: Outgoing) -> bytes:
    extension = "" if _is_ascii(mail) else " SMTPUTF8"
    body = "" if mail.data.isascii() else " BODY=8BITMIME"
    return (
        f"MAIL FROM:<{mail.envelope_from}>{body}{extension}\r\n"
        f"RCPT TO:<{mail.envelope_to}>\r\nDATA\r\n"
    ).encode()


def _is_ascii(mail: Outgoing) -> bool:
    return mail.envelope_from.isascii() and mail.envelope_to.isascii()


def _lacks(mail: Outgoing, offers: frozenset[str]) -> str | None:
    """What this mail needs and the server does not offer (RFC 6531, RFC 6152)."""
    if not _is_ascii(mail) and "SMTPUTF8" not in offers:
        which = mail.envelope_from if mail.envelope_to.isascii() else mail.envelope_to
        return (
            f"The mail server takes no address such as {which}, for it does not offer SMTPUTF8: "
            "find one with plain letters before the @, or send through another server."
        )
    if not mail.data.isascii() and "8BITMIME" not in offers:
        return "The mail server does not take mails beyond ASCII (8BITMIME)."
    return None


def _stuffed(data: bytes) -> bytes:
    """The mail with its dots doubled at the beginning of lines (RFC 5321, 4.5.2)."""
    stuffed = data.replace(b"\r\n.", b"\r\n..")
    if stuffed.startswith(b"."):
        stuffed = b"." + stuffed
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _verdict(reply: Reply) -> DeliveryResult:
    if reply.code == 421:
        return _down(f"The mail server says: {reply}.")
    if 200 <= reply.code < 300:
        return DeliveryResult(delivery=Delivery.ACCEPTED, answer=str(reply))
    kind = Delivery.TRY_LATER if reply.code < 500 else Delivery.REFUSED
    return DeliveryResult(delivery=kind, answer=str(reply))


def _refused(answer: str) -> DeliveryResult:
    return DeliveryResult(delivery=Delivery.REFUSED, answer=answer)


def _down(answer: str) -> DeliveryResult:
    return DeliveryResult(delivery=Delivery.TRY_LATER, answer=answer, is_transport_down=True)


def _require(reply: Reply, code: int, otherwise: str) -> None:
    if reply.code != code:
        raise Gone(f"{otherwise} ({reply})")


def _unspeakable(mail: Outgoing) -> str | None:
    """Why these bytes or this envelope must not go on the wire (RFC 5321, 2.3.8 and 4.1.2)."""
    for field, address in (("sender", mail.envelope_from), ("recipient", mail.envelope_to)):
        if not _MAILBOX.fullmatch(address):
            return f"The {field} address {address!r} cannot be written in an SMTP command."
    ends = mail.data.count(b"\r\n")
    if mail.data.count(b"\n") != ends or mail.data.count(b"\r") != ends:
        return "The mail holds a line end that is not CRLF, which could hide a second mail."
    return None


@lru_cache(maxsize=2)
def _context(verify: bool) -> ssl.SSLContext:
    # Reading the certificates that this machine trusts takes longer than sending many mails.
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
