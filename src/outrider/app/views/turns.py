"""What came back, as screens and JSON show it. In: the open transaction. Out: dictionaries. Never: a change."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from outrider.kernel.database.tx import Tx

_NOWHERE = UUID(int=0)

_EFFECTS = {
    "replied": "the sequence is stopped",
    "opted_out": "suppressed, the sequence is stopped",
    "bounced": "the address is dead, the sequence is stopped",
    "canceled": "the sequence was stopped before",
}


async def newest(tx: Tx) -> UUID:
    """The id of the newest turn; ids ascend with time."""
    row = await tx.row("select id from outrider.turns order by id desc limit 1")
    return row["id"] if row else _NOWHERE


async def since(tx: Tx, after: UUID) -> list[dict[str, object]]:
    """Turns received after this one, with account, contact and what followed."""
    rows = await tx.rows(
        "select u.id, u.kind, u.from_address, u.subject, u.text, u.message_id, u.attributed_by,"
        " u.received_at, a.name as account, c.email as contact, c.status as contact_status,"
        " case when n.status = 'paused' and n.due_at <= :now then 'active' else n.status end"
        " as enrollment, n.stop_reason, n.due_at, o.message_id as answers"
        " from outrider.turns u left join outrider.threads t on t.id = u.thread_id"
        " left join outrider.accounts a on a.id = t.account_id"
        " left join outrider.contacts c on c.id = t.contact_id"
        " left join outrider.enrollments n on n.id = t.enrollment_id"
        " left join outrider.outbox o on o.id = u.outbox_id"
        " where u.id > :after order by u.id",
        {"after": after, "now": tx.now},
    )
    return [_json(dict(row)) for row in rows]


def _json(row: dict[str, Any]) -> dict[str, object]:
    if row["account"] is None:
        effect = "belongs to nothing that we sent"
    elif row["kind"] in ("reply", "opt_out", "bounce"):
        effect = _EFFECTS.get(row["stop_reason"], "noted")
    elif row["kind"] == "auto_reply" and row["enrollment"] == "paused":
        effect = f"away, the sequence waits until {row['due_at']:%Y-%m-%d}"
    else:
        effect = "noted, the sequence goes on"
    return {
        **row,
        "id": str(row["id"]),
        "from": row["from_address"],
        "received_at": row["received_at"].isoformat(),
        "due_at": row["due_at"].isoformat() if row["due_at"] else None,
        "effect": effect,
    }
