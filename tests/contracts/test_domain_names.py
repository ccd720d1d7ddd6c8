"""DNS by dnspython against our own server: records, their absence, and every way in which it fails."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from outrider.kernel.errors import InvalidInput
from outrider.sending.health.ports import Lack
from outrider.vendors.dns import DnsNames
from outrider.vendors.fakes.dns import DnsFault, FakeDns

LONG = "v=spf1 " + " ".join(f"ip4:192.0.2.{n}" for n in range(60)) + " ~all"
RECORDS = {
    ("try-brand.example", "TXT"): ['"v=spf1 " "ip4:192.0.2.1 ~all"', '"something=else"'],
    ("try-brand.example", "MX"): ["20 b.try-brand.example.", "10 a.try-brand.example."],
    ("a.try-brand.example", "A"): ["192.0.2.1"],
    ("a.try-brand.example", "AAAA"): ["2001:db8::1"],
    ("nothing.example", "MX"): ["0 ."],
    ("1.2.0.192.in-addr.arpa", "PTR"): ["a.try-brand.example."],
    ("long.example", "TXT"): [" ".join(f'"{LONG[i : i + 200]}"' for i in range(0, len(LONG), 200))],
    ("cut.example", "A"): ["192.0.2.9"],
    ("slow.example", "A"): ["192.0.2.8"],
}


@asynccontextmanager
async def names(
    faults: dict[str, DnsFault] | None = None, timeout: float = 30.0
) -> AsyncIterator[tuple[DnsNames, FakeDns]]:
    server = FakeDns(RECORDS, faults or {})
    port = await server.start()
    try:
        yield DnsNames(f"127.0.0.1:{port}", timeout=timeout, lifetime=2 * timeout), server
    finally:
        await server.stop()


async def test_records_are_read_as_mail_servers_read_them() -> None:
    async with names() as (dns, _):
        txt = await dns.txt("Try-Brand.example.")
        assert set(txt.values) == {"v=spf1 ip4:192.0.2.1 ~all", "something=else"}
        mx = await dns.mx("try-brand.example")
        assert mx.values == ("a.try-brand.example", "b.try-brand.example")
        assert (await dns.addresses("a.try-brand.example")).values == ("192.0.2.1", "2001:db8::1")
        assert (await dns.reverse("192.0.2.1")).values == ("a.try-brand.example",)
        assert (await dns.mx("nothing.example")).values == (".",)


async def test_a_name_that_is_not_there_is_not_one_without_such_a_record() -> None:
    async with names() as (dns, _):
        assert (await dns.txt("nobody.example")).lack is Lack.NO_NAME
        assert (await dns.mx("a.try-brand.example")).lack is Lack.NO_RECORD
        assert (await dns.addresses("try-brand.example")).lack is Lack.NO_RECORD


async def test_what_is_too_long_for_a_datagram_comes_over_tcp() -> None:
    async with names({"cut.example": DnsFault.TRUNCATED}) as (dns, server):
        assert (await dns.txt("long.example")).values == (LONG,)
        assert (await dns.addresses("cut.example")).values == ("192.0.2.9",)
        assert ("cut.example", "A", "tcp") in server.asked


@pytest.mark.parametrize(
    "fault", [DnsFault.SERVFAIL, DnsFault.REFUSED, DnsFault.SILENT, DnsFault.GIBBERISH]
)
async def test_a_server_that_fails_says_nothing_about_the_name(fault: DnsFault) -> None:
    async with names({"try-brand.example": fault}, timeout=0.3) as (dns, _):
        found = await dns.txt("try-brand.example")
        assert found.lack is Lack.FAILED
        assert not found.is_void
        assert found.why


async def test_a_slow_server_is_waited_for() -> None:
    async with names({"slow.example": DnsFault.SLOW}) as (dns, _):
        assert (await dns.addresses("slow.example")).values == ("192.0.2.8",)


async def test_a_name_is_asked_once() -> None:
    async with names() as (dns, server):
        for _ in range(3):
            await dns.txt("try-brand.example")
        assert [kind for _, kind, _ in server.asked] == ["TXT"]


@pytest.mark.parametrize("wrong", ["ns.example", "127.0.0.1:x", "1.2.3", ""])
def test_a_server_is_an_address(wrong: str) -> None:
    with pytest.raises(InvalidInput, match="--dns"):
        DnsNames(wrong)


@pytest.mark.parametrize("name", ["a..b", "x" * 64 + ".example", ".".join(["abc"] * 90)])
async def test_a_name_that_cannot_be_is_told_and_not_raised(name: str) -> None:
    async with names() as (dns, _):
        assert (await dns.txt(name)).lack is Lack.FAILED
