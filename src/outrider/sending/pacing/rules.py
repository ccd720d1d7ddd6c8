"""Whether a mail may leave now, and when it may: caps, ramps, gaps, hours, touches.

In: facts on one mail and its mailbox, an instant. Out: a time, or a wait with its reason.
Never: chance, a clock, a row. The same facts always give the same time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from outrider.sending.pacing import ramps, windows
from outrider.sending.pacing.types import PaceFacts, Place, Source, Span, Terms, Wait, Why
from outrider.sending.types import DayPlan

HORIZON_DAYS = 400
"""Nothing is planned further ahead; what finds no time until then is looked at again."""

MEET_WITHIN_DAYS = 14
"""Hours of both sides that do not meet for so long never do, public holidays apart."""

_DAY = timedelta(days=1)


def zone_of(terms: Terms) -> str:
    """The zone whose days a mailbox counts in: its day plan's, else UTC."""
    day = terms.pacing.day if terms.pacing else None
    return day.timezone if day else "UTC"


def local_day(terms: Terms, at: datetime) -> date:
    """The mailbox's own date at an instant."""
    return at.astimezone(windows.zone(zone_of(terms))).date()


def cap_on(terms: Terms, day: date) -> int:
    """Mails that a mailbox may send on a day of its own: cap, ramp, and what its health leaves."""
    cap = terms.daily_cap
    pacing = terms.pacing
    if pacing and pacing.ramp and pacing.ramp_started_on:
        cap = ramps.ramp_cap(ramps.ramp(pacing.ramp), pacing.ramp_started_on, day, cap)
    return int(cap * min(terms.factor, Decimal(1)))


def least_gap(terms: Terms) -> timedelta:
    """The time that must lie between two mails of a mailbox; a poor health stretches it."""
    if terms.pacing is None:
        return timedelta()
    seconds = Decimal(terms.pacing.min_gap_seconds)
    share = min(terms.factor, Decimal(1))
    return timedelta(seconds=float(seconds / share)) if share > 0 else timedelta()


def gap_before(terms: Terms, item: UUID, day: date) -> timedelta:
    """The time that is planned before a mail: the least gap and the mail's own jitter."""
    plan = terms.pacing.day if terms.pacing else None
    least = least_gap(terms)
    if plan is None or not least:
        return least
    return least + windows.jitter(plan.jitter_seconds, str(item), day, "gap")


def own_spans(terms: Terms, day: date) -> tuple[Span, ...]:
    """When the mailbox works on a day of its own."""
    plan = terms.pacing.day if terms.pacing else None
    if plan is None:
        return (windows.day_bounds("UTC", day),)
    return windows.mailbox_on(plan, str(terms.mailbox_id), day)


def their_spans(terms: Terms, place: Place, day: date) -> list[Span] | None:
    """When the recipient works around a day of the mailbox; None: it makes no difference.

    Nobody knows where some recipients are: they are taken to be where the mailbox is.
    """
    if terms.pacing is None or not terms.pacing.recipient_window:
        return None
    where = _where(terms, place)
    days = (day - _DAY, day, day + _DAY)
    spans = (windows.recipient_on(where, one) for one in days)
    return sorted(span for span in spans if span is not None)


def _where(terms: Terms, place: Place) -> Place:
    return place if place.zones else replace(place, zones=(zone_of(terms),))


def open_spans(terms: Terms, place: Place, day: date) -> list[Span]:
    """When a mail to this place may leave on a day of the mailbox.

    Both sides are at work then. Where their hours never meet, such as Boston and Tokyo, the
    recipient's count alone: a person would have it sent later, and no mail waits for ever.
    """
    theirs = their_spans(terms, place, day)
    if theirs is None:
        return list(own_spans(terms, day))
    common = windows.crossed(own_spans(terms, day), theirs)
    if common or meets(terms, place, day):
        return common
    return windows.crossed([windows.day_bounds(zone_of(terms), day)], theirs)


def meets(terms: Terms, place: Place, day: date) -> bool:
    """Whether the hours of both sides have anything in common in the two weeks from a day on."""
    pacing = terms.pacing
    if pacing is None or pacing.day is None:
        return True
    return _meets(pacing.day, str(terms.mailbox_id), _where(terms, place), day)


@lru_cache(maxsize=65_536)
def _meets(plan: DayPlan, mailbox: str, place: Place, day: date) -> bool:
    for number in range(MEET_WITHIN_DAYS):
        one = day + number * _DAY
        spans = (windows.recipient_on(place, one + shift) for shift in (-_DAY, 0 * _DAY, _DAY))
        theirs = sorted(span for span in spans if span is not None)
        if windows.crossed(windows.mailbox_on(plan, mailbox, one), theirs):
            return True
    return False


def next_opening(terms: Terms, place: Place, at: datetime) -> datetime | None:
    """The first instant from `at` on at which both sides work; None: not in sight."""
    day = local_day(terms, at)
    for _ in range(HORIZON_DAYS):
        for begins, ends in open_spans(terms, place, day):
            if ends > at:
                return max(begins, at)
        day += _DAY
    return None


def next_time(facts: PaceFacts, now: datetime) -> datetime:
    """The first instant from now on at which this mail may leave, as far as is known now.

    Days to come count as empty: whoever plans many mails keeps a `diary`. Where there is no such
    time in sight, or the cap is nothing, it is the end of what can be seen.
    """
    terms, now = facts.terms, now.astimezone(UTC)
    earliest = now if facts.touch is None else max(now, facts.touch.until)
    if terms.pacing is None:
        return earliest
    after = _after_gap(facts, now)
    earliest = earliest if after is None else max(earliest, after)
    today = local_day(terms, now)
    day = local_day(terms, earliest)
    for _ in range(HORIZON_DAYS):
        used = facts.used_today if day == today else 0
        if used < cap_on(terms, day):
            for begins, ends in open_spans(terms, facts.place, day):
                at = begins_at(terms, facts.item, (begins, ends), earliest)
                if at is not None:
                    return at
        day += _DAY
    return now + HORIZON_DAYS * _DAY


def begins_at(terms: Terms, item: UUID, span: Span, earliest: datetime) -> datetime | None:
    """The first instant of a span that a mail would take: not on the dot when it opens."""
    if span[1] <= earliest:
        return None
    if earliest > span[0]:
        return earliest
    plan = terms.pacing.day if terms.pacing else None
    late = windows.jitter(plan.jitter_seconds if plan else 0, str(item), span[0].date(), "opens")
    return span[0] + late if span[0] + late < span[1] else span[0]


def _after_gap(facts: PaceFacts, now: datetime) -> datetime | None:
    """When the gap after the mailbox's last mail is over; None when it is."""
    least = least_gap(facts.terms)
    if facts.last_at is None or not least or now >= facts.last_at + least:
        return None
    return facts.last_at + gap_before(
        facts.terms, facts.item, local_day(facts.terms, facts.last_at)
    )


def may_go_now(facts: PaceFacts, now: datetime) -> Wait | None:
    """None when the mail may leave at this instant; else what it waits for, and until when.

    The gap that is asked for here is the least one, without jitter: a mail that was planned at a
    time does not move because the one before it left a second late.
    """
    now = now.astimezone(UTC)
    why = _hindrance(facts, now)
    if why is None:
        return None
    until = next_time(facts, now)
    reason = explain(facts, why, until, now)
    # What finds no time is looked at again tomorrow, for caps and hours may change.
    return Wait(reason, min(until, now + _DAY) if _is_never(until, now) else until, why)


def _is_never(until: datetime, now: datetime) -> bool:
    return until - now >= HORIZON_DAYS * _DAY


def _hindrance(facts: PaceFacts, now: datetime) -> Why | None:
    terms = facts.terms
    # A mailbox may do without a pace of its own; the people whom it writes to may not (B-17).
    if facts.touch is not None and facts.touch.until > now:
        return Why.TOUCH
    if terms.pacing is None:
        return None
    day = local_day(terms, now)
    if facts.used_today >= cap_on(terms, day):
        return Why.CAP
    if not _within(open_spans(terms, facts.place, day), now):
        theirs = their_spans(terms, facts.place, day)
        is_theirs = theirs is not None and not _within(theirs, now)
        return Why.RECIPIENT if is_theirs else Why.MAILBOX
    return Why.GAP if _after_gap(facts, now) is not None else None


def _within(spans: Iterable[Span], at: datetime) -> bool:
    return any(begins <= at < ends for begins, ends in spans)


def in_turn(facts: Iterable[PaceFacts], now: datetime) -> list[PaceFacts]:
    """Facts of one mailbox's mails as each finds them after those before it in the list.

    Judged one by one at `now`, they keep cap and gap together: the first goes, the second is asked
    to wait a gap, the third another one.
    """
    several = list(facts)
    # Most mailboxes of a fast sender have no pace, and then every mail finds the same.
    if not several or several[0].terms.pacing is None:
        return several
    found: list[PaceFacts] = []
    used, last = None, None
    for one in several:
        if used is not None:
            one = replace(one, used_today=used, last_at=last or one.last_at)
        used, last = one.used_today, one.last_at
        wait = may_go_now(one, now)
        found.append(one)
        if wait is not None and wait.why is not Why.GAP:
            continue
        at = now if wait is None else wait.until
        if local_day(one.terms, at) == local_day(one.terms, now):
            used, last = used + 1, at
    return found


def explain(facts: PaceFacts, why: Why, until: datetime, now: datetime) -> str:
    """What a mail waits for, in one line: `waits for Mon 09:04 in Denver: outside of …`."""
    terms = facts.terms
    if _is_never(until, now):
        return f"finds no time within {HORIZON_DAYS} days: {_cause(facts, why, now)}"
    name = zone_of(terms)
    if why is Why.RECIPIENT and facts.place.zones:
        name = facts.place.zones[0]
    local = until.astimezone(windows.zone(name))
    is_near = until - now < 6 * _DAY
    moment = f"{local:%a %H:%M}" if is_near else f"{local:%a %d %b %H:%M}"
    return f"waits for {moment} {place_name(name)}: {_cause(facts, why, now)}"


def place_name(name: str) -> str:
    """`in Denver` for America/Denver."""
    return "UTC" if name == "UTC" else f"in {name.rsplit('/', 1)[-1].replace('_', ' ')}"


def _cap_cause(terms: Terms, day: date) -> str:
    """That the cap holds, and what made it smaller than it could be."""
    cap = cap_on(terms, day)
    if cap == 0:
        return f"{terms.address} may send no mail today"
    whole = cap_on(replace(terms, factor=Decimal(1)), day)
    less = f" ({cap} a day instead of {whole}: its reputation suffers)" if cap < whole else ""
    return f"the daily cap of {terms.address} is taken until then{less}"


def _cause(facts: PaceFacts, why: Why, now: datetime) -> str:
    terms = facts.terms
    if why is Why.TOUCH and facts.touch is not None:
        return facts.touch.reason
    if why is Why.CAP:
        return _cap_cause(terms, local_day(terms, now))
    if why is Why.MAILBOX:
        return f"outside of the hours of {terms.address}"
    if why is Why.RECIPIENT:
        known = facts.place.source is not Source.UNKNOWN
        return "outside of the recipient's hours" + ("" if known else " (their place is not known)")
    return f"{terms.address} keeps a gap between two mails"
