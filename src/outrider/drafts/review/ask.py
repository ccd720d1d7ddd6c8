"""One job at a time asks a model of a draft: the second reader, then the judge.

In: the open transaction, a draft. Out: leave to ask, or until when somebody else has it. Never: a wait,
a model call, leave for ever: who dies while a model thinks has it until its lease ends.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from outrider.drafts.review import store_readings
from outrider.kernel.database.tx import Tx

LEASE = timedelta(minutes=5)
"""Longer than models take when the first of them fails; a draft whose job died waits no longer."""


async def begin(tx: Tx, draft_id: UUID) -> UUID | None:
    """Leave to ask once `tx` commits; None while somebody else has it."""
    return await store_readings.take(tx, draft_id, tx.now + LEASE)


async def busy_until(tx: Tx, draft_id: UUID) -> datetime | None:
    """When the lease of whoever asks now ends; None when nobody does."""
    return await store_readings.until(tx, draft_id)


async def end(tx: Tx, leave: UUID) -> None:
    """Give leave back, with what came of it in the same transaction; nothing if somebody took it over."""
    await store_readings.give_back(tx, leave)
