"""The sending desk over HTTP: what leaves, what left, and a person's word on what nobody knows of.

In: a session, a word. Out: typed JSON. Never: a resend that nobody asked for.
"""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from outrider.app.api.entry import Person, needs
from outrider.app.api.login import Strict
from outrider.app.views import sending as view
from outrider.app.views.sending import Desk
from outrider.kernel.access.permissions import Permission
from outrider.kernel.audit.append import record
from outrider.kernel.errors import InvalidInput, NotFound
from outrider.sending import reconcile
from outrider.sending.mail import id_in
from outrider.sending.types import OutboxId

router = APIRouter(prefix="/api/sending", tags=["sending"])

_WORDS = {"arrived": True, "resend": False, "give_up": None}


class Word(Strict):
    """What a person says of a mail whose state is unknown."""

    message_id: str = Field(min_length=3, max_length=400)
    word: Literal["arrived", "resend", "give_up"] = Field(
        description="It arrived; it surely did not, so it goes again; nobody can know, so it never goes"
    )
    note: str = Field(default="", max_length=300, description="Kept in the log: no address")


class Settled(BaseModel):
    """What became of it."""

    message_id: str
    status: str


@router.get("", dependencies=[needs(Permission.SENDING_READ)])
async def show_sending(person: Person) -> Desk:
    """Mailboxes with room and health, what will leave when, what became of what left."""
    async with person.begin() as tx:
        return await view.desk(tx)


@router.post("/settle", dependencies=[needs(Permission.SENDING_RUN)])
async def settle_unknown(person: Person, said: Word) -> Settled:
    """Say what became of a mail that was interrupted at the wire."""
    note = said.note.strip()
    if "@" in note:
        raise InvalidInput("The note holds an address: say it without, for the log keeps it.")
    outbox_id = id_in(f"<{said.message_id.strip().strip('<>')}>")
    if outbox_id is None:
        raise NotFound(f"{said.message_id[:80]!r} is no Message-ID of ours: take it from the list.")
    async with person.begin() as tx:
        item = await reconcile.decide(tx, OutboxId(outbox_id), arrived=_WORDS[said.word])
        if note:
            await record(tx, "sending.note", f"outbox:{item.id}", {"note": note})
    return Settled(message_id=item.message_id, status=str(item.status))
