"""Drafts as screens and JSON show them: names of account and contact joined in.

In: the open transaction. Out: plain dictionaries. Never: a change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outrider.kernel.database.tx import Tx

_DRAFT = (
    "select d.*, a.name as account, c.email as contact_email, c.title as contact_title,"
    " trim(c.first_name || ' ' || c.last_name) as contact_name, k.name as campaign,"
    " p.name as decided_by, x.kind as decision, x.decided_at, x.note as decision_note,"
    " (select n.number from outrider.drafts n where n.parent_id = d.id order by n.version limit 1)"
    " as replaced_by,"
    " (select q.number from outrider.drafts q where q.id = d.parent_id) as replaces"
    " from outrider.drafts d"
    " join outrider.accounts a on a.id = d.account_id"
    " join outrider.contacts c on c.id = d.contact_id"
    " join outrider.campaigns k on k.id = d.campaign_id"
    " left join outrider.decisions x on x.draft_id = d.id"
    " left join outrider.people p on p.id = x.person_id"
)


async def listing(
    tx: Tx, *, status: str | None = None, campaign: str | None = None, limit: int = 200
) -> list[dict[str, Any]]:
    """Drafts, oldest first; `status` None means every one."""
    rows = await tx.rows(
        f"{_DRAFT} where (cast(:status as text) is null or d.status = :status)"
        " and (cast(:campaign as text) is null or k.name = :campaign)"
        " order by d.number limit :limit",
        {"status": status, "campaign": campaign, "limit": limit},
    )
    return [draft_json(row) for row in rows]


async def one(tx: Tx, draft_id: object) -> dict[str, Any] | None:
    """One draft, whole."""
    row = await tx.row(f"{_DRAFT} where d.id = :id", {"id": draft_id})
    return draft_json(row) if row else None


async def lineage(tx: Tx, lineage_id: object) -> list[dict[str, Any]]:
    """Every version of one mail, oldest first."""
    rows = await tx.rows(
        f"{_DRAFT} where d.lineage_id = :id order by d.version", {"id": lineage_id}
    )
    return [draft_json(row) for row in rows]


def draft_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """The public shape of a draft."""
    name, email = row["contact_name"], row["contact_email"]
    return {
        "id": str(row["id"]),
        "number": row["number"],
        "version": row["version"],
        "status": row["status"],
        "campaign": row["campaign"],
        "account": row["account"],
        "account_id": str(row["account_id"]),
        "contact": f"{name} <{email}>" if name else email,
        "contact_id": str(row["contact_id"]),
        "contact_email": email,
        "contact_title": row["contact_title"],
        "sender": row["sender"]["address"],
        "step": row["step"],
        "subject": row["subject"],
        "text": row["text"],
        "body": row["body"],
        "html": row["html"],
        "findings": row["findings"],
        "claims": row["claims"],
        "reasoning": row["reasoning"],
        "sources": row["sources"],
        "angle": row["angle"],
        "confidence": float(row["confidence"]),
        "writer": row["writer"],
        "note": row["note"],
        "content_hash": row["content_hash"],
        "lineage_id": str(row["lineage_id"]),
        "enrollment_id": str(row["enrollment_id"]),
        "replaces": row["replaces"],
        "replaced_by": row["replaced_by"],
        "decision": row["decision"],
        "decided_by": row["decided_by"],
        "decided_at": row["decided_at"].isoformat() if row["decided_at"] else None,
        "decision_note": row["decision_note"],
        "created_at": row["created_at"].isoformat(),
    }
