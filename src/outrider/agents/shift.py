"""What a run carries from priority to priority.

In: the hands of the run, its campaign and mailboxes. Out: actions, in order. Never: a decision.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from outrider.agents.asking import RecordedAsking
from outrider.agents.ports import Env
from outrider.agents.steps import Recorder
from outrider.agents.types import Action, ActionKind, AgentSpec, Progress, RunId, RunRequest
from outrider.campaigns.types import Blueprint, Campaign, EnrollmentId
from outrider.drafts.types import Draft, DraftStatus
from outrider.prospects.types import AccountId
from outrider.sending.types import Mailbox

_CLOSED = frozenset({DraftStatus.WITHDRAWN, DraftStatus.SUPERSEDED})


@dataclass
class Shift:
    """One run at work."""

    env: Env
    spec: AgentSpec
    request: RunRequest
    run_id: RunId
    campaign: Campaign
    mailboxes: tuple[Mailbox, ...]
    blueprint: Blueprint | None
    recorder: Recorder
    asking: RecordedAsking
    actions: list[Action] = field(default_factory=list)
    priority: str = ""
    drafts: dict[EnrollmentId, list[Draft]] = field(default_factory=dict)
    given: Counter[UUID] = field(default_factory=Counter)
    """New people that each mailbox got in this run."""

    def act(self, kind: ActionKind, text: str, account_id: AccountId | None = None) -> Action:
        """Note one thing that was done."""
        action = self.action(kind, text, account_id)
        self.actions.append(action)
        return action

    def action(
        self,
        kind: ActionKind,
        text: str,
        account_id: AccountId | None = None,
        draft: Draft | None = None,
    ) -> Action:
        """One thing that is being done; `act` notes it once it is done."""
        return Action(
            kind=kind,
            priority=self.priority,
            text=text,
            account_id=account_id,
            draft_id=UUID(str(draft.id)) if draft else None,
            draft_number=draft.number if draft else None,
            is_blocked=bool(draft and draft.blocked_by),
        )

    def tell(self, done: int, total: int | None = None, text: str = "") -> None:
        """Tell whoever watches how far this priority is."""
        self.env.progress(Progress(stage=self.priority, done=done, total=total, text=text))

    def is_written(self, enrollment_id: EnrollmentId, step: int) -> bool:
        """Whether this step has a draft: one that waits, was sent, or was sent back."""
        known = self.drafts.get(enrollment_id, [])
        return any(draft.step == step and draft.status not in _CLOSED for draft in known)

    def angles_used(self, enrollment_id: EnrollmentId, step: int) -> tuple[str, ...]:
        """The angles of the steps before: a follow-up never repeats the same pitch (A-26)."""
        known = self.drafts.get(enrollment_id, [])
        earlier = (draft.angle for draft in known if draft.step < step and draft.angle)
        return tuple(dict.fromkeys(earlier))

    def remember(self, drafts: Sequence[Draft]) -> None:
        """Keep drafts at hand, by enrollment."""
        for draft in drafts:
            self.drafts.setdefault(draft.enrollment_id, []).append(draft)
