"""Tests of the reviewers: copies of green drafts with one fault that a careful reader sees.

In: the open transaction, a pending draft. Out: a test draft that looks like any other until it is decided.
Never: a mail that could be sent (the database refuses it too), a lesson for learning, a hint before the
decision.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from outrider.drafts import dress, store
from outrider.drafts.review import policy, second, store_seeds
from outrider.drafts.review.faults import Fault, faults
from outrider.drafts.rules import compose, content_hash
from outrider.drafts.states import Event
from outrider.drafts.types import Draft, DraftId, DraftStatus, Wording
from outrider.drafts.write import ask_for_review, thread_of
from outrider.guardrails.content import clean
from outrider.guardrails.types import Claim, Severity
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput, NotFound, Refused
from outrider.kernel.ids import PersonId
from outrider.prospects import read as prospects

FRESH = timedelta(days=1)
"""Only drafts of the last day get a test beside them: who reviews has not read them long ago."""
STALE = timedelta(days=7)
"""After this time a test that nobody decided says nothing any more."""


class Outcome(StrEnum):
    """What came of a test."""

    CAUGHT = "caught"
    MISSED = "missed"
    RETIRED = "retired"


async def plant(tx: Tx, draft_id: UUID) -> Draft | None:
    """Copy a pending green draft with one fault in it; None when no fault fits or it has a test already.

    Raises:
        NotFound: there is no such draft.
        InvalidInput: it is not pending, not green, or a test itself.
    """
    source = await store.by_id(tx, draft_id)
    if source is None:
        raise NotFound(f"There is no draft {draft_id} in this workspace.")
    if source.status is not DraftStatus.PENDING or source.is_seed or not _is_green(source):
        raise InvalidInput(
            f"Draft {source.number} cannot be copied as a test: it must wait, all green."
        )
    account = await prospects.account(tx, source.account_id)
    possible = faults(source, account.name)
    if not possible:
        return None
    chosen = possible[_digest(source) % len(possible)]
    seed = await store.add(tx, await _copy(tx, source, chosen))
    if seed is None or not await store_seeds.add(tx, seed.id, source.id, chosen.told):
        raise Refused(f"Draft {source.number} has a test beside it already.", draft=source.number)
    body = {"content_hash": seed.content_hash, "source": str(source.id), "fault": chosen.name}
    await record(tx, "drafts.plant", f"draft:{seed.id}", body)
    await ask_for_review(tx, seed)
    return seed


async def plant_share(tx: Tx, limit: int = 20) -> list[Draft]:
    """Plant tests beside the share of fresh green drafts that the policy asks for, each once.

    Which drafts is said by a hash of each, so a second call plants nothing new. Tests that nobody
    decided for a week are retired.
    """
    await retire(tx)
    planted: list[Draft] = []
    if not await store_seeds.is_wanted(tx):
        return planted
    shares: dict[UUID, Decimal] = {}
    for source in await store_seeds.unplanted(tx, tx.now - FRESH):
        if source.campaign_id not in shares:
            active = await policy.active(tx, source.campaign_id)
            shares[source.campaign_id] = active.policy.guard.seeded
        if len(planted) >= limit or not is_chosen(source, shares[source.campaign_id]):
            continue
        draft = await store.by_id(tx, source.id)
        if draft is None or await second.waits(tx, draft):
            continue  # its test would never be read, and so differ from it
        if _is_green(draft) and await store_seeds.lock(tx, draft.id):
            seed = await plant(tx, draft.id)
            planted += [seed] if seed else []
    return planted


async def retire(tx: Tx) -> list[DraftId]:
    """End tests that are too old, or whose draft was withdrawn; nobody is told off for them."""
    old = await store_seeds.stale(tx, tx.now - STALE)
    if not old:
        return []
    await store.move(tx, old, Event.WITHDRAW, DraftStatus.WITHDRAWN, "It was a test draft.")
    for draft_id in old:
        await end(tx, draft_id, Outcome.RETIRED, None)
    return old


async def verdict(tx: Tx, draft_id: UUID, outcome: Outcome) -> str:
    """What the reviewer is told at once."""
    told = await store_seeds.fault_of(tx, draft_id)
    if outcome is Outcome.MISSED:
        return f"This was a test draft: {told}. You approved it; nothing is sent."
    return f"This was a test draft, and you caught it: {told}. Nothing follows from it."


async def end(tx: Tx, draft_id: UUID, outcome: Outcome, person_id: PersonId | None) -> None:
    """Note what came of a test."""
    await store_seeds.end(tx, draft_id, outcome, person_id)
    body = {"outcome": outcome, "person": str(person_id) if person_id else None}
    await record(tx, "drafts.test", f"draft:{draft_id}", body)


def is_chosen(source: store_seeds.Fresh, share: Decimal) -> bool:
    """Whether this draft is among the share that gets a test, by its hash alone."""
    return _fraction(source.id, source.content_hash) < share


def _fraction(draft_id: UUID, content: str) -> Decimal:
    digest = hashlib.sha256(f"outrider.test.v1\n{draft_id}\n{content}".encode()).digest()
    return Decimal(int.from_bytes(digest[:8], "big")) / Decimal(1 << 64)


def _digest(draft: Draft) -> int:
    return int.from_bytes(hashlib.sha256(draft.content_hash.encode()).digest()[:8], "big")


def _is_green(draft: Draft) -> bool:
    return all(item.severity is Severity.NOTE for item in draft.findings)


async def _copy(tx: Tx, source: Draft, fault: Fault) -> Draft:
    words = Wording(subject=fault.subject, body=fault.body, language=source.language)
    old = source.content
    plain = compose(words, old.recipient, old.sender, source.step, thread_of(source))
    content = await dress.dressed(tx, plain, words.language)
    draft_id = DraftId(tx.new_id())
    changes = {
        "id": draft_id,
        "number": 0,
        "lineage_id": draft_id,
        "version": 1,
        "parent_id": None,
        "content": content,
        "body": words.body,
        "rich": None,
        "content_hash": content_hash(content),
        "claims": _claims(source.claims, fault),
        # Green on purpose: what a check would find is no test of a reader.
        "findings": source.findings,
        "actor": str(tx.actor),
        "is_seed": True,
        "created_at": tx.now,
    }
    return source.model_copy(update=changes)


def _claims(claims: Sequence[Claim], fault: Fault) -> tuple[Claim, ...]:
    """The claims with the words as they stand now, so that they give nothing away."""
    return tuple(
        claim.model_copy(
            update={
                "span": clean(claim.span).replace(fault.old, fault.new),
                "value": claim.value.replace(fault.old, fault.new),
            }
        )
        for claim in claims
    )
