"""What the touches of a person and an account ask of a mail's time (B-17).

In: the one ledger of touches, mails that are planned. Out: waits. Never: a rule of its own; that is
`prospects.touch_rules`, for every channel.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from outrider.kernel.database.tx import Tx
from outrider.prospects import touch
from outrider.prospects.touch_rules import LOOK_BACK_DAYS, STANDARD, TouchPolicy, may_touch
from outrider.prospects.types import AccountId, Channel, ContactId, Direction, Touch
from outrider.sending.pacing import store, windows
from outrider.sending.pacing.types import Entry, Place, Wait, Why

Ledger = dict[AccountId, list[Touch]]


async def ledger(tx: Tx, accounts: Sequence[AccountId]) -> Ledger:
    """The touches of these accounts' people that can still matter; one query."""
    since = tx.now - timedelta(days=LOOK_BACK_DAYS)
    return await touch.of_accounts(tx, list(dict.fromkeys(accounts)), since)


def note_planned(known: Ledger, entries: Iterable[Entry]) -> None:
    """Count mails that have their time as touches, so that colleagues are not planned on top."""
    for entry in entries:
        if entry.account_id in known and entry.contact_id is not None and not entry.has_left:
            known[entry.account_id].append(planned(entry.account_id, entry.contact_id, entry.at))


def planned(account_id: AccountId, contact_id: ContactId, at: datetime) -> Touch:
    """A mail to come, as the touch that it will be."""
    return Touch(
        account_id=account_id,
        contact_id=contact_id,
        channel=Channel.EMAIL,
        direction=Direction.OUT,
        reference="planned",
        at=at,
    )


def wait_for(
    touches: Sequence[Touch],
    contact_id: ContactId,
    place: Place,
    now: datetime,
    policy: TouchPolicy = STANDARD,
) -> Wait | None:
    """Until when a person must be left alone; the business days are those of where they are."""
    if not touches:
        return None
    local = now.astimezone(windows.zone(place.zones[0] if place.zones else "UTC"))
    found = may_touch(touches, contact_id, local, policy, place.country)
    return Wait(found.reason, found.until, Why.TOUCH) if found else None


async def at_the_wire(tx: Tx, known: Ledger) -> None:
    """Count mails that were handed off and have no answer yet: they may arrive any moment."""
    for entry in await store.handed_off(tx, list(known)):
        if entry.account_id is not None and entry.contact_id is not None:
            known[entry.account_id].append(planned(entry.account_id, entry.contact_id, entry.at))
