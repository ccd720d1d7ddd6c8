"""Who opened which draft, and how long it was read before it was approved.

In: the open transaction, a draft, a person, a door. Out: a look; the time from it to the decision.
Never: a refusal. A quick approval is counted and shown to the leads, not stopped.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from outrider.drafts.review import store_people
from outrider.drafts.review.types import Guard
from outrider.kernel.database.tx import Tx
from outrider.kernel.ids import PersonId

DOORS = ("cli", "web", "slack")

PRESENT = timedelta(seconds=90)
"""So long after a look somebody counts as there: an open screen looks three times a minute, and a look
is noted once a minute."""


async def look(tx: Tx, draft_id: UUID, person_id: PersonId, door: str) -> None:
    """Note that a person opened this draft at one of `DOORS`."""
    assert door in DOORS, door
    await store_people.add_look(tx, draft_id, person_id, door)


async def looking(tx: Tx, draft_id: UUID, person_id: PersonId) -> list[str]:
    """Names of the others who have this draft open now, the latest first."""
    return await store_people.lookers(tx, draft_id, person_id, tx.now - PRESENT)


async def shown(tx: Tx, draft_id: UUID, person_id: PersonId, door: str, since: datetime) -> None:
    """Note that a draft stood open before a person who now acts on it, and since when.

    A card in a channel is opened by nobody: it is there. The person cannot have read it before it was
    posted, and no one can tell when they did, so the time from there is the most that it can have been.
    """
    assert door in DOORS, door
    await store_people.add_shown(tx, draft_id, person_id, door, min(since, tx.now))


def dwell(first_look: datetime | None, now: datetime) -> Decimal | None:
    """Seconds from the first look to now; None when the person never opened it."""
    if first_look is None:
        return None
    return Decimal(str(max((now - first_look).total_seconds(), 0))).quantize(Decimal("0.001"))


def is_quick(seconds: Decimal | None, guard: Guard) -> bool:
    """Whether an approval came too soon for the mail to have been read; unopened is unread."""
    return seconds is None or seconds < Decimal(str(guard.least_dwell.total_seconds()))
