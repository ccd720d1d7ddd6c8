"""Settings over HTTP: what is set, and when people decide.

In: a session, hours. Out: typed JSON. Never: a secret's value, hours of somebody else without the right.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import Field, StrictInt

from outrider.app.api.entry import Caller, needs
from outrider.app.api.login import Strict
from outrider.app.api.people import found_member
from outrider.app.slack import people as in_slack
from outrider.app.views import hours as view
from outrider.app.views.hours import HoursShown
from outrider.app.views.settings import SettingsShown, shown
from outrider.drafts.review import calendar, hours
from outrider.drafts.review.types import DayHours, WorkingTime
from outrider.kernel.access import Permission

router = APIRouter(prefix="/api", tags=["settings"])

Self = Annotated[Caller, needs(Permission.SELF)]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]


class Span(Strict):
    """Hours of one weekday; 0 is Monday."""

    day: StrictInt = Field(ge=0, le=6)
    start: Clock
    end: Clock


class HoursWanted(Strict):
    """When somebody decides."""

    zone: str = Field(max_length=60)
    week: list[Span] = Field(min_length=1, max_length=40)
    holidays: str | None = Field(default=None, max_length=10)
    days_off: list[date] = Field(default=[], max_length=400)


class SlackUser(Strict):
    """Who somebody is in Slack."""

    slack_user: str = Field(min_length=3, max_length=40, description="Their member id, such as U…")


class Absence(Strict):
    """Days away, and who decides instead."""

    first: date
    last: date
    stand_in: UUID | None = None


@router.get("/settings")
async def show_settings(
    person: Annotated[Caller, needs(Permission.SETTINGS_READ)],
) -> SettingsShown:
    """Every setting of this installation; of secrets only whether there are any."""
    return shown(person.outrider.settings)


@router.get("/people/{person_id}/hours")
async def show_hours(person: Self, person_id: UUID) -> HoursShown:
    """When somebody decides, and who stands in."""
    async with person.begin() as tx:
        return await view.of(tx, await found_member(tx, person_id))


@router.put("/people/{person_id}/hours")
async def set_hours(person: Self, person_id: UUID, wanted: HoursWanted) -> HoursShown:
    """Set one's own hours; those of others need an admin."""
    async with person.begin() as tx:
        member = await found_member(tx, person_id)
        week = tuple(
            DayHours(day=one.day, start=_time(one.start), end=_time(one.end)) for one in wanted.week
        )
        works = WorkingTime(
            timezone=wanted.zone,
            week=week,
            holidays=wanted.holidays or None,
            days_off=tuple(wanted.days_off),
        )
        await calendar.set_working_time(tx, member.person_id, works)
        return await view.of(tx, member)


@router.post("/people/{person_id}/absence")
async def be_away(person: Self, person_id: UUID, wanted: Absence) -> HoursShown:
    """Be away: the days are days off, and a stand-in decides instead."""
    async with person.begin() as tx:
        member = await found_member(tx, person_id)
        works = await calendar.working_time_of(tx, member.person_id)
        off = hours.with_days_off(works, wanted.first, wanted.last)
        await calendar.set_working_time(tx, member.person_id, off)
        if wanted.stand_in:
            other = await found_member(tx, wanted.stand_in)
            zone = ZoneInfo(works.timezone)
            start = max(tx.now, datetime.combine(wanted.first, time.min, zone))
            end = datetime.combine(wanted.last + timedelta(days=1), time.min, zone)
            await calendar.delegate(tx, member.person_id, other.person_id, start, end)
        return await view.of(tx, member)


@router.delete("/people/{person_id}/absence")
async def be_back(person: Self, person_id: UUID) -> HoursShown:
    """Be back: nobody stands in any more. Days off stay until they are taken out."""
    async with person.begin() as tx:
        member = await found_member(tx, person_id)
        await calendar.come_back(tx, member.person_id)
        return await view.of(tx, member)


@router.put("/people/{person_id}/slack", status_code=204)
async def set_slack_user(
    person: Annotated[Caller, needs(Permission.PEOPLE_MANAGE)], person_id: UUID, who: SlackUser
) -> None:
    """Let a Slack user decide as this person; nobody is known by name or address."""
    async with person.begin() as tx:
        member = await found_member(tx, person_id)
        await in_slack.map_user(tx, member.email, who.slack_user)


def _time(said: str) -> time:
    return time.min if said == "24:00" else time.fromisoformat(said)
