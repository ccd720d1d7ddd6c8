"""Handing over a secret leaves it nowhere but in its envelope, and only an admin may."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest
from sqlalchemy import URL

from outrider.app.api.main import create_app
from outrider.app.wiring import opened
from outrider.kernel.settings import load
from outrider.prospects.types import ContactId
from outrider.sending import unsubscribe
from tests.program import Program, plain_sentence

SECRET = "hunter2-of-the-mail-server"


@pytest.fixture
def program(home: Path, owner_url: URL) -> Program:
    return Program(home, owner_url)


def test_a_secret_is_set_seen_by_name_and_removed(program: Program) -> None:
    assert program.run("secrets", "set", "ann.secret", stdin=f"{SECRET}\n").code == 0
    assert program.run("secrets", "set", "slack_bot_token", "--machine", stdin="xoxb-1").code == 0
    listed = program.run("secrets", "list", "--json")
    assert [(one["name"], one["for"]) for one in listed.items] == [
        ("ann.secret", "this workspace"),
        ("slack_bot_token", "every workspace"),
    ]
    assert SECRET not in listed.out
    program.ok("secrets", "remove", "ann.secret")
    said = program.run("secrets", "remove", "slack_bot_token")
    assert said.code == 4
    assert "no stored secret 'slack_bot_token' here" in plain_sentence(said)
    program.ok("secrets", "remove", "slack_bot_token", "--machine")
    assert "Nothing is stored" in program.ok("secrets", "list").err


def test_a_secret_on_the_command_line_is_refused_and_not_repeated(program: Program) -> None:
    said = program.run("secrets", "set", "ann.secret", SECRET)
    assert said.code == 2
    assert "take this one for known" in plain_sentence(said)
    assert SECRET not in said.out + said.err
    assert program.run("secrets", "list", "--json").items == []


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("suppression.key", "x", "Outrider's own"),
        ("../../etc/passwd", "x", "cannot be used"),
        ("ann.secret", "", "is empty"),
        ("ann.secret", "a" * 70_000, "longer than 64 kB"),
    ],
)
def test_what_cannot_be_kept_is_one_plain_sentence(
    program: Program, name: str, text: str, words: str
) -> None:
    said = program.run("secrets", "set", name, stdin=text)
    assert said.code == 2
    assert words in plain_sentence(said)


def test_only_an_admin_hands_over_removes_and_rotates(program: Program) -> None:
    program.ok("person", "add", "Vera Look", "vera@try-brand.example", "--role", "campaign_manager")
    program.ok("person", "add", "Ada Min", "ada@try-brand.example", "--role", "admin")
    for words in (("set", "ann.secret"), ("remove", "ann.secret"), ("rotate",)):
        said = program.run("secrets", *words, "--as", "vera@try-brand.example", stdin="x")
        assert said.code == 3, words
        assert "ask an admin" in plain_sentence(said)
    done = program.run("secrets", "set", "ann.secret", "--as", "ada@try-brand.example", stdin="x")
    assert done.code == 0, done.err
    (event,) = program.json("audit", "search", "--action", "secrets.set")["items"]
    assert event["subject"] == "secret:ann.secret"


async def test_a_link_works_after_its_key_was_replaced(home: Path, owner_url: URL) -> None:
    plain = owner_url.set(drivername="postgresql").render_as_string(hide_password=False)
    async with opened(load(home=home, DATABASE_URL=plain)) as outrider:
        contact = ContactId(outrider.workspace)  # nobody, but the signature is looked at first
        sent = unsubscribe.token(contact, outrider.keys.key("unsubscribe"))
        for _ in range(2):
            outrider.keys.roll("unsubscribe")
        fresh = unsubscribe.token(contact, outrider.keys.key("unsubscribe"))
        transport = httpx2.ASGITransport(app=create_app(outrider))
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            assert fresh != sent
            for token in (sent, fresh):
                assert (await http.get(f"/unsubscribe/{token}")).status_code == 200
            forged = unsubscribe.token(contact, b"x" * 32)
            assert (await http.get(f"/unsubscribe/{forged}")).status_code == 404
