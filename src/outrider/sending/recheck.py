"""The last look before the wire, in the transaction that writes the hand-off down (decision 0004).

In: a claimed mail. Out: permission with the exact content, or the reason why not, already saved.
Never: a state kept from before; everything is read again, for each mail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from outrider.campaigns import create as campaigns
from outrider.campaigns import enrol
from outrider.drafts import handover
from outrider.drafts.rules import content_hash
from outrider.drafts.types import ApprovedDraft, DraftStatus, MailContent
from outrider.guardrails.content import clean
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.switches import halted
from outrider.prospects import consent
from outrider.prospects import read as prospects
from outrider.prospects.types import Contact
from outrider.sending import limits, mailboxes, store
from outrider.sending.means import Means
from outrider.sending.rules import Act, Facts, Verdict, may_send
from outrider.sending.types import Mailbox, OutboxItem, OutboxStatus


@dataclass(frozen=True)
class HandOff:
    """The decision on one mail, and what is needed to act on it."""

    verdict: Verdict
    item: OutboxItem | None
    """The row after the decision; None when it was no longer ours."""
    mailbox: Mailbox
    content: MailContent | None
    at: datetime


async def hand_off(tx: Tx, means: Means, item: OutboxItem) -> HandOff:
    """Decide on one claimed mail, and save the decision: handed off, held, or cancelled."""
    found = await handover.current(tx, [item.draft_id])
    approved = next(iter(found), None)
    # Locked last: it makes one mailbox's senders queue up, so it is held as briefly as can be.
    facts, mailbox = await _facts(tx, means, item, approved)
    verdict = may_send(facts)
    content = approved.draft.content if approved else None
    saved = await _save(tx, means, item, verdict)
    return HandOff(verdict, saved, mailbox, content, tx.now)


async def _facts(
    tx: Tx, means: Means, item: OutboxItem, approved: ApprovedDraft | None
) -> tuple[Facts, Mailbox]:
    campaign = await campaigns.find(tx, str(item.campaign_id))
    enrollment = await enrol.find(tx, item.enrollment_id)
    may_write = await consent.may_write(tx, [item.contact_id])
    contact = await prospects.contact(tx, item.contact_id)
    targets = [("campaign", str(item.campaign_id)), ("mailbox", str(item.mailbox_id))]
    await store.lock_mailbox(tx, item.mailbox_id)
    switch = await halted(tx, targets)
    mailbox = await mailboxes.by_id(tx, item.mailbox_id)
    link = means.unsubscribe_url(contact.id) if means.unsubscribe_url else None
    parts = Parts(mailbox, contact, campaign.brand, link)
    present = _as_of_now(approved.draft.content, parts) if approved else None
    facts = Facts(
        switch_scope=switch.scope if switch else None,
        switch_reason=switch.sentence() if switch else "",
        mailbox_address=mailbox.address,
        mailbox_is_active=mailbox.status == "active",
        daily_cap=mailbox.daily_cap,
        used_today=await limits.used_today(tx, mailbox),
        campaign=campaign.status,
        enrollment=enrollment.status,
        stop_reason=enrollment.stop_reason,
        next_step=enrollment.next_step,
        step=item.step,
        consent=may_write[item.contact_id],
        draft_is_queued=approved is not None and approved.draft.status is DraftStatus.QUEUED,
        queued_hash=item.content_hash,
        approved_hash=approved.approved_hash if approved else "",
        stored_hash=content_hash(approved.draft.content) if approved else "",
        present_hash=content_hash(present) if present else "",
        is_clean=present is not None and _is_clean(present),
    )
    return facts, mailbox


@dataclass(frozen=True)
class Parts:
    """What a mail says of its two sides, as the database has it now."""

    mailbox: Mailbox
    contact: Contact
    brand: str
    unsubscribe_url: str | None


def _as_of_now(content: MailContent, parts: Parts) -> MailContent:
    """The content with today's sender and recipient: an equal hash means that nothing moved."""
    mailbox, contact = parts.mailbox, parts.contact
    sender = content.sender.model_copy(
        update={
            "brand": parts.brand,
            "unsubscribe_url": parts.unsubscribe_url or content.sender.unsubscribe_url,
            "mailbox_id": mailbox.id,
            "address": mailbox.address,
            "name": mailbox.name,
            "postal_address": mailbox.postal_address,
            "booking_link": mailbox.booking_link,
            "signature": mailbox.signature,
        }
    )
    # A new title changes no word of the mail; a new name or address does.
    recipient = content.recipient.model_copy(
        update={
            "contact_id": contact.id,
            "email": contact.email,
            "first_name": contact.first_name,
            "last_name": contact.last_name,
        }
    )
    return content.model_copy(update={"sender": sender, "recipient": recipient})


def _is_clean(content: MailContent) -> bool:
    return all(clean(text) == text for text in (content.subject, content.text, content.html))


async def _save(tx: Tx, means: Means, item: OutboxItem, verdict: Verdict) -> OutboxItem | None:
    if verdict.act is Act.GO:
        is_ours = await store.hand_off(tx, item.id, means.hold(tx.now))
        return item.model_copy(update={"attempts": item.attempts + 1}) if is_ours else None
    after = OutboxStatus.QUEUED if verdict.act is Act.HOLD else OutboxStatus.CANCELLED
    moved = await store.move(
        tx,
        [item.id],
        ((OutboxStatus.SENDING,), after),
        owner=means.owner,
        reason=verdict.reason,
        claimed_by=None,
    )
    if moved and verdict.act is Act.CANCEL:
        await handover.withdraw(tx, [item.draft_id], verdict.reason)
        await record(tx, "sending.cancel", f"outbox:{item.id}", {"reason": verdict.reason})
    return moved[0] if moved else None
