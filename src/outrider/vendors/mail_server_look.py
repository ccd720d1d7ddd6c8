"""A look at a mail server, behind `sending.health.ports.MailServers`: its greeting and certificate.

In: host and port. Out: what it showed. Never: a login, a mail, an exception for what it does.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from datetime import UTC, datetime

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from outrider.sending.health.ports import ServerLook

TIMEOUT_SECONDS = 10.0
_LONGEST_ANSWER = 100


class MailServerLook:
    """Knocks at mail servers."""

    def __init__(
        self, *, timeout: float = TIMEOUT_SECONDS, trust: ssl.SSLContext | None = None
    ) -> None:
        """Trust what this machine trusts, unless `trust` says otherwise."""
        self._timeout = timeout
        self._trust = trust or ssl.create_default_context()

    async def look(self, host: str, port: int, *, is_implicit_tls: bool) -> ServerLook:
        """Say hello, start TLS, read the certificate, say goodbye."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._look(host, port, is_implicit_tls=is_implicit_tls)
        except TimeoutError:
            return ServerLook(answers=False, problem="no answer in time")
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            return ServerLook(answers=False, problem=str(error) or type(error).__name__)

    async def _look(self, host: str, port: int, *, is_implicit_tls: bool) -> ServerLook:
        problem = ""
        try:
            certificate = await self._certificate(host, port, self._trust, is_implicit_tls)
        except ssl.SSLError as error:
            # Once more without judging, to say whose certificate it is and until when.
            problem = getattr(error, "verify_message", "") or error.reason or str(error)
            blind = ssl.create_default_context()
            blind.check_hostname = False
            blind.verify_mode = ssl.CERT_NONE
            try:
                certificate = await self._certificate(host, port, blind, is_implicit_tls)
            except ssl.SSLError as second:
                return ServerLook(answers=True, offers_tls=True, problem=str(second))
        if certificate is None:
            return ServerLook(answers=True, problem="it does not offer STARTTLS")
        read = x509.load_der_x509_certificate(certificate)
        return ServerLook(
            answers=True,
            offers_tls=True,
            is_trusted=not problem,
            problem=problem,
            expires_at=_utc(read.not_valid_after_utc),
            names=_names(read),
        )

    async def _certificate(
        self, host: str, port: int, trust: ssl.SSLContext, is_implicit_tls: bool
    ) -> bytes | None:
        """The certificate in DER; None when the server does not offer TLS."""
        first = {"ssl": trust, "server_hostname": host} if is_implicit_tls else {}
        reader, writer = await asyncio.open_connection(host, port, **first)  # type: ignore[arg-type]  # both or none
        try:
            if not (await _answer(reader)).startswith("220"):
                raise ValueError("it does not greet as a mail server")
            if not is_implicit_tls:
                writer.write(b"EHLO look.invalid\r\n")
                offered = await _answer(reader)
                if "STARTTLS" not in offered.upper():
                    return None
                writer.write(b"STARTTLS\r\n")
                if not (await _answer(reader)).startswith("220"):
                    return None
                await writer.start_tls(trust, server_hostname=host)
            tls = writer.get_extra_info("ssl_object")
            found: bytes | None = tls.getpeercert(binary_form=True) if tls else None
            writer.write(b"QUIT\r\n")
            with suppress(OSError):
                await writer.drain()
            return found
        finally:
            writer.close()
            with suppress(OSError, ssl.SSLError):
                await writer.wait_closed()


async def _answer(reader: asyncio.StreamReader) -> str:
    lines = []
    for _ in range(_LONGEST_ANSWER):
        line = (await reader.readline()).decode("ascii", "replace")
        lines.append(line)
        if line[3:4] != "-":
            break
    return "".join(lines)


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    with suppress(x509.ExtensionNotFound):
        found = certificate.extensions.get_extension_for_oid(
            ExtensionOID.SUBJECT_ALTERNATIVE_NAME
        ).value
        if isinstance(found, x509.SubjectAlternativeName):
            return tuple(found.get_values_for_type(x509.DNSName))
    return ()


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
