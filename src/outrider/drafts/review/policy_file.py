"""A policy as people write it: TOML, with durations such as 4h. Read, written, and an example.

In: text. Out: a `Policy`, or its text. Never: a file, a check of conditions (`policy.check`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from outrider.drafts.review.types import Policy
from outrider.kernel.errors import InvalidInput

LONGEST = 200_000
"""Characters of a file."""

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|min|h|d)")
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400}
_DURATIONS = frozenset({"sla", "reminders", "undo", "least_dwell"})

EXAMPLE = """\
# How drafts are decided. Look at it with `outrider policy check FILE`, try it on past drafts with
# `outrider policy dry-run FILE`, then put it in force with `outrider policy set FILE`.

# What happens to a draft that no rule speaks of: review, escalate or block. auto_approve is possible
# as well, but nothing is approved without a person while the next line says false.
otherwise = "review"

# true is set by an admin alone. Even then only a draft with no warning, low risk, good scores of a
# judge and enough decisions of people on drafts like it is approved automatically.
auto_approve = false

# true: a judge of another model reads first, and what it finds weak goes to a senior.
first_reader = false

# Rules are tried from the top; the first whose condition holds decides. Conditions are CEL. Names:
# docs/policies.md. A condition that cannot be told counts against the draft.
[[rules]]
name = "sensitive words"
when = "sensitive.size() > 0"
action = "escalate"
to = "campaign_manager"
reason = "It speaks of prices, contracts, law or regulation."
risk = "high"

[[rules]]
name = "large deal"
when = "deal_value > 100000"
action = "escalate"
to = "campaign_manager"
approvals = 2
reason = "A deal above 100,000 needs two pairs of eyes."

[[rules]]
name = "regulated industry"
when = "account.is_regulated"
action = "escalate"
to = "compliance"
reason = "Financial services and health are regulated."

[[rules]]
name = "objection"
when = "prospect_response_contains_objection"
action = "escalate"
reason = "The contact objected to an earlier mail."

[[rules]]
name = "thin research"
when = "research_confidence < 0.7"
action = "escalate"
reason = "Less than 70 % of its claims rest on a fresh filing."

# Measured confidence, where no rule fits and auto_approve is true: automatic from `auto` on, a senior
# below `escalate`, review between. `evidence`: least decisions of people in a segment. `held_back`:
# share of what could be automatic that people still decide, so that the measure goes on.
[bands]
auto = 0.9
escalate = 0.7
evidence = 30
held_back = 0.1

# By when a person decides. counts: business or elapsed. on_timeout: hold, escalate, expire or
# auto_send (an admin alone).
[clock]
sla = "4h"
counts = "business"
reminders = ["2h"]
chain = ["campaign_manager", "admin"]
on_timeout = "escalate"

# A model that did not write the mail holds each sentence against the stored facts, after the rules. It
# can only add findings: severity block or warn. Without its answer a person decides. It costs a request
# for each version, and needs a model beside the writer's (docs/models.md).
[second_reader]
is_on = false
severity = "block"

# What keeps reviewers from stamping.
[guard]
undo = "30s"
least_dwell = "3s"
bulk_most = 50
bulk_sample = 0.2
seeded = 0.0
lineage_cost_alert_usd = 1.00
"""


def read(text: str) -> Policy:
    """A policy from its text; what is left out has its default.

    Raises:
        InvalidInput: one sentence that names the place, the value and the way out.
    """
    if len(text) > LONGEST:
        raise InvalidInput(f"The policy has {len(text):,} characters: {LONGEST:,} are read.")
    try:
        found = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidInput(
            f"The policy is not TOML: {error}. `outrider policy example` prints one."
        ) from None
    if not found:
        raise InvalidInput("The policy is empty: `outrider policy example` prints one.")
    return of_values(_timed(found))


def of_values(values: Mapping[str, Any]) -> Policy:
    """A policy from plain values.

    Raises:
        InvalidInput: the first field that cannot be used, its value, and why.
    """
    try:
        return Policy.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(_refused(first, values)) from None


def write(policy: Policy) -> str:
    """The text of a policy; `read` gives the same policy back."""
    whole = policy.model_dump()
    tables = {name: value for name, value in whole.items() if isinstance(value, dict)}
    lines = [
        f"{name} = {_value(value)}"
        for name, value in whole.items()
        if name not in tables and name != "rules"
    ]
    for rule in whole["rules"]:
        lines += ["", "[[rules]]", *_pairs(rule)]
    for name, table in tables.items():
        lines += ["", f"[{name}]", *_pairs(table)]
    return "\n".join(lines) + "\n"


def duration(said: str) -> timedelta:
    """`90s`, `30m`, `4h` or `2d`, or several in a row such as `1h 30m`.

    Raises:
        InvalidInput: it is none.
    """
    parts = _DURATION.findall(said)
    if not parts or _DURATION.sub("", said).strip():
        raise InvalidInput(f"{said[:40]!r} is no duration: write such as 30s, 15m, 4h or 2d.")
    return timedelta(seconds=sum(float(number) * _SECONDS[unit] for number, unit in parts))


def _timed(values: dict[str, Any]) -> dict[str, Any]:
    """The same values with every duration read."""
    out: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            out[name] = _timed(value)
        elif name in _DURATIONS and isinstance(value, str):
            out[name] = duration(value)
        elif name in _DURATIONS and isinstance(value, list):
            out[name] = [duration(item) if isinstance(item, str) else item for item in value]
        else:
            out[name] = value
    return out


def _refused(error: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    path = [str(part) for part in error["loc"]]
    place = ".".join(path) or "policy"
    if len(path) > 1 and path[0] == "rules" and path[1].isdigit():
        rule = values["rules"][int(path[1])]
        name = rule.get("name") if isinstance(rule, Mapping) else None
        place = f"{path[2] if len(path) > 2 else 'rule'} of rule {name or int(path[1]) + 1!r}"
    if error["type"] == "extra_forbidden":
        return (
            f"The policy has {place}, which nobody knows: take it out, or look for a typing error."
        )
    if error["type"] == "missing":
        return f"The policy lacks {place}: `outrider policy example` shows where it goes."
    said = str(error["msg"]).removeprefix("Value error, ")
    return f"The policy's {place} cannot be used ({str(error['input'])[:60]!r}): {said}."


def _pairs(values: Mapping[str, Any]) -> list[str]:
    return [f"{name} = {_value(value)}" for name, value in values.items() if value is not None]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, timedelta):
        return f'"{_short(value)}"'
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_value, value))}]"
    return _text(str(value))


def _short(value: timedelta) -> str:
    seconds = value.total_seconds()
    for unit in ("d", "h", "m"):
        if seconds and seconds % _SECONDS[unit] == 0:
            return f"{int(seconds // _SECONDS[unit])}{unit}"
    return f"{seconds:g}s"


def _text(said: str) -> str:
    """A basic string of TOML 1.0: quotes, backslashes and control signs are escaped."""
    out = said.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\u{ord(found[0]):04x}", out) + '"'
