"""`doctor domain`: a sound domain passes, each fault is named with the record that mends it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from sqlalchemy import URL

from outrider.app.jobs.care.domain import Case, Instruments, examine_domain
from outrider.app.jobs.care.domain_records import DomainFinding, Sending
from outrider.app.jobs.care.findings import Health
from outrider.sending.dkim import Signer, dns_record
from outrider.sending.health.types import OwnDomain, Purpose
from outrider.sending.types import Transport
from outrider.vendors.dns import DnsNames
from outrider.vendors.fakes.dns import DnsFault, FakeDns
from outrider.vendors.mail_server_look import MailServerLook
from tests.conftest import MONDAY
from tests.program import Program

DOMAIN, HOST = "try-brand.example", "mail.try-brand.example"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLISHED = dns_record(Signer(DOMAIN, "o1", KEY))

Zone = dict[tuple[str, str], list[str]]


def txt(value: str) -> list[str]:
    return [" ".join(f'"{value[i : i + 200]}"' for i in range(0, len(value), 200))]


def sound() -> Zone:
    return {
        (DOMAIN, "TXT"): txt("v=spf1 ip4:192.0.2.10 -all"),
        (DOMAIN, "MX"): [f"10 {HOST}."],
        (HOST, "A"): ["192.0.2.10"],
        ("10.2.0.192.in-addr.arpa", "PTR"): [f"{HOST}."],
        (f"o1._domainkey.{DOMAIN}", "TXT"): txt(PUBLISHED),
        (f"_dmarc.{DOMAIN}", "TXT"): txt(f"v=DMARC1; p=none; rua=mailto:d@{DOMAIN}"),
    }


def case(**more: Any) -> Case:
    brand = OwnDomain(name="brand.example", purpose=Purpose.BRAND, added_by="x", created_at=MONDAY)
    sending = Sending(DOMAIN, {"o1": PUBLISHED}, [HOST])
    return Case(**{"sending": sending, "public_url": "https://o.brand.example", "ours": [brand],
                   **more})  # fmt: skip


async def forged_is_refused(url: str) -> int:
    return 404


async def examined(
    zone: Zone, asked: Case | None = None, faults: dict[str, DnsFault] | None = None, **by: Any
) -> dict[str, list[DomainFinding]]:
    server = FakeDns(zone, faults or {})
    patience = 2 if faults else 30  # only a server that is meant to fail takes so long
    address = f"127.0.0.1:{await server.start()}"
    names = DnsNames(address, timeout=patience, lifetime=patience)
    tools = {"names": names, "servers": MailServerLook(), "post": forged_is_refused, "now": MONDAY}
    try:
        found = await examine_domain(asked or case(), Instruments(**{**tools, **by}))
    finally:
        await server.stop()
    parts: dict[str, list[DomainFinding]] = {}
    for item in found:
        parts.setdefault(item.part, []).append(item)
        assert item.health is Health.OK or (item.means and item.do), item
    return parts


async def test_a_sound_domain_passes_in_every_part() -> None:
    found = await examined(sound())
    assert {item.health for items in found.values() for item in items} == {Health.OK}
    assert list(found) == ["purpose", "MX", "SPF", "DKIM", "DMARC", "rDNS", "one-click"]


FAULTS: list[tuple[str, dict[tuple[str, str], list[str] | None], str, str | None]] = [
    ("SPF", {(DOMAIN, "TXT"): None}, "no SPF record", "v=spf1 ip4:192.0.2.10 ~all"),
    ("SPF", {(DOMAIN, "TXT"): txt("v=spf1 ip4:198.51.100.1 -all")}, "may not send",
     "v=spf1 ip4:198.51.100.1 ip4:192.0.2.10 -all"),
    ("SPF", {(DOMAIN, "TXT"): txt("v=spf1 ip4:192.0.2.10 +all")}, "lets everybody send",
     "v=spf1 ip4:192.0.2.10 ~all"),
    ("SPF", {(DOMAIN, "TXT"): ['"v=spf1 -all"', '"v=spf1 ~all"']}, "2 records", None),
    ("DKIM", {(f"o1._domainkey.{DOMAIN}", "TXT"): None}, "holds no key", PUBLISHED),
    ("DKIM", {(f"o1._domainkey.{DOMAIN}", "TXT"): txt(PUBLISHED[:200])}, "no whole key", PUBLISHED),
    ("DKIM", {(f"o1._domainkey.{DOMAIN}", "TXT"): txt("v=DKIM1; p=")}, "revoked", PUBLISHED),
    ("DMARC", {(f"_dmarc.{DOMAIN}", "TXT"): None}, "holds no policy",
     f"v=DMARC1; p=none; rua=mailto:dmarc-reports@{DOMAIN}"),
    ("DMARC", {(f"_dmarc.{DOMAIN}", "TXT"): txt("v=DMARC1; p=reject")}, "no address for reports",
     f"v=DMARC1; p=reject; rua=mailto:dmarc-reports@{DOMAIN}"),
    ("MX", {(DOMAIN, "MX"): None}, "takes no mail", f"10 {HOST}."),
    ("MX", {(DOMAIN, "MX"): ["10 gone.example."]}, "has no address", f"10 {HOST}."),
    ("rDNS", {("10.2.0.192.in-addr.arpa", "PTR"): None}, "has no name", f"{HOST}."),
    ("rDNS", {("10.2.0.192.in-addr.arpa", "PTR"): ["else.example."]}, "another address",
     f"{HOST}."),
]  # fmt: skip


@pytest.mark.parametrize(("part", "changes", "told", "paste"), FAULTS)
async def test_each_fault_is_named_with_the_record_that_mends_it(
    part: str, changes: dict[tuple[str, str], list[str] | None], told: str, paste: str | None
) -> None:
    zone = {key: value for key, value in {**sound(), **changes}.items() if value is not None}
    found = (await examined(zone))[part]
    item = next(one for one in found if one.health is not Health.OK)
    assert told in item.found
    if paste is not None:
        assert item.record is not None
        assert item.record.value == paste


@pytest.mark.parametrize("part", ["SPF", "DKIM", "DMARC", "MX"])
async def test_what_is_pasted_mends_it(part: str) -> None:
    zone = sound()
    name = {"SPF": (DOMAIN, "TXT"), "DKIM": (f"o1._domainkey.{DOMAIN}", "TXT"),
            "DMARC": (f"_dmarc.{DOMAIN}", "TXT"), "MX": (DOMAIN, "MX")}[part]  # fmt: skip
    del zone[name]
    record = next(one.record for one in (await examined(zone))[part] if one.record)
    assert (record.name, record.type) == name
    zone[name] = [record.value] if record.type == "MX" else txt(record.value)
    assert {one.health for one in (await examined(zone))[part]} == {Health.OK}


async def test_another_key_than_ours_is_seen() -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    zone = {**sound(), (f"o1._domainkey.{DOMAIN}", "TXT"):
            txt(dns_record(Signer(DOMAIN, "o1", other)))}  # fmt: skip
    (item,) = (await examined(zone))["DKIM"]
    assert "not the one that we sign with" in item.found


async def test_without_spf_and_dkim_dmarc_says_what_its_policy_does_to_our_mail() -> None:
    zone = {**sound(), (f"_dmarc.{DOMAIN}", "TXT"): txt("v=DMARC1; p=reject; rua=mailto:a@b.cd")}
    del zone[DOMAIN, "TXT"], zone[f"o1._domainkey.{DOMAIN}", "TXT"]
    (item,) = (await examined(zone))["DMARC"]
    assert item.health is Health.BROKEN
    assert "is refused" in item.means


async def test_dns_that_does_not_answer_is_no_verdict() -> None:
    found = await examined(sound(), faults={DOMAIN: DnsFault.SERVFAIL})
    assert [one.health for one in found["SPF"]] == [Health.LOOK]
    assert "SERVFAIL" in found["SPF"][0].found


async def test_a_domain_of_the_brand_or_one_that_looks_like_it_is_no_place_for_cold_mail() -> None:
    ours = [OwnDomain(name=name, purpose=Purpose.BRAND, added_by="x", created_at=MONDAY)
            for name in ("try-brand.example", "trybrand.example")]  # fmt: skip
    for one, told in zip(ours, ("guarded as brand", "looks like"), strict=True):
        (item,) = (await examined(sound(), case(ours=[one])))["purpose"]
        assert item.health is Health.BROKEN
        assert told in item.found


async def test_a_provider_that_is_not_included_is_worth_a_look() -> None:
    sending = Sending(DOMAIN, {"o1": None}, [], [Transport.SENDGRID])
    found = await examined(sound(), case(sending=sending))
    (item,) = found["SPF"]
    assert item.health is Health.LOOK
    assert item.record is not None
    assert item.record.value == "v=spf1 ip4:192.0.2.10 include:sendgrid.net -all"
    assert found["rDNS"][0].health is Health.OK


@pytest.mark.parametrize(
    ("url", "status", "told"),
    [
        ("http://127.0.0.1:8460", 404, "cannot reach over https"),
        ("https://192.168.1.5", 404, "cannot reach over https"),
        ("https://o.brand.example", 0, "does not answer"),
        ("https://o.brand.example", 405, "does not take POST"),
        ("https://o.brand.example", 302, "answers 302"),
        ("https://o.brand.example", 200, "answers 200"),
    ],
)
async def test_one_click_must_work_for_strangers(url: str, status: int, told: str) -> None:
    async def post(asked: str) -> int:
        assert asked.endswith("/unsubscribe/doctor")
        return status

    (item,) = (await examined(sound(), case(public_url=url), post=post))["one-click"]
    assert item.health is Health.BROKEN
    assert told in item.found


def certificate(folder: Path, name: str, days: int) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate of its own, and one of a client that trusts it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=str(pem))


@asynccontextmanager
async def mail_server(context: ssl.SSLContext | None) -> AsyncIterator[int]:
    """A mail server that offers STARTTLS when it has a certificate."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(b"220 mail ready\r\n")
            while line := (await reader.readline()).strip().upper():
                if line.startswith(b"EHLO"):
                    writer.write(b"250-mail\r\n250-STARTTLS\r\n250 OK\r\n" if context
                                 else b"250 mail\r\n")  # fmt: skip
                elif line == b"STARTTLS" and context:
                    writer.write(b"220 go\r\n")
                    await writer.drain()
                    await writer.start_tls(context)
                elif line == b"QUIT":
                    break
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize(
    ("name", "days", "is_trusting", "health", "told"),
    [
        ("localhost", 90, True, Health.OK, "trusted certificate until"),
        ("localhost", 5, True, Health.LOOK, "ends in 5 days"),
        ("other.example", 90, True, Health.BROKEN, "mismatch"),
        ("localhost", -1, True, Health.BROKEN, "expired"),
        ("localhost", 90, False, Health.BROKEN, "not to be trusted"),
    ],
)
async def test_a_mail_servers_certificate_is_judged(
    tmp_path: Path, name: str, days: int, is_trusting: bool, health: Health, told: str
) -> None:
    context, trust = certificate(tmp_path, name, days)
    look = MailServerLook(timeout=60, trust=trust if is_trusting else None)
    async with mail_server(context) as port:
        asked = case(servers=[("localhost", port, False)])
        found = await examined(sound(), asked, servers=look, now=datetime.now(UTC))
    (item,) = found["TLS"]
    assert (item.health, told in item.found) == (health, True), item.found


async def test_a_mail_server_without_tls_or_without_life_is_told() -> None:
    async with mail_server(None) as port:
        found = await examined(sound(), case(servers=[("127.0.0.1", port, False)]))
        assert "does not offer STARTTLS" in found["TLS"][0].found
    found = await examined(sound(), case(servers=[("127.0.0.1", port, False)]))
    assert found["TLS"][0].health is Health.BROKEN


async def test_the_command_prints_what_to_paste_and_fails_when_something_is_broken(
    tmp_path: Path, owner_url: URL
) -> None:
    server = FakeDns(sound())
    port = await server.start()
    try:
        program = Program(tmp_path / "home", owner_url)
        args = ["doctor", "domain", DOMAIN, "--host", HOST, "--dns", f"127.0.0.1:{port}"]
        told = await asyncio.to_thread(program.run, *args, "--json")
        plain = await asyncio.to_thread(program.run, *args)
    finally:
        await server.stop()
    assert (told.code, plain.code) == (1, 1)
    states = {(item["part"], item["health"]) for item in told.items}
    assert {("MX", "ok"), ("SPF", "ok"), ("DKIM", "broken"), ("one-click", "broken")} <= states
    assert "192.0.2.10 may send" in plain.out
    assert "OUTRIDER_PUBLIC_URL" in plain.out
