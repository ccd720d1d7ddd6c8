"""A person sees when every mail will leave, and why not sooner, before anything happens."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.program import Program, plain_sentence

MAILBOX = (
    "mailbox", "add", "ann@try-brand.example", "--name", "Ann Reed",
    "--postal-address", "12 Main Street, Boston MA 02110",
    "--booking-link", "https://cal.example/ann",
)  # fmt: skip


def where_it_is_two_at_night() -> str:
    """A zone in which nobody is at work now: `Etc/GMT-3` is three hours ahead of UTC."""
    ahead = (2 - datetime.now(UTC).hour + 11) % 24 - 11
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/UTC"


@pytest.fixture
def program(home: Path, owner_url: URL) -> Program:
    return Program(home, owner_url)


@pytest.fixture
def approved(program: Program, tmp_path: Path) -> Program:
    """Two drafts are approved and one is not; it is night wherever anybody is."""
    zone, leads = where_it_is_two_at_night(), tmp_path / "leads.csv"
    sample = files("outrider.app.sample")
    with (
        as_file(sample / "leads.csv") as source,
        source.open(encoding="utf-8-sig") as opened,
        leads.open("w", newline="") as written,
    ):
        rows = list(csv.reader(opened))
        csv.writer(written).writerows(
            [[*rows[0], "Time Zone"], *([*row, zone] for row in rows[1:9])]
        )
    program.ok(*MAILBOX, "--zone", zone, "--gap", "5m", "--ramp", "weekly")
    with as_file(sample / "brand.mbox") as past:
        program.ok("campaign", "create", "Leases", "--brand", "Brand", "--mail", str(past))
    program.ok("import", str(leads))
    with as_file(sample / "filings") as filings:
        program.ok("run", "sdr", "--campaign", "Leases", "--filings", str(filings))
    program.ok("drafts", "approve", "1", "2")
    return program


def test_the_preview_tells_the_times_that_come_true_and_sends_nothing(approved: Program) -> None:
    seen = approved.json("send", "--preview")
    assert [item["status"] for item in seen["items"]] == ["approved", "approved"]
    for item in seen["items"]:
        assert item["zone_from"] == "explicit"
        assert 9 <= datetime.fromisoformat(item["local"]).hour < 17
        assert item["reason"].startswith("waits for ")
    assert [day["cap"] for day in seen["mailboxes"][0]["days"]] == [10]
    assert approved.json("outbox", "list")["items"] == []

    report = approved.json("send", "--now")
    assert (report["queued"], report["sent"]) == (2, [])
    queued = {mail["draft"]: mail for mail in approved.json("outbox", "list")["items"]}
    for item in seen["items"]:
        mail = queued[item["draft"]]
        assert datetime.fromisoformat(mail["not_before"]) == datetime.fromisoformat(item["at"])
        assert mail["reason"] == item["reason"]


def test_pending_drafts_are_shown_when_asked_for_and_the_page_reads_well(approved: Program) -> None:
    more = approved.json("send", "--preview", "--pending")["items"]
    assert {item["status"] for item in more} == {"approved", "pending"}
    said = approved.ok("send", "--preview", "--pending")
    assert "█" in said.out
    assert " of 10" in said.out
    assert "Nothing was sent." in said.out
    assert approved.json("outbox", "list")["items"] == []


def test_a_mailbox_gets_the_pace_that_its_owner_says_and_keeps_it(program: Program) -> None:
    first = program.json(*MAILBOX, "--hours", "9:00-16:00", "--zone", "America/Denver")
    assert first["pacing"]["day"]["timezone"] == "America/Denver"
    again = program.json(*MAILBOX, "--replace", "--gap", "10m")
    assert again["pacing"]["day"] == first["pacing"]["day"]
    assert again["pacing"]["min_gap_seconds"] == 600
    assert program.json(*MAILBOX, "--replace", "--pacing", "none")["pacing"] is None
    wrong = plain_sentence(program.run(*MAILBOX, "--replace", "--gap", "soon"))
    assert "gap is 'soon'" in wrong


def test_mail_that_leaves_this_machine_has_a_pace_unasked(program: Program) -> None:
    assert program.json(*MAILBOX)["pacing"] is None
    assert program.json(*MAILBOX, "--replace", "--smtp", "127.0.0.1:2525")["pacing"] is None
    assert program.json(*MAILBOX, "--replace", "--smtp", "mail.example:587")["pacing"] is not None
    none = (*MAILBOX, "--replace", "--smtp", "mail.example:587", "--pacing", "none")
    assert program.json(*none)["pacing"] is None
    # Once taken away, it does not come back by itself.
    assert program.json(*none[:-2], "--daily-cap", "20")["pacing"] is None
