"""The SQL of variants: other mails for a pending draft.

In: the open transaction. Out: `Variant`. Never: a row, a commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from outrider.drafts.review import tables
from outrider.drafts.types import Variant
from outrider.kernel.database.tx import Tx

_VARIANTS = (
    "select draft_id, number, mail, findings, writer, cost_usd, is_chosen, created_at"
    " from outrider.draft_variants"
)


async def add(tx: Tx, variant: Variant) -> None:
    """Insert a variant; its draft is locked, so that its number is free."""
    values = {
        "workspace_id": tx.workspace,
        "id": tx.new_id(),
        **variant.model_dump(exclude={"mail", "findings"}),
        **variant.model_dump(mode="json", include={"mail", "findings"}),
    }
    await tx.run(insert(tables.draft_variants).values(values))


async def of_draft(tx: Tx, draft_id: UUID) -> list[Variant]:
    """The variants of one draft, in the order of their numbers."""
    rows = await tx.rows(f"{_VARIANTS} where draft_id = :id order by number", {"id": draft_id})
    return [_variant(row) for row in rows]


async def choose(tx: Tx, draft_id: UUID, number: int) -> None:
    """Mark the variant that became the next version."""
    await tx.run(
        "update outrider.draft_variants set is_chosen = true"
        " where draft_id = :id and number = :number",
        {"id": draft_id, "number": number},
    )


def _variant(row: Mapping[str, Any]) -> Variant:
    return Variant.model_validate({name: row[name] for name in Variant.model_fields})
