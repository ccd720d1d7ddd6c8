"""What a model reads of a long run: the task, the newest turns whole, older results in short (C-36).

In: messages, the size of a context. Out: messages that fit its share for input. Never: a model,
a change of the record, a use of a tool without its result.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from outrider.agents.message_types import Message, Text, ToolResult, ToolUse
from outrider.kernel.errors import InvalidInput

INPUT_SHARE_PERCENT = 30
"""Of the context window for input: system text, tools, messages (C-36)."""
OUTPUT_SHARE_PERCENT = 20
"""Of the context window for the answer; what is left, half, is for reasoning (C-36)."""
CHARACTERS_PER_TOKEN = 3
WHOLE_TURNS = 6
"""The newest messages, which stay as they are as long as they can."""
KEPT = 200
"""Characters that are kept of an older result."""
LEAST_LEFT = 3
"""Messages that are never left out: the task, and the newest turn with its results."""


def most_output(window: int) -> int:
    """Tokens of one answer at most, for a context of so many tokens."""
    return max(1, window * OUTPUT_SHARE_PERCENT // 100)


def fit(messages: Sequence[Message], window: int, fixed: int = 0) -> tuple[Message, ...]:
    """The messages within the input's share of the window, beside `fixed` characters of other input.

    Older tool results are shortened first, then the newer ones too, then the oldest turns are left
    out and told in a line; the first message is the task and stays.

    Raises:
        InvalidInput: even the task and the newest turn alone do not fit.
    """
    room = window * CHARACTERS_PER_TOKEN * INPUT_SHARE_PERCENT // 100 - fixed
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
    left_out: list[Message] = []
    # A turn and what it was answered go together: no use without its result.
    while sum(map(_size, _told(found, left_out))) > room and len(found) > LEAST_LEFT:
        left_out += found[1:3]
        del found[1:3]
    fitted = _told(found, left_out)
    if sum(map(_size, fitted)) > room:
        raise InvalidInput(
            f"The task does not fit: {INPUT_SHARE_PERCENT} % of a context of {window} tokens are "
            "for input; make the task shorter, give the agent fewer tools, or a model with more."
        )
    return fitted


def _told(found: Sequence[Message], left_out: Sequence[Message]) -> tuple[Message, ...]:
    """The messages, with a line in the first one on what was left out behind it."""
    if not left_out:
        return tuple(found)
    used = Counter(p.name for m in left_out for p in m.parts if isinstance(p, ToolUse))
    tools = ", ".join(f"{name} ({count}x)" for name, count in sorted(used.items())) or "no tools"
    line = f"({len(left_out) // 2} earlier turns are left out here; they used: {tools}.)"
    first = found[0]
    return (Message(first.speaker, (*first.parts, Text(line))), *found[1:])


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
