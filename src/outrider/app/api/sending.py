"""Sending over HTTP, to look at. In: a session. Out: the sending desk. Never: a mail sent or settled."""

from __future__ import annotations

from fastapi import APIRouter

from outrider.app.api.entry import Person, needs
from outrider.app.views import sending as view
from outrider.app.views.sending import Desk
from outrider.kernel.access.permissions import Permission

router = APIRouter(prefix="/api/sending", tags=["sending"])


@router.get("", dependencies=[needs(Permission.SENDING_READ)])
async def show_sending(person: Person) -> Desk:
    """Mailboxes with room and health, what will leave when, what became of what left."""
    async with person.begin() as tx:
        return await view.desk(tx)
