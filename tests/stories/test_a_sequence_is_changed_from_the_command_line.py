"""A campaign's steps are shown, changed with a preview, and done by hand, from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import URL

from outrider.app.cli.commands import COMMANDS
from tests.program import Program, plain_sentence

pytestmark = pytest.mark.skipif(
    not {"sequence", "tasks"} <= set(COMMANDS), reason="the commands are not listed yet"
)


@pytest.fixture
def program(home: Path, owner_url: URL) -> Program:
    """An admin and a campaign."""
    program = Program(home, owner_url)
    for words in (
        ("person", "add", "Ann", "ann@brand.example", "--role", "admin"),
        ("campaign", "create", "Leases", "--brand", "Brand", "--context", "We sell software."),
    ):
        said = program.run(*words)
        assert said.code == 0, said.err
    return program


def test_what_is_shown_can_be_changed_previewed_and_set(program: Program, tmp_path: Path) -> None:
    shown = program.run("sequence", "show", "Leases")
    assert shown.code == 0, shown.err
    file = tmp_path / "steps.toml"
    file.write_text(shown.out.replace("delay = 3", "delay = 5"))
    looked = program.run(
        *("sequence", "set", str(file), "--campaign", "Leases", "--apply", "in-flight"),
        "--preview",
    )
    assert looked.code == 0, looked.err
    assert "nothing is stored" in looked.out
    done = program.run("sequence", "set", str(file), "--campaign", "Leases", "--note", "slower")
    assert "Version 2 of the steps of Leases holds now." in done.out
    again = program.run("sequence", "set", str(file), "--campaign", "Leases")
    assert "are these already (version 2)" in again.out
    edited = program.run("sequence", "edit", "Leases", "--step", "2", "--delay", "2", "--json")
    assert edited.json["version"] == 3
    versions = program.run("sequence", "history", "Leases", "--json").items
    assert [one["version"] for one in versions] == [3, 2, 1]
    assert versions[1]["note"] == "slower"


def test_how_often_people_are_reached_is_set_and_what_cannot_be_is_named(program: Program) -> None:
    done = program.run("sequence", "edit", "Leases", "--pacing", "gap_days=3")
    assert done.code == 0, done.err
    shown = program.run("sequence", "show", "Leases")
    assert "gap_days = 3" in shown.out
    assert "account_touches 6" in shown.err
    for wrong, named in (("gap=3", "'gap'"), ("gap_days=x", "gap_days=x"), ("gap_days=99", "60")):
        assert named in plain_sentence(program.run("sequence", "edit", "Leases", "--pacing", wrong))
    assert "--step" in plain_sentence(program.run("sequence", "edit", "Leases", "--delay", "3"))


def test_the_example_is_a_sequence(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "steps.toml"
    file.write_text(program.run("sequence", "example").out)
    said = program.run("sequence", "set", str(file), "--campaign", "Leases")
    assert said.code == 0, said.err
    assert "Too few to tell" in program.run("sequence", "results", "Leases").out
    assert program.run("tasks", "list", "--json").items == []


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("sequence", "show", "Nope"), 4, "There is no campaign Nope"),
        (("sequence", "set", "no.toml", "--campaign", "Leases"), 2, "no.toml cannot be read"),
        (("sequence", "edit", "Leases", "--step", "9", "--delay", "1"), 2, "There is no step 9"),
        (("sequence", "edit", "Leases", "--step", "1"), 2, "Nothing changes"),
        (("sequence", "edit", "Leases", "--step", "1", "--channel", "fax"), 2, "'fax'"),
        (("tasks", "done", "7"), 4, "There is no task 7"),
        (("tasks", "send"), 2, "twilio.json"),
        (("tasks", "consent", "x@y.example", "--source", "form"), 4, "There is no contact"),
    ],
)
def test_a_mistake_gets_one_sentence(
    program: Program, words: tuple[str, ...], code: int, sentence: str
) -> None:
    said = program.run(*words)
    assert (said.code, said.out) == (code, "")
    assert sentence in said.err
