"""The ranking of accounts, page by page. In: the open transaction, a filter. Out: lines. Never: a change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from outrider.app.views.prospect_types import ProspectLine, ProspectPage
from outrider.kernel.database.tx import Tx
from outrider.prospects.types import AccountStatus

_RANKED = (
    "select a.id, a.name, a.domain, a.industry, a.status, s.points, s.coverage, s.factors,"
    " -coalesce(s.points, -1) as place"
    " from outrider.accounts a left join lateral ("
    "  select points, coverage, factors from outrider.scores s where s.account_id = a.id"
    "  order by s.scored_at desc, s.id desc limit 1) s on true"
)
_FITS = (
    "(cast(:status as text) is null or a.status = :status)"
    " and (cast(:q as text) is null or a.name ilike :q or a.domain ilike :q)"
)
_PAGE = (
    f"with ranked as ({_RANKED} where {_FITS}),"
    f" seen as (select place, name, id from ({_RANKED} where a.id = :after) last),"
    " page as (select * from ranked r where cast(:after as uuid) is null"
    "  or (r.place, r.name, r.id) > (select place, name, id from seen)"
    "  order by r.place, r.name, r.id limit :limit)"
    " select p.*,"
    " (select count(*) from outrider.contacts c where c.account_id = p.id) as contacts,"
    " (select count(*) from outrider.contacts c where c.account_id = p.id"
    "  and c.status in ('opted_out', 'invalid')) as closed,"
    " (select count(*) from outrider.facts f where f.account_id = p.id) as facts,"
    " (select max(t.at) from outrider.touches t where t.account_id = p.id) as last_touch_at"
    " from page p order by p.place, p.name, p.id"
)
_COUNT = (
    f"select count(*) as n from (select 1 from outrider.accounts a where {_FITS} limit :most) x"
)
MOST_COUNTED = 10_000
"""Counting on would take longer than the page, and nobody reads so many."""


async def page(
    tx: Tx,
    *,
    status: AccountStatus | None = None,
    search: str | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> ProspectPage:
    """Accounts by their newest score, those never scored last; `after` is the last account seen."""
    fits = {"status": status and str(status), "q": _like(search)}
    rows = await tx.rows(_PAGE, {**fits, "after": after, "limit": limit + 1})
    counted = await tx.row(_COUNT, {**fits, "most": MOST_COUNTED})
    items = [_line(row) for row in rows[:limit]]
    return ProspectPage(
        items=items,
        next=items[-1].id if len(rows) > limit else None,
        total=counted["n"] if counted else 0,
        most_counted=MOST_COUNTED,
    )


def _like(search: str | None) -> str | None:
    if search is None or not search.strip():
        return None
    plain = search.strip().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{plain}%"


def _line(row: Mapping[str, Any]) -> ProspectLine:
    given = [factor for factor in row["factors"] or [] if factor["value"] is not None]
    best = sorted(given, key=lambda one: -float(one["weight"]) * float(one["value"]))
    return ProspectLine(
        **{name: row[name] for name in ("id", "name", "domain", "industry", "status")},
        points=None if row["points"] is None else round(float(row["points"]), 1),
        coverage=None if row["coverage"] is None else round(float(row["coverage"]), 2),
        why="; ".join(factor["reason"] for factor in best[:2]),
        contacts=row["contacts"],
        closed=row["closed"],
        facts=row["facts"],
        last_touch_at=row["last_touch_at"],
    )
