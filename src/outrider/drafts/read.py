"""Finding drafts, and saying how they stand.

In: a number, an id, the beginning of an id. Out: drafts; a plain sentence on who decided and when.
Never: a change.
"""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from outrider.drafts import store
from outrider.drafts.types import DecidedBy, Decision, DecisionKind, Draft, DraftStatus
from outrider.kernel import access
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict, InvalidInput, NotFound

SHORTEST_PREFIX = 8
"""Hex digits of an id that must be given; fewer digits are a number."""

_DONE = {
    DecisionKind.APPROVE: "approved",
    DecisionKind.EDIT: "edited",
    DecisionKind.REJECT: "rejected",
}


async def find(tx: Tx, ref: str) -> Draft:
    """The draft with this number, this id, or the only one whose id begins so.

    Raises:
        InvalidInput: it is none of these, or several ids begin so.
        NotFound: there is no such draft.
    """
    wanted = ref.strip().removeprefix("#")
    draft = None
    if re.fullmatch(r"[0-9]{1,15}", wanted):
        draft = await store.by_number(tx, int(wanted))
    if draft is None and not re.fullmatch(rf"[0-9]{{1,{SHORTEST_PREFIX - 1}}}", wanted):
        draft = await _by_id(tx, wanted)
    if draft is None:
        raise NotFound(f"There is no draft {ref.strip()[:60]} in this workspace; list them first.")
    return draft


async def listing(
    tx: Tx,
    status: DraftStatus | str | None = None,
    campaign: UUID | None = None,
    limit: int = 100,
    offset: int = 0,
) -> list[Draft]:
    """Drafts, oldest first, of one status and one campaign where given.

    Raises:
        InvalidInput: there is no such status.
    """
    try:
        wanted = DraftStatus(status) if status is not None else None
    except ValueError:
        known = ", ".join(DraftStatus)
        raise InvalidInput(f"There is no status {status!r}; choose one of {known}.") from None
    return await store.listing(tx, wanted, campaign, limit, offset)


async def lineage(tx: Tx, lineage_id: UUID) -> list[Draft]:
    """Every version of one mail, oldest first."""
    return await store.lineage(tx, lineage_id)


async def decision(tx: Tx, draft_id: UUID) -> Decision | None:
    """What a person said to this draft, if anybody did."""
    return await store.decision_on(tx, draft_id)


async def decided(
    tx: Tx, after: tuple[datetime, UUID] | None = None, limit: int = 200
) -> list[tuple[Draft, Decision]]:
    """Decisions with their drafts, oldest first; `after` is the (instant, id) of the last one seen."""
    return await store.decided_after(tx, after, limit)


async def unanswered(tx: Tx, limit: int = 100) -> list[Draft]:
    """Rejected drafts that wait for their next version, oldest first."""
    return await store.unanswered(tx, limit)


async def standing(tx: Tx, draft: Draft) -> Conflict:
    """Why a draft cannot be decided now: who was first, when, and what replaced it."""
    made = await store.decision_on(tx, draft.id)
    newest = await store.newest_version(tx, draft.lineage_id)
    where = ""
    if newest is not None and newest.version > draft.version:
        where = f" Draft {newest.number} replaced it and is {newest.status}."
    if made is None:
        reason = f" ({draft.note})" if draft.note else ""
        said = f"Draft {draft.number} is {draft.status}{reason}."
    else:
        who = await decider(tx, made)
        said = f"{who} {_DONE[made.kind]} draft {draft.number} at {when(made.decided_at, tx.now)}."
        if draft.status in (DraftStatus.QUEUED, DraftStatus.SENT, DraftStatus.WITHDRAWN):
            where = f" It is {draft.status}." + where
    return Conflict(said + where, draft=draft.number, status=draft.status)


async def decider(tx: Tx, made: Decision) -> str:
    """Who decided, as a subject of a sentence: a person's name, or what decided in nobody's name."""
    if made.person_id is None:
        return "The policy" if made.by is DecidedBy.POLICY else "The time limit"
    member = await access.member(tx, made.person_id)
    return member.name if member else "Somebody who left"


def when(moment: datetime, now: datetime) -> str:
    """`15:02 UTC`, with the day when it was not today."""
    day = "" if moment.date() == now.date() else f" on {moment:%Y-%m-%d}"
    return f"{moment:%H:%M} UTC{day}"


async def _by_id(tx: Tx, wanted: str) -> Draft | None:
    digits = wanted.replace("-", "").lower()
    if not re.fullmatch(r"[0-9a-f]{1,32}", digits) or len(digits) < SHORTEST_PREFIX:
        raise InvalidInput(
            f"{wanted[:60]!r} names no draft: give its number, its id, "
            f"or at least the first {SHORTEST_PREFIX} digits of its id."
        )
    low, high = UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))
    found = await store.by_id_range(tx, low, high, limit=2)
    if len(found) > 1:
        one, other = sorted(item.number for item in found)
        raise InvalidInput(
            f"Several ids begin with {wanted}: give more of it, or the number ({one}, {other} …)."
        )
    return found[0] if found else None
