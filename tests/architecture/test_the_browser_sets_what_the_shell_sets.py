"""Every command that changes something has an operation and a screen, or a reason why it has none."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest
import typer

from outrider.app.api.web import WebPage
from outrider.app.cli.main import app
from outrider.prospects.touch_rules import TouchPolicy

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "web-and-cli.md"
WEB = ROOT / "web" / "src"
LOOKS = frozenset(
    "list show history results example reviewers agreement accounts health tools asked check trace"
    " verify search export proof seals key doctor".split()
)
"""Last words of commands that only look."""
ALSO_LOOK = frozenset({"audit export", "audit key", "doctor", "accounts", "trace"})
CHANGES = frozenset({"privacy export"})
"""Words of looking that are in the table all the same: what they show is somebody's data."""
FILLED = {
    "{id}": "01900000-0000-7000-8000-000000000000",
    "{address}": "a@b.example",
    "{name}": "sdr",
}


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    command: str
    operations: tuple[str, ...]
    screens: tuple[str, ...]
    why: str


def lines() -> Iterator[Line]:
    for line in PAGE.read_text().splitlines():
        if not line.startswith("| `"):
            continue
        command, operations, screens, why = (one.strip() for one in line.split("|")[1:-1])
        quoted = [tuple(re.findall(r"`([^`]+)`", one)) for one in (operations, screens)]
        yield Line(command.strip("`"), quoted[0], quoted[1], why)


def commands(command: Any, context: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    if not hasattr(command, "list_commands"):
        yield " ".join(path)
        return
    for name in command.list_commands(context):
        child = command.get_command(context, name)
        if child is not None and not child.hidden:
            yield from commands(child, context, (*path, name))


def changing() -> set[str]:
    """Every command that is not only a look."""
    root: Any = typer.main.get_command(app)
    found = set(commands(root, click.Context(root)))
    looks = {one for one in found if one.split()[-1] in LOOKS and one.split()[0] != one}
    return (found - looks - ALSO_LOOK) | CHANGES


@cache
def operations() -> dict[str, str]:
    """The address of each operation."""
    described = json.loads((ROOT / "docs" / "openapi.json").read_text())
    return {
        one["operationId"]: address
        for address, methods in described["paths"].items()
        for one in methods.values()
        if isinstance(one, dict) and "operationId" in one
    }


@cache
def sources() -> str:
    files = [one for one in WEB.rglob("*.ts*") if one.name != "schema.d.ts"]
    return "\n".join(one.read_text() for one in files)


def test_every_command_that_changes_something_is_in_the_table_once() -> None:
    told = [one.command for one in lines()]
    assert len(told) == len(set(told))
    assert set(told) == changing()


@pytest.mark.parametrize("line", list(lines()), ids=lambda line: line.command)
def test_a_line_has_a_screen_that_asks_for_its_operations_or_a_reason(line: Line) -> None:
    assert set(line.operations) <= set(operations())
    if not line.screens:
        assert len(line.why.split()) >= 4, "no screen, and no reason"
        return
    assert not line.why
    assert line.operations, "a screen that asks for nothing"
    for screen in line.screens:
        address = screen
        for name, value in FILLED.items():
            address = address.replace(name, value)
        assert re.fullmatch(WebPage.regex, address.removeprefix("/")), f"no page at {screen}"
    for operation in line.operations:
        assert f"'{operations()[operation]}" in sources(), f"no screen asks for {operation}"


def test_what_the_screen_calls_standard_is_what_holds() -> None:
    said = (WEB / "features" / "campaigns" / "Limits.tsx").read_text()
    shown = {name: int(value) for name, value in re.findall(r"^  (\w+): (\d+),$", said, re.M)}
    assert shown == asdict(TouchPolicy())
