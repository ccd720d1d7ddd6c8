"""The SQL that a sender needs of drafts.

In: the open transaction. Out: marks and mails. Never: a row, a change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from outrider.drafts.sendable_types import Mark
from outrider.drafts.types import DecisionId, DraftId, DraftStatus, MailContent
from outrider.kernel.database.tx import Tx

# Postgres gives every version of a row another (xmin, ctid): what was read once and carries the same
# pair later has not been touched, and its words need not be read and hashed again.
_MARK = (
    "d.id, d.status, x.id as decision_id, x.content_hash as approved_hash,"
    " concat_ws(' ', d.xmin, d.ctid, x.xmin, x.ctid) as version"
)
_FROM = (
    " from outrider.drafts d join outrider.decisions x on x.draft_id = d.id"
    " and x.kind = 'approve' where d.id = any(:ids)"
)
_CONTENT = ("recipient", "sender", "subject", "text", "html", "step", "headers")


async def contents(tx: Tx, draft_ids: Sequence[UUID]) -> list[tuple[Mark, MailContent]]:
    """The mails of these drafts with their marks."""
    columns = ", ".join(f"d.{name}" for name in _CONTENT)
    rows = await tx.rows(f"select {_MARK}, {columns}{_FROM}", {"ids": list(draft_ids)})
    return [
        (_mark(row), MailContent.model_validate({name: row[name] for name in _CONTENT}))
        for row in rows
    ]


async def marks(tx: Tx, draft_ids: Sequence[UUID]) -> list[Mark]:
    """The marks alone."""
    rows = await tx.rows(f"select {_MARK}{_FROM}", {"ids": list(draft_ids)})
    return [_mark(row) for row in rows]


def _mark(row: Mapping[str, Any]) -> Mark:
    return Mark(
        draft_id=DraftId(row["id"]),
        status=DraftStatus(row["status"]),
        decision_id=DecisionId(row["decision_id"]),
        approved_hash=row["approved_hash"],
        version=row["version"],
    )
