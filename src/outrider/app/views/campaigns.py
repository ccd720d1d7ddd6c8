"""Campaigns as screens and JSON show them.

In: the open transaction. Out: plain dictionaries. Never: a change.
"""

from __future__ import annotations

from typing import Any

from outrider.campaigns import blueprint as blueprints
from outrider.campaigns import create
from outrider.campaigns.types import Blueprint
from outrider.kernel.database.tx import Tx

_CAMPAIGN = (
    "select k.id, k.name, k.status, k.brand, k.target_competitor_name as competitor, k.created_at,"
    " (select count(*) from outrider.emails e where e.campaign_id = k.id) as emails,"
    " (select max(b.version) from outrider.blueprints b where b.campaign_id = k.id)"
    " as blueprint_version,"
    " (select count(*) from outrider.enrollments n where n.campaign_id = k.id) as enrolled,"
    " (select count(*) from outrider.enrollments n where n.campaign_id = k.id"
    "  and n.stop_reason = 'replied') as replied,"
    " (select count(*) from outrider.outbox o where o.campaign_id = k.id and o.status = 'sent')"
    " as sent from outrider.campaigns k"
)


async def listing(tx: Tx) -> list[dict[str, object]]:
    """Every campaign with its numbers, oldest first."""
    rows = await tx.rows(f"{_CAMPAIGN} order by k.created_at, k.id")
    return [_json(dict(row)) for row in rows]


async def one(tx: Tx, name_or_id: str) -> dict[str, object]:
    """One campaign with its active blueprint.

    Raises:
        NotFound: there is none of this name.
    """
    campaign = await create.find(tx, name_or_id)
    row = await tx.row(f"{_CAMPAIGN} where k.id = :id", {"id": campaign.id})
    active = await blueprints.active(tx, campaign.id)
    return {
        **_json(dict(row or {})),
        "additional_context": campaign.additional_context,
        "blueprint": blueprint_json(active) if active else None,
    }


def blueprint_json(blueprint: Blueprint) -> dict[str, object]:
    """The public shape of a blueprint."""
    return blueprint.model_dump(mode="json")


def _json(row: dict[str, Any]) -> dict[str, object]:
    return {**row, "id": str(row["id"]), "created_at": row["created_at"].isoformat()}
