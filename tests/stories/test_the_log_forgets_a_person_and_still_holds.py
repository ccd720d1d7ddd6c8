"""The log says to whom and what, sealed under each person's key; an erasure takes the key, not the proof."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import URL

from outrider.app.jobs import privacy
from tests.first_mails import proposed
from tests.program import Program, plain_sentence
from tests.sealing import sealed_at_the_command_line
from tests.stories.test_a_person_can_be_forgotten import HER, LEADS, answer

SHE = "quilla.vandersloot@zenith.example"


@dataclass
class Told:
    """An instance whose log tells of a person who was written to and answered."""

    program: Program
    url: URL
    draft: str

    def about(self, *words: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.program.json("audit", "search", *words)["items"]
        return items

    def bodies(self) -> str:
        return " ".join(body for (body,) in self.rows("select body from outrider.audit_events"))

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.plain) as conn:
            return conn.execute(statement.encode()).fetchall()

    def run(self, statement: str) -> None:
        with psycopg.connect(self.plain) as conn:
            conn.execute(statement.encode())

    @property
    def plain(self) -> str:
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)

    def erase(self) -> None:
        self.program.json("privacy", "erase", SHE, "--reason", "asked", "--yes")


@pytest.fixture
def told(home: Path, owner_url: URL, tmp_path: Path) -> Told:
    program = Program(home, owner_url)
    drafts = proposed(program, tmp_path / "leads.csv", LEADS)
    program.ok("drafts", "approve", drafts[SHE]["id"])
    program.ok("drafts", "approve", drafts["bob.other@acme.example"]["id"])
    sent = program.json("send", "--now")["sent"]
    message_id = next(s["message_id"] for s in sent if s["draft_id"] == drafts[SHE]["id"])
    answer(tmp_path / "in", message_id)
    program.ok("read", "--maildir", str(tmp_path / "in"))
    return Told(program, owner_url, drafts[SHE]["id"])


def checked(folder: Path) -> str:
    """What the script of an export says, with no Outrider in sight."""
    alone = [sys.executable, "-I", str(folder / "verify_log.py"), str(folder)]
    done = subprocess.run(alone, capture_output=True, text=True, check=False, env={})
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_log_is_asked_to_whom_and_what_and_keeps_no_word_of_it_in_clear(told: Told) -> None:
    events = {event["action"]: event["contact"] for event in told.about("--person", SHE)}
    assert {"drafts.approve", "sending.sent", "conversations.receive"} <= events.keys()
    approved, sent = events["drafts.approve"], events["sending.sent"]
    assert sent == {"address": SHE, "subject": approved["subject"]}
    assert (approved["address"], approved["name"]) == (SHE, "Quilla Vandersloot")
    assert approved["subject"]
    assert events["conversations.receive"] == {"subject": "Re: leases"}
    assert told.about("--contact", SHE) == told.about("--person", SHE)
    assert told.about("--contact", SHE.upper()) == told.about("--contact", SHE)
    assert not any(word.lower() in told.bodies().lower() for word in HER)


def test_an_address_finds_its_events_when_the_contacts_row_says_nothing_any_more(
    told: Told,
) -> None:
    sealed_at_the_command_line(told.program)
    before = told.about("--contact", SHE)
    told.run(
        "update outrider.contacts set email = 'x@x.example', email_key = 'x@x.example'"
        f" where email = '{SHE}'"
    )
    assert told.about("--contact", SHE) == before


def test_after_an_erasure_the_words_are_gone_and_every_proof_holds(
    told: Told, tmp_path: Path
) -> None:
    sealed_at_the_command_line(told.program)
    shutil.copy(told.program.home / "checkpoints/checkpoint", tmp_path / "kept")
    told.program.ok("audit", "export", str(tmp_path / "before"))
    approval = next(e for e in told.about("--contact", SHE) if e["action"] == "drafts.approve")
    told.erase()

    assert told.rows("select count(*) from outrider.person_keys") == [(1,)], "Bob's is still there"
    slip = told.program.run("audit", "search", "--contact", SHE)
    assert "Nobody in this workspace has the address" in plain_sentence(slip)
    again = next(
        e for e in told.about("--about", f"draft:{told.draft}") if e["id"] == approval["id"]
    )
    assert again["contact"] == "erased"
    assert {**again, "contact": None} == {**approval, "contact": None}
    bobs = told.about("--contact", "bob.other@acme.example")
    assert "bob.other@acme.example" in json.dumps(bobs)

    assert told.program.json("audit", "verify", "--checkpoint", str(tmp_path / "kept"))["holds"]
    told.program.ok("audit", "export", str(tmp_path / "after"))
    for folder in ("before", "after"):
        assert "events hold" in checked(tmp_path / folder)
    proof = told.program.json("audit", "proof", approval["id"])
    assert proof["event"]["body"] == json.dumps(
        approval["body"], sort_keys=True, ensure_ascii=False
    )


def test_a_person_who_asks_is_told_what_the_log_says_of_them(told: Told, tmp_path: Path) -> None:
    told.program.ok("privacy", "export", SHE, str(tmp_path / "hers"))
    text = (tmp_path / "hers/person.json").read_text()
    person = json.loads(text)
    assert {"drafts.approve", "conversations.receive"} <= {
        event["action"] for event in person["audit_events"]
    }
    assert "sealed" not in person["person_keys"][0], "a key is told to nobody"
    assert "bob.other" not in text


def test_an_old_backup_brings_the_words_back_only_until_the_erasure_is_repeated(
    told: Told, tmp_path: Path
) -> None:
    told.program.ok("backup", str(tmp_path / "old"), "--keys", str(tmp_path / "keys"))
    told.erase()
    back = Program(tmp_path / "new-home", None)
    back.ok("restore", str(tmp_path / "old"), "--into-empty", "--keys", str(tmp_path / "keys"))
    assert back.json("audit", "search", "--contact", SHE)["items"]
    back.json("privacy", "replay", str(told.program.home / privacy.JOURNAL))
    assert "Nobody" in plain_sentence(back.run("audit", "search", "--contact", SHE))
    events = back.json("audit", "search", "--about", f"draft:{told.draft}")["items"]
    assert "erased" in {event["contact"] for event in events}
    assert back.json("audit", "verify")["holds"]
