"""How people review: a report for whoever leads them.

In: the open transaction, an instant. Out: one line a person. Never: a judgement, a name of a recipient.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from pydantic import Field

from outrider.drafts.review import store_reviewers
from outrider.drafts.review.types import Frozen
from outrider.kernel.database.tx import Tx
from outrider.kernel.ids import PersonId


class Reviewer(Frozen):
    """One person's reviews since an instant."""

    person_id: PersonId
    name: str
    decisions: int = 0
    approved: int = 0
    edited: int = 0
    rejected: int = 0
    in_bulk: int = Field(default=0, description="Approved together with others, not opened")
    quick: int = Field(default=0, description="Approvals too quick to have been read; not in bulk")
    taken_back: int = 0
    median_dwell_seconds: Decimal | None = Field(
        default=None, description="From the first look to the decision; None: nothing was opened"
    )
    tests_caught: int = 0
    tests_missed: int = 0

    @property
    def share_quick(self) -> Decimal:
        """Quick approvals among those made one by one."""
        return _share(self.quick, self.approved - self.in_bulk)

    @property
    def share_changed(self) -> Decimal:
        """Edits and rejections among all decisions."""
        return _share(self.edited + self.rejected, self.decisions)


async def report(tx: Tx, since: datetime) -> list[Reviewer]:
    """Everybody who decided or was tested since then, the busiest first."""
    found = [Reviewer.model_validate(values) for values in await store_reviewers.since(tx, since)]
    return sorted(found, key=lambda one: (-one.decisions, one.name))


def _share(part: int, whole: int) -> Decimal:
    return (Decimal(part) / whole).quantize(Decimal("0.001")) if whole else Decimal(0)
