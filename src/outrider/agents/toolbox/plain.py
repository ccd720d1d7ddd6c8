"""Tools that compute: the time, a phone number, the form of a domain. In: words. Out: values. Never: I/O."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import Field

from outrider.agents.toolbox.hands import Hands
from outrider.agents.toolbox.types import PLAN, Effect, Gives, Takes, Tool
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


class PlanAsked(Takes):
    """What the run means to act with."""

    tools: tuple[str, ...] = Field(
        max_length=10, description="Names of the acting tools that the task itself asks for"
    )


class PlanGiven(Gives):
    """The plan that counts from now on."""

    tools: tuple[str, ...]


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


async def plan_effects(hands: Hands, asked: PlanAsked) -> PlanGiven:
    """The plan; whoever judges the calls to come takes note of it."""
    unknown = [name for name in asked.tools if name not in hands.spec.tools]
    if unknown:
        raise InvalidInput(f"You have no tool {unknown[0]!r}: plan only with your own.")
    return PlanGiven(tools=asked.tools)


PLAIN: tuple[Tool, ...] = (
    Tool(
        PLAN,
        "Say, before you read anything from outside, which acting tools the task asks for. Others "
        "go to a person once you have read strangers' words. The first plan counts.",
        PlanAsked,
        PlanGiven,
        work=plan_effects,
        needs_rows=False,
        is_echo=True,
    ),
    Tool("get_current_time", "The present time.", Zone, Now, work=now, needs_rows=False),
    Tool(
        "format_phone_number",
        "A phone number in E.164, and whether it can exist.",
        Number,
        NumberGiven,
        work=phone,
        needs_rows=False,
        is_echo=True,
    ),
    Tool(
        "check_domain_validity",
        "Whether a domain is well formed. DNS is not asked.",
        DomainAsked,
        DomainGiven,
        work=domain,
        needs_rows=False,
        is_echo=True,
    ),
    Tool(
        "memory_note",
        "Keep a short note for your later runs.",
        NoteAsked,
        NoteGiven,
        effect=Effect.DRAFT,
        work=note,
        is_echo=True,
    ),
)
