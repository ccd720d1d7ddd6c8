"""From the command line one sees who works here, changes any field, and puts it back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.program import Program, plain_sentence


@pytest.fixture
def program(owner_url: URL, tmp_path: Path) -> Program:
    return Program(tmp_path / "home", owner_url)


def test_a_change_is_seen_told_and_taken_back(program: Program) -> None:
    said = program.ok(
        *["agents", "set", "sdr", "--budget", "4.00", "--tier", "mid", "--scheduled", "on"],
        *["--schedule", "0 9 * * 1-5", "--schedule", "0 14 * * 1-5", "--timezone", "UTC"],
    )
    assert "budget_usd   4.00 a run" in said.out
    assert said.out.count("(changed here)") == 5
    card = program.json("agents", "show", "sdr")
    assert card["schedule"] == ["0 9 * * 1-5", "0 14 * * 1-5"]
    assert card["next_at"] is not None
    events = program.json("audit", "search", "--action", "agents.changed")["items"]
    assert len(events) == 1
    program.ok("agents", "reset", "sdr", "--field", "budget_usd")
    assert program.json("agents", "show", "sdr")["budget_usd"] == "6.00"
    program.ok("agents", "reset", "sdr")
    assert program.json("agents", "show", "sdr")["overridden"] == []
    listed = {one["name"]: one for one in program.json("agents", "list")["items"]}
    assert listed["ops"]["schedule"] == ["0 6 * * *"]
    assert not any(one["next_at"] for one in listed.values())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--budget", "-1"], "cannot be -1 dollars"),
        (["--budget", "much"], "is no number of dollars"),
        (["--tier", "huge"], "write one of light, mid, heavy"),
        (["--tools", "search_accounts,rm"], "There is no tool 'rm'"),
        (["--tools", "linkedin_create_post"], "acts outside"),
        (["--schedule", "daily"], "is no cron line"),
        (["--timezone", "Mars"], "There is no time zone 'Mars'"),
        (["--prompt", "../../etc/passwd"], "names no prompt"),
        (["--turns", "0"], "a number from 1 to 200"),
        (["--hands-to", "nobody"], "There is no agent 'nobody'"),
        (["--scheduled", "yes"], "--scheduled is on or off"),
        (["--task", " "], "A task is a text"),
        ([], "Say what of ops to change"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(
    program: Program, words: list[str], said: str
) -> None:
    assert said in plain_sentence(program.run("agents", "set", "ops", *words))


def test_only_an_admin_changes_an_agent(program: Program) -> None:
    program.ok("person", "add", "Ada Root", "ada@brand.example", "--role", "admin")
    program.ok("person", "add", "Vic Low", "vic@brand.example", "--role", "operator")
    refused = program.run("agents", "set", "ops", "--budget", "2", "--as", "vic@brand.example")
    assert "may not change agents; ask an admin" in plain_sentence(refused)
    program.ok("agents", "set", "ops", "--budget", "2", "--as", "ada@brand.example")


def test_an_agent_that_is_off_says_how_it_works_again(program: Program) -> None:
    program.ok("agents", "set", "sdr", "--enabled", "off")
    refused = plain_sentence(program.run("run", "sdr", "--campaign", "Leases"))
    assert "`outrider agents set sdr --enabled on`" in refused


def test_every_tool_is_listed_with_what_it_needs(program: Program) -> None:
    found = {one["name"]: one for one in program.json("agents", "tools")["items"]}
    assert found["memory_note"]["is_configured"]
    assert not found["gmail_send"]["is_configured"]
    assert os.linesep not in found["gmail_send"]["needs"]
