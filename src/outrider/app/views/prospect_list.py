"""The ranking of accounts, page by page. In: the open transaction, a filter. Out: lines. Never: a change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from outrider.app.views.inbox_search import LAST, LONGEST
from outrider.app.views.prospect_types import ProspectLine, ProspectPage
from outrider.kernel.database.tx import Tx
from outrider.prospects.types import AccountStatus

_HERE = "a.workspace_id = :workspace and a.status = any(cast(:statuses as text[]))"
_BEGINS = {
    "find_1": "a.find_1 >= :first and a.find_1 < :last",
    "find_2": "a.find_2 >= :first and a.find_2 < :last and a.find_2 <> ''",
    "find_3": "a.find_3 >= :first and a.find_3 < :last and a.find_3 <> ''",
    "find_domain": "a.find_domain >= :first and a.find_domain < :last",
}
_FITS_FEW = "a.id in ({})".format(
    " union ".join(
        f"(select a.id from outrider.accounts a where a.workspace_id = :workspace and {begins}"
        " limit :most)"
        for begins in _BEGINS.values()
    )
)
"""Found by their words, then ranked."""
_FITS_MANY = f"({' or '.join(f'({begins})' for begins in _BEGINS.values())})"
"""Found along the ranking: so many fit that the first page is soon full."""
_BEYOND = "(a.place, a.find_1, a.id) > (:place, :find_1, :after)"
_SEEN = "select place, find_1 from outrider.accounts where id = :after"
_LINES = (
    "select a.id, a.name, a.domain, a.industry, a.status, a.points, a.place, a.find_1"
    " from outrider.accounts a where {where} order by a.place, a.find_1, a.id limit :limit"
)
_BY_STATUS = (
    # Each status has its own ranking in an index; the best of each hold the best of all.
    "select one.* from unnest(cast(:statuses as text[])) x(status) cross join lateral ("
    + _LINES.replace("{where}", "a.workspace_id = :workspace and a.status = x.status and {where}")
    + ") one order by one.place, one.find_1, one.id limit :limit"
)
_PAGE = (
    "with page as materialized ({page})"
    " select p.*, s.coverage, s.factors,"
    " (select count(*) from outrider.contacts c where c.account_id = p.id) as contacts,"
    " (select count(*) from outrider.contacts c where c.account_id = p.id"
    "  and c.status in ('opted_out', 'invalid')) as closed,"
    " (select count(*) from outrider.facts f where f.account_id = p.id) as facts,"
    " (select max(t.at) from outrider.touches t where t.workspace_id = :workspace"
    "  and t.account_id = p.id) as last_touch_at"
    " from page p left join lateral (select coverage, factors from outrider.scores s"
    "  where s.workspace_id = :workspace and s.account_id = p.id"
    "  order by s.scored_at desc, s.id desc limit 1) s on true"
    " order by p.place, p.find_1, p.id"
)
_COUNT = "select count(*) as n from (select 1 from outrider.accounts a where {where} limit :most) x"
MOST_COUNTED = 10_000
"""Counting on would take longer than the page, and nobody reads so many."""
MOST_FOUND = 2_000
"""The same for a search; with more, the first page is sooner found along the ranking."""


async def page(
    tx: Tx,
    *,
    status: AccountStatus | None = None,
    search: str | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> ProspectPage:
    """Accounts by their newest score, those never scored last; `after` is the last account seen."""
    words = " ".join((search or "").split()).lower()[:LONGEST]
    most = MOST_FOUND if words else MOST_COUNTED
    asked: dict[str, object] = {
        "workspace": tx.workspace,
        "statuses": [str(one) for one in ([status] if status else AccountStatus)],
        "first": words,
        "last": words + LAST,
        "limit": limit + 1,
        "most": most,
    }
    counted = await tx.row(
        _COUNT.format(where=f"{_HERE} and {_FITS_FEW}" if words else _HERE), asked
    )
    total = counted["n"] if counted else 0
    beyond = "true"
    if after is not None:
        seen = await tx.row(_SEEN, {"after": after})
        beyond = _BEYOND if seen else "false"
        asked |= {"after": after, **(seen or {})}
    if words and total < most:
        lines = _LINES.format(where=f"{_HERE} and {_FITS_FEW} and {beyond}")
    else:
        lines = _BY_STATUS.format(where=f"{_FITS_MANY if words else 'true'} and {beyond}")
    rows = await tx.rows(_PAGE.format(page=lines), asked)
    items = [_line(row) for row in rows[:limit]]
    return ProspectPage(
        items=items,
        next=items[-1].id if len(rows) > limit else None,
        total=total,
        most_counted=most,
    )


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
