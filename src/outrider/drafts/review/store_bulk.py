"""The SQL of drafts alike. In: the open transaction. Out: frozen values. Never: a row, a commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import ConfigDict

from outrider.campaigns.types import CampaignId
from outrider.drafts.review.types import Frozen
from outrider.drafts.types import DraftId
from outrider.kernel.database.tx import Tx


class Alike(Frozen):
    """A draft as a set of drafts alike knows it."""

    model_config = ConfigDict(extra="forbid")  # it comes back from a browser

    id: DraftId
    number: int
    content_hash: str
    campaign_id: CampaignId
    step: int
    angle: str
    language: str


_COLUMNS = "d.id, d.number, d.content_hash, d.campaign_id, d.step, d.angle, d.language"
_PLAIN = (
    " from outrider.drafts d join outrider.reviews r on r.draft_id = d.id"
    " where d.status = 'pending' and r.action = 'review' and r.risk = 'low' and r.approvals = 1"
    " and r.level = 0 and (r.snoozed_until is null or r.snoozed_until <= :now)"
    " and not exists (select 1 from jsonb_array_elements(d.findings) f"
    " where f->>'severity' <> 'note')"
    # Who came before the second reader opened one draft; nobody opens these.
    " and (d.is_seed or exists (select 1 from outrider.draft_readings x"
    " where x.draft_id = d.id and x.content_hash = d.content_hash)"
    " or not exists (select 1 from outrider.policies p where p.id = r.policy_id"
    " and p.policy->'second_reader'->>'is_on' = 'true'))"
)


async def candidates(tx: Tx, campaign_id: UUID, step: int | None) -> list[Alike]:
    """Pending drafts that nothing singles out, oldest first. Tests of the reviewers are among them."""
    rows = await tx.rows(
        f"select {_COLUMNS} {_PLAIN} and d.campaign_id = :campaign"
        " and (cast(:step as integer) is null or d.step = :step) order by d.number limit 5000",
        {"campaign": campaign_id, "step": step, "now": tx.now},
    )
    return [_alike(row) for row in rows]


async def still_alike(tx: Tx, draft_ids: Sequence[UUID]) -> list[Alike]:
    """Those of these drafts that nothing singles out now."""
    rows = await tx.rows(
        f"select {_COLUMNS} {_PLAIN} and d.id = any(:ids)", {"ids": list(draft_ids), "now": tx.now}
    )
    return [_alike(row) for row in rows]


async def as_stored(tx: Tx, draft_ids: Sequence[UUID]) -> list[Alike]:
    """These drafts, whatever became of them."""
    rows = await tx.rows(
        f"select {_COLUMNS} from outrider.drafts d where d.id = any(:ids)",
        {"ids": list(draft_ids)},
    )
    return [_alike(row) for row in rows]


def _alike(row: Mapping[str, Any]) -> Alike:
    return Alike.model_validate(dict(row))
