"""People and keys on the command line: invite, promote, sign out, remove; keys shown once."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.program import Program, plain_sentence

BY_KIM = ("--as", "kim@brand.example")
BEN = "ben@brand.example"


@pytest.fixture
def program(home: Path, owner_url: URL) -> Program:
    program = Program(home, owner_url)
    program.ok("person", "add", "Kim Lee", "kim@brand.example", "--role", "admin")
    return program


def test_an_invitation_is_a_link_that_is_shown_once(program: Program) -> None:
    said = program.ok("person", "invite", "ann@brand.example", "--role", "viewer", *BY_KIM)
    assert re.search(r"http://127\.0\.0\.1:8460/join\?token=[0-9a-f]{64}", said.out)
    for words, part in (
        (("kim@brand.example",), "already"),
        (("nobody",), "@"),
        (("x@brand.example", "--role", "boss"), "boss"),
    ):
        assert part in plain_sentence(program.run("person", "invite", *words, *BY_KIM))


def test_a_role_changes_and_a_person_leaves(program: Program) -> None:
    program.ok("person", "add", "Ben Ash", BEN, "--role", "viewer")
    assert "may not manage people" in plain_sentence(
        program.run("person", "role", BEN, "admin", "--as", BEN)
    )
    assert "is operator now" in program.ok("person", "role", BEN, "operator", *BY_KIM).out
    program.ok("person", "session", BEN, *BY_KIM)
    assert "1 session ended." in program.ok("person", "sign-out", BEN, *BY_KIM).out
    assert "/join?token=" in program.ok("person", "password", BEN, *BY_KIM).out
    assert "is out" in program.ok("person", "remove", BEN, *BY_KIM).out
    assert "only admin" in plain_sentence(
        program.run("person", "remove", "kim@brand.example", *BY_KIM)
    )


def test_a_key_is_shown_once_listed_and_ended(program: Program) -> None:
    made = program.ok("key", "add", "export", "--scope", "drafts.read", "--days", "30", *BY_KIM)
    secret = made.out.split()[0]
    assert secret.startswith("outrider_key_")
    listed = program.ok("key", "list", "--json").out
    assert secret not in listed
    assert [one["name"] for one in json.loads(listed)["items"]] == ["export"]
    assert "over" in program.ok("key", "revoke", "export", *BY_KIM).out
    assert json.loads(program.ok("key", "list", "--json").out)["items"] == []
    for words, part in (
        (("add", "x", "--scope", "drafts.decide", *BY_KIM), "drafts.decide"),
        (("add", "x", "--scope", "all", *BY_KIM), "all"),
        (("add", "x", "--scope", "sending.run", "--agent", "scout", *BY_KIM), "sending.run"),
        (("revoke", "export", *BY_KIM), "export"),
    ):
        assert part in plain_sentence(program.run("key", *words))
