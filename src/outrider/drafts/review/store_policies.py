"""The SQL of policies, and of the evidence that decides how far drafts may go by themselves.

In: the open transaction. Out: `StoredPolicy`, tallies of decisions, past drafts. Never: a row, a commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from outrider.campaigns.types import CampaignId
from outrider.drafts.review import tables
from outrider.drafts.review.bands import Tally
from outrider.drafts.review.types import Action, Policy, PolicyId, StoredPolicy
from outrider.drafts.types import DraftId
from outrider.kernel.database.tx import Tx
from outrider.kernel.ids import PersonId

_POLICIES = (
    "select p.id, p.version, p.campaign_id, p.policy, coalesce(w.name, '') as made_by, p.note,"
    " p.created_at, p.ended_at from outrider.policies p"
    " left join outrider.people w on w.id = p.person_id"
)
_IN_FORCE = (
    f"{_POLICIES} where p.ended_at is null"
    " and (p.campaign_id = cast({campaign} as uuid) or p.campaign_id is null)"
    " order by p.campaign_id nulls last limit 1"
)
IN_FORCE = f"(select row_to_json(one) from ({_IN_FORCE}) one)"
"""The policy in force for a campaign as JSON; `{campaign}` is the SQL of its id."""

_OF = "p.campaign_id is not distinct from cast(:campaign as uuid)"


async def active(tx: Tx, campaign_id: UUID | None) -> StoredPolicy | None:
    """The policy that holds for exactly this campaign, or for the workspace when None."""
    row = await tx.row(f"{_POLICIES} where {_OF} and p.ended_at is null", {"campaign": campaign_id})
    return stored(row) if row else None


async def in_force(tx: Tx, campaign_id: UUID | None) -> StoredPolicy | None:
    """The policy that holds for this campaign: its own before the workspace's."""
    row = await tx.row(_IN_FORCE.format(campaign=":campaign"), {"campaign": campaign_id})
    return stored(row) if row else None


async def by_version(tx: Tx, campaign_id: UUID | None, version: int) -> StoredPolicy | None:
    """One version in the history of a campaign, or of the workspace when None."""
    row = await tx.row(
        f"{_POLICIES} where {_OF} and p.version = :version",
        {"campaign": campaign_id, "version": version},
    )
    return stored(row) if row else None


async def history(tx: Tx, campaign_id: UUID | None, limit: int) -> list[StoredPolicy]:
    """Every version of a campaign's or the workspace's policy, newest first."""
    rows = await tx.rows(
        f"{_POLICIES} where {_OF} order by p.version desc limit :limit",
        {"campaign": campaign_id, "limit": limit},
    )
    return [stored(row) for row in rows]


async def end_active(tx: Tx, campaign_id: UUID | None) -> bool:
    """End the policy that holds; False when there is none. It stays in the history."""
    result = await tx.run(
        f"update outrider.policies p set ended_at = :now where {_OF} and p.ended_at is null",
        {"campaign": campaign_id, "now": tx.now},
    )
    return result.rowcount == 1


async def add(
    tx: Tx, policy: Policy, campaign_id: CampaignId | None, person_id: PersonId, note: str
) -> StoredPolicy | None:
    """Insert the next version as the active one; None when somebody else did at the same moment."""
    newest = await history(tx, campaign_id, 1)
    values = {
        "workspace_id": tx.workspace,
        "id": PolicyId(tx.new_id()),
        "campaign_id": campaign_id,
        "version": newest[0].version + 1 if newest else 1,
        "policy": policy.model_dump(mode="json"),
        "person_id": person_id,
        "note": note,
        "created_at": tx.now,
    }
    statement = (
        insert(tables.policies)
        .values(values)
        .on_conflict_do_nothing()
        .returning(tables.policies.c.id)
    )
    if await tx.row(statement) is None:
        return None
    return await active(tx, campaign_id)


async def tallies(
    tx: Tx, campaign_id: UUID, since: datetime, before: datetime, least_dwell: timedelta
) -> list[Tally]:
    """What people did with agents' first versions in this span, by step and industry of the segment.

    Left out: tests of the reviewers, versions that answer a person, and approvals of a draft that
    the person had not opened at least `least_dwell` before. An approval that was taken back, a
    policy's as well, counts as one that a person would not have given.
    """
    rows = await tx.rows(
        "select d.step, coalesce(nullif(split_part(r.segment, '/', 3), ''), 'unknown') as industry,"
        " count(*) as total,"
        " count(*) filter (where x.by = 'person' and x.kind = 'approve'"
        "  and d.status <> 'superseded') as hits"
        " from outrider.decisions x join outrider.drafts d on d.id = x.draft_id"
        " left join outrider.reviews r on r.draft_id = d.id"
        " where d.campaign_id = :campaign and d.version = 1 and not d.is_seed"
        " and d.writer not like 'person:%' and x.decided_at >= :since and x.decided_at < :before"
        " and ((x.by <> 'person' and d.status = 'superseded') or (x.by = 'person'"
        "  and (x.kind <> 'approve' or exists (select 1 from outrider.looks l"
        "   where l.draft_id = d.id and l.person_id = x.person_id"
        "   and l.looked_at <= x.decided_at - cast(:dwell as interval)))))"
        " group by 1, 2 order by 1, 2",
        {"campaign": campaign_id, "since": since, "before": before, "dwell": least_dwell},
    )
    return [Tally.model_validate(dict(row)) for row in rows]


async def written_since(
    tx: Tx, since: datetime, campaign_id: UUID | None, after: UUID | None, limit: int
) -> list[tuple[DraftId, str | None]]:
    """Agents' drafts written since then, oldest first, each with the kind of a person's decision.

    `after` is the id of the last one seen. Tests of the reviewers are left out.
    """
    rows = await tx.rows(
        "select d.id, x.kind from outrider.drafts d"
        " left join outrider.decisions x on x.draft_id = d.id and x.by = 'person'"
        " where d.created_at >= :since and not d.is_seed and d.writer not like 'person:%'"
        " and (cast(:campaign as uuid) is null or d.campaign_id = :campaign)"
        " and (cast(:after as uuid) is null or d.id > :after) order by d.id limit :limit",
        {"since": since, "campaign": campaign_id, "after": after, "limit": limit},
    )
    return [(DraftId(row["id"]), row["kind"]) for row in rows]


async def count_since(tx: Tx, since: datetime, campaign_id: UUID | None) -> int:
    """How many drafts `written_since` would give in all."""
    row = await tx.row(
        "select count(*) as n from outrider.drafts d where d.created_at >= :since"
        " and not d.is_seed and d.writer not like 'person:%'"
        " and (cast(:campaign as uuid) is null or d.campaign_id = :campaign)",
        {"since": since, "campaign": campaign_id},
    )
    return int(row["n"]) if row else 0


async def unreviewed(tx: Tx, limit: int) -> list[DraftId]:
    """Pending drafts without a review, and those whose automatic approval never came, oldest first."""
    rows = await tx.rows(
        "select d.id from outrider.drafts d left join outrider.reviews r on r.draft_id = d.id"
        " where d.status = 'pending' and (r.id is null"
        " or (r.action = 'auto_approve' and r.closed_at is null)) order by d.id limit :limit",
        {"limit": limit},
    )
    return [DraftId(row["id"]) for row in rows]


async def to_person(tx: Tx, draft_id: UUID, assigned: str | None, reason: str) -> bool:
    """Turn an open review that wanted an automatic approval into one by a person."""
    result = await tx.run(
        "update outrider.reviews set action = :action, assigned = :assigned, reason = :reason"
        " where draft_id = :draft and action = 'auto_approve' and closed_at is null and exists"
        " (select 1 from outrider.drafts d where d.id = draft_id and d.status = 'pending')",
        {"draft": draft_id, "action": Action.REVIEW, "assigned": assigned, "reason": reason},
    )
    return result.rowcount == 1


def stored(row: Mapping[str, Any]) -> StoredPolicy:
    """A row, or its JSON, as a value."""
    return StoredPolicy.model_validate(dict(row))
