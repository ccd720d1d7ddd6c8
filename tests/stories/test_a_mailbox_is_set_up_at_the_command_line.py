"""A new user sets a mailbox up and tries it; each mistake is told in one sentence and leaves nothing."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import URL

from outrider.vendors.fakes.dns import FakeDns
from tests.contracts.test_mail_over_tls import Taker
from tests.contracts.test_mail_over_tls_says_what_is_wrong import (
    DAY,
    Authority,
    authority,
    listening,
)
from tests.program import Program, Said, plain_sentence
from tests.servers import serving, silent

__all__ = ["authority"]

ADDRESS = "ann@try-brand.example"
WHO = (
    "--name", "Ann Reed", "--postal-address", "12 Main Street, Boston MA 02110",
    "--booking-link", "https://cal.example/ann",
)  # fmt: skip
LAYOUT = (
    "<mjml><mj-body><mj-section><mj-column><mj-text>{{body}}</mj-text>"
    "<mj-text>{{footer}}</mj-text></mj-column></mj-section></mj-body></mjml>"
)
PRIVATE = (
    serialization.Encoding.PEM,
    serialization.PrivateFormat.PKCS8,
    serialization.NoEncryption(),
)


@pytest.fixture
def program(home: Path, owner_url: URL) -> Program:
    return Program(home, owner_url, {"OUTRIDER_SMTP_TIMEOUT": "PT2S"})


@pytest.fixture
def pems(tmp_path: Path) -> Path:
    keys: dict[str, rsa.RSAPrivateKey | Ed25519PrivateKey | ec.EllipticCurvePrivateKey] = {
        "rsa": rsa.generate_private_key(public_exponent=65537, key_size=2048),
        "short": rsa.generate_private_key(public_exponent=65537, key_size=1024),
        "ed": Ed25519PrivateKey.generate(),
        "ec": ec.generate_private_key(ec.SECP256R1()),
    }
    for name, key in keys.items():
        (tmp_path / f"{name}.pem").write_bytes(key.private_bytes(*PRIVATE))
    return tmp_path


def names(program: Program) -> set[str]:
    return {file.name for file in (program.home / "keys").glob("*.*") if file.suffix != ".key"}


def test_from_a_maildir_to_a_signed_server_step_by_step(program: Program, pems: Path) -> None:
    program.ok("mailbox", "add", ADDRESS, *WHO)
    assert "nothing leaves" in program.ok("mailbox", "test").out
    said = program.run(
        "mailbox", "set", ADDRESS, "--smtp-host", "127.0.0.1", "--smtp-port", "2525",
        "--smtp-user", "ann", "--secret-file", "-", "--json", stdin="pass word\n",
    )  # fmt: skip
    assert said.code == 0, said.err
    box = said.json
    assert (box["transport"], box["smtp_host"], box["smtp_port"]) == ("smtp", "127.0.0.1", 2525)
    secret = program.home / "keys" / box["smtp_password_file"]
    assert secret.read_text() == "pass word\n"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    box = program.json(
        "mailbox", "set", ADDRESS, "--dkim-selector", "o1", "--dkim-key", str(pems / "rsa.pem"),
        "--dkim-ed25519-selector", "e1", "--dkim-ed25519-key", str(pems / "ed.pem"),
        "--daily-cap", "25", "--hours", "8:00-16:00", "--zone", "Europe/Berlin", "--ramp", "gentle",
    )  # fmt: skip
    assert (box["daily_cap"], box["smtp_user"]) == (25, "ann")
    assert (box["pacing"]["ramp"], box["pacing"]["day"]["timezone"]) == ("gentle", "Europe/Berlin")
    shown = program.ok("mailbox", "show").out
    assert "o1._domainkey.try-brand.example  TXT" in shown
    assert "v=DKIM1; k=rsa; p=" in shown
    assert "v=DKIM1; k=ed25519; p=" in shown
    assert "pass word" not in shown
    records = program.json("mailbox", "show", ADDRESS)["dns_records"]
    assert len(records) == 2
    kept = names(program)
    box = program.json("mailbox", "set", ADDRESS, "--dkim-ed25519-key", "none", "--pause")
    assert (box["dkim_ed25519_selector"], box["dkim_selector"]) == (None, "o1")
    assert box["status"] == "paused"
    # A key that signed mails on their way is never thrown away.
    assert names(program) == kept


def test_what_cannot_be_used_is_one_sentence_and_changes_nothing(
    program: Program, pems: Path, tmp_path: Path
) -> None:
    said = plain_sentence(program.run("mailbox", "add", ADDRESS, *WHO[:2]))
    assert "--postal-address and --booking-link" in said
    program.ok("mailbox", "add", ADDRESS, *WHO)
    before, kept = program.json("mailbox", "show"), names(program)
    (tmp_path / "half.json").write_text('{"access_key_id": "A"}')
    (tmp_path / "empty").write_text("\n")
    set_ = ("mailbox", "set", ADDRESS)
    mistakes: dict[tuple[str, ...], str] = {
        (): "Nothing to change was named",
        ("--dkim-selector", "o1", "--dkim-key", str(pems / "ec.pem")): "elliptic-curve (EC)",
        ("--dkim-selector", "o1", "--dkim-key", str(pems / "short.pem")): "1024 bits",
        ("--dkim-key", str(pems / "rsa.pem")): "dkim_selector",
        ("--dkim-selector", "o1", "--dkim-key", "nowhere.pem"): "cannot be read",
        ("--dkim-ed25519-selector", "e1", "--dkim-ed25519-key", str(pems / "ed.pem")): "RSA key",
        ("--transport", "ses", "--secret-file", str(tmp_path / "half.json")): "secret_access_key",
        ("--transport", "ses"): "secret_file",
        ("--transport", "resend", "--secret-file", str(tmp_path / "empty")): "is empty",
        ("--transport", "smtp"): "smtp is missing",
        ("--option", "region"): "KEY=VALUE",
        ("--smtp", "mail.example", "--smtp-tls", "none"): "over TLS only",
        ("--smtp", "mail.example", "--smtp-user", "ann"): "password file",
        ("--smtp-port", "25"): "needs a server",
        ("--zone", "Mars/Olympus"): "time zone",
    }
    for words, part in mistakes.items():
        assert part in plain_sentence(program.run(*set_, *words)), words
    assert program.json("mailbox", "show") == before
    assert names(program) == kept


def test_a_provider_is_set_with_its_key_file_and_options(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "ses.json"
    file.write_text('{"access_key_id": "A", "secret_access_key": "B"}')
    program.ok("mailbox", "add", ADDRESS, *WHO)
    box = program.json(
        "mailbox", "set", ADDRESS, "--provider", "ses", "--secret-file", str(file),
        "--option", "region=eu-west-1",
    )  # fmt: skip
    assert (box["transport"], box["provider"]) == ("ses", {"region": "eu-west-1"})
    assert (program.home / "keys" / box["secret_file"]).read_text() == file.read_text()
    said = program.run("mailbox", "set", ADDRESS, "--option", "stream=x")
    assert "it knows configuration_set, region" in plain_sentence(said)
    back = program.json("mailbox", "set", ADDRESS, "--transport", "maildir")
    assert (back["transport"], back["secret_file"], back["provider"]) == ("maildir", None, {})


def test_a_layout_is_tried_set_shown_and_taken_away(program: Program, tmp_path: Path) -> None:
    program.ok("mailbox", "add", ADDRESS, *WHO)
    file, page = tmp_path / "ours.mjml", tmp_path / "page.html"
    file.write_text(program.ok("mailbox", "layout", ADDRESS, "--show").out)
    program.ok("mailbox", "layout", ADDRESS, str(file))
    assert program.json("mailbox", "show")["layout"]
    written = program.json("mailbox", "preview", "--out", str(page))
    html = page.read_text()
    assert written["bytes"] == len(html.encode())
    assert "{{" not in html
    for words in ("Hi Dana,", "12 Main Street, Boston MA 02110", "https://cal.example/ann"):
        assert words in html
    file.write_text(
        LAYOUT.replace("<mj-text>{{footer}}", "<mj-image src='https://x.example/a.png'/>")
    )
    said = plain_sentence(program.run("mailbox", "layout", ADDRESS, str(file)))
    assert "{{footer}}" in said
    file.write_text(
        LAYOUT.replace("</mj-column>", "<mj-image src='https://x.example/a'/></mj-column>")
    )
    assert "mj-image" in plain_sentence(program.run("mailbox", "layout", ADDRESS, str(file)))
    assert "one of them" in plain_sentence(program.run("mailbox", "layout", ADDRESS))
    program.ok("mailbox", "layout", ADDRESS, "--default")
    assert program.json("mailbox", "show")["layout"] is None


async def test_the_doctor_of_the_domain_shows_both_records_to_paste(
    program: Program, pems: Path
) -> None:
    add = (
        "mailbox", "add", ADDRESS, *WHO, "--dkim-selector", "o1", "--dkim-key",
        str(pems / "rsa.pem"), "--dkim-ed25519-selector", "e1", "--dkim-ed25519-key",
        str(pems / "ed.pem"),
    )  # fmt: skip
    await asyncio.to_thread(program.ok, *add)
    wanted = (await asyncio.to_thread(program.json, "mailbox", "show"))["dns_records"]
    dns = FakeDns({})
    port = await dns.start()
    try:
        args = ("doctor", "domain", "try-brand.example", "--dns", f"127.0.0.1:{port}")
        told = await asyncio.to_thread(program.run, *args, "--json")
        plain = await asyncio.to_thread(program.run, *args)
    finally:
        await dns.stop()
    paste = {
        item["record"]["name"]: item["record"]["value"] for item in told.items if item["record"]
    }
    assert len(wanted) == 2
    assert wanted.items() <= paste.items()
    assert all(record in plain.out for record in wanted.values())


async def tried(program: Program, *words: str) -> Said:
    if words:
        set_ = ("mailbox", "set", ADDRESS, *words)
        done = await asyncio.to_thread(program.run, *set_)
        assert done.code == 0, done.err
    return await asyncio.to_thread(program.run, "mailbox", "test", ADDRESS)


async def test_a_trial_tells_what_is_wrong_with_the_server_and_sends_nothing(
    program: Program, authority: Authority, tmp_path: Path
) -> None:
    program.extra["SSL_CERT_FILE"] = str(authority.folder / "root.pem")
    (tmp_path / "right").write_text("secret\n")
    (tmp_path / "wrong").write_text("secrets\n")
    await asyncio.to_thread(program.ok, "mailbox", "add", ADDRESS, *WHO)
    login = ("--smtp-tls", "tls", "--smtp-user", "sam", "--secret-file", str(tmp_path / "right"))
    taker, found = Taker(), dict[str, Said]()
    async with listening(taker, authority.server("localhost"), at_once=True) as port:
        found["well"] = await tried(program, "--smtp", f"localhost:{port}", *login)
        found["login"] = await tried(program, "--secret-file", str(tmp_path / "wrong"))
    found["refused"] = await tried(program)
    for fault, host, days in (("expired", "localhost", -1), ("name", "mail.else.example", 9)):
        context = authority.server(host, ends=days * DAY)
        async with listening(taker, context, at_once=True) as port:
            found[fault] = await tried(program, "--smtp", f"localhost:{port}")
    async with serving(silent) as port:
        found["silent"] = await tried(program, "--smtp", f"127.0.0.1:{port}", "--smtp-tls", "none")
    well = found.pop("well")
    assert (well.code, "answers over TLS and takes the login of sam." in well.out) == (0, True)
    parts = {
        "login": "refuses the login of sam; check the user and the password file",
        "refused": "nothing listens there",
        "expired": "its certificate has expired",
        "name": "its certificate is for another name than localhost",
        "silent": "it does not answer in time",
    }
    for fault, part in parts.items():
        said = found[fault]
        assert said.code == 1, fault
        assert part in said.out, (fault, said.out)
        assert said.out.startswith(f"{ADDRESS}: The mail server ")
        assert len(said.out.strip().splitlines()) == 1
        assert "secret" not in said.out + said.err
    assert taker.came == []
