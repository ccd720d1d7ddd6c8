"""A person says what a reply means, and the sequence does what its step says of that.

In: a received reply, its class. Out: the enrollment after it. Never: a class for what nobody wrote to
us, a second class for one reply, a way back for one who said no.

Receiving stops a sequence before anybody reads a word; only a class may lead it on.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from outrider.campaigns import enrol, heed
from outrider.campaigns.types import Enrollment, ReplyClass, StopReason
from outrider.conversations import store
from outrider.conversations.types import Thread, Turn, TurnId, TurnKind
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import ActorKind, Tx
from outrider.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from outrider.prospects import consent
from outrider.prospects.identity import Suppressor
from outrider.prospects.types import ContactId, SuppressionReason
from outrider.sending import follow

BY_PEOPLE = tuple(one for one in ReplyClass if one is not ReplyClass.BOUNCE)
"""What a person may say; a bounce is what a server says."""
_WITH_A_DAY = frozenset({ReplyClass.NOT_NOW, ReplyClass.OUT_OF_OFFICE})


async def label(
    tx: Tx,
    turn_id: UUID,
    reply_class: ReplyClass,
    until: date | None = None,
    *,
    suppressor: Suppressor,
) -> Enrollment:
    """Note the class of one reply, and do what follows from it.

    Args:
        tx: the open transaction, whose actor is a person.
        turn_id: the reply.
        reply_class: what it means.
        until: for `not_now` and `out_of_office`, the day from which on the person may hear again.
        suppressor: hashes the address of one who opted out.

    Returns:
        The enrollment that was answered, as it is now.

    Raises:
        NotAllowed: nobody but a person says what a reply means.
        NotFound: there is no such reply.
        InvalidInput: it is no reply of a person to a mail of ours, or the day makes no sense.
        Conflict: it has another class already.
    """
    turn, thread = await answered(tx, turn_id, reply_class, until)
    before = await enrol.find(tx, thread.enrollment_id)
    heard = next((one for one in before.heard if one.reply_id == turn.raw_sha256), None)
    if heard is not None and heard.reply_class is not reply_class:
        raise Conflict(
            f"This reply was taken for {heard.reply_class} on {heard.at:%Y-%m-%d %H:%M} UTC already, "
            "and its sequence went on from there: outrider replies correct says otherwise."
        )
    await close(tx, turn, thread.contact_id, (reply_class, suppressor))
    after = await heed.reply(tx, thread.enrollment_id, reply_class, until, reply_id=turn.raw_sha256)
    if heard is None:
        body = {"class": str(reply_class), "enrollment": str(after.id)}
        await record(tx, "conversations.label", f"turn:{turn.id}", body)
    return after


async def answered(
    tx: Tx, turn_id: UUID, reply_class: ReplyClass, until: date | None
) -> tuple[Turn, Thread]:
    """The reply that a person may say this of, and its thread.

    Raises:
        NotAllowed, NotFound, InvalidInput: as for `label`.
    """
    if tx.actor.kind is not ActorKind.PERSON:
        raise NotAllowed("Only a person says what a reply means.")
    _check_day(tx, reply_class, until)
    turn = await _reply(tx, turn_id)
    thread = await store.thread(tx, turn.thread_id) if turn.thread_id else None
    if thread is None:
        raise InvalidInput("This mail answers nothing that we sent, so no sequence can follow it.")
    return turn, thread


def _check_day(tx: Tx, reply_class: ReplyClass, until: date | None) -> None:
    if reply_class not in BY_PEOPLE:
        raise InvalidInput(
            f"A person cannot say {reply_class} of a reply: give one of {', '.join(BY_PEOPLE)}."
        )
    if until is None:
        return
    if reply_class not in _WITH_A_DAY:
        raise InvalidInput(
            f"until is {until}, but {reply_class} waits for no day: leave it out, or say not_now."
        )
    if not 0 <= (until - tx.now.date()).days <= 366:
        raise InvalidInput(f"until is {until}: give a day from today to a year from now.")


async def _reply(tx: Tx, turn_id: UUID) -> Turn:
    turn = await store.turn(tx, TurnId(turn_id))
    if turn is None:
        raise NotFound(f"There is no reply {turn_id} in this workspace: see outrider replies list.")
    if turn.direction != "in" or turn.kind not in (
        TurnKind.REPLY,
        TurnKind.OPT_OUT,
        TurnKind.AUTO_REPLY,
    ):
        raise InvalidInput(f"This mail is no reply of a person (it is {turn.kind}).")
    return turn


async def close(
    tx: Tx, turn: Turn, contact_id: ContactId, said: tuple[ReplyClass, Suppressor]
) -> None:
    """What ends a person's outreach is taken off every desk, in every campaign."""
    reply_class, suppressor = said
    if reply_class is ReplyClass.OPTED_OUT:
        source = f"turn {turn.id}, as a person read it"
        await consent.suppress(tx, suppressor, contact_id, SuppressionReason.OPT_OUT, source)
        await follow.halt(tx, contact_id, StopReason.OPTED_OUT)
    elif reply_class is ReplyClass.MEETING:
        await follow.halt(tx, contact_id, StopReason.MEETING)
