"""A domain's SPF record: is it one, does it stay within its limits, does it let our host send.

In: DNS through a port, a domain, perhaps an IP address. Out: what a receiver would make of it.
Never: a macro expanded; what only a macro decides is said to be unknown.

Source: RFC 7208, sections 4.5 to 4.6.4, 5 and 6.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import TypeAlias

from outrider.sending.health.ports import Lack, Names, Records

MOST_LOOKUPS = 10
MOST_VOID = 2
MOST_MX = 10
DEEPEST = 12

IP: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_TERM = re.compile(
    r"(?P<sign>[+?~-]?)(?P<name>all|include|a|mx|ptr|ip4|ip6|exists)"
    r"(?::(?P<value>[^/\s]\S*?))?(?P<length>(?:/\d{1,3})?(?://\d{1,3})?)",
    re.I,
)
_ADDRESS = re.compile(r"(?P<sign>[+?~-]?)(?P<name>ip4|ip6):(?P<value>\S+)", re.I)
_MODIFIER = re.compile(r"(?P<name>[a-z][a-z0-9_.-]*)=(?P<value>\S*)", re.I)
_RESULTS = {"": "pass", "+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
_NEEDS_VALUE = frozenset({"include", "exists"})


@dataclass(frozen=True, slots=True)
class Term:
    """One mechanism, or `redirect`."""

    sign: str
    name: str
    value: str = ""
    prefix4: int = 32
    prefix6: int = 128


@dataclass
class Seen:
    """What a walk through a record and everything it includes found."""

    record: str | None = None
    result: str = "none"
    """pass, fail, softfail, neutral, none, permerror, temperror, or unknown (a macro decides)."""
    all_sign: str = ""
    """The qualifier of the record's own last word on everybody else; empty when it has none."""
    lookups: int = 0
    void: int = 0
    includes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    has_ptr: bool = False

    @property
    def is_broken(self) -> bool:
        """Whether receivers must treat it as an error."""
        return bool(self.faults)


def is_spf(text: str) -> bool:
    """Whether a TXT record is one of SPF, version 1 (RFC 7208, 4.5)."""
    return text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")


def parse(record: str) -> tuple[list[Term], str, list[str]]:
    """Terms in order, the domain of `redirect`, and every word that is none (RFC 7208, 4.6.1)."""
    terms: list[Term] = []
    redirect, wrong = "", list[str]()
    for word in record.split()[1:]:
        term = _term(word)
        if term is not None:
            terms.append(term)
            continue
        modifier = _MODIFIER.fullmatch(word)
        if modifier is None:
            wrong.append(word)
        elif modifier["name"].lower() == "redirect":
            if redirect or not modifier["value"]:
                wrong.append(word)
            redirect = modifier["value"]
    return terms, redirect, wrong


def _term(word: str) -> Term | None:
    address = _ADDRESS.fullmatch(word)
    if address is not None:
        try:
            network = ipaddress.ip_network(address["value"], strict=False)
        except ValueError:
            return None
        name = address["name"].lower()
        return Term(address["sign"], name, str(network)) if name == f"ip{network.version}" else None
    found = _TERM.fullmatch(word)
    if found is None or found["name"].lower() in ("ip4", "ip6"):
        return None
    name, value = found["name"].lower(), found["value"] or ""
    lengths = re.fullmatch(r"(?:/(\d+))?(?://(\d+))?", found["length"])
    four, six = (int(lengths[1] or 32), int(lengths[2] or 128)) if lengths else (32, 128)
    has_length = bool(found["length"])
    if (name in _NEEDS_VALUE) != bool(value) and name in (*_NEEDS_VALUE, "all"):
        return None
    if four > 32 or six > 128 or (has_length and name not in ("a", "mx")):
        return None
    return Term(found["sign"], name, value, four, six)


async def walk(names: Names, domain: str, ip: str | None = None) -> Seen:
    """Read a domain's record with everything that it includes, as the strictest receiver would.

    Every branch is counted, also those after a match, since another sender may reach them.

    Args:
        names: DNS.
        domain: of the envelope sender.
        ip: the address of our host; without it `result` says what strangers get.
    """
    seen = Seen()
    records = await names.txt(domain)
    if records.lack is Lack.FAILED:
        seen.result = "temperror"
        return seen
    found = [text for text in records.values if is_spf(text)]
    if not found:
        return seen
    seen.record = found[0]
    if len(found) > 1:
        seen.faults.append(f"{len(found)} records stand side by side, where one is allowed")
    address = ipaddress.ip_address(ip) if ip else None
    terms, _, _ = parse(found[0])
    last = [term for term in terms if term.name == "all"]
    seen.all_sign = (last[0].sign or "+") if last else ""
    outcome = await _Walk(names, seen, address).of(domain, found[0], 0)
    seen.result = _judged(seen, outcome)
    return seen


def _judged(seen: Seen, outcome: str) -> str:
    if seen.lookups > MOST_LOOKUPS:
        seen.faults.append(
            f"it needs {seen.lookups} DNS lookups, and receivers stop at {MOST_LOOKUPS}"
        )
    if seen.void > MOST_VOID:
        seen.faults.append(
            f"{seen.void} of its lookups find nothing, and receivers stop after {MOST_VOID}"
        )
    return "permerror" if seen.faults and outcome != "temperror" else outcome


@dataclass
class _Walk:
    names: Names
    seen: Seen
    ip: IP | None

    async def of(self, domain: str, record: str, depth: int) -> str:
        """The result of one record for our address."""
        terms, redirect, wrong = parse(record)
        self.seen.faults += [f"{word!r} in the record of {domain} is no SPF" for word in wrong]
        if depth > DEEPEST or self.seen.lookups > 3 * MOST_LOOKUPS:
            self.seen.faults.append(f"the includes of {domain} go on without end")
            return "permerror"
        result = ""
        for term in terms:
            matched = await self._matches(term, domain, depth)
            if matched is None:
                result = result or "unknown"
            elif matched and not result:
                result = _RESULTS[term.sign]
            if term.name == "all":
                return result or "neutral"
        if redirect:
            self.seen.lookups += 1
            inner = await self._below(redirect, depth)
            return result or ("permerror" if inner == "none" else inner)
        return result or "neutral"

    async def _below(self, domain: str, depth: int) -> str:
        if "%" in domain:
            return "unknown"
        records = await self._asked(await self.names.txt(domain))
        if records.lack is Lack.FAILED:
            return "temperror"
        found = [text for text in records.values if is_spf(text)]
        if len(found) != 1:
            count = "no SPF record" if not found else f"{len(found)} SPF records"
            self.seen.faults.append(f"{domain}, which is included, has {count}")
            return "none"
        self.seen.includes.append(domain.lower())
        return await self.of(domain, found[0], depth + 1)

    async def _matches(self, term: Term, domain: str, depth: int) -> bool | None:
        """Whether a mechanism is about our address; None when only a macro could tell."""
        if term.name == "all":
            return True
        if term.name in ("ip4", "ip6"):
            return self.ip is not None and self.ip in ipaddress.ip_network(term.value)
        self.seen.lookups += 1
        target = term.value or domain
        if "%" in target:
            return None
        if term.name == "include":
            return await self._below(target, depth) == "pass"
        if term.name == "ptr":
            self.seen.has_ptr = True
            return None
        if term.name == "exists":
            return bool((await self._asked(await self.names.addresses(target))).values)
        hosts = [target]
        if term.name == "mx":
            exchangers = await self._asked(await self.names.mx(target))
            hosts = [host for host in exchangers.values if host != "."]
            if len(hosts) > MOST_MX:
                self.seen.faults.append(f"{target} has {len(hosts)} MX, at most {MOST_MX} count")
        return await self._is_of(hosts[:MOST_MX], term)

    async def _is_of(self, hosts: list[str], term: Term) -> bool:
        for host in hosts:
            found = await self.names.addresses(host)
            if term.name == "a":
                await self._asked(found)
            if self.ip is not None and any(self._in(value, term) for value in found.values):
                return True
        return False

    def _in(self, value: str, term: Term) -> bool:
        length = term.prefix4 if "." in value else term.prefix6
        network = ipaddress.ip_network(f"{value}/{length}", strict=False)
        return self.ip is not None and self.ip.version == network.version and self.ip in network

    async def _asked(self, records: Records) -> Records:
        self.seen.void += records.is_void
        return records
