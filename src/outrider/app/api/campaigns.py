"""Campaigns and accounts over HTTP: look, make a campaign from files of past mail, give it more.

In: a session, names, files in pieces. Out: JSON; work that goes on after the answer.
Never: a campaign whose mail cannot be read, a file of somebody else.
"""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import Field, StrictInt

from outrider.agents.types import ActionKind, Progress, RunReport, RunRequest
from outrider.app.api import files
from outrider.app.api.entry import Caller, Person, needs
from outrider.app.api.login import Strict
from outrider.app.jobs import long_work, uploads
from outrider.app.jobs.long_work import Telling, Work
from outrider.app.jobs.prepare import CampaignRequest, Prepared, extend, prepare
from outrider.app.jobs.run_agent import run_agent
from outrider.app.jobs.uploads import Kind, Upload
from outrider.app.views import blueprints, campaign_desk, campaign_figures, prospects
from outrider.app.views import campaigns as view
from outrider.app.views.campaign_figures import Figures
from outrider.app.views.campaign_types import BlueprintVersions, CampaignDesk, CampaignList
from outrider.app.views.kept import Counted, kept
from outrider.app.views.rotation import Shares, shared
from outrider.campaigns import create, revise, rotation
from outrider.campaigns.types import Rotation
from outrider.kernel.access import Permission
from outrider.kernel.errors import InvalidInput
from outrider.sending import mailboxes

router = APIRouter(prefix="/api", tags=["campaigns"])

Writes = Annotated[Caller, needs(Permission.CAMPAIGNS_WRITE)]
Files = Annotated[list[UUID], Field(max_length=50)]


_FIELDS = {
    "brand": "brand",
    "competitor": "target_competitor_name",
    "context": "additional_context",
}


class MailFiles(Strict):
    """Files of past mail that came in whole."""

    mail: Files = Field(default_factory=list)
    competitor_mail: Files = Field(default_factory=list)


class CampaignRunWanted(Strict):
    """How much the sdr shall do."""

    new_accounts: StrictInt = Field(
        default=10, ge=0, le=500, description="New accounts to write to"
    )
    mailbox: str | None = Field(default=None, max_length=320)


class CampaignWanted(MailFiles):
    """A campaign to make."""

    name: str = Field(min_length=1, max_length=120)
    brand: str = Field(min_length=1, max_length=120)
    competitor: str | None = Field(default=None, max_length=120)
    context: str | None = Field(default=None, max_length=5_000)


class CampaignChange(Strict):
    """What changes; the rest stays as it is, and null takes an optional field away."""

    brand: str | None = Field(default=None, max_length=120)
    competitor: str | None = Field(default=None, max_length=120)
    context: str | None = Field(default=None, max_length=5_000)


class SharesWanted(Strict):
    """Who writes to new people, and how they are shared out; what is left out stays."""

    mailboxes: list[Annotated[str, Field(max_length=320)]] | None = Field(
        default=None, max_length=rotation.MOST, description="Addresses; none in it: none is fixed"
    )
    rotation: Rotation | None = None


async def _figures(person: Caller) -> Counted[dict[UUID, Figures]]:
    return await kept(person.outrider, "campaigns", campaign_figures.count, dict[UUID, Figures])


@router.get("/campaigns", dependencies=[needs(Permission.CAMPAIGNS_READ)])
async def list_campaigns(person: Person) -> CampaignList:
    """Every campaign with its numbers."""
    counted = await _figures(person)
    async with person.begin() as tx:
        return await campaign_desk.listing(tx, counted)


@router.get("/campaigns/{name}", dependencies=[needs(Permission.CAMPAIGNS_READ)])
async def show_campaign(person: Person, name: str) -> dict[str, Any]:
    """One campaign with its blueprint."""
    async with person.begin() as tx:
        return await view.one(tx, name)


@router.get("/campaigns/{name}/desk", dependencies=[needs(Permission.CAMPAIGNS_READ)])
async def show_campaign_desk(person: Person, name: str) -> CampaignDesk:
    """One campaign on one page: rules, steps, pace, people, and what came of its mails."""
    counted = await _figures(person)
    async with person.begin() as tx:
        return await campaign_desk.desk(tx, name, counted)


@router.patch("/campaigns/{name}")
async def change_campaign(person: Writes, name: str, wanted: CampaignChange) -> CampaignDesk:
    """Say the brand, the competitor or the offer anew; a mail approved under another brand waits again."""
    said = {_FIELDS[field]: value for field, value in wanted.model_dump(exclude_unset=True).items()}
    counted = await _figures(person)
    async with person.begin() as tx:
        await revise.revise(tx, await create.find(tx, name), said)
        return await campaign_desk.desk(tx, name, counted)


@router.get("/campaigns/{name}/mailboxes", dependencies=[needs(Permission.CAMPAIGNS_READ)])
async def show_campaign_mailboxes(person: Person, name: str) -> Shares:
    """Who writes to a campaign's new people, and how many of the next hundred each gets."""
    async with person.begin() as tx:
        return await shared(tx, await create.find(tx, name))


@router.put("/campaigns/{name}/mailboxes")
async def set_campaign_mailboxes(person: Writes, name: str, wanted: SharesWanted) -> Shares:
    """Name the mailboxes of a campaign; whoever is enrolled keeps the one that began their thread."""
    async with person.begin() as tx:
        found = await create.find(tx, name)
        ids = None
        if wanted.mailboxes is not None:
            ids = [(await mailboxes.find(tx, one)).id for one in wanted.mailboxes]
        return await shared(tx, await rotation.set_rotation(tx, found, ids, wanted.rotation))


@router.get("/campaigns/{name}/blueprints", dependencies=[needs(Permission.CAMPAIGNS_READ)])
async def list_blueprints(person: Person, name: str) -> BlueprintVersions:
    """Every version of a campaign's blueprint, newest first."""
    async with person.begin() as tx:
        return await blueprints.versions(tx, name)


@router.post("/campaign-files", status_code=201)
async def begin_mail_file(person: Writes, wanted: files.FileWanted) -> Upload:
    """Announce a file of past mail; its pieces follow."""
    return await files.begin(person, Kind.MAIL, wanted)


@router.put("/campaign-files/{file_id}/{at}", openapi_extra=files.PIECE)
async def add_mail_piece(request: Request, person: Writes, file_id: UUID, at: files.At) -> Upload:
    """The piece of a file that begins at a byte; the same piece again changes nothing."""
    return await files.add(request, person, Kind.MAIL, file_id, at)


@router.delete("/campaign-files/{file_id}", status_code=204)
async def remove_mail_file(person: Writes, file_id: UUID) -> None:
    """Forget a file of past mail."""
    await files.remove(person, Kind.MAIL, file_id)


@router.post("/campaigns", status_code=202)
async def create_campaign(person: Writes, wanted: CampaignWanted) -> Work:
    """Learn from past mail how good mail is built; the work goes on after the answer."""
    mail = _paths(person, wanted.mail)
    rival = _paths(person, wanted.competitor_mail)
    asked = CampaignRequest(
        wanted.name, wanted.brand, mail, wanted.competitor, rival, wanted.context, person.actor
    )

    async def doing(tell: Telling) -> Prepared:
        return await prepare(person.outrider, asked, tell)

    return _begin(person, wanted.name, [*mail, *rival], doing)


@router.post("/campaigns/{name}/mail", status_code=202)
async def add_past_mail(person: Writes, name: str, more: MailFiles) -> Work:
    """More past mail for a campaign, and the next version of its blueprint."""
    mail = _paths(person, more.mail)
    rival = _paths(person, more.competitor_mail)
    asked = CampaignRequest(name, "", mail, None, rival, actor=person.actor)

    async def doing(tell: Telling) -> Prepared:
        return await extend(person.outrider, name, asked, tell)

    return _begin(person, name, [*mail, *rival], doing)


@router.post("/campaigns/{name}/runs", status_code=202)
async def run_campaign(
    person: Annotated[Caller, needs(Permission.AGENTS_RUN)], name: str, wanted: CampaignRunWanted
) -> Work:
    """Let the sdr research, enrol and write drafts for a campaign; it cannot send or approve."""
    outrider = person.outrider
    async with person.begin() as tx:
        campaign = await create.find(tx, name)
    request = RunRequest(
        campaign=campaign.name, mailbox=wanted.mailbox, new_accounts=wanted.new_accounts
    )

    async def doing(tell: Telling) -> dict[str, Any]:
        def show(step: Progress) -> None:
            tell.stage = f"{step.stage}: {step.text}" if step.text else step.stage
            tell(step.done, step.total)

        report = await run_agent(outrider, "sdr", request, None, show)
        return {"run": str(report.run.id), "status": str(report.run.status), **_said(report)}

    return long_work.begin(outrider, person.principal, ("run", campaign.name), doing)


def _said(report: RunReport) -> dict[str, object]:
    return {"summary": report.summary, "drafts": len(report.of(ActionKind.DRAFTED))}


@router.get("/campaign-runs/{work_id}")
async def show_campaign_run(
    person: Annotated[Caller, needs(Permission.AGENTS_RUN)], work_id: UUID
) -> Work:
    """How far a run that one started is."""
    return long_work.find(person.outrider, person.principal, work_id)


@router.get("/campaign-work/{work_id}")
async def show_campaign_work(person: Writes, work_id: UUID) -> Work:
    """How far the making of a campaign is."""
    return long_work.find(person.outrider, person.principal, work_id)


def _paths(person: Caller, ids: list[UUID]) -> list[Path]:
    return [uploads.whole(person.outrider, Kind.MAIL, person.principal, id_) for id_ in ids]


def _begin(
    person: Caller, name: str, used: list[Path], doing: Callable[[Telling], Awaitable[Prepared]]
) -> Work:
    async def whole(tell: Telling) -> dict[str, Any]:
        tell.stage = "Reading past mail"
        try:
            done = await doing(tell)
        except InvalidInput as error:
            # Where files lie on the server is nobody's business.
            said = error.message
            for file in used:
                said = said.replace(str(file), file.name)
            raise InvalidInput(said) from None
        # What was refused stays, so that nobody has to send it again.
        for file in used:
            shutil.rmtree(file.parent, ignore_errors=True)
        return {
            "campaign": str(done.campaign.id),
            "version": done.blueprint.version,
            "reports": [one.model_dump(mode="json") for one in done.reports],
        }

    return long_work.begin(person.outrider, person.principal, ("campaign", name), whole)


@router.get("/accounts", dependencies=[needs(Permission.PROSPECTS_READ)])
async def list_accounts(
    person: Person, limit: Annotated[int, Query(ge=1, le=1000)] = 50
) -> dict[str, Any]:
    """Accounts, best first, each factor with its reason."""
    async with person.begin() as tx:
        return {"items": await prospects.ranked(tx, limit=limit)}
