"""What the command line prints: results on stdout, everything else on stderr.

In: values. Out: a table, plain lines or JSON. Never: progress on stdout, colour in a pipe.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

results = Console(highlight=False, soft_wrap=True)
notes = Console(stderr=True, highlight=False, soft_wrap=True)


def say(line: str) -> None:
    """One line of result."""
    results.print(escape(line))


def note(line: str) -> None:
    """One line about the work, for people."""
    notes.print(escape(line), style="dim")


def as_json(value: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def listing(
    items: Sequence[Mapping[str, Any]], columns: Mapping[str, str], *, json_: bool, empty: str
) -> None:
    """A listing: `{"items": […]}` with `--json`, else a table of `columns` (key → heading)."""
    if json_:
        as_json({"items": items})
        return
    if not items:
        note(empty)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in columns.values():
        table.add_column(heading, no_wrap=True, overflow="ellipsis")
    for item in items:
        table.add_row(*(_cell(item.get(key)) for key in columns))
    # A pipe has no edge: what is cut there would be lost.
    width = None if results.is_terminal else 400
    Console(highlight=False, width=width).print(table)


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, float):
        return f"{value:.1f}"
    return escape(str(value))


class Bar:
    """Progress of one piece of long work: call it with (done, total) or a line of text."""

    def __init__(self, progress: Progress, task: Any) -> None:
        """Made by `progress`."""
        self._progress = progress
        self._task = task

    def __call__(self, done: int, total: int | None = None) -> None:
        """Say how far it is."""
        self._progress.update(self._task, completed=done, total=total)

    def describe(self, what: str) -> None:
        """Say what is being done now."""
        self._progress.update(self._task, description=escape(what))

    def tell(self, line: str) -> None:
        """A line above the bar."""
        self._progress.console.print(escape(line), style="dim")


@contextmanager
def progress(what: str, *, quiet: bool = False) -> Iterator[Bar]:
    """A bar on stderr while long work runs; nothing but plain lines when stderr is no terminal."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        console=notes,
        transient=True,
        disable=quiet or not notes.is_terminal,
    ) as bar:
        yield Bar(bar, bar.add_task(what, total=None))
