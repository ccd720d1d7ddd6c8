"""The doctor of one sending domain: what receivers see when our mail comes from it.

In: a domain, what is known of how we send from it, DNS and mail servers through their ports.
Out: findings in the order in which receivers ask. Never: a mail, a change, a part passed over in silence.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from outrider.app.jobs.care.domain_records import (
    DomainFinding,
    Paste,
    Sending,
    look_at_dkim,
    look_at_dmarc,
    look_at_mx,
    look_at_spf,
    unseen,
    well,
)
from outrider.app.jobs.care.findings import Health, span
from outrider.sending.health.lookalike import is_within, look_alike
from outrider.sending.health.ports import Lack, MailServers, Names
from outrider.sending.health.types import OwnDomain, Purpose

SOON = timedelta(days=14)
"""A certificate that ends sooner is worth a look."""

Post = Callable[[str], Awaitable[int]]
"""Posts `List-Unsubscribe=One-Click` to an address, follows nothing; the status, 0 for no answer."""


@dataclass
class Case:
    """One domain and how we send from it."""

    sending: Sending
    public_url: str
    """Where recipients reach the unsubscribe page."""
    servers: list[tuple[str, int, bool]] = field(default_factory=list)
    """SMTP servers: host, port, whether TLS begins at once."""
    ours: list[OwnDomain] = field(default_factory=list)


@dataclass
class Instruments:
    """What the doctor looks with."""

    names: Names
    servers: MailServers
    post: Post
    now: datetime


async def examine_domain(case: Case, by: Instruments) -> list[DomainFinding]:
    """Look at everything, in the order in which receivers ask."""
    return [
        *_purpose(case),
        *await look_at_mx(by.names, case.sending),
        *await look_at_spf(by.names, case.sending),
        *await look_at_dkim(by.names, case.sending),
        *await look_at_dmarc(by.names, case.sending),
        *await _reverse(by.names, case.sending),
        *await _one_click(case.public_url, by.post),
        *await _tls(case.servers, by),
    ]


def _purpose(case: Case) -> list[DomainFinding]:
    """Whether cold mail may leave from it at all (A-55)."""
    domain = case.sending.domain
    guarded = [
        one
        for one in case.ours
        if one.purpose is not Purpose.OUTBOUND
        and (is_within(domain, one.name) or is_within(one.name, domain))
    ]
    brands = [one.name for one in case.ours if one.purpose is Purpose.BRAND]
    alike = look_alike(domain, brands)
    do = "Register a domain that carries the brand's name whole beside another word, such as try-brand.com."
    if guarded:
        told = f"{guarded[0].name} is guarded as {guarded[0].purpose}"
        means = "Complaints about cold mail would hurt the mail that the brand lives on."
        return [_bad("purpose", told, means, do)]
    if alike:
        means = "Recipients and their filters take a look-alike for phishing."
        return [_bad("purpose", alike, means, do)]
    if not brands:
        return [
            DomainFinding(
                part="purpose",
                health=Health.LOOK,
                found="no domain of the brand is known, so none is guarded",
                means="A mailbox on the brand's own domain would not be refused.",
                do="Say which it is: outrider domain add brand.com --purpose brand",
            )
        ]
    return [well("purpose", f"{domain} is apart from {', '.join(brands[:3])}")]


def _bad(part: str, found: str, means: str, do: str) -> DomainFinding:
    return DomainFinding(part=part, health=Health.BROKEN, found=found, means=means, do=do)


async def _reverse(names: Names, sending: Sending) -> list[DomainFinding]:
    """Whether each sending host's address has a name that leads back to it (RFC 1912, 2.1)."""
    hosts = sending.hosts
    if not hosts:
        if sending.providers:
            return [well("rDNS", "mail leaves through a provider, from hosts that it looks after")]
        return [
            DomainFinding(
                part="rDNS",
                health=Health.LOOK,
                found="no sending host is known, so its name could not be looked at",
                means="Only you know which address receivers see.",
                do="Give it with --host: a name or an IP address.",
            )
        ]
    found: list[DomainFinding] = []
    for host in hosts:
        found += await _of_host(names, host)
    return found


async def _of_host(names: Names, host: str) -> list[DomainFinding]:
    addresses = [host]
    if not _is_address(host):
        records = await names.addresses(host)
        if records.lack is Lack.FAILED:
            return [unseen("rDNS", host, records)]
        addresses = list(records.values)
        if not addresses:
            means = "A host without an address cannot be confirmed by anybody."
            do = "Give the host an A record, or another one with --host."
            return [_bad("rDNS", f"{host} has no address", means, do)]
    return [await _confirmed(names, host, address) for address in addresses]


async def _confirmed(names: Names, host: str, address: str) -> DomainFinding:
    records = await names.reverse(address)
    if records.lack is Lack.FAILED:
        return unseen("rDNS", address, records)
    named = list(records.values)
    name = host if not _is_address(host) else (named[0] if named else "mail.example.com")
    paste = Paste(name=ipaddress.ip_address(address).reverse_pointer, type="PTR", value=f"{name}.")
    means = "Gmail and others refuse mail from hosts whose name and address do not fit."
    do = "Ask whoever gave you the address to set its name, and let that name have this address."
    if not named:
        told = f"{address} has no name"
        return _bad("rDNS", told, means, do).model_copy(update={"record": paste})
    for one in named:
        if _same(address, list((await names.addresses(one)).values)):
            return well("rDNS", f"{address} is {one}, and {one} is {address}")
    told = f"{address} calls itself {named[0]}, which has another address"
    return _bad("rDNS", told, means, do).model_copy(update={"record": paste})


def _same(address: str, others: list[str]) -> bool:
    return ipaddress.ip_address(address) in {ipaddress.ip_address(one) for one in others}


def _is_address(host: str) -> bool:
    with suppress(ValueError):
        ipaddress.ip_address(host)
        return True
    return False


async def _one_click(public_url: str, post: Post) -> list[DomainFinding]:
    """Whether a mail program could unsubscribe a person (RFC 8058); a forged token is used for it."""
    part, parts = "one-click", urlsplit(public_url)
    host = parts.hostname or ""
    means = "Gmail and Yahoo ask for one-click unsubscription; without it mail goes to spam."
    is_local = host == "localhost" or (
        _is_address(host) and not ipaddress.ip_address(host).is_global
    )
    if parts.scheme != "https" or is_local:
        told = f"public_url is {public_url}, which recipients cannot reach over https"
        do = "Set OUTRIDER_PUBLIC_URL to an https address that leads to this machine's API."
        return [_bad(part, told, means, do)]
    status = await post(f"{public_url.rstrip('/')}/unsubscribe/doctor")
    if status in (400, 404):
        return [well(part, f"{public_url} answers, and a forged link is refused")]
    told = {
        0: f"{public_url} does not answer",
        405: f"{public_url} does not take POST",
    }.get(status, f"{public_url} answers {status} to a forged link, where 404 is expected")
    do = (
        "Let that address lead to Outrider's API, without a login, a redirect or a cache before it."
    )
    return [_bad(part, told, means, do)]


async def _tls(servers: list[tuple[str, int, bool]], by: Instruments) -> list[DomainFinding]:
    found = []
    for host, port, is_implicit in servers:
        seen = await by.servers.look(host, port, is_implicit_tls=is_implicit)
        named = f"{host}:{port}"
        means = "Mail and password would travel unprotected, or not at all."
        if not seen.answers or not seen.offers_tls:
            told = f"{named}: {seen.problem}"
            do = "Check host, port and firewall, and let the server offer TLS."
            found.append(_bad("TLS", told, means, do))
        elif not seen.is_trusted:
            told = f"the certificate of {named} is not to be trusted: {seen.problem}"
            names = f" It is for {', '.join(seen.names[:3])}." if seen.names else ""
            found.append(
                _bad("TLS", told, means, f"Renew it, or name the server as it does.{names}")
            )
        elif seen.expires_at is not None and seen.expires_at - by.now < SOON:
            found.append(
                DomainFinding(
                    part="TLS",
                    health=Health.LOOK,
                    found=f"the certificate of {named} ends in {span(seen.expires_at - by.now)}",
                    means="From then on no mail leaves.",
                    do="See that it is renewed.",
                )
            )
        else:
            until = f" until {seen.expires_at:%Y-%m-%d}" if seen.expires_at else ""
            found.append(well("TLS", f"{named} shows a trusted certificate{until}"))
    return found
