"""What became of mails, for the rooms downstream.

In: Message-IDs, or the last mail that was seen. Out: outbox items. Never: a change.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import NotFound
from outrider.sending import store
from outrider.sending.types import OutboxId, OutboxItem, OutboxStatus


async def by_message_ids(tx: Tx, message_ids: Sequence[str]) -> dict[str, OutboxItem]:
    """Our mails among these Message-IDs, under the spelling that was asked for.

    A provider may have put a Message-ID of its own in place of ours: that one is known as well.
    """
    spelled = {f"<{asked.strip().strip('<>')}>": asked for asked in message_ids}
    found = await store.by_message_ids(tx, list(spelled))
    return {spelled[message_id]: item for message_id, item in found.items()}


async def by_id(tx: Tx, outbox_id: UUID) -> OutboxItem:
    """One outbox item.

    Raises:
        NotFound: this workspace has no such mail.
    """
    found = await store.item(tx, OutboxId(outbox_id))
    if found is None:
        raise NotFound(f"There is no mail {outbox_id} in this workspace's outbox.")
    return found


async def sent_since(tx: Tx, after: OutboxId | None, limit: int = 500) -> list[OutboxItem]:
    """Sent mails in the order of `(sent_at, id)`, from the one after `after`.

    Two senders may commit in another order than that of their instants: a reader who must miss
    nothing asks again from a little earlier, and is idempotent by outbox id.
    """
    return await store.sent_since(tx, after, limit)


async def in_state(tx: Tx, status: OutboxStatus, limit: int = 500) -> list[OutboxItem]:
    """Mails in one state, newest first; `unknown` are those that wait for a person's word."""
    return await store.with_status(tx, status, limit)
