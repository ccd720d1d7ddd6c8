"""How much a mailbox may still send today, counted in the database: a restart forgets nothing.

In: the open transaction and a mailbox. Out: numbers. Never: a counter in memory.
"""

from __future__ import annotations

from outrider.kernel.database.tx import Tx
from outrider.sending import store
from outrider.sending.rules import day_of
from outrider.sending.types import Mailbox


async def used_today(tx: Tx, mailbox: Mailbox) -> int:
    """Mails that left or may have left today (UTC): sent, at the wire, or unknown."""
    start, end = day_of(tx.now)
    return await store.used_between(tx, mailbox.id, start, end)


async def left_today(tx: Tx, mailbox: Mailbox) -> int:
    """Mails that the daily cap still allows, never below zero."""
    return max(mailbox.daily_cap - await used_today(tx, mailbox), 0)
