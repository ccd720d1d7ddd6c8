"""Which drafts of a shelf fit what a person typed, however many lie on it.

In: the open transaction, a shelf, words. Out: the drafts' numbers, and how many were read through.
Never: a whole table read: what begins with the words is found by index, and only the drafts at the top
of the shelf are searched for words within words.

Row-level security lets an index answer only through operators that cannot leak a row, which `like` and
text search are not (PostgreSQL, "Row Security Policies"); comparing with the first and the last text
that begin so is one.
"""

from __future__ import annotations

from dataclasses import dataclass

from outrider.app.views.inbox_types import Shelf
from outrider.kernel.database.tx import Tx

READ_THROUGH = 5_000
"""Drafts at the top of a shelf that are searched within words as well."""
SHORTEST = 2
"""One letter begins too many names to be looked up: it is only read for."""
MOST_ACCOUNTS = 500
"""Of the decided: mails to more companies than this are only found at the top of the shelf."""
LONGEST = 100
"""Characters by which the indexes know a text."""
LAST = "\U0010ffff"

ASIDE = (
    "(select r.draft_id from outrider.reviews r where r.workspace_id = :workspace"
    " and r.closed_at is null and r.snoozed_until > :now)"
)
"""What was put aside: few, and found by their own index."""
DECIDED = "d.status in ('approved','queued','sent','rejected','expired','withdrawn')"
ON = {
    Shelf.WAITING: f"d.status = 'pending' and d.id not in {ASIDE}",
    Shelf.ASIDE: f"d.status = 'pending' and d.id in {ASIDE}",
    Shelf.DECIDED: DECIDED,
}
"""What lies on a shelf, as SQL over `drafts d`."""

_WITHIN = (
    # Name, address and subject stand in the index that the shelf is read by. Companies are looked up one
    # by one: as a join, the planner would read them all.
    "with top as materialized (select d.number, d.account_id, d.campaign_id, d.find_name, d.find_email,"
    " d.find_subject from outrider.drafts d where d.workspace_id = :workspace and {on} and {beyond}"
    " order by d.number {order} limit :read), firms as materialized (select t.account_id as id"
    " from (select distinct account_id from top) t"
    " where (select a.find_1 from outrider.accounts a where a.id = t.account_id) like :like),"
    " named as materialized (select k.id from outrider.campaigns k where k.name ilike :like)"
    " select array(select w.number from top w where w.find_subject like :like"
    "  or w.find_name like :like or w.find_email like :like"
    "  or w.campaign_id in (select id from named) or w.account_id in (select id from firms)"
    "  order by w.number {order} limit :limit) as numbers, array(select id from named) as campaigns,"
    " exists (select from outrider.drafts d where d.workspace_id = :workspace and {on} offset :read)"
    " as is_longer"
)
_BEGINS = (
    "select d.number from outrider.drafts d where d.workspace_id = :workspace and {on} and {beyond}"
    " and d.{column} >= :first and d.{column} < :last"
)
COMPANIES = (
    "select a.id from outrider.accounts a where a.workspace_id = :workspace and a.find_1 >= :first"
    " and a.find_1 < :last"
    " union select a.id from outrider.accounts a where a.workspace_id = :workspace"
    " and a.find_2 >= :first and a.find_2 < :last and a.find_2 <> ''"
    " union select a.id from outrider.accounts a where a.workspace_id = :workspace"
    " and a.find_3 >= :first and a.find_3 < :last and a.find_3 <> ''"
)
"""Companies whose name has the words at its beginning, or from its second or third word on."""
_OF_COMPANIES = (
    "select d.number from outrider.drafts d where d.workspace_id = :workspace and {on} and {beyond}"
    " and d.account_id in ({companies})"
)
_OF_CAMPAIGNS = (
    # One after the other: of several at once the planner would read the whole shelf in its order.
    "select x.number from unnest(cast(:campaigns as uuid[])) k, lateral (select d.number"
    " from outrider.drafts d where d.workspace_id = :workspace and {on} and {beyond}"
    " and d.campaign_id = k order by d.number {order} limit :limit) x"
)
_COLUMNS = {
    Shelf.DECIDED: ("find_last", "find_email"),
    Shelf.WAITING: ("find_name", "find_last", "find_email", "find_subject"),
    Shelf.ASIDE: ("find_name", "find_last", "find_email", "find_subject"),
}


_IN_ORDER = "{0} order by number {order} limit :limit"


@dataclass(frozen=True)
class Found:
    """Numbers in the order of the shelf."""

    numbers: list[int]
    read: int | None
    """Only so many drafts were searched within words; None: all that lie there."""


async def found(tx: Tx, shelf: Shelf, words: str, after: int | None, limit: int) -> Found:
    """The drafts of a shelf that fit; the page begins after a number."""
    plain = " ".join(words.split())
    asked = {
        "workspace": tx.workspace,
        "now": tx.now,
        "after": after,
        "limit": limit,
        "read": READ_THROUGH,
        "like": like(plain.lower()),
        "first": plain.lower()[:LONGEST],
        "last": plain.lower()[:LONGEST] + LAST,
    }
    here = {"on": ON[shelf], "beyond": beyond(shelf, after), "order": order(shelf)}
    top = await tx.row(_WITHIN.format(**here), asked)
    assert top is not None
    read = READ_THROUGH if top["is_longer"] else None
    if len(top["numbers"]) == limit or len(plain) < SHORTEST:
        # What is found so often is found at the top, and nothing further down comes before it.
        return Found(top["numbers"], read)
    asked["campaigns"] = top["campaigns"]
    parts = [_BEGINS.replace("{column}", column) for column in _COLUMNS[shelf]]
    parts += await _of_companies(tx, shelf, asked)
    rows = await tx.rows(_IN_ORDER.format(" union ".join(parts), **here).format(**here), asked)
    numbers = {*top["numbers"], *(row["number"] for row in rows)}
    return Found(sorted(numbers, reverse=shelf is Shelf.DECIDED)[:limit], read)


async def _of_companies(tx: Tx, shelf: Shelf, asked: dict[str, object]) -> list[str]:
    """The queries by company and campaign; of the decided only by companies that few have written to."""
    if shelf is not Shelf.DECIDED:
        of_campaigns = [_OF_CAMPAIGNS] if asked["campaigns"] else []
        return [_OF_COMPANIES.replace("{companies}", COMPANIES), *of_campaigns]
    rows = await tx.rows(f"{COMPANIES} limit :many", asked | {"many": MOST_ACCOUNTS + 1})
    asked["companies"] = [row["id"] for row in rows]
    if len(rows) > MOST_ACCOUNTS:
        return []
    return [_OF_COMPANIES.replace("{companies}", "select unnest(cast(:companies as uuid[]))")]


def order(shelf: Shelf) -> str:
    """What is decided stands newest first, everything else oldest first."""
    return "desc" if shelf is Shelf.DECIDED else "asc"


def beyond(shelf: Shelf, after: int | None) -> str:
    """What lies after the last number seen, as SQL over `drafts d`."""
    if after is None:
        return "true"
    return "d.number < :after" if shelf is Shelf.DECIDED else "d.number > :after"


def like(words: str) -> str:
    """The words as a pattern that is found anywhere."""
    plain = words.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{plain}%"
