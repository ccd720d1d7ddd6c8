"""The last look before the wire, in the transaction that writes the hand-off down (decision 0004).

In: claimed mails of one mailbox, built. Out: for each, permission, or the reason why not, already
saved. Never: a state kept from before; everything is read again, for each mail, in a few statements
for all of them. What was built is used only if not a byte of its draft and decision moved since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from outrider.campaigns import create as campaigns
from outrider.campaigns import enrol
from outrider.campaigns.enrol_types import Progress
from outrider.campaigns.types import Campaign, CampaignId, EnrollmentId
from outrider.drafts import handover, sendable
from outrider.drafts.rules import content_hash
from outrider.drafts.sendable_types import Mark, Sendable
from outrider.drafts.types import DraftId, DraftStatus, MailContent
from outrider.guardrails.content import clean
from outrider.kernel.audit.append_many import Happening, record_all
from outrider.kernel.database.tx import Tx
from outrider.kernel.switches import Switch, halted
from outrider.prospects import consent
from outrider.prospects import read as prospects
from outrider.prospects.types import Contact, ContactId
from outrider.sending import limits, mailboxes, store, store_flight
from outrider.sending.flight_types import Claimed, Prepared
from outrider.sending.health import bands
from outrider.sending.health.types import Standing
from outrider.sending.means import Means
from outrider.sending.pacing import facts as pace
from outrider.sending.pacing.rules import may_go_now
from outrider.sending.rules import Act, Facts, Reach, Verdict, may_send
from outrider.sending.types import Mailbox, MailboxId, OutboxId, OutboxItem, OutboxStatus

_Part = TypeVar("_Part", bound=BaseModel)

_MOVED = Verdict(act=Act.HOLD, reason="its draft was changed a moment ago; it is built again")


@dataclass(frozen=True)
class HandOff:
    """The decision on one mail."""

    verdict: Verdict
    mail: Prepared
    item: OutboxItem | None
    """The row after the decision; None when it was no longer ours."""


@dataclass(frozen=True)
class _People:
    """What was read of drafts, sequences and contacts, for all mails at once."""

    marks: Mapping[DraftId, Mark]
    fresh: Mapping[DraftId, Sendable]
    """Drafts that moved since their mails were built."""
    enrollments: Mapping[EnrollmentId, Progress]
    campaigns: Mapping[CampaignId, Campaign]
    may_write: Mapping[ContactId, str | None]
    contacts: Mapping[ContactId, Contact]


@dataclass(frozen=True)
class _Sender:
    """What was read of the mailbox, after it was locked."""

    mailbox: Mailbox
    standing: Standing
    switches: Mapping[CampaignId, Switch | None]
    used_today: int


async def hand_off(tx: Tx, means: Means, item: OutboxItem) -> HandOff:
    """Decide on one claimed mail whose bytes are not needed, and save the decision."""
    found = await sendable.contents(tx, [item.draft_id])
    mail = Prepared(Claimed(item, found.get(item.draft_id)))
    (done,) = await look(tx, means, item.mailbox_id, [mail])
    return done


async def look(
    tx: Tx, means: Means, mailbox_id: MailboxId, mails: Sequence[Prepared]
) -> list[HandOff]:
    """Decide on claimed mails of one mailbox, and save each decision: handed off, held, cancelled.

    In the order given; where a cap leaves room for some, the first ones get it.
    """
    people = await _people(tx, mails)
    # Locked last: it makes one mailbox's senders queue up, so it is held as briefly as can be.
    mailbox = await store.mailbox(tx, mailbox_id, lock=True, wait=False)
    if mailbox is None:
        mailbox = await mailboxes.by_id(tx, mailbox_id, lock=True)
        # Whoever held it took any time: who opted out meanwhile gets no mail.
        people = await _people(tx, mails)
    sender = await _sender(tx, mailbox, list(people.campaigns))
    verdicts = _judge(mails, people, sender, means)
    verdicts = await _in_time(tx, mails, verdicts, sender, people)
    return await _save(tx, means, mails, verdicts)


async def _people(tx: Tx, mails: Sequence[Prepared]) -> _People:
    items = [mail.item for mail in mails]
    contacts = list({item.contact_id for item in items})
    ids = sorted({item.campaign_id for item in items})
    marks = await sendable.marks(tx, [item.draft_id for item in items])
    moved = [mail.item.draft_id for mail in mails if _has_moved(mail, marks)]
    return _People(
        marks=marks,
        fresh=await sendable.contents(tx, moved) if moved else {},
        enrollments=await enrol.progress(tx, [item.enrollment_id for item in items]),
        campaigns={id_: await campaigns.find(tx, str(id_)) for id_ in ids},
        may_write=await consent.may_write(tx, contacts),
        contacts={one.id: one for one in await prospects.contacts_by_id(tx, contacts)},
    )


def _has_moved(mail: Prepared, marks: Mapping[DraftId, Mark]) -> bool:
    read, mark = mail.claimed.sendable, marks.get(mail.item.draft_id)
    return mark is not None and (read is None or read.mark.version != mark.version)


async def _sender(tx: Tx, mailbox: Mailbox, ids: Sequence[CampaignId]) -> _Sender:
    own = ("mailbox", str(mailbox.id))
    return _Sender(
        mailbox=mailbox,
        standing=(await bands.standing(tx, [mailbox.id]))[mailbox.id],
        switches={id_: await halted(tx, [("campaign", str(id_)), own]) for id_ in ids},
        used_today=await limits.used_today(tx, mailbox),
    )


def _judge(
    mails: Sequence[Prepared], people: _People, sender: _Sender, means: Means
) -> list[Verdict]:
    verdicts: list[Verdict] = []
    used_today = sender.used_today
    for mail in mails:
        verdict = _verdict(mail, people, sender, used_today, means)
        if verdict.act is Act.GO and mail.fault is None:
            used_today += 1
        verdicts.append(verdict)
    return verdicts


def _verdict(
    mail: Prepared, people: _People, sender: _Sender, used_today: int, means: Means
) -> Verdict:
    item, built = mail.item, mail.claimed.sendable
    mark = people.marks.get(item.draft_id)
    read = people.fresh.get(item.draft_id, built) if mark is not None else None
    enrollment, contact = people.enrollments[item.enrollment_id], people.contacts[item.contact_id]
    switch, standing = sender.switches[item.campaign_id], sender.standing
    campaign = people.campaigns[item.campaign_id]
    link = means.unsubscribe_url(contact.id) if means.unsubscribe_url else None
    words, stored = (read.content, read.stored_hash) if read is not None else (None, "")
    present = _as_of_now(words, _Parts(sender.mailbox, contact, campaign.brand, link))
    facts = Facts(
        switch_scope=switch.scope if switch else None,
        switch_reason=switch.sentence() if switch else "",
        mailbox_address=sender.mailbox.address,
        mailbox_is_active=sender.mailbox.status == "active",
        health=None if standing.may_send else standing.reason,
        daily_cap=limits.cap_of(sender.mailbox, standing.factor),
        used_today=used_today,
        campaign=campaign.status,
        enrollment=enrollment.status,
        stop_reason=enrollment.stop_reason,
        next_step=enrollment.next_step,
        step=item.step,
        consent=people.may_write[item.contact_id],
        draft_is_queued=mark is not None and mark.status is DraftStatus.QUEUED,
        queued_hash=item.content_hash,
        approved_hash=mark.approved_hash if mark else "",
        stored_hash=stored,
        present_hash=_hash_of(present, words, stored),
        is_clean=present is not None and _is_clean(present),
    )
    verdict = may_send(facts)
    is_built = built is not None and (built.content is words or built.content == words)
    return verdict if verdict.act is not Act.GO or is_built else _MOVED


@dataclass(frozen=True)
class _Parts:
    """What a mail says of its two sides, as the database has it now."""

    mailbox: Mailbox
    contact: Contact
    brand: str
    unsubscribe_url: str | None


def _as_of_now(content: MailContent | None, parts: _Parts) -> MailContent | None:
    """The content with today's sender and recipient; itself when nothing moved."""
    if content is None:
        return None
    mailbox, contact = parts.mailbox, parts.contact
    sender = _with(
        content.sender,
        brand=parts.brand,
        unsubscribe_url=parts.unsubscribe_url or content.sender.unsubscribe_url,
        mailbox_id=mailbox.id,
        address=mailbox.address,
        name=mailbox.name,
        postal_address=mailbox.postal_address,
        booking_link=mailbox.booking_link,
        signature=mailbox.signature,
    )
    # A new title changes no word of the mail; a new name or address does.
    recipient = _with(
        content.recipient,
        contact_id=contact.id,
        email=contact.email,
        first_name=contact.first_name,
        last_name=contact.last_name,
    )
    if sender is content.sender and recipient is content.recipient:
        return content
    return content.model_copy(update={"sender": sender, "recipient": recipient})


def _with(part: _Part, **now: object) -> _Part:
    """A part with these fields; itself when it has them, for a copy takes as long as all else here."""
    if now.items() <= vars(part).items():
        return part
    return part.model_copy(update=now)


def _hash_of(present: MailContent | None, stored: MailContent | None, stored_hash: str) -> str:
    """The hash of the present content; what equals the stored one need not be hashed again."""
    if present is None:
        return ""
    return stored_hash if present is stored or present == stored else content_hash(present)


def _is_clean(content: MailContent) -> bool:
    # Cleaning changes no ASCII, and most mails hold nothing else.
    return all(
        text.isascii() or clean(text) == text
        for text in (content.subject, content.text, content.html)
    )


async def _in_time(
    tx: Tx,
    mails: Sequence[Prepared],
    verdicts: Sequence[Verdict],
    sender: _Sender,
    people: _People,
) -> list[Verdict]:
    """The same verdicts, and a wait for whoever may go but not at this time."""
    pairs = zip(mails, verdicts, strict=True)
    items = [mail.item for mail, one in pairs if one.act is Act.GO and mail.fault is None]
    if not items:
        return list(verdicts)
    policies = {id_: one.policy for id_, one in people.enrollments.items()}
    known = await pace.gather(tx, sender.mailbox, items, policies, sender.standing.factor)
    timed: list[Verdict] = []
    for mail, one in zip(mails, verdicts, strict=True):
        wait = may_go_now(known[mail.item.id], tx.now) if mail.item.id in known else None
        timed.append(Verdict(act=Act.HOLD, reason=wait.reason, until=wait.until) if wait else one)
    return timed


async def _save(
    tx: Tx, means: Means, mails: Sequence[Prepared], verdicts: Sequence[Verdict]
) -> list[HandOff]:
    both = list(zip(mails, verdicts, strict=True))
    go = [m for m, one in both if one.act is Act.GO and m.fault is None]
    marked = await store_flight.hand_off(tx, go, means.hold(tx.now)) if go else set()
    after = {
        mail.item.id: mail.item.model_copy(
            update={
                "attempts": mail.item.attempts + 1,
                "raw_sha256": mail.place.raw_sha256 if mail.place else None,
            }
        )
        for mail in go
        if mail.item.id in marked
    }
    held = [(m.item, one.reason, one.until) for m, one in both if one.act is Act.HOLD]
    after |= {i.id: i for i in await store_flight.hold(tx, held, means.owner)} if held else {}
    for mail, one in both:
        if one.act is Act.CANCEL:
            after |= await _ended(tx, means, mail, (OutboxStatus.CANCELLED, one.reason))
        elif one.act is Act.GO and mail.fault is not None:
            after |= await _ended(tx, means, mail, (OutboxStatus.FAILED, mail.fault))
    return [HandOff(one, mail, after.get(mail.item.id)) for mail, one in both]


async def _ended(
    tx: Tx, means: Means, mail: Prepared, end: tuple[OutboxStatus, str]
) -> dict[OutboxId, OutboxItem]:
    """Cancel a mail and take its draft back, or let one fail that cannot be written as a mail."""
    status, reason = end
    moved = await store.move(
        tx,
        [mail.item.id],
        ((OutboxStatus.SENDING,), status),
        owner=means.owner,
        reason=reason,
        claimed_by=None,
    )
    if moved and status is OutboxStatus.CANCELLED:
        await handover.withdraw(tx, [mail.item.draft_id], reason)
    word = "cancel" if status is OutboxStatus.CANCELLED else str(status)
    events = [Happening(f"sending.{word}", f"outbox:{one.id}", {"reason": reason}) for one in moved]
    await record_all(tx, events)
    return {one.id: one for one in moved}


__all__ = ["HandOff", "Reach", "hand_off", "look"]
