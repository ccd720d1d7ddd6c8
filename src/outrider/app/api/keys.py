"""API keys over HTTP: make one, see them, end one.

In: a session, scopes, an end. Out: JSON; a key's text, once. Never: a stored key.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from outrider.app.api.entry import Caller, needs
from outrider.app.api.login import Strict
from outrider.app.api.once import HoldsSecret
from outrider.kernel.access import Permission, api_keys
from outrider.kernel.access.api_keys import ApiKey

router = APIRouter(prefix="/api/keys", tags=["keys"])

Manages = Annotated[Caller, needs(Permission.KEYS_MANAGE)]


class KeyWanted(Strict):
    """A key to make."""

    name: str = Field(pattern=api_keys.NAME)
    scopes: list[Permission] = Field(min_length=1, max_length=60)
    days: int = Field(default=90, ge=1, le=api_keys.LONGEST.days, description="How long it lives")
    agent: str | None = Field(
        default=None,
        pattern=api_keys.NAME,
        description="Name of the agent that acts with it, if one does",
    )


class KeySeen(BaseModel):
    """A key without its text."""

    id: UUID
    name: str
    scopes: list[str]
    agent: str | None
    created_by: UUID
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


class KeyMade(KeySeen):
    """A new key; its text is shown this once."""

    key: str = Field(description="For `Authorization: Bearer …`")


class Keys(BaseModel):
    """Keys that are good, newest first."""

    items: list[KeySeen]


@router.get("")
async def list_keys(person: Manages) -> Keys:
    """The keys of this workspace that are good."""
    async with person.begin() as tx:
        return Keys(items=[KeySeen(**key_fields(key)) for key in await api_keys.keys_of(tx)])


@router.post("", status_code=201, dependencies=[HoldsSecret])
async def add_key(person: Manages, wanted: KeyWanted) -> KeyMade:
    """Make a key for a program, or for an agent outside."""
    asked = api_keys.Wanted(
        wanted.name, tuple(wanted.scopes), timedelta(days=wanted.days), wanted.agent
    )
    async with person.begin() as tx:
        key, secret = await api_keys.add_key(tx, person.member, asked)
    return KeyMade(**key_fields(key), key=secret)


@router.delete("/{key_id}", status_code=204)
async def revoke_key(person: Manages, key_id: UUID) -> None:
    """End a key at once."""
    async with person.begin() as tx:
        await api_keys.revoke_key(tx, str(key_id))


def key_fields(key: ApiKey) -> dict[str, object]:
    """A key as it is shown."""
    return {
        "id": key.id,
        "name": key.name,
        "scopes": sorted(map(str, key.scopes)),
        "agent": key.agent,
        "created_by": key.person_id,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "used_at": key.used_at,
    }
