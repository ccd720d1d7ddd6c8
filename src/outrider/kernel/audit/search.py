"""Search the log: by person, mail, agent, tool, time.

In: the open transaction and what is wanted. Out: events, newest first, a page at a time. Never:
another workspace's event, a change, a text of a mail: the log holds none; what is sealed, opened.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput

MOST = 500
"""Most events of one page."""


@dataclass(frozen=True)
class Wanted:
    """What to look for; a condition that is not given does not narrow the search."""

    subjects: tuple[str, ...] = ()
    """Any of these: `kind:id` of what the event is about."""
    contacts: tuple[UUID, ...] = ()
    """Whatever tells of one of these contacts, or is about one."""
    actor: str | None = None
    """Who did it: `person:<id>`, `agent:<name>`, `job:<name>`, or the kind alone."""
    action: str | None = None
    """`room.verb`, or the room alone."""
    tool: str | None = None
    """The name of a tool that an agent called."""
    correlation_id: str | None = None
    """All that one request or command did."""
    since: datetime | None = None
    until: datetime | None = None
    before: UUID | None = None
    """Only events older than this one: the last of the page before."""
    limit: int = 50


async def search(tx: Tx, wanted: Wanted) -> list[dict[str, Any]]:
    """The events that fit, newest first.

    Returns:
        Per event: `id`, `at`, `actor`, `action`, `subject`, `correlation_id`, `body` (parsed) and
        `leaf_no`, None while the event waits for its seal.

    Raises:
        InvalidInput: `limit` is not between 1 and 500, or the time runs backwards.
    """
    if not 1 <= wanted.limit <= MOST:
        raise InvalidInput(f"The limit is {wanted.limit}; give a number from 1 to {MOST}.")
    where, values = conditions(wanted)
    asked = {**values, "workspace": tx.workspace, "limit": wanted.limit}
    by = None
    if not wanted.subjects and not wanted.contacts:
        by = await _series(tx, wanted)
        asked |= {"actors": [actor for actor, _ in by], "actions": [action for _, action in by]}
    # Ids are UUIDv7, so their order is that of time, and the page is found from an index.
    rows = await tx.rows(_PAGE.format(page=_page(where, wanted, by)), asked)
    return [{**row, "body": json.loads(row["body"])} for row in rows]


_PAGE = (
    "with page as materialized ({page})"
    " select e.id, e.at, e.actor, e.action, e.subject, e.correlation_id, e.body, l.leaf_no"
    " from page join outrider.audit_events e on e.id = page.id"
    " left join outrider.audit_leaves l on l.event_id = e.id order by e.id desc"
)
_NEWEST = "e.workspace_id = :workspace and {where} order by e.id desc limit :limit"


def _page(where: str, wanted: Wanted, by: Sequence[tuple[str, str]] | None) -> str:
    """Which events: the newest of each series that fits, and the newest of those.

    One actor's events of one action stand in an index in the order of time. Asked for a room, a kind
    of actor or a whole workspace at once, the database would read the log, or sort a million events.
    """
    if by is None:
        return f"select e.id from outrider.audit_events e where {_NEWEST.format(where=where)}"
    own = 'e.action collate "C" = x.action collate "C"'
    if wanted.actor:
        own += ' and e.actor collate "C" = x.actor collate "C"'
    inner = _NEWEST.format(where=f"{own} and {where}")
    return (
        "select one.id from unnest(cast(:actors as text[]), cast(:actions as text[])) x(actor, action)"
        f" cross join lateral (select e.id from outrider.audit_events e where {inner}) one"
        " order by one.id desc limit :limit"
    )


async def _series(tx: Tx, wanted: Wanted) -> list[tuple[str, str]]:
    """Each actor and action that fit and that the log has; the actor is empty when none was asked for."""
    if not wanted.actor:
        return [("", action) for action in await _distinct(tx, "action", wanted.action, ".")]
    return [
        (actor, action)
        for actor in await _distinct(tx, "actor", wanted.actor, ":")
        for action in await _distinct(tx, "action", wanted.action, ".", actor)
    ]


async def _distinct(
    tx: Tx, column: str, wanted: str | None, mark: str, actor: str | None = None
) -> list[str]:
    """The values of a column that are `wanted` or begin with it and a mark.

    Each is found by one step along an index, however many events have it.
    """
    own = "e.workspace_id = :workspace" + (' and e.actor collate "C" = :actor' if actor else "")
    following = (
        f'select e.{column} collate "C" as one from outrider.audit_events e where {own}'
        f' and e.{column} collate "C" {{than}} order by e.{column} collate "C" limit 1'
    )
    rows = await tx.rows(
        f"with recursive seen as (({following.format(than='>= :first')}) union all"
        f" select found.one from seen, lateral ({following.format(than='> seen.one')}) found"
        " where cast(:last as text) is null or seen.one < :last)"
        " select one from seen where cast(:last as text) is null or one = :first"
        " or starts_with(one, :kind)",
        {
            "workspace": tx.workspace,
            "actor": actor,
            "first": wanted or "",
            "kind": f"{wanted}{mark}",
            "last": f"{wanted}{mark}\U0010ffff" if wanted else None,
        },
    )
    return [row["one"] for row in rows]


def conditions(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    """The search as SQL over `audit_events e`, with its parameters.

    Raises:
        InvalidInput: the time runs backwards.
    """
    if wanted.since and wanted.until and wanted.since > wanted.until:
        raise InvalidInput(
            f"The search is to go from {wanted.since:%Y-%m-%d %H:%M} to "
            f"{wanted.until:%Y-%m-%d %H:%M}, which is backwards: give the earlier time first."
        )
    given: Sequence[tuple[object, str, dict[str, Any]]] = (
        (wanted.subjects, "e.subject = any(:subjects)", {"subjects": list(wanted.subjects)}),
        (
            wanted.contacts,
            "e.id in (select p.id from outrider.person_events p where p.contact_id = any(:contacts)"
            " union all select s.id from outrider.audit_events s where s.subject = any(:as_subjects))",
            {
                "contacts": list(wanted.contacts),
                "as_subjects": [f"contact:{one}" for one in wanted.contacts],
            },
        ),
        (
            wanted.actor,
            "(e.actor = :actor or e.actor like :actor_kind)",
            {"actor": wanted.actor, "actor_kind": f"{_plain(wanted.actor)}:%"},
        ),
        (
            wanted.action,
            "(e.action = :action or e.action like :room)",
            {"action": wanted.action, "room": f"{_plain(wanted.action)}.%"},
        ),
        (wanted.tool, "e.body::jsonb ->> 'tool_name' = :tool", {"tool": wanted.tool}),
        (
            wanted.correlation_id,
            "e.correlation_id = :correlation_id",
            {"correlation_id": wanted.correlation_id},
        ),
        (
            wanted.since,
            "e.at >= :since and e.id >= :least",
            {"since": wanted.since, "least": _id_at(wanted.since)},
        ),
        (
            wanted.until,
            "e.at <= :until and e.id < :beyond",
            {"until": wanted.until, "beyond": _id_at(wanted.until, 1)},
        ),
        (wanted.before, "e.id < :before", {"before": wanted.before}),
    )
    asked = [(sql, values) for value, sql, values in given if value]
    parameters = {name: value for _, values in asked for name, value in values.items()}
    return " and ".join(["true", *(sql for sql, _ in asked)]), parameters


def _id_at(moment: datetime | None, more: int = 0) -> UUID | None:
    """The first id of an instant's millisecond, or of one so many later (RFC 9562, 5.7)."""
    if moment is None:
        return None
    # No id is older than 1970.
    return UUID(int=max(int(moment.timestamp() * 1000) + more, 0) << 80)


def _plain(words: str | None) -> str:
    """Words without the marks that LIKE reads as wild cards."""
    return "".join("\\" + mark if mark in "\\%_" else mark for mark in words or "")
