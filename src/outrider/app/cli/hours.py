"""`outrider hours`: when people decide on drafts, and who decides while they are away.

In: arguments. Out: hours in words, or JSON. Never: a rule about time (`drafts.review.hours` has them).
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from outrider.app.cli.output import as_json, note, say
from outrider.app.cli.session import run
from outrider.app.cli.who import As
from outrider.app.wiring import Outrider, local_person, person_actor
from outrider.drafts.review import calendar, hours
from outrider.drafts.review.types import DayHours, WorkingTime
from outrider.kernel import access
from outrider.kernel.access import Member
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput

SET_EXAMPLE = (
    "Example: outrider hours set --zone America/Chicago --days mon-fri --from 09:00 --to 17:00"
    " --holidays US"
)
AWAY_EXAMPLE = "Example: outrider hours away --until 2026-12-31 --delegate robin@brand.example"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Of = Annotated[
    str | None, typer.Option("--of", help="E-mail address of whose hours; others' need an admin.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="When people decide, and who stands in.", no_args_is_help=True)
    group.command("show")(show)
    group.command("set", epilog=SET_EXAMPLE)(set_)
    group.command("away", epilog=AWAY_EXAMPLE)(away)
    group.command("back")(back)
    app.add_typer(group, name="hours")


def show(of: Of = None, as_: As = None, json_: Json = False) -> None:
    """Show somebody's hours, days off, and who stands in."""

    async def work(outrider: Outrider) -> dict[str, Any]:
        person = await local_person(outrider, of or as_)
        async with outrider.begin()() as tx:
            return await _told(tx, person)

    told = run(work, seal=False)
    if json_:
        as_json(told)
    else:
        _print(told)


def set_(
    zone: Annotated[
        str | None, typer.Option(help="IANA time zone, such as America/Chicago.")
    ] = None,
    days: Annotated[
        str | None, typer.Option(help="Working days, such as mon-fri or mon,wed,fri.")
    ] = None,
    from_: Annotated[str | None, typer.Option("--from", help="Start, such as 09:00.")] = None,
    to: Annotated[str | None, typer.Option(help="End on the same day, such as 17:00.")] = None,
    also: Annotated[
        list[str] | None,
        typer.Option(help="More hours: 'sat 10:00-13:00'; may be given several times."),
    ] = None,
    holidays: Annotated[
        str | None,
        typer.Option(help="Public holidays of US, DE-BY, …; 'none' for none."),
    ] = None,
    off: Annotated[
        list[str] | None,
        typer.Option(help="A day off, such as 2026-12-24, or several; 'none' drops all."),
    ] = None,
    of: Of = None,
    as_: As = None,
) -> None:
    """Set hours; what is not given stays as it is."""

    async def work(outrider: Outrider) -> dict[str, Any]:
        actor = await local_person(outrider, as_)
        async with outrider.begin(person_actor(actor))() as tx:
            person = await access.person_for(tx, of) if of else actor
            present = await calendar.working_time_of(tx, person.person_id)
            week = _week(present, days, from_, to) + _parts(also or [])
            changes: dict[str, Any] = {"week": week}
            if zone:
                changes["timezone"] = zone
            if holidays:
                changes["holidays"] = None if holidays == "none" else holidays
            if off:
                days_off = () if off == ["none"] else (*present.days_off, *map(_date, off))
                changes["days_off"] = days_off
            await calendar.set_working_time(
                tx, person.person_id, present.model_copy(update=changes)
            )
            return await _told(tx, person)

    _print(run(work))
    note("Drafts that wait already keep the time that they have.")


def away(
    until: Annotated[str, typer.Option(help="Last day away, such as 2026-12-31.")],
    from_: Annotated[
        str | None, typer.Option("--from", help="First day away; from now on without it.")
    ] = None,
    delegate: Annotated[
        str | None, typer.Option(help="E-mail address of who decides instead.")
    ] = None,
    of: Of = None,
    as_: As = None,
) -> None:
    """Be away: the days are days off, and a delegate decides instead."""

    async def work(outrider: Outrider) -> dict[str, Any]:
        actor = await local_person(outrider, as_)
        async with outrider.begin(person_actor(actor))() as tx:
            person = await access.person_for(tx, of) if of else actor
            works = await calendar.working_time_of(tx, person.person_id)
            zone = ZoneInfo(works.timezone)
            first = _date(from_) if from_ else tx.now.astimezone(zone).date()
            last = _date(until)
            await calendar.set_working_time(
                tx, person.person_id, hours.with_days_off(works, first, last)
            )
            if delegate:
                stand_in = await access.person_for(tx, delegate)
                start = _midnight(first, zone) if from_ else tx.now
                end = _midnight(last + timedelta(days=1), zone)
                await calendar.delegate(tx, person.person_id, stand_in.person_id, start, end)
            return await _told(tx, person)

    told = run(work)
    _print(told)
    if not told["delegates"]:
        note("Nobody stands in: drafts that only this person may decide wait or are escalated.")


def back(of: Of = None, as_: As = None) -> None:
    """Be back: nobody stands in from now on, and the days off that run today end."""

    async def work(outrider: Outrider) -> dict[str, Any]:
        actor = await local_person(outrider, as_)
        async with outrider.begin(person_actor(actor))() as tx:
            person = await access.person_for(tx, of) if of else actor
            await calendar.come_back(tx, person.person_id)
            works = await calendar.working_time_of(tx, person.person_id)
            left = _without_run(works.days_off, tx.now.astimezone(ZoneInfo(works.timezone)).date())
            if left != works.days_off:
                changed = works.model_copy(update={"days_off": left})
                await calendar.set_working_time(tx, person.person_id, changed)
            return await _told(tx, person)

    _print(run(work))


async def _told(tx: Tx, person: Member) -> dict[str, Any]:
    works = await calendar.working_time_of(tx, person.person_id)
    zone = ZoneInfo(works.timezone)
    names = {one.person_id: one for one in await access.members(tx)}
    delegates = [
        {
            "name": names[one.delegate_id].name,
            "email": names[one.delegate_id].email,
            "from": one.starts_at.astimezone(zone).isoformat(timespec="minutes"),
            "until": one.ends_at.astimezone(zone).isoformat(timespec="minutes"),
        }
        for one in await calendar.delegations_of(tx, person.person_id)
        if one.delegate_id in names
    ]
    opening = hours.next_opening(tx.now, works)
    return {
        "name": person.name,
        "email": person.email,
        "zone": works.timezone,
        "week": [
            {
                "day": DAYS[one.day],
                "from": f"{one.start:%H:%M}",
                "to": "24:00" if one.end == time.min else f"{one.end:%H:%M}",
            }
            for one in works.week
        ],
        "holidays": works.holidays,
        "days_off": [day.isoformat() for day in works.days_off],
        "works_now": hours.is_open(tx.now, works),
        "next_opening": opening.astimezone(zone).isoformat(timespec="minutes"),
        "delegates": delegates,
    }


def _print(told: dict[str, Any]) -> None:
    say(f"{told['name']} <{told['email']}>, {told['zone']}")
    for span, week_days in _by_hours(told["week"]).items():
        say(f"  {', '.join(week_days):<27} {span}")
    if told["holidays"]:
        say(f"  not on public holidays of   {told['holidays']}")
    if told["days_off"]:
        say(f"  days off                    {', '.join(_runs(told['days_off']))}")
    for one in told["delegates"]:
        say(f"  {one['name']} stands in from {_plain(one['from'])} to {_plain(one['until'])}.")
    state = (
        "Works now." if told["works_now"] else f"Works next from {_plain(told['next_opening'])}."
    )
    say(f"  {state}")


def _by_hours(week: list[dict[str, str]]) -> dict[str, list[str]]:
    """`09:00-17:00` → the days; so that a plain week is one line."""
    found: dict[str, list[str]] = {}
    for one in week:
        found.setdefault(f"{one['from']}-{one['to']}", []).append(one["day"])
    return found


def _runs(days: list[str]) -> list[str]:
    """Days in a row as one: `2026-12-24 to 2026-12-31`."""
    runs: list[tuple[date, date]] = []
    for day in map(date.fromisoformat, days):
        if runs and day - runs[-1][1] == timedelta(days=1):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return [str(a) if a == b else f"{a} to {b}" for a, b in runs]


def _without_run(days: tuple[date, ...], today: date) -> tuple[date, ...]:
    """The days off without today and those that follow it in a row."""
    end = today
    while end in days:
        end += timedelta(days=1)
    return tuple(day for day in days if not today <= day < end)


def _plain(at: str) -> str:
    return at[:16].replace("T", " ")


def _week(
    present: WorkingTime, days: str | None, from_: str | None, to: str | None
) -> tuple[DayHours, ...]:
    if days is None and from_ is None and to is None:
        return present.week
    wanted = _days(days) if days else sorted({one.day for one in present.week})
    first = present.week[0]
    start = _time(from_) if from_ else first.start
    end = _time(to) if to else first.end
    return tuple(DayHours(day=day, start=start, end=end) for day in wanted)


def _parts(also: list[str]) -> tuple[DayHours, ...]:
    found = []
    for part in also:
        match = re.fullmatch(r"\s*(\S+)\s+(\S+?)\s*[-–]\s*(\S+)\s*", part)
        if match is None:
            raise InvalidInput(
                f"The hours {part!r} cannot be read: write them as 'sat 10:00-13:00'."
            )
        start, end = _time(match[2]), _time(match[3])
        found += [DayHours(day=day, start=start, end=end) for day in _days(match[1])]
    return tuple(found)


def _days(said: str) -> list[int]:
    """`mon-fri,sun` as numbers from Monday, 0."""
    found: set[int] = set()
    for part in said.lower().replace(" ", "").split(","):
        first, _, last = part.partition("-")
        ends = [_day(first, said), _day(last or first, said)]
        if ends[1] < ends[0]:
            ends[1] += 7
        found |= {day % 7 for day in range(ends[0], ends[1] + 1)}
    return sorted(found)


def _day(name: str, said: str) -> int:
    if name[:3] not in DAYS:
        raise InvalidInput(f"The days {said!r} cannot be read: write mon-fri, or mon,wed,fri.")
    return DAYS.index(name[:3])


def _time(said: str) -> time:
    match = re.fullmatch(r"(\d{1,2})(?::(\d{2}))?", said.strip())
    hour, minute = (int(match[1]), int(match[2] or 0)) if match else (99, 0)
    if (hour, minute) == (24, 0):
        return time.min
    if hour > 23 or minute > 59:
        raise InvalidInput(f"The time {said!r} cannot be read: write 09:00, up to 24:00.")
    return time(hour, minute)


def _date(said: str) -> date:
    try:
        return date.fromisoformat(said.strip())
    except ValueError:
        raise InvalidInput(f"The day {said!r} cannot be read: write it as 2026-12-31.") from None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)
