"""What came of mails: by step and variant, and by the week of a person's first mail.

In: the open transaction, an instant since when. Out: counts, shares with their intervals. Never: a
person, a change, a share below the floor called known.

Window, floor and interval are those of a campaign's experiments (`campaigns.results`), so that two
pages never say two things of one variant. An answer belongs to the mail that it refers to, and its
class is the one that was said of it last.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from outrider.app.views.outcome_types import ArmOutcome, Cohort, Outcomes, StepOutcome, Within
from outrider.campaigns.results import LEAST_PEOPLE, WINDOW
from outrider.campaigns.sequential import wilson
from outrider.campaigns.types import ReplyClass
from outrider.kernel.database.tx import Tx

WEEKS = (1, 2, 4)
"""Spans that are told of each week's people."""
COHORTS = 12
"""Weeks back, this one included."""
_GOOD = (str(ReplyClass.INTERESTED), str(ReplyClass.MEETING))
_COUNTED = ("sent", "replies", "good", "counted", "replies_in_time", "good_in_time")

# What people wrote back, each answer with the class that was said of it last.
_ANSWERS = (
    "select u.outbox_id, t.enrollment_id, e.campaign_id, u.received_at as at,"
    " (select v.one ->> 'reply_class' from jsonb_array_elements(e.heard)"
    "  with ordinality as v(one, n) where v.one ->> 'reply_id' = u.raw_sha256"
    "  order by v.n desc limit 1) as class"
    " from outrider.turns u join outrider.threads t on t.id = u.thread_id"
    " join outrider.enrollments e on e.id = t.enrollment_id"
    " where u.workspace_id = :workspace and u.direction = 'in' and u.kind = 'reply'"
)
_FIRST = "min(at) as at, min(at) filter (where class = any(:good)) as good_at"
# One pass over the mails; few people differ in their arms, so the groups are few.
_BY_STEP = (
    "select o.campaign_id, o.step, e.arms, count(*) as sent, count(a.at) as replies,"
    " count(a.good_at) as good, count(*) filter (where o.sent_at <= :ripe) as counted,"
    " count(*) filter (where o.sent_at <= :ripe and a.at < o.sent_at + :window) as replies_in_time,"
    " count(*) filter (where o.sent_at <= :ripe and a.good_at < o.sent_at + :window) as good_in_time"
    " from outrider.outbox o join outrider.enrollments e on e.id = o.enrollment_id"
    f" left join (select outbox_id, {_FIRST} from ({_ANSWERS}) x where outbox_id is not null"
    "  group by outbox_id) a on a.outbox_id = o.id"
    " where o.workspace_id = :workspace and o.status = 'sent'"
    " and (cast(:since as timestamptz) is null or o.sent_at >= :since)"
    " group by o.campaign_id, o.step, e.arms"
)
_CAMPAIGNS = "select id, name from outrider.campaigns order by created_at, id"
# Where somebody has said the meaning of an answer, only good ones count.
_CLASSED = (
    "select k.id from outrider.campaigns k cross join lateral (select 1 from outrider.enrollments e,"
    "  jsonb_array_elements(e.heard) h where e.workspace_id = :workspace and e.campaign_id = k.id"
    "  and e.heard <> '[]' and h ->> 'reply_class' not in ('out_of_office', 'bounce') limit 1) x"
)
_TESTS = (
    "select campaign_id, cast(s.one ->> 'number' as int) as step,"
    " s.one -> 'experiment' ->> 'name' as name from outrider.sequences,"
    " jsonb_array_elements(steps) as s(one) where s.one -> 'experiment' ->> 'name' is not null"
    " order by version"
)
_BY_WEEK = (
    "select date_trunc('week', f.at at time zone 'UTC') as monday, count(*) as people,"
    " {spans} from (select enrollment_id, min(sent_at) as at from outrider.outbox"
    "  where workspace_id = :workspace and status = 'sent' group by enrollment_id) f"
    f" left join (select enrollment_id, {_FIRST} from ({_ANSWERS}) x group by enrollment_id) a"
    " on a.enrollment_id = f.enrollment_id where f.at >= :since group by 1 order by 1"
)
_SPANS = ", ".join(
    f"count(*) filter (where a.{column} < f.at + interval '{weeks} weeks') as {name}_{weeks}"
    for weeks in WEEKS
    for name, column in (("replied", "at"), ("good", "good_at"))
)


@dataclass(frozen=True)
class _Group:
    """Mails of one step whose people are in the same arms."""

    campaign: UUID
    step: int
    arms: Mapping[str, str]
    counts: Mapping[str, int]


async def outcomes(tx: Tx, since: datetime | None) -> Outcomes:
    """What came of the mails sent since an instant; none: since the beginning."""
    return Outcomes(
        now=tx.now,
        since=since,
        window_days=WINDOW.days,
        least=LEAST_PEOPLE,
        steps=await _steps(tx, since),
        cohorts=await _cohorts(tx),
    )


async def _steps(tx: Tx, since: datetime | None) -> list[StepOutcome]:
    here = {"workspace": tx.workspace}
    asked = {**here, "good": list(_GOOD), "window": WINDOW, "ripe": tx.now - WINDOW, "since": since}
    found: defaultdict[tuple[UUID, int], list[_Group]] = defaultdict(list)
    for row in await tx.rows(_BY_STEP, asked):
        counts = {name: row[name] for name in _COUNTED}
        group = _Group(row["campaign_id"], row["step"], _object(row["arms"]), counts)
        found[group.campaign, group.step].append(group)
    classed = {row["id"] for row in await tx.rows(_CLASSED, here)}
    tests: defaultdict[tuple[UUID, int], list[str]] = defaultdict(list)
    for row in await tx.rows(_TESTS):
        tests[row["campaign_id"], row["step"]].append(row["name"])
    return [
        _step((campaign["id"], campaign["name"], step), groups, tests[id_, step], id_ in classed)
        for campaign in await tx.rows(_CAMPAIGNS)
        for (id_, step), groups in sorted(found.items(), key=lambda one: one[0][1])
        if id_ == campaign["id"]
    ]


def _step(
    which: tuple[UUID, str, int], groups: Sequence[_Group], tests: Sequence[str], is_classed: bool
) -> StepOutcome:
    campaign_id, campaign, step = which
    parts: defaultdict[tuple[str, str], list[_Group]] = defaultdict(list)
    for group in groups:
        # The newest comparison first; a person who was drawn for none belongs to no variant.
        test = next((name for name in reversed(tests) if name in group.arms), "")
        parts[test, group.arms.get(test, "")].append(group)
    arms = [
        ArmOutcome(experiment=test, arm=arm, **_figures(parts[test, arm], is_classed))
        for test, arm in sorted(parts, key=lambda one: (one[0] == "", one))
    ]
    return StepOutcome(
        campaign_id=campaign_id,
        campaign=campaign,
        step=step,
        counts="good replies" if is_classed else "replies",
        arms=arms if any(one.experiment for one in arms) else [],
        **_figures(groups, is_classed),
    )


def _figures(groups: Iterable[_Group], is_classed: bool) -> dict[str, Any]:
    """The sum of some groups, and the share with its interval."""
    sums = dict.fromkeys(_COUNTED, 0)
    for group in groups:
        for name in _COUNTED:
            sums[name] += group.counts[name]
    hits, counted = sums["good_in_time" if is_classed else "replies_in_time"], sums["counted"]
    low, high = wilson(hits, counted)
    return {
        **{name: sums[name] for name in ("sent", "replies", "good", "counted")},
        "hits": hits,
        "share": hits / counted if counted else None,
        "low": low,
        "high": high,
        "is_enough": counted >= LEAST_PEOPLE,
    }


async def _cohorts(tx: Tx) -> list[Cohort]:
    this_week = tx.now.replace(hour=0, minute=0, second=0, microsecond=0)
    this_week -= timedelta(days=this_week.weekday())
    rows = await tx.rows(
        _BY_WEEK.format(spans=_SPANS),
        {
            "workspace": tx.workspace,
            "good": list(_GOOD),
            "since": this_week - timedelta(weeks=COHORTS - 1),
        },
    )
    return [_cohort(row, tx.now) for row in rows]


def _cohort(row: Mapping[str, Any], now: datetime) -> Cohort:
    monday: datetime = row["monday"].replace(tzinfo=now.tzinfo)
    return Cohort(
        monday=monday.date(),
        people=row["people"],
        within=[
            Within(
                weeks=weeks,
                replied=row[f"replied_{weeks}"],
                good=row[f"good_{weeks}"],
                is_ripe=monday + timedelta(weeks=1 + weeks) <= now,
            )
            for weeks in WEEKS
        ],
    )


def _object(value: Any) -> dict[str, str]:
    """A JSON object, whether the driver has read it or not."""
    found: dict[str, str] = json.loads(value) if isinstance(value, str) else value
    return found
