"""Kill switches over HTTP: see what is halted, halt, let it go on.

In: a session, a reason. Out: every switch, with who moved it and when. Never: a switch without a reason.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from outrider.app.api.entry import Person, needs
from outrider.app.views import switches as view
from outrider.app.views.switches import SwitchLine
from outrider.kernel import switches
from outrider.kernel.access.permissions import Permission, may

router = APIRouter(prefix="/api/switches", tags=["switches"])


class Move(BaseModel):
    """One switch to one side."""

    model_config = ConfigDict(extra="forbid")

    scope: Literal["workspace", "campaign", "mailbox", "agent", "tool"] = "workspace"
    target: str = Field(
        default="", max_length=200, description="Id or name; empty for the workspace"
    )
    is_on: StrictBool = Field(description="On means halted")
    reason: str = Field(min_length=1, max_length=500)


class Switches(BaseModel):
    """Every switch that is on, and what this person may do about it."""

    halted: bool = Field(description="Nothing leaves this workspace")
    items: list[SwitchLine]
    may_halt: bool
    may_lift: bool
    now: datetime


@router.get("", dependencies=[needs(Permission.SWITCHES_READ)])
async def list_switches(person: Person) -> Switches:
    """What is halted now, widest first."""
    async with person.begin() as tx:
        items = await view.listing(tx)
        return Switches(
            halted=any(item.scope in ("global", "workspace") for item in items),
            items=items,
            may_halt=may(person.member.role, Permission.SWITCHES_SET),
            may_lift=may(person.member.role, Permission.SWITCHES_LIFT),
            now=tx.now,
        )


@router.post("", dependencies=[needs(Permission.SWITCHES_SET)])
async def move_switch(person: Person, move: Move) -> Switches:
    """Halt, or let it go on; effective with the next mail that is claimed."""
    if not move.is_on:
        person.must(Permission.SWITCHES_LIFT)
    async with person.begin() as tx:
        target = await view.target_of(tx, move.scope, move.target)
        await switches.set_switch(tx, move.scope, target, is_on=move.is_on, reason=move.reason)
    return await list_switches(person)
