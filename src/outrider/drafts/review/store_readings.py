"""The SQL of second readings, and of who asks a model of a draft now.

In: the open transaction. Out: frozen values. Never: a row, a commit.
"""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from outrider.drafts.review import store_policies, tables
from outrider.drafts.review.reading_types import Reading, Standing
from outrider.drafts.types import Draft, DraftId
from outrider.guardrails.types import Finding, Severity
from outrider.kernel.database.tx import Tx

_STANDING = (
    "select (select row_to_json(x) from (select draft_id, content_hash, outcome, by, findings, tokens,"
    " cost_usd, read_at from outrider.draft_readings where draft_id = :draft) x) as reading,"
    " (select row_to_json(r) from (select policy_id from outrider.reviews where draft_id = :draft) r)"
    f" as review, {store_policies.IN_FORCE.format(campaign=':campaign')} as in_force"
)

_TAKE = """
insert into outrider.draft_askings (workspace_id, id, draft_id, until)
values (:workspace, :id, :draft, :until)
on conflict (workspace_id, draft_id) do update set id = excluded.id, until = excluded.until
where outrider.draft_askings.until <= :now
returning id
"""


async def standing(tx: Tx, draft: Draft) -> Standing:
    """The reading of these very words, and whether the policy asks for one."""
    row = await tx.row(_STANDING, {"draft": draft.id, "campaign": draft.campaign_id})
    assert row is not None
    policy = store_policies.stored(row["in_force"]) if row["in_force"] else None
    reader = policy.policy.second_reader if policy else None
    # What another policy routed stays as it was routed.
    routed = policy is not None and (
        row["review"] is None or row["review"]["policy_id"] == str(policy.id)
    )
    reading = Reading.model_validate(row["reading"]) if row["reading"] else None
    return Standing(
        reading=reading if reading and reading.content_hash == draft.content_hash else None,
        is_due=reader is not None and reader.is_on and routed and not draft.is_seed,
        severity=Severity(reader.severity) if reader else Severity.BLOCK,
    )


async def add(tx: Tx, reading: Reading) -> bool:
    """Insert what came of a reading; False when this version was read already."""
    values: dict[str, Any] = {
        "workspace_id": tx.workspace,
        "id": tx.new_id(),
        **reading.model_dump(exclude={"findings"}),
        **reading.model_dump(mode="json", include={"findings"}),
    }
    statement = (
        insert(tables.draft_readings)
        .values(values)
        .on_conflict_do_nothing()
        .returning(tables.draft_readings.c.id)
    )
    return await tx.row(statement) is not None


async def add_cost(tx: Tx, draft_id: UUID, tokens: int, cost_usd: Decimal) -> None:
    """Add what another answer on the same version cost; it says nothing more."""
    await tx.run(
        "update outrider.draft_readings set tokens = tokens + :tokens, cost_usd = cost_usd + :cost"
        " where draft_id = :id",
        {"id": draft_id, "tokens": tokens, "cost": cost_usd},
    )


async def mark(tx: Tx, draft_id: UUID, findings: tuple[Finding, ...]) -> None:
    """Note all findings on a draft that still waits, for lists and conditions."""
    said = json.dumps([one.model_dump(mode="json") for one in findings])
    await tx.run(
        "update outrider.drafts set findings = cast(:findings as jsonb)"
        " where id = :id and status = 'pending'",
        {"id": draft_id, "findings": said},
    )


async def is_read(tx: Tx, draft: Draft) -> bool:
    """Whether these very words were read, or a reading of them was tried and came to nothing."""
    row = await tx.row(
        "select 1 from outrider.draft_readings where draft_id = :id and content_hash = :hash",
        {"id": draft.id, "hash": draft.content_hash},
    )
    return row is not None


async def is_erased(tx: Tx, draft: Draft) -> bool:
    """Whether the erasure of its recipient has begun."""
    row = await tx.row(
        "select 1 from outrider.erasures where contact_id = :id", {"id": draft.contact_id}
    )
    return row is not None


async def unread(tx: Tx, limit: int) -> list[DraftId]:
    """Pending drafts that a policy in force routed before its second reader came to them."""
    rows = await tx.rows(
        "select d.id from outrider.policies p join outrider.reviews r on r.policy_id = p.id"
        " join outrider.drafts d on d.id = r.draft_id"
        " where p.ended_at is null and p.policy->'second_reader'->>'is_on' = 'true'"
        # A workspace's policy is not in force where the campaign has got one of its own since.
        " and (p.campaign_id is not null or not exists (select 1 from outrider.policies q"
        "  where q.campaign_id = d.campaign_id and q.ended_at is null))"
        " and r.closed_at is null and d.status = 'pending' and not d.is_seed"
        " and not exists (select 1 from outrider.draft_readings x where x.draft_id = d.id)"
        " order by d.id limit :limit",
        {"limit": limit},
    )
    return [DraftId(row["id"]) for row in rows]


async def take(tx: Tx, draft_id: UUID, until: datetime) -> UUID | None:
    """Write the intent down, over one whose lease has ended; None while another one's lasts."""
    row = await tx.row(
        _TAKE,
        {
            "workspace": tx.workspace,
            "id": tx.new_id(),
            "draft": draft_id,
            "until": until,
            "now": tx.now,
        },
    )
    return UUID(str(row["id"])) if row else None


async def until(tx: Tx, draft_id: UUID) -> datetime | None:
    """The end of the lease that lasts for this draft."""
    row = await tx.row(
        "select until from outrider.draft_askings where draft_id = :draft and until > :now",
        {"draft": draft_id, "now": tx.now},
    )
    found: datetime | None = row["until"] if row else None
    return found


async def give_back(tx: Tx, leave: UUID) -> None:
    """Delete an intent that got its answer; one that was taken over has another id."""
    await tx.run("delete from outrider.draft_askings where id = :id", {"id": leave})
