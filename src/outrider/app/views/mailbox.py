"""One mailbox and our domains, with everything that is set and how receivers take them.

In: the open transaction, an address. Out: typed values. Never: a secret; of a key only its file's name.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from outrider.app.wiring import Outrider
from outrider.kernel.database.tx import Tx
from outrider.sending import dkim, domains, mailboxes
from outrider.sending.health import bands
from outrider.sending.health.types import Band, Scope
from outrider.sending.pacing import forms
from outrider.sending.pacing.ramps import ramps
from outrider.sending.types import Mailbox


class Frozen(BaseModel):
    """A value that never changes after it is made."""

    model_config = ConfigDict(frozen=True)


class RampShown(Frozen):
    """One way in which a new mailbox grows."""

    name: str
    text: str


class DnsRecord(Frozen):
    """A DNS record, ready to be pasted."""

    name: str
    type: str
    value: str


class MailboxShown(Frozen):
    """One mailbox with all that is set."""

    address: str
    name: str
    signature: str
    postal_address: str
    booking_link: str
    transport: str
    server: str | None
    smtp_tls: str = Field(description="How the server is reached: starttls, tls or none")
    user: str | None
    provider: dict[str, str] = Field(description="What a provider is told besides its secret")
    has_layout: bool = Field(description="Its new drafts are written in a layout of its own")
    secret: str | None = Field(description="Name of the file in the keys folder, never its content")
    dkim: list[str] = Field(description="Selectors of its keys")
    records: list[DnsRecord] = Field(description="DNS records of its keys")
    status: str = Field(description="active or paused")
    daily_cap: int
    has_pace: bool
    pace: str = Field(description="Its pace in a sentence")
    gap_seconds: int | None
    hours: str | None = Field(description="Such as 08:30-17:30")
    zone: str | None
    ramp: str | None
    ramps: list[RampShown]
    band: str
    share: float = Field(description="0 to 1: what its health leaves of its cap")
    reason: str
    until: datetime | None


class DomainShown(Frozen):
    """One domain of ours."""

    name: str
    purpose: str | None = Field(description="brand, transactional or outbound; none: not said")
    mailboxes: list[str]
    band: str = Field(description="How receivers take its mail: good, slow, pause or stop")
    reason: str


class Domains(Frozen):
    """Our domains by name: those that were named, and those that mailboxes are on."""

    items: list[DomainShown]


async def one(tx: Tx, outrider: Outrider, address: str) -> MailboxShown:
    """One mailbox.

    Raises:
        NotFound: there is none of this address.
    """
    box = await mailboxes.find(tx, address)
    standing = (await bands.standing(tx, [box.id]))[box.id]
    signer = outrider.dkim(box)
    records = dkim.dns_records(signer) if signer else {}
    pacing = box.pacing
    day = pacing.day if pacing else None
    return MailboxShown(
        **box.model_dump(
            include={
                "address",
                "name",
                "signature",
                "postal_address",
                "booking_link",
                "status",
                "daily_cap",
            }
        ),
        transport=str(box.transport),
        server=f"{box.smtp_host}:{box.smtp_port}" if box.smtp_host else None,
        smtp_tls=str(box.smtp_tls),
        user=box.smtp_user,
        provider=dict(box.provider),
        has_layout=box.layout is not None,
        secret=box.secret_file or box.smtp_password_file,
        dkim=_selectors(box),
        records=[DnsRecord(name=name, type="TXT", value=value) for name, value in records.items()],
        has_pace=pacing is not None,
        pace=forms.sentence(pacing) if pacing else "As fast as its cap allows.",
        gap_seconds=pacing.min_gap_seconds if pacing else None,
        hours=f"{day.start:%H:%M}-{day.end:%H:%M}" if day else None,
        zone=day.timezone if day else None,
        ramp=pacing.ramp if pacing else None,
        ramps=[RampShown(name=ramp.name, text=ramp.text) for ramp in ramps().values()],
        band=str(standing.band),
        share=standing.factor,
        reason=standing.reason,
        until=standing.until,
    )


async def our_domains(tx: Tx) -> Domains:
    """Every domain of ours."""
    purposes = {one.name: str(one.purpose) for one in await domains.listing(tx)}
    boxes: dict[str, list[str]] = {name: [] for name in purposes}
    for box in await mailboxes.listing(tx):
        boxes.setdefault(box.address.rpartition("@")[2].lower(), []).append(box.address)
    kept = {one.target: one for one in await bands.listing(tx) if one.scope is Scope.DOMAIN}
    return Domains(
        items=[
            DomainShown(
                name=name,
                purpose=purposes.get(name),
                mailboxes=there,
                band=str(kept[name].band) if name in kept else str(Band.GOOD),
                reason=kept[name].reason if name in kept else "",
            )
            for name, there in sorted(boxes.items())
        ]
    )


def _selectors(box: Mailbox) -> list[str]:
    return [one for one in (box.dkim_selector, box.dkim_ed25519_selector) if one]
