"""Append many events to the audit log in one statement, in the caller's transaction.

In: the open transaction and what happened, in order. Out: nothing. Never: another event than `append`
would have written; only the way to the table is shorter.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from outrider.kernel.audit.append import leaf_of
from outrider.kernel.database.tx import Tx

_INSERT = (
    "insert into outrider.audit_events"
    " (id, workspace_id, at, actor, action, subject, correlation_id, body, leaf)"
    " select id, :workspace, :now, :actor, action, subject, :correlation, body, decode(leaf, 'hex')"
    " from json_to_recordset(cast(:events as json))"
    " as e(id uuid, action text, subject text, body text, leaf text)"
)


@dataclass(frozen=True, slots=True)
class Happening:
    """One event; its fields mean what they mean in `append.record`."""

    action: str
    subject: str
    body: Mapping[str, Any] = field(default_factory=dict)


async def record_all(tx: Tx, happenings: Sequence[Happening]) -> None:
    """Write these events, or none of them."""
    if not happenings:
        return
    same = {
        "workspace_id": tx.workspace,
        "at": tx.now,
        "actor": str(tx.actor),
        "correlation_id": tx.correlation_id,
    }
    rows = []
    for one in happenings:
        row: dict[str, Any] = {
            "id": str(tx.new_id()),
            "action": one.action,
            "subject": one.subject,
            "body": json.dumps(one.body, sort_keys=True, ensure_ascii=False, default=str),
        }
        row["leaf"] = leaf_of(row | same).hex()
        rows.append(row)
    values = {
        "workspace": tx.workspace,
        "now": tx.now,
        "actor": same["actor"],
        "correlation": tx.correlation_id,
        "events": json.dumps(rows),
    }
    await tx.rows(_INSERT + " returning 1", values)
