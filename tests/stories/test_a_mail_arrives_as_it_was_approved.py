"""A mail arrives at servers that others wrote, is read by others' parsers and verified by others' DKIM."""

from __future__ import annotations

import email
import email.policy
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import dkim
import mailparser
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import URL

from outrider.app.sample import contents
from outrider.sending.dkim import dns_record, load
from tests.ports import free_port
from tests.program import Program
from tests.rules.test_a_layout_holds_the_approved_words import PLAIN

SMTP_SINK = shutil.which("smtp-sink", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
SENDER = "ann@try-keystoneledger.example"


@pytest.fixture
def key(home: Path) -> bytes:
    """A DKIM key where the mailbox looks for it."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (home / "keys").mkdir(parents=True, mode=0o700)
    (home / "keys" / "o1.pem").write_bytes(pem)
    return pem


@pytest.fixture
def program(home: Path, owner_url: URL) -> Program:
    return Program(home, owner_url)


def approve_two(
    program: Program, port: int, *login: str, layout: str | None = None
) -> list[dict[str, str]]:
    """The sample list and filings, two drafts approved, a mailbox that sends to `port`."""
    program.ok(
        "mailbox", "add", SENDER, "--name", "Ann Reed",
        "--postal-address", "210 Harbor Street, Portland ME 04101",
        "--booking-link", "https://cal.keystoneledger.example/ann",
        "--smtp", f"127.0.0.1:{port}", "--dkim-selector", "o1", "--dkim-key-file", "o1.pem",
        *login,
    )  # fmt: skip
    if layout is not None:
        (program.home / "ours.mjml").write_text(layout)
        program.ok("mailbox", "layout", SENDER, str(program.home / "ours.mjml"))
    program.ok(
        "campaign", "create", "Leases", "--brand", "Keystone Ledger",
        "--mail", str(contents.brand_mail()), "--context", "We keep lease data ready for the audit.",
    )  # fmt: skip
    program.ok("import", str(contents.leads()))
    program.ok(
        "run", "sdr", "--campaign", "Leases", "--filings", str(contents.filings()), "--new", "3"
    )
    drafts: list[dict[str, str]] = program.json("drafts", "list")["items"][:2]
    program.ok("drafts", "approve", *(draft["id"] for draft in drafts))
    return drafts


def check(raw: bytes, drafts: list[dict[str, str]], pem: bytes) -> None:
    """Parse with somebody else's parser, verify with somebody else's DKIM."""
    parsed = mailparser.parse_from_bytes(raw)
    [draft] = [d for d in drafts if d["contact_email"] == parsed.to[0][1]]
    assert parsed.subject == draft["subject"]
    assert parsed.from_[0] == ("Ann Reed", SENDER)
    assert parsed.text_plain[0].split() == draft["text"].split()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    html = message.get_body(("html",))
    assert html is not None
    assert html.get_content().split() == draft["html"].split()
    assert "one-click" in str(message["List-Unsubscribe-Post"]).lower()
    record = dns_record(load(pem, SENDER.partition("@")[2], "o1")).encode()
    assert dkim.verify(raw, dnsfunc=lambda name, timeout=5: record)
    signed = str(message["DKIM-Signature"]).lower().replace("\t", "").replace(" ", "")
    assert "list-unsubscribe-post" in signed
    assert not dkim.verify(raw.replace(b"Hi ", b"Ho ", 1), dnsfunc=lambda name, timeout=5: record)


def test_at_aiosmtpd(program: Program, key: bytes, tmp_path: Path) -> None:
    controller = Controller(
        Mailbox(tmp_path / "in"), hostname="127.0.0.1", port=free_port(), ready_timeout=60
    )
    controller.start()
    try:
        drafts = approve_two(program, controller.port, layout=PLAIN)
        program.ok("mailbox", "layout", SENDER, "--default")
        assert len(program.json("send", "--now")["sent"]) == 2
        assert program.json("send")["sent"] == []
    finally:
        controller.stop()
    arrived = [file.read_bytes() for file in (tmp_path / "in" / "new").iterdir()]
    assert len(arrived) == 2
    for raw in arrived:
        # In the layout that the mailbox had when it was written, as it was approved.
        assert b"Georgia, serif" in raw.replace(b"=\n", b"").replace(b"=\r\n", b"")
        # The server adds its own lines on top and stores native line ends.
        check(_crlf(raw), drafts, key)


class _Doorkeeper:
    """Lets in who has the password, and remembers who asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[bytes, bytes]] = []

    def __call__(
        self, server: object, session: object, envelope: object, mechanism: str, given: object
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        self.asked.append((given.login, given.password))
        return AuthResult(success=given.password == b"right", handled=False)


# Loopback needs no TLS; the server's own library warns of it all the same.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize(("password", "sent"), [("right\n", 2), ("wrong\n", 0)])
def test_a_server_that_wants_a_login_gets_it_and_a_wrong_one_loses_no_mail(
    program: Program, key: bytes, tmp_path: Path, password: str, sent: int
) -> None:
    door = _Doorkeeper()
    (program.home / "keys" / "smtp.password").write_text(password)
    controller = Controller(
        Mailbox(tmp_path / "in"), hostname="127.0.0.1", port=free_port(), ready_timeout=60,
        authenticator=door, auth_required=True, auth_require_tls=False,
    )  # fmt: skip
    controller.start()
    try:
        approve_two(
            program, controller.port,
            "--smtp-user", "ann", "--smtp-password-file", "smtp.password",
        )  # fmt: skip
        report = program.json("send", "--now")
    finally:
        controller.stop()
    assert len(report["sent"]) == sent
    assert len(report["waiting"]) == 2 - sent
    assert door.asked[0] == (b"ann", password.strip().encode())
    for item in report["waiting"]:
        assert "login" in item["reason"]
        assert "wrong" not in item["reason"]


@pytest.fixture
def sink() -> Iterator[tuple[int, Path]]:
    """Postfix's smtp-sink, which dumps what it gets."""
    if SMTP_SINK is None:
        pytest.skip("smtp-sink is not installed (Debian's postfix has it)")
    # As root the sink becomes another account, which pytest's own folders keep out.
    folder = Path(tempfile.mkdtemp(prefix="outrider-sink-"))
    folder.chmod(0o777)
    port = free_port()
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    command = [SMTP_SINK, *user, "-d", f"{folder}/%M.", f"127.0.0.1:{port}", "10"]
    process = subprocess.Popen(command, cwd=folder)
    try:
        for _ in range(1200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port, folder
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def test_at_postfix_smtp_sink(program: Program, key: bytes, sink: tuple[int, Path]) -> None:
    port, folder = sink
    drafts = approve_two(program, port)
    assert len(program.json("send", "--now")["sent"]) == 2
    dumps = [file.read_bytes() for file in folder.iterdir() if file.stat().st_size]
    arrived = [raw for raw in dumps if b"DKIM-Signature" in raw]
    assert len(arrived) == 2
    for raw in arrived:
        check(_crlf(raw[raw.index(b"DKIM-Signature") :]), drafts, key)


def test_a_server_that_is_not_there_leaves_the_mails_waiting(program: Program, key: bytes) -> None:
    approve_two(program, free_port())
    report = program.json("send", "--now")
    assert report["sent"] == []
    assert report["stopped"] == []
    assert len(report["waiting"]) == 2
    for item in report["waiting"]:
        assert "127.0.0.1" in item["reason"]


def _crlf(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
