"""What one person may do with one draft now, and why not.

In: facts on the draft, its review and the person. Out: a `Permission` for each verb.
Never: I/O, a clock, an answer that `drafts.decide` would not give: it enforces this very function.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from outrider.drafts.review.types import Action, Frozen, Verdict
from outrider.drafts.types import DraftStatus
from outrider.kernel.access import DECIDING_ROLES, Member, PersonRole
from outrider.kernel.ids import PersonId


class Verb(StrEnum):
    """What a person can do with a draft."""

    APPROVE = "approve"
    EDIT = "edit"
    REJECT = "reject"
    SNOOZE = "snooze"
    TAKE_BACK = "take_back"
    VARY = "vary"


class Ground(StrEnum):
    """What stands against it."""

    PERSON = "person"
    STATE = "state"
    POLICY = "policy"
    BLOCKED = "blocked"
    CHECKS = "checks"
    TWICE = "twice"


class Permission(Frozen):
    """Whether it may be done; if not, why not in a sentence."""

    allowed: bool
    why_not: str | None = None
    ground: Ground | None = None


class Approval(Frozen):
    """One of two approvals that a policy asks for."""

    person_id: PersonId
    name: str
    content_hash: str
    approved_at: datetime


class Situation(Frozen):
    """How a draft stands."""

    status: DraftStatus
    content_hash: str
    now: datetime
    told: str | None = None
    """What became of it, as a sentence: `Mia approved it at 15:02 UTC.`"""
    blocking: tuple[str, ...] = ()
    verdict: Verdict | None = None
    assigned: str | None = None
    level: int = 0
    approvals: tuple[Approval, ...] = ()
    undo_until: datetime | None = None
    people: tuple[tuple[str, PersonRole], ...] = ()
    """Address and role of everybody in the workspace: whom an escalation can reach."""


YES = Permission(allowed=True)

_ABOVE: Mapping[PersonRole, frozenset[PersonRole]] = {
    PersonRole.APPROVER: DECIDING_ROLES,
    PersonRole.CAMPAIGN_MANAGER: frozenset({PersonRole.CAMPAIGN_MANAGER, PersonRole.ADMIN}),
    PersonRole.COMPLIANCE: frozenset({PersonRole.COMPLIANCE, PersonRole.ADMIN}),
    PersonRole.ADMIN: frozenset({PersonRole.ADMIN}),
}
"""Who may decide what is put before a role: the role itself and those above it."""


def allowed(
    case: Situation, member: Member, stands_in_for: tuple[Member, ...] = ()
) -> dict[Verb, Permission]:
    """What this person may do; `stands_in_for` are those whose delegate the person is now."""
    wears = (member, *stands_in_for)
    person = _person(case, wears)
    decide = person or _state(case) or _policy(case, wears)
    known = _role(member) or _state(case)
    return {
        Verb.APPROVE: decide or _blocked(case) or _checks(case) or _twice(case, member) or YES,
        Verb.EDIT: decide or YES,
        Verb.REJECT: decide or YES,
        Verb.SNOOZE: person or _state(case) or YES,
        Verb.TAKE_BACK: _role(member) or _take_back(case) or YES,
        Verb.VARY: known or YES,
    }


def enough(case: Situation, member: Member) -> bool:
    """Whether this person's approval is the last one that is needed."""
    needed = case.verdict.approvals if case.verdict else 1
    others = {
        item.person_id
        for item in case.approvals
        if item.person_id != member.person_id and item.content_hash == case.content_hash
    }
    return len(others) + 1 >= needed


def told(status: DraftStatus, note: str | None, kind: str | None, who: str, at: str) -> str | None:
    """What became of a draft: `Mia approved it at 15:02 UTC.`; None while it waits."""
    if status is DraftStatus.PENDING:
        return None
    if kind == "approve" and status is DraftStatus.SUPERSEDED:
        return f"{who} approved it at {at}, and the approval was taken back."
    if kind is not None:
        done = {"approve": "approved", "edit": "edited", "reject": "rejected"}[kind]
        since = f" It is {status}." if status in _GONE_ON else ""
        return f"{who} {done} it at {at}.{since}"
    return f"It is {status} ({note.rstrip('.')})." if note else f"It is {status}."


_GONE_ON = (DraftStatus.QUEUED, DraftStatus.SENT, DraftStatus.WITHDRAWN)


def time_left(until: datetime, now: datetime) -> str:
    """`22 s` or `3 min`, never less than is left."""
    left = max(until - now, timedelta(0))
    seconds = -(-left // timedelta(seconds=1))
    return f"{seconds} s" if seconds < 120 else f"{-(-seconds // 60)} min"


def _role(member: Member) -> Permission | None:
    if member.may_decide:
        return None
    return _no(
        f"{member.name} is {member.role} here and may not decide; "
        "ask an approver, a campaign manager or an admin.",
        Ground.PERSON,
    )


def _person(case: Situation, wears: tuple[Member, ...]) -> Permission | None:
    """Compliance decides nothing but what is put before it."""
    own = wears[0]
    before = {case.assigned, case.verdict.to if case.verdict else None}
    if own.role is PersonRole.COMPLIANCE and before & {str(PersonRole.COMPLIANCE), own.email}:
        return None
    return _role(own)


def _state(case: Situation) -> Permission | None:
    if case.status is DraftStatus.PENDING:
        return None
    return _no(case.told or f"It is {case.status}.", Ground.STATE)


def _policy(case: Situation, wears: tuple[Member, ...]) -> Permission | None:
    """Who decides what a policy escalates: that role or above, that person or a delegate."""
    verdict = case.verdict
    if verdict is None or verdict.action is not Action.ESCALATE:
        return None
    named = [verdict.to] if verdict.to else []
    # A person who stays silent is passed over; a role that a policy asks for is not.
    if case.assigned and (verdict.to is None or (_role_of(verdict.to) is None and case.level)):
        named.append(case.assigned)
    if not named or any(_fits(to, wears, case) for to in named):
        return None
    asks = " or ".join(_who(to) for to in dict.fromkeys(named))
    return _no(f"Its policy asks for {asks}: {verdict.reason.rstrip('.')}.", Ground.POLICY)


def _fits(to: str, wears: tuple[Member, ...], case: Situation) -> bool:
    role = _role_of(to)
    if role is None:
        held = [held for address, held in case.people if address.lower() == to.lower()]
        if any(one in _ABOVE for one in held):
            return any(member.email.lower() == to.lower() for member in wears)
        # Nobody has this address any more, or somebody who may not decide.
        role = PersonRole.CAMPAIGN_MANAGER
    may = _ABOVE.get(role, DECIDING_ROLES)
    if not any(held in may for _, held in case.people):
        # Nobody here has that role or one above: rather anybody who decides than nobody for ever.
        may = DECIDING_ROLES
    return any(member.role in may for member in wears)


def _role_of(to: str) -> PersonRole | None:
    return PersonRole(to) if to in set(PersonRole) else None


def _who(to: str) -> str:
    role = _role_of(to)
    if role is None:
        return to
    if role is PersonRole.COMPLIANCE:
        return "compliance"
    word = str(role).replace("_", " ")
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _blocked(case: Situation) -> Permission | None:
    if case.verdict is None or case.verdict.action is not Action.BLOCK:
        return None
    return _no(
        f"Blocked by its policy: {case.verdict.reason.rstrip('.')}. Edit or reject it.",
        Ground.BLOCKED,
    )


def _checks(case: Situation) -> Permission | None:
    if not case.blocking:
        return None
    more = f" (and {len(case.blocking) - 1} more)" if len(case.blocking) > 1 else ""
    return _no(f"Blocked: {case.blocking[0].rstrip('.')}{more}.", Ground.CHECKS)


def _twice(case: Situation, member: Member) -> Permission | None:
    own = next((a for a in case.approvals if a.person_id == member.person_id), None)
    if own is None or own.content_hash != case.content_hash or enough(case, member):
        return None
    at = when(own.approved_at, case.now)
    return _no(
        f"You approved it at {at}; one more approval is needed, by somebody else.", Ground.TWICE
    )


def _take_back(case: Situation) -> Permission | None:
    if case.status is DraftStatus.PENDING:
        return _no("It waits for a decision: there is no approval to take back.", Ground.STATE)
    if case.status is not DraftStatus.APPROVED:
        return _state(case)
    if case.undo_until is None or case.undo_until <= case.now:
        ended = (
            f" ended at {when(case.undo_until, case.now, exact=True)}" if case.undo_until else ""
        )
        return _no(f"The time to take the approval back{ended or ' is over'}.", Ground.STATE)
    return None


def _no(why_not: str, ground: Ground) -> Permission:
    return Permission(allowed=False, why_not=why_not, ground=ground)


def when(moment: datetime, now: datetime, *, exact: bool = False) -> str:
    """`15:02 UTC`, with the day when it was not today; to the second if `exact`."""
    day = "" if moment.date() == now.date() else f" on {moment:%Y-%m-%d}"
    return f"{moment:%H:%M:%S} UTC{day}" if exact else f"{moment:%H:%M} UTC{day}"
