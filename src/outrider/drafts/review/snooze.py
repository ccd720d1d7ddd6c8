"""Put a draft aside until an instant. It leaves the listing, not the clock: its due time stands.

In: the open transaction, a pending draft, a person, an instant. Out: its review. Never: a decision.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from outrider.drafts.review import route, store_people
from outrider.drafts.review.types import Review, WorkingTime
from outrider.drafts.types import Draft
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict, InvalidInput
from outrider.kernel.ids import PersonId

LONGEST = timedelta(days=30)
_SPAN = re.compile(r"(\d{1,4})\s*(m|min|minutes?|h|hours?|d|days?|w|weeks?)")
_UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}


async def snooze(tx: Tx, draft: Draft, person_id: PersonId, until: datetime | None) -> Review:
    """Hide a draft from the listing until then; None shows it again.

    Whether this person may is for the caller to ask.

    Raises:
        InvalidInput: the instant is not ahead, or more than 30 days away.
        Conflict: the draft was decided meanwhile.
    """
    if until is not None and not tx.now < until <= tx.now + LONGEST:
        raise InvalidInput(
            f"A draft cannot be put aside until {until:%Y-%m-%d %H:%M} UTC: "
            f"choose an instant within the next {LONGEST.days} days."
        )
    review = await route.route(tx, draft)
    if not await store_people.snooze(tx, draft.id, person_id, until):
        raise Conflict(f"Draft {draft.number} was decided meanwhile; open it again.")
    body = {"person": str(person_id), "until": until.isoformat() if until else None}
    await record(tx, "drafts.snooze", f"draft:{draft.id}", body)
    return review.model_copy(
        update={"snoozed_until": until, "snoozed_by": person_id if until else None}
    )


def instant(said: str, now: datetime, works: WorkingTime) -> datetime:
    """The instant that `2h`, `3 days`, `tomorrow`, `monday`, `2026-03-05` or an ISO instant means.

    A day means the person's first working hour on it, in the person's own zone.

    Raises:
        InvalidInput: it is none of these.
    """
    wanted = said.strip().lower()
    span = _SPAN.fullmatch(wanted)
    if span:
        return now + int(span[1]) * _UNITS[span[2][0]]
    zone = ZoneInfo(works.timezone)
    today = now.astimezone(zone).date()
    day = _day(wanted, today)
    if day is not None:
        return _opening(day, works).astimezone(now.tzinfo)
    try:
        found = datetime.fromisoformat(wanted)
    except ValueError:
        raise InvalidInput(
            f"{said.strip()[:40]!r} is no time to put a draft aside until: "
            "write 2h, 3 days, tomorrow, monday, 2026-03-05 or 2026-03-05T14:00."
        ) from None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(now.tzinfo)


_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _day(wanted: str, today: date) -> date | None:
    if wanted == "tomorrow":
        return today + timedelta(days=1)
    name = next((day for day in _WEEKDAYS if wanted in (day, day[:3])), None)
    if name is not None:
        ahead = (_WEEKDAYS.index(name) - today.weekday() - 1) % 7 + 1
        return today + timedelta(days=ahead)
    try:
        return date.fromisoformat(wanted) if re.fullmatch(r"\d{4}-\d\d-\d\d", wanted) else None
    except ValueError:
        return None


def _opening(day: date, works: WorkingTime) -> datetime:
    starts = [hours.start for hours in works.week if hours.day == day.weekday()]
    return datetime.combine(day, min(starts, default=time(9)), ZoneInfo(works.timezone))
