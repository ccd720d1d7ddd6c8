"""Sequences and tasks over HTTP: look, preview, set; list, do, skip, release.

In: a session and JSON. Out: versions, moves, experiments, tasks. Never: a rule of its own.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from outrider.app.api.entry import Person, needs
from outrider.app.jobs.change_sequence import change
from outrider.app.views import campaign_desk
from outrider.app.views import sequences as view
from outrider.campaigns import create, results, sequence_file, sequences, sms, tasks
from outrider.campaigns.sequence_file import Written
from outrider.kernel.access import Permission
from outrider.kernel.errors import InvalidInput

router = APIRouter(prefix="/api", tags=["sequences"])

Campaign = Annotated[str, Path(description="Name or id")]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


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


class Told(BaseModel):
    """What a person says of a task."""

    model_config = ConfigDict(extra="forbid")

    note: str = Field(default="", max_length=tasks.LONGEST_NOTE)


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


@router.get("/tasks", dependencies=[needs(Permission.TASKS_READ)])
async def list_tasks(person: Person, everything: bool = False) -> dict[str, Any]:
    """Tasks with something to do, the longest due first."""
    async with person.begin() as tx:
        await tasks.open_due(tx)
        return {"items": await view.task_list(tx, everything=everything)}


@router.post("/tasks/{number}/done", dependencies=[needs(Permission.TASKS_DO)])
async def task_done(person: Person, number: Number, told: Told) -> dict[str, Any]:
    """Say that it was done."""
    async with person.begin() as tx:
        return view.task_json(await tasks.done(tx, number, told.note))


@router.post("/tasks/{number}/skip", dependencies=[needs(Permission.TASKS_DO)])
async def task_skipped(person: Person, number: Number, told: Told) -> dict[str, Any]:
    """Pass it over."""
    async with person.begin() as tx:
        return view.task_json(await tasks.skip(tx, number, told.note))


@router.post("/tasks/{number}/approve", dependencies=[needs(Permission.DRAFTS_DECIDE)])
async def approve_text(person: Person, number: Number) -> dict[str, Any]:
    """Release a text message."""
    async with person.begin() as tx:
        return view.task_json(await sms.approve(tx, number, person.member.person_id))


@router.post("/tasks/{number}/lost", dependencies=[needs(Permission.TASKS_DO)])
async def text_lost(person: Person, number: Number) -> dict[str, Any]:
    """Say of an unknown text message that it did not arrive."""
    async with person.begin() as tx:
        return view.task_json(await sms.lost(tx, number))
