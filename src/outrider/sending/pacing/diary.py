"""One mailbox's days to come, and the first free time in them for a mail.

In: what a mailbox has planned already, mails in order. Out: a time for each. Never: two mails closer
than the gap, more on a day than its cap, a time outside of either side's hours.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from outrider.sending.pacing import rules
from outrider.sending.pacing.types import Entry, PaceFacts, Place, Span, Terms, Wait, Why

_DAY = timedelta(days=1)


class Diary:
    """What a mailbox will do; it fills up and is never emptied."""

    def __init__(self, terms: Terms, now: datetime, entries: Iterable[Entry] = ()) -> None:
        """`entries` are mails that left today or have their time; overdue ones go first, from now."""
        self.terms = terms
        self._now = now
        self._days: dict[date, list[tuple[datetime, UUID]]] = defaultdict(list)
        self._spans: dict[tuple[Place, date], list[Span]] = {}
        self._reached: dict[tuple[Place, date], datetime] = {}
        self._caps: dict[date, int] = {}
        self._first_free = rules.local_day(terms, now)
        overdue = []
        for entry in sorted(entries, key=lambda one: (one.at, one.item)):
            if entry.at < now and not entry.has_left:
                overdue.append(entry.item)
            else:
                self._days[rules.local_day(terms, entry.at)].append((entry.at, entry.item))
        for item in overdue:
            self.add(item, Place())

    def add(self, item: UUID, place: Place, earliest: datetime | None = None) -> datetime | None:
        """Give a mail the first free time from `earliest` (else now) on; None: none in sight."""
        earliest = max(earliest or self._now, self._now)
        day = max(rules.local_day(self.terms, earliest), self._first_free)
        last = rules.local_day(self.terms, self._now) + rules.HORIZON_DAYS * _DAY
        while day < last:
            if len(self._days.get(day, ())) >= self._cap(day):
                # A full day stays full; only days in a row from the first are forgotten.
                if day == self._first_free:
                    self._first_free += _DAY
            else:
                at = self._free_on(day, item, place, earliest)
                if at is not None:
                    insort(self._days[day], (at, item))
                    return at
            day += _DAY
        return None

    def _cap(self, day: date) -> int:
        if day not in self._caps:
            self._caps[day] = rules.cap_on(self.terms, day)
        return self._caps[day]

    def _free_on(self, day: date, item: UUID, place: Place, earliest: datetime) -> datetime | None:
        key = (place, day)
        if key not in self._spans:
            self._spans[key] = rules.open_spans(self.terms, place, day)
        # What was full for this place stays full: the search goes on where the last one ended.
        reached = self._reached.get(key)
        for span in self._spans[key]:
            begins = rules.begins_at(self.terms, item, span, earliest)
            if begins is None:
                continue
            at = self._free_in(day, item, span, max(begins, reached) if reached else begins)
            if at is not None:
                if earliest <= max(self._now, span[0]):
                    self._reached[key] = at
                return at
        return None

    def _free_in(self, day: date, item: UUID, span: Span, at: datetime) -> datetime | None:
        """The first instant from `at` on with a gap to both neighbours; None: not in this span."""
        gap = rules.gap_before(self.terms, item, day)
        if not gap:
            return at if at < span[1] else None
        there = self._days[day]
        place = bisect_left(there, (at, item))
        before = there[place - 1][0] if place else self._last_of(day - _DAY)
        while True:
            if before is not None:
                at = max(at, before + gap)
            if at >= span[1]:
                return None
            after = there[place] if place < len(there) else self._first_of(day + _DAY)
            if after is None or at + rules.gap_before(self.terms, after[1], day) <= after[0]:
                return at
            if place == len(there):
                return None
            before = after[0]
            place += 1

    def _last_of(self, day: date) -> datetime | None:
        there = self._days.get(day)
        return there[-1][0] if there else None

    def _first_of(self, day: date) -> tuple[datetime, UUID] | None:
        there = self._days.get(day)
        return there[0] if there else None


def reason(facts: PaceFacts, at: datetime | None, now: datetime) -> Wait | None:
    """Why a mail that was given a time does not leave at once: what it waits for longest.

    `facts` are those of the mail with nothing before it. None: it leaves at once.
    """
    if at is None:
        until = now + rules.HORIZON_DAYS * _DAY
        return Wait(rules.explain(facts, Why.CAP, until, now), until, Why.NEVER)
    if at <= now:
        return None
    touched = max(now, facts.touch.until) if facts.touch else now
    opens = rules.next_opening(facts.terms, facts.place, touched) or at
    theirs = rules.their_spans(facts.terms, facts.place, rules.local_day(facts.terms, touched))
    is_theirs = theirs is not None and not any(a <= touched < b for a, b in theirs)
    same_day = rules.local_day(facts.terms, opens) == rules.local_day(facts.terms, at)
    jumps = [
        (touched - now, Why.TOUCH),
        (opens - touched, Why.RECIPIENT if is_theirs else Why.MAILBOX),
        (at - opens, Why.GAP if same_day else Why.CAP),
    ]
    why = max(jumps, key=lambda one: one[0])[1]
    return Wait(rules.explain(facts, why, at, now), at, why)
