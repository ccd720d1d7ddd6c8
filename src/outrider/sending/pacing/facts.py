"""The facts that the last look before the wire judges a mail's time by.

In: the open transaction, one mailbox and its claimed mails. Out: facts, mail by mail, in turn.
Never: a number kept from before; a restart forgets nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from outrider.campaigns.types import EnrollmentId
from outrider.kernel.database.tx import Tx
from outrider.prospects import clues
from outrider.prospects.touch_rules import STANDARD, TouchPolicy
from outrider.prospects.types import ContactId
from outrider.sending.pacing import rules, store, touching, windows
from outrider.sending.pacing.types import PaceFacts, Place, Span, Terms, Wait
from outrider.sending.pacing.zones import where
from outrider.sending.types import Mailbox, OutboxId, OutboxItem


async def gather(
    tx: Tx,
    mailbox: Mailbox,
    items: Sequence[OutboxItem],
    policies: Mapping[EnrollmentId, TouchPolicy],
    factor: Decimal = Decimal(1),
) -> dict[OutboxId, PaceFacts]:
    """Facts on claimed mails of one mailbox; four queries for all of them, three without a pace.

    The facts are in turn: each counts the mails before it in `items` that may leave now, so that
    `rules.may_go_now` on each, at `tx.now`, keeps cap, gap and touches even when they are judged at
    once.

    Args:
        tx: the open transaction; the mailbox is locked in it.
        mailbox: as it is now.
        items: mails that were claimed and not handed off.
        policies: how closely touches may follow each other, by enrollment; left out: as is standard.
        factor: what health leaves of the cap, 0 to 1.
    """
    terms = Terms.of(mailbox, factor)
    used, last = 0, None
    if mailbox.pacing is not None:
        # A clock that was put back by more than a gap holds nobody up until it is that late again.
        latest = tx.now + rules.least_gap(terms)
        used, last = await store.usage(tx, mailbox.id, day_of(mailbox, tx.now), latest)
    places = await places_of(tx, [item.contact_id for item in items])
    touched = _Touched(await _known(tx, items), policies, places, tx.now)
    plain = [
        PaceFacts(
            terms, item.draft_id, places.get(item.contact_id, Place()), used, last, touched(item)
        )
        for item in items
    ]
    facts = rules.in_turn(plain, tx.now)
    # Whoever may go is a touch for those behind; that only makes fewer go.
    facts = rules.in_turn(list(_after_each_other(items, facts, touched, tx.now)), tx.now)
    return {item.id: one for item, one in zip(items, facts, strict=True)}


class _Touched:
    """Until when each person of a batch must be left alone, as the batch goes."""

    def __init__(
        self,
        known: touching.Ledger,
        policies: Mapping[EnrollmentId, TouchPolicy],
        places: Mapping[ContactId, Place],
        now: datetime,
    ) -> None:
        self._known, self._policies, self._places, self._now = known, policies, places, now

    def __call__(self, item: OutboxItem) -> Wait | None:
        """What the touches ask for, by the policy of the mail's campaign."""
        return touching.wait_for(
            self._known[item.account_id],
            item.contact_id,
            self._places.get(item.contact_id, Place()),
            self._now,
            self._policies.get(item.enrollment_id, STANDARD),
        )

    def goes(self, item: OutboxItem) -> None:
        """Count a mail that leaves now."""
        touch = touching.planned(item.account_id, item.contact_id, self._now)
        self._known[item.account_id].append(touch)


async def _known(tx: Tx, items: Sequence[OutboxItem]) -> touching.Ledger:
    """The touches of the accounts of some mails, with what is at the wire to them."""
    known = await touching.ledger(tx, [item.account_id for item in items])
    await touching.at_the_wire(tx, known)
    return known


def _after_each_other(
    items: Sequence[OutboxItem], facts: Sequence[PaceFacts], touched: _Touched, now: datetime
) -> Iterator[PaceFacts]:
    for item, one in zip(items, facts, strict=True):
        touch = touched(item)
        fact = one if touch == one.touch else replace(one, touch=touch)
        if rules.may_go_now(fact, now) is None:
            touched.goes(item)
        yield fact


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
