"""The suppression list over HTTP: look, ask of one address, add one.

In: a session, an address in a body. Out: lines; whether an address is on it.
Never: a way back for somebody who said no, an address in a URL, where logs would keep it.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from outrider.app.api.entry import Caller, Person, needs
from outrider.app.api.login import Strict
from outrider.app.views import suppressions as view
from outrider.app.views.suppressions import SuppressionLine, SuppressionPage
from outrider.kernel.access import Permission
from outrider.kernel.errors import InvalidInput
from outrider.prospects import consent
from outrider.prospects.identity import Suppressor, mail_address
from outrider.prospects.types import SuppressionReason

router = APIRouter(prefix="/api/suppressions", tags=["prospects"])


class Address(Strict):
    """Whom it is about."""

    email: str = Field(min_length=3, max_length=320)


class Wish(Address):
    """Whom never to write to again, and why."""

    reason: str = Field(min_length=1, max_length=200, description="Kept in the log: no address")


class Found(BaseModel):
    """Whether an address is on the list."""

    is_suppressed: bool
    line: SuppressionLine | None


@router.get("", dependencies=[needs(Permission.PROSPECTS_READ)])
async def list_suppressions(
    person: Person,
    after: Annotated[UUID | None, Query(description="The last line of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> SuppressionPage:
    """Who is never written to again, newest first."""
    async with person.begin() as tx:
        return await view.page(tx, after=after, limit=limit)


@router.post("/search", dependencies=[needs(Permission.PROSPECTS_READ)])
async def find_suppression(person: Person, asked: Address) -> Found:
    """Whether an address is on the list, since when and why."""
    address, suppressor = _address(asked.email), _suppressor(person)
    async with person.begin() as tx:
        found = await view.page(tx, address_hash=suppressor.hash(address), limit=1)
    line = found.items[0] if found.items else None
    return Found(is_suppressed=line is not None, line=line)


@router.post("", dependencies=[needs(Permission.CONSENT_WRITE)])
async def add_suppression(person: Person, wish: Wish) -> Found:
    """Never write to an address again, in any campaign; there is no way back from here."""
    if "@" in wish.reason or not wish.reason.strip():
        raise InvalidInput("Say why in a few words, without an address: the log keeps them.")
    address = _address(wish.email)
    async with person.begin() as tx:
        await consent.suppress(
            tx, _suppressor(person), address, SuppressionReason.MANUAL, wish.reason.strip()
        )
    return await find_suppression(person, Address(email=address))


def _address(email: str) -> str:
    try:
        return mail_address(email)
    except ValueError as error:
        raise InvalidInput(f"{email[:80]!r} is no e-mail address: {error}.") from None


def _suppressor(person: Caller) -> Suppressor:
    return Suppressor(person.outrider.keys.key("suppression"))
