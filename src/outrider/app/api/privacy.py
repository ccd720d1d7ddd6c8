"""One person's data over HTTP: see what is kept, erase it.

In: a session of somebody who may, an address, a reason. Out: rows; a report of what is gone. Never: an
address in a URL, where logs would keep it.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, field_validator

from outrider.app.api.entry import Person, needs
from outrider.app.jobs import privacy
from outrider.kernel.access import Permission

router = APIRouter(prefix="/api/privacy", tags=["privacy"])


class Asked(BaseModel):
    """Whom it is about."""

    model_config = ConfigDict(extra="forbid")

    email: str = Field(min_length=3, max_length=320)


class Erasure(Asked):
    """Whom to erase, and why."""

    reason: str = Field(min_length=1, max_length=300, description="Kept in the log: no name")

    @field_validator("reason")
    @classmethod
    def _nameless(cls, reason: str) -> str:
        """The log outlives the person's data."""
        if "@" in reason or not reason.strip():
            raise ValueError("say why in a few words, without an address: the log keeps it")
        return reason.strip()


@router.post("/person", dependencies=[needs(Permission.PRIVACY_READ)])
async def show_person(person: Person, asked: Asked) -> dict[str, Any]:
    """Every row that is kept about a person, by table; each request is logged."""
    return await privacy.rows_about(person.outrider, asked.email, person.actor)


@router.post("/erasures", dependencies=[needs(Permission.PRIVACY_ERASE)])
async def erase_person(person: Person, erasure: Erasure) -> dict[str, Any]:
    """Erase a person from every row and stored mail of this workspace. There is no way back."""
    done = await privacy.erase(person.outrider, erasure.email, erasure.reason, person.actor)
    return {
        "items": [
            {"contact_id": str(one.contact_id), "rows": one.rows, "mails": one.mails}
            for one in done
        ],
        "out_of_reach": privacy.BEYOND,
    }
