"""What a sending domain publishes in DNS: SPF, DKIM, DMARC, MX; what it means, what to paste.

In: DNS through its port, and what is known of our sending. Out: findings, each with the record that
would mend it. Never: a change in anybody's zone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from outrider.app.jobs.care.findings import Health
from outrider.sending.health.ports import Lack, Names, Records
from outrider.sending.health.published import (
    GOOD_BITS,
    DkimKey,
    Dmarc,
    dkim_key,
    dmarc,
    is_aligned,
)
from outrider.sending.health.spf import Seen, walk
from outrider.sending.types import Transport

INCLUDES = {
    Transport.SENDGRID: "sendgrid.net",
    Transport.SES: "amazonses.com",
    Transport.RESEND: "amazonses.com",
    Transport.MAILGUN: "mailgun.org",
    Transport.POSTMARK: "spf.mtasv.net",
    Transport.GMAIL: "_spf.google.com",
    Transport.GRAPH: "spf.protection.outlook.com",
}
"""What each provider asks its customers to include (their own pages, read in 2026)."""


class Paste(BaseModel):
    """A DNS record, ready to be pasted."""

    model_config = ConfigDict(frozen=True)

    name: str
    type: str
    value: str


class DomainFinding(BaseModel):
    """One part of a domain: its state, what that means, what to do, what to paste."""

    model_config = ConfigDict(frozen=True)

    part: str
    health: Health
    found: str
    """A clause without a full stop."""
    means: str = ""
    """One sentence; empty when all is well."""
    do: str = ""
    record: Paste | None = None


class State(StrEnum):
    """What one kind of authentication does for a mail of ours."""

    PASSES = "passes"
    FAILS = "fails"
    UNKNOWN = "unknown"


@dataclass
class Sending:
    """What is known of how mail leaves from a domain."""

    domain: str
    selectors: dict[str, str | None] = field(default_factory=dict)
    """Each DKIM selector with our public record for it; None when a provider holds the key."""
    hosts: list[str] = field(default_factory=list)
    """Names or addresses of the hosts that mail leaves from."""
    providers: list[Transport] = field(default_factory=list)
    spf_aligned: State = State.UNKNOWN
    dkim_aligned: State = State.UNKNOWN


def well(part: str, found: str) -> DomainFinding:
    """Nothing to do."""
    return DomainFinding(part=part, health=Health.OK, found=found)


def unseen(part: str, name: str, records: Records) -> DomainFinding:
    """DNS itself did not answer."""
    return DomainFinding(
        part=part,
        health=Health.LOOK,
        found=f"DNS could not be asked for {name}: {records.why or 'no answer'}",
        means="Nobody can say how it is; receivers that meet the same put our mail off.",
        do="Try again in some minutes; if it stays so, ask whoever runs the domain's DNS servers.",
    )


async def look_at_spf(names: Names, sending: Sending) -> list[DomainFinding]:
    """The SPF record of the domain, for each of our hosts."""
    addresses = [one for host in sending.hosts for one in await _addresses(names, host)]
    asked: list[str | None] = [*addresses] or [None]
    seen = {ip: await walk(names, sending.domain, ip) for ip in asked}
    first = next(iter(seen.values()))
    paste = Paste(name=sending.domain, type="TXT", value=_spf_record(sending, addresses, first))
    if first.result == "temperror" and first.record is None:
        return [unseen("SPF", sending.domain, await names.txt(sending.domain))]
    if first.record is None:
        return [_spf("broken", f"{sending.domain} has no SPF record", paste)]
    if first.is_broken:
        told = "; ".join(dict.fromkeys(first.faults))
        return [_spf("broken", f"the record is in error: {told}", paste)]
    found = [_of_host(ip, one, paste) for ip, one in seen.items() if ip is not None]
    if found and all(item.health is Health.OK for item in found):
        sending.spf_aligned = State.PASSES
    found += _included(sending, first, paste)
    found += _endings(first, paste)
    limits = f"{first.lookups} of 10 lookups"
    return found or [well("SPF", f"{first.record[:200]} ({limits})")]


def _of_host(ip: str, seen: Seen, paste: Paste) -> DomainFinding:
    if seen.result == "pass":
        return well("SPF", f"{ip} may send ({seen.lookups} of 10 lookups)")
    if seen.result in ("unknown", "temperror"):
        told = f"whether {ip} may send could not be worked out"
        return _spf("look", told, paste)
    return _spf("broken", f"{ip} may not send: a receiver's verdict is {seen.result}", paste)


def _included(sending: Sending, seen: Seen, paste: Paste) -> list[DomainFinding]:
    """A provider's own include; without it only DKIM can speak for the mail."""
    return [
        _spf("look", f"{INCLUDES[one]}, which {one} asks for, is not included", paste)
        for one in sending.providers
        if one in INCLUDES and INCLUDES[one] not in seen.includes
    ]


def _endings(seen: Seen, paste: Paste) -> list[DomainFinding]:
    found = []
    if seen.all_sign == "+":
        told = "the record ends in +all, which lets everybody send in the domain's name"
        found.append(_spf("broken", told, paste))
    elif seen.all_sign in ("", "?") and seen.record and "redirect=" not in seen.record.lower():
        told = "the record says nothing against strangers: it does not end in ~all or -all"
        found.append(_spf("look", told, paste))
    if seen.has_ptr:
        found.append(_spf("look", "the record uses ptr, which receivers may pass over", paste))
    return found


def _spf(health: str, found: str, paste: Paste) -> DomainFinding:
    means = {
        "broken": "Receivers cannot tell our mail from a forger's, and refuse it or call it spam.",
        "look": "Part of our mail may not pass SPF, so that DKIM alone has to speak for it.",
    }
    return DomainFinding(
        part="SPF", health=Health(health), found=found, means=means[health],
        do="Let the domain have exactly this one SPF record.", record=paste,
    )  # fmt: skip


def _spf_record(sending: Sending, addresses: list[str], seen: Seen) -> str:
    """The record that there is, with what is missing, and ending in ~all."""
    words = [] if seen.is_broken or seen.record is None else seen.record.split()[1:]
    ending = next((word for word in words if word in ("-all", "~all")), "~all")
    words = [word for word in words if not word.lower().endswith("all")]
    words += [f"ip{6 if ':' in ip else 4}:{ip}" for ip in addresses]
    words += [f"include:{INCLUDES[one]}" for one in sending.providers if one in INCLUDES]
    return " ".join(["v=spf1", *dict.fromkeys(words), ending])


async def _addresses(names: Names, host: str) -> list[str]:
    if host.replace(".", "").isdigit() or ":" in host:
        return [host]
    return list((await names.addresses(host)).values)


async def look_at_dkim(names: Names, sending: Sending) -> list[DomainFinding]:
    """The key of each selector that we sign with."""
    if not sending.selectors:
        return [
            DomainFinding(
                part="DKIM",
                health=Health.BROKEN if not sending.providers else Health.LOOK,
                found=f"no mailbox of {sending.domain} has a selector",
                means="Unsigned mail is refused by the large receivers.",
                do="Give the selector with --selector, or the mailbox a key: outrider mailbox set "
                "with --dkim-selector and --dkim-key.",
            )
        ]
    found = [
        await _of_selector(names, sending.domain, selector, ours)
        for selector, ours in sending.selectors.items()
    ]
    is_good = all(item.health is not Health.BROKEN for item in found)
    sending.dkim_aligned = State.PASSES if is_good else State.FAILS
    return found


async def _of_selector(names: Names, domain: str, selector: str, ours: str | None) -> DomainFinding:
    name = f"{selector}._domainkey.{domain}"
    paste = Paste(name=name, type="TXT", value=ours) if ours else None
    records = await names.txt(name)
    if records.lack is Lack.FAILED:
        return unseen("DKIM", name, records)
    if not records.values:
        return _dkim("broken", f"{name} holds no key", paste)
    if len(records.values) > 1:
        return _dkim("broken", f"{name} holds {len(records.values)} records", paste)
    key = dkim_key(records.values[0])
    if key.fault:
        return _dkim("broken", f"the key at {name} cannot be used: {key.fault}", paste)
    if ours is not None and key.public != dkim_key(ours).public:
        return _dkim("broken", f"the key at {name} is not the one that we sign with", paste)
    return _strength(name, key, paste)


def _strength(name: str, key: DkimKey, paste: Paste | None) -> DomainFinding:
    if key.is_testing:
        told = f"the key at {name} says t=y, so receivers take it for a test"
        return _dkim("look", told, paste)
    if key.kind == "rsa" and key.bits < GOOD_BITS:
        return _dkim("look", f"the key at {name} has {key.bits} bits; {GOOD_BITS} are good", None)
    bits = f", {key.bits} bits" if key.kind == "rsa" else ""
    return well("DKIM", f"{name} holds a good key ({key.kind}{bits})")


def _dkim(health: str, found: str, paste: Paste | None) -> DomainFinding:
    is_broken = health == "broken"
    return DomainFinding(
        part="DKIM",
        health=Health(health),
        found=found,
        means="Our signatures do not verify, and mail is refused or called spam."
        if is_broken
        else "Some receivers trust the signature less.",
        do="Publish this record, in one piece."
        if paste
        else "Publish the record that your provider shows, or make a new key of 2048 bits.",
        record=paste,
    )


async def look_at_dmarc(names: Names, sending: Sending) -> list[DomainFinding]:
    """The DMARC policy, and whether our mail is aligned with it. Comes after SPF and DKIM."""
    name, domain = f"_dmarc.{sending.domain}", sending.domain
    records = await names.txt(name)
    if records.lack is Lack.FAILED:
        return [unseen("DMARC", name, records)]
    policy = dmarc(list(records.values))
    paste = Paste(
        name=name, type="TXT", value=f"v=DMARC1; p=none; rua=mailto:dmarc-reports@{domain}"
    )
    if policy is None:
        policy, parent = await _inherited(names, domain)
        if policy is None:
            told = f"{name} holds no policy"
            means = "Large receivers refuse cold mail without one (Outlook: 550 5.7.515)."
            return [_dmarc("broken", told, means, paste)]
        name = parent
    if policy.fault:
        means = "Receivers apply no policy, as if there were none."
        return [_dmarc("broken", f"{name} cannot be used: {policy.fault}", means, paste)]
    found = _reports(policy, paste) + _alignment(policy, sending)
    return found or [well("DMARC", f"{name} asks for p={policy.policy}, and our mail is aligned")]


async def _inherited(names: Names, domain: str) -> tuple[Dmarc | None, str]:
    """The policy of the organizational domain (RFC 7489, 6.6.3)."""
    labels = domain.split(".")
    for start in range(1, len(labels) - 1):
        parent = ".".join(labels[start:])
        if not is_aligned(domain, parent, is_strict=False):
            break
        found = dmarc(list((await names.txt(f"_dmarc.{parent}")).values))
        if found is not None:
            return found, f"_dmarc.{parent}"
    return None, ""


def _alignment(policy: Dmarc, sending: Sending) -> list[DomainFinding]:
    states = (sending.spf_aligned, sending.dkim_aligned)
    if State.PASSES in states:
        return []
    told = "neither SPF nor DKIM speaks for the domain in From"
    if State.UNKNOWN in states and State.FAILS not in states:
        told = "whether SPF or DKIM speaks for the domain in From could not be seen"
    does = {"none": "counts against us", "quarantine": "goes to spam", "reject": "is refused"}
    health = "look" if "could not" in told else "broken"
    means = f"With p={policy.policy} a mail that is not aligned {does[policy.policy]}."
    return [_dmarc(health, told, means, None)]


def _reports(policy: Dmarc, paste: Paste) -> list[DomainFinding]:
    if policy.reports_to:
        return []
    value = f"v=DMARC1; p={policy.policy}; rua={paste.value.partition('rua=')[2]}"
    told = "the policy names no address for reports (rua)"
    means = "Nobody will tell us when mail in our name fails."
    return [_dmarc("look", told, means, paste.model_copy(update={"value": value}))]


def _dmarc(health: str, found: str, means: str, paste: Paste | None) -> DomainFinding:
    do = "Publish this record." if paste else "Mend SPF or DKIM above; one of them is enough."
    return DomainFinding(
        part="DMARC", health=Health(health), found=found, means=means, do=do, record=paste
    )


async def look_at_mx(names: Names, sending: Sending) -> list[DomainFinding]:
    """Where replies and bounces arrive."""
    records = await names.mx(sending.domain)
    if records.lack is Lack.FAILED:
        return [unseen("MX", sending.domain, records)]
    hosts = list(records.values)
    host = sending.hosts[0] if sending.hosts else f"mail.{sending.domain}"
    paste = Paste(name=sending.domain, type="MX", value=f"10 {host}.")
    if records.lack is Lack.NO_NAME:
        return [_mx(f"the domain {sending.domain} does not exist in DNS", paste)]
    if not hosts or hosts == ["."]:
        return [_mx(f"{sending.domain} takes no mail", paste)]
    lost = [one for one in hosts if (await names.addresses(one)).is_void]
    if lost:
        return [_mx(f"{', '.join(lost[:3])} has no address", paste)]
    return [well("MX", f"mail to {sending.domain} goes to {', '.join(hosts[:3])}")]


def _mx(found: str, paste: Paste) -> DomainFinding:
    return DomainFinding(
        part="MX",
        health=Health.BROKEN,
        found=found,
        means="Replies and opt-outs never arrive, and receivers distrust a sender who takes none.",
        do="Let mail to the domain go to a server that takes it.",
        record=paste,
    )
