"""One account: score, dossier with evidence, people, and everything that happened.

In: the open transaction, an account. Out: typed values. Never: a change, a phone number, a hash of an
address, the text of a mail.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from outrider.app.views.prospect_types import (
    FactorShown,
    FactShown,
    Happening,
    InCampaign,
    PersonShown,
    Prospect,
    ScoreShown,
)
from outrider.kernel.database.tx import Tx
from outrider.prospects import consent
from outrider.prospects import read as prospects
from outrider.prospects.types import AccountId, ContactId

FIRST_KINDS = ("operating_lease_liability", "competitor", "revenue", "employees", "auditor")
"""What people look for first; then the rest, and sentences last."""
MOST = 100
"""Lines of each list."""
_NAME = "coalesce(nullif(trim(c.first_name || ' ' || c.last_name), ''), c.email)"
_SCORE = (
    "select points, coverage, factors, weights_version, scored_at from outrider.scores"
    " where account_id = :id order by scored_at desc, id desc limit 1"
)
_FACTS = (
    "select id, kind, value, unit, as_of, topic, source, url, quote, provenance, retrieved_at,"
    " count(*) over () as in_all from outrider.facts where account_id = :id"
    " order by array_position(:kinds, kind) nulls last, kind = 'statement', as_of desc nulls last,"
    " kind, id limit :most"
)
_PEOPLE = (
    f"select c.id, {_NAME} as name, c.email, c.title, c.country, c.timezone, c.status, c.source,"
    " c.quiet_until, count(*) over () as in_all from outrider.contacts c"
    " where c.account_id = :id order by c.created_at, c.id limit :most"
)
_CAMPAIGNS = (
    "select e.contact_id, k.name as campaign, e.status, e.stop_reason, e.next_step, e.next_channel,"
    " e.due_at from outrider.enrollments e join outrider.campaigns k on k.id = e.campaign_id"
    " where e.contact_id = any(:ids) order by e.created_at, e.id"
)
_NONE = "cast(null as text)"
_TIMELINE = (
    "select at, kind, what, subject, who, draft, message_id,"
    f" (select {_NAME} from outrider.contacts c where c.id = contact_id) as contact from ("
    # What research read.
    f" (select s.retrieved_at as at, 'research' as kind, s.source as what, {_NONE} as subject,"
    f"  {_NONE} as who, cast(null as bigint) as draft, {_NONE} as message_id,"
    "  cast(null as uuid) as contact_id from outrider.snapshots s where s.account_id = :id"
    "  order by s.retrieved_at desc limit :most)"
    # What was written, and what people said of it.
    " union all (select d.created_at, 'draft', case when d.version > 1 then 'rewritten' else"
    f"  'written' end, d.subject, {_NONE}, d.number, {_NONE}, d.contact_id from outrider.drafts d"
    "  where d.account_id = :id and not d.is_seed order by d.created_at desc limit :most)"
    " union all (select x.decided_at, 'decision', x.kind, d.subject, coalesce(p.name, x.by),"
    f"  d.number, {_NONE}, d.contact_id from outrider.drafts d"
    "  join outrider.decisions x on x.draft_id = d.id"
    "  left join outrider.people p on p.id = x.person_id"
    "  where d.account_id = :id and not d.is_seed order by x.decided_at desc limit :most)"
    # What left, what came back, and what colleagues did. No answer is older than its mail,
    # whatever the clock of the one who wrote it says.
    " union all (select coalesce(o.sent_at, o.queued_at), 'mail', o.status, d.subject,"
    f"  {_NONE}, d.number, o.message_id, o.contact_id from outrider.drafts d"
    "  join outrider.outbox o on o.draft_id = d.id"
    "  where d.account_id = :id order by 1 desc limit :most)"
    f" union all (select greatest(u.received_at, o.sent_at), 'reply', u.kind, {_NONE}, {_NONE}, cast(null as bigint),"
    f"  {_NONE}, h.contact_id from outrider.threads h join outrider.turns u on u.thread_id = h.id"
    "  and u.direction = 'in' left join outrider.outbox o on o.id = u.outbox_id"
    "  where h.account_id = :id order by 1 desc limit :most)"
    f" union all (select t.at, 'touch', t.channel, {_NONE}, {_NONE}, cast(null as bigint), {_NONE},"
    "  t.contact_id from outrider.touches t where t.account_id = :id and t.channel <> 'email'"
    "  order by t.at desc limit :most)) everything"
    " order by at desc, kind desc limit :most"
)


async def one(tx: Tx, account_id: UUID) -> Prospect:
    """One account as its page shows it.

    Raises:
        NotFound: there is no such account in this workspace.
    """
    account = await prospects.account(tx, AccountId(account_id))
    asked = {"id": account_id, "most": MOST}
    facts = await tx.rows(_FACTS, {**asked, "kinds": list(FIRST_KINDS)})
    people = await tx.rows(_PEOPLE, asked)
    happened = await tx.rows(_TIMELINE, asked)
    known = account.model_dump(exclude={"icp_score", "attributes"})
    return Prospect(
        **known,
        score=_score(await tx.row(_SCORE, {"id": account_id})),
        facts=[FactShown.model_validate(dict(row)) for row in facts],
        people=await _people(tx, people),
        timeline=[Happening.model_validate({**row, "by": row["who"]}) for row in happened],
        facts_in_all=facts[0]["in_all"] if facts else 0,
        people_in_all=people[0]["in_all"] if people else 0,
        most=MOST,
    )


def _score(row: Mapping[str, Any] | None) -> ScoreShown | None:
    if row is None:
        return None
    factors = [
        FactorShown(
            name=one["name"],
            weight=float(one["weight"]),
            value=None if one["value"] is None else float(one["value"]),
            earned=round(100 * float(one["weight"]) * float(one["value"] or 0), 1),
            reason=one["reason"],
        )
        for one in row["factors"]
    ]
    return ScoreShown(
        points=round(float(row["points"]), 1),
        coverage=round(float(row["coverage"]), 2),
        factors=sorted(factors, key=lambda one: (-one.earned, -one.weight)),
        weights_version=row["weights_version"],
        scored_at=row["scored_at"],
    )


async def _people(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> list[PersonShown]:
    ids = [ContactId(row["id"]) for row in rows]
    now_not = await consent.may_write(tx, ids)
    never = await consent.may_write(tx, ids, ever=True)
    stands: defaultdict[UUID, list[InCampaign]] = defaultdict(list)
    for row in await tx.rows(_CAMPAIGNS, {"ids": ids}) if ids else []:
        stands[row["contact_id"]].append(InCampaign.model_validate(dict(row)))
    return [
        PersonShown.model_validate(
            {
                **row,
                "may_write": now_not[id_] is None,
                "why_not": now_not[id_],
                "is_closed": never[id_] is not None,
                "campaigns": stands[id_],
            }
        )
        for id_, row in zip(ids, rows, strict=True)
    ]
