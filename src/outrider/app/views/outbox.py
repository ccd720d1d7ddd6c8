"""The outbox as screens and JSON show it: what became of every single mail.

In: the open transaction. Out: plain dictionaries. Never: a change.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from outrider.kernel.database.tx import Tx
from outrider.sending.types import OutboxItem


async def listing(tx: Tx, *, status: str | None = None, limit: int = 200) -> list[dict[str, Any]]:
    """Mails, newest first; `status` None means every one."""
    rows = await tx.rows(
        "with page as materialized (select * from outrider.outbox o where o.workspace_id = :workspace"
        " and (cast(:status as text) is null or o.status = :status)"
        " order by o.id desc limit :limit)"
        " select o.id, o.message_id, o.status, o.reason, o.step, o.attempts, o.queued_at,"
        " o.not_before, o.sent_at, o.provider_answer, d.number as draft, d.subject,"
        " a.name as account, c.email as contact, m.address as mailbox"
        " from page o join outrider.drafts d on d.id = o.draft_id"
        " join outrider.accounts a on a.id = o.account_id"
        " join outrider.contacts c on c.id = o.contact_id"
        " join outrider.mailboxes m on m.id = o.mailbox_id"
        " order by o.id desc",
        {"workspace": tx.workspace, "status": status, "limit": limit},
    )
    return [_json(dict(row)) for row in rows]


async def is_any_due(tx: Tx) -> bool:
    """Whether an approved draft may be queued, or a queued mail may leave, or one was interrupted."""
    row = await tx.row(
        "select exists (select from outrider.drafts where status = 'approved'"
        "  and (released_at is null or released_at <= :now))"
        " or exists (select from outrider.outbox where status in ('queued','deferred')"
        "  and not_before <= :now)"
        " or exists (select from outrider.outbox where status = 'sending' and lease_until < :now)"
        " as due",
        {"now": tx.now},
    )
    return bool(row and row["due"])


async def addressed(tx: Tx, items: Iterable[OutboxItem]) -> list[dict[str, Any]]:
    """Each mail with the address and the account it goes to, in the order given."""
    items = list(items)
    rows = await tx.rows(
        "select c.id, c.email, a.name as account from outrider.contacts c"
        " join outrider.accounts a on a.id = c.account_id where c.id = any(:ids)",
        {"ids": [item.contact_id for item in items]},
    )
    known = {row["id"]: row for row in rows}
    return [
        {
            **item.model_dump(mode="json"),
            "contact": known[item.contact_id]["email"] if item.contact_id in known else None,
            "account": known[item.contact_id]["account"] if item.contact_id in known else None,
        }
        for item in items
    ]


def _json(row: dict[str, Any]) -> dict[str, Any]:
    instants = {
        key: value.isoformat() if value else None
        for key, value in row.items()
        if key in ("queued_at", "not_before", "sent_at")
    }
    return {**row, **instants, "id": str(row["id"])}
