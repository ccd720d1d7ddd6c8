"""What came back, for other rooms and for people.

In: the open transaction. Out: threads, turns, the health of our addresses. Never: a change.
"""

from __future__ import annotations

from datetime import datetime

from outrider.conversations import rules, store
from outrider.conversations.types import BounceHealth, Thread, ThreadId, Turn, TurnId
from outrider.kernel.database.tx import Tx
from outrider.sending import find
from outrider.sending.health.rules import WINDOW
from outrider.sending.types import OutboxStatus

MOST_SENDS = 5_000
"""Sends that the bounce check looks at; above that, the newest ones tell enough."""


async def threads(tx: Tx, limit: int = 100) -> list[Thread]:
    """Threads, the one with the newest turn first."""
    return await store.threads(tx, limit)


async def turns(tx: Tx, thread_id: ThreadId) -> list[Turn]:
    """The turns of a thread, oldest first."""
    return await store.turns(tx, thread_id)


async def received_since(
    tx: Tx, after: TurnId | None, limit: int = 500
) -> list[tuple[Turn, Thread]]:
    """What people wrote, with its thread, in the order in which it was kept, after one turn."""
    return await store.received_since(tx, after, limit)


async def unattributed(tx: Tx, since: datetime, limit: int = 100) -> list[Turn]:
    """Received mails that answer nothing of ours as far as we know, newest first."""
    return await store.unattributed(tx, since, limit)


async def bounce_health(tx: Tx) -> BounceHealth:
    """Whether our mails arrive, over the last seven days and the last twenty sends."""
    sent = await find.in_state(tx, OutboxStatus.SENT, MOST_SENDS)
    newest = sorted(((i.sent_at, i.id) for i in sent if i.sent_at is not None), reverse=True)
    dead = await store.hard_bounced(tx, [id_ for _, id_ in newest])
    since = tx.now - WINDOW
    return rules.bounce_health([(sent_at >= since, id_ in dead) for sent_at, id_ in newest])
