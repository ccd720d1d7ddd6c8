"""`outrider kill list` says what is halted, by whom and why, in words that a person uses."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL

from tests.program import Program, plain_sentence


def test_a_campaign_a_mailbox_and_whoever_halted_them_have_names(
    home: Path, owner_url: URL, tmp_path: Path
) -> None:
    program = Program(home, owner_url)
    mail = tmp_path / "one.eml"
    mail.write_bytes(b"From: a@brand.example\nTo: b@x.example\nSubject: Leases\n\nHello there.\n")
    program.ok("campaign", "create", "Leases", "--brand", "Brand", "--mail", str(mail))
    program.ok(
        "mailbox",
        "add",
        "ann@try-brand.example",
        "--name",
        "Ann",
        "--postal-address",
        "12 Main Street, Boston MA 02110",
        "--booking-link",
        "https://cal.example/ann",
    )
    program.ok("person", "add", "Ann Reed", "ann@acme.example", "--role", "admin")
    program.ok(
        "kill", "on", "campaign", "Leases", "--reason", "wrong price", "--as", "ann@acme.example"
    )
    program.ok("kill", "on", "mailbox", "ann@try-brand.example", "--reason", "it bounces")
    told = program.ok("kill", "list").out
    assert "Leases" in told
    assert "ann@try-brand.example" in told
    assert "Ann Reed" in told
    listed = {one["name"]: one for one in program.json("kill", "list")["items"]}
    assert listed["Leases"]["by"] == "Ann Reed"
    assert listed["Leases"]["target"] not in told


def test_a_single_other_workspace_is_told_without_a_riddle(home: Path, owner_url: URL) -> None:
    Program(home, owner_url).ok("mailbox", "list")
    told = plain_sentence(Program(home, owner_url, {"OUTRIDER_WORKSPACE": "x"}).run("kill", "list"))
    assert told.startswith("There is no workspace 'x': there is 'default'; make one with ")
