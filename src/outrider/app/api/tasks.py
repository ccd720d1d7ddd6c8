"""Tasks over HTTP: steps by LinkedIn, phone and text message, which a person does or releases.

In: a session and JSON. Out: typed lines. Never: a rule of its own, a text message without approval.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from outrider.app.api.entry import Caller, Person, needs
from outrider.app.views import task_desk as view
from outrider.app.views.task_desk import Asked, Asker
from outrider.app.views.task_types import TaskKind, TaskPage, TaskShelf, TaskShown, TasksWaiting
from outrider.campaigns import sms, tasks
from outrider.kernel.access import Permission

router = APIRouter(prefix="/api/tasks", tags=["tasks"])

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


class Told(BaseModel):
    """What a person says of a task."""

    model_config = ConfigDict(extra="forbid")

    note: str = Field(default="", max_length=tasks.LONGEST_NOTE)


@router.get("", dependencies=[needs(Permission.TASKS_READ)])
async def list_tasks(
    person: Person,
    shelf: TaskShelf = TaskShelf.WAITING,
    kind: TaskKind | None = None,
    mine: Annotated[
        bool,
        Query(
            description="Of people who hear from this person's mailbox, or whose mail they approved"
        ),
    ] = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 200,
) -> TaskPage:
    """Tasks with something to do, the longest due first; or those that are over, newest first.

    Nothing is opened by looking: a job does that every minute, and its event calls every browser.
    """
    async with person.begin() as tx:
        return await view.page(tx, Asked(shelf, kind, mine, limit), person.member)


@router.get("/waiting", dependencies=[needs(Permission.TASKS_READ)])
async def count_tasks(person: Person) -> TasksWaiting:
    """How many tasks wait for somebody."""
    async with person.begin() as tx:
        return await view.waiting(tx)


@router.get("/{number}", dependencies=[needs(Permission.TASKS_READ)])
async def show_task(person: Person, number: Number) -> TaskShown:
    """One task: what to do, for whom, why now, and what this person may do about it."""
    async with person.begin() as tx:
        return await view.one(tx, number, _asker(person))


@router.post("/{number}/done", dependencies=[needs(Permission.TASKS_DO)])
async def task_done(person: Person, number: Number, told: Told) -> TaskShown:
    """Say that it was done."""
    async with person.begin() as tx:
        await tasks.done(tx, number, told.note)
        return await view.one(tx, number, _asker(person))


@router.post("/{number}/skip", dependencies=[needs(Permission.TASKS_DO)])
async def task_skipped(person: Person, number: Number, told: Told) -> TaskShown:
    """Pass it over."""
    async with person.begin() as tx:
        await tasks.skip(tx, number, told.note)
        return await view.one(tx, number, _asker(person))


@router.post("/{number}/approve", dependencies=[needs(Permission.DRAFTS_DECIDE)])
async def approve_text(person: Person, number: Number) -> TaskShown:
    """Release a text message."""
    async with person.begin() as tx:
        await sms.approve(tx, number, person.member.person_id)
        return await view.one(tx, number, _asker(person))


@router.post("/{number}/lost", dependencies=[needs(Permission.TASKS_DO)])
async def text_lost(person: Person, number: Number) -> TaskShown:
    """Say of an unknown text message that it did not arrive."""
    async with person.begin() as tx:
        await sms.lost(tx, number)
        return await view.one(tx, number, _asker(person))


def _asker(person: Caller) -> Asker:
    return Asker(person.member, person.permissions, person.key is not None)
