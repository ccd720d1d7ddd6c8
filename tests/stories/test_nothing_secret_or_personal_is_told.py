"""A whole run, from the list to the answer, with its mistakes: what it tells of itself names nobody.

Every place where a program leaves words is searched: its logs and the database server's, what commands
print as errors, the audit log, the queue's jobs, metrics, and what other programs on the machine see of
its processes. A secret that was handed over is searched in the files of the database, too.
"""

from __future__ import annotations

import base64
import json
import mailbox as maildirs
import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import httpx2
import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from outrider.kernel.database.embedded import ensure
from tests.ports import free_port
from tests.program import OUTRIDER, Program, Said

LEADS = """Company,Domain,First Name,Last Name,Job Title,E-Mail,Phone
Zenith Homes,zenith.example,Quilla,Vandersloot,Controller,quilla.vandersloot@zenith.example,+14155550123
Acme Stores,acme.example,Bartholomy,Okonkwo,CFO,bartholomy.okonkwo@acme.example,+14155550177
,nowhere.example,Ignatia,Wrongrow,CFO,not-an-address-ignatia@,
"""
PERSONAL = (
    "quilla", "vandersloot", "bartholomy", "okonkwo", "ignatia", "wrongrow", "4155550123",
    "4155550177", "stranger.trying", "marmalade holiday",
)  # fmt: skip
"""Of contacts, of somebody who tries to log in, and words of an answer."""


@dataclass
class Run:
    """An installation, the secrets it was given, and everything its commands said."""

    program: Program
    smtp: int
    pem: str
    password: str = field(default_factory=lambda: f"pw{secrets.token_hex(12)}")
    hook: str = field(default_factory=lambda: f"hook{secrets.token_hex(12)}")
    api_key: str = ""
    said: list[tuple[str, Said]] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)

    def do(self, *words: str, stdin: str = "") -> Said:
        """Run a command, whatever comes of it, and keep what it said."""
        done = self.program.run(*words, stdin=stdin)
        self.said.append((" ".join(words), done))
        return done

    def ok(self, *words: str, stdin: str = "") -> Said:
        """The same, of a command that must end well."""
        done = self.do(*words, stdin=stdin)
        assert done.code == 0, (words, done.err)
        return done

    @property
    def given(self) -> dict[str, str]:
        """Every secret, by what it is."""
        settings = self.program.extra
        return {
            "smtp password": self.password,
            "webhook secret": self.hook,
            "dkim key": self.pem.splitlines()[3],
            "api key": self.api_key,
            "master key": settings["OUTRIDER_MASTER_KEY"],
            "slack token": settings["OUTRIDER_SLACK_BOT_TOKEN"],
            "slack secret": settings["OUTRIDER_SLACK_SIGNING_SECRET"],
        }


class _Doorkeeper:
    def __init__(self) -> None:
        self.password = b""

    def __call__(
        self, server: object, session: object, envelope: object, mechanism: str, given: object
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        return AuthResult(success=given.password == self.password, handled=False)


@pytest.fixture
def run(home: Path, tmp_path: Path) -> Iterator[Run]:
    door = _Doorkeeper()
    place = Mailbox(tmp_path / "arrived")
    controller = Controller(
        place, hostname="127.0.0.1", port=free_port(), authenticator=door, auth_require_tls=False,
        ready_timeout=60,
        auth_required=True,
    )  # fmt: skip
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    settings = {
        "OUTRIDER_KEYS": "env:",
        "OUTRIDER_MASTER_KEY": base64.b64encode(os.urandom(32)).decode(),
        "OUTRIDER_SLACK_BOT_TOKEN": f"xoxb-{secrets.token_hex(12)}",
        "OUTRIDER_SLACK_SIGNING_SECRET": f"sign{secrets.token_hex(12)}",
        "OUTRIDER_SLACK_CHANNEL": "C012AB3CD",
        "OUTRIDER_SLACK_API_URL": "http://127.0.0.1:9/",
        "OUTRIDER_LOG_LEVEL": "DEBUG",
        "OUTRIDER_PORT": "0",
    }
    found = Run(Program(home, extra=settings), controller.port, pem)
    door.password = found.password.encode()
    controller.start()
    try:
        yield found
    finally:
        controller.stop()


def set_up(run: Run) -> None:
    """Secrets go in by stdin; the password is wrong at first."""
    run.ok("secrets", "set", "smtp.secret", stdin="wrong-at-first")
    run.ok("secrets", "set", "o1.pem", stdin=run.pem)
    run.ok("secrets", "set", "webhook-postmark-main", stdin=f"outrider:{run.hook}\n")
    run.ok(
        "mailbox", "add", "sales@try-brand.example", "--name", "Ann Reed",
        "--postal-address", "12 Main Street, Boston MA 02110",
        "--booking-link", "https://cal.try-brand.example/ann",
        "--smtp", f"127.0.0.1:{run.smtp}", "--smtp-user", "sales", "--secret-file", "smtp.secret",
        "--dkim-selector", "o1", "--dkim-key", "o1.pem",
    )  # fmt: skip
    assert run.do("mailbox", "test").code != 0
    run.ok("secrets", "set", "smtp.secret", stdin=run.password)
    run.ok("mailbox", "test")
    run.ok("secrets", "rotate")
    run.api_key = json.loads(
        run.ok("key", "add", "figures", "--scope", "reports.read", "--json").out
    )["key"]


def main_job(run: Run, folder: Path) -> str:
    """The list, the drafts, the decisions, the mails; returns the Message-ID of Quilla's."""
    (folder / "leads.csv").write_text(LEADS)
    run.ok("campaign", "create", "Leases", "--brand", "Brand")
    run.ok("import", str(folder / "leads.csv"))
    run.ok("run", "sdr", "--campaign", "Leases")
    drafts = {d["contact_email"]: d for d in run.program.json("drafts", "list")["items"]}
    hers = drafts["quilla.vandersloot@zenith.example"]
    again = json.loads(
        run.ok("drafts", "reject", hers["id"], "--note", "Quilla is busy", "--json").out
    )
    run.do("drafts", "approve", hers["id"])  # too late, and told so
    run.ok("drafts", "approve", again["id"])
    run.ok("drafts", "approve", drafts["bartholomy.okonkwo@acme.example"]["id"])
    sent = json.loads(run.ok("send", "--now", "--json").out)["sent"]
    assert len(sent) == 2, run.said[-1]
    return str(next(one["message_id"] for one in sent if one["draft_id"] == again["id"]))


def answer(folder: Path, to: str) -> None:
    mail = EmailMessage()
    mail["From"] = "Quilla Vandersloot <quilla.vandersloot@zenith.example>"
    mail["To"] = "sales@try-brand.example"
    mail["Subject"] = "Re: marmalade holiday"
    mail["Message-ID"] = "<her-answer@zenith.example>"
    mail["In-Reply-To"] = to
    mail["Date"] = "Mon, 02 Mar 2026 15:00:00 +0000"
    mail.set_content("My marmalade holiday ends on Friday.\n\nQuilla Vandersloot\n")
    maildirs.Maildir(str(folder)).add(mail.as_bytes())


@contextmanager
def served(run: Run, errors: Path) -> Iterator[str]:
    """`outrider up`; gives its address."""
    with (
        errors.open("w") as err,
        subprocess.Popen(
            [*OUTRIDER, "up"],
            env=run.program.environment,
            stdout=subprocess.PIPE,
            stderr=err,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            told = process.stdout.readline()
            assert "ready at" in told, errors.read_text()
            yield told.split()[-1]
            run.seen += list(processes(run))
        finally:
            process.terminate()
            try:
                process.wait(90)
            finally:
                process.kill()


def data_of(run: Run) -> Path:
    """Where the database server keeps its files, which is not always in the home folder."""
    with psycopg.connect(ensure(run.program.home).dsn) as conn:
        row = conn.execute("show data_directory").fetchone()
    assert row is not None
    return Path(row[0])


def processes(run: Run) -> Iterator[tuple[str, str]]:
    """What others see of every process that this home has, and what those that are not ours inherit."""
    marks = (str(run.program.home), str(data_of(run)))
    for place in Path("/proc").iterdir():
        if not place.name.isdigit():
            continue
        try:
            line, env = (place / "cmdline").read_text(), (place / "environ").read_text()
        except (OSError, UnicodeDecodeError):
            continue
        if any(mark in line or mark in env for mark in marks):
            yield f"arguments of {place.name}", line
            if "OUTRIDER_HOME=" not in env:
                yield f"environment of {line[:40]}", env


def knock(run: Run, address: str) -> None:
    """What strangers and programs ask for, and one honest question for the figures."""
    with httpx2.Client(base_url=address, timeout=60) as http:
        told = [
            http.get("/metrics", headers={"Authorization": f"Bearer {run.api_key}"}),
            http.get(f"/metrics?key={run.api_key}"),
            http.post(
                "/api/login",
                json={"email": "stranger.trying@zenith.example", "password": run.password},
                headers={"X-Outrider": "1"},
            ),
            http.post("/api/webhooks/postmark/main", json={"Email": "quilla@zenith.example"}),
            http.post("/api/slack/actions", content=b"payload=quilla"),
            http.get("/unsubscribe/quilla.vandersloot@zenith.example"),
            http.get("/readyz"),
        ]
    assert told[0].status_code == 200, told[0].text
    assert "outrider_drafts" in told[0].text
    assert told[-1].status_code == 200
    run.seen.append(("metrics", told[0].text))
    run.seen += [("an answer", f"{one.status_code} {one.text}") for one in told[1:5]]


def told_by(run: Run) -> Iterator[tuple[str, str]]:
    """Every place where a program leaves words of itself, with the words."""
    for command, said in run.said:
        yield f"errors of {command[:40]}", said.err
    yield from run.seen
    for name in ("logs", "checkpoints"):
        for file in sorted((run.program.home / name).rglob("*")):
            if file.is_file():
                yield f"{name}/{file.name}", file.read_bytes().decode("latin-1")
    for folder in (run.program.home / "database", data_of(run).parent):
        for file in sorted({*folder.rglob("*.log"), *folder.glob("log*")}):
            if file.is_file():
                yield f"the database's {file.name}", file.read_bytes().decode("latin-1")
    yield "audit log", rows_of(run, "outrider.audit_events")
    yield "jobs left", rows_of(run, "jobs.procrastinate_jobs")
    yield "login limits", rows_of(run, "outrider.login_limits")
    yield "secrets", rows_of(run, "outrider.secrets")


def rows_of(run: Run, table: str) -> str:
    """Every row of a table, as text."""
    with psycopg.connect(ensure(run.program.home).dsn) as conn:
        rows = conn.execute(f"select to_jsonb(t)::text from {table} t".encode()).fetchall()
    return "\n".join(row[0] for row in rows)


# Loopback needs no TLS; the server's own library warns of it all the same.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_whole_run_tells_no_secret_and_names_nobody(run: Run, tmp_path: Path) -> None:
    set_up(run)
    message_id = main_job(run, tmp_path)
    answer(tmp_path / "in", message_id)
    run.seen.append(("jobs", rows_of(run, "jobs.procrastinate_jobs")))  # done ones are removed
    with served(run, tmp_path / "errors") as address:
        run.ok("read", "--maildir", str(tmp_path / "in"))
        knock(run, address)
        time.sleep(6)  # every part of it has had a turn
    run.seen.append(("errors of up", (tmp_path / "errors").read_text()))
    run.do("suppress", "not-an-address")
    run.do("contacts", "show", "nobody-at-all")

    told = list(told_by(run))
    places = {place for place, _ in told}
    assert {"audit log", "jobs", "metrics", "logs/outrider.log", "login limits"} <= places
    assert sum(place.startswith("environment of") for place in places) >= 2, places
    sizes = {place: len(text) for place, text in told}
    for place in ("audit log", "jobs", "metrics", "logs/outrider.log", "secrets"):
        assert sizes[place] > 100, f"{place} is empty, so nothing was searched"

    leaks = [
        (place, what)
        for place, text in told
        for what, secret in run.given.items()
        if secret in text or base64.b64encode(secret.encode()).decode() in text
    ]
    leaks += [(place, who) for place, text in told for who in PERSONAL if who in text.lower()]
    assert not leaks


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_what_was_handed_over_is_in_no_file_of_the_database(run: Run, tmp_path: Path) -> None:
    set_up(run)
    with psycopg.connect(ensure(run.program.home).dsn, autocommit=True) as conn:
        conn.execute("checkpoint")
    stored = {
        k: v for k, v in run.given.items() if k in ("smtp password", "webhook secret", "dkim key")
    }
    searched, names = 0, b""
    for file in data_of(run).rglob("*"):
        try:
            data = file.read_bytes() if file.is_file() else b""
        except OSError:
            continue
        searched += len(data)
        names += b"smtp.secret" if b"smtp.secret" in data else b""
        for what, secret in stored.items():
            assert secret.encode() not in data, f"{what} in {file.name}"
    assert names, "the rows themselves were not found, so nothing was searched"
    assert searched > 10_000_000
