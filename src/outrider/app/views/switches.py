"""Switches as screens show them: names in place of ids.

In: the open transaction. Out: what is halted, by whom, since when. Never: a change.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from outrider.campaigns import create as campaigns
from outrider.kernel import switches
from outrider.kernel.database.tx import Tx
from outrider.sending import mailboxes


class SwitchLine(BaseModel):
    """One switch that is on."""

    model_config = ConfigDict(frozen=True)

    scope: str
    target: str = Field(description="Id or name; empty for all of that kind")
    name: str = Field(description="What a person calls the target")
    reason: str
    by: str
    since: datetime


async def listing(tx: Tx) -> list[SwitchLine]:
    """Every switch that is on, widest first."""
    found = [switch for switch in await switches.listing(tx) if switch.is_on]
    known = await people(tx, [switch.actor for switch in found])
    called = await names(tx, [switch.target for switch in found])
    return [
        SwitchLine(
            scope=switch.scope,
            target=switch.target,
            name=called.get(switch.target, switch.target),
            reason=switch.reason,
            by=by(known, switch.actor),
            since=switch.changed_at,
        )
        for switch in found
    ]


async def target_of(tx: Tx, scope: str, target: str) -> str:
    """The id behind a campaign's or mailbox's name, so that a switch halts what the person means.

    Raises:
        NotFound: there is no such campaign or mailbox.
    """
    if not target or scope not in ("campaign", "mailbox"):
        return target
    if scope == "campaign":
        return str((await campaigns.find(tx, target)).id)
    return str((await mailboxes.find(tx, target)).id)


def by(known: dict[str, str], actor: str) -> str:
    """What a person calls an actor."""
    return known.get(actor, actor.partition(":")[2] or actor)


async def people(tx: Tx, actors: list[str]) -> dict[str, str]:
    """Names of people, by actor."""
    rows = await tx.rows(
        "select 'person:' || id as actor, name from outrider.people"
        " where 'person:' || id = any(:actors)",
        {"actors": actors},
    )
    return {row["actor"]: row["name"] for row in rows}


async def names(tx: Tx, targets: list[str]) -> dict[str, str]:
    """Names of campaigns and addresses of mailboxes, by id."""
    ids = [target for target in targets if _is_id(target)]
    rows = await tx.rows(
        "select id::text as id, name from outrider.campaigns where id::text = any(:ids)"
        " union all select id::text, address from outrider.mailboxes where id::text = any(:ids)",
        {"ids": ids},
    )
    return {row["id"]: row["name"] for row in rows}


def _is_id(target: str) -> bool:
    try:
        UUID(target)
    except ValueError:
        return False
    return True
