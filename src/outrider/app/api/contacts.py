"""One contact over HTTP: look, note a colleague's touch, note a consent to text messages with its proof.

In: a session and JSON. Out: typed JSON. Never: a phone number, a consent without a source.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field, StrictBool

from outrider.app.api.entry import Caller, needs
from outrider.app.api.login import Strict
from outrider.app.views import contact_page as view
from outrider.app.views.contact_page import ContactShown
from outrider.campaigns import sms
from outrider.kernel.access import Permission
from outrider.kernel.errors import InvalidInput
from outrider.prospects import read as prospects
from outrider.prospects import touch
from outrider.prospects.types import ContactId

router = APIRouter(prefix="/api/contacts", tags=["prospects"])


class ColleagueTouch(Strict):
    """How and when a colleague was in touch."""

    by: Literal["call", "meeting", "mail", "message"] = "call"
    at: datetime | None = Field(
        default=None, description="An instant, in UTC where it names no offset; none: now"
    )


class TextConsentNoted(Strict):
    """What a person said of text messages."""

    agreed: StrictBool = Field(description="false: the person wants no text messages any more")
    source: str = Field(
        min_length=1,
        max_length=sms.LONGEST_SOURCE,
        description="Where and when the person said so: the proof",
    )


@router.get("/{contact_id}")
async def show_contact(
    person: Annotated[Caller, needs(Permission.PROSPECTS_READ)], contact_id: UUID
) -> ContactShown:
    """One person: may we write, where in which sequence, text messages, every touch by anyone."""
    async with person.begin() as tx:
        return await view.one(tx, contact_id)


@router.post("/{contact_id}/touches")
async def note_touch(
    person: Annotated[Caller, needs(Permission.TASKS_DO)], contact_id: UUID, told: ColleagueTouch
) -> ContactShown:
    """Note that a colleague was in touch: no mail leaves to the person for a while. Twice is once."""
    async with person.begin() as tx:
        contact = await prospects.contact(tx, ContactId(contact_id))
        at = tx.now if told.at is None else _in_utc(told.at)
        await touch.by_colleague(tx, contact, at, told.by)
        return await view.one(tx, contact_id)


@router.post("/{contact_id}/text-consent")
async def note_text_consent(
    person: Annotated[Caller, needs(Permission.CONSENT_WRITE)],
    contact_id: UUID,
    said: TextConsentNoted,
) -> ContactShown:
    """Note that a person agreed to text messages, or withdrew it, and what shows it."""
    async with person.begin() as tx:
        contact = await prospects.contact(tx, ContactId(contact_id))
        if said.agreed:
            await sms.agree(tx, contact.id, said.source)
        else:
            await sms.withdraw(tx, contact.id, said.source)
        return await view.one(tx, contact_id)


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except OverflowError:
        raise InvalidInput(f"{at} is no instant that can be noted: give the day it was.") from None
