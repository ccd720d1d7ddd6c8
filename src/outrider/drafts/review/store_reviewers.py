"""The SQL of the report on reviewers. In: the open transaction. Out: counts. Never: a commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from outrider.kernel.database.tx import Tx

_REPORT = """
with made as (
    select x.person_id,
        count(*) as decisions,
        count(*) filter (where x.kind = 'approve') as approved,
        count(*) filter (where x.kind = 'edit') as edited,
        count(*) filter (where x.kind = 'reject') as rejected,
        count(*) filter (where x.bulk_id is not null) as in_bulk,
        count(*) filter (where x.is_quick) as quick,
        count(*) filter (where x.kind = 'approve' and d.status = 'superseded') as taken_back,
        percentile_cont(0.5) within group (order by x.dwell_seconds) as median_dwell_seconds
    from outrider.decisions x join outrider.drafts d on d.id = x.draft_id
    where x.by = 'person' and x.decided_at >= :since and not d.is_seed
    group by x.person_id
), tested as (
    select person_id,
        count(*) filter (where outcome = 'caught') as tests_caught,
        count(*) filter (where outcome = 'missed') as tests_missed
    from outrider.seeds
    where person_id is not null and ended_at >= :since
    group by person_id
)
select p.id as person_id, p.name, coalesce(m.decisions, 0) as decisions,
    coalesce(m.approved, 0) as approved, coalesce(m.edited, 0) as edited,
    coalesce(m.rejected, 0) as rejected, coalesce(m.in_bulk, 0) as in_bulk,
    coalesce(m.quick, 0) as quick, coalesce(m.taken_back, 0) as taken_back,
    cast(m.median_dwell_seconds as numeric) as median_dwell_seconds,
    coalesce(t.tests_caught, 0) as tests_caught, coalesce(t.tests_missed, 0) as tests_missed
from made m full join tested t on t.person_id = m.person_id
join outrider.people p on p.id = coalesce(m.person_id, t.person_id)
"""


async def since(tx: Tx, moment: datetime) -> list[dict[str, Any]]:
    """Counts of each person's decisions and tests since then; tests are not decisions."""
    return [dict(row) for row in await tx.rows(_REPORT, {"since": moment})]
