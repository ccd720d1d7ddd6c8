"""Away from this machine a mail travels over TLS when it is offered, and a password only over TLS."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP as AiosmtpdProtocol
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from outrider.sending.types import Delivery
from outrider.vendors.smtp import Server, Smtp
from tests.contracts.test_mail_transports import outgoing


class Elsewhere(Server):
    """A server that counts as another machine."""

    @property
    def is_loopback(self) -> bool:
        return False


# The server under test elsewhere, aiosmtpd, leaves a connection to the collector when its other side hung
# up during the handshake; that is told here and nowhere else.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


class Taker:
    """Keeps whether each mail came over TLS, and who had logged in."""

    def __init__(self) -> None:
        self.came: list[tuple[bool, bool]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        self.came.append((session.ssl is not None, bool(session.authenticated)))
        return "250 OK"


def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"sam", b"secret")
    return AuthResult(success=good, handled=False)


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A server's TLS with a certificate that nobody vouches for."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    start = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=9))
        .sign(key, hashes.SHA256())
    )
    file: Path = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(file)
    return made


@contextlib.asynccontextmanager
async def listening(taker: Taker, context: ssl.SSLContext | None) -> AsyncIterator[int]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: AiosmtpdProtocol(
            taker,
            loop=loop,
            hostname="sink",
            tls_context=context,
            authenticator=authenticate,
            auth_require_tls=context is not None,
        ),
        "127.0.0.1",
        0,
    )
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        await server.wait_closed()
        await asyncio.sleep(0.05)
        gc.collect()


async def test_tls_is_used_when_it_is_offered(context: ssl.SSLContext) -> None:
    taker = Taker()
    async with listening(taker, context) as port:
        smtp = Smtp(Elsewhere("127.0.0.1", port, verify=False))
        for number in (1, 2):
            assert (await smtp.deliver(outgoing(number))).delivery is Delivery.ACCEPTED
        await smtp.close()
    assert taker.came == [(True, False)] * 2


async def test_a_password_goes_over_tls_and_a_wrong_one_blames_no_mail(
    context: ssl.SSLContext,
) -> None:
    taker = Taker()
    async with listening(taker, context) as port:
        right = Smtp(Elsewhere("127.0.0.1", port, verify=False, login=("sam", "secret")))
        assert (await right.deliver(outgoing(1))).delivery is Delivery.ACCEPTED
        await right.close()
        wrong = Smtp(Elsewhere("127.0.0.1", port, verify=False, login=("sam", "guess")))
        result = await wrong.deliver(outgoing(2))
    assert taker.came == [(True, True)]
    assert (result.delivery, result.is_transport_down) == (Delivery.TRY_LATER, True)
    assert "refuses the login" in result.answer
    assert "guess" not in result.answer


async def test_a_certificate_that_nobody_vouches_for_stops_the_mail(
    context: ssl.SSLContext,
) -> None:
    taker = Taker()
    async with listening(taker, context) as port:
        result = await Smtp(Elsewhere("127.0.0.1", port)).deliver(outgoing(1))
    assert taker.came == []
    assert result.is_transport_down
    assert "certificate" in result.answer


async def test_answers_slipped_in_before_tls_are_not_believed() -> None:
    async def slips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        await reader.readuntil(b"\r\n")
        writer.write(b"250-sink\r\n250 STARTTLS\r\n")
        await reader.readuntil(b"\r\n")
        writer.write(b"220 go on\r\n250-sink\r\n250 AUTH PLAIN\r\n")
        await reader.read()
        writer.close()

    server = await asyncio.start_server(slips, "127.0.0.1", 0)
    smtp = Smtp(Elsewhere("127.0.0.1", server.sockets[0].getsockname()[1], verify=False))
    result = await smtp.deliver(outgoing(1))
    server.close()
    await server.wait_closed()
    assert result.is_transport_down
    assert "before TLS" in result.answer


async def test_a_password_never_goes_in_the_clear() -> None:
    taker = Taker()
    async with listening(taker, None) as port:
        smtp = Smtp(Elsewhere("127.0.0.1", port, login=("sam", "secret")))
        result = await smtp.deliver(outgoing(1))
        await smtp.close()
    assert taker.came == []
    assert "offers no TLS" in result.answer
