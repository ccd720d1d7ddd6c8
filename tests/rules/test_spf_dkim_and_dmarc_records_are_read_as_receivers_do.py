"""SPF, DKIM and DMARC records: what they allow, where they break, and where a receiver stops."""

from __future__ import annotations

import base64
from collections.abc import Mapping

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from outrider.sending.health.ports import Lack, Records
from outrider.sending.health.published import dkim_key, dmarc, is_aligned
from outrider.sending.health.spf import Seen, parse, walk

HOST = "192.0.2.10"


class Zone:
    """DNS from a dictionary."""

    def __init__(self, records: Mapping[tuple[str, str], list[str]], failing: str = "") -> None:
        self.records = records
        self.failing = failing

    async def _ask(self, name: str, *kinds: str) -> Records:
        if name == self.failing:
            return Records(lack=Lack.FAILED, why="silence")
        values = [one for kind in kinds for one in self.records.get((name, kind), [])]
        if values:
            return Records(tuple(values))
        known = any(one == name for one, _ in self.records)
        return Records(lack=Lack.NO_RECORD if known else Lack.NO_NAME)

    async def txt(self, name: str) -> Records:
        return await self._ask(name, "TXT")

    async def mx(self, name: str) -> Records:
        return await self._ask(name, "MX")

    async def addresses(self, name: str) -> Records:
        return await self._ask(name, "A", "AAAA")

    async def reverse(self, address: str) -> Records:
        return await self._ask(address, "PTR")


async def seen(records: dict[str, str], ip: str | None = HOST, **more: list[str]) -> Seen:
    zone: dict[tuple[str, str], list[str]] = {(n, "TXT"): [text] for n, text in records.items()}
    for key, values in more.items():
        kind, _, name = key.partition("_")
        zone[name.replace("_", "."), kind] = values
    return await walk(Zone(zone), "d.example", ip)


@pytest.mark.parametrize(
    ("record", "result"),
    [
        ("v=spf1 ip4:192.0.2.0/24 -all", "pass"),
        ("v=spf1 ip4:192.0.2.10 ~all", "pass"),
        ("v=spf1 ip4:198.51.100.0/24 -all", "fail"),
        ("v=spf1 ~all", "softfail"),
        ("v=spf1 ?all", "neutral"),
        ("v=spf1", "neutral"),
        ("v=spf1 -ip4:192.0.2.10 +all", "fail"),
        ("V=SPF1 IP4:192.0.2.10 -ALL", "pass"),
        ("v=spf1 ip6:2001:db8::/32 -all", "fail"),
        ("v=spf1 a -all", "pass"),
        ("v=spf1 a:other.example -all", "fail"),
        ("v=spf1 a:near.example/24 -all", "pass"),
        ("v=spf1 mx -all", "pass"),
        ("v=spf1 include:good.example -all", "pass"),
        ("v=spf1 include:strict.example ~all", "softfail"),
        ("v=spf1 redirect=good.example", "pass"),
        ("v=spf1 exists:%{i}.list.example -all", "unknown"),
        ("v=spf1 ip4:192.0.2.999 -all", "permerror"),
        ("v=spf1 ipv4:192.0.2.10 -all", "permerror"),
        ("v=spf1 include: -all", "permerror"),
        ("v=spf1 include:nothing.example -all", "permerror"),
        ("v=spf1 redirect=nothing.example", "permerror"),
        ("v=spf1 ip4:192.0.2.10/33 -all", "permerror"),
        ("v=spf1 all:x -all", "permerror"),
    ],
)
async def test_a_receivers_verdict(record: str, result: str) -> None:
    found = await seen(
        {
            "d.example": record,
            "good.example": "v=spf1 ip4:192.0.2.10 -all",
            "strict.example": "v=spf1 -all",
        },
        A_d_example=[HOST],
        A_other_example=["198.51.100.1"],
        A_near_example=["192.0.2.77"],
        MX_d_example=["m.example"],
        A_m_example=[HOST],
    )
    assert found.result == result, found.faults


async def test_the_eleventh_lookup_is_one_too_many_wherever_it_stands() -> None:
    for many, result in ((10, "pass"), (11, "permerror")):
        includes = " ".join(f"include:i{n}.example" for n in range(many))
        records = {f"i{n}.example": "v=spf1 ip4:198.51.100.1 -all" for n in range(many)}
        # The match stands first, and yet another sender would reach the last include.
        found = await seen({"d.example": f"v=spf1 ip4:{HOST} {includes} -all", **records})
        assert (found.lookups, found.result) == (many, result)


async def test_the_lookups_of_includes_count_as_our_own() -> None:
    deep = {f"i{n}.example": f"v=spf1 include:i{n + 1}.example -all" for n in range(10)}
    found = await seen({"d.example": "v=spf1 include:i0.example -all", **deep,
                        "i10.example": "v=spf1 -all"})  # fmt: skip
    assert found.lookups == 11
    assert found.result == "permerror"


async def test_a_third_lookup_that_finds_nothing_is_an_error() -> None:
    for many, is_broken in ((2, False), (3, True)):
        words = " ".join(f"a:no{n}.example" for n in range(many))
        found = await seen({"d.example": f"v=spf1 {words} ip4:{HOST} -all"})
        assert (found.void, found.is_broken) == (many, is_broken)


async def test_a_record_that_includes_itself_ends() -> None:
    found = await seen({"d.example": "v=spf1 include:d.example -all"})
    assert found.result == "permerror"


async def test_two_records_are_none() -> None:
    zone = Zone({("d.example", "TXT"): ["v=spf1 -all", "v=spf1 ~all", "other"]})
    found = await walk(zone, "d.example", HOST)
    assert found.result == "permerror"
    assert "2 records" in found.faults[0]


async def test_no_record_and_no_dns_are_not_the_same() -> None:
    assert (await walk(Zone({}), "d.example")).result == "none"
    assert (await walk(Zone({}, failing="d.example"), "d.example")).result == "temperror"


@given(st.text(max_size=120))
def test_no_text_breaks_the_reading(text: str) -> None:
    parse(f"v=spf1 {text}")
    dmarc([f"v=DMARC1; {text}"])
    dkim_key(text)


def published(bits: int) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits).public_key()
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def test_a_key_is_read_with_its_length() -> None:
    whole = published(2048)
    key = dkim_key(f"v=DKIM1; k=rsa; p={whole[:100]} {whole[100:]}")
    assert (key.bits, key.fault, key.public) == (2048, "", whole)
    ed = base64.b64encode(b"k" * 32).decode()
    assert dkim_key(f"v=DKIM1; k=ed25519; p={ed}").fault == ""


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ("v=DKIM1; k=rsa; p=", "revoked"),
        ("v=DKIM1; k=rsa", "no p="),
        ("v=DKIM2; p=AAAA", "version"),
        ("v=DKIM1; k=rsa; p=AAAA", "no whole key"),
        ("v=DKIM1; k=ed25519; p=AAAA", "not known"),
        ("hello", "no list of tags"),
    ],
)
def test_a_key_that_cannot_be_used_says_why(record: str, why: str) -> None:
    assert why in dkim_key(record).fault


def test_a_part_of_a_key_is_none() -> None:
    assert "no whole key" in dkim_key(f"p={published(2048)[:200]}").fault
    assert dkim_key(f"t=y; p={published(1024)}").is_testing


@pytest.mark.parametrize(
    ("records", "policy", "fault"),
    [
        (["v=DMARC1; p=none; rua=mailto:a@d.example"], "none", ""),
        (["v=spf1 -all", "v=DMARC1;p=reject;adkim=s"], "reject", ""),
        (["v=DMARC1; p=none", "v=DMARC1; p=reject"], "", "side by side"),
        (["v=DMARC1; p=no"], "", "is none of"),
        (["v=DMARC1; p"], "", "no list of tags"),
    ],
)
def test_a_policy_is_read_as_receivers_do(records: list[str], policy: str, fault: str) -> None:
    found = dmarc(records)
    assert found is not None
    assert found.policy == policy
    assert fault in found.fault


def test_without_a_policy_there_is_none() -> None:
    assert dmarc(["v=spf1 -all"]) is None


@pytest.mark.parametrize(
    ("ours", "other", "relaxed", "strict"),
    [
        ("d.example", "d.example", True, True),
        ("d.example", "bounce.d.example", True, False),
        ("mail.d.co.uk", "d.co.uk", True, False),
        ("d.co.uk", "e.co.uk", False, False),
        ("d.example", "sendgrid.net", False, False),
    ],
)
def test_alignment(ours: str, other: str, relaxed: bool, strict: bool) -> None:
    assert is_aligned(ours, other, is_strict=False) is relaxed
    assert is_aligned(ours, other, is_strict=True) is strict
