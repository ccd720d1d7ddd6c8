"""Drafts over HTTP: list, show, decide, take back, put aside, approve alike.

In: a session and JSON. Out: drafts as the command line shows them, with what this person may do. Never:
an approval of unseen content: the hash that was on the screen goes along.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, model_validator

from outrider.app.api.entry import Caller, Person, needs
from outrider.app.jobs import slack_posts
from outrider.app.views import drafts as view
from outrider.app.views.reviewers import reviewer_json
from outrider.campaigns import create as campaigns
from outrider.drafts import bulk, decide, read
from outrider.drafts.bulk import Plan
from outrider.drafts.review import calendar, reviewers
from outrider.drafts.review.look import look
from outrider.drafts.review.snooze import instant
from outrider.drafts.rich import Markup
from outrider.drafts.types import RejectCategory
from outrider.kernel.access import Permission
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
    html: str | None = Field(
        default=None,
        max_length=200_000,
        description="In place of `body`: bold, italic, links and lists stay, and the text says the same",
    )

    @model_validator(mode="after")
    def _one_body(self) -> Edit:
        if self.body is not None and self.html is not None:
            raise ValueError("give body or html, not both")
        return self

    @property
    def words(self) -> str | Markup | None:
        """The body, however it was given."""
        return self.body if self.html is None else Markup(self.html)


class Rejection(Strict):
    """What should be otherwise."""

    note: str = Field(min_length=1, max_length=5000)
    category: RejectCategory | None = None


class Snooze(Strict):
    """Until when a draft is put aside."""

    until: str | None = Field(
        max_length=60,
        description="`2h`, `tomorrow`, `2026-03-05`, an ISO instant; null shows it again",
    )


class Proposal(Strict):
    """Of what drafts alike are approved together."""

    campaign: str
    step: int | None = Field(default=None, ge=1)


class Drafts(BaseModel):
    """A listing."""

    items: list[dict[str, Any]]


class Together(BaseModel):
    """What became of drafts that were approved together."""

    approved: list[int] = Field(description="Numbers of the drafts")
    refused: list[bulk.Refusal]


@router.get("", dependencies=[needs(Permission.DRAFTS_READ)])
async def list_drafts(
    person: Person,
    status: str | None = None,
    campaign: str | None = None,
    snoozed: bool = False,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Drafts:
    """Drafts, oldest first; what is put aside only if `snoozed`."""
    async with person.begin() as tx:
        items = await view.listing(
            tx,
            status=status,
            campaign=campaign,
            limit=limit,
            snoozed=snoozed,
            member=person.member,
        )
        return Drafts(items=items)


@router.get("/reviewers", dependencies=[needs(Permission.REPORTS_READ)])
async def list_reviewers(person: Person, days: Annotated[int, Query(ge=1, le=3650)] = 30) -> Drafts:
    """How people review: decisions, speed, changes, and what came of test drafts."""
    async with person.begin() as tx:
        found = await reviewers.report(tx, tx.now - timedelta(days=days))
        return Drafts(items=[reviewer_json(one) for one in found])


@router.post("/alike", dependencies=[needs(Permission.DRAFTS_DECIDE)])
async def propose_alike(person: Person, wanted: Proposal) -> Plan:
    """The largest set of drafts alike, and the samples to open and approve one by one first."""
    async with person.begin() as tx:
        campaign = await campaigns.find(tx, wanted.campaign)
        return await bulk.propose(tx, person.member.person_id, campaign.id, wanted.step)


@router.post("/alike/approve", dependencies=[needs(Permission.DRAFTS_DECIDE)])
async def approve_alike(person: Person, plan: Plan) -> Together:
    """Approve the rest of a proposal whose samples this person opened and approved."""
    async with person.begin() as tx:
        found = await bulk.approve(tx, person.member.person_id, plan)
        for draft in found.approved:
            await slack_posts.refresh(person.outrider, tx, draft.lineage_id)
        return Together(
            approved=[draft.number for draft in found.approved], refused=list(found.refused)
        )


@router.get("/{ref}", dependencies=[needs(Permission.DRAFTS_READ)])
async def show_draft(person: Person, ref: str) -> dict[str, Any]:
    """One draft by number or id; that it was opened is noted."""
    async with person.begin() as tx:
        draft = await read.find(tx, ref)
        if person.key is None:  # a program is not the person who reads before deciding
            await look(tx, draft.id, person.member.person_id, "web")
        return await _shown(tx, draft.id, person)


@router.post("/{ref}/approve", dependencies=[needs(Permission.DRAFTS_DECIDE)])
async def approve_draft(person: Person, ref: str, approval: Approval) -> dict[str, Any]:
    """Approve exactly the content with this hash; `undo_until` says how long it can be taken back."""
    async with person.begin() as tx:
        draft = await read.find(tx, ref)
        await decide.approve(
            tx, draft.id, person.member.person_id, expected_hash=approval.content_hash
        )
        await slack_posts.refresh(person.outrider, tx, draft.lineage_id)
        return await _shown(tx, draft.id, person)


@router.post("/{ref}/take-back", dependencies=[needs(Permission.DRAFTS_DECIDE)])
async def take_draft_back(person: Person, ref: str) -> dict[str, Any]:
    """Take an approval back before the mail leaves; answers with the new version, which waits."""
    async with person.begin() as tx:
        draft = await read.find(tx, ref)
        new = await decide.take_back(tx, draft.id, person.member.person_id)
        await slack_posts.refresh(person.outrider, tx, draft.lineage_id)
        return await _shown(tx, new.id, person)


@router.post("/{ref}/snooze", dependencies=[needs(Permission.DRAFTS_DECIDE)])
async def snooze_draft(person: Person, ref: str, wanted: Snooze) -> dict[str, Any]:
    """Put a draft aside until then; its due time stands."""
    member = person.member
    async with person.begin() as tx:
        draft = await read.find(tx, ref)
        until = await _instant(tx, person, wanted.until) if wanted.until else None
        await decide.snooze(tx, draft.id, member.person_id, until)
        return await _shown(tx, draft.id, person)


@router.post("/{ref}/edit", dependencies=[needs(Permission.DRAFTS_DECIDE)])
async def edit_draft(person: Person, ref: str, edit: Edit) -> dict[str, Any]:
    """Change the words; answers with the new version, which waits for its own approval."""
    async with person.begin() as tx:
        draft = await read.find(tx, ref)
        new = await decide.edit(
            tx, draft.id, person.member.person_id, subject=edit.subject, body=edit.words
        )
        await slack_posts.refresh(person.outrider, tx, draft.lineage_id)
        return await _shown(tx, new.id, person)


@router.post("/{ref}/reject", status_code=202, dependencies=[needs(Permission.DRAFTS_DECIDE)])
async def reject_draft(person: Person, ref: str, rejection: Rejection) -> dict[str, Any]:
    """Reject with a note; a job writes the next version into the same thread."""
    async with person.begin() as tx:
        draft = await read.find(tx, ref)
        await decide.reject(
            tx, draft.id, person.member.person_id, rejection.note, rejection.category
        )
        await slack_posts.refresh(person.outrider, tx, draft.lineage_id)
        return await _shown(tx, draft.id, person)


async def _instant(tx: Tx, person: Caller, said: str) -> datetime:
    works = await calendar.working_time_of(tx, person.member.person_id)
    return instant(said, tx.now, works)


async def _shown(tx: Tx, draft_id: object, person: Caller) -> dict[str, Any]:
    found = await view.one(tx, draft_id, person.member)
    if found is None:
        raise NotFound
    return found
