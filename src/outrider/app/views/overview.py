"""The overview: what came back first, then how it came about, what it cost, how mail is received.

In: the open transaction, an instant since when. Out: counts, seconds, money. Never: a change.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from outrider.app.views.funnel import Funnel, funnel
from outrider.app.views.overview_types import (
    Approvals,
    BoxHealth,
    Cost,
    Deliverability,
    GoodReply,
    Overview,
    Replies,
    Week,
)
from outrider.campaigns.types import ReplyClass
from outrider.conversations import read as conversations
from outrider.kernel.database.tx import Tx
from outrider.sending import mailboxes
from outrider.sending.health import bands

GOOD = (str(ReplyClass.INTERESTED), str(ReplyClass.MEETING))
NEWEST = 5
_WEEKS = 12
_HEARD = (
    "select e.account_id, e.contact_id, e.id as enrollment_id, h.value ->> 'reply_class' as class,"
    " cast(h.value ->> 'at' as timestamptz) as at from outrider.enrollments e"
    " cross join lateral jsonb_array_elements(e.heard) h"
    " where cast(:since as timestamptz) is null"
    " or cast(h.value ->> 'at' as timestamptz) >= :since"
)
_CLASSES = (
    "select class, count(*) as n, count(distinct enrollment_id) as people"
    f" from ({_HEARD}) x group by class order by n desc, class"
)
# What people wrote back, by the class that was said last; none: nobody has said it.
_MEANINGS = (
    "select class, count(*) as n from (select (select v.one ->> 'reply_class'"
    "  from jsonb_array_elements(e.heard) with ordinality as v(one, n)"
    "  where v.one ->> 'reply_id' = u.raw_sha256 order by v.n desc limit 1) as class"
    " from outrider.turns u join outrider.threads t on t.id = u.thread_id"
    " join outrider.enrollments e on e.id = t.enrollment_id"
    " where u.direction = 'in' and u.kind = 'reply'"
    " and (cast(:since as timestamptz) is null or u.received_at >= :since)) x"
    " group by class order by class is null, n desc, class"
)
_GOOD = (
    f"select x.account_id, x.contact_id, '' as account, '' as contact, x.class as reply_class, x.at"
    f" from ({_HEARD}) x where x.class = any(:good) order by x.at desc, x.enrollment_id limit :most"
)
_NAMES = (
    "select c.id, a.name as account,"
    " coalesce(nullif(trim(c.first_name || ' ' || c.last_name), ''), c.email) as contact"
    " from outrider.contacts c join outrider.accounts a on a.id = c.account_id where c.id = any(:ids)"
)
_KINDS = (
    "select kind, count(*) as n, count(distinct thread_id) as people from outrider.turns"
    " where direction = 'in' and thread_id is not null"
    " and (cast(:since as timestamptz) is null or received_at >= :since)"
    " group by kind order by n desc, kind"
)
_DECIDED = (
    "select count(*) filter (where x.kind = 'approve' and x.by = 'person') as approved,"
    " count(*) filter (where x.kind = 'edit') as edited,"
    " count(*) filter (where x.kind = 'reject' and x.by = 'person') as rejected,"
    " count(*) filter (where x.by <> 'person') as without_person,"
    " count(*) filter (where x.is_quick) as quick,"
    " percentile_cont(0.5) within group (order by x.dwell_seconds) as dwell_seconds,"
    " percentile_cont(0.5) within group (order by extract(epoch from x.decided_at - d.created_at))"
    " as wait_seconds from outrider.decisions x join outrider.drafts d on d.id = x.draft_id"
    " where not d.is_seed and (cast(:since as timestamptz) is null or x.decided_at >= :since)"
)
_REASONS = (
    "select coalesce(x.category, 'no category') as category, count(*) as n"
    " from outrider.decisions x join outrider.drafts d on d.id = x.draft_id"
    " where x.kind = 'reject' and x.by = 'person' and not d.is_seed"
    " and (cast(:since as timestamptz) is null or x.decided_at >= :since)"
    " group by 1 order by n desc, 1"
)
_CHANGED = (
    "select percentile_cont(0.5) within group (order by o.distance) as words"
    " from outrider.overrides o join outrider.decisions x on x.id = o.decision_id"
    " where o.kind = 'edit' and (cast(:since as timestamptz) is null or x.decided_at >= :since)"
)
_COST = (
    "select coalesce(sum(cost), 0) as usd, coalesce(sum(tokens), 0) as tokens,"
    " (select count(*) from outrider.agent_runs r"
    "  where cast(:since as timestamptz) is null or r.started_at >= :since) as runs,"
    " (select count(*) from outrider.enrollments n"
    "  where cast(:since as timestamptz) is null or n.created_at >= :since) as leads"
    " from outrider.agent_steps where cast(:since as timestamptz) is null or started_at >= :since"
)
_BY_WEEK = (
    "select date_trunc('week', o.sent_at at time zone 'UTC') as monday, count(*) as sent,"
    " count(*) filter (where t.answered) as answered, count(*) filter (where t.bounced) as bounced"
    " from outrider.outbox o left join (select outbox_id, bool_or(kind = 'reply') as answered,"
    "  bool_or(kind = 'bounce' and is_hard) as bounced from outrider.turns"
    "  where outbox_id is not null group by outbox_id) t on t.outbox_id = o.id"
    " where o.status = 'sent' and o.sent_at >= :since group by 1 order by 1"
)


async def overview(tx: Tx, since: datetime | None) -> Overview:
    """Everything since an instant, without names; none: since the beginning."""
    found = await funnel(tx, since=since)
    replies = await _replies(tx, since)
    return Overview(
        now=tx.now,
        since=since,
        replies=replies,
        funnel=found,
        weeks=await _weeks(tx, since),
        approvals=await _approvals(tx, since),
        cost=await _cost(tx, since, found, replies),
        deliverability=await _deliverability(tx),
    )


async def named(tx: Tx, found: Overview) -> Overview:
    """The same with names as they are now: a count that is kept holds none of a person.

    Somebody who was forgotten since is left out.
    """
    rows = await tx.rows(_NAMES, {"ids": [one.contact_id for one in found.replies.newest]})
    names = {row["id"]: {"account": row["account"], "contact": row["contact"]} for row in rows}
    newest = [
        one.model_copy(update=names[one.contact_id])
        for one in found.replies.newest
        if one.contact_id in names
    ]
    return found.model_copy(update={"replies": found.replies.model_copy(update={"newest": newest})})


async def _replies(tx: Tx, since: datetime | None) -> Replies:
    came = {row["kind"]: row for row in await tx.rows(_KINDS, {"since": since})}
    heard = {row["class"]: row for row in await tx.rows(_CLASSES, {"since": since})}
    classes = {name: row["n"] for name, row in heard.items()}
    meetings = heard.get(str(ReplyClass.MEETING))
    meant = {row["class"]: row["n"] for row in await tx.rows(_MEANINGS, {"since": since})}
    newest = await tx.rows(_GOOD, {"since": since, "good": list(GOOD), "most": NEWEST})
    return Replies(
        good=sum(classes.get(name, 0) for name in GOOD),
        classified=sum(classes.values()),
        answered=came["reply"]["people"] if "reply" in came else 0,
        meetings=meetings["people"] if meetings else 0,
        classes=classes,
        meanings={name: count for name, count in meant.items() if name is not None},
        unclassed=meant.get(None, 0),
        kinds={kind: row["n"] for kind, row in came.items()},
        newest=[GoodReply.model_validate(dict(row)) for row in newest],
    )


async def _approvals(tx: Tx, since: datetime | None) -> Approvals:
    row = await tx.row(_DECIDED, {"since": since})
    changed = await tx.row(_CHANGED, {"since": since})
    reasons = await tx.rows(_REASONS, {"since": since})
    assert row is not None
    said = row["approved"] + row["edited"] + row["rejected"]
    return Approvals(
        **row,
        rate=row["approved"] / said if said else None,
        edit_words=changed["words"] if changed else None,
        reasons={one["category"]: one["n"] for one in reasons},
    )


async def _cost(tx: Tx, since: datetime | None, found: Funnel, replies: Replies) -> Cost:
    row = await tx.row(_COST, {"since": since})
    assert row is not None
    usd = Decimal(row["usd"])

    def each(count: int) -> Decimal | None:
        return round(usd / count, 4) if count else None

    return Cost(
        usd=usd,
        tokens=row["tokens"],
        runs=row["runs"],
        leads=row["leads"],
        meetings=replies.meetings,
        per_draft=each(found.written),
        per_lead=each(row["leads"]),
        per_sent=each(found.sent),
        per_good_reply=each(replies.good),
        per_meeting=each(replies.meetings),
    )


async def _weeks(tx: Tx, since: datetime | None) -> list[Week]:
    start = tx.now - timedelta(weeks=_WEEKS)
    rows = await tx.rows(_BY_WEEK, {"since": max(since, start) if since else start})
    return [Week(**{**row, "monday": row["monday"].date()}) for row in rows]


async def _deliverability(tx: Tx) -> Deliverability:
    boxes = await mailboxes.listing(tx)
    standings = await bands.standing(tx, [box.id for box in boxes])
    health = await conversations.bounce_health(tx)
    return Deliverability(
        sent=health.sent,
        hard_bounces=health.hard_bounces,
        stop=health.reason,
        mailboxes=[
            BoxHealth(
                address=box.address,
                band=str(standings[box.id].band),
                may_send=standings[box.id].may_send,
                reason=standings[box.id].reason,
            )
            for box in boxes
        ],
    )
