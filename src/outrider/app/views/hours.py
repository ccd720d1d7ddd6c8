"""When somebody decides, and who stands in for them.

In: the open transaction, a member. Out: typed values. Never: a change.
"""

from __future__ import annotations

from datetime import date, datetime, time

from pydantic import BaseModel, ConfigDict, Field

from outrider.drafts.review import calendar, hours
from outrider.kernel import access
from outrider.kernel.access import Member
from outrider.kernel.database.tx import Tx


class Frozen(BaseModel):
    """A value that never changes after it is made."""

    model_config = ConfigDict(frozen=True)


class SpanShown(Frozen):
    """Hours of one weekday; 0 is Monday, 24:00 is midnight."""

    day: int
    start: str
    end: str


class StandIn(Frozen):
    """Who decides instead, and when."""

    name: str
    starts_at: datetime
    ends_at: datetime


class HoursShown(Frozen):
    """When a person decides."""

    name: str
    zone: str
    week: list[SpanShown]
    holidays: str | None = Field(description="Country, or country and part, such as DE-BY")
    days_off: list[date]
    works_now: bool
    next_opening: datetime
    stand_ins: list[StandIn]


async def of(tx: Tx, person: Member) -> HoursShown:
    """One person's hours."""
    works = await calendar.working_time_of(tx, person.person_id)
    names = {one.person_id: one.name for one in await access.members(tx)}
    return HoursShown(
        name=person.name,
        zone=works.timezone,
        week=[
            SpanShown(
                day=one.day,
                start=f"{one.start:%H:%M}",
                end="24:00" if one.end == time.min else f"{one.end:%H:%M}",
            )
            for one in works.week
        ],
        holidays=works.holidays,
        days_off=list(works.days_off),
        works_now=hours.is_open(tx.now, works),
        next_opening=hours.next_opening(tx.now, works),
        stand_ins=[
            StandIn(name=names[one.delegate_id], starts_at=one.starts_at, ends_at=one.ends_at)
            for one in await calendar.delegations_of(tx, person.person_id)
            if one.delegate_id in names
        ],
    )
