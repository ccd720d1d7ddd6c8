"""Figures of one workspace for a monitor: what waits, for how long, what is halted, what it cost.

In: the open transaction. Out: counts and seconds. Never: a person, an address or a text; the finest
grain is a mailbox's id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from outrider.kernel.database.tx import Row, Tx
from outrider.sending import mailboxes
from outrider.sending.health import bands


@dataclass(frozen=True)
class Measured:
    """One figure and the labels that it has."""

    name: str
    labels: tuple[tuple[str, str], ...]
    value: float


_OVER_ALL = {
    "drafts": "select status, count(*) as n from outrider.drafts where not is_seed group by status",
    "outbox": "select status, count(*) as n from outrider.outbox group by status",
    "agent_runs": "select agent_name as agent, status, count(*) as n from outrider.agent_runs"
    " group by agent_name, status",
}
_NOW = {
    "switches_on": "select scope, count(*) as n from outrider.switches where is_on group by scope",
}
"""Per figure, the query whose columns are its labels and the count."""

_SECONDS = {
    # The first of an index, as its order is that of time; a minimum would read all that waits.
    "oldest_pending_draft_seconds": "select created_at as since from outrider.drafts"
    " where workspace_id = :workspace and status = 'pending' and not is_seed order by number limit 1",
    "review_overdue_seconds": "select min(due_at) as since from outrider.reviews"
    " where closed_at is null and timed_out_at is null and due_at < :now",
    "oldest_due_mail_seconds": "select min(not_before) as since from outrider.outbox"
    " where status = 'queued' and not_before < :now",
    "oldest_unknown_mail_seconds": "select min(claimed_at) as since from outrider.outbox"
    " where status = 'unknown'",
    "audit_seal_lag_seconds": "select e.at as since from outrider.audit_events e"
    " where (e.xid, e.id) > (select coalesce(max(last_xid), 0),"
    "  coalesce((select last_event_id from outrider.audit_seals order by size desc limit 1),"
    "  '00000000-0000-0000-0000-000000000000'::uuid) from outrider.audit_seals)"
    " and not exists (select from outrider.audit_leaves l where l.event_id = e.id)"
    " order by e.xid, e.id limit 1",
}
"""Per figure, the instant since when something waits; nothing waits: 0."""


async def measured(tx: Tx) -> list[Measured]:
    """What waits and what is halted at this instant; each by index, however much there is."""
    found = [_counted(name, row) for name, query in _NOW.items() for row in await tx.rows(query)]
    for name, query in _SECONDS.items():
        row = await tx.row(query, {"now": tx.now, "workspace": tx.workspace})
        since = row["since"] if row else None
        waited = max((tx.now - since).total_seconds(), 0.0) if since else 0.0
        found.append(Measured(name, (), waited))
    return [*found, *await _health(tx)]


async def counted(tx: Tx) -> list[Measured]:
    """Counts over everything there is, which read it all."""
    found: list[Measured] = []
    for name, query in _OVER_ALL.items():
        found += [_counted(name, row) for row in await tx.rows(query)]
    cost = await tx.row("select coalesce(sum(cost), 0) as usd from outrider.agent_steps")
    return [*found, Measured("agent_cost_usd", (), float(cost["usd"]) if cost else 0.0)]


def _counted(name: str, row: Row) -> Measured:
    labels = tuple((key, str(value)) for key, value in row.items() if key != "n")
    return Measured(name, labels, float(row["n"]))


async def _health(tx: Tx) -> Sequence[Measured]:
    """1 for the band that each mailbox is in."""
    ids = [mailbox.id for mailbox in await mailboxes.listing(tx)]
    standings = await bands.standing(tx, ids) if ids else {}
    return [
        Measured("mailbox_band", (("mailbox", str(id_)), ("band", str(standing.band))), 1.0)
        for id_, standing in standings.items()
    ]
