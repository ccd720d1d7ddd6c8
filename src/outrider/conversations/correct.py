"""A person corrects the class of a reply that was taken for something else, by a person or by us.

In: a reply that has a class, the right one. Out: the enrollment, and sentences on what follows and what
cannot be taken back. Never: an opt-out undone, a sequence started again without being asked to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from outrider.campaigns import correct as campaigns
from outrider.campaigns.correct import Corrected, Meant
from outrider.campaigns.types import Enrollment, ReplyClass
from outrider.conversations import label
from outrider.conversations.types import Thread, Turn, TurnKind
from outrider.drafts import handover
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.prospects import consent, touch
from outrider.prospects.identity import Suppressor
from outrider.prospects.types import Channel, Direction, Touch
from outrider.sending.unsubscribe import cancel_waiting

_WHY = "the class of a reply was corrected"


@dataclass(frozen=True, slots=True)
class Correction:
    """What a correction did, and what the person who made it must know."""

    enrollment: Enrollment
    was: ReplyClass
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Instead:
    """The right class; `until` as for a first one, `goes_on` lets a stopped sequence follow it."""

    reply_class: ReplyClass
    until: date | None = None
    goes_on: bool = False


async def correct(tx: Tx, turn_id: UUID, instead: Instead, *, suppressor: Suppressor) -> Correction:
    """Give one reply another class, take back what the first one did, and say what stays.

    Args:
        tx: the open transaction, whose actor is a person.
        turn_id: the reply.
        instead: what it means.
        suppressor: hashes the address of one who opted out.

    Raises:
        NotAllowed: nobody but a person says what a reply means.
        NotFound: there is no such reply.
        InvalidInput: it has no class yet, is no reply to a mail of ours, or the day makes no sense.
    """
    turn, thread = await label.answered(tx, turn_id, instead.reply_class, instead.until)
    meant = Meant(turn.raw_sha256, instead.reply_class, instead.until, instead.goes_on)
    done = await campaigns.correct(tx, thread.enrollment_id, meant)
    was = done.old.reply_class
    if was is instead.reply_class:
        return Correction(done.after, was, ())
    await label.close(tx, turn, thread.contact_id, (instead.reply_class, suppressor))
    if done.is_moved or done.stopped:
        await handover.withdraw_open(tx, [done.after.id, *done.stopped], _WHY)
        await cancel_waiting(tx, thread.contact_id, _WHY)
    if was is ReplyClass.OUT_OF_OFFICE and turn.kind is TurnKind.AUTO_REPLY:
        await _count_as_answer(tx, turn, thread)
    body = {"from": str(was), "to": str(instead.reply_class)}
    body |= {"enrollment": str(done.after.id), "goes_on": str(instead.goes_on).lower()}
    await record(tx, "conversations.correct", f"turn:{turn.id}", body)
    return Correction(done.after, was, tuple(_told(done)))


async def _count_as_answer(tx: Tx, turn: Turn, thread: Thread) -> None:
    """What receiving does for a person's answer, for one that was taken for a machine's."""
    await consent.replied(tx, [thread.contact_id])
    heard = Touch(
        account_id=thread.account_id,
        contact_id=thread.contact_id,
        channel=Channel.EMAIL,
        direction=Direction.IN,
        reference=turn.message_id or f"answer {turn.raw_sha256[:32]}",
        at=turn.received_at,
    )
    await touch.record(tx, [heard])


def _told(done: Corrected) -> list[str]:
    said = []
    if done.old.reply_class is ReplyClass.OPTED_OUT:
        said.append(
            "The opt-out stays: nobody writes to this person again, whatever the reply is taken for."
        )
    for step in done.sent_since:
        said.append(
            f"Step {step.number} left on {step.at:%Y-%m-%d} before this, and cannot be taken back."
        )
    if done.reopened > 1:
        said.append(
            f"The meeting no longer closes {done.reopened} sequences of this person; they stay stopped."
        )
    if done.why_not is not None:
        said.append(f"The sequence did not go on: {done.why_not}.")
    if done.is_held:
        said.append(
            f"The sequence stays {done.after.status}: a correction starts nothing again unless it is "
            "told to go on."
        )
    return said
