"""A server takes a mail and hangs up before it answers: nobody knows, so a person decides, once."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from outrider.app.sample import contents
from tests.program import Program, plain_sentence


@pytest.fixture
def mail_server(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    journal = tmp_path / "journal"
    command = [sys.executable, "-m", "outrider.vendors.fakes.faulty_smtp", str(journal)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    port = int(process.stdout.readline().split()[-1])
    yield port, journal
    process.terminate()
    process.wait()
    process.stdout.close()


@pytest.fixture
def unknown(home: Path, owner_url: URL, mail_server: tuple[int, Path], tmp_path: Path) -> Program:
    """One approved mail whose server accepted it and dropped the connection."""
    program = Program(home, owner_url)
    program.ok(
        "mailbox", "add", "ann@try-brand.example", "--name", "Ann Reed",
        "--postal-address", "210 Harbor Street, Portland ME 04101",
        "--booking-link", "https://cal.brand.example/ann", "--smtp", f"127.0.0.1:{mail_server[0]}",
    )  # fmt: skip
    program.ok("campaign", "create", "Leases", "--brand", "Brand", "--context", "We keep leases.")
    leads = tmp_path / "leads.csv"
    with leads.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Company", "First Name", "Last Name", "Email", "Title"])
        writer.writerow(
            ["Ferrowick Logistics", "Al", "Ames", "acceptdrop.al@ferrowick.example", "CFO"]
        )
    program.ok("import", str(leads))
    program.ok("run", "sdr", "--campaign", "Leases", "--filings", str(contents.filings()))
    [draft] = program.json("drafts", "list")["items"]
    program.ok("drafts", "approve", draft["id"])
    report = program.json("send", "--now")
    assert [item["status"] for item in report["stopped"]] == ["unknown"]
    return program


def accepted(journal: Path) -> list[str]:
    return [json.loads(line)["message_id"] for line in journal.read_text().splitlines()]


def test_it_is_never_sent_again_by_itself(unknown: Program, mail_server: tuple[int, Path]) -> None:
    for _ in range(2):
        assert unknown.json("send")["sent"] == []
    [mail] = unknown.json("outbox", "list", "--status", "unknown")["items"]
    assert accepted(mail_server[1]) == [mail["message_id"]]


def test_a_person_says_that_it_arrived_and_nobody_says_otherwise(unknown: Program) -> None:
    [mail] = unknown.json("outbox", "list")["items"]
    assert unknown.json("outbox", "settle", mail["message_id"], "--arrived")["status"] == "sent"
    again = unknown.run("outbox", "settle", mail["message_id"], "--resend")
    assert "sent" in plain_sentence(again)
    story = unknown.json("trace", mail["message_id"])
    assert any(event["action"] == "sending.decide" for event in story["events"])


def test_a_person_must_say_which(unknown: Program) -> None:
    [mail] = unknown.json("outbox", "list")["items"]
    assert "--arrived" in plain_sentence(unknown.run("outbox", "settle", mail["message_id"]))
    both = unknown.run("outbox", "settle", mail["message_id"], "--arrived", "--give-up")
    assert "--give-up" in plain_sentence(both)
