"""What a model reads of a long run: the task, the newest turns whole, older results in short (C-36).

In: messages, the size of a context. Out: messages that fit its share for input. Never: a model,
a change of the record, a use of a tool without its result.
"""

from __future__ import annotations

from collections.abc import Sequence

from outrider.agents.message_types import Message, Text, ToolResult, ToolUse

INPUT_SHARE_PERCENT = 30
"""Of the context window for input; the rest is for reasoning and output (C-36)."""
CHARACTERS_PER_TOKEN = 3
WHOLE_TURNS = 6
"""The newest messages, which stay as they are as long as they can."""
KEPT = 200
"""Characters that are kept of an older result."""


def fit(messages: Sequence[Message], window: int) -> tuple[Message, ...]:
    """The messages within the input's share of the window.

    Older tool results are shortened first, then the newer ones too; the first message is the task.
    """
    room = window * CHARACTERS_PER_TOKEN * INPUT_SHARE_PERCENT // 100
    sizes = [_size(message) for message in messages]
    total = sum(sizes)
    if total <= room:
        return tuple(messages)
    found = list(messages)
    for index in (
        *range(1, len(found) - WHOLE_TURNS),
        *range(max(1, len(found) - WHOLE_TURNS), len(found)),
    ):
        if total <= room:
            break
        found[index] = _short(found[index])
        total += _size(found[index]) - sizes[index]
    return tuple(found)


def _short(message: Message) -> Message:
    return Message(message.speaker, tuple(_short_part(part) for part in message.parts))


def _short_part(part: Text | ToolUse | ToolResult) -> Text | ToolUse | ToolResult:
    if isinstance(part, ToolResult) and len(part.content) > KEPT:
        left = len(part.content) - KEPT
        return ToolResult(
            part.id, f"{part.content[:KEPT]}… ({left} more, shortened)", part.is_error
        )
    if isinstance(part, Text) and len(part.text) > 5 * KEPT:
        return Text(f"{part.text[: 5 * KEPT]}… (shortened)")
    return part


def _size(message: Message) -> int:
    total = 10
    for part in message.parts:
        if isinstance(part, Text):
            total += len(part.text)
        elif isinstance(part, ToolResult):
            total += len(part.content) + 40
        else:
            total += len(str(part.input)) + 40
    return total
