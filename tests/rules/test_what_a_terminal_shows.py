"""A table keeps what a person must copy, and the list of commands is what the commands say."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from outrider.app.cli import output
from outrider.app.cli.commands import COMMANDS, of_room
from outrider.app.cli.output import column_widths, counted, minute, moment

LONG = "Operating lease liabilities of $14.3 billion as of 2025-01-31"


def test_the_widest_column_gives_way_and_numbers_stay_whole() -> None:
    rows = [["draft", "account", "subject"], ["12", "Walmart Inc.", LONG]]
    widths = column_widths(rows, 60)
    assert widths[:2] == [5, 12]
    assert sum(widths) + 2 * 2 == 60


def test_a_pipe_has_no_edge() -> None:
    assert column_widths([["a"], [LONG * 9]], None) == [len(LONG) * 9]


def test_even_a_hopeless_edge_ends() -> None:
    assert max(column_widths([["x" * 30] * 9], 10)) <= 6


def on_a_terminal(monkeypatch: pytest.MonkeyPatch, line: str, width: int) -> list[str]:
    paper = io.StringIO()
    console = Console(
        file=paper, force_terminal=True, width=width, soft_wrap=True, color_system=None
    )
    monkeypatch.setattr(output, "results", console)
    output.say(line)
    return paper.getvalue().splitlines()


def test_a_long_line_breaks_between_words_and_hangs_below_its_label(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = on_a_terminal(monkeypatch, "  run         sdr one two three four five", 28)
    assert shown == ["  run         sdr one two", "              three four", "              five"]


def test_a_hash_or_a_path_is_never_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "f" * 64 in on_a_terminal(monkeypatch, f"hash {'f' * 64} (the same)", 40)[1]


def test_a_line_in_a_pipe_stays_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    output.say(LONG * 9)
    assert capsys.readouterr().out == LONG * 9 + "\n"


@pytest.mark.parametrize("at", ["2026-11-21T01:55:44.501258+00:00", "2026-11-20T20:55:44-05:00"])
def test_an_instant_is_told_in_utc_without_fractions(at: str) -> None:
    assert moment(at) == "2026-11-21 01:55:44 UTC"
    assert minute(at) == "2026-11-21 01:55"


def test_one_is_not_many() -> None:
    assert [counted(1, "row"), counted(2, "row"), counted(1, "is", "are")] == [
        "1 row",
        "2 rows",
        "1 is",
    ]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_what_the_command_says_of_itself(name: str) -> None:
    room, line = COMMANDS[name]
    command: Any = of_room(room).commands[name]
    assert command.get_short_help_str(100) == line.rstrip(".") or (
        command.help.split("\n")[0].strip() == line
    )
    assert len(line) <= 80 - 12, "it would be cut on a terminal of 80 columns"
