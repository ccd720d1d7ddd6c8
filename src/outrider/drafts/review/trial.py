"""Try a policy on past drafts: what it would have said, beside what people said. Nothing is written.

In: the open transaction, a policy, where the last batch ended. Out: one batch, and the sums.
Never: a change; a confidence that already knows how the draft was decided.

The measured confidence is taken as it was on the day the draft was written. Account and facts
are those of today, for their past is not kept; what the contact wrote is left out, so that a rule
about objections never holds here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from outrider.drafts import read
from outrider.drafts.review import route, rules, store_policies
from outrider.drafts.review.route import Moment
from outrider.drafts.review.types import Action, Policy
from outrider.drafts.types import DecisionKind, DraftId
from outrider.kernel.database.tx import Tx

BATCH = 100
MOST_EXAMPLES = 5
"""For each pair of a verdict and an outcome."""


class Outcome(StrEnum):
    """What people had said."""

    UNCHANGED = "approved unchanged"
    EDITED = "edited"
    REJECTED = "rejected"
    UNDECIDED = "not decided by a person"


_OUTCOMES: Mapping[str | None, Outcome] = {
    DecisionKind.APPROVE: Outcome.UNCHANGED,
    DecisionKind.EDIT: Outcome.EDITED,
    DecisionKind.REJECT: Outcome.REJECTED,
}


class Tried(BaseModel):
    """One past draft under the policy."""

    model_config = ConfigDict(frozen=True)

    draft_id: DraftId
    number: int
    action: Action
    rule: str
    reason: str
    outcome: Outcome


class Trial(BaseModel):
    """The sums over many drafts, with a few examples of each pair."""

    days: int
    drafts: int = 0
    counts: dict[Action, dict[Outcome, int]] = Field(default_factory=dict)
    rules: dict[str, int] = Field(
        default_factory=dict, description="Drafts by the rule that decided"
    )
    examples: list[Tried] = Field(default_factory=list)

    def add(self, tried: Tried) -> None:
        """Count one draft."""
        self.drafts += 1
        outcomes = self.counts.setdefault(tried.action, {})
        outcomes[tried.outcome] = outcomes.get(tried.outcome, 0) + 1
        self.rules[tried.rule] = self.rules.get(tried.rule, 0) + 1
        if outcomes[tried.outcome] <= MOST_EXAMPLES:
            self.examples.append(tried)

    def count(self, action: Action, outcome: Outcome | None = None) -> int:
        """Drafts with this verdict, and this outcome where one is given."""
        outcomes = self.counts.get(action, {})
        return sum(outcomes.values()) if outcome is None else outcomes.get(outcome, 0)


async def total(tx: Tx, days: int, campaign_id: UUID | None) -> int:
    """How many drafts a trial over so many days looks at."""
    return await store_policies.count_since(tx, _since(tx, days), campaign_id)


async def batch(
    tx: Tx, policy: Policy, days: int, campaign_id: UUID | None, after: UUID | None
) -> tuple[list[Tried], DraftId | None]:
    """The next drafts under this policy, oldest first, and the id to go on after; None at the end."""
    found = await store_policies.written_since(tx, _since(tx, days), campaign_id, after, BATCH)
    tried, known = [], dict[tuple[UUID, datetime], Moment]()
    for draft_id, kind in found:
        draft = await read.find(tx, str(draft_id))
        at = draft.created_at.replace(hour=0, minute=0, second=0, microsecond=0)
        key = (draft.campaign_id, at)
        if key not in known:
            known[key] = await route.moment(tx, draft.campaign_id, policy, at)
        case, _ = await route.case_of(tx, draft, policy, known[key])
        said = rules.verdict(policy, case)
        tried.append(
            Tried(
                draft_id=draft.id,
                number=draft.number,
                action=said.action,
                rule=said.rule,
                reason=said.reason,
                outcome=_OUTCOMES.get(kind, Outcome.UNDECIDED),
            )
        )
    return tried, found[-1][0] if len(found) == BATCH else None


def _since(tx: Tx, days: int) -> datetime:
    return tx.now - timedelta(days=days)
