"""The suppression list as a page: why, since when, told by what; the person where one is known.

In: the open transaction. Out: typed lines, newest first. Never: an address, a way to list them.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from outrider.kernel.database.tx import Tx

_LINES = (
    "select s.id, s.reason, s.source, s.created_at, c.first_name, c.last_name, c.account_id,"
    " a.name as account from outrider.suppressions s"
    " left join lateral (select first_name, last_name, account_id from outrider.contacts"
    "  where address_hash = s.address_hash limit 1) c on true"
    " left join outrider.accounts a on a.id = c.account_id"
    " where (cast(:after as uuid) is null or s.id < cast(:after as uuid))"
    " and (cast(:hash as text) is null or s.address_hash = cast(:hash as text))"
    " order by s.id desc limit :limit"
)
_COUNT = "select count(*) as n from (select 1 from outrider.suppressions limit :most) s"
MOST_COUNTED = 10_000


class Frozen(BaseModel):
    """A value that never changes after it is made."""

    model_config = ConfigDict(frozen=True)


class SuppressionLine(Frozen):
    """One address that is never written to again; the address itself is not kept."""

    id: UUID
    reason: str = Field(description="opt_out, complaint, hard_bounce or manual")
    source: str = Field(description="What told us")
    created_at: datetime
    person: str | None = Field(description="Who, while somebody of that address is known")
    account: str | None
    account_id: UUID | None


class SuppressionPage(Frozen):
    """One page of the list, newest first."""

    items: list[SuppressionLine]
    next: UUID | None
    total: int = Field(description="Counted to `most_counted`")
    most_counted: int = MOST_COUNTED


async def page(
    tx: Tx, *, after: UUID | None = None, address_hash: str | None = None, limit: int = 50
) -> SuppressionPage:
    """One page; with a hash only the line of that address."""
    rows = await tx.rows(_LINES, {"after": after, "hash": address_hash, "limit": limit + 1})
    counted = await tx.row(_COUNT, {"most": MOST_COUNTED})
    lines = [
        SuppressionLine(
            id=row["id"],
            reason=row["reason"],
            source=row["source"],
            created_at=row["created_at"],
            person=" ".join(x for x in (row["first_name"], row["last_name"]) if x) or None,
            account=row["account"],
            account_id=row["account_id"],
        )
        for row in rows[:limit]
    ]
    more = lines[-1].id if len(rows) > limit else None
    return SuppressionPage(items=lines, next=more, total=counted["n"] if counted else 0)
