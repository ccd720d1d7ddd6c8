"""A campaign whose answers drop is halted until a person has looked (B-76).

In: who was written to, when, and when they answered, passed in by the door. Out: a look, and the
campaign's switch with its reason. Never: a halt by a bare threshold, a release.

The watch takes its baseline once and judges only people who were written to afterwards. A mail
counts when its time to be answered is over, so nobody is taken for silent who had no time to answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from outrider.campaigns.types import CampaignId
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.switches import halted, set_switch
from outrider.sending.health import evalue, store_drop
from outrider.sending.health.evalue import ALPHA, DELTA, Counts, Look
from outrider.sending.health.store_drop import Watch

TIME_TO_ANSWER = timedelta(days=7)
COHORT = timedelta(days=7)
LEAST_MAILS = 100
LEAST_ANSWERS = 5
"""Below these a baseline bounds nothing, and no watch begins."""


@dataclass(frozen=True, slots=True)
class Written:
    """A person's first mail in a campaign."""

    sent_at: datetime
    answered_at: datetime | None


async def look(
    tx: Tx, campaign_id: CampaignId, people: Sequence[Written], *, delta: float = DELTA
) -> Look | None:
    """Judge a campaign by its first mails; None while there is too little to begin a watch.

    An alarm moves the campaign's switch on. When a person moves it off, the watch begins anew with
    what is normal by then.

    Args:
        tx: the open transaction.
        campaign_id: which.
        people: everybody of the campaign who was written to.
        delta: the share of the old rate that must be lost before it counts.
    """
    ripe = [one for one in people if one.sent_at < tx.now - TIME_TO_ANSWER]
    watch = await store_drop.find(tx, campaign_id)
    if watch is not None and watch.alarmed_at is not None:
        if await _is_halted(tx, campaign_id):
            return evalue.look(watch.baseline, _cohorts(ripe, watch.watched_from), delta=delta)
        watch = None
    if watch is None:
        return await _begin(tx, campaign_id, ripe, delta)
    cohorts = _cohorts(ripe, watch.watched_from)
    seen = evalue.look(watch.baseline, cohorts, delta=delta)
    since = Counts(sum(one.mails for one in cohorts), sum(one.answers for one in cohorts))
    is_alarm = seen.is_alarm
    await store_drop.put(
        tx,
        campaign_id,
        Watch(
            watch.baseline,
            watch.watched_from,
            since,
            max(watch.evidence, seen.evidence),
            tx.now if is_alarm else None,
        ),
    )
    if is_alarm:
        await _halt(tx, campaign_id, watch.baseline, _stretch(cohorts, seen), seen)
    return seen


async def _begin(
    tx: Tx, campaign_id: CampaignId, ripe: Sequence[Written], delta: float
) -> Look | None:
    baseline = _counted(ripe)
    if baseline.mails < LEAST_MAILS or baseline.answers < LEAST_ANSWERS:
        return None
    watched_from = tx.now - TIME_TO_ANSWER
    none = Counts(0, 0)
    await store_drop.put(tx, campaign_id, Watch(baseline, watched_from, none, 1.0, None))
    return evalue.look(baseline, [], delta=delta)


def _counted(people: Sequence[Written]) -> Counts:
    answers = sum(
        one.answered_at is not None and one.answered_at - one.sent_at <= TIME_TO_ANSWER
        for one in people
    )
    return Counts(len(people), answers)


def _cohorts(people: Sequence[Written], start: datetime) -> list[Counts]:
    """The people of each week since the watch began, in the order of time."""
    weeks: dict[int, list[Written]] = {}
    for one in people:
        if one.sent_at >= start:
            weeks.setdefault((one.sent_at - start) // COHORT, []).append(one)
    return [_counted(weeks.get(week, [])) for week in range(max(weeks, default=-1) + 1)]


def _stretch(cohorts: Sequence[Counts], seen: Look) -> Counts:
    """The weeks that show the drop best, from one of them up to now."""
    stretches = [
        Counts(sum(one.mails for one in cohorts[k:]), sum(one.answers for one in cohorts[k:]))
        for k in range(len(cohorts))
    ]
    return max(stretches, key=lambda counts: evalue.e_value(counts, seen.least_rate))


async def _is_halted(tx: Tx, campaign_id: CampaignId) -> bool:
    switch = await halted(tx, [("campaign", str(campaign_id))])
    return switch is not None


async def _halt(
    tx: Tx, campaign_id: CampaignId, baseline: Counts, since: Counts, seen: Look
) -> None:
    before = 100 * baseline.answers / baseline.mails
    after = 100 * since.answers / since.mails
    reason = (
        f"answers dropped from {before:.1f} % of {baseline.mails} people to {after:.1f} % of "
        f"{since.mails} (chance of a false alarm at most {100 * ALPHA:g} %); leads wait for a person"
    )
    if not await _is_halted(tx, campaign_id):
        await set_switch(tx, "campaign", str(campaign_id), is_on=True, reason=reason)
    body = {
        "baseline": [baseline.mails, baseline.answers],
        "since": [since.mails, since.answers],
        "evidence": round(seen.evidence, 3),
    }
    await record(tx, "sending.drop", f"campaign:{campaign_id}", body)
