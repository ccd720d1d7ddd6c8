"""A tool of another program, as a person allowed it: our gates before it, strangers' words after it.

In: what that program said of its tool when a person accepted it, and what the person allows.
Out: a `Tool`. Never: trust in what the program says of itself, a form that is open, an effect that
somebody outside sees without a person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Protocol

from pydantic import ConfigDict, model_validator

from outrider.agents.toolbox.hands import Hands
from outrider.agents.toolbox.types import NOTHING, Effect, Gives, Takes, Tool
from outrider.kernel.errors import InvalidInput
from outrider.prospects.types import Provenance

NAME = re.compile(r"[A-Za-z0-9_-]{1,60}")
LONGEST_DESCRIPTION = 4_000
LONGEST_SCHEMA = 50_000
"""Characters of a description and of a form as JSON; each request to a model would carry them."""

ALWAYS_ASKED = frozenset({Effect.SPEND, Effect.OUTBOUND})
"""Effects of strangers' tools that a person says yes to each time."""

_UNSAFE = frozenset({"pattern", "patternProperties", "format", "contentSchema", "$dynamicRef"})
"""Rules of a form that we do not run: a pattern of a stranger may take for ever."""


class Reply(Gives):
    """What another program answered. All of it is a stranger's."""

    text: str
    data: Any = None


class Foreign(Protocol):
    """Another program's tools."""

    async def call(self, tool: str, given: Mapping[str, Any]) -> tuple[str, Any]:
        """Its answer, as text and as data.

        Raises:
            VendorUnavailable: it is not there, or died, or gave more than can be read.
            Refused: it said no, or its tool is no longer what a person accepted.
        """
        ...


@dataclass(frozen=True)
class Said:
    """What a program says of one of its tools."""

    server: str
    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class Allowed:
    """What a person allows a tool."""

    effect: Effect = Effect.READ
    cost_usd: Decimal = Decimal(0)
    timeout: timedelta = timedelta(seconds=30)
    per_minute: int = 30
    needs_person: bool = False
    places: frozenset[str] = NOTHING
    free: frozenset[str] = NOTHING


def name_of(server: str, tool: str) -> str:
    """The name under which agents have it; no tool of ours has two underscores in it.

    Raises:
        InvalidInput: models could not call it by that name.
    """
    name = f"{server}__{tool}"
    if not NAME.fullmatch(name):
        raise InvalidInput(
            f"The tool {tool[:80]!r} of {server} cannot be attached: a name has letters, digits, "
            "hyphens and underscores, 60 with the server's."
        )
    return name


def attached(said: Said, allowed: Allowed, foreign: Foreign) -> Tool:
    """The tool, ready for a registry.

    Raises:
        InvalidInput: its name or its form cannot be used.
    """

    async def fetch(hands: Hands, asked: Takes) -> Reply:
        text, data = await foreign.call(said.name, asked.model_dump(mode="json"))
        return Reply(text=text, data=data)

    async def work(hands: Hands, asked: Takes) -> Reply:
        reply = hands.fetched
        assert isinstance(reply, Reply)
        return reply

    return Tool(
        name_of(said.server, said.name),
        said.description,
        takes_of(said.schema),
        Reply,
        effect=allowed.effect,
        fetch=fetch,
        work=work,
        needs_rows=False,
        timeout=allowed.timeout,
        per_minute=allowed.per_minute,
        cost_usd=allowed.cost_usd,
        is_repeatable=allowed.effect is Effect.READ,
        provenance=Provenance.WEB,
        is_foreign=True,
        free=allowed.free,
        places=allowed.places,
        needs_person=allowed.needs_person or allowed.effect in ALWAYS_ASKED,
    )


def takes_of(schema: Mapping[str, Any]) -> type[Takes]:
    """An input of this form (JSON Schema, draft 2020-12); what it does not declare is refused.

    Raises:
        InvalidInput: it is no form of an object, too long, or refers to another document.
    """
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
    from jsonschema.exceptions import SchemaError  # type: ignore[import-untyped]
    from referencing import Registry

    form = _closed(schema)
    try:
        Draft202012Validator.check_schema(form)
    except (SchemaError, RecursionError):
        raise InvalidInput("The form of a tool is no JSON Schema (draft 2020-12).") from None
    # An empty registry: without one the library would fetch what a stranger refers to.
    validator = Draft202012Validator(form, registry=Registry())

    class Asked(Takes):
        """What the other program takes."""

        model_config = ConfigDict(frozen=True, extra="allow", str_strip_whitespace=False)

        @model_validator(mode="before")
        @classmethod
        def fits(cls, raw: Any) -> Any:
            """Raises ValueError: it is not what the form says."""
            if not isinstance(raw, dict):
                raise ValueError("an object is needed")
            try:
                wrong = next(iter(validator.iter_errors(raw)), None)
            except RecursionError:
                raise ValueError("the form refers to itself without end") from None
            if wrong is not None:
                where = ".".join(str(part) for part in wrong.absolute_path) or "input"
                raise ValueError(f"`{where}` does not fit `{wrong.validator}`")
            return raw

        @classmethod
        def model_json_schema(cls, *args: Any, **more: Any) -> dict[str, Any]:
            """The form itself, as a model sees it."""
            return dict(schema)

    return Asked


def _closed(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The form without rules that are unsafe to run, and without room for undeclared fields."""
    if schema.get("type", "object") != "object":
        raise InvalidInput("The form of a tool must be one of an object.")
    if len(str(schema)) > LONGEST_SCHEMA:
        raise InvalidInput(f"The form of a tool is longer than {LONGEST_SCHEMA} characters.")
    safe = _safe(schema)
    assert isinstance(safe, dict)
    safe.pop("$schema", None)
    safe.pop("$id", None)
    return {**safe, "type": "object", "additionalProperties": False}


def _safe(node: Any, *, is_names: bool = False) -> Any:
    if isinstance(node, Mapping):
        far = node.get("$ref")
        if not is_names and isinstance(far, str) and not far.startswith("#"):
            raise InvalidInput("The form of a tool refers to another document.")
        return {
            key: _safe(value, is_names=key in ("properties", "$defs", "definitions"))
            for key, value in node.items()
            if is_names or key not in _UNSAFE
        }
    if isinstance(node, list | tuple):
        return [_safe(value) for value in node]
    return node
