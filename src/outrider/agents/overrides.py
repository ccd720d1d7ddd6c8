"""What a workspace makes of the roster: any field of an agent, with the log as witness (A-9).

In: an agent's name and fields. Out: the agent as it works here. Never: a tool that nobody wrote, a
tool that acts outside for an agent whose own row has it not, a change without an event in the log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from outrider.agents import prompt, store_fleet
from outrider.agents.cron import line_of, zone_of
from outrider.agents.roster import ROSTER, find
from outrider.agents.toolbox.registry import TOOLS
from outrider.agents.toolbox.types import Effect
from outrider.agents.types import AgentSpec
from outrider.kernel.asking import Tier
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput, InvalidSetting

MOST_BUDGET_USD = Decimal(1000)
MOST_TURNS = 200
LONGEST_TASK = 4000
MOST_LINES = 24

FIELDS = (
    "tier",
    "budget_usd",
    "tools",
    "schedule",
    "timezone",
    "prompt",
    "most_turns",
    "hands_to",
    "task",
    "is_scheduled",
    "is_enabled",
)
"""What can be set; the name of an agent is what it is."""

_TIMING = frozenset({"schedule", "timezone", "is_scheduled", "is_enabled"})


@dataclass(frozen=True)
class Effective:
    """An agent as it works in this workspace."""

    spec: AgentSpec
    overridden: tuple[str, ...] = ()
    changed_at: datetime | None = None
    actor: str | None = None
    scheduled_since: datetime | None = None


async def everybody(tx: Tx) -> list[Effective]:
    """Every agent of the roster, by name."""
    changed = await store_fleet.overrides(tx)
    return [_effective(ROSTER[name], changed.get(name)) for name in sorted(ROSTER)]


async def one(tx: Tx, name: str) -> Effective:
    """One agent.

    Raises:
        NotFound: nobody of that name works here.
    """
    spec = find(name)
    return _effective(spec, await store_fleet.override(tx, name))


async def spec_of(tx: Tx, name: str) -> AgentSpec:
    """One agent, with all that this workspace changed.

    Raises:
        NotFound: nobody of that name works here.
    """
    return (await one(tx, name)).spec


async def change(tx: Tx, name: str, given: Mapping[str, Any]) -> Effective:
    """Set fields of an agent; None puts a field back to the roster's row.

    Raises:
        NotFound: nobody of that name works here.
        InvalidInput: a value cannot be used; the sentence names it.
    """
    shipped = find(name)
    if not given:
        raise InvalidInput(f"Say what of {name} to change: {', '.join(FIELDS)}.")
    await store_fleet.lock_agent(tx, name)
    before = await store_fleet.override(tx, name)
    fields = dict(before.fields) if before else {}
    for field, value in given.items():
        read = None if value is None else checked(shipped, field, value)
        fields.pop(field, None)
        if read is not None and read != getattr(shipped, field):
            fields[field] = _json(read)
        elif field not in FIELDS:
            raise InvalidInput(_no_field(field))
    return await _keep(tx, shipped, before, fields)


async def reset(tx: Tx, name: str, only: Collection[str] = ()) -> Effective:
    """Put fields of an agent back to the roster's row; all of them when none is named.

    Raises:
        NotFound: nobody of that name works here.
        InvalidInput: there is no such field.
    """
    return await change(tx, name, dict.fromkeys(only or FIELDS))


async def _keep(
    tx: Tx, shipped: AgentSpec, before: store_fleet.Override | None, fields: dict[str, Any]
) -> Effective:
    old, new = _effective(shipped, before).spec, _applied(shipped, fields)
    differs = [name for name in FIELDS if getattr(old, name) != getattr(new, name)]
    if not differs:
        return _effective(shipped, before)
    since = before.scheduled_since if before else None
    if _TIMING & set(differs):
        # What was due before a person set these times is not made up for.
        since = tx.now
    await store_fleet.set_override(tx, shipped.name, fields, since)
    body = {
        name: {"from": _logged(name, getattr(old, name)), "to": _logged(name, getattr(new, name))}
        for name in differs
    }
    await record(tx, "agents.changed", f"agent:{shipped.name}", body)
    return _effective(shipped, await store_fleet.override(tx, shipped.name))


def _logged(name: str, value: Any) -> Any:
    """A field as the log has it: of a text that a person wrote, its hash."""
    if name == "task":
        return {"sha256": hashlib.sha256(str(value).encode()).hexdigest()}
    return _json(value)


def _effective(shipped: AgentSpec, changed: store_fleet.Override | None) -> Effective:
    if changed is None:
        return Effective(shipped)
    return Effective(
        _applied(shipped, changed.fields),
        tuple(name for name in FIELDS if name in changed.fields),
        changed.changed_at,
        changed.actor,
        changed.scheduled_since,
    )


def _applied(shipped: AgentSpec, fields: Mapping[str, Any]) -> AgentSpec:
    """A stored tool that is there no more is left out; the rest was checked when it was set."""
    kept = {name: value for name, value in fields.items() if name in FIELDS}
    return AgentSpec.model_validate({**shipped.model_dump(), **kept})


def checked(shipped: AgentSpec, field: str, value: Any) -> Any:
    """A value for a field, read as its type.

    Raises:
        InvalidInput: it cannot be used.
    """
    read = {
        "tier": _tier,
        "budget_usd": _budget,
        "schedule": _schedule,
        "timezone": _zone,
        "prompt": _prompt,
        "most_turns": _turns,
        "task": _task,
        "is_scheduled": _switch,
        "is_enabled": _switch,
    }
    if field == "tools":
        return _tools(shipped, _names("tools", value))
    if field == "hands_to":
        return _hands_to(shipped, _names("hands_to", value))
    if field not in read:
        raise InvalidInput(_no_field(field))
    return read[field](value)


def _no_field(field: str) -> str:
    return f"An agent has no field {field!r} that can be set; there is: {', '.join(FIELDS)}."


def _names(field: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return tuple(dict.fromkeys(value))
    raise InvalidInput(f"`{field}` is a list of words, and {value!r} is none.")


def _tier(value: Any) -> Tier:
    try:
        return Tier(value)
    except ValueError:
        known = ", ".join(Tier)
        raise InvalidInput(f"There is no tier {value!r}: write one of {known}.") from None


def _budget(value: Any) -> Decimal:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise InvalidInput(f"The budget {value!r} is no number of dollars, such as 4.00.") from None
    if not amount.is_finite() or not 0 <= amount <= MOST_BUDGET_USD:
        raise InvalidInput(
            f"The budget of a run cannot be {value} dollars: give one from 0 to {MOST_BUDGET_USD}."
        )
    return amount


def _schedule(value: Any) -> tuple[str, ...]:
    lines = _names("schedule", value)
    if len(lines) > MOST_LINES:
        raise InvalidInput(f"A schedule has at most {MOST_LINES} lines, and this one {len(lines)}.")
    for line in lines:
        line_of(line)
    return lines


def _zone(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidInput(f"There is no time zone {value!r}: write one such as UTC.")
    return zone_of(value).key


def _prompt(value: Any) -> str:
    try:
        prompt.text(str(value))
    except InvalidSetting as error:
        raise InvalidInput(error.message) from None
    return str(value)


def _turns(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_TURNS:
        raise InvalidInput(f"`most_turns` is a number from 1 to {MOST_TURNS}, not {value!r}.")
    return value


def _task(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value or not 0 < len(value.strip()) <= LONGEST_TASK:
        raise InvalidInput(f"A task is a text of 1 to {LONGEST_TASK} characters.")
    return value.strip()


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidInput(f"Say true or false, not {value!r}.")
    return value


def _tools(shipped: AgentSpec, names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        tool = TOOLS.get(name)
        if tool is None:
            raise InvalidInput(
                f"There is no tool {name!r}: `outrider agents tools` lists them all."
            )
        if tool.effect is Effect.OUTBOUND and name not in shipped.tools:
            raise InvalidInput(
                f"The tool {name} acts outside, and {shipped.name} is not made to have it."
            )
    return names


def _hands_to(shipped: AgentSpec, names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        find(name)
        if name == shipped.name:
            raise InvalidInput(f"{name} cannot hand a task to itself.")
    return names


def _json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return list(value) if isinstance(value, tuple) else value
