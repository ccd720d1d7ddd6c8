"""What is said between us and a model, whoever makes it.

In: nothing. Out: values that adapters in `vendors` translate, and their form as JSON.
Never: a vendor's type, a state that a vendor keeps for us.

They are plain dataclasses: a run makes hundreds of them, and each is read back from our own rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Text:
    """Words of a model, or to it."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A model wants a tool used. `input` is what it wrote; nobody has checked it yet."""

    id: str
    name: str
    input: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What became of a tool's use, for the model to read."""

    id: str
    content: str
    is_error: bool = False


_NOT_STORED = re.compile("[\x00\ud800-\udfff]")

Part: TypeAlias = Text | ToolUse | ToolResult


class Speaker(StrEnum):
    """Whose turn it was."""

    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn."""

    speaker: Speaker
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class ToolOffer:
    """A tool as a model sees it; `schema` is the JSON Schema of its input."""

    name: str
    description: str
    schema: Mapping[str, Any]
    letters: int = 0
    """Its length in a request, counted once."""

    def __post_init__(self) -> None:
        """Count it."""
        count = len(self.name) + len(self.description) + len(str(self.schema))
        object.__setattr__(self, "letters", count)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one request. `input` counts neither those read from a cache nor those put there."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0

    @property
    def total(self) -> int:
        """All tokens."""
        return self.input + self.output + self.cache_read + self.cache_write


class Stop(StrEnum):
    """Why a model stopped."""

    END = "end"
    TOOLS = "tools"
    LENGTH = "length"
    REFUSED = "refused"


NOT_BEGUN = frozenset({400, 401, 403, 404, 413, 422, 429, 503, 529})
"""HTTP statuses by which a vendor says that it did not begin; of others nobody knows what was charged."""


def charged(status: int) -> dict[str, object]:
    """What the error of an answer with this status says of money, as its facts."""
    return {"cost_usd": Decimal(0)} if status in NOT_BEGUN else {}


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One request. `forced_tool` makes the model use this tool and nothing else."""

    system: str
    messages: tuple[Message, ...]
    tools: tuple[ToolOffer, ...] = ()
    max_tokens: int = 4096
    forced_tool: str | None = None


@dataclass(frozen=True, slots=True)
class ModelReply:
    """What a model answered, and what it took. `model` is the name that the vendor gives."""

    parts: tuple[Part, ...]
    stop: Stop
    usage: Usage = field(default_factory=Usage)
    model: str = ""

    @property
    def text(self) -> str:
        """Its words, without tools."""
        return "\n".join(part.text for part in self.parts if isinstance(part, Text)).strip()

    @property
    def uses(self) -> tuple[ToolUse, ...]:
        """The tools that it wants used."""
        return tuple(part for part in self.parts if isinstance(part, ToolUse))


def storable(node: Any) -> Any:
    """The same value in characters that the database keeps: no NUL, no half of a surrogate pair.

    Models and pages write them, and a step that cannot be kept would be paid for again.
    """
    if isinstance(node, str):
        return _NOT_STORED.sub("\ufffd", node)
    if isinstance(node, Mapping):
        return {storable(key): storable(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [storable(value) for value in node]
    return node


def storable_reply(reply: ModelReply) -> ModelReply:
    """A reply of which every word can be kept."""
    parts: list[Part] = []
    for part in reply.parts:
        if isinstance(part, ToolUse):
            parts.append(ToolUse(storable(part.id), storable(part.name), storable(part.input)))
        elif isinstance(part, Text):
            parts.append(Text(storable(part.text)))
        else:
            parts.append(part)
    return replace(reply, parts=tuple(parts), model=storable(reply.model))


def with_own_ids(reply: ModelReply, before: Sequence[Message], name: str) -> ModelReply:
    """The reply with an id of its own for each use; some servers give every call the same, or none.

    `before` is the conversation so far, `name` begins the ids that are put in place of those.
    """
    if not reply.uses:
        return reply
    known = {p.id for message in before for p in message.parts if isinstance(p, ToolUse)}
    parts: list[Part] = []
    for number, part in enumerate(reply.parts):
        if isinstance(part, ToolUse):
            if not part.id or part.id in known:
                part = replace(part, id=f"{name}_{number}")
            known.add(part.id)
        parts.append(part)
    return replace(reply, parts=tuple(parts))


def part_json(part: Part) -> dict[str, Any]:
    """A part as it is kept in a step."""
    if isinstance(part, Text):
        return {"text": part.text}
    if isinstance(part, ToolUse):
        return {"use": part.name, "id": part.id, "input": dict(part.input)}
    return {"result": part.content, "id": part.id, "is_error": part.is_error}


def part_of(kept: Mapping[str, Any]) -> Part:
    """The part that `part_json` kept."""
    if "use" in kept:
        return ToolUse(kept["id"], kept["use"], kept["input"])
    if "result" in kept:
        return ToolResult(kept["id"], kept["result"], kept["is_error"])
    return Text(kept["text"])


def message_json(message: Message) -> dict[str, Any]:
    """A message as it is kept in a step."""
    return {"speaker": message.speaker.value, "parts": [part_json(p) for p in message.parts]}


def messages_of(kept: Sequence[Mapping[str, Any]]) -> tuple[Message, ...]:
    """The messages that `message_json` kept."""
    return tuple(
        Message(Speaker(one["speaker"]), tuple(part_of(p) for p in one["parts"])) for one in kept
    )


def reply_json(reply: ModelReply) -> dict[str, Any]:
    """A reply as it is kept in a step."""
    usage = reply.usage
    return {
        "parts": [part_json(part) for part in reply.parts],
        "stop": reply.stop.value,
        "usage": {
            "input": usage.input,
            "output": usage.output,
            "cache_read": usage.cache_read,
            "cache_write": usage.cache_write,
        },
        "model": reply.model,
    }


def reply_of(kept: Mapping[str, Any]) -> ModelReply:
    """The reply that `reply_json` kept."""
    return ModelReply(
        tuple(part_of(part) for part in kept["parts"]),
        Stop(kept["stop"]),
        Usage(**kept["usage"]),
        kept["model"],
    )
