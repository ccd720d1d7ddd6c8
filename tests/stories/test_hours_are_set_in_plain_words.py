"""Hours are set and shown on the command line, and a mistake gets one plain sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.program import Program

ANN = ("--as", "ann@brand.example")


@pytest.fixture
def program(home: Path, owner_url: URL) -> Program:
    """Ann, who is the admin, and Bob."""
    program = Program(home, owner_url)
    for name, role in (("ann", "admin"), ("bob", "approver")):
        said = program.run("person", "add", name, f"{name}@brand.example", "--role", role)
        assert said.code == 0, said.err
    return program


def test_hours_are_kept_and_a_delegate_stands_in_until_one_is_back(program: Program) -> None:
    said = program.run(
        *("hours", "set", *ANN, "--zone", "America/Chicago", "--days", "mon-fri"),
        *("--from", "8:30", "--to", "17", "--also", "sat 10:00-13:00", "--holidays", "us"),
    )
    assert said.code == 0, said.err
    assert "08:30-17:00" in said.out
    away = program.run(
        "hours", "away", *ANN, "--until", "2099-12-31", "--delegate", "bob@brand.example"
    )
    assert (away.code, away.out) == (2, "")
    away = program.run(
        *("hours", "away", *ANN, "--from", "2098-12-24", "--until", "2098-12-31"),
        *("--delegate", "bob@brand.example"),
    )
    assert away.code == 0, away.err
    shown = program.run("hours", "show", *ANN, "--json").json
    assert shown["zone"] == "America/Chicago"
    assert shown["holidays"] == "US"
    assert [part["day"] for part in shown["week"]] == ["mon", "tue", "wed", "thu", "fri", "sat"]
    assert len(shown["days_off"]) == 8
    assert program.run("hours", "back", *ANN).code == 0
    cleared = program.run("hours", "set", *ANN, "--off", "none")
    assert "days off" not in cleared.out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("set", "--zone", "Mars"), "There is no time zone 'Mars': give an IANA name"),
        (("set", "--days", "someday"), "write mon-fri, or mon,wed,fri"),
        (("set", "--from", "25:00"), "write 09:00, up to 24:00"),
        (("set", "--from", "18:00", "--to", "9:00"), "do not end on the same day"),
        (("set", "--holidays", "QQ"), "give a country such as US, or a part such as DE-BY"),
        (("set", "--also", "saturday"), "write them as 'sat 10:00-13:00'"),
        (("away", "--until", "soon"), "write it as 2026-12-31"),
        (("away", "--until", "2020-01-01"), "give a last day off that is to come"),
    ],
)
def test_a_mistake_gets_one_sentence_and_changes_nothing(
    program: Program, words: tuple[str, ...], sentence: str
) -> None:
    said = program.run("hours", *words, *ANN)
    assert said.code == 2
    assert sentence in said.err
    assert said.err.count("\n") == 1
    assert program.run("hours", "show", *ANN, "--json").json["zone"] == "UTC"
