"""What a contact wrote to us last. In: the open transaction. Out: words of a stranger. Never: a change."""

from __future__ import annotations

from uuid import UUID

from outrider.kernel.database.tx import Tx

MOST = 20_000
"""Characters that are looked at."""


async def newest_words(tx: Tx, contact_id: UUID) -> str:
    """The newest mail of this contact in any thread of ours; empty when there is none."""
    row = await tx.row(
        "select left(u.text, :most) as words from outrider.turns u"
        " join outrider.threads t on t.id = u.thread_id"
        " where t.contact_id = :contact and u.direction = 'in'"
        " and u.kind in ('reply', 'opt_out', 'other')"
        " order by u.received_at desc, u.id desc limit 1",
        {"contact": contact_id, "most": MOST},
    )
    return row["words"] if row else ""
