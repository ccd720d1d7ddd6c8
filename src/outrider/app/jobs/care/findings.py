"""What the doctor found. In: nothing. Out: frozen values. Never: an address of a person, a key."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Health(StrEnum):
    """How one part is."""

    OK = "ok"
    LOOK = "look"
    """It works; a person should look at it soon."""
    BROKEN = "broken"


class Finding(BaseModel):
    """One part: how it is, what was found, and what to do."""

    model_config = ConfigDict(frozen=True)

    part: str
    health: Health
    found: str
    """A clause without a full stop."""
    do: str = ""
    """A whole sentence; empty when nothing is to be done."""


def ok(part: str, found: str) -> Finding:
    """Nothing to do."""
    return Finding(part=part, health=Health.OK, found=found)


def look(part: str, found: str, do: str) -> Finding:
    """It works, and something about it should be known."""
    return Finding(part=part, health=Health.LOOK, found=found, do=do)


def broken(part: str, found: str, do: str) -> Finding:
    """It does not work, or a promise does not hold."""
    return Finding(part=part, health=Health.BROKEN, found=found, do=do)


def span(duration: timedelta) -> str:
    """A duration as a person says it: `3 s`, `12 min`, `5 h`, `2 days`."""
    seconds = abs(duration.total_seconds())
    for least, unit, name in ((172_800, 86_400, "days"), (7_200, 3_600, "h"), (120, 60, "min")):
        if seconds >= least:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
