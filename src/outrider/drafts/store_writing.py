"""The SQL of what writing needs to know of earlier drafts: angles that were tried, and what they cost.

In: the open transaction. Out: names of angles, sums of dollars. Never: a row, a commit.
"""

from __future__ import annotations

import json
from decimal import Decimal
from uuid import UUID

from outrider.drafts.types import Variant
from outrider.kernel.database.tx import Tx

_COST = """
select coalesce((select sum(cost_usd) from outrider.drafts
        where lineage_id = :lineage and writer not like 'person:%'), 0)
    + coalesce((select sum(s.cost_usd) from outrider.draft_scores s
        join outrider.drafts d on d.id = s.draft_id where d.lineage_id = :lineage), 0)
    + coalesce((select sum(v.cost_usd) from outrider.draft_variants v
        join outrider.drafts d on d.id = v.draft_id where d.lineage_id = :lineage), 0)
    + coalesce((select sum(r.cost_usd) from outrider.draft_readings r
        join outrider.drafts d on d.id = r.draft_id where d.lineage_id = :lineage), 0) as cost
"""


async def angles_of(tx: Tx, enrollment_id: UUID) -> tuple[str, ...]:
    """Every angle that was written for one person's sequence, sent or not, oldest first, each once."""
    rows = await tx.rows(
        "select angle from outrider.drafts where enrollment_id = :id and angle <> '' and not is_seed"
        " group by angle order by min(number)",
        {"id": enrollment_id},
    )
    return tuple(row["angle"] for row in rows)


async def cost_of(tx: Tx, lineage_id: UUID) -> Decimal:
    """Dollars that all versions of one mail took: writing, judging, second reading, variants.

    A version that a person wrote carries its parent's figures and costs nothing more.
    """
    row = await tx.row(_COST, {"lineage": lineage_id})
    return Decimal(row["cost"]) if row else Decimal(0)


async def add_cost(tx: Tx, draft_id: UUID, tokens: int, cost_usd: Decimal) -> None:
    """Add to the newest version of this mail up to this one that a model wrote: `cost_of` counts those."""
    await tx.run(
        "update outrider.drafts set tokens = tokens + :tokens, cost_usd = cost_usd + :cost"
        " where id = (select n.id from outrider.drafts n join outrider.drafts d"
        "  on d.lineage_id = n.lineage_id and n.version <= d.version"
        "  where d.id = :id and n.writer not like 'person:%' order by n.version desc limit 1)",
        {"id": draft_id, "tokens": tokens, "cost": cost_usd},
    )


async def credit(tx: Tx, draft_id: UUID, variant: Variant) -> None:
    """Name a new version's angle, reasons and writer as those of the variant that it came from."""
    await tx.run(
        "update outrider.drafts set angle = :angle, reasoning = cast(:reasoning as jsonb),"
        " confidence = :confidence, writer = :writer where id = :id and status = 'pending'",
        {
            "id": draft_id,
            "angle": variant.mail.angle,
            "reasoning": json.dumps(variant.mail.reasoning),
            "confidence": variant.mail.confidence,
            "writer": variant.writer,
        },
    )
