"""Reports over HTTP: the overview, what came of mails, and the experiments of one campaign.

In: a session. Out: typed JSON, counts and no person but those who answered well. Never: a change.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query

from outrider.app.api.entry import Person, needs
from outrider.app.views import outcomes as outcome
from outrider.app.views import overview as view
from outrider.app.views.kept import kept
from outrider.app.views.outcome_types import Outcomes
from outrider.app.views.overview_types import Overview
from outrider.campaigns import create
from outrider.campaigns.results import Result, results
from outrider.kernel.access import Permission
from outrider.kernel.database.tx import Tx

router = APIRouter(prefix="/api/reports", tags=["reports"])

READS = [needs(Permission.REPORTS_READ)]

Days = Annotated[
    int | None, Query(ge=1, le=3650, description="How far back; none: since the beginning")
]


@router.get("/overview", dependencies=READS)
async def show_overview(person: Person, days: Days = None) -> Overview:
    """Replies, the funnel, approvals, cost and deliverability, as of `now`."""

    async def count(tx: Tx) -> Overview:
        return await view.overview(tx, tx.now - timedelta(days=days) if days else None)

    counted = await kept(person.outrider, f"overview {days or 0}", count, Overview)
    async with person.begin() as tx:
        return await view.named(tx, counted.value)


@router.get("/outcomes", dependencies=READS)
async def show_outcomes(person: Person, days: Days = None) -> Outcomes:
    """What came of each step and variant, and of each week's people, as of `now`."""

    async def count(tx: Tx) -> Outcomes:
        return await outcome.outcomes(tx, tx.now - timedelta(days=days) if days else None)

    return (await kept(person.outrider, f"outcomes {days or 0}", count, Outcomes)).value


@router.get("/experiments/{campaign}", dependencies=READS)
async def show_experiments(
    person: Person, campaign: Annotated[str, Path(description="Name or id")]
) -> list[Result]:
    """Every experiment of a campaign: its arms so far, and what may be said of them."""
    async with person.begin() as tx:
        return await results(tx, await create.find(tx, campaign))
