"""What an attacker finds in the API's own description: every operation, every text field, every id.

In: the description of the running code. Out: operations, lawful bodies, the same bodies with a word changed.
Never: a list of routes by hand, so that a new route is attacked the day it is written.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from outrider.app.api.main import create_app

UNENDING = frozenset({"live_events"})
"""A stream has no end to wait for."""
NOBODY = "01900000-0000-7000-8000-000000000000"
MARKUP = '"\'></textarea></script><img src=x onerror="window.__stolen=1"><svg onload=alert(1)>'
"""Leaves an attribute, a text area and a script, and runs in three ways."""

_KNOWN = {
    "email": "probe@acme.example",
    "content_hash": "0" * 64,
    "name": "Probe",
    "days": 30,
    "address": "probe@try-brand.example",
    "timezone": "UTC",
    "zone": "UTC",
    "booking_link": "https://brand.example/probe",
    "until": "2027-01-04",
    "start": "09:00",
    "end": "17:00",
    "password": "five quiet words in here",
    "new": "five quiet words in here",
}
"""Values by field that get past the first look, so that the word under test meets what is behind it."""
_FORMATS = {"uuid": NOBODY, "date": "2027-01-04", "date-time": "2027-01-04T09:00:00Z"}

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Operation:
    """One way to ask the API."""

    method: str
    path: str
    name: str
    permission: str | None
    body: dict[str, Any] | None
    """The schema of its JSON body."""
    queries: tuple[str, ...] = ()

    @property
    def wanted(self) -> list[str]:
        """The names in its address."""
        return re.findall(r"\{([^}]+)\}", self.path)

    def address(self, ids: dict[str, str]) -> str:
        """Its address with these ids; an id of nobody where there is none."""
        return re.sub(r"\{([^}]+)\}", lambda found: ids.get(found[1], NOBODY), self.path)


@cache
def description() -> dict[str, Any]:
    """The API as it describes itself, from the code and not from a file."""
    return create_app(None).openapi()


def operations() -> list[Operation]:
    """Every described operation that ends."""
    found = []
    for path, methods in description()["paths"].items():
        for method, told in methods.items():
            if told["operationId"] in UNENDING:
                continue
            body = told.get("requestBody", {}).get("content", {}).get("application/json")
            asked = [one["name"] for one in told.get("parameters", []) if one["in"] == "query"]
            found.append(
                Operation(
                    method.upper(),
                    path,
                    told["operationId"],
                    told.get("x-permission"),
                    body["schema"] if body else None,
                    tuple(asked),
                )
            )
    return found


def with_body() -> list[Operation]:
    """The operations that take JSON."""
    return [one for one in operations() if one.body is not None]


def meant(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema itself: what a reference names, and of a choice the first that is not null."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return meant(description()["components"]["schemas"][name])
    for several in ("anyOf", "oneOf", "allOf"):
        for one in schema.get(several, ()):
            if one.get("type") != "null":
                return meant(one)
    return schema


def lawful(schema: dict[str, Any], name: str = "") -> Any:
    """A value that this schema takes, with every field given."""
    schema = meant(schema)
    if "enum" in schema or "const" in schema:
        return schema.get("const", next(iter(schema.get("enum", ())), None))
    kind = schema.get("type", "object")
    if kind == "object":
        return {key: lawful(one, key) for key, one in schema.get("properties", {}).items()}
    if kind == "array":
        return [lawful(schema["items"], name)] if "items" in schema else []
    if kind == "string":
        plain = _KNOWN.get(name) or _FORMATS.get(schema.get("format", ""), "word")
        return str(plain)[: schema.get("maxLength", 10_000)]
    return {"integer": int(schema.get("minimum", 1)), "number": 1, "boolean": False}.get(kind)


def texts(schema: dict[str, Any], place: Place = ()) -> Iterator[Place]:
    """Where in a body somebody can write what he likes; of a map both the names and the values."""
    schema = meant(schema)
    if "enum" in schema or schema.get("format") in _FORMATS:
        return
    kind = schema.get("type", "object")
    if kind == "string":
        yield place
    elif kind == "array" and "items" in schema:
        yield from texts(schema["items"], (*place, 0))
    elif kind == "object":
        for key, one in schema.get("properties", {}).items():
            yield from texts(one, (*place, key))
        if schema.get("additionalProperties") not in (None, False):
            yield (*place, "probe")


def attacked(schema: dict[str, Any], place: Place, word: str) -> Any:
    """A body with this word at this place and else no more than it needs, so that little can be refused."""
    whole, kept = lawful(schema), {*meant(schema).get("required", ()), *place[:1]}
    if isinstance(whole, dict) and place:
        known = meant(schema).get("properties", {})
        whole = {key: one for key, one in whole.items() if key in kept or key not in known}
    return changed(whole, place, word)


def objects(schema: dict[str, Any], place: Place = ()) -> Iterator[Place]:
    """Where in a body an object with known fields stands."""
    schema = meant(schema)
    if schema.get("type") == "array" and "items" in schema:
        yield from objects(schema["items"], (*place, 0))
    elif "properties" in schema:
        yield place
        for key, one in schema["properties"].items():
            yield from objects(one, (*place, key))


def changed(body: Any, place: Place, value: Any) -> Any:
    """The body with another value at this place."""
    if not place:
        return value
    fresh = copy.deepcopy(body)
    at = fresh
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = value
    return fresh
