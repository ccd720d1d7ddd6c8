"""A person asks what we keep, and then to be forgotten: everything is handed out, and then it is gone."""

from __future__ import annotations

import asyncio
import json
import mailbox as maildirs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import URL

from outrider.app.jobs import privacy
from outrider.app.jobs.care.backup import backup
from outrider.kernel.clock import SystemClock
from outrider.kernel.settings import load
from tests.any_row import every_table
from tests.first_mails import proposed
from tests.program import Program, Said, plain_sentence

LEADS = """Company,Domain,First Name,Last Name,Job Title,E-Mail,Phone
Zenith Homes,zenith.example,Quilla,Vandersloot,Controller,quilla.vandersloot@zenith.example,+14155550123
Acme Stores,acme.example,Bob,Other,CFO,bob.other@acme.example,
"""
HER = ("quilla.vandersloot", "Quilla", "Vandersloot", "4155550123")
"""What must be found nowhere afterwards, in any spelling of large and small letters."""


@dataclass
class Kept:
    """An instance in which a person was written to, answered, and was written about."""

    program: Program
    url: URL
    message_id: str

    def rows(self) -> Iterator[tuple[str, str]]:
        """Every row of every table of every schema, as text."""
        plain = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain) as conn:
            tables = conn.execute(
                "select schemaname, tablename from pg_tables"
                " where schemaname in ('outrider', 'jobs')"
            ).fetchall()
            for schema, table in tables:
                query = f'select to_jsonb(t)::text from {schema}."{table}" t'
                for (text,) in conn.execute(query.encode()):
                    yield table, re.sub(r'"\\x([0-9a-f]*)"', lambda m: _read(m[1]), text)

    def found(self) -> set[str]:
        """Where she still is."""
        tables = {table for table, text in self.rows() if _tells(text)}
        objects = self.program.home / "objects"
        files = [f for f in objects.rglob("*") if f.is_file()]
        logs = [f for f in (self.program.home / "logs").rglob("*") if f.is_file()]
        return tables | {
            f.parts[-1] for f in files + logs if _tells(f.read_bytes().decode("latin-1"))
        }


def _tells(text: str) -> bool:
    return any(word.lower() in text.lower() for word in HER)


def _read(digits: str) -> str:
    return json.dumps(bytes.fromhex(digits).decode("latin-1"))


def answer(folder: Path, to: str) -> None:
    mail = EmailMessage()
    mail["From"] = "Quilla Vandersloot <quilla.vandersloot@zenith.example>"
    mail["To"] = "sales@try-brand.example"
    mail["Subject"] = "Re: leases"
    mail["Message-ID"] = "<her-answer@zenith.example>"
    mail["In-Reply-To"] = to
    mail["Date"] = "Mon, 02 Mar 2026 15:00:00 +0000"
    mail.set_content("Please call me on +1 415 555 0123.\n\nQuilla Vandersloot\n")
    maildirs.Maildir(str(folder)).add(mail.as_bytes())


@pytest.fixture
def kept(home: Path, owner_url: URL, tmp_path: Path) -> Kept:
    program = Program(home, owner_url)
    drafts = proposed(program, tmp_path / "leads.csv", LEADS)
    hers = drafts["quilla.vandersloot@zenith.example"]
    again = program.json("drafts", "reject", hers["id"], "--note", "shorter, Quilla is busy")
    program.ok("drafts", "approve", again["id"])
    program.ok("drafts", "approve", drafts["bob.other@acme.example"]["id"])
    sent = program.json("send", "--now")["sent"]
    message_id = next(s["message_id"] for s in sent if s["draft_id"] == again["id"])
    answer(tmp_path / "in", message_id)
    program.ok("read", "--maildir", str(tmp_path / "in"))
    program.ok("run", "sdr", "--campaign", "Leases")  # learns from the decisions
    return Kept(program, owner_url, message_id)


def test_all_that_is_kept_is_handed_out_and_then_nothing_is_found_any_more(
    kept: Kept, tmp_path: Path
) -> None:
    before = kept.found()
    assert {"contacts", "drafts", "decisions", "turns", "observations"} <= before, before
    assert any(len(name) == 64 for name in before), "no stored mail held her"

    counts = kept.program.json(
        "privacy", "export", "quilla.vandersloot@zenith.example", str(tmp_path / "hers")
    )
    person = json.loads((tmp_path / "hers/person.json").read_text())
    assert person["contacts"][0]["phone"].endswith("4155550123")
    assert len(person["drafts"]) == counts["drafts"] == 2
    mails = [file.read_text() for file in (tmp_path / "hers/mails").iterdir()]
    assert len(mails) == counts["mails"] == 2
    assert any("Please call me" in mail for mail in mails)
    assert "bob.other" not in json.dumps(person) + "".join(mails)

    (done,) = kept.program.json(
        "privacy", "erase", "quilla.vandersloot@zenith.example", "--reason", "asked", "--yes"
    )
    assert done["mails"] == 2
    assert kept.found() == set()


def test_the_rest_stays_true_after_an_erasure(kept: Kept, tmp_path: Path) -> None:
    erase(kept)
    program = kept.program
    assert program.json("audit", "verify")["holds"]
    others = program.json("drafts", "list", "--status", "sent")["items"]
    assert "bob.other@acme.example" in {draft["contact_email"] for draft in others}
    bobs = next(d for d in others if d["contact_email"] == "bob.other@acme.example")
    assert bobs["body"]
    program.ok("trace", kept.message_id)
    (tmp_path / "again.csv").write_text(LEADS)
    program.ok("import", str(tmp_path / "again.csv"))
    program.ok("run", "sdr", "--campaign", "Leases")
    written = program.json("drafts", "list")["items"]
    assert "quilla.vandersloot@zenith.example" not in {d["contact_email"] for d in written}


def test_an_erasure_is_done_once_and_named_in_the_log(kept: Kept) -> None:
    erase(kept)
    said = kept.program.run(
        "privacy", "erase", "quilla.vandersloot@zenith.example", "--reason", "again", "--yes"
    )
    assert "There is no contact" in plain_sentence(said)
    events = kept.program.json("audit", "search", "--action", "privacy")["items"]
    assert [event["action"] for event in events] == ["privacy.erased", "privacy.erase"]
    assert kept.program.json("privacy", "finish") == []


def test_whoever_was_erased_is_erased_again_after_an_old_backup(
    kept: Kept, tmp_path: Path, home: Path
) -> None:
    kept.program.ok("backup", str(tmp_path / "old"))
    erase(kept)
    journal = home / privacy.JOURNAL
    assert not _tells(journal.read_text())
    back = Program(tmp_path / "new-home", None)
    back.ok("restore", str(tmp_path / "old"), "--into-empty")
    done = back.json("privacy", "replay", str(journal))
    assert len(done) == 1
    assert "There is no contact" in plain_sentence(
        back.run("privacy", "export", "quilla.vandersloot@zenith.example", str(tmp_path / "x"))
    )
    assert back.json("privacy", "replay", str(journal)) == []


def test_a_backup_that_is_under_way_loses_no_mail_of_others(kept: Kept, tmp_path: Path) -> None:
    settings = load(home=kept.program.home, DATABASE_URL=kept.program.environment["DATABASE_URL"])
    said: list[Said] = []

    def erase_meanwhile(what: str, done: int, total: int | None) -> None:
        if what == "Dumping the database":
            words = ("quilla.vandersloot@zenith.example", "--reason", "asked", "--yes")
            said.append(kept.program.run("privacy", "erase", *words))

    made = asyncio.run(backup(settings, SystemClock(), tmp_path / "b", erase_meanwhile))
    assert made.missing == 0
    assert made.objects > 0
    assert said[0].code == 8
    assert "`outrider privacy finish`" in plain_sentence(said[0])
    assert any(len(name) == 64 for name in kept.found()), "the backup needed it"
    assert len(kept.program.json("privacy", "finish")) == 1
    assert kept.found() == set()
    assert (kept.program.home / "erasures.jsonl").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("erase", "nobody@x.example", "--reason", "asked", "--yes"), "There is no contact"),
        (("erase", "a@x.example", "--reason", "a@x.example asked", "--yes"), "without an address"),
        (("erase", "a@x.example", "--reason", " ", "--yes"), "say why"),
        (("replay", "/nowhere/erasures.jsonl"), "no journal of erasures"),
        (("export", "nobody@x.example", "/nowhere/x"), "There is no contact"),
    ],
)
def test_a_slip_erases_nobody(
    home: Path, owner_url: URL, words: tuple[str, ...], told: str
) -> None:
    assert told in plain_sentence(Program(home, owner_url).run("privacy", *words))


def erase(kept: Kept) -> Any:
    return kept.program.json(
        "privacy", "erase", "quilla.vandersloot@zenith.example", "--reason", "asked", "--yes"
    )


def test_every_table_says_whether_it_holds_something_of_a_contact() -> None:
    declared = {one.table for one in privacy.DECLARED}
    assert not declared & set(privacy.IMPERSONAL)
    assert {table.name for table in every_table()} == declared | set(privacy.IMPERSONAL)
    columns = {table.name: set(table.columns.keys()) for table in every_table()}
    for one in privacy.DECLARED:
        assert set(one.blank) <= columns[one.table], one.table
