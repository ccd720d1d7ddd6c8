"""Which mails Slack shows wrongly or not yet. In: the open transaction. Out: lineages. Never: a change."""

from __future__ import annotations

from uuid import UUID

from outrider.kernel.database.tx import Tx


async def behind(tx: Tx, limit: int = 50) -> list[UUID]:
    """Mails with a pending draft without a card, or a card that shows another status, oldest first."""
    rows = await tx.rows(
        "select d.lineage_id from outrider.drafts d"
        " left join outrider.slack_posts p on p.draft_id = d.id and p.part = 0"
        " where (d.status = 'pending' and p.ts is null)"
        " or (p.ts is not null and p.shown is distinct from d.status)"
        " or (p.id is not null and p.ts is null and p.may_be_there)"
        " group by d.lineage_id order by min(d.number) limit :limit",
        {"limit": limit},
    )
    return [row["lineage_id"] for row in rows]
