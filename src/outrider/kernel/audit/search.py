"""Search the log: by person, mail, agent, tool, time.

In: the open transaction and what is wanted. Out: events, newest first, a page at a time. Never:
another workspace's event, a change, or a text of a mail: the log holds none.
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
    # Ids are UUIDv7, so their order is that of time, and the page is found from the primary key.
    rows = await tx.rows(
        "select e.id, e.at, e.actor, e.action, e.subject, e.correlation_id, e.body, l.leaf_no"
        " from outrider.audit_events e left join outrider.audit_leaves l on l.event_id = e.id"
        f" where {where} order by e.id desc limit :limit",
        {**values, "limit": wanted.limit},
    )
    return [{**row, "body": json.loads(row["body"])} for row in rows]


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
        (wanted.since, "e.at >= :since", {"since": wanted.since}),
        (wanted.until, "e.at <= :until", {"until": wanted.until}),
        (wanted.before, "e.id < :before", {"before": wanted.before}),
    )
    asked = [(sql, values) for value, sql, values in given if value]
    parameters = {name: value for _, values in asked for name, value in values.items()}
    return " and ".join(["true", *(sql for sql, _ in asked)]), parameters


def _plain(words: str | None) -> str:
    """Words without the marks that LIKE reads as wild cards."""
    return "".join("\\" + mark if mark in "\\%_" else mark for mark in words or "")
