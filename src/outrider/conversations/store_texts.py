"""The SQL of answers by text message.

In: the open transaction. Out: the room's types. Never: a commit, a phone number kept.
"""

from __future__ import annotations

from outrider.conversations.text_rules import TextKind
from outrider.conversations.text_types import InboundText
from outrider.kernel.database.tx import Tx
from outrider.prospects.types import ContactId


async def add(tx: Tx, text: InboundText, kind: TextKind, contact_id: ContactId | None) -> bool:
    """Keep an answer; False when it is known already."""
    result = await tx.run(
        "insert into text_answers (workspace_id, id, provider_id, contact_id, kind, text,"
        " received_at) values (:workspace, :id, :provider_id, :contact, :kind, :text, :now)"
        " on conflict (workspace_id, provider_id) do nothing",
        {
            "workspace": tx.workspace,
            "id": tx.new_id(),
            "provider_id": text.provider_id,
            "contact": contact_id,
            "kind": str(kind),
            "text": text.text,
            "now": tx.now,
        },
    )
    return result.rowcount == 1
