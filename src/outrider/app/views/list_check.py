"""How a list would be read, before it is: columns, a few rows, and the rows that would not go in.

In: a path, a column map. Out: a typed preview. Never: a row stored, more than the first rows in memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from outrider.prospects import columns, listfile, register
from outrider.prospects.rows import RowReader
from outrider.prospects.types import RejectedRow

CHECKED = 2_000
"""Rows that are read to say what would be rejected."""
SHOWN = 5
REJECTED_SHOWN = 50


class Frozen(BaseModel):
    """A value that never changes after it is made."""

    model_config = ConfigDict(frozen=True)


class Rejected(Frozen):
    """A row that would not go in."""

    line: int
    column: str
    value: str
    reason: str


class ListCheck(Frozen):
    """How a list would be read."""

    encoding: str
    delimiter: str
    columns: list[str]
    fields: list[str] = Field(description="What a column can be taken for")
    column_map: dict[str, str] = Field(description="Our field → the column of the file")
    ignored_columns: list[str] = Field(description="Columns that would not be stored")
    sample: list[list[str]]
    checked: int = Field(description="Rows that were looked at, from the top")
    is_all: bool = Field(description="These are all the rows there are")
    rejected: list[Rejected]
    rejected_count: int = Field(description="Of those looked at")


def check(path: Path, column_map: Mapping[str, str] | None) -> ListCheck:
    """Read the first rows as an import would.

    Raises:
        InvalidInput: the file or the column map cannot be used.
    """
    plan = register.preview(path, column_map)
    layout = listfile.examine(path)
    reader = RowReader(layout.columns, plan.column_map)
    found, wrong, sample = 0, list[RejectedRow](), list[list[str]]()
    rows = listfile.records(layout)
    for record in islice(rows, CHECKED):
        found += 1
        row = reader.read(record)
        if isinstance(row, RejectedRow):
            wrong.append(row)
        if len(sample) < SHOWN:
            sample.append([cell[:200] for cell in record.cells[: len(layout.columns)]])
    return ListCheck(
        encoding=plan.encoding,
        delimiter=plan.delimiter,
        columns=list(plan.columns),
        fields=list(columns.FIELDS),
        column_map=plan.column_map,
        ignored_columns=list(plan.ignored_columns),
        sample=sample,
        checked=found,
        is_all=next(rows, None) is None,
        rejected=[_shown(row) for row in wrong[:REJECTED_SHOWN]],
        rejected_count=len(wrong),
    )


def _shown(row: RejectedRow) -> Rejected:
    return Rejected(line=row.line, column=row.column, value=row.value[:200], reason=row.reason)
