"""Who the mails of the outbox go to. In: the open transaction. Out: dictionaries. Never: a change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from outrider.kernel.database.tx import Tx
from outrider.sending.types import OutboxItem


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
