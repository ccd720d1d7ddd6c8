"""Prospects over HTTP, to look at: the ranking, and one account with all that is known of it.

In: a session. Out: typed JSON. Never: a change, a phone number, the text of a mail.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from outrider.app.api.entry import Person, needs
from outrider.app.views import prospect, prospect_list
from outrider.app.views.prospect_types import Prospect, ProspectPage
from outrider.kernel.access import Permission
from outrider.prospects.types import AccountStatus

router = APIRouter(prefix="/api/prospects", tags=["prospects"])

READS = [needs(Permission.PROSPECTS_READ)]


@router.get("", dependencies=READS)
async def list_prospects(
    person: Person,
    status: AccountStatus | None = None,
    q: Annotated[str | None, Query(max_length=200, description="In name or domain")] = None,
    after: Annotated[UUID | None, Query(description="The last account of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ProspectPage:
    """Accounts, best first, each with its score and the reasons that add most."""
    async with person.begin() as tx:
        return await prospect_list.page(tx, status=status, search=q, after=after, limit=limit)


@router.get("/{account_id}", dependencies=READS)
async def show_prospect(person: Person, account_id: UUID) -> Prospect:
    """One account: score, facts with their sources, people and whether we may write, what happened."""
    async with person.begin() as tx:
        return await prospect.one(tx, account_id)
