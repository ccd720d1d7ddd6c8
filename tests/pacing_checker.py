"""An independent checker of a log of sends, written from the rules in prose and nothing else.

In: what each mailbox and each person is, and a list of sends. Out: violations in words.
It knows time zones (zoneinfo) and the few holidays below; it imports nothing of what it checks.

The rules:
1. A mailbox sends at most its cap on a day of its own zone, and at most what its ramp says.
2. Between two mails of a mailbox lie at least `gap` seconds.
3. A mailbox writes on its weekdays, from start to end, not at lunch; unless its hours and the
   recipient's have not one minute in common on any working day of two weeks.
4. A recipient gets mail from 9 to 17 in every zone where they may be, Monday to Friday, and on no
   public holiday of their country.
5. All mails of a thread come from one mailbox, in the order of the steps, each step once.
6. A step leaves no sooner than its delay in business days (Monday to Friday) after the step before
   in its thread, whether that was a mail, a call or a text message.
7. Nobody is reached again, on any channel, within `gap` business days, nor more than `person` times
   within `person_days`.
8. At one company no more than `people` persons are reached within `account_days`, and no more than
   `touches` times in all.
9. Whoever asked for a pause is not reached again.
10. A mailbox whose health leaves a share of its cap sends no mail beyond that share of the day's cap.
11. A text message arrives between 8 and 21 o'clock where the person is.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

# Public holidays in March and April 2026, from the calendars of these countries.
HOLIDAYS = {
    "JP": {date(2026, 3, 20), date(2026, 4, 29)},
    "IE": {date(2026, 3, 17), date(2026, 4, 6)},
    "DE": {date(2026, 4, 3), date(2026, 4, 6)},
    "GB": {date(2026, 4, 3), date(2026, 4, 6)},
    "AU": {date(2026, 4, 3), date(2026, 4, 6)},
    "US": set[date](),
}


@dataclass(frozen=True)
class Box:
    """A mailbox as its owner described it."""

    address: str
    zone: str
    start: time
    end: time
    lunch: tuple[time, time]
    cap: int
    gap: int
    ramp: tuple[tuple[date, int], ...] = ()
    """From which date on how many mails a day; empty: the cap alone."""


@dataclass(frozen=True)
class Someone:
    """A recipient: every zone where they may be, and the country whose holidays they keep."""

    zones: tuple[str, ...]
    country: str


@dataclass(frozen=True)
class Send:
    """One mail that left."""

    at: datetime
    mailbox: str
    thread: str
    person: str
    step: int


@dataclass(frozen=True)
class Reached:
    """A call or a text message."""

    at: datetime
    person: str
    channel: str


@dataclass(frozen=True)
class Share:
    """What health left of a mailbox's cap when somebody looked."""

    at: datetime
    mailbox: str
    factor: float


@dataclass(frozen=True)
class Touches:
    """How often people may be reached; days are business days."""

    gap: int
    person: int
    person_days: int
    people: int
    touches: int
    account_days: int


def touch_violations(
    touches: list[tuple[datetime, str]],
    accounts: dict[str, str],
    people: dict[str, Someone],
    policy: Touches,
) -> list[str]:
    """Broken rules 7 and 8; `touches` are of all channels, in any order."""
    found: list[str] = []
    by_account: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for at, person in sorted(touches):
        before = by_account[accounts[person]]
        zone = people[person].zones[0]
        own = [one for one, who in before if who == person]
        if own and at < _open_again(own[-1], policy.gap, zone):
            found.append(f"{person}: reached at {at}, so soon after {own[-1]}")
        if len(_within(own, at, policy.person_days, zone)) >= policy.person:
            found.append(f"{person}: reached at {at}, more than {policy.person} times")
        latest = {who: one for one, who in before if who != person}
        if len(_within(list(latest.values()), at, policy.account_days, zone)) >= policy.people:
            found.append(f"{accounts[person]}: one person more than {policy.people} at {at}")
        every = [one for one, _ in before]
        if len(_within(every, at, policy.account_days, zone)) >= policy.touches:
            found.append(f"{accounts[person]}: more than {policy.touches} touches at {at}")
        before.append((at, person))
    return found


def _within(touches: list[datetime], at: datetime, days: int, zone: str) -> list[datetime]:
    return [one for one in touches if at < _open_again(one, days, zone)]


def _open_again(touch: datetime, days: int, zone: str) -> datetime:
    """The earliest reading of so many business days after: by UTC, or where the person is."""
    local = touch.astimezone(ZoneInfo(zone))
    return min(_after_business_days(touch, days), _after_business_days(local, days))


def share_violations(sends: list[Send], boxes: dict[str, Box], shares: list[Share]) -> list[str]:
    """Broken rule 10."""
    found, told = [], dict[str, float]()
    days: dict[tuple[str, date], int] = defaultdict(int)
    looks = sorted(shares, key=lambda one: one.at)
    for send in sorted(sends, key=lambda one: one.at):
        while looks and looks[0].at <= send.at:
            look = looks.pop(0)
            told[look.mailbox] = look.factor
        box = boxes[send.mailbox]
        day = send.at.astimezone(ZoneInfo(box.zone)).date()
        days[send.mailbox, day] += 1
        most = min([box.cap, *[mails for first, mails in box.ramp if first <= day][-1:]])
        allowed = int(most * told.get(send.mailbox, 1.0) + 1e-9)
        if days[send.mailbox, day] > allowed:
            found.append(
                f"{send.mailbox}: mail {days[send.mailbox, day]} of {allowed} at {send.at}"
            )
    return found


def quiet_violations(touches: list[tuple[datetime, str]], quiet: dict[str, datetime]) -> list[str]:
    """Broken rule 9."""
    return [f"{who}: reached at {at}, in a pause since {quiet[who]}"
            for at, who in touches if who in quiet and at > quiet[who]]  # fmt: skip


def text_violations(reached: list[Reached], people: dict[str, Someone]) -> list[str]:
    """Broken rule 11."""
    return [
        f"{one.person}: a text message at {one.at.astimezone(ZoneInfo(zone))}"
        for one in reached
        if one.channel == "sms"
        for zone in people[one.person].zones
        if not 8 <= one.at.astimezone(ZoneInfo(zone)).hour < 21
    ]


def violations(
    sends: list[Send],
    boxes: dict[str, Box],
    people: dict[str, Someone],
    delays: dict[int, int],
) -> list[str]:
    """Every broken rule of 1 to 6, in words; `delays` are of the steps that are mails."""
    found: list[str] = []
    by_box: dict[str, list[Send]] = defaultdict(list)
    by_thread: dict[str, list[Send]] = defaultdict(list)
    for send in sorted(sends, key=lambda one: one.at):
        by_box[send.mailbox].append(send)
        by_thread[send.thread].append(send)
        found += _hours(send, boxes[send.mailbox], people[send.person])
    for address, theirs in by_box.items():
        found += _pace(theirs, boxes[address])
    for theirs in by_thread.values():
        found += _order(theirs, delays)
    return found


def _pace(sends: list[Send], box: Box) -> list[str]:
    found = []
    for before, after in pairwise(sends):
        apart = (after.at - before.at).total_seconds()
        if apart < box.gap:
            found.append(f"{box.address}: {apart} s between {before.at} and {after.at}")
    days: dict[date, int] = defaultdict(int)
    for send in sends:
        days[send.at.astimezone(ZoneInfo(box.zone)).date()] += 1
    for day, count in days.items():
        most = min([box.cap, *[mails for first, mails in box.ramp if first <= day][-1:]])
        if count > most:
            found.append(f"{box.address}: {count} mails on {day}, {most} are the most")
    return found


def _hours(send: Send, box: Box, person: Someone) -> list[str]:
    found = [
        f"{send.person}: {send.at.astimezone(ZoneInfo(zone))} is outside of their hours"
        for zone in person.zones
        if not _is_working(send.at, zone, person.country)
    ]
    if not _writes(send.at, box) and _ever_meet(send.at, box, person):
        local = send.at.astimezone(ZoneInfo(box.zone))
        found.append(f"{box.address}: {local} is outside of its hours")
    return found


def _is_working(at: datetime, zone: str, country: str) -> bool:
    local = at.astimezone(ZoneInfo(zone))
    is_day = local.weekday() < 5 and local.date() not in HOLIDAYS[country]
    return is_day and time(9) <= local.time() < time(17)


def _writes(at: datetime, box: Box) -> bool:
    local = at.astimezone(ZoneInfo(box.zone))
    is_lunch = box.lunch[0] <= local.time() < box.lunch[1]
    return local.weekday() < 5 and box.start <= local.time() < box.end and not is_lunch


_MEETINGS: dict[tuple[Box, Someone, date], bool] = {}


def _ever_meet(at: datetime, box: Box, person: Someone) -> bool:
    """Whether any quarter of an hour of the two weeks after suits both sides."""
    key = (box, person, at.date())
    if key not in _MEETINGS:
        start = at.replace(minute=0, second=0, microsecond=0)
        quarters = (start + timedelta(minutes=15 * n) for n in range(14 * 24 * 4))
        _MEETINGS[key] = any(
            _writes(quarter, box)
            and all(_is_working(quarter, zone, person.country) for zone in person.zones)
            for quarter in quarters
        )
    return _MEETINGS[key]


def _order(sends: list[Send], delays: dict[int, int]) -> list[str]:
    thread, found = sends[0].thread, []
    if len({send.mailbox for send in sends}) > 1:
        found.append(f"{thread}: more than one mailbox")
    steps = [send.step for send in sends]
    if steps != sorted(delays)[: len(steps)]:
        found.append(f"{thread}: steps in the order {steps}")
    for before, after in pairwise(sends):
        # Of the steps between that are no mail, at least their delays have passed as well.
        earliest = _after_business_days(before.at, delays[after.step])
        if after.at < earliest:
            found.append(f"{thread}: step {after.step} at {after.at}, not before {earliest}")
    return found


def _after_business_days(start: datetime, days: int) -> datetime:
    at = start
    while days:
        at += timedelta(days=1)
        days -= at.weekday() < 5
    return at
