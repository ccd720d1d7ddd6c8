"""Tools that compute: the time, a phone number, the form of a domain. In: words. Out: values. Never: I/O."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import Field

from outrider.agents.toolbox.hands import Hands
from outrider.agents.toolbox.types import Effect, Gives, Takes, Tool
from outrider.kernel.errors import InvalidInput


class Zone(Takes):
    """A time zone."""

    timezone: str = Field(
        default="UTC", max_length=64, description="IANA name, such as Europe/Paris"
    )


class Now(Gives):
    """The present."""

    now: datetime
    weekday: str


class Number(Takes):
    """A phone number as somebody wrote it."""

    number: str = Field(min_length=3, max_length=40)
    country: str | None = Field(
        default=None, pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2"
    )


class NumberGiven(Gives):
    """The number in E.164, if it is one."""

    e164: str | None
    is_valid: bool


class DomainAsked(Takes):
    """A domain."""

    domain: str = Field(min_length=1, max_length=255)


class DomainGiven(Gives):
    """Whether mail could have this domain by its form; DNS was not asked."""

    domain: str
    is_well_formed: bool


class NoteAsked(Takes):
    """Something worth knowing in the next run."""

    note: str = Field(min_length=1, max_length=1000)


class NoteGiven(Gives):
    """What was kept."""

    kept: str


async def now(hands: Hands, asked: Zone) -> Now:
    """The present in a zone."""
    try:
        zone = ZoneInfo(asked.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(f"There is no time zone {asked.timezone!r}; try Europe/Paris.") from None
    here = hands.env.clock.now().astimezone(zone)
    return Now(now=here, weekday=f"{here:%A}")


async def phone(hands: Hands, asked: Number) -> NumberGiven:
    """A number in the one form that machines agree on."""
    try:
        found = phonenumbers.parse(asked.number, asked.country)
    except phonenumbers.NumberParseException:
        return NumberGiven(e164=None, is_valid=False)
    text = phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)
    return NumberGiven(e164=text, is_valid=phonenumbers.is_valid_number(found))


async def domain(hands: Hands, asked: DomainAsked) -> DomainGiven:
    """Whether a domain has the form of one."""
    try:
        found = validate_email(f"a@{asked.domain}", check_deliverability=False)
    except EmailNotValidError:
        return DomainGiven(domain=asked.domain, is_well_formed=False)
    return DomainGiven(domain=found.ascii_domain or asked.domain, is_well_formed=True)


async def note(hands: Hands, asked: NoteAsked) -> NoteGiven:
    """Keep a note; its step is where it is kept."""
    return NoteGiven(kept=asked.note)


PLAIN: tuple[Tool, ...] = (
    Tool("get_current_time", "The present time.", Zone, Now, work=now, needs_rows=False),
    Tool(
        "format_phone_number",
        "A phone number in E.164, and whether it can exist.",
        Number,
        NumberGiven,
        work=phone,
        needs_rows=False,
    ),
    Tool(
        "check_domain_validity",
        "Whether a domain is well formed. DNS is not asked.",
        DomainAsked,
        DomainGiven,
        work=domain,
        needs_rows=False,
    ),
    Tool(
        "memory_note",
        "Keep a short note for your later runs.",
        NoteAsked,
        NoteGiven,
        effect=Effect.DRAFT,
        work=note,
    ),
)
