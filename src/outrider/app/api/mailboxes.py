"""Mailboxes and our domains over HTTP: look, add, change, try; the doctor of a domain.

In: a session, what a person typed. Out: typed JSON. Never: a secret shown, a mail sent, a look at a domain
that is not ours.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field, StrictBool, StrictInt

from outrider.app.api.entry import Caller, Person, needs
from outrider.app.api.login import Strict
from outrider.app.jobs import mailbox_trial
from outrider.app.jobs.care.domain import Instruments, examine_domain
from outrider.app.jobs.care.domain_case import case_of, poster
from outrider.app.jobs.care.domain_records import DomainFinding
from outrider.app.jobs.mailbox_secret import must_be_its_own, must_not_free
from outrider.app.views import mailbox as view
from outrider.app.views.mailbox import Domains, MailboxShown
from outrider.kernel.access import Permission
from outrider.kernel.audit.append import record
from outrider.kernel.errors import InvalidInput, NotFound
from outrider.sending import domains, mailboxes
from outrider.sending.health import bands
from outrider.sending.health.types import Purpose, Scope
from outrider.sending.pacing import forms
from outrider.sending.pacing.forms import Words
from outrider.sending.pacing.pace import set_pace
from outrider.sending.types import MailboxForm, SmtpTls, Transport

router = APIRouter(prefix="/api/sending", tags=["sending"])

Reads = Annotated[Caller, needs(Permission.MAILBOXES_READ)]
Writes = Annotated[Caller, needs(Permission.MAILBOXES_WRITE)]
Address = Annotated[str, Path(max_length=320, description="Its address")]
Domain = Annotated[str, Path(max_length=253)]
Line = Annotated[str, Field(max_length=300)]


class PaceWords(Strict):
    """A pace in words; what is left out stays as it is."""

    pacing: Line | None = Field(default=None, description="steady or none")
    ramp: Line | None = None
    gap: Line | None = Field(default=None, description="Such as 90s or 5m")
    hours: Line | None = Field(default=None, description="Such as 8:30-17:30")
    zone: Line | None = Field(default=None, description="IANA name")

    def words(self) -> Words:
        """As the pace is read."""
        return Words(self.pacing, self.ramp, self.gap, self.hours, self.zone)


class Way(Strict):
    """How mail leaves, whole; a secret is named, never given here."""

    transport: Transport | None = None
    smtp: Line | None = Field(default=None, description="host:port; without it mail stays here")
    smtp_tls: SmtpTls = SmtpTls.STARTTLS
    smtp_user: Line | None = None
    secret_file: Line | None = Field(default=None, description="Name of its secret")
    provider: dict[str, Line] = Field(
        default_factory=dict, max_length=10, description="What a provider is told: region, domain"
    )

    def fields(self) -> dict[str, Any]:
        """As a mailbox has them."""
        told = self.model_dump(include=set(Way.model_fields) - {"secret_file"})
        to = "smtp_password_file" if self.smtp else "secret_file"
        return {**told, "smtp_password_file": None, "secret_file": None, to: self.secret_file}


class MailboxWanted(PaceWords, Way):
    """A mailbox to add."""

    address: str = Field(min_length=3, max_length=320)
    name: Line
    postal_address: Annotated[str, Field(max_length=500)]
    booking_link: Annotated[str, Field(max_length=1_000)]
    signature: Annotated[str, Field(max_length=1_000)] = ""
    daily_cap: StrictInt = Field(default=40, ge=0, le=mailboxes.MOST_A_DAY)

    def form(self) -> MailboxForm:
        """As the mailbox is read."""
        told = self.model_dump(exclude={*PaceWords.model_fields, *Way.model_fields})
        return MailboxForm.model_validate({**told, **self.fields()})


class MailboxChange(PaceWords):
    """What changes; the rest stays as it is."""

    name: Line | None = None
    signature: Annotated[str, Field(max_length=1_000)] | None = None
    postal_address: Annotated[str, Field(max_length=500)] | None = None
    booking_link: Annotated[str, Field(max_length=1_000)] | None = None
    daily_cap: StrictInt | None = Field(default=None, ge=0, le=mailboxes.MOST_A_DAY)
    is_paused: StrictBool | None = None
    way: Way | None = None
    reason: str = Field(min_length=1, max_length=300, description="Kept in the log: no address")


class Why(Strict):
    """A reason."""

    reason: str = Field(min_length=1, max_length=300)


class Use(Strict):
    """What a domain is for."""

    purpose: Purpose


class Trial(BaseModel):
    """What came of a trial."""

    can_send: bool
    found: str


class DomainHealth(BaseModel):
    """What receivers see of a domain, in the order in which they ask."""

    domain: str
    items: list[DomainFinding]


@router.get("/mailboxes/{address}")
async def show_mailbox(person: Reads, address: Address) -> MailboxShown:
    """Everything that is set, and the DNS records of its keys."""
    async with person.begin() as tx:
        return await view.one(tx, person.outrider, address)


@router.post("/mailboxes", status_code=201)
async def add_mailbox(person: Writes, wanted: MailboxWanted) -> MailboxShown:
    """Add a mailbox; everything that it names is bound, so that a wrong key is told now."""
    form = wanted.form()
    await must_be_its_own(person.outrider, person.actor, form)
    async with person.begin() as tx:
        box = await mailboxes.add(tx, form)
        person.outrider.dkim(box)
        person.outrider.transport(box)
        pace = forms.parse(wanted.words(), tx.now.date(), forms.before(box, None))
        if pace != box.pacing:
            box = await set_pace(tx, box, pace)
        return await view.one(tx, person.outrider, box.address)


@router.patch("/mailboxes/{address}")
async def change_mailbox(person: Writes, address: Address, wanted: MailboxChange) -> MailboxShown:
    """Change what is named, with a reason."""
    _without_address(wanted.reason)
    apart = {*PaceWords.model_fields, "is_paused", "reason", "way"}
    changes: dict[str, Any] = wanted.model_dump(exclude=apart, exclude_none=True)
    changes |= wanted.way.fields() if wanted.way else {}
    if wanted.way:
        async with person.begin() as tx:
            box = await mailboxes.find(tx, address)
        # Whoever may change a mailbox must not have its password told to a server of theirs.
        form = mailboxes.changed(mailboxes.form_of(box), changes)
        must_not_free(box, form)
        await must_be_its_own(person.outrider, person.actor, form)
    async with person.begin() as tx:
        box = await mailboxes.find(tx, address)
        if changes:
            form = mailboxes.changed(mailboxes.form_of(box), changes)
            box = await mailboxes.add(tx, form, replace=True)
        if wanted.way:
            person.outrider.transport(box)
        pace = forms.parse(wanted.words(), tx.now.date(), box.pacing)
        if pace != box.pacing:
            box = await set_pace(tx, box, pace)
        if wanted.is_paused is not None:
            box = await mailboxes.pause(tx, box.id, paused=wanted.is_paused)
        body = {"reason": wanted.reason.strip()}
        await record(tx, "sending.mailbox_reason", f"mailbox:{box.id}", body)
        return await view.one(tx, person.outrider, box.address)


@router.post("/mailboxes/{address}/test")
async def try_mailbox(person: Writes, address: Address) -> Trial:
    """Connect as the next mail would, log in, and hang up; no mail is sent."""
    async with person.begin() as tx:
        box = await mailboxes.find(tx, address)
    tried = await mailbox_trial.try_out(person.outrider, box)
    return Trial(can_send=tried.can_send, found=tried.found)


@router.post("/mailboxes/{address}/release")
async def release_mailbox(person: Writes, address: Address, why: Why) -> MailboxShown:
    """Let a mailbox that its health stopped send again, slowly at first."""
    _without_address(why.reason)
    async with person.begin() as tx:
        box = await mailboxes.find(tx, address)
        await bands.release(tx, Scope.MAILBOX, str(box.id), why.reason)
        return await view.one(tx, person.outrider, box.address)


@router.get("/domains", dependencies=[needs(Permission.MAILBOXES_READ)])
async def list_domains(person: Person) -> Domains:
    """Our domains, what each is for, and who sends from it."""
    async with person.begin() as tx:
        return await view.our_domains(tx)


@router.put("/domains/{domain}")
async def set_domain(person: Writes, domain: Domain, use: Use) -> Domains:
    """Say what a domain is for; brand and transactional ones are guarded against cold mail."""
    async with person.begin() as tx:
        await domains.add(tx, domain, use.purpose)
        return await view.our_domains(tx)


@router.delete("/domains/{domain}", status_code=204)
async def remove_domain(person: Writes, domain: Domain) -> None:
    """Take a domain out of the guard."""
    async with person.begin() as tx:
        await domains.remove(tx, domain)


@router.post("/domains/{domain}/release")
async def release_domain(person: Writes, domain: Domain, why: Why) -> Domains:
    """Let a domain that its health stopped send again, slowly at first."""
    _without_address(why.reason)
    async with person.begin() as tx:
        await bands.release(tx, Scope.DOMAIN, domains.checked(domain), why.reason)
        return await view.our_domains(tx)


@router.post("/domains/{domain}/doctor")
async def examine(person: Writes, domain: Domain) -> DomainHealth:
    """Look at a domain of ours as receivers do, with the DNS record that would mend each fault."""
    from outrider.vendors.dns import DnsNames
    from outrider.vendors.mail_server_look import MailServerLook

    name, outrider = domains.checked(domain), person.outrider
    async with person.begin() as tx:
        ours = {one.name for one in (await view.our_domains(tx)).items}
    if name not in ours:
        raise NotFound(f"{name} is no domain of ours: name it, or add a mailbox there, first.")
    by = Instruments(DnsNames(None), MailServerLook(), poster(outrider), outrider.clock.now())
    return DomainHealth(domain=name, items=await examine_domain(await case_of(outrider, name), by))


def _without_address(reason: str) -> None:
    if "@" in reason or not reason.strip():
        raise InvalidInput("Say why in a few words, without an address: the log keeps them.")
