"""Whether a draft may be approved without a person, by its policy or after its time limit.

In: facts. Out: nothing, or the reason in words why a person decides. Never: I/O, the benefit of the doubt.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from outrider.drafts.review.rules import UNREAD, WEB_ALONE
from outrider.drafts.review.types import Action, Frozen, OnTimeout, Review, Risk, StoredPolicy
from outrider.drafts.types import DecidedBy, Draft
from outrider.guardrails.types import Severity


class Alone(Frozen):
    """What an approval in nobody's name rests on."""

    by: DecidedBy
    draft: Draft
    review: Review | None
    active: StoredPolicy
    policy_id: UUID | None
    is_judged: bool
    is_read: bool
    """Whether the second reader is through with it."""
    was_taken_back: bool
    rests_on_web: bool
    """Whether a claim rests on a web page or a letter to us, by today's facts."""
    now: datetime


def why_not_alone(facts: Alone) -> str | None:
    """Why a person decides, as the end of a sentence; None when none is needed."""
    review, policy = facts.review, facts.active.policy
    if facts.draft.is_seed:
        # The words of any other draft, so that a log does not tell a test from it.
        return "its policy asks for one"
    if facts.was_taken_back:
        return "somebody took the approval of the same mail back"
    if review is None:
        return "it was not reviewed yet"
    if not policy.auto_approve:
        return "the active policy approves nothing by itself"
    if not (facts.policy_id == review.policy_id == facts.active.id):
        return "the policy changed since it was reviewed"
    if review.verdict.approvals > 1:
        return "its policy asks for two approvals"
    if policy.second_reader.is_on and not facts.is_read:
        return UNREAD
    worst = next((f for f in facts.draft.findings if f.severity is not Severity.NOTE), None)
    if worst is not None:
        return f"a check speaks up ({worst.message.rstrip('.')})"
    if facts.rests_on_web:
        return WEB_ALONE
    return _policy(facts, review) if facts.by is DecidedBy.POLICY else _timeout(facts, review)


def _policy(facts: Alone, review: Review) -> str | None:
    if review.verdict.action is not Action.AUTO_APPROVE:
        return f"its policy asks for one ({review.verdict.reason.rstrip('.')})"
    if review.verdict.risk is Risk.HIGH:
        return "its risk is high"
    if not facts.is_judged:
        return "no judge has read it"
    return None


def _timeout(facts: Alone, review: Review) -> str | None:
    """Decision 2: enabled by an admin, all green, low risk, a reviewer notified, the time over."""
    if review.on_timeout is not OnTimeout.AUTO_SEND:
        return "its policy does not send what nobody decided"
    if facts.active.policy.clock.on_timeout is not OnTimeout.AUTO_SEND:
        return "the active policy no longer sends what nobody decided"
    if review.verdict.action not in (Action.REVIEW, Action.AUTO_APPROVE):
        return f"its policy asks for one ({review.verdict.reason.rstrip('.')})"
    if review.verdict.risk is not Risk.LOW:
        return f"its risk is {review.verdict.risk}"
    if review.notified_at is None:
        return "no reviewer was notified"
    if review.due_at is None or review.due_at > facts.now:
        return "its time is not over"
    return None
