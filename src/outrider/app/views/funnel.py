"""From a mail that was written to what came back, as counts of the same mails.

In: the open transaction, a campaign, a day. Out: counts. Never: a mail twice, a person's name, a change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from outrider.kernel.database.tx import Tx

_MAILS = (
    "select d.campaign_id, d.step, bool_or(x.kind = 'approve') as approved,"
    " bool_or(o.status = 'sent') as sent, bool_or(t.answered) as answered,"
    " bool_or(t.opted_out) as opted_out, bool_or(t.bounced) as bounced"
    " from outrider.drafts d"
    " left join outrider.decisions x on x.draft_id = d.id"
    " left join outrider.outbox o on o.draft_id = d.id"
    " left join (select outbox_id, bool_or(kind = 'reply') as answered,"
    "  bool_or(kind = 'opt_out') as opted_out, bool_or(kind = 'bounce' and is_hard) as bounced"
    "  from outrider.turns where outbox_id is not null group by outbox_id) t on t.outbox_id = o.id"
    " where not d.is_seed and (cast(:campaign as uuid) is null or d.campaign_id = :campaign)"
    " and (cast(:since as timestamptz) is null or d.created_at >= :since)"
    " group by d.campaign_id, d.enrollment_id, d.step"
)
_COUNTS = (
    "count(*) as written, count(*) filter (where approved) as approved,"
    " count(*) filter (where sent) as sent, count(*) filter (where sent and answered) as answered,"
    " count(*) filter (where sent and opted_out) as opted_out,"
    " count(*) filter (where sent and bounced) as bounced"
)


class Funnel(BaseModel):
    """How many mails came how far. Versions of one mail are one mail; each count is of those before it."""

    model_config = ConfigDict(frozen=True)

    written: int
    approved: int
    sent: int
    answered: int = Field(description="A person wrote back; no automatic answer, no opt-out")
    opted_out: int
    bounced: int = Field(description="Came back for good")


async def funnel(
    tx: Tx, *, campaign_id: UUID | None = None, since: datetime | None = None
) -> Funnel:
    """The mails written since an instant, of one campaign or of all."""
    row = await tx.row(
        f"select {_COUNTS} from ({_MAILS}) m", {"campaign": campaign_id, "since": since}
    )
    assert row is not None
    return Funnel.model_validate(dict(row))


async def by_campaign(tx: Tx) -> dict[UUID, dict[int, Funnel]]:
    """The same for each step of each campaign."""
    rows = await tx.rows(
        f"select campaign_id, step, {_COUNTS} from ({_MAILS}) m group by campaign_id, step",
        {"campaign": None, "since": None},
    )
    found: defaultdict[UUID, dict[int, Funnel]] = defaultdict(dict)
    for row in rows:
        found[row["campaign_id"]][row["step"]] = Funnel.model_validate(dict(row))
    return dict(found)


def together(funnels: Iterable[Funnel]) -> Funnel:
    """The sum of several; a mail belongs to one step of one campaign, so none counts twice."""
    sums = dict.fromkeys(Funnel.model_fields, 0)
    for one in funnels:
        for name in sums:
            sums[name] += getattr(one, name)
    return Funnel(**sums)
