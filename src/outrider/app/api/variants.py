"""Variants of a draft over HTTP: look, ask for some, put one in the draft's place.

In: a session and JSON. Out: typed JSON; work that goes on after the answer. Never: an approval, a choice
without a person.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field, StrictInt

from outrider.app.api.entry import Caller, needs
from outrider.app.api.login import Strict
from outrider.app.jobs import long_work, slack_posts
from outrider.app.jobs.long_work import Telling, Work
from outrider.app.jobs.vary import vary
from outrider.app.views import drafts as drafts_view
from outrider.app.views import variants as view
from outrider.app.views.variants import Variants
from outrider.drafts import read
from outrider.drafts import vary as varying
from outrider.drafts.types import DraftStatus
from outrider.kernel.access import Permission
from outrider.kernel.errors import Conflict, NotAllowed, NotFound

router = APIRouter(prefix="/api", tags=["drafts"])

Reads = Annotated[Caller, needs(Permission.DRAFTS_READ)]
Decides = Annotated[Caller, needs(Permission.DRAFTS_DECIDE)]


class VariantsWanted(Strict):
    """How many other mails a writer shall write."""

    count: StrictInt = Field(default=2, ge=1, le=varying.MOST_VARIANTS)


class Choice(Strict):
    """Which variant takes the draft's place."""

    variant: StrictInt = Field(ge=1, le=varying.MOST_VARIANTS)


@router.get("/drafts/{ref}/variants")
async def list_variants(person: Reads, ref: str) -> Variants:
    """The other mails there are for a draft, each with what the checks say of it."""
    async with person.begin() as tx:
        found = await view.of_draft(tx, await read.find(tx, ref), person.member)
    work = long_work.running(person.outrider, person.principal, _what(found.draft))
    return found.model_copy(update={"work": work and work.id})


@router.post("/drafts/{ref}/variants", status_code=202)
async def ask_for_variants(person: Decides, ref: str, wanted: VariantsWanted) -> Work:
    """Have other mails written for a draft that waits, each from another angle; it goes on after the answer."""
    async with person.begin() as tx:
        draft = await read.find(tx, ref)
        if draft.status is not DraftStatus.PENDING:
            raise await read.standing(tx, draft)
        now = await view.of_draft(tx, draft, person.member)
    if not now.can.allowed:
        raise NotAllowed(now.can.why_not or "You may not change this draft.")
    if long_work.running(person.outrider, person.principal, _what(draft.number)):
        raise Conflict(
            f"The variants of draft {draft.number} that you asked for are still being written:"
            " wait for them."
        )
    if now.left < wanted.count:
        raise Conflict(
            f"Draft {draft.number} may get {now.left} more variants, not {wanted.count}: ask for fewer,"
            " or choose one."
        )

    async def doing(tell: Telling) -> dict[str, Any]:
        made = await vary(
            person.outrider, draft.id, wanted.count, lambda done: tell(done, wanted.count)
        )
        return {"variants": [one.number for one in made]}

    return long_work.begin(person.outrider, person.principal, _what(draft.number), doing)


def _what(number: int) -> tuple[str, str]:
    return "variants", f"draft {number}"


@router.get("/variant-work/{work_id}")
async def show_variant_work(person: Decides, work_id: UUID) -> Work:
    """How far the writing of variants that one asked for is."""
    return long_work.find(person.outrider, person.principal, work_id)


@router.post("/drafts/{ref}/choose")
async def choose_variant(person: Decides, ref: str, choice: Choice) -> dict[str, Any]:
    """Put a variant in the draft's place; answers with the new version, which waits for its own approval."""
    async with person.begin() as tx:
        draft = await read.find(tx, ref)
        new = await varying.choose(tx, draft.id, person.member.person_id, choice.variant)
        await slack_posts.refresh(person.outrider, tx, draft.lineage_id)
        shown = await drafts_view.one(tx, new.id, person.member)
    if shown is None:
        raise NotFound(f"There is no draft {new.number} any more.")
    return shown
