"""Campaigns, accounts and runs over HTTP. In: a session. Out: JSON. Never: a change (the CLI makes them)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from outrider.app.api.entry import Person, needs
from outrider.app.views import campaign_desk, prospects, runs
from outrider.app.views import campaigns as view
from outrider.app.views.campaign_types import CampaignDesk, CampaignList
from outrider.kernel.access import Permission

router = APIRouter(prefix="/api", tags=["campaigns"])


@router.get("/campaigns", dependencies=[needs(Permission.CAMPAIGNS_READ)])
async def list_campaigns(person: Person) -> CampaignList:
    """Every campaign with its numbers."""
    async with person.begin() as tx:
        return await campaign_desk.listing(tx)


@router.get("/campaigns/{name}", dependencies=[needs(Permission.CAMPAIGNS_READ)])
async def show_campaign(person: Person, name: str) -> dict[str, Any]:
    """One campaign with its blueprint."""
    async with person.begin() as tx:
        return await view.one(tx, name)


@router.get("/campaigns/{name}/desk", dependencies=[needs(Permission.CAMPAIGNS_READ)])
async def show_campaign_desk(person: Person, name: str) -> CampaignDesk:
    """One campaign on one page: rules, steps, pace, people, and what came of its mails."""
    async with person.begin() as tx:
        return await campaign_desk.desk(tx, name)


@router.get("/accounts", dependencies=[needs(Permission.PROSPECTS_READ)])
async def list_accounts(
    person: Person, limit: Annotated[int, Query(ge=1, le=1000)] = 50
) -> dict[str, Any]:
    """Accounts, best first, each factor with its reason."""
    async with person.begin() as tx:
        return {"items": await prospects.ranked(tx, limit=limit)}


@router.get("/runs", dependencies=[needs(Permission.RUNS_READ)])
async def list_runs(
    person: Person, limit: Annotated[int, Query(ge=1, le=500)] = 20
) -> dict[str, Any]:
    """Runs of agents, newest first."""
    async with person.begin() as tx:
        return {"items": await runs.listing(tx, limit=limit)}


@router.get("/runs/{run_id}", dependencies=[needs(Permission.RUNS_READ)])
async def show_run(person: Person, run_id: str) -> dict[str, Any]:
    """One run with its steps."""
    async with person.begin() as tx:
        return await runs.one(tx, run_id)
