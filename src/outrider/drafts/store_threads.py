"""The SQL of what a contact was sent before.

In: the open transaction, a contact, a sequence. Out: bodies. Never: a row, a mail that nobody approved.
"""

from __future__ import annotations

from uuid import UUID

from outrider.kernel.database.tx import Tx

MOST_EARLIER = 10
"""A sequence has fewer steps; older mails are far away for the reader."""


async def earlier_bodies(tx: Tx, contact_id: UUID, besides: UUID | None) -> tuple[str, ...]:
    """Bodies of the mails on their way or sent to a contact, newest first, without one lineage.

    Every campaign counts: for the reader it is one sender. The search goes from campaign to
    enrollment to draft, because each of these steps has an index.
    """
    rows = await tx.rows(
        "select d.body from outrider.campaigns c"
        " join outrider.enrollments e on e.workspace_id = c.workspace_id and e.campaign_id = c.id"
        " and e.contact_id = :contact"
        " join outrider.drafts d on d.workspace_id = e.workspace_id and d.enrollment_id = e.id"
        " and d.status in ('approved','queued','sent')"
        " where cast(:besides as uuid) is null or d.lineage_id <> :besides"
        " order by d.id desc limit :most",
        {"contact": contact_id, "besides": besides, "most": MOST_EARLIER},
    )
    return tuple(str(row["body"]) for row in rows)
