"""Answers over HTTP: what people wrote, and a person's word on what it means.

In: a session. Out: typed lines. Never: an answer sent, a class that nobody said.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from outrider.app.api.entry import Caller, needs
from outrider.app.api.login import Strict
from outrider.app.views import replies as view
from outrider.app.views import reply as whole
from outrider.app.views.replies import ReplyLine, ReplyPage
from outrider.app.views.reply import ReplyShown
from outrider.campaigns.types import ReplyClass
from outrider.conversations import correct, label
from outrider.conversations.correct import Instead
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


class Correction(Meaning):
    """What an answer means instead."""

    go_on: bool = Field(
        default=False, description="Let a stopped sequence do what its step says of that class"
    )


class Corrected(BaseModel):
    """The answer with its new class, and what its person must know."""

    reply: ReplyLine
    was: ReplyClass
    told: list[str] = Field(description="What stays, and what cannot be taken back, in sentences")


@router.get("")
async def list_replies(
    person: Reads,
    waiting: Annotated[bool, Query(description="Only those whose meaning nobody has said")] = False,
    after: Annotated[UUID | None, Query(description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ReplyPage:
    """Answers of people and of their absence notices, newest first."""
    async with person.begin() as tx:
        return await view.page(tx, waiting=waiting, after=after, limit=limit, read=view.READ)


@router.get("/{reply_id}")
async def show_reply(person: Reads, reply_id: UUID) -> ReplyShown:
    """One answer with all its words, and our mail that it answers."""
    async with person.begin() as tx:
        return await whole.shown(tx, reply_id)


@router.post("/{reply_id}/class")
async def label_reply(person: Writes, reply_id: UUID, meaning: Meaning) -> ReplyLine:
    """Say what an answer means; its sequence stops, waits or goes on as its step says."""
    suppressor = Suppressor(person.outrider.keys.key("suppression"))
    async with person.begin() as tx:
        after = await label.label(
            tx, reply_id, meaning.reply_class, meaning.until, suppressor=suppressor
        )
        return await view.one(tx, reply_id, after.id)


@router.post("/{reply_id}/correction")
async def correct_reply(person: Writes, reply_id: UUID, correction: Correction) -> Corrected:
    """Say that an answer means something else; an opt-out stays, and nothing starts again unasked."""
    suppressor = Suppressor(person.outrider.keys.key("suppression"))
    instead = Instead(correction.reply_class, correction.until, correction.go_on)
    async with person.begin() as tx:
        done = await correct.correct(tx, reply_id, instead, suppressor=suppressor)
        line = await view.one(tx, reply_id, done.enrollment.id)
    return Corrected(reply=line, was=done.was, told=list(done.told))
