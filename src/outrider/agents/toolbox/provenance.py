"""Who told what in a run: people and rows of ours, or strangers (design, section 2.7).

In: the task, and the outcome of each tool. Out: whether an argument may have come from a stranger.
Never: a judgement of what a text means; a stranger's words are not made harmless by looking honest.

The rule is the one of "after reading untrusted text, no consequential action may be triggered by
it": once something untrusted was read, each word of an acting call must stand in what people and
our own rows said, and a row may be named only if they named it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from outrider.agents.toolbox.types import ACTING, Outcome, Tool


class Trust:
    """What was told by whom so far, in one run."""

    def __init__(self, task: str, *, reads_strangers: bool = False) -> None:
        """`task` is what a person or a schedule asked for.

        `reads_strangers` from the start: a tool that is not ours describes itself to the model.
        """
        self.has_read_strangers = reads_strangers
        self._told = [_plain(task)]

    def read(self, outcome: Outcome) -> None:
        """Take note of a tool's outcome before the model sees it."""
        if not outcome.is_untrusted:
            self._told += [_plain(text) for _, text in leaves(outcome.content)]
            return
        self.has_read_strangers = True
        self._told += [
            _plain(text) for path, text in leaves(outcome.content) if path in outcome.trusted
        ]

    def unnamed(self, tool: Tool, asked: Mapping[str, Any]) -> str | None:
        """The field that names a row which nobody trusted has named; None when all were."""
        for path, text in leaves(asked):
            if path in tool.refs and not self._is_told(text):
                return path
        return None

    def derived(self, tool: Tool, asked: Mapping[str, Any]) -> str | None:
        """The field of an acting call whose words may be a stranger's; None when there is none."""
        if tool.effect not in ACTING or not self.has_read_strangers:
            return None
        return next((path for path, text in leaves(asked) if not self._is_told(text)), None)

    def _is_told(self, text: str) -> bool:
        wanted = _plain(text)
        return not wanted or any(wanted in told for told in self._told)


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every value as text, with the name of the field that holds it, the innermost one."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from leaves(value, str(key))
    elif isinstance(node, list | tuple):
        for value in node:
            yield from leaves(value, path)
    elif node is not None and not isinstance(node, bool):
        yield path, str(node)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
