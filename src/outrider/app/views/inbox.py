"""The list of the inbox: what a row shows and nothing more, so that it stays quick.

In: the open transaction, a shelf, a search. Out: a page of lines. Never: a change, a whole mail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outrider.app.views.inbox_search import ON, beyond, found, order
from outrider.app.views.inbox_types import Line, Page, Shelf
from outrider.drafts.types import DraftStatus
from outrider.kernel.database.tx import Tx

_LINE = (
    "select d.id, d.number, d.lineage_id, d.version, d.status, d.subject, left(d.body, 400) as body,"
    " d.step, d.findings, d.created_at, a.name as account, c.title,"
    " coalesce(nullif(trim(c.first_name || ' ' || c.last_name), ''), c.email) as contact,"
    " k.name as campaign, r.risk, r.action, r.assigned, r.due_at, r.snoozed_until,"
    " x.kind as decision, x.decided_at, p.name as person, x.by as decision_by,"
    " (select min(n.number) from outrider.drafts n where n.lineage_id = d.lineage_id) as origin,"
    " (select s.scores from outrider.draft_scores s where s.draft_id = d.id"
    "  order by s.scored_at desc limit 1) as scores"
    " from page join outrider.drafts d on d.id = page.id"
    " join outrider.accounts a on a.id = d.account_id"
    " join outrider.contacts c on c.id = d.contact_id"
    " join outrider.campaigns k on k.id = d.campaign_id"
    " left join outrider.reviews r on r.draft_id = d.id"
    " left join outrider.decisions x on x.draft_id = d.id"
    " left join outrider.people p on p.id = x.person_id"
)
_PAGE = (
    # Which drafts, before anything is joined to them: a join that comes first reads the whole shelf.
    "with page as materialized (select d.id from outrider.drafts d where d.workspace_id = :workspace"
    f" and {{where}} order by d.number {{order}} limit :limit) {_LINE} order by d.number {{order}}"
)
_COUNTS = (
    "select (select count(*) from (select 1 from outrider.drafts d"
    f"  where d.workspace_id = :workspace and {ON[Shelf.WAITING]} limit :most) w) as waiting,"
    f" (select count(*) from (select 1 from outrider.drafts d"
    f"  where d.workspace_id = :workspace and {ON[Shelf.ASIDE]} limit :most) a) as aside"
)
_NOBODY = {"policy": "the policy", "timeout": "the time limit"}
OPENING = 140
"""Characters of the body that a row shows at most."""
MOST_COUNTED = 1000
"""Nobody needs to know how many more wait, and counting them all takes longer than the page."""


async def page(
    tx: Tx, shelf: Shelf, *, search: str | None = None, after: int | None = None, limit: int = 100
) -> Page:
    """One page: what waits oldest first, what is decided newest first; `after` is the last number seen."""
    asked = {"workspace": tx.workspace, "now": tx.now, "after": after, "limit": limit + 1}
    read = None
    if search is None or not search.strip():
        where = f"{ON[shelf]} and {beyond(shelf, after)}"
    else:
        fits = await found(tx, shelf, search, after, limit + 1)
        where, read = "d.number = any(cast(:numbers as bigint[]))", fits.read
        asked["numbers"] = fits.numbers
    rows = await tx.rows(_PAGE.format(where=where, order=order(shelf)), asked)
    counts = await tx.row(_COUNTS, asked | {"most": MOST_COUNTED})
    assert counts is not None
    return Page(
        items=[_line(row) for row in rows[:limit]],
        waiting=counts["waiting"],
        aside=counts["aside"],
        more=len(rows) > limit,
        read=read,
        now=tx.now,
    )


def _line(row: Mapping[str, Any]) -> Line:
    severities = [finding["severity"] for finding in row["findings"]]
    opening = " ".join(_without_greeting(row["body"]).split())
    return Line(
        number=row["number"],
        id=str(row["id"]),
        lineage_id=str(row["lineage_id"]),
        origin=row["origin"],
        version=row["version"],
        status=row["status"],
        account=row["account"],
        contact=row["contact"],
        title=row["title"] or "",
        subject=row["subject"],
        opening=opening[:OPENING],
        campaign=row["campaign"],
        step=row["step"],
        warns=severities.count("warn"),
        blocks=severities.count("block"),
        risk=row["risk"],
        action=row["action"],
        score=_mean(row["scores"]),
        assigned=row["assigned"],
        due_at=row["due_at"] if row["status"] == DraftStatus.PENDING else None,
        snoozed_until=row["snoozed_until"],
        created_at=row["created_at"],
        decision=row["decision"],
        decided_by=row["person"] or _NOBODY.get(row["decision_by"] or ""),
        decided_at=row["decided_at"],
    )


def _without_greeting(body: str) -> str:
    """The body from its first paragraph on: every mail greets, so the greeting tells rows apart least."""
    greeting, _, rest = body.partition("\n")
    return rest if rest.strip() and len(greeting) < 60 else body


def _mean(scores: Mapping[str, Any] | None) -> float | None:
    if not scores:
        return None
    given = [float(one["score"]) for one in scores.values()]
    return round(sum(given) / len(given), 1)
