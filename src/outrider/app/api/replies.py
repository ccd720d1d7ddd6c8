"""Answers over HTTP: what people wrote, and a person's word on what it means.

In: a session. Out: typed lines. Never: an answer sent, a class that nobody said.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from outrider.app.api.entry import Caller, needs
from outrider.app.api.login import Strict
from outrider.app.views import replies as view
from outrider.app.views.replies import ReplyLine, ReplyPage
from outrider.campaigns.types import ReplyClass
from outrider.conversations import label
from outrider.kernel.access import Permission
from outrider.prospects.identity import Suppressor

router = APIRouter(prefix="/api/replies", tags=["replies"])

Reads = Annotated[Caller, needs(Permission.REPLIES_READ)]
Writes = Annotated[Caller, needs(Permission.REPLIES_WRITE)]


class Meaning(Strict):
    """What an answer means."""

    reply_class: ReplyClass = Field(description="Not bounce: that is what a server says")
    until: date | None = Field(
        default=None,
        description="Of not_now and out_of_office: from when on the person may hear again",
    )


@router.get("")
async def list_replies(
    person: Reads,
    waiting: Annotated[bool, Query(description="Only those whose meaning nobody has said")] = False,
    after: Annotated[UUID | None, Query(description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ReplyPage:
    """Answers of people and of their absence notices, newest first."""
    async with person.begin() as tx:
        return await view.page(tx, waiting=waiting, after=after, limit=limit)


@router.post("/{reply_id}/class")
async def label_reply(person: Writes, reply_id: UUID, meaning: Meaning) -> ReplyLine:
    """Say what an answer means; its sequence stops, waits or goes on as its step says."""
    suppressor = Suppressor(person.outrider.keys.key("suppression"))
    async with person.begin() as tx:
        after = await label.label(
            tx, reply_id, meaning.reply_class, meaning.until, suppressor=suppressor
        )
        return await view.one(tx, reply_id, after.id)
