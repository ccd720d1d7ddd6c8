"""The facts that the last look before the wire judges a mail's time by.

In: the open transaction, one mailbox and its claimed mails. Out: facts, mail by mail, in turn.
Never: a number kept from before; a restart forgets nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from outrider.kernel.database.tx import Tx
from outrider.prospects import clues
from outrider.prospects.types import ContactId
from outrider.sending.pacing import rules, store, touching, windows
from outrider.sending.pacing.types import PaceFacts, Place, Span, Terms, Wait
from outrider.sending.pacing.zones import where
from outrider.sending.types import Mailbox, OutboxId, OutboxItem


async def gather(
    tx: Tx,
    mailbox: Mailbox,
    items: Sequence[OutboxItem],
    factor: Decimal = Decimal(1),
    touches: Mapping[ContactId, Wait] | None = None,
) -> dict[OutboxId, PaceFacts]:
    """Facts on claimed mails of one mailbox; three queries for all of them, none without pacing.

    The facts are in turn: each counts the mails before it in `items` that may leave now, so that
    `rules.may_go_now` on each, at `tx.now`, keeps cap and gap even when they are judged at once.

    Args:
        tx: the open transaction; the mailbox is locked in it.
        mailbox: as it is now.
        items: mails that were claimed and not handed off.
        factor: what health leaves of the cap, 0 to 1.
        touches: who must be left alone until when; None: it is looked up here.
    """
    terms = Terms.of(mailbox, factor)
    if mailbox.pacing is None:
        return {item.id: PaceFacts(terms, item.draft_id) for item in items}
    # A clock that was put back by more than a gap holds nobody up until it is that late again.
    latest = tx.now + rules.least_gap(terms)
    used, last = await store.usage(tx, mailbox.id, day_of(mailbox, tx.now), latest)
    places = await places_of(tx, [item.contact_id for item in items])
    if touches is None:
        people = {item.contact_id: item.account_id for item in items}
        touches = await touching.waits(tx, people, places)
    plain = [
        PaceFacts(terms, item.draft_id, places.get(who, Place()), used, last, touches.get(who))
        for item in items
        for who in (item.contact_id,)
    ]
    in_turn = rules.in_turn(plain, tx.now)
    return {item.id: one for item, one in zip(items, in_turn, strict=True)}


async def places_of(tx: Tx, contacts: Sequence[ContactId]) -> dict[ContactId, Place]:
    """Where people are, as far as is known; one query."""
    found = await clues.of_contacts(tx, contacts)
    return {contact: where(one) for contact, one in found.items()}


def day_of(mailbox: Mailbox, now: datetime) -> Span:
    """The first instant of the mailbox's own day and of its next one: what its cap counts in.

    A mailbox without a pace counts in UTC.
    """
    terms = Terms.of(mailbox)
    return windows.day_bounds(rules.zone_of(terms), rules.local_day(terms, now))
