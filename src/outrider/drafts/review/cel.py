"""Conditions in CEL, the Common Expression Language: read, checked against the known names, evaluated.

In: a condition's text; the values of its names. Out: true or false, or why that cannot be told.
Never: a side effect, a name that nobody declared, an evaluation without an end.

The library stops an evaluation after 10,000 steps of its loops and an expression that is nested
more than 32 deep. `map` is left out, because a chain of it can double a text until memory is full.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Protocol, cast

from outrider.drafts.review.conditions import NAMES, Kind
from outrider.kernel.errors import InvalidInput

LONGEST = 2_000
"""Characters of a condition."""

_MAP = re.compile(r"\bmap\s*(?://[^\n]*\n\s*)*\(")
_FAULT = re.compile(r"<input>:(-?\d+):(-?\d+): (.*)")
_UNKNOWN = re.compile(r"undeclared reference to '([^']*)'")
_OVERLOAD = re.compile(r"found no matching overload for '([^']*)' applied to '\(?([^')]*)\)?'")
_AT_RUNTIME = re.compile(r"No matching overloads found : ([^(]*)\(([^)]*)\)")
_NAMED = re.compile(r'"([^"]*)"')
_UNEXPECTED = re.compile(
    r"(?:mismatched input|extraneous input|no viable alternative at input|recognition error at:) '(.*?)'(?: |$)"
)
_FUNCTIONS = (
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "exists",
    "all",
    "filter",
    "has",
)

_SAMPLE: Mapping[Kind, object] = {
    Kind.BOOL: True,
    Kind.NUMBER: 1.5,
    Kind.TEXT: "text",
    Kind.TEXTS: ["text"],
    Kind.FINDINGS: [{"check": "text", "severity": "warn"}],
    Kind.ATTRIBUTES: {"text": "text"},
}


class _Expression(Protocol):
    """A compiled condition, as the library gives it."""

    def eval(self, *, data: Mapping[str, object]) -> Any: ...

    def return_type(self) -> Any: ...


class CannotTell(Exception):
    """The condition has no answer for this draft: a value is missing, or a comparison fails."""


def check(condition: str) -> None:
    """See that a condition can be used: it reads well, names known things, and is true or false.

    Raises:
        InvalidInput: it cannot; the sentence says where, why, and which name was perhaps meant.
    """
    expression = _compiled(condition)
    if expression.return_type().name() != "BOOL":
        said = _kinds(expression.return_type().name().lower())
        raise InvalidInput(
            f"the whole is {said}, but a condition is true or false: compare it with something"
        )
    fault = _tried(condition, expression)
    if fault:
        raise InvalidInput(fault)


def holds(condition: str, values: Mapping[str, object]) -> bool:
    """Whether a condition holds for these values.

    Raises:
        CannotTell: a value is missing, a comparison fails, or the evaluation takes too long.
    """
    try:
        expression = _compiled(condition)
    except InvalidInput as error:
        raise CannotTell(str(error)) from None
    answer, fault = _evaluated(expression, values)
    if fault is not None:
        raise CannotTell(_said(fault))
    if not isinstance(answer, bool):
        raise CannotTell("it is neither true nor false")
    return answer


@lru_cache(maxsize=512)
def _compiled(condition: str) -> _Expression:
    if len(condition) > LONGEST:
        raise InvalidInput(f"it has {len(condition):,} characters: shorten it to {LONGEST:,}")
    found = _MAP.search(condition)
    if found:
        where = _place(condition, found.start())
        raise InvalidInput(f"{where}: `map` is not offered: use exists, all, filter or size")
    try:
        return cast(_Expression, _environment().compile(condition))
    except RuntimeError as error:
        raise InvalidInput(_explained(str(error))) from None


@cache
def _environment() -> Any:
    # 50 MB of machine code that only an evaluation needs; its stub has no marker.
    from cel_expr_python import cel  # type: ignore[import-untyped]

    kinds = {
        Kind.BOOL: cel.Type.BOOL,
        # CEL does not compare a whole number with a fraction of a declared type; of `dyn` it does.
        Kind.NUMBER: cel.Type.DYN,
        Kind.TEXT: cel.Type.STRING,
        Kind.TEXTS: cel.Type.List(cel.Type.STRING),
        Kind.FINDINGS: cel.Type.List(cel.Type.Map(cel.Type.STRING, cel.Type.STRING)),
        Kind.ATTRIBUTES: cel.Type.Map(cel.Type.STRING, cel.Type.STRING),
    }
    return cel.NewEnv(variables={name.name: kinds[name.kind] for name in NAMES})


def _evaluated(expression: _Expression, values: Mapping[str, object]) -> tuple[Any, str | None]:
    """The answer, or the library's word on why there is none."""
    try:
        answer = expression.eval(data=dict(values))
    except RuntimeError as error:
        return None, str(error)
    if answer.type().name() in ("ERROR", "UNKNOWN"):
        return None, str(answer.value())
    return answer.value(), None


def _tried(condition: str, expression: _Expression) -> str | None:
    """What goes wrong on made-up values: kinds that cannot be compared, a pattern that is none."""
    _, fault = _evaluated(expression, {name.name: _SAMPLE[name.kind] for name in NAMES})
    # An import may bring any attribute, so only a finding's missing key is a mistake for certain.
    if fault is None or ("Key not found" in fault and "attributes" in condition):
        return None
    return _said(fault)


def _explained(said: str) -> str:
    """The library's compile error as part of a sentence: where, what, and the nearest known name."""
    if "recursion" in said:
        return "it is nested more than 32 deep: split it into several rules"
    found = _FAULT.search(said)
    if found is None:
        return "it cannot be read: compare known names with values"
    line, column, what = int(found[1]), int(found[2]), found[3]
    where = f"line {line}, column {column}" if line > 1 else f"column {column}"
    unknown, overload, unexpected = (p.search(what) for p in (_UNKNOWN, _OVERLOAD, _UNEXPECTED))
    if unknown:
        return f"{where}: {_unknown(unknown[1])}"
    if overload:
        return f"{where}: {_operator(overload[1])} cannot take {_kinds(overload[2])}"
    if unexpected:
        at_end = unexpected[1] == "<EOF>"
        return (
            f"{where}: {'it ends too early' if at_end else f'{unexpected[1]} does not belong here'}"
        )
    if "has() argument" in what:
        return f'{where}: `has` takes a name with a dot; of a check, write "its_name" in checks'
    return f"{where}: {what.removeprefix('Syntax error: ').split(' [')[0][:120]}"


def _unknown(name: str) -> str:
    known = [item.name for item in NAMES]
    inner = [item for item in known if item.startswith(name + ".")]
    if inner:
        return f"{name!r} is not a value by itself: take {', '.join(inner[:4])} …"
    near = difflib.get_close_matches(name, [*known, *_FUNCTIONS], n=1, cutoff=0.6)
    if near:
        return f"{name!r} is not known: perhaps {near[0]} is meant"
    return f"{name!r} is not known: known are {', '.join(known[:8])} … (docs/policies.md has all)"


def _said(fault: str) -> str:
    """The library's word on a failed evaluation, in ours."""
    overload, name = _AT_RUNTIME.search(fault), _NAMED.search(fault)
    if overload:
        return f"{_operator(overload[1])} cannot take {_kinds(overload[2])}"
    if name and "No value with name" in fault:
        return f"{name[1]} is not known for this draft"
    if name and "Key not found" in fault:
        return f"{name[1]!r} is not among the keys"
    if "budget" in fault:
        return "its evaluation takes too long"
    plain = re.sub(r"^[A-Z_]+: |\s*\[[A-Z_]+\]$", "", fault.strip())
    return plain[:1].lower() + plain[1:160]


def _operator(name: str) -> str:
    return name.strip("_@") or name


def _kinds(said: str) -> str:
    names = {"double": "a number", "int": "a number", "int64": "a number", "uint": "a number",
             "string": "a text", "bool": "true or false", "dyn": "a number", "null_type": "nothing"}  # fmt: skip
    parts = re.split(r", (?![^(]*\))", said)
    return " and ".join(names.get(part.strip(), f"a {part.strip()}") for part in parts)


def _place(text: str, at: int) -> str:
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    return f"line {line}, column {column}" if line > 1 else f"column {column}"
