"""One ledger of every touch of a person, by anyone: mails, calls, messages, CRM activities.

In: touches. Out: the same, by person or account; pacing is decided from it. Never: a touch twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from outrider.kernel.database.tx import Tx
from outrider.prospects import store
from outrider.prospects.types import AccountId, ContactId, Touch

_EVER = datetime(1, 1, 1, tzinfo=UTC)


async def record(tx: Tx, touches: Sequence[Touch]) -> int:
    """Note touches; one that is known by its channel and reference is left as it is.

    Returns:
        How many are new.
    """
    return await store.add_touches(tx, touches)


async def of_contact(tx: Tx, contact_id: ContactId, since: datetime | None = None) -> list[Touch]:
    """The touches of one person since an instant, oldest first."""
    return await store.touches(tx, since or _EVER, contact_ids=[contact_id])


async def of_contacts(
    tx: Tx, contact_ids: Sequence[ContactId], since: datetime | None = None
) -> dict[ContactId, list[Touch]]:
    """The touches of several people since an instant, oldest first; one query."""
    found: dict[ContactId, list[Touch]] = {contact_id: [] for contact_id in contact_ids}
    for touch in await store.touches(tx, since or _EVER, contact_ids=contact_ids):
        found[touch.contact_id].append(touch)
    return found


async def of_account(tx: Tx, account_id: AccountId, since: datetime | None = None) -> list[Touch]:
    """The touches of all people of an account since an instant, oldest first."""
    return await store.touches(tx, since or _EVER, account_ids=[account_id])


async def of_accounts(
    tx: Tx, account_ids: Sequence[AccountId], since: datetime | None = None
) -> dict[AccountId, list[Touch]]:
    """The touches of all people of several accounts since an instant, oldest first; one query.

    This is what `touch_rules.may_touch` needs for a batch.
    """
    found: dict[AccountId, list[Touch]] = {account_id: [] for account_id in account_ids}
    if found:
        for touch in await store.touches(tx, since or _EVER, account_ids=list(found)):
            found[touch.account_id].append(touch)
    return found
