"""At 3 a.m. without a database there is still a switch: a file that everything here obeys."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL

from tests.first_mails import proposed
from tests.program import Program, plain_sentence
from tests.sealing import PATIENCE_SECONDS

LEADS = """Company,Domain,First Name,Last Name,Job Title,E-Mail
Zenith Homes,zenith.example,Quinn,Vander,Controller,quinn.vander@zenith.example
"""

NOT_SEALED = "The switch is kept, but the log could not be sealed yet"
HALTED = 3
"""The exit code of a command that a switch held back."""


def plain(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture
def program(home: Path, owner_url: URL, tmp_path: Path) -> Program:
    """An installation with one approved mail that is due."""
    program = Program(home, owner_url)
    (draft,) = proposed(program, tmp_path / "leads.csv", LEADS).values()
    program.ok("drafts", "approve", draft["id"])
    return program


def test_nothing_leaves_and_no_agent_runs_while_the_file_is_there(
    program: Program, home: Path
) -> None:
    (home / "HALT").touch()
    said = program.run("send", "--now", "--json")
    assert said.code == HALTED
    assert said.json["sent"] == []
    assert "halts everything" in said.json["halted_by"]
    run = program.run("run", "sdr", "--campaign", "Leases")
    assert run.code == HALTED
    assert "halts everything" in run.out
    (home / "HALT").unlink()
    assert len(program.json("send", "--now")["sent"]) == 1


def test_the_command_halts_and_lets_go_and_tells_the_reason(program: Program) -> None:
    program.ok("kill", "on", "machine", "--reason", "wrong prices")
    (item,) = program.json("kill", "list")["items"]
    assert item["scope"] == "machine"
    assert "wrong prices" in item["reason"]
    assert program.run("send", "--now", "--json").json["sent"] == []
    program.ok("kill", "off", "machine", "--reason", "mended")
    assert program.json("kill", "list")["items"] == []
    assert len(program.json("send", "--now")["sent"]) == 1


def test_a_switch_that_the_database_cannot_keep_becomes_a_file(home: Path) -> None:
    gone = URL.create("postgresql", host="127.0.0.1", port=9, username="nobody", database="gone")
    program = Program(home, gone)
    said = program.run("kill", "on", "--reason", "drill")
    assert said.code == 0, said.err
    assert "a file halts this machine" in said.err
    assert "drill" in (home / "HALT").read_text()
    program.ok("kill", "off", "machine", "--reason", "over")
    assert not (home / "HALT").exists()


def test_a_database_that_is_not_fit_for_work_stands_in_no_halts_way(
    home: Path, empty_url: URL
) -> None:
    with psycopg.connect(plain(empty_url)) as conn:
        conn.execute("create table invoices (id int)")
    program = Program(home, empty_url)
    assert program.run("campaign", "list").code == 6
    said = program.run("kill", "on", "global", "--reason", "drill")
    assert said.code == 0, said.err
    assert "a file halts this machine" in said.err
    assert "drill" in (home / "HALT").read_text()


def test_a_slip_halts_nothing(program: Program, home: Path) -> None:
    said = program.run("kill", "on", "campaign", "Lesaes", "--reason", "drill")
    assert said.code == 4
    assert not (home / "HALT").exists()


@pytest.mark.parametrize("words", [("on", "machine", "here"), ("off", "machine", "here")])
def test_a_name_that_halts_nothing_is_refused(home: Path, words: tuple[str, ...]) -> None:
    said = Program(home).run("kill", *words, "--reason", "drill")
    assert "takes no name" in plain_sentence(said)


def test_a_halt_that_the_database_keeps_halts_no_more_than_it_says(
    program: Program, home: Path
) -> None:
    shutil.rmtree(home / "checkpoints")
    (home / "checkpoints").write_text("in the way of the next seal's note")
    ends, told = time.monotonic() + PATIENCE_SECONDS, ""
    # While a writer in another test holds the seal back there is none to fail.
    while NOT_SEALED not in told and time.monotonic() < ends:
        said = program.run("kill", "on", "campaign", "Leases", "--reason", "drill")
        assert said.code == 0, said.err
        assert not (home / "HALT").exists()
        told = said.err
    assert NOT_SEALED in told
    (home / "checkpoints").unlink()
    (item,) = program.json("kill", "list")["items"]
    assert item["scope"] == "campaign"
