"""What the command line prints: results on stdout, everything else on stderr.

In: values. Out: a table, plain lines or JSON. Never: progress on stdout, colour in a pipe, a line
cut or broken where a pipe would carry it whole.
"""

from __future__ import annotations

import json
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

results = Console(highlight=False, soft_wrap=True)
notes = Console(stderr=True, highlight=False, soft_wrap=True)

_LABEL = re.compile(r"\s*(?:(?:-|\d+\.) |\S+(?: \S+)?\s{2,})?")
"""What a line hangs from: its indent, a list mark, or a label with two blanks after it."""
_DEEPEST_HANG = 16
_NARROWEST = 6


def say(line: str, *, style: str | None = None) -> None:
    """One line of result; on a terminal it wraps between words and hangs below its own start."""
    results.print(escape(_fitted(line, results)), style=style)


def prose(text: str) -> None:
    """Text that a person wrote or will send: wrapped between words, never hung or indented."""
    if results.is_terminal:
        wrapped = (_wrapped(line, results.width, "") for line in text.split("\n"))
        text = "\n".join(wrapped)
    results.print(escape(text))


def note(line: str) -> None:
    """One line about the work, for people."""
    notes.print(escape(_fitted(line, notes)), style="dim")


def point(line: str, *, style: str | None = None) -> None:
    """One line on stderr that must not be overlooked: a warning, an error, a link to open."""
    notes.print(escape(_fitted(line, notes)), style=style)


def author(draft: Mapping[str, Any]) -> str:
    """Who wrote this version, without the id of a person."""
    is_person = str(draft["writer"]).startswith("person:")
    return "edited by a person" if is_person else f"{draft['writer']} writer"


def as_json(value: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def moment(at: str | datetime | None) -> str:
    """An instant as a person reads it: to the second, in UTC; a dash when there is none."""
    if not at:
        return "–"
    if isinstance(at, str):
        at = datetime.fromisoformat(at)
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def minute(at: str | datetime | None) -> str:
    """The same to the minute, for a column whose heading says UTC."""
    return moment(at)[:16]


def counted(count: int, one: str, many: str | None = None) -> str:
    """A number with its noun: `1 mail`, `2 mails`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def _fitted(line: str, console: Console) -> str:
    if not console.is_terminal:
        return line
    return "\n".join(_hung(part, console.width) for part in line.split("\n"))


def _hung(line: str, width: int) -> str:
    label = _LABEL.match(line)
    hang = label.end() if label else 0
    plain = len(line) - len(line.lstrip())
    return _wrapped(line, width, " " * (hang if hang <= _DEEPEST_HANG else plain + 2))


def _wrapped(line: str, width: int, hang: str) -> str:
    """Broken between words only: an address, a hash or a path stays in one piece to copy."""
    if cell_len(line) <= width:
        return line
    pieces = textwrap.wrap(
        line, width, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(pieces)


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
    rows = [[_cell(item.get(key)) for key in columns] for item in items]
    # A pipe has no edge: what is cut there would be lost.
    edge = results.width if results.is_terminal else None
    widths = column_widths([list(columns.values()), *rows], edge)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading, width in zip(columns.values(), widths, strict=True):
        table.add_column(heading, width=width, no_wrap=True, overflow="ellipsis")
    for row in rows:
        table.add_row(*map(escape, row))
    Console(highlight=False, width=edge or sum(widths) + 2 * len(widths)).print(table)


def column_widths(rows: Sequence[Sequence[str]], edge: int | None) -> list[int]:
    """Cells that each column gets: all it wants, or, where the edge is near, less for the widest.

    The widest give first, so that numbers, ids and states stay whole; `edge` None has room for all.
    """
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    room = None if edge is None else edge - 2 * (len(widths) - 1)
    while room is not None and sum(widths) > room and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, float):
        return f"{value:.1f}"
    return " ".join(str(value).split())


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
    """A bar on stderr while long work runs; nothing when stderr is no terminal."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        console=notes,
        transient=True,
        disable=quiet or not notes.is_terminal,
    ) as bar:
        yield Bar(bar, bar.add_task(what, total=None))
