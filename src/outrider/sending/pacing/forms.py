"""A mailbox's pace in words, as a person types it.

In: words. Out: a `Pacing` whose every part can be used. Never: a default that is not in `Pacing`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from outrider.kernel.errors import InvalidInput
from outrider.sending.pacing.ramps import ramp
from outrider.sending.pacing.rules import place_name
from outrider.sending.types import DayPlan, Mailbox, Pacing, Transport

LONGEST_GAP_SECONDS = 86_400
_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_GAP = re.compile(r"(\d{1,6})\s*(s|m|min|h)?")
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
_UNITS = {None: 1, "s": 1, "m": 60, "min": 60, "h": 3600}


@dataclass(frozen=True, slots=True)
class Words:
    """What a person says of a mailbox's pace; None leaves a part as it is."""

    pacing: str | None = None
    """`none` or `steady`."""
    ramp: str | None = None
    gap: str | None = None
    hours: str | None = None
    zone: str | None = None

    @property
    def says_something(self) -> bool:
        """Whether any part is given."""
        return any((self.pacing, self.ramp, self.gap, self.hours, self.zone))


def parse(words: Words, today: date, before: Pacing | None = None) -> Pacing | None:
    """The pace that these words ask for, beside what there was; None: no pace at all.

    Naming any part without `pacing` means `steady`.

    Raises:
        InvalidInput: a word cannot be used; the sentence names it and the way out.
    """
    if words.pacing not in (None, "none", "steady"):
        raise InvalidInput(f"pacing is {words.pacing!r}; give none or steady.")
    if not words.says_something:
        return before
    if words.pacing == "none":
        if any((words.ramp, words.gap, words.hours, words.zone)):
            raise InvalidInput(
                "A mailbox without a pace has no ramp, gap or hours; leave them out."
            )
        return None
    pacing = before or Pacing()
    day = pacing.day or DayPlan()
    if words.hours:
        day = day.model_copy(update=_hours(words.hours, day))
    if words.zone:
        day = day.model_copy(update={"timezone": _zone(words.zone)})
    changes: dict[str, object] = {"day": day}
    if words.gap:
        changes["min_gap_seconds"] = _gap(words.gap)
    if words.ramp == "none":
        changes |= {"ramp": None, "ramp_started_on": None}
    elif words.ramp and words.ramp != pacing.ramp:
        changes |= {"ramp": ramp(words.ramp).name, "ramp_started_on": today}
    return pacing.model_copy(update=changes)


def usual(mailbox: Mailbox) -> Pacing | None:
    """The pace that a new mailbox gets unasked: none for a Maildir or a server on this machine."""
    local = mailbox.smtp_host in _THIS_MACHINE and mailbox.transport is Transport.SMTP
    return None if mailbox.transport is Transport.MAILDIR or local else Pacing()


def before(mailbox: Mailbox, there: Mailbox | None) -> Pacing | None:
    """The pace of a mailbox of which nothing was said: the one that it had, else the usual one.

    To have had none counts where one is usual: then somebody took it away.
    """
    if there is not None and (there.pacing is not None or usual(there) is not None):
        return there.pacing
    return usual(mailbox)


def sentence(pacing: Pacing) -> str:
    """A pace in a sentence."""
    parts = [f"at least {pacing.min_gap_seconds} s between two mails"]
    if pacing.day:
        day = pacing.day
        parts.insert(0, f"{day.start:%H:%M} to {day.end:%H:%M} {place_name(day.timezone)}")
    if pacing.recipient_window:
        parts.append("within the recipient's working hours")
    if pacing.ramp:
        parts.append(f"ramp {pacing.ramp} ({ramp(pacing.ramp).text})")
    return f"It writes {', '.join(parts)}."


def _hours(said: str, day: DayPlan) -> dict[str, object]:
    found = _HOURS.fullmatch(said.strip())
    try:
        numbers = [int(one) for one in found.groups()] if found else [0, 0, 0, 0]
        start, end = time(numbers[0], numbers[1]), time(numbers[2], numbers[3])
    except ValueError:
        start = end = time()
    if not start < end:
        raise InvalidInput(f"hours is {said!r}; give a start and a later end such as 8:30-17:30.")
    lunch = day.lunch if day.lunch and start < day.lunch[0] and day.lunch[1] < end else None
    return {"start": start, "end": end, "lunch": lunch}


def _zone(said: str) -> str:
    try:
        return ZoneInfo(said.strip()).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(
            f"There is no time zone {said!r}: give an IANA name such as Europe/Berlin."
        ) from None


def _gap(said: str) -> int:
    found = _GAP.fullmatch(said.strip().lower())
    seconds = int(found[1]) * _UNITS[found[2]] if found else -1
    if not 0 <= seconds <= LONGEST_GAP_SECONDS:
        raise InvalidInput(f"gap is {said!r}; give a time up to a day such as 90s, 5m or 1h.")
    return seconds
