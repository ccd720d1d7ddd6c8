"""One ledger of every touch of a person, by anyone: mails, calls, messages, CRM activities.

In: touches. Out: the same, by person or account; pacing is decided from it. Never: a touch twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from outrider.kernel.audit.append import record as log
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput
from outrider.prospects import store
from outrider.prospects.touch_rules import LOOK_BACK_DAYS
from outrider.prospects.types import AccountId, Channel, Contact, ContactId, Direction, Touch

_EVER = datetime(1, 1, 1, tzinfo=UTC)


async def record(tx: Tx, touches: Sequence[Touch]) -> int:
    """Note touches; one that is known by its channel and reference is left as it is.

    Returns:
        How many are new.
    """
    return await store.add_touches(tx, touches)


async def by_colleague(tx: Tx, contact: Contact, at: datetime, what: str) -> bool:
    """Note that a colleague was in touch with a person, whatever the way; machines keep quiet then.

    Args:
        tx: the open transaction.
        contact: with whom.
        at: when, in UTC.
        what: one word, such as call or meeting; the same on the same instant is one touch.

    Returns:
        Whether it is new.

    Raises:
        InvalidInput: it lies in the future, or so far back that nothing follows from it.
    """
    if at > tx.now:
        raise InvalidInput(
            f"{at:%Y-%m-%d %H:%M} UTC is still to come: note it once it has happened."
        )
    if (tx.now - at).days > LOOK_BACK_DAYS:
        raise InvalidInput(
            f"{at:%Y-%m-%d} is more than {LOOK_BACK_DAYS} days ago, and nothing would follow from it."
        )
    one = Touch(
        account_id=contact.account_id,
        contact_id=contact.id,
        channel=Channel.CRM,
        direction=Direction.OUT,
        reference=f"{what} {at:%Y-%m-%dT%H:%M} {contact.id}",
        at=at,
    )
    is_new = await record(tx, [one]) > 0
    if is_new:
        await log(tx, "prospects.colleague", f"contact:{contact.id}", {"what": what})
    return is_new


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
