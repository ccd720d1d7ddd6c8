"""Accounts as screens and JSON show them. In: the open transaction. Out: dictionaries. Never: a change."""

from __future__ import annotations

from typing import Any

from outrider.kernel.database.tx import Tx


async def ranked(tx: Tx, *, limit: int = 50) -> list[dict[str, object]]:
    """Accounts by their newest score; those never scored come last, by name."""
    rows = await tx.rows(
        "select a.id, a.name, a.domain, a.cik, a.industry, a.status, s.points, s.coverage, s.factors,"
        " s.weights_version, s.scored_at,"
        " (select count(*) from outrider.contacts c where c.account_id = a.id) as contacts,"
        " (select count(*) from outrider.facts f where f.account_id = a.id) as facts"
        " from outrider.accounts a left join lateral ("
        "  select * from outrider.scores s where s.account_id = a.id"
        "  order by s.scored_at desc, s.id desc limit 1) s on true"
        " order by s.points desc nulls last, a.name limit :limit",
        {"limit": limit},
    )
    return [_account(rank, dict(row)) for rank, row in enumerate(rows, start=1)]


def _account(rank: int, row: dict[str, Any]) -> dict[str, object]:
    factors = row["factors"] or []
    best = sorted(
        (f for f in factors if f["value"] is not None),
        key=lambda f: float(f["weight"]) * float(f["value"]),
        reverse=True,
    )
    return {
        **row,
        "id": str(row["id"]),
        "rank": rank,
        "points": None if row["points"] is None else round(float(row["points"]), 1),
        "coverage": None if row["coverage"] is None else round(float(row["coverage"]), 2),
        "scored_at": row["scored_at"].isoformat() if row["scored_at"] else None,
        "factors": factors,
        "why": "; ".join(f["reason"] for f in best[:2]),
    }
