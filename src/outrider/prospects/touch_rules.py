"""Pacing across channels: whether a person may be reached now, from every touch by anyone (B-17).

In: the touches of an account's people, and who shall be reached. Out: None, or a `Wait` with its
reason and its end. Never: a row, the present, a touch of ours that counts more than a colleague's.

Mails, calls, LinkedIn and text messages count the same for the person who gets them. An activity
that the CRM tells of is a colleague's: a call or a meeting, during which a machine keeps quiet.
The numbers are our own choice, made from the 2 to 5 business days between touches (A-26).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

from outrider.kernel.errors import InvalidInput
from outrider.prospects.business_days import add_business_days
from outrider.prospects.types import Channel, ContactId, Direction, Touch

MOST_DAYS = 60
"""Of any window: whoever waits longer should end the campaign."""
LOOK_BACK_DAYS = 100
"""Calendar days of touches that the rule needs: `MOST_DAYS` business days, weekends with them."""


@dataclass(frozen=True)
class TouchPolicy:
    """The frozen table of pacing; days are business days, 0 switches a line off."""

    person_touches: int = 1
    """Outgoing touches of one person on any channel, at most, in `person_days`."""
    person_days: int = 2
    gap_days: int = 1
    """Between two outgoing touches of one person, at least, whatever the channel."""
    account_people: int = 3
    """People of one account reached, at most, in `account_days`; the person himself counts."""
    account_touches: int = 6
    """Outgoing touches of all people of one account together, at most, in `account_days`."""
    account_days: int = 5
    after_reply_days: int = 1
    """Quiet for a person after his own answer: somebody is answering it."""
    after_reply_account_days: int = 1
    """Quiet for everybody else at an account where somebody answered."""
    after_colleague_days: int = 3
    """Quiet for a person after a colleague's call or meeting, or any activity of the CRM."""
    after_colleague_account_days: int = 1
    """Quiet for everybody else at the account after a colleague's activity with one of them."""


STANDARD = TouchPolicy()
_COUNTS = frozenset({"person_touches", "account_people", "account_touches"})
NAMES = tuple(field.name for field in fields(TouchPolicy))


@dataclass(frozen=True)
class Wait:
    """Not now: why, and the first instant at which nothing here speaks against it."""

    reason: str
    until: datetime


def policy(overrides: Mapping[str, int]) -> TouchPolicy:
    """The standard table with what a campaign says otherwise.

    Raises:
        InvalidInput: a name is unknown, or a number is out of bounds.
    """
    for name, value in overrides.items():
        if name not in NAMES:
            raise InvalidInput(f"Pacing knows no {name!r}: use one of {', '.join(NAMES)}.")
        least = 1 if name in _COUNTS else 0
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST_DAYS:
            raise InvalidInput(
                f"Pacing has {name} = {value!r}: give a whole number from {least} to {MOST_DAYS}."
            )
    return replace(STANDARD, **overrides)


def may_touch(
    touches: Iterable[Touch],
    contact_id: ContactId,
    now: datetime,
    policy: TouchPolicy = STANDARD,
    country: str | None = None,
) -> Wait | None:
    """Whether a person may be reached now; None: yes.

    Args:
        touches: all of the person's account, by anyone, at least of the last `LOOK_BACK_DAYS` days,
            in any order. Touches of people elsewhere must not be among them.
        contact_id: who shall be reached.
        now: the present, with a zone; the business days are that zone's.
        policy: the table.
        country: of the person, for its holidays.

    Returns:
        The rule that holds longest. At its `until` the same touches give None.
    """
    case = _Case(sorted(touches, key=lambda touch: touch.at), contact_id, policy, now, country)
    found = [*_person(case), *_account(case), *_quiet(case)]
    waits = [wait for wait in found if wait.until > now]
    return max(waits, key=lambda wait: wait.until, default=None)


@dataclass(frozen=True)
class _Case:
    touches: Sequence[Touch]
    contact_id: ContactId
    policy: TouchPolicy
    now: datetime
    country: str | None

    def after(self, touch: Touch, days: int) -> datetime:
        """When a window of so many business days after a touch is over."""
        at = touch.at.astimezone(self.now.tzinfo)
        return add_business_days(at, days, self.country) if days else at

    def is_own(self, touch: Touch) -> bool:
        return touch.contact_id == self.contact_id


def _is_colleague(touch: Touch) -> bool:
    return touch.channel is Channel.CRM


def _person(case: _Case) -> Iterable[Wait]:
    """At most so many outgoing touches of the person in a window."""
    own = [t for t in case.touches if case.is_own(t) and t.direction is Direction.OUT]
    most, days = case.policy.person_touches, case.policy.person_days
    if days and len(own) >= most:
        last = own[-1]
        reason = (
            f"this person was reached by {_BY[last.channel]} on {last.at:%Y-%m-%d}, and "
            f"{_times(most)} in {_days(days)} is the most"
        )
        yield Wait(reason, case.after(own[-most], days))
    gap = case.policy.gap_days
    if gap and own:
        last = own[-1]
        reason = (
            f"this person was reached by {_BY[last.channel]} on {last.at:%Y-%m-%d}, and "
            f"{_days(gap)} must pass between two touches"
        )
        yield Wait(reason, case.after(last, gap))


def _account(case: _Case) -> Iterable[Wait]:
    """At most so many touches and so many people of the account in a window.

    One who was reached already is counted as a person.
    """
    table = case.policy
    most, days = table.account_people, table.account_days
    out = [t for t in case.touches if t.direction is Direction.OUT]
    if days and len(out) >= table.account_touches:
        reason = (
            f"this account was reached {_times(table.account_touches)} in the last {_days(days)}"
        )
        yield Wait(reason, case.after(out[-table.account_touches], days))
    latest = {t.contact_id: t for t in case.touches if t.direction is Direction.OUT}
    others = sorted(
        (t for who, t in latest.items() if who != case.contact_id), key=lambda touch: touch.at
    )
    if days and len(others) >= most:
        reason = f"{most} other people of this account were reached in the last {_days(days)}"
        yield Wait(reason, case.after(others[-most], days))


def _quiet(case: _Case) -> Iterable[Wait]:
    """Nothing right after an answer, or after what a colleague did."""
    table = case.policy
    for touch in case.touches:
        own, day = case.is_own(touch), f"{touch.at:%Y-%m-%d}"
        if _is_colleague(touch):
            days = table.after_colleague_days if own else table.after_colleague_account_days
            whom = "this person" if own else "somebody at this account"
            reason = f"a colleague was in touch with {whom} on {day}"
        elif touch.direction is Direction.IN:
            days = table.after_reply_days if own else table.after_reply_account_days
            reason = f"{'this person' if own else 'somebody at this account'} answered on {day}"
        else:
            continue
        if days:
            yield Wait(f"{reason}, and {_days(days)} of quiet follow", case.after(touch, days))


_BY = {
    Channel.EMAIL: "mail",
    Channel.CALL: "phone",
    Channel.LINKEDIN: "LinkedIn",
    Channel.SMS: "text message",
    Channel.CRM: "a colleague",
}


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _days(count: int) -> str:
    return "one business day" if count == 1 else f"{count} business days"
