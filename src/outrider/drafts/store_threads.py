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

    Every campaign counts: for the reader it is one sender. The enrollments are gathered first, so
    that the index of drafts by enrollment and step serves the search.
    """
    rows = await tx.rows(
        "select body from outrider.drafts where enrollment_id = any(array("
        "select id from outrider.enrollments where contact_id = :contact))"
        " and status in ('approved','queued','sent') and not is_seed"
        " and (cast(:besides as uuid) is null or lineage_id <> :besides)"
        " order by id desc limit :most",
        {"contact": contact_id, "besides": besides, "most": MOST_EARLIER},
    )
    return tuple(str(row["body"]) for row in rows)
