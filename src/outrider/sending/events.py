"""Providers tell what became of mails: kept once, acted on once, in whatever order they come.

In: verified events (`events_types`). Out: the ledger, and what follows for a person or a mail.
Never: an event twice, a decision by an opened or clicked mail: those are kept and read by nothing.
"""

from __future__ import annotations

from uuid import UUID

from outrider.campaigns.types import StopReason
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import NotFound
from outrider.prospects import read as prospects
from outrider.prospects.identity import Suppressor
from outrider.sending import find, follow, settle
from outrider.sending.bounces.reason import reason_of
from outrider.sending.bounces.types import Reason
from outrider.sending.events_types import DeliveryEvent, DeliveryKind
from outrider.sending.health import bands, notes, store
from outrider.sending.health.reading import is_about_us, trouble_of, without_addresses
from outrider.sending.health.types import Noted, Trouble
from outrider.sending.settle import HandedOff
from outrider.sending.types import Delivery, DeliveryResult, OutboxItem, OutboxStatus

AT_ONCE = 200
_NOT_THE_ADDRESS = frozenset({Reason.CONTENT, Reason.POLICY, Reason.TOO_LARGE, Reason.MAILBOX_FULL})
_LEFT_US = frozenset({DeliveryKind.DELIVERED, DeliveryKind.BOUNCED, DeliveryKind.COMPLAINED})
"""Words that only a mail that was taken can lead to."""


async def note(tx: Tx, suppressor: Suppressor, event: DeliveryEvent) -> bool:
    """Keep one event and do what follows from it; False when it was known.

    An event whose mail is not known is kept and waits for `adopt`: a provider may be faster than
    our own commit.
    """
    item = await _mail_of(tx, event.outbox_id, event.message_id, event.provider_message_id)
    noted = _noted(tx, event, item)
    if not await notes.note_event(tx, noted):
        return False
    if item is not None:
        await _act(tx, suppressor, noted, item, event.recipient)
    return True


async def adopt(tx: Tx, suppressor: Suppressor, limit: int = AT_ONCE) -> int:
    """Look once more for the mails of events that had none; returns how many were found."""
    found = 0
    for orphan in await store.orphans(tx, limit):
        item = await _mail_of(tx, None, orphan.message_id, orphan.provider_message_id)
        if item is None:
            continue
        whole = orphan.model_copy(update={"outbox_id": item.id, "mailbox_id": item.mailbox_id})
        await store.adopt(tx, whole)
        if whole.trouble not in (None, Trouble.OTHER):
            await bands.look(tx, item.mailbox_id)
        await _act(tx, suppressor, whole, item, None)
        found += 1
    return found


async def _mail_of(
    tx: Tx, outbox_id: UUID | None, message_id: str | None, provider_message_id: str | None
) -> OutboxItem | None:
    if outbox_id is not None:
        try:
            return await find.by_id(tx, outbox_id)
        except NotFound:
            return None  # another workspace's label, or a rehearsal's: nothing of it is ours
    if message_id:
        by_id = await find.by_message_ids(tx, [message_id])
        if by_id:
            return by_id[message_id]
    if provider_message_id:
        known = await store.by_provider_id(tx, provider_message_id)
        return await find.by_id(tx, known) if known else None
    return None


def _noted(tx: Tx, event: DeliveryEvent, item: OutboxItem | None) -> Noted:
    return Noted(
        provider=event.provider,
        event_id=event.event_id[:300],
        kind=event.kind.value,
        trouble=_trouble(event),
        outbox_id=item.id if item else None,
        mailbox_id=item.mailbox_id if item else None,
        message_id=event.message_id,
        provider_message_id=event.provider_message_id,
        is_permanent=event.is_permanent,
        status=event.bounce_status,
        detail=without_addresses(event.detail),
        # A provider's clock that runs ahead must not keep an event in every window.
        happened_at=min(event.at, tx.now),
    )


def _trouble(event: DeliveryEvent) -> Trouble | None:
    """What it is about. What a provider calls permanent may still be about us."""
    if event.kind is DeliveryKind.COMPLAINED:
        return Trouble.COMPLAINT
    if event.kind not in (DeliveryKind.BOUNCED, DeliveryKind.DEFERRED):
        return None
    trouble = trouble_of(event.detail, event.bounce_status)
    if is_about_us(trouble) or event.kind is DeliveryKind.DEFERRED:
        return trouble if trouble is not Trouble.ADDRESS else Trouble.OTHER
    if not event.is_permanent:
        return Trouble.OTHER
    reason = reason_of(event.detail, event.bounce_status or "", "")
    return Trouble.OTHER if reason in _NOT_THE_ADDRESS else Trouble.ADDRESS


async def _act(
    tx: Tx, suppressor: Suppressor, noted: Noted, item: OutboxItem, recipient: str | None
) -> None:
    """What follows from an event about a mail of ours."""
    source = f"{noted.provider} event on mail {item.id.hex}"
    if noted.kind in _LEFT_US and item.status is OutboxStatus.UNKNOWN:
        # Nobody could say whether it left; the provider just did.
        answer = f"{noted.provider} says that it was {noted.kind}"
        taken = DeliveryResult(
            delivery=Delivery.ACCEPTED, answer=answer, provider_id=noted.provider_message_id
        )
        await settle.settle(tx, HandedOff(item, owner=None), taken)
    if noted.kind == DeliveryKind.COMPLAINED:
        await follow.complaint(tx, suppressor, item.contact_id, source)
    elif noted.kind == DeliveryKind.BOUNCED and not is_about_us(noted.trouble):
        if noted.trouble is Trouble.ADDRESS and await _is_whole(tx, item, recipient):
            await follow.dead_address(tx, suppressor, item.contact_id, source)
        elif noted.trouble is Trouble.ADDRESS:
            await follow.halt(tx, item.contact_id, StopReason.BOUNCED)
    if noted.kind in (DeliveryKind.COMPLAINED, DeliveryKind.BOUNCED):
        body = {"provider": noted.provider, "kind": noted.kind, "trouble": str(noted.trouble)}
        await record(tx, "sending.event", f"outbox:{item.id}", body)


async def _is_whole(tx: Tx, item: OutboxItem, recipient: str | None) -> bool:
    """Whether it is about the address that we wrote to, and not one that it was forwarded to."""
    if recipient is None:
        return True
    contact = await prospects.contact(tx, item.contact_id)
    return contact.email.strip().lower() == recipient.strip().strip("<>").lower()
