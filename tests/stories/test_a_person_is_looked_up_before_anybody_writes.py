"""One command says whether a person may be written to, why not, and what was between us."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.program import Program, plain_sentence

LIST = "email,first name,last name,company\ndana@depot.example,Dana,Lee,Depot\n"


@pytest.fixture
def program(home: Path, owner_url: URL, tmp_path: Path) -> Program:
    program = Program(home, owner_url)
    (tmp_path / "leads.csv").write_text(LIST)
    said = program.run("import", str(tmp_path / "leads.csv"))
    assert said.code == 0, said.err
    return program


def test_a_person_who_may_be_written_to_and_then_not(program: Program) -> None:
    shown = program.run("contacts", "show", "Dana@Depot.example")
    assert shown.code == 0, shown.err
    assert "Dana Lee, Depot (active)" in shown.out
    assert "May be written to: yes." in shown.out
    assert "In no sequence." in shown.out
    assert program.run("suppress", "dana@depot.example").code == 0
    closed = program.run("contacts", "show", "dana@depot.example")
    assert "May be written to: no, this address is on the suppression list." in closed.out
    told = program.run("contacts", "show", "dana@depot.example", "--json").json
    assert (told["may_write"], told["quiet_until"], told["touches"]) == (False, None, [])


def test_somebody_whom_nobody_knows_is_told_in_one_sentence(program: Program) -> None:
    said = plain_sentence(program.run("contacts", "show", "kim@depot.example"))
    assert said == "There is no contact kim@depot.example: import it first."
