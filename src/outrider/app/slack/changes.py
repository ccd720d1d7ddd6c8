"""What a new version changed, in one short piece of text.

In: the word diff of a version against the one before. Out: changes with a few words around each, struck
or bold, cut fairly. Never: a change passed over in silence (those left out are counted), formatting
made by the words themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from outrider.app.slack.blocks import Block, clip, cut, escaped, mrkdwn, plural, unformatted
from outrider.app.slack.validate import units

LONGEST = 1_200
"""UTF-16 units of all changes together."""
LONGEST_CHANGE = 160
"""Characters of one removed or added piece."""
LEAST_KEPT = 0.5
"""Where fewer of the old words stayed, it is another mail: a list of changes would be word salad."""
AROUND = 28
"""Characters of unchanged text on each side of a change."""


def changed(draft: Mapping[str, Any]) -> list[Block]:
    """The section for a version after the first; nothing for the first."""
    if draft["version"] < 2 or draft["status"] != "pending" or draft.get("diff") is None:
        return []
    asked_for = clip(draft.get("asked_for") or "", 300)
    lines = [f"*Asked for* “{asked_for}”"] if asked_for else []
    pieces = [(str(op), str(text)) for op, text in draft["diff"]]
    kept, whole = _words(pieces, "same"), _words(pieces, "same", "removed")
    if whole and kept < whole * LEAST_KEPT:
        told = f"most of it: {kept} of {plural(whole, 'word', 'words')} stayed"
    else:
        told = in_short(pieces) or "nothing in its words"
    return [mrkdwn("\n".join([*lines, f"*Changed* {told}"]))]


def _words(pieces: Sequence[tuple[str, str]], *ops: str) -> int:
    return sum(len(text.split()) for op, text in pieces if op in ops)


def in_short(pieces: Sequence[tuple[str, str]]) -> str:
    """`… the ~old words~ *new words* that follow …`; empty when nothing changed."""
    told: list[str] = []
    used, left_out = 0, 0
    for number, (op, text) in enumerate(pieces):
        is_change = op != "same"
        said = _change(op, text) if is_change else _around(text, number, len(pieces))
        if not said:
            continue
        if left_out or used + units(said) + 1 > LONGEST:
            left_out += is_change
            continue
        told.append(said)
        used += units(said) + 1
    if not any(op != "same" for op, _ in pieces):
        return ""
    more = f" _and {left_out} more_" if left_out else ""
    return " ".join(told) + more


def _change(op: str, text: str) -> str:
    words = escaped(cut(unformatted(text), LONGEST_CHANGE))
    if not words:
        return "" if op == "removed" else "*¶*"
    return f"~{words}~" if op == "removed" else f"*{words}*"


def _around(text: str, number: int, count: int) -> str:
    """What stands beside a change: the end of what is before it, the start of what is after."""
    words = unformatted(text)
    is_first, is_last = number == 0, number == count - 1
    if is_first and is_last:
        return ""
    if is_first:
        return _tail(words)
    if is_last:
        return _head(words)
    if len(words) <= 2 * AROUND + 10:
        return escaped(words)
    return f"{_head(words)} {_tail(words)}"


def _head(words: str) -> str:
    kept = words[:AROUND]
    if len(words) > AROUND:
        return escaped(kept.rpartition(" ")[0] or kept) + " …"
    return escaped(kept)


def _tail(words: str) -> str:
    kept = words[-AROUND:]
    if len(words) > AROUND:
        return "… " + escaped(kept.partition(" ")[2] or kept)
    return escaped(kept)
