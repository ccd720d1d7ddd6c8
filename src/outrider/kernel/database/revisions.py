"""The migrations of this program, as their files say: their order, when each runs, and how.

In: the folder. Out: `Revision`s, oldest first. Never: a query, or a migration executed.

A revision is `NNNN_name.py`, with the SQL beside it. Two assignments in it are read, not run:
`phase = "post"` (after every process runs the new program; without it `"pre"`, before the first one
does) and `in_transaction = False` (its statements run one by one, each for itself; each must bear to be
run again).
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from pathlib import Path


class Phase(StrEnum):
    """When a revision may run, in a change of program that nobody notices."""

    PRE = "pre"
    POST = "post"
    ALL = "all"


@dataclass(frozen=True)
class Revision:
    """One migration."""

    number: str
    name: str
    phase: Phase
    in_transaction: bool
    sql: Path


def package_folder() -> Path:
    """The migrations of the package."""
    return Path(str(resources.files("outrider.kernel"))) / "migrations"


def numbers(folder: Path | None = None) -> list[str]:
    """Every revision, oldest first: the numbers that the migrations' files begin with."""
    return [file.name.partition("_")[0] for file in _files(folder or package_folder())]


def after(number: str | None, folder: Path | None = None) -> list[Revision]:
    """The revisions that a database at `number` lacks, oldest first; all of them for an empty one."""
    known = revisions(folder or package_folder())
    return [one for one in known if number is None or one.number > number]


def runnable(pending: list[Revision], phase: Phase) -> list[Revision]:
    """Those of them that this phase runs: `pre` stops at the first one that has to wait."""
    if phase is not Phase.PRE:
        return pending
    waits = next((at for at, one in enumerate(pending) if one.phase is Phase.POST), len(pending))
    return pending[:waits]


@lru_cache(maxsize=8)
def revisions(folder: Path) -> tuple[Revision, ...]:
    """Every revision of a folder, oldest first."""
    return tuple(_read(file) for file in _files(folder))


def _files(folder: Path) -> list[Path]:
    return sorted((folder / "versions").glob("0*_*.py"))


def _read(file: Path) -> Revision:
    marks: dict[str, object] = {"phase": "pre", "in_transaction": True}
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            for target in node.targets:
                if isinstance(target, ast.Name) and target.id in marks:
                    marks[target.id] = node.value.value
    number, _, name = file.stem.partition("_")
    return Revision(
        number,
        name.replace("_", " "),
        Phase(str(marks["phase"])),
        bool(marks["in_transaction"]),
        file.with_suffix(".sql"),
    )
