"""No address that somebody else wrote leads Outrider to this machine or its network.

One place fetches such addresses; pictures of a mail come through it when a person asks for them.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from outrider.app.api.images import LARGEST, Pictures, as_data
from outrider.kernel.errors import InvalidInput, VendorUnavailable
from outrider.vendors.public_web import PublicWeb, Way, is_public
from tests import attackers

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "pictures.example"
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 40
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
NETWORK_PLACES = {
    "http_transport.py": "vendors that an operator sets",
    "sec_edgar/transport.py": "EDGAR, whose address is written down here",
    "slack.py": "Slack, and the address that it signed",
    "mcp_client.py": "servers that an operator attached",
    "public_web.py": "whatever somebody else wrote",
}
"""Where a connection over HTTP may be made, and to whom."""
FIELDS_WITH_ADDRESSES = {
    "booking_link": "goes into mails as a link; never fetched",
    "smtp": "a mail server, by who may set up mailboxes; spoken to in SMTP only",
}
"""Fields of requests that hold an address, and what becomes of it."""


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
     "169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "203.0.113.9",
     "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1",
     "fd00:ec2::254", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
     "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a9fe:a9fe::1",
     "2001:0:7f00:1::", "2001:db8::1", "100::1", "2130706433", "0x7f.1", "017700000001", "localhost", ""],
)  # fmt: skip
def test_an_inner_address_is_known_in_every_dress(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700:4700::1111"])
def test_an_address_of_the_open_web_is_let_through(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_no_dress_of_ipv6_hides_an_address(inner: ipaddress.IPv4Address) -> None:
    number = int(inner)
    for dressed in (0, 0xFFFF << 32, 0xFFFF << 48, 0x64FF9B << 96, 0x2002 << 112 | number << 80):
        assert not is_public(str(ipaddress.IPv6Address(dressed | number)))


@dataclass
class Web:
    """A server with a certificate of `HOST`, and what it was asked."""

    port: int
    trust: ssl.SSLContext
    asked: list[str] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)
    names: dict[str, list[list[str]]] = field(default_factory=dict)
    """The answers to each lookup of a name, in order; the last stays."""

    async def resolve(self, host: str) -> list[str]:
        self.looked_up.append(host)
        answers = self.names.get(host, [["127.0.0.1"]])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    @property
    def fetcher(self) -> PublicWeb:
        """One that holds 127.0.0.1, where this server is, for public; all the rest is as it is."""
        way = Way(self.port, self.trust, lambda one: one == "127.0.0.1" or is_public(one))
        return PublicWeb(self.resolve, way)


Answers = Callable[[str], tuple[str, dict[str, str], bytes]]


@asynccontextmanager
async def web(tmp_path: Path, answers: Answers) -> AsyncIterator[Web]:
    """A server on loopback over TLS."""
    key, certificate = _certificate()
    (tmp_path / "key.pem").write_bytes(key)
    (tmp_path / "certificate.pem").write_bytes(certificate)
    own = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    own.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    trust = ssl.create_default_context(cadata=certificate.decode())
    found = Web(0, trust)

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        found.asked.append(head)
        status, headers, body = answers(head.split(" ")[1])
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items())]
        writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(handler, "127.0.0.1", 0, ssl=own)
    found.port = int(server.sockets[0].getsockname()[1])
    try:
        yield found
    finally:
        server.close()


def _certificate() -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8
    return (
        key.private_bytes(pem, plain, serialization.NoEncryption()),
        made.public_bytes(pem),
    )


def picture(target: str) -> tuple[str, dict[str, str], bytes]:
    """A picture everywhere."""
    return "200 OK", {"Content-Length": str(len(PNG))}, PNG


async def test_a_picture_comes_without_a_word_of_who_asks(tmp_path: Path) -> None:
    async with web(tmp_path, picture) as there:
        assert await there.fetcher.fetch(f"https://{HOST}/a.png?b=c", 1_000) == PNG
    asked = there.asked[0].lower()
    assert asked.startswith("get /a.png?b=c http/1.1")
    assert f"host: {HOST}" in asked
    for name in ("cookie", "referer", "authorization", "x-forwarded-for"):
        assert f"\r\n{name}:" not in asked


@pytest.mark.parametrize(
    "url",
    ["http://pictures.example/", "ftp://pictures.example/", "file:///etc/passwd", "//pictures.example/",
     "https://", "https://u:p@pictures.example/", "https://pictures.example:22/", "javascript:alert(1)",
     "https://pictures.example/\r\nX-A: b", "https://pictures.example/ x", "gopher://127.0.0.1:6379/_",
     "https://[::1]/", "https://2130706433/", "https://0x7f.1/", "https://127.1/", "https://localhost/",
     "https://localhost./", "https://[::ffff:127.0.0.1]/", "https://169.254.169.254/latest/meta-data/",
     "https://\u2460\u2461\u2466.0.0.1/", "https://pictures.example/" + "a" * 3_000],
)  # fmt: skip
async def test_an_address_that_is_none_of_the_open_web_is_not_fetched(url: str) -> None:
    with pytest.raises((InvalidInput, VendorUnavailable)) as refused:
        await PublicWeb().fetch(url, 1_000)
    assert "root:" not in str(refused.value)


async def test_a_name_is_looked_up_once_and_that_answer_counts(tmp_path: Path) -> None:
    async with web(tmp_path, picture) as there:
        there.names[HOST] = [["127.0.0.1"], ["10.0.0.5"]]
        assert await there.fetcher.fetch(f"https://{HOST}/", 1_000) == PNG
        assert there.looked_up == [HOST]
        with pytest.raises(InvalidInput, match="not on the open web"):
            await there.fetcher.fetch(f"https://{HOST}/", 1_000)
    assert len(there.asked) == 1


async def test_one_inner_address_among_others_is_enough_to_refuse(tmp_path: Path) -> None:
    async with web(tmp_path, picture) as there:
        there.names[HOST] = [["127.0.0.1", "169.254.169.254"]]
        with pytest.raises(InvalidInput, match="not on the open web"):
            await there.fetcher.fetch(f"https://{HOST}/", 1_000)
    assert there.asked == []


@pytest.mark.parametrize(
    "to", ["https://inner.example/", "http://pictures.example/", "https://169.254.169.254/", "/again",
           "file:///etc/passwd", "//inner.example/x"],
)  # fmt: skip
async def test_a_redirect_is_judged_as_a_first_address(tmp_path: Path, to: str) -> None:
    async with web(tmp_path, lambda _: ("302 Found", {"Location": to}, b"")) as there:
        there.names = {"inner.example": [["10.0.0.5"]], "169.254.169.254": [["169.254.169.254"]]}
        with pytest.raises(InvalidInput):
            await there.fetcher.fetch(f"https://{HOST}/", 1_000)
    assert len(there.asked) == (4 if to == "/again" else 1)


async def test_a_server_of_another_name_is_not_believed(tmp_path: Path) -> None:
    async with web(tmp_path, picture) as there:
        with pytest.raises(VendorUnavailable):
            await there.fetcher.fetch("https://other.example/", 1_000)
    assert there.asked == []


async def test_more_than_the_bound_is_not_read(tmp_path: Path) -> None:
    endless = PNG + b"x" * 3_000_000
    async with web(tmp_path, lambda _: ("200 OK", {}, endless)) as there:
        with pytest.raises(InvalidInput, match="more than 1,000 bytes"):
            await there.fetcher.fetch(f"https://{HOST}/", 1_000)


def test_only_pictures_become_pictures() -> None:
    assert str(as_data(PNG)).startswith("data:image/png;base64,iVBORw0KGgp4eHh4")
    for other in (b"<svg onload=alert(1)>", b"<html>", b"%PDF-1.7", b"", b"RIFF\0\0\0\0WAVE"):
        assert as_data(other) is None


async def test_a_mails_pictures_are_fetched_once_and_stand_in_it(tmp_path: Path) -> None:
    html = (
        f'<p><img alt="a" src="https://{HOST}/a?x=1&amp;y=2"><IMG SRC=\'https://{HOST}/a?x=1&amp;y=2\'>'
        '<img src="https://inner.example/b"><img src="http://pictures.example/c"><img src="cid:d">'
        f'<img src="https://{HOST}/script"></p>'
    )

    def answers(target: str) -> tuple[str, dict[str, str], bytes]:
        return picture(target) if target.startswith("/a") else ("200 OK", {}, b"<script>")

    async with web(tmp_path, answers) as there:
        there.names["inner.example"] = [["10.0.0.5"]]
        pictures = Pictures(there.fetcher)
        shown = await pictures.shown(html, NOW)
        assert await pictures.shown(html, NOW) == shown
    assert shown.count("data:image/png;base64,") == 2
    assert '<img src="https://inner.example/b">' in shown
    assert "<script>" not in shown
    assert [one.split(" ")[1] for one in there.asked].count("/a?x=1&y=2") == 1


async def test_a_picture_too_large_or_too_many_are_left_out(tmp_path: Path) -> None:
    def answers(target: str) -> tuple[str, dict[str, str], bytes]:
        return "200 OK", {}, PNG + b"x" * (LARGEST if target == "/large" else 0)

    many = "".join(f'<img src="https://{HOST}/{number}">' for number in range(60))
    async with web(tmp_path, answers) as there:
        pictures = Pictures(there.fetcher)
        assert "data:" not in await pictures.shown(f'<img src="https://{HOST}/large">', NOW)
        assert (await pictures.shown(many, NOW)).count("data:image/png") == 20


def test_every_place_that_connects_is_known() -> None:
    folder = ROOT / "src/outrider"
    opens = re.compile(
        r"httpx2?\.(?:Async)?(?:Client|HTTPTransport)\(|urlopen\(|httpx2?\.(?:get|post)\("
    )
    found = {
        str(file.relative_to(folder / "vendors"))
        for file in folder.rglob("*.py")
        if opens.search(file.read_text(encoding="utf-8"))
    }
    assert found == set(NETWORK_PLACES)


def test_every_field_that_holds_an_address_is_known() -> None:
    named = re.compile(
        r"url|uri|link|host|server|endpoint|webhook|callback|smtp$|proxy|image|avatar"
    )
    found = {
        str(place[-1])
        for one in attackers.with_body()
        if one.body
        for place in attackers.texts(one.body)
        if named.search(str(place[-1]))
    }
    assert found == set(FIELDS_WITH_ADDRESSES)
