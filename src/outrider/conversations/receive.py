"""Take in received mail: whose answer is it, and what follows from it at once.

In: a mail that was read, and the hash of its bytes. Out: a turn; enrollments stopped or paused,
people suppressed. Never: an answer, a model, or an effect of a mail that belongs to nothing we sent: what
nobody can attribute stops nothing, except that a known person's wish to be left alone is honoured.

Receiving the same bytes again changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date

from outrider.campaigns import heed
from outrider.campaigns.types import EnrollmentId, ReplyClass, StopReason
from outrider.conversations import classify, read, store
from outrider.conversations.attribute import Attribution, attribute
from outrider.conversations.parse import parse
from outrider.conversations.states import after
from outrider.conversations.types import (
    InboundMail,
    RawReply,
    ReceiveReport,
    Thread,
    Turn,
    TurnId,
    TurnKind,
)
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import About, Tx
from outrider.kernel.objects import Objects
from outrider.kernel.switches import halted, set_switch
from outrider.prospects import consent, touch
from outrider.prospects import read as prospects
from outrider.prospects.identity import Suppressor
from outrider.prospects.types import Channel, ContactId, Direction, SuppressionReason, Touch
from outrider.sending import follow, mailboxes
from outrider.sending.bounces.autoreply import returns_on
from outrider.sending.bounces.types import Outcome
from outrider.sending.health import notes

Begin = Callable[[], AbstractAsyncContextManager[Tx]]

_OF_PEOPLE = frozenset({TurnKind.REPLY, TurnKind.OPT_OUT})


@dataclass(frozen=True)
class Received:
    """A mail with what we know of it so far."""

    mail: InboundMail
    kind: TurnKind
    attribution: Attribution
    is_hard: bool

    @property
    def contact_id(self) -> ContactId | None:
        """Whose it is."""
        return self.attribution.contact_id

    @property
    def source(self) -> str:
        """What told us, for the suppression list and the log: never an address.

        A Message-ID often holds a name or a person's domain, so its hash stands for it.
        """
        if not self.mail.message_id:
            return "mail"
        return f"mail {hashlib.sha256(self.mail.message_id.encode()).hexdigest()[:32]}"


async def receive_all(
    begin: Begin,
    objects: Objects,
    suppressor: Suppressor,
    raws: Iterable[RawReply],
    progress: Callable[[int], None] = lambda done: None,
) -> ReceiveReport:
    """Receive every mail of a mailbox, each in its own transaction; `progress` counts them."""
    report = ReceiveReport()
    kinds: dict[TurnKind, int] = {}
    for raw in raws:
        sha256 = await objects.put(raw.data)
        mail = parse(raw.data)
        async with begin() as tx:
            turn = await receive(tx, mail, sha256, suppressor)
        if turn.is_new:
            kinds[turn.kind] = kinds.get(turn.kind, 0) + 1
        is_lost = turn.is_new and turn.thread_id is None and turn.kind is not TurnKind.OWN
        report = report.model_copy(
            update={
                "read": report.read + 1,
                "new": report.new + turn.is_new,
                "known": report.known + (not turn.is_new),
                "unattributed": report.unattributed + is_lost,
            }
        )
        progress(report.read)
    async with begin() as tx:
        health = await read.bounce_health(tx)
    return report.model_copy(update={"kinds": kinds, "halted_by": health.reason})


async def receive(tx: Tx, mail: InboundMail, raw_sha256: str, suppressor: Suppressor) -> Turn:
    """Take in one mail; its bytes must be in the object store already.

    A person's answer stops the sequence before it is looked at any closer.
    """
    known = await store.turn_of(tx, raw_sha256)
    if known is not None:
        return known
    own = {mailbox.address for mailbox in await mailboxes.listing(tx)}
    attribution = await attribute(tx, mail, own)
    if attribution.contact_id is not None and _is_from_a_person(mail, own):
        reason = StopReason.OPTED_OUT if classify.asks_to_stop(mail) else StopReason.REPLIED
        await _stop(tx, attribution.contact_id, reason)
    kind = classify.kind_of(mail, own)
    is_hard = kind is TurnKind.BOUNCE and classify.is_undeliverable(mail)
    received = Received(mail, kind, attribution, is_hard)
    await _wait_for_return(tx, received, raw_sha256)
    thread = await _in_thread(tx, received)
    turn = _turn(tx, received, thread, raw_sha256)
    if not await store.add_turn(tx, turn):
        return turn.model_copy(update={"is_new": False})
    await _follow(tx, received, suppressor)
    await _for_our_reputation(tx, received, turn)
    if is_hard:
        await _stop_when_too_many(tx)
    await _audit(tx, turn, received)
    return turn


def _is_from_a_person(mail: InboundMail, own: set[str]) -> bool:
    is_machine = mail.report is not None or classify.is_automatic(mail) or mail.unreadable
    return not is_machine and mail.from_address not in own


async def _wait_for_return(tx: Tx, received: Received, raw_sha256: str) -> None:
    """An absence pauses the sequence that it answers; before the thread, as a stop is."""
    item = received.attribution.item
    if item is None or not classify.is_away(received.mail, received.kind):
        return
    await heed.reply(
        tx,
        EnrollmentId(item.enrollment_id),
        ReplyClass.OUT_OF_OFFICE,
        _back_on(tx, received),
        reply_id=raw_sha256,
    )


def _back_on(tx: Tx, received: Received) -> date | None:
    if received.kind is not TurnKind.AUTO_REPLY:
        return None
    return returns_on(f"{received.mail.subject}\n{received.mail.text}", tx.now.date())


async def _in_thread(tx: Tx, received: Received) -> Thread | None:
    item = received.attribution.item
    if item is None or received.kind is TurnKind.OWN:
        return None
    thread = await store.open_thread(tx, item)
    status = after(thread.status, received.kind, is_hard=received.is_hard)
    if status is not thread.status:
        await store.set_status(tx, thread, status)
    return thread


def _turn(tx: Tx, received: Received, thread: Thread | None, raw_sha256: str) -> Turn:
    mail, item = received.mail, received.attribution.item
    words = mail.text if received.kind is TurnKind.OWN else mail.new_text or mail.text
    return Turn(
        id=TurnId(tx.new_id()),
        thread_id=thread.id if thread else None,
        direction="out" if received.kind is TurnKind.OWN else "in",
        message_id=mail.message_id,
        outbox_id=item.id if item else None,
        from_address=mail.from_address,
        subject=mail.subject,
        text=words or mail.unreadable,
        kind=received.kind,
        attributed_by=received.attribution.by,
        is_hard=received.is_hard,
        returns_on=_back_on(tx, received),
        raw_sha256=raw_sha256,
        # A date in the future would hold the thread's order hostage.
        received_at=min(mail.sent_at, tx.now) if mail.sent_at else tx.now,
    )


async def _follow(tx: Tx, received: Received, suppressor: Suppressor) -> None:
    """What follows upstream: suppression, stops, the contact's status, the ledger."""
    contact_id = received.contact_id
    if contact_id is None:
        return
    if received.kind is TurnKind.OPT_OUT:
        await _suppress(tx, received, suppressor, SuppressionReason.OPT_OUT, StopReason.OPTED_OUT)
        # A colleague who answers for the person does not want our mail either.
        await consent.suppress(
            tx, suppressor, received.mail.from_address, SuppressionReason.OPT_OUT, received.source
        )
    elif received.kind is TurnKind.COMPLAINT:
        await _suppress(tx, received, suppressor, SuppressionReason.COMPLAINT, StopReason.OPTED_OUT)
    elif received.is_hard and classify.is_dead_address(
        received.mail, (await prospects.contact(tx, contact_id)).email
    ):
        await _suppress(tx, received, suppressor, SuppressionReason.HARD_BOUNCE, StopReason.BOUNCED)
    elif received.is_hard:  # in words only, or of another address: enough to stop, not to close
        await _stop(tx, contact_id, StopReason.BOUNCED)
    if received.kind in _OF_PEOPLE and received.attribution.item is not None:
        await consent.replied(tx, [contact_id])
        await touch.record(tx, [_touch(tx, received)])


async def _for_our_reputation(tx: Tx, received: Received, turn: Turn) -> None:
    """Bounces and complaints count for the mailbox and the domain, also those that blame us."""
    item = received.attribution.item
    if item is None or received.attribution.contact_id is None:
        return
    if received.kind is TurnKind.COMPLAINT:
        await notes.note_complaint(tx, item, str(turn.id))
    for status in classify.failures(received.mail):
        outcome = Outcome(
            recipient=status.recipient,
            action=status.action,
            status=status.status,
            reason=status.reason,
            is_hard=status.is_hard,
            diagnostic=status.diagnostic,
        )
        await notes.note_bounce(tx, item, outcome)


async def _suppress(
    tx: Tx,
    received: Received,
    suppressor: Suppressor,
    reason: SuppressionReason,
    stop: StopReason,
) -> None:
    assert received.contact_id is not None
    await consent.suppress(tx, suppressor, received.contact_id, reason, received.source)
    await _stop(tx, received.contact_id, stop)


async def _stop(tx: Tx, contact_id: ContactId, reason: StopReason) -> None:
    """Stop the person's sequences in every campaign, and take back drafts that nobody needs now."""
    await follow.halt(tx, contact_id, reason)


def _touch(tx: Tx, received: Received) -> Touch:
    item = received.attribution.item
    assert item is not None
    return Touch(
        account_id=item.account_id,
        contact_id=item.contact_id,
        channel=Channel.EMAIL,
        direction=Direction.IN,
        reference=received.mail.message_id or f"answer to {item.message_id}",
        at=min(received.mail.sent_at, tx.now) if received.mail.sent_at else tx.now,
    )


async def _stop_when_too_many(tx: Tx) -> None:
    """Halt the workspace when the bounce limit is passed (A-24); a person releases it."""
    health = await read.bounce_health(tx)
    if health.reason is None or await halted(tx) is not None:
        return
    await set_switch(tx, "workspace", "", is_on=True, reason=f"bounce stop: {health.reason}")


async def _audit(tx: Tx, turn: Turn, received: Received) -> None:
    """One event about the enrollment, or about the turn alone when it belongs to none."""
    enrollment = received.attribution.enrollment_id
    subject = f"enrollment:{enrollment}" if enrollment else f"turn:{turn.id}"
    body = {
        "turn": str(turn.id),
        "kind": turn.kind.value,
        "attributed_by": turn.attributed_by.value,
        "outbox": str(turn.outbox_id) if turn.outbox_id else None,
        "raw_sha256": turn.raw_sha256,
        "is_hard": turn.is_hard,
        "reasons": sorted({status.reason.value for status in classify.failures(received.mail)}),
    }
    await record(tx, "conversations.receive", subject, body, _told_of(turn, received))


def _told_of(turn: Turn, received: Received) -> About | None:
    """Whose answer it is, and its subject line: for the log, sealed under the person's key.

    Not its sender, who may be a colleague: it would go with another person's erasure only.
    """
    if received.contact_id is None:
        return None
    return About(received.contact_id, facts={"subject": turn.subject})
