"""Say what a draft needs before it may leave: which rule of the policy fits, who decides, by when.

In: the open transaction, a pending draft, what its recipient wrote last. Out: its review, stored once.
Never: a decision on the draft, a second review of one version.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from outrider.campaigns import create
from outrider.drafts import read
from outrider.drafts.review import calendar, policy, rules, second, store_policies, store_reviews
from outrider.drafts.review import judge as judging
from outrider.drafts.review.bands import EVIDENCE_LASTS, Tally, calibrated, segment_of
from outrider.drafts.review.conditions import About, facts_of
from outrider.drafts.review.hours import falls_due
from outrider.drafts.review.rules import Case
from outrider.drafts.review.types import (
    Action,
    Clock,
    Policy,
    Review,
    ReviewId,
    StoredPolicy,
    Verdict,
)
from outrider.drafts.types import Draft
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput
from outrider.prospects import read as prospects
from outrider.prospects import research


async def route(tx: Tx, draft: Draft, heard: str = "") -> Review:
    """The review of this version; made now if it has none.

    Args:
        tx: the open transaction.
        draft: a version that waits for a decision.
        heard: the newest words of its recipient to any mail of ours; empty when there are none.
    """
    known = await store_reviews.of_draft(tx, draft.id)
    if known is not None:
        return known
    stored = await policy.active(tx, draft.campaign_id)
    now = await moment(tx, draft.campaign_id, stored.policy, tx.now)
    case, segment = await case_of(tx, draft, stored.policy, now, heard)
    verdict, assigned = await _to_somebody(tx, rules.verdict(stored.policy, case))
    due_at, remind_at = await _times(tx, stored.policy.clock, assigned)
    review = Review(
        id=ReviewId(tx.new_id()),
        draft_id=draft.id,
        policy_id=stored.id,
        verdict=verdict,
        segment=segment,
        confidence=case.calibrated.confidence,
        on_timeout=stored.policy.clock.on_timeout,
        opened_at=tx.now,
        due_at=due_at,
        remind_at=remind_at,
        assigned=assigned,
    )
    if not await store_reviews.add(tx, review):
        return await route(tx, draft, heard)
    await record(tx, "drafts.route", f"draft:{draft.id}", _body(stored, case, review))
    return review


async def review_of(tx: Tx, draft_id: UUID) -> Review | None:
    """The review of a version that was routed already."""
    return await store_reviews.of_draft(tx, draft_id)


@dataclass(frozen=True)
class Moment:
    """An instant, and what people had decided in a campaign before it."""

    at: datetime
    tallies: tuple[Tally, ...]


async def moment(tx: Tx, campaign_id: UUID, policy: Policy, at: datetime) -> Moment:
    """What speaks for and against the drafts of a campaign at an instant."""
    since, dwell = at - EVIDENCE_LASTS, policy.guard.least_dwell
    return Moment(at, tuple(await store_policies.tallies(tx, campaign_id, since, at, dwell)))


async def case_of(
    tx: Tx, draft: Draft, policy: Policy, moment: Moment, heard: str = ""
) -> tuple[Case, str]:
    """All that a policy sees of a draft, and its segment."""
    dossier = await research.dossier(tx, draft.account_id)
    industry = dossier.account.industry
    segment = segment_of(draft.campaign_id, draft.step, industry)
    confidence = calibrated(moment.tallies, draft.step, industry, policy.bands.evidence)
    scores = await judging.scores_of(tx, draft.id)
    about = About(
        draft=draft,
        account=dossier.account,
        contact=await prospects.contact(tx, draft.contact_id),
        campaign=(await create.find(tx, str(draft.campaign_id))).name,
        facts=dossier.facts,
        scores=scores,
        calibrated=confidence,
        segment=segment,
        heard=heard,
        now=moment.at,
    )
    is_read = policy.second_reader.is_on and await second.is_read(tx, draft)
    return Case(draft, facts_of(about), scores, confidence, is_read), segment


async def hand_to_person(tx: Tx, draft_id: UUID, why: str) -> bool:
    """Let a person decide what a policy wanted to approve; False when it is decided already."""
    review = await store_reviews.of_draft(tx, draft_id)
    if review is None:
        return False
    reason = f"{review.verdict.reason} A person decides: {why}"[: rules.LONGEST_REASON]
    if not await store_policies.to_person(tx, draft_id, review.assigned, reason):
        return False
    await record(tx, "drafts.hand_to_person", f"draft:{draft_id}", {"was": review.verdict.action})
    return True


async def left_over(tx: Tx, limit: int = 200) -> list[Draft]:
    """Pending drafts that nobody routed, read or approved as it was to be, oldest first."""
    ids = {*await store_policies.unreviewed(tx, limit), *await second.unread(tx, limit)}
    return [await read.find(tx, str(draft_id)) for draft_id in sorted(ids)[:limit]]


async def _to_somebody(tx: Tx, verdict: Verdict) -> tuple[Verdict, str | None]:
    """Who is asked; where nobody holds the role that the policy names, the card says why."""
    found = await calendar.responsible_for(tx, verdict.to)
    if found.why is None:
        return verdict, found.assigned
    reason = f"{verdict.reason} {found.why}"[: rules.LONGEST_REASON]
    return verdict.model_copy(update={"reason": reason}), found.assigned


async def _times(tx: Tx, clock: Clock, assigned: str | None) -> tuple[datetime, datetime | None]:
    """By when somebody decides, and when the first reminder goes out."""
    working = await calendar.working_time_for(tx, assigned)
    first = min(clock.reminders, default=None)
    try:
        return (
            falls_due(tx.now, clock.sla, working, clock.counts),
            None if first is None else falls_due(tx.now, first, working, clock.counts),
        )
    except InvalidInput:  # nobody works for a year: a draft must not wait unseen for that
        return tx.now + clock.sla, None if first is None else tx.now + first


def _body(stored: StoredPolicy, case: Case, review: Review) -> dict[str, object]:
    """What the log keeps: which version of which policy said what, and the numbers it saw."""
    seen = {k: v for k, v in case.values.items() if isinstance(v, bool | int | float)}
    every = json.dumps(case.values, sort_keys=True, default=str).encode()
    verdict = review.verdict
    return {
        "action": verdict.action,
        "rule": verdict.rule,
        "risk": verdict.risk,
        "policy": str(stored.id) if stored.id else "built in",
        "version": stored.version,
        "segment": review.segment,
        "confidence": None if review.confidence is None else str(review.confidence),
        "is_automatic": verdict.action is Action.AUTO_APPROVE,
        "seen": seen,
        "seen_sha256": hashlib.sha256(every).hexdigest(),
    }
