"""A mailbox's secret, DKIM keys and layout over HTTP.

In: a session, a secret, a key, MJML. Out: names, DNS records, a page. Never: a secret or a private key
shown, a mail sent, a draft changed that is written already.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field, SecretStr

from outrider.app.api.entry import Caller, needs
from outrider.app.api.login import Strict
from outrider.app.api.mailboxes import Address, Reads, Writes
from outrider.app.jobs import dkim_keys, mailbox_secret, mailbox_trial
from outrider.app.jobs.dkim_keys import domain_of, record_of
from outrider.app.wiring import Outrider
from outrider.drafts import dress
from outrider.drafts.layout import LONGEST
from outrider.kernel.access import Permission
from outrider.kernel.database.tx import Tx
from outrider.kernel.secrets.text import SecretText
from outrider.sending import mailboxes
from outrider.sending.dkim import Signer
from outrider.sending.types import Mailbox

router = APIRouter(prefix="/api/sending/mailboxes/{address}", tags=["sending"])

Selector = Annotated[str, Path(pattern=dkim_keys.SELECTOR, description="A DNS label such as o1")]


class MailboxSecret(Strict):
    """The password or the provider's key of a mailbox."""

    secret: Annotated[SecretStr, Field(min_length=1, max_length=20_000)]


class SecretName(BaseModel):
    """Under which name it is kept; this is what a mailbox names as `secret_file`."""

    name: str


class DkimKeyWanted(Strict):
    """A key in PEM; without one, a key is made here and never leaves."""

    pem: Annotated[SecretStr, Field(max_length=dkim_keys.LONGEST_PEM)] | None = None


class DkimKey(BaseModel):
    """One key, by its public half."""

    selector: str
    algorithm: str = Field(description="rsa-sha256 or ed25519-sha256")
    is_used: bool = Field(description="The mailbox signs with it")
    name: str = Field(description="Name of the TXT record")
    value: str = Field(description="Its value, to be pasted whole")


class DkimKeys(BaseModel):
    """The keys of a mailbox: those that it signs with, then those that wait for their record."""

    domain: str
    items: list[DkimKey]


class Layout(BaseModel):
    """The MJML that new drafts are written in."""

    is_own: bool = Field(description="No: plain HTML, and this is one to start from")
    mjml: str
    drafts_kept: int = Field(description="Open drafts that keep the look they were judged with")


class LayoutWanted(Strict):
    """MJML with {{body}} and {{footer}}."""

    mjml: str = Field(min_length=1, max_length=LONGEST)


class LayoutTried(BaseModel):
    """A sample mail in a layout."""

    html: str = Field(description="To be shown in a frame that runs nothing")


@router.put("/secret")
async def set_mailbox_secret(person: Writes, address: Address, given: MailboxSecret) -> SecretName:
    """Keep the password or key of a mailbox, sealed; it counts within five seconds and is never shown."""
    text = SecretText(given.secret.get_secret_value())
    name = await mailbox_secret.keep_for(person.outrider, person.actor, address, text)
    return SecretName(name=name)


@router.get("/dkim")
async def list_dkim_keys(person: Reads, address: Address) -> DkimKeys:
    """The DKIM keys of a mailbox with the DNS record of each."""
    async with person.begin() as tx:
        return await _keys(person.outrider, tx, await mailboxes.find(tx, address))


@router.put("/dkim/{selector}")
async def prepare_dkim_key(
    person: Writes, address: Address, selector: Selector, wanted: DkimKeyWanted
) -> DkimKeys:
    """Make a key, or take one; nothing signs with it before its record is published and it is used."""
    pem = SecretText(wanted.pem.get_secret_value()) if wanted.pem else None
    async with person.begin() as tx:
        box = await mailboxes.find(tx, address)
    await dkim_keys.prepare(person.outrider, person.actor, box, selector, pem)
    async with person.begin() as tx:
        return await _keys(person.outrider, tx, box)


@router.post("/dkim/{selector}/use")
async def use_dkim_key(person: Writes, address: Address, selector: Selector) -> DkimKeys:
    """Sign with a prepared key from the next mail on; say it when its record is published."""
    async with person.begin() as tx:
        box = await mailboxes.find(tx, address)
        box = await dkim_keys.use(person.outrider, tx, box, selector)
        return await _keys(person.outrider, tx, box)


@router.delete("/dkim")
async def stop_signing(person: Writes, address: Address) -> DkimKeys:
    """Sign with no key of ours; its server must sign then. The keys stay, for they may be used again."""
    async with person.begin() as tx:
        box = await mailboxes.find(tx, address)
        box = await dkim_keys.give_up(person.outrider, tx, box)
        return await _keys(person.outrider, tx, box)


@router.get("/layout")
async def show_layout(person: Reads, address: Address) -> Layout:
    """The layout of a mailbox, or one to start from."""
    async with person.begin() as tx:
        return await _layout(tx, await mailboxes.find(tx, address), 0)


@router.put("/layout")
async def set_layout(person: Writes, address: Address, wanted: LayoutWanted) -> Layout:
    """Give new drafts a look of their own; their words and text part stay."""
    async with person.begin() as tx:
        box, kept = await mailboxes.lay_out(tx, await mailboxes.find(tx, address), wanted.mjml)
        return await _layout(tx, box, kept)


@router.delete("/layout")
async def remove_layout(person: Writes, address: Address) -> Layout:
    """Plain HTML again, for new drafts."""
    async with person.begin() as tx:
        box, kept = await mailboxes.lay_out(tx, await mailboxes.find(tx, address), None)
        return await _layout(tx, box, kept)


@router.post("/layout/preview")
async def try_layout(
    person: Annotated[Caller, needs(Permission.MAILBOXES_READ)],
    address: Address,
    wanted: LayoutWanted,
) -> LayoutTried:
    """A sample mail in a layout, without setting it."""
    public = person.outrider.settings.public_url
    async with person.begin() as tx:
        box = await mailboxes.find(tx, address)
        return LayoutTried(html=await mailbox_trial.sample(tx, box, public, wanted.mjml))


async def _keys(outrider: Outrider, tx: Tx, box: Mailbox) -> DkimKeys:
    domain = domain_of(box)
    found: list[DkimKey] = []
    signer = outrider.dkim(box)
    while signer is not None:
        found.append(_key(signer, is_used=True))
        signer = signer.also
    for selector, key in (await dkim_keys.prepared(outrider, tx, box)).items():
        found.append(_key(Signer(domain, selector, key), is_used=False))
    return DkimKeys(domain=domain, items=found)


def _key(signer: Signer, *, is_used: bool) -> DkimKey:
    name, value = record_of(signer.domain, signer.selector, signer.key)
    return DkimKey(
        selector=signer.selector,
        algorithm=signer.algorithm,
        is_used=is_used,
        name=name,
        value=value,
    )


async def _layout(tx: Tx, box: Mailbox, kept: int) -> Layout:
    own = await dress.mjml_of(tx, box.layout) if box.layout else None
    return Layout(is_own=own is not None, mjml=own or mailbox_trial.starter(), drafts_kept=kept)
