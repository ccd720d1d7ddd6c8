"""How much a mailbox may still send today, counted in the database: a restart forgets nothing.

In: the open transaction, a mailbox and how it stands. Out: numbers. Never: a counter in memory.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from outrider.kernel.database.tx import Tx
from outrider.sending import store
from outrider.sending.rules import day_of
from outrider.sending.types import Mailbox

WHOLE = Decimal(1)


def cap_of(mailbox: Mailbox, factor: Decimal = WHOLE) -> int | None:
    """Mails that a mailbox may send in a day (UTC), as far as its health allows.

    None: the mailbox has a pace, which counts by the days of its own zone (`sending.pacing`).
    """
    return None if mailbox.pacing is not None else int(mailbox.daily_cap * min(factor, WHOLE))


async def used_today(tx: Tx, mailbox: Mailbox) -> int:
    """Mails that left or may have left today (UTC): sent, at the wire, or unknown.

    Those of tomorrow count as well: they are there when the clock was set back, and left just now.
    """
    start, end = day_of(tx.now)
    return await store.used_between(tx, mailbox.id, start, end + timedelta(days=1))


async def left_today(tx: Tx, mailbox: Mailbox, factor: Decimal = WHOLE) -> int | None:
    """Mails that the daily cap still allows, never below zero; None: its pace says so."""
    cap = cap_of(mailbox, factor)
    return None if cap is None else max(cap - await used_today(tx, mailbox), 0)
