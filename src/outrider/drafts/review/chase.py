"""The clock of reviews: remind who is silent, ask the next one, end what nobody decides.

In: the open transaction at an instant, and what can expire or send a draft. Out: what was done,
whom to tell. Never: a decision in a person's name, two of one thing at one instant, a level left out.

What falls due is stored as an instant when a review is made or escalated, and each step is one
`update` that names the level or the count it expects. So it may run as often as one likes, in two
processes, after a crash or on a clock that jumps: an instant counts once, and who is asked next has
their whole time from the moment they are asked.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from outrider.drafts.review import calendar, hours, policy, store_reviews
from outrider.drafts.review.allowed import when
from outrider.drafts.review.store_reviews import Due
from outrider.drafts.review.types import Chased, ChaseKind, Clock, OnTimeout, Review
from outrider.kernel.access import PersonRole
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import OutriderError, SwitchedOff, Unavailable
from outrider.kernel.switches import halted

Tell: TypeAlias = Callable[[Tx, Chased], Awaitable[None]]
"""Tells people, once this transaction commits: it starts a job and calls nobody itself."""


@dataclass(frozen=True)
class Ends:
    """What decides in nobody's name when time is over (`drafts.decide`, bound by the job)."""

    expire: Callable[[Tx, UUID], Awaitable[object]]
    """`(tx, draft_id)`: the draft is decided by nobody any more."""
    send: Callable[[Tx, UUID, UUID | None, str], Awaitable[object]]
    """`(tx, draft_id, policy_id, reason)`: approve by timeout, or refuse with a sentence."""


async def chase(tx: Tx, ends: Ends, limit: int, tell: Tell | None = None) -> list[Chased]:
    """Do what fell due, up to `limit` reviews; what another worker has in hand is left to it.

    The actor must be a job. Time that is over comes before a reminder, reminders that were missed
    are one, and a review that was put off is not reminded but falls due all the same.
    """
    await store_reviews.close_decided(tx)
    done = []
    for due in await store_reviews.due(tx, limit):
        item = await _one_by_itself(tx, due, ends)
        if item is not None:
            done.append(item)
            if tell is not None:
                await tell(tx, item)
    return done


async def notified(tx: Tx, draft_id: UUID) -> bool:
    """Note that a draft was put before the people who are responsible now; False when it was before.

    Nothing is sent by a timeout of which nobody was told, so only who really showed it says so.
    """
    told = await store_reviews.notified(tx, draft_id)
    if told:
        await record(tx, "drafts.notify", f"draft:{draft_id}", {})
    return told


async def _one_by_itself(tx: Tx, due: Due, ends: Ends) -> Chased | None:
    """One review; what goes wrong with it stops its clock and none of the others."""
    try:
        async with tx.conn.begin_nested():
            return await _one(tx, due, ends)
    except Unavailable:
        raise
    except OutriderError as error:
        return await _hold(tx, due, error.code, more=f" {error.message}")


async def _one(tx: Tx, due: Due, ends: Ends) -> Chased | None:
    review = due.review
    is_over = review.due_at is not None and review.due_at <= tx.now
    if not is_over or review.timed_out_at is not None:
        return await _remind(tx, due)
    if review.on_timeout is OnTimeout.HOLD:
        return await _hold(tx, due, "policy")
    if review.on_timeout is OnTimeout.EXPIRE:
        return await _expire(tx, due, ends)
    # Who was asked next must not find it sent before they answered.
    if review.on_timeout is OnTimeout.AUTO_SEND and review.level == 0:
        return await _send(tx, due, ends)
    return await _escalate(tx, due)


async def _remind(tx: Tx, due: Due) -> Chased | None:
    """Say once more that it waits. The next reminder counts from when this one was to be given."""
    review, clock = due.review, await _clock(tx, due)
    steps, count, next_at = sorted(clock.reminders), review.reminded, review.remind_at
    working = await calendar.working_time_for(tx, review.assigned)
    while next_at is not None and next_at <= tx.now:
        count += 1
        if count >= len(steps):
            next_at = None
            break
        gap = steps[count] - steps[count - 1]
        next_at = hours.falls_due(next_at, gap, working, clock.counts)
    until = f" until {when(review.due_at, tx.now)}" if review.due_at else ""
    said = f"Draft {due.draft_number} still waits for a decision{until}."
    if not await store_reviews.reminded(tx, review, count, next_at, said):
        return None
    await _record(tx, due, "remind", {"level": review.level, "reminded": count})
    after = review.model_copy(update={"reminded": count})
    return await _chased(tx, due, ChaseKind.REMIND, after, said)


async def _escalate(tx: Tx, due: Due, refusal: OutriderError | None = None) -> Chased | None:
    """Ask the next of the chain, who gets the whole time; at its end the draft waits."""
    clock = await _clock(tx, due)
    why = f" It was not sent by itself: {refusal.message.rstrip('.')}." if refusal else ""
    because = refusal.code if refusal else "timeout"
    found = await _next(tx, due.review, clock)
    if found is None:
        return await _hold(tx, due, because, " and nobody is left to ask", why)
    level, next_ = found
    review = await _asked(tx, due.review, clock, level, next_.assigned)
    whom = await calendar.in_words(tx, next_.assigned)
    said = f"Nobody decided draft {due.draft_number} in time, so {whom} is asked now.{why}"
    review = review.model_copy(update={"notice": said})
    if not await store_reviews.escalated(tx, due.review, review):
        return None
    to = await calendar.id_of(tx, next_.assigned)
    await _record(tx, due, "escalate", {"level": level, "to": to, "because": because})
    return await _chased(tx, due, ChaseKind.ESCALATE, review, said)


async def _hold(tx: Tx, due: Due, because: str, and_: str = "", more: str = "") -> Chased | None:
    """Stop the clock; the draft waits until a person comes."""
    said = f"Nobody decided draft {due.draft_number} in time{and_}, so it waits for a person.{more}"
    if not await store_reviews.timed_out(tx, due.review, said, closed=False):
        return None
    await _record(tx, due, "hold", {"level": due.review.level, "because": because})
    return await _chased(tx, due, ChaseKind.HOLD, due.review, said)


async def _expire(tx: Tx, due: Due, ends: Ends) -> Chased | None:
    refusal = await _tried(tx, ends.expire(tx, due.review.draft_id))
    if refusal is not None:
        return await _hold(tx, due, refusal.code, more=f" {refusal.message}")
    said = f"Nobody decided draft {due.draft_number} in time, so it expired and is not sent."
    await store_reviews.timed_out(tx, due.review, said, closed=True)
    return await _chased(tx, due, ChaseKind.EXPIRE, due.review, said)


async def _send(tx: Tx, due: Due, ends: Ends) -> Chased | None:
    """Approve by timeout; whatever stands against it is the reason to ask the next one."""
    review = due.review
    at = when(review.due_at, tx.now) if review.due_at else "its time"
    reason = f"Nobody decided it until {at}, and its policy lets it go then."
    refusal: OutriderError | None
    switch = await halted(tx, [("campaign", str(due.campaign_id))])
    if switch is not None:
        refusal = SwitchedOff(f"Nothing goes out now: {switch.sentence()}.")
    else:
        refusal = await _tried(tx, ends.send(tx, review.draft_id, review.policy_id, reason))
    if refusal is not None:
        return await _escalate(tx, due, refusal)
    said = f"Nobody decided draft {due.draft_number} in time; its policy let it go, by timeout."
    await store_reviews.timed_out(tx, review, said, closed=True)
    return await _chased(tx, due, ChaseKind.SEND, review, said)


async def _tried(tx: Tx, deed: Awaitable[object]) -> OutriderError | None:
    """Do it; what refuses it leaves nothing half-written, and comes back."""
    try:
        async with tx.conn.begin_nested():
            await deed
    except Unavailable:
        raise
    except OutriderError as error:
        return error
    return None


async def _next(tx: Tx, review: Review, clock: Clock) -> tuple[int, calendar.Responsible] | None:
    """The next of the chain whom somebody stands for, with the level; None at its end.

    Who a policy asked for in the first place is not passed on to somebody below. When nobody of a
    chain is there an admin is asked, and for want of one anyone who may decide.
    """
    rest = clock.chain[review.level :]
    if not rest:
        return None
    lowest = await calendar.rank_of(tx, review.assigned) if review.level == 0 else 0
    levels = [*enumerate(rest, review.level + 1), (len(clock.chain), PersonRole.ADMIN)]
    for level, name in levels:
        found = await calendar.responsible_for(tx, str(name))
        is_lower = await calendar.rank_of(tx, name) < lowest
        if found.why is None and name != review.assigned and not is_lower:
            return level, found
    if review.assigned is None or review.assigned in set(PersonRole):
        return None
    return len(clock.chain), await calendar.responsible_for(tx, None)


async def _asked(tx: Tx, review: Review, clock: Clock, level: int, assigned: str | None) -> Review:
    """The review as it stands once somebody else is asked, from now on."""
    working = await calendar.working_time_for(tx, assigned)
    reminders = sorted(clock.reminders)[:1]
    remind_at = [hours.falls_due(tx.now, one, working, clock.counts) for one in reminders]
    return review.model_copy(
        update={
            "level": level,
            "assigned": assigned,
            "due_at": hours.falls_due(tx.now, clock.sla, working, clock.counts),
            "remind_at": remind_at[0] if remind_at else None,
            "reminded": 0,
        }
    )


async def _clock(tx: Tx, due: Due) -> Clock:
    return (await policy.active(tx, due.campaign_id)).policy.clock


async def _record(tx: Tx, due: Due, verb: str, body: dict[str, object]) -> None:
    await record(tx, f"drafts.{verb}", f"draft:{due.review.draft_id}", body)


async def _chased(tx: Tx, due: Due, kind: ChaseKind, review: Review, said: str) -> Chased:
    people = (await calendar.responsible_for(tx, review.assigned)).people
    return Chased(
        kind=kind,
        draft_id=review.draft_id,
        lineage_id=due.lineage_id,
        draft_number=due.draft_number,
        assigned=review.assigned,
        to=tuple(one.person_id for one in people),
        level=review.level,
        reminded=review.reminded,
        due_at=review.due_at,
        sentence=said,
    )
