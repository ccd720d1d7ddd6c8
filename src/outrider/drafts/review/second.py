"""Have a mail's sentences held against the stored facts by a model that did not write it.

In: the open transaction and a draft; what the second reader told. Out: a question; its `Reading`, kept
once; the rules' findings with what it adds. Never: a finding taken away, a decision, a model call inside
a transaction, an answer taken for more than words.

The reading is kept apart from the draft's row: who writes drafts cannot write it, so what it found is
found again before an approval whatever the row says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from outrider.campaigns import create
from outrider.drafts import store
from outrider.drafts.review import reading, store_readings
from outrider.drafts.review.reading_types import (
    Joined,
    Numbered,
    Outcome,
    Place,
    Reading,
    ReadRequest,
    Reply,
    Silence,
    Taken,
    Told,
    ToldFact,
)
from outrider.drafts.types import Draft, DraftStatus
from outrider.guardrails.types import Finding, Severity
from outrider.kernel.asking import Task, Tier
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.prospects import research
from outrider.prospects.types import Fact

SECOND_READ_TASK: Task[ReadRequest, Reply] = Task(
    prompt_id="drafts/second_read@1",
    takes=ReadRequest,
    gives=Reply,
    tier=Tier.MID,
    max_cost_usd=Decimal("0.10"),
)

MOST_FACTS = 80
LONGEST_WORDS = 600
"""Characters of a value or a quote that are told."""


@dataclass(frozen=True)
class Asked:
    """A question, and what its numbers and names stand for."""

    question: ReadRequest
    places: tuple[Place, ...]
    facts: tuple[UUID, ...]
    severity: Severity
    writer: str
    """The model whose words these are, or were before a person changed them."""


async def request(tx: Tx, draft: Draft) -> Asked | None:
    """What the second reader is asked of this version; None when nobody wants it read, or it was.

    Tests of the reviewers are not read: they are green on purpose, as the mail that each is a copy of.
    """
    if draft.status is not DraftStatus.PENDING:
        return None
    now = await store_readings.standing(tx, draft)
    if not now.is_due or now.reading is not None:
        return None
    campaign = await create.find(tx, str(draft.campaign_id))
    dossier = await research.dossier(tx, draft.account_id)
    claimed = {UUID(str(claim.fact_id)) for claim in draft.claims}
    facts = sorted(dossier.facts, key=lambda fact: fact.id not in claimed)[:MOST_FACTS]
    places = reading.places(draft.content.subject, draft.body)
    recipient, sender = draft.content.recipient, draft.content.sender
    own = (
        *(campaign.name, campaign.additional_context, sender.brand, sender.name),
        *(recipient.first_name, recipient.last_name, recipient.title, sender.booking_link),
    )
    question = ReadRequest(
        account=dossier.account.name,
        own=tuple(words for words in own if words),
        today=tx.now.date(),
        sentences=tuple(
            Numbered(number=number, text=place.text) for number, place in enumerate(places, start=1)
        ),
        facts=tuple(_told(number, fact, claimed) for number, fact in enumerate(facts, start=1)),
    )
    return Asked(
        question, places, tuple(fact.id for fact in facts), now.severity, await _writer(tx, draft)
    )


async def save(tx: Tx, draft: Draft, asked: Asked, told: Told) -> Reading:
    """Keep what came of it, with its cost; of a second word on the same version only the cost counts.

    A draft that still waits gets the findings at once; the rules' stay as they are. Of a reading that
    came after the draft was decided or replaced, or its recipient erased, only the cost is kept.
    """
    found = _taken(asked, told)
    # Who was erased while a model read must not come back in its words.
    await store.lock(tx, draft.id)
    now = await store.by_id(tx, draft.id)
    is_late = now is None or now.status is not DraftStatus.PENDING
    is_erased = await store_readings.is_erased(tx, draft)
    said = () if is_erased else _findings(told, found)
    kept = Reading(
        draft_id=draft.id,
        content_hash=draft.content_hash,
        outcome=Outcome.SILENT if found is None else Outcome.READ,
        by=told.model,
        findings=() if is_late else said,
        tokens=told.tokens,
        cost_usd=told.cost_usd,
        read_at=tx.now,
    )
    if not await store_readings.add(tx, kept):
        await settle(tx, draft, told)
        return (await store_readings.standing(tx, draft)).reading or kept
    both = reading.joined(draft.findings, kept.findings)
    if both.added:
        await store_readings.mark(tx, draft.id, both.findings)
    body = {
        "content_hash": draft.content_hash,
        "lineage": str(draft.lineage_id),
        "version": draft.version,
        "prompt_id": SECOND_READ_TASK.prompt_id,
        "outcome": kept.outcome,
        "why": told.silence,
        "model": told.model,
        "sentences": len(asked.places),
        "findings": dict(Counter(f"{one.check}:{one.severity}" for one in said)),
        "late": is_late,
        "added": len(both.added),
        "facts": sorted(str(fact) for fact in found.facts) if found else [],
        "unusable": found.unplaced if found else 0,
        "instructions": found.is_instructed if found else False,
        "cost_tokens": told.tokens,
        "cost_usd": str(told.cost_usd),
    }
    await record(tx, "drafts.second_read", f"draft:{draft.id}", body)
    return kept


async def settle(tx: Tx, draft: Draft, told: Told, set_aside_usd: Decimal = Decimal(0)) -> None:
    """Count what an answer cost that came too late to be read; nothing else of it counts.

    `set_aside_usd` was counted for it already, while nobody knew whether it would come.
    """
    if not told.tokens and not told.cost_usd and not set_aside_usd:
        return
    await store_readings.add_cost(tx, draft.id, told.tokens, told.cost_usd - set_aside_usd)
    body = {
        "content_hash": draft.content_hash,
        "prompt_id": SECOND_READ_TASK.prompt_id,
        "model": told.model,
        "cost_tokens": told.tokens,
        "cost_usd": str(told.cost_usd),
        "set_aside_usd": str(set_aside_usd),
    }
    await record(tx, "drafts.settle_reading", f"draft:{draft.id}", body)


async def beside(tx: Tx, draft: Draft, rules: tuple[Finding, ...]) -> Joined:
    """What the rules found, and what the second reader adds; that it has not read yet is told, too."""
    now = await store_readings.standing(tx, draft)
    if now.reading is not None:
        return reading.joined(rules, now.reading.findings)
    still = now.is_due and draft.status is DraftStatus.PENDING
    return reading.joined(rules, (reading.not_yet(),) if still else ())


async def waits(tx: Tx, draft: Draft) -> bool:
    """Whether the second reader is still to read it."""
    now = await store_readings.standing(tx, draft)
    return now.is_due and now.reading is None


async def is_read(tx: Tx, draft: Draft) -> bool:
    """Whether the second reader is through with this version, whatever it said.

    A test of the reviewers counts as read, so that nothing tells it from the mail that it copies.
    """
    return draft.is_seed or await store_readings.is_read(tx, draft)


async def unread(tx: Tx, limit: int) -> list[UUID]:
    """Drafts that were routed before they were read, because a person or a crash was quicker."""
    return list(await store_readings.unread(tx, limit))


def _taken(asked: Asked, told: Told) -> Taken | None:
    if told.reply is None or told.silence is not None:
        return None
    return reading.taken(told.reply, asked.places, asked.facts, asked.severity)


def _findings(told: Told, found: Taken | None) -> tuple[Finding, ...]:
    if found is None:
        return (reading.silence_of(told.silence or Silence.UNUSABLE),)
    return (*found.findings, reading.note_of(told.model or "a model", found))


def _told(number: int, fact: Fact, claimed: set[UUID]) -> ToldFact:
    return ToldFact(
        id=f"F{number}",
        kind=fact.kind,
        value=fact.value[:LONGEST_WORDS],
        unit=fact.unit,
        quote=fact.evidence.quote[:LONGEST_WORDS],
        as_of=fact.as_of,
        is_claimed=fact.id in claimed,
    )


async def _writer(tx: Tx, draft: Draft) -> str:
    """Who wrote these words, or the words that people then changed."""
    if not draft.writer.startswith("person:"):
        return draft.writer
    older: Sequence[Draft] = await store.lineage(tx, draft.lineage_id)
    by_models = [
        one for one in older
        if one.version < draft.version and not one.writer.startswith("person:")
    ]  # fmt: skip
    return max(by_models, key=lambda one: one.version).writer if by_models else draft.writer
