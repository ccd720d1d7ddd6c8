"""Sequences over HTTP: look, preview, set.

In: a session and JSON. Out: versions, moves, experiments. Never: a rule of its own.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from outrider.app.api.entry import Person, needs
from outrider.app.jobs.change_sequence import change
from outrider.app.views import campaign_desk
from outrider.app.views import sequences as view
from outrider.campaigns import create, results, sequence_file, sequences
from outrider.campaigns.sequence_file import Written
from outrider.kernel.access import Permission
from outrider.kernel.errors import InvalidInput

router = APIRouter(prefix="/api", tags=["sequences"])

Campaign = Annotated[str, Path(description="Name or id")]


class Proposal(BaseModel):
    """Steps as values of a sequence file or as its text; one of the two."""

    model_config = ConfigDict(extra="forbid")

    sequence: dict[str, Any] | None = None
    toml: str | None = Field(default=None, max_length=sequence_file.LONGEST)
    apply: Literal["new", "in-flight"] = "new"
    note: str = Field(default="", max_length=sequences.LONGEST_NOTE)

    def read(self) -> Written:
        """What was written."""
        if (self.sequence is None) == (self.toml is None):
            raise InvalidInput("Give the steps as `sequence` or as `toml`, one of the two.")
        if self.toml is not None:
            return sequence_file.read(self.toml)
        return sequence_file.of_values(self.sequence or {})


@router.get("/campaigns/{campaign}/sequence", dependencies=[needs(Permission.CAMPAIGNS_READ)])
async def show_sequence(person: Person, campaign: Campaign) -> dict[str, Any]:
    """The steps that hold."""
    async with person.begin() as tx:
        found = await sequences.newest(tx, await create.find(tx, campaign))
    return {**view.version_json(found), "toml": sequence_file.write(found.steps, found.pacing)}


@router.get(
    "/campaigns/{campaign}/sequence/history", dependencies=[needs(Permission.CAMPAIGNS_READ)]
)
async def sequence_history(person: Person, campaign: Campaign) -> dict[str, Any]:
    """Every version with who is in it, newest first."""
    async with person.begin() as tx:
        return {"items": await view.history(tx, await create.find(tx, campaign))}


@router.get("/campaigns/{campaign}/sequence/results", dependencies=[needs(Permission.REPORTS_READ)])
async def experiment_results(person: Person, campaign: Campaign) -> dict[str, Any]:
    """Every experiment so far."""
    async with person.begin() as tx:
        found = await results.results(tx, await create.find(tx, campaign))
    return {"items": [view.result_json(one) for one in found]}


@router.post(
    "/campaigns/{campaign}/sequence/preview", dependencies=[needs(Permission.CAMPAIGNS_READ)]
)
async def preview_sequence(
    person: Person, campaign: Campaign, proposal: Proposal
) -> dict[str, Any]:
    """The days of somebody new, and what moving those in flight would change; nothing is stored."""
    wanted = proposal.read()
    async with person.begin() as tx:
        found = await create.find(tx, campaign)
        moves = await sequences.preview(tx, found, wanted.steps, wanted.pacing)
        return {
            "moves": await view.moves(tx, moves),
            "schedule": [
                one.model_dump(mode="json") for one in campaign_desk.planned(wanted.steps, tx.now)
            ],
        }


@router.put("/campaigns/{campaign}/sequence", dependencies=[needs(Permission.CAMPAIGNS_WRITE)])
async def set_sequence(person: Person, campaign: Campaign, proposal: Proposal) -> dict[str, Any]:
    """Put steps in force as the next version."""
    wanted = proposal.read()
    async with person.begin() as tx:
        done = await change(
            tx,
            person.member.person_id,
            await create.find(tx, campaign),
            wanted,
            in_flight=proposal.apply == "in-flight",
            note=proposal.note,
        )
        moves = await view.moves(tx, done.adopted.moves)
    return {
        "sequence": view.version_json(done.adopted.sequence),
        "is_new": done.adopted.is_new,
        "moves": moves,
        "withdrawn_drafts": len(done.withdrawn),
    }
