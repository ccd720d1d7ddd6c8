"""Ramps: how a new mailbox grows, read from `ramps.toml`.

In: a name. Out: a schedule. Never: a number that is not in the file.
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import lru_cache
from importlib.resources import files

from outrider.kernel.errors import InvalidInput
from outrider.sending.pacing.types import Ramp


@lru_cache(maxsize=1)
def ramps() -> dict[str, Ramp]:
    """Every schedule by its name."""
    data = tomllib.loads(files("outrider.sending.pacing").joinpath("ramps.toml").read_text("utf-8"))
    return {
        name: Ramp(
            name=name,
            text=one["text"],
            source=one["source"],
            steps=tuple((day, mails) for day, mails in one["steps"]),
        )
        for name, one in data.items()
    }


def ramp(name: str) -> Ramp:
    """One schedule. Raises InvalidInput with the names that there are."""
    found = ramps().get(name)
    if found is None:
        raise InvalidInput(f"There is no ramp {name!r}: choose one of {', '.join(ramps())}.")
    return found


def ramp_cap(schedule: Ramp, started_on: date, day: date, cap: int) -> int:
    """Mails that a ramp allows on a day, never more than the cap; none before it started."""
    number = (day - started_on).days + 1
    reached = [mails for first, mails in schedule.steps if first <= number]
    return min(reached[-1], cap) if reached else 0
