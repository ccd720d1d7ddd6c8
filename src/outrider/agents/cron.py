"""When a cron line is due, in its own time zone.

In: lines of five fields, a zone, two instants. Out: instants in UTC. Never: a clock, chance, I/O but
for the zone's own table.

Fields are those of cron(8): minute, hour, day of month, month, day of week; `*`, lists, ranges, steps,
English names of three letters, Sunday as 0 or 7. If both days are restricted, either is enough.

When clocks are put forward, a time that is left out is due when they have jumped; a line for every
hour leaves it out. When they are put back, a time that comes twice is due the first time; a line
for every hour is due both times. So a daily run is never missed and never done twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from outrider.kernel.errors import InvalidInput

FARTHEST = timedelta(days=366 * 8 + 2)
"""The 29th of February may be eight years away."""

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DAYS = "sun mon tue wed thu fri sat".split()
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class _Field:
    name: str
    least: int
    most: int
    words: tuple[str, ...] = ()


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, tuple(_MONTHS)),
    _Field("day of the week", 0, 7, tuple(_DAYS)),
)


@dataclass(frozen=True)
class Line:
    """One cron line, understood."""

    times: tuple[time, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    """Monday is 0."""
    is_either: bool
    """Both days are restricted, and either is enough."""
    is_every_hour: bool

    def falls_on(self, day: date) -> bool:
        """Whether it has any time on this day."""
        if day.month not in self.months:
            return False
        by_date, by_weekday = day.day in self.days, day.weekday() in self.weekdays
        return by_date or by_weekday if self.is_either else by_date and by_weekday


@lru_cache(maxsize=1024)
def line_of(text: str) -> Line:
    """A cron line.

    Raises:
        InvalidInput: it is none, or is never due; the sentence names the field.
    """
    parts = text.split()
    if len(parts) != len(_FIELDS):
        raise InvalidInput(
            f"The schedule {text!r} is no cron line: it has five fields (minute, hour, day, month, "
            'day of the week), such as "30 9 * * 1-5".'
        )
    minutes, hours, days, months, weekdays = (
        _values(part, field, text) for part, field in zip(parts, _FIELDS, strict=True)
    )
    line = Line(
        times=tuple(time(hour, minute) for hour in sorted(hours) for minute in sorted(minutes)),
        days=days,
        months=months,
        weekdays=frozenset((day - 1) % 7 for day in weekdays),
        is_either=not parts[2].startswith("*") and not parts[4].startswith("*"),
        is_every_hour=parts[1].startswith("*"),
    )
    leap = date(2024, 1, 1)
    if not any(line.falls_on(leap + n * _DAY) for n in range(366)):
        raise InvalidInput(f"The schedule {text!r} is never due: no month has such a day.")
    return line


def _values(part: str, field: _Field, text: str) -> frozenset[int]:
    found: set[int] = set()
    for item in part.split(","):
        span, slash, step = item.partition("/")
        every = _number(step, field, text, least=1, most=field.most) if slash else 1
        if span == "*":
            first, last = field.least, field.most - (field.most == 7)
        else:
            begin, dash, end = span.partition("-")
            first = _number(begin, field, text)
            # `5/10` means from 5 on, as in every cron that knows steps.
            last = _number(end, field, text) if dash else (field.most if slash else first)
        if first > last:
            raise InvalidInput(
                f"The schedule {text!r} cannot be used: {item!r} ends before it begins."
            )
        found.update(range(first, last + 1, every))
    return frozenset(found)


def _number(
    word: str, field: _Field, text: str, *, least: int | None = None, most: int | None = None
) -> int:
    low, high = field.least if least is None else least, field.most if most is None else most
    if word.lower() in field.words:
        return field.words.index(word.lower()) + field.least
    if not word.isascii() or not word.isdigit() or not low <= int(word[:9]) <= high:
        raise InvalidInput(
            f"The schedule {text!r} cannot be used: {word!r} is no {field.name} ({low} to {high})."
        )
    return int(word)


def zone_of(name: str) -> ZoneInfo:
    """A time zone by its name.

    Raises:
        InvalidInput: there is no such zone.
    """
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise InvalidInput(
            f"There is no time zone {name!r}: write one such as UTC or America/New_York."
        ) from None


def ticks(lines: Sequence[str], zone: str, after: datetime, until: datetime) -> Iterator[datetime]:
    """Every instant after `after` and up to `until` at which a line is due, in order, each once."""
    place = zone_of(zone)
    read = [line_of(text) for text in lines]
    day, last = after.astimezone(place).date() - _DAY, until.astimezone(place).date()
    while day <= last:
        due = {at for line in read if line.falls_on(day) for at in _on(line, day, place)}
        yield from (at for at in sorted(due) if after < at <= until)
        day += _DAY


def next_tick(lines: Sequence[str], zone: str, after: datetime) -> datetime | None:
    """The first instant after `after` at which a line is due; None without lines."""
    return next(ticks(lines, zone, after, after + FARTHEST), None) if lines else None


def last_tick(
    lines: Sequence[str], zone: str, after: datetime, until: datetime
) -> tuple[datetime, int] | None:
    """The latest tick after `after` and up to `until`, and how many there were before it."""
    latest: datetime | None = None
    before = -1
    for at in ticks(lines, zone, max(after, until - FARTHEST), until):
        latest, before = at, before + 1
    return None if latest is None else (latest, before)


def _on(line: Line, day: date, place: ZoneInfo) -> Iterator[datetime]:
    """The instants of one local day."""
    for at in line.times:
        local = datetime.combine(day, at, place)
        instant = local.astimezone(UTC)
        if instant.astimezone(place).replace(tzinfo=None) == local.replace(tzinfo=None):
            yield instant
            again = local.replace(fold=1).astimezone(UTC)
            if line.is_every_hour and again != instant:
                yield again
        elif not line.is_every_hour:
            # PEP 495: the two readings of a time that does not exist lie on both sides of the gap.
            yield _end_of_gap(local, place)


def _end_of_gap(local: datetime, place: ZoneInfo) -> datetime:
    """The instant at which clocks jump over this local time."""
    early = local.replace(fold=1).astimezone(UTC)
    late = local.replace(fold=0).astimezone(UTC)
    low, high = min(early, late), max(early, late)
    before = low.astimezone(place).utcoffset()
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) / 2
        middle = middle.replace(second=0, microsecond=0)
        if middle <= low:
            break
        if middle.astimezone(place).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
