"""The SQL of what a contact was sent before.

In: the open transaction, a contact, a sequence. Out: bodies. Never: a row, a mail that nobody approved.
"""

from __future__ import annotations

from uuid import UUID

from outrider.kernel.database.tx import Tx

MOST_EARLIER = 10
"""A sequence has fewer steps; older mails are far away for the reader."""

_EARLIER = (
    "select body from outrider.drafts o where o.enrollment_id = any(array("
    "select id from outrider.enrollments where contact_id = {contact}))"
    " and o.status in ('approved','queued','sent') and not o.is_seed"
    " and (cast({besides} as uuid) is null or o.lineage_id <> {besides})"
    f" order by o.id desc limit {MOST_EARLIER}"
)
EARLIER = f"(select coalesce(json_agg(body), '[]') from ({_EARLIER}) one)"
"""The same as `earlier_bodies` as JSON; `{contact}` and `{besides}` are SQL."""


async def earlier_bodies(tx: Tx, contact_id: UUID, besides: UUID | None) -> tuple[str, ...]:
    """Bodies of the mails on their way or sent to a contact, newest first, without one lineage.

    Every campaign counts: for the reader it is one sender. The enrollments are gathered first, so
    that the index of drafts by enrollment and step serves the search.
    """
    rows = await tx.rows(
        _EARLIER.format(contact=":contact", besides=":besides"),
        {"contact": contact_id, "besides": besides},
    )
    return tuple(str(row["body"]) for row in rows)
