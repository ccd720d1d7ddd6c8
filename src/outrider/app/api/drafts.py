"""Drafts over HTTP: list, show, approve, edit, reject.

In: a session and JSON. Out: drafts as the command line shows them. Never: an approval of unseen content:
the hash that was on the screen goes along.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from outrider.app.api.entry import Person
from outrider.app.jobs import slack_posts
from outrider.app.views import drafts as view
from outrider.drafts import decide, read
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import NotFound

router = APIRouter(prefix="/api/drafts", tags=["drafts"])


class Strict(BaseModel):
    """A body with no field that we do not know."""

    model_config = ConfigDict(extra="forbid")


class Approval(Strict):
    """The content that the person saw."""

    content_hash: str = Field(
        pattern="^[0-9a-f]{64}$", description="`content_hash` of the draft shown"
    )


class Edit(Strict):
    """New words; what is left out stays."""

    subject: str | None = Field(default=None, max_length=1000)
    body: str | None = Field(default=None, max_length=200_000)


class Rejection(Strict):
    """What should be otherwise."""

    note: str = Field(min_length=1, max_length=5000)


class Drafts(BaseModel):
    """A listing."""

    items: list[dict[str, Any]]


@router.get("")
async def list_drafts(
    person: Person,
    status: str | None = None,
    campaign: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Drafts:
    """Drafts, oldest first."""
    async with person.begin() as tx:
        return Drafts(items=await view.listing(tx, status=status, campaign=campaign, limit=limit))


@router.get("/{ref}")
async def show_draft(person: Person, ref: str) -> dict[str, Any]:
    """One draft by number or id."""
    async with person.begin() as tx:
        return await _shown(tx, (await read.find(tx, ref)).id)


@router.post("/{ref}/approve")
async def approve_draft(person: Person, ref: str, approval: Approval) -> dict[str, Any]:
    """Approve exactly the content with this hash."""
    async with person.begin() as tx:
        draft = await read.find(tx, ref)
        await decide.approve(
            tx, draft.id, person.member.person_id, expected_hash=approval.content_hash
        )
        await slack_posts.refresh(person.outrider, tx, draft.lineage_id)
        return await _shown(tx, draft.id)


@router.post("/{ref}/edit")
async def edit_draft(person: Person, ref: str, edit: Edit) -> dict[str, Any]:
    """Change the words; answers with the new version, which waits for its own approval."""
    async with person.begin() as tx:
        draft = await read.find(tx, ref)
        new = await decide.edit(
            tx, draft.id, person.member.person_id, subject=edit.subject, body=edit.body
        )
        await slack_posts.refresh(person.outrider, tx, draft.lineage_id)
        return await _shown(tx, new.id)


@router.post("/{ref}/reject", status_code=202)
async def reject_draft(person: Person, ref: str, rejection: Rejection) -> dict[str, Any]:
    """Reject with a note; a job writes the next version into the same thread."""
    async with person.begin() as tx:
        draft = await read.find(tx, ref)
        await decide.reject(tx, draft.id, person.member.person_id, rejection.note)
        await slack_posts.refresh(person.outrider, tx, draft.lineage_id)
        return await _shown(tx, draft.id)


async def _shown(tx: Tx, draft_id: object) -> dict[str, Any]:
    found = await view.one(tx, draft_id)
    if found is None:
        raise NotFound
    return found
