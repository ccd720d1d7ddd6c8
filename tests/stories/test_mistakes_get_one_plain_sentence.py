"""What a new user does wrong ends in one plain sentence, with nothing half-written."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.program import Program, plain_sentence

MAIL = (
    "From seller@brand.example Mon Jan  6 09:00:00 2025\n"
    "From: Sam <seller@brand.example>\nTo: a@b.example\nSubject: Leases\n"
    "Message-ID: <1@brand.example>\nDate: Mon, 6 Jan 2025 09:00:00 +0000\n\nHi Al,\n\nOne question?\n"
)


@pytest.fixture
def program(home: Path, owner_url: URL) -> Program:
    return Program(home, owner_url)


def add_mailbox(program: Program, *more: str, address: str = "sales@try-brand.example") -> None:
    program.ok("mailbox", "add", address, *MAILBOX, *more)


MAILBOX = (
    "--name", "Ann Reed", "--postal-address", "12 Main Street, Boston MA 02110",
    "--booking-link", "https://cal.example/ann",
)  # fmt: skip


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (bytes(range(256)) * 40, "mail"),
        (b"%PDF-1.7 \x00\x01", "mail"),
    ],
)
def test_a_file_that_is_no_mail_makes_no_campaign(
    program: Program, tmp_path: Path, content: bytes, says: str
) -> None:
    file = tmp_path / "past.mbox"
    file.write_bytes(content)
    said = program.run("campaign", "create", "Leases", "--brand", "B", "--mail", str(file))
    sentence = plain_sentence(said)
    assert says in sentence
    assert "past.mbox" in sentence
    assert program.json("campaign", "list") == {"items": []}


def test_an_mbox_that_is_a_folder_makes_no_campaign(program: Program, tmp_path: Path) -> None:
    (tmp_path / "past.mbox").mkdir()
    said = program.run(
        "campaign", "create", "L", "--brand", "B", "--mail", str(tmp_path / "past.mbox")
    )
    assert "past.mbox" in plain_sentence(said)
    assert program.json("campaign", "list") == {"items": []}


def test_a_missing_file_makes_no_campaign(program: Program, tmp_path: Path) -> None:
    said = program.run("campaign", "create", "L", "--brand", "B", "--mail", str(tmp_path / "no"))
    assert str(tmp_path / "no") in plain_sentence(said)


def test_the_same_campaign_name_twice_says_so(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "past.mbox"
    file.write_text(MAIL)
    program.ok("campaign", "create", "L", "--brand", "B", "--mail", str(file))
    assert "L" in plain_sentence(program.run("campaign", "create", "L", "--brand", "B"))


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\xff" * 300, b"name,company\nAl,Ace\n"])
def test_a_list_without_addresses_imports_nothing(
    program: Program, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "leads.csv"
    file.write_bytes(content)
    said = plain_sentence(program.run("import", str(file)))
    assert ("--map" if b"company" in content else "leads.csv") in said
    assert program.json("accounts") == {"items": []}


def test_a_list_without_an_email_column_names_the_columns_and_the_way_out(
    program: Program, tmp_path: Path
) -> None:
    file = tmp_path / "leads.csv"
    file.write_text("name,company\nAl,Ace\n")
    sentence = plain_sentence(program.run("import", str(file)))
    assert "name" in sentence
    assert "--map" in sentence


def test_a_wrong_port_leaves_the_mail_waiting_and_says_why(
    program: Program, tmp_path: Path
) -> None:
    sentence = plain_sentence(
        program.run("mailbox", "add", "a@b.example", *MAILBOX, "--smtp", "localhost:mail")
    )
    assert "mail" in sentence
    assert program.json("mailbox", "list") == {"items": []}


@pytest.mark.parametrize("port", ["99999", "-1", "x"])
def test_a_port_that_cannot_be_is_refused(program: Program, port: str) -> None:
    assert port in plain_sentence(program.run("up", "--port", port))


def test_a_port_that_is_taken_is_named(program: Program) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert port in plain_sentence(program.run("up", "--port", port))


def test_a_public_address_is_refused(home: Path, owner_url: URL) -> None:
    program = Program(home, owner_url, {"OUTRIDER_HOST": "0.0.0.0"})
    assert "loopback" in plain_sentence(program.run("up"))


def test_a_data_folder_without_rights_is_named(tmp_path: Path, owner_url: URL) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("a file is in the way")
    said = Program(blocked / "home", owner_url).run("campaign", "list")
    assert str(blocked) in plain_sentence(said)


def test_a_database_that_does_not_answer_is_named(home: Path) -> None:
    program = Program(home, extra={"DATABASE_URL": "postgresql://u:p@127.0.0.1:9/none"})
    sentence = plain_sentence(program.run("campaign", "list"))
    assert "127.0.0.1" in sentence
    assert ":p@" not in sentence
    assert "onnection refused" in sentence
    assert "?" not in sentence


@pytest.mark.parametrize(
    "url", ["mysql://u@h/d", "what", "postgresql//x", "postgresql://u@h:abc/d", "postgres://[::1/x"]
)
def test_an_address_that_is_no_postgres_is_refused(home: Path, url: str) -> None:
    program = Program(home, extra={"DATABASE_URL": url})
    assert "DATABASE_URL" in plain_sentence(program.run("campaign", "list"))


def test_a_draft_that_is_not_there_is_named(program: Program) -> None:
    assert "99" in plain_sentence(program.run("drafts", "show", "99"))
    assert "99" in plain_sentence(program.run("drafts", "approve", "99"))


def test_an_unknown_agent_and_an_unknown_campaign_are_named(program: Program) -> None:
    assert "nobody" in plain_sentence(program.run("run", "nobody", "--campaign", "L"))
    assert "L" in plain_sentence(program.run("run", "sdr", "--campaign", "L"))


def test_a_message_id_that_nobody_sent_is_named(program: Program) -> None:
    assert "x@y" in plain_sentence(program.run("trace", "<x@y>"))


def test_a_maildir_that_is_not_there_is_named(program: Program, tmp_path: Path) -> None:
    assert str(tmp_path / "no") in plain_sentence(
        program.run("read", "--maildir", str(tmp_path / "no"))
    )


def test_a_setting_that_cannot_be_is_named_with_its_value(home: Path, owner_url: URL) -> None:
    program = Program(home, owner_url, {"OUTRIDER_POOL_SIZE": "many"})
    sentence = plain_sentence(program.run("campaign", "list"))
    assert "pool_size" in sentence
    assert "many" in sentence


def test_a_second_mailbox_of_the_same_address_says_so(program: Program) -> None:
    add_mailbox(program)
    said = program.run("mailbox", "add", "Sales@try-brand.example", *MAILBOX)
    assert "sales@try-brand.example" in plain_sentence(said)


def test_a_switch_needs_a_known_scope(program: Program) -> None:
    said = program.run("kill", "on", "everything", "--reason", "drill")
    assert "everything" in plain_sentence(said)


@pytest.mark.parametrize("scope", ["campaign", "mailbox", "agent", "tool"])
def test_a_switch_that_would_halt_nothing_is_refused(program: Program, scope: str) -> None:
    assert scope in plain_sentence(program.run("kill", "on", scope, "--reason", "drill"))
    unknown = program.run("kill", "on", scope, "nothing-here", "--reason", "drill")
    assert f"There is no {scope}" in plain_sentence(unknown)
    assert program.json("kill", "list") == {"items": []}


def test_a_halt_and_an_opt_out_never_wait_for_a_name(program: Program) -> None:
    program.ok("person", "add", "Ann Reed", "ann@brand.example", "--role", "admin")
    program.ok("person", "add", "Robin Hale", "robin@brand.example")
    program.ok("kill", "on", "--reason", "wrong price")
    program.ok("suppress", "kim@ace.example")
    assert [switch["state"] for switch in program.json("kill", "list")["items"]] == ["halted"]
    # What needs a person says how to name one.
    assert "--as" in plain_sentence(program.run("drafts", "approve", "1"))
    nobody = program.run("kill", "off", "--reason", "x", "--as", "nobody@brand.example")
    assert "nobody@brand.example" in plain_sentence(nobody)


def test_what_is_no_address_is_not_suppressed(program: Program) -> None:
    assert "'kim'" in plain_sentence(program.run("suppress", "kim"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("in.mbox", b""),
        ("in.mbox", bytes(range(256)) * 40),
        ("in", b"words\n"),
        ("in.csv", b"a,b\n"),
    ],
)
def test_a_file_given_for_a_mailbox_by_mistake_is_no_reply(
    program: Program, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    assert name in plain_sentence(program.run("read", "--maildir", str(tmp_path / name)))


def test_a_listing_of_what_cannot_be_says_so(program: Program) -> None:
    assert "sleeping" in plain_sentence(program.run("drafts", "list", "--status", "sleeping"))
    assert "Nope" in plain_sentence(program.run("drafts", "list", "--campaign", "Nope"))


def test_a_body_that_is_no_text_is_told_in_plain_words(program: Program, tmp_path: Path) -> None:
    (tmp_path / "body.txt").write_bytes(b"\xff\xfe\x00")
    sentence = plain_sentence(
        program.run("drafts", "edit", "1", "--file", str(tmp_path / "body.txt"))
    )
    assert "UTF-8" in sentence
    assert "codec" not in sentence


def test_a_viewer_opens_no_session_and_a_session_opens_for_whom_it_names(program: Program) -> None:
    program.ok("person", "add", "Ann Reed", "ann@brand.example", "--role", "admin")
    program.ok("person", "add", "Vi Low", "vi@brand.example", "--role", "viewer")
    said = program.run("person", "session", "ann@brand.example", "--as", "vi@brand.example")
    assert "viewer" in plain_sentence(said)
    opened = program.json("person", "session", "vi@brand.example", "--as", "ann@brand.example")
    assert opened["email"] == "vi@brand.example"
    assert len(opened["session"]) >= 32


def test_a_campaign_that_was_interrupted_is_finished_by_the_same_command(
    program: Program, tmp_path: Path
) -> None:
    file = tmp_path / "past.mbox"
    file.write_text(MAIL)
    program.ok("campaign", "list")
    objects = program.home / "objects"
    if objects.is_dir():
        objects.rmdir()
    # A store that can take nothing ends the work half way, as a full disk would.
    objects.symlink_to("/dev/null")
    command = ("campaign", "create", "L", "--brand", "B", "--mail", str(file))
    assert "objects" in plain_sentence(program.run(*command))
    objects.unlink()
    program.ok(*command)
    assert [(c["name"], c["emails"]) for c in program.json("campaign", "list")["items"]] == [
        ("L", 1)
    ]


def test_a_stopped_command_says_so_and_does_not_end_well(program: Program, tmp_path: Path) -> None:
    rows = "".join(f"p{n}@c{n}.example,Company {n}\n" for n in range(200_000))
    (tmp_path / "leads.csv").write_text("email,company\n" + rows)
    program.ok("campaign", "list")
    said = program.interrupted("import", str(tmp_path / "leads.csv"), after=1.0)
    assert said.code == 130
    assert "Stopped" in plain_sentence(said)
