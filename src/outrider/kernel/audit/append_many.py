"""Append many events to the audit log in one statement, in the caller's transaction.

In: the open transaction and what happened, in order. Out: nothing. Never: another event than `append`
would have written; only the way to the table is shorter.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from outrider.kernel.audit.append import encoded, leaf_of, of_persons
from outrider.kernel.database.tx import About, Tx

_INSERT = (
    "insert into outrider.audit_events"
    " (id, workspace_id, at, actor, action, subject, correlation_id, body, leaf)"
    " select id, :workspace, :now, :actor, action, subject, :correlation, body, decode(leaf, 'hex')"
    " from json_to_recordset(cast(:events as json))"
    " as e(id uuid, action text, subject text, body text, leaf text)"
)

# Noted in the same statement: which events tell of whom.
_INSERT_OF_PERSONS = (
    "with e as (select * from json_to_recordset(cast(:events as json))"
    " as e(id uuid, action text, subject text, body text, leaf text, contact uuid)),"
    " told as (insert into outrider.person_events (workspace_id, id, contact_id)"
    " select :workspace, id, contact from e where contact is not null)"
    " insert into outrider.audit_events"
    " (id, workspace_id, at, actor, action, subject, correlation_id, body, leaf)"
    " select id, :workspace, :now, :actor, action, subject, :correlation, body, decode(leaf, 'hex')"
    " from e"
)


@dataclass(frozen=True, slots=True)
class Happening:
    """One event; its fields mean what they mean in `append.record`."""

    action: str
    subject: str
    body: Mapping[str, Any] = field(default_factory=dict)
    about: About | None = None


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
    ids = [tx.new_id() for _ in happenings]
    told = [
        (id_, one.about)
        for id_, one in zip(ids, happenings, strict=True)
        if one.about and tx.sealing is not None
    ]
    contacts = {id_: str(about.contact) for id_, about in told}
    sealed = dict(zip((id_ for id_, _ in told), await of_persons(tx, told), strict=True))
    rows = []
    for id_, one in zip(ids, happenings, strict=True):
        body = {**one.body, **sealed.get(id_, {})}
        row: dict[str, Any] = {
            "id": str(id_),
            "action": one.action,
            "subject": one.subject,
            "body": encoded(body),
        }
        if told:
            row["contact"] = contacts.get(id_)
        row["leaf"] = leaf_of(row | same).hex()
        rows.append(row)
    values = {
        "workspace": tx.workspace,
        "now": tx.now,
        "actor": same["actor"],
        "correlation": tx.correlation_id,
        "events": json.dumps(rows),
    }
    await tx.rows((_INSERT_OF_PERSONS if told else _INSERT) + " returning 1", values)
