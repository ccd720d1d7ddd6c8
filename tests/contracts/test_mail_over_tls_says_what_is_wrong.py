"""A mail server's certificate, login and port: each mistake is one plain sentence, and no mail leaves."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP as AiosmtpdProtocol
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from outrider.sending.types import Delivery, DeliveryResult, SmtpTls
from outrider.vendors import smtp as smtp_module
from outrider.vendors.smtp import Server, Smtp
from tests.contracts.test_mail_over_tls import Elsewhere, Taker, authenticate
from tests.contracts.test_mail_transports import outgoing
from tests.rules.test_dkim_signing import pem

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """Somebody who vouches for servers."""

    folder: Path
    key: rsa.RSAPrivateKey
    name: x509.Name

    def server(self, host: str, *, ends: timedelta = 9 * DAY) -> ssl.SSLContext:
        """TLS of a server with a certificate for `host`."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        certificate = self.signed(key, x509.Name([_common(host)]), ends, host)
        file = self.folder / f"{host}-{ends.days}.pem"
        file.write_bytes(pem(key) + certificate.public_bytes(serialization.Encoding.PEM))
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(file)
        return made

    def signed(
        self, key: rsa.RSAPrivateKey, name: x509.Name, ends: timedelta, host: str | None
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 30 * DAY)
            .not_valid_after(now + ends)
            .add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
        )
        if host is not None:
            other = x509.SubjectAlternativeName([x509.DNSName(host)])
            builder = builder.add_extension(other, critical=False)
        return builder.sign(self.key, hashes.SHA256())


def _common(name: str) -> x509.NameAttribute[str]:
    return x509.NameAttribute(NameOID.COMMON_NAME, name)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """An authority that this machine trusts for as long as these tests run."""
    folder = tmp_path_factory.mktemp("authority")
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    made = Authority(folder, key, x509.Name([_common("An authority")]))
    root = made.signed(key, made.name, 90 * DAY, None)
    (folder / "root.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(folder / "root.pem"))
        smtp_module._context.cache_clear()
        yield made
    smtp_module._context.cache_clear()


@contextlib.asynccontextmanager
async def listening(taker: Taker, context: ssl.SSLContext, *, at_once: bool) -> AsyncIterator[int]:
    """aiosmtpd, with TLS from the first byte or by STARTTLS."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: AiosmtpdProtocol(
            taker,
            loop=loop,
            hostname="sink",
            tls_context=None if at_once else context,
            authenticator=authenticate,
            auth_require_tls=not at_once,
        ),
        "127.0.0.1",
        0,
        ssl=context if at_once else None,
    )
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        await server.wait_closed()


async def told(server: Server) -> DeliveryResult:
    smtp = Smtp(server)
    result = await smtp.deliver(outgoing(1))
    await smtp.close()
    return result


def at(port: int, mode: SmtpTls, **more: object) -> Server:
    return Elsewhere("localhost", port, tls=mode, timeout=timedelta(seconds=2), **more)  # type: ignore[arg-type]


MODES = pytest.mark.parametrize("mode", [SmtpTls.TLS, SmtpTls.STARTTLS])


@MODES
async def test_a_server_whose_certificate_is_good_gets_the_mail(
    authority: Authority, mode: SmtpTls
) -> None:
    taker = Taker()
    async with listening(taker, authority.server("localhost"), at_once=mode is SmtpTls.TLS) as port:
        smtp = Smtp(at(port, mode, login=("sam", "secret")))
        assert await smtp.ready() is None
        for number in (1, 2, 3):
            assert (await smtp.deliver(outgoing(number))).delivery is Delivery.ACCEPTED
        await smtp.close()
    assert [is_private for is_private, _ in taker.came] == [True] * 3 or mode is SmtpTls.TLS
    assert len(taker.came) == 3


@MODES
@pytest.mark.parametrize(
    ("host", "days", "words"),
    [
        ("localhost", -1, "its certificate has expired"),
        ("mail.elsewhere.example", 9, "its certificate is for another name than localhost"),
    ],
)
async def test_a_certificate_that_is_not_good_is_told_and_nothing_leaves(
    authority: Authority, mode: SmtpTls, host: str, days: int, words: str
) -> None:
    taker = Taker()
    context = authority.server(host, ends=days * DAY)
    async with listening(taker, context, at_once=mode is SmtpTls.TLS) as port:
        result = await told(at(port, mode))
    assert taker.came == []
    assert (result.delivery, result.is_transport_down) == (Delivery.TRY_LATER, True)
    assert words in result.answer
    assert result.answer.startswith(f"The mail server localhost:{port} cannot be used: ")
    assert result.answer.endswith(".")
    assert "\n" not in result.answer


@MODES
async def test_a_certificate_of_nobody_that_is_trusted_is_told(
    authority: Authority, tmp_path: Path, mode: SmtpTls
) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    stranger = Authority(tmp_path, key, x509.Name([_common("A stranger")]))
    taker = Taker()
    context = stranger.server("localhost")
    async with listening(taker, context, at_once=mode is SmtpTls.TLS) as port:
        result = await told(at(port, mode))
    assert taker.came == []
    assert "signed by nobody whom this machine trusts" in result.answer


async def test_a_wrong_password_names_the_user_and_the_file_to_look_at(
    authority: Authority,
) -> None:
    taker = Taker()
    async with listening(taker, authority.server("localhost"), at_once=True) as port:
        result = await told(at(port, SmtpTls.TLS, login=("sam", "guess")))
    assert result.is_transport_down
    assert "refuses the login of sam" in result.answer
    assert "password file" in result.answer
    assert "guess" not in result.answer


async def test_tls_on_a_port_that_speaks_in_the_clear_is_told(authority: Authority) -> None:
    taker = Taker()
    async with listening(taker, authority.server("localhost"), at_once=False) as port:
        result = await told(at(port, SmtpTls.TLS))
    assert taker.came == []
    assert "use starttls on this port" in result.answer


async def test_no_tls_to_another_machine_is_refused_before_a_word_is_said() -> None:
    result = await told(Elsewhere("localhost", 1, tls=SmtpTls.NONE))
    assert result.is_transport_down
    assert "without TLS" in result.answer
