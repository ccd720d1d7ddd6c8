"""Who of a campaign was written to, and who answered: for the watch over answers.

In: the open transaction. Out: instants, no person. Never: a change.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from outrider.kernel.database.tx import Tx


async def first_mails(tx: Tx, campaign_id: UUID) -> list[tuple[datetime, datetime | None]]:
    """Each person's first mail and first reply; an opt-out or an automatic answer is none."""
    rows = await tx.rows(
        "select min(o.sent_at) as sent_at, min(t.received_at) as answered_at"
        " from outrider.outbox o left join outrider.turns t on t.outbox_id = o.id"
        " and t.kind = 'reply' and t.direction = 'in'"
        " where o.workspace_id = :workspace and o.campaign_id = :campaign and o.status = 'sent'"
        " group by o.enrollment_id",
        {"workspace": tx.workspace, "campaign": campaign_id},
    )
    return [(row["sent_at"], row["answered_at"]) for row in rows]
