"""Bounces are read from their fields, and only a dead address is called dead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from outrider.conversations.classify import is_dead_address, is_undeliverable, kind_of
from outrider.conversations.parse import parse
from outrider.conversations.types import TurnKind
from outrider.vendors.maildir_in import MailFolder
from tests.mails import bounce

OURS = "<0190aa@try-brand.example>"


def test_a_standard_bounce_names_the_mail_the_recipient_and_the_code() -> None:
    mail = parse(bounce(OURS, "dana@acme.example", status="5.1.1"))
    assert mail.report is not None
    assert mail.report.returned_message_ids == (OURS,)
    assert mail.report.statuses[0].recipient == "dana@acme.example"
    assert mail.report.statuses[0].status == "5.1.1"
    assert kind_of(mail, ()) is TurnKind.BOUNCE
    assert is_dead_address(mail)


def test_a_delay_is_no_dead_address() -> None:
    mail = parse(bounce(OURS, "dana@acme.example", status="4.4.1", action="delayed"))
    assert kind_of(mail, ()) is TurnKind.BOUNCE
    assert not is_dead_address(mail)


@pytest.mark.parametrize(
    ("status", "diagnostic", "dead"),
    [
        ("5.1.1", "smtp; 550 5.1.1 User unknown", True),
        ("5.1.0", "smtp; 550 No such user here", True),
        ("5.0.0", "smtp; 550 No such user here", False),
        ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound", True),
        ("5.4.4", "Host or domain name not found", True),
        ("5.2.2", "smtp; 552 Mailbox full", False),
        ("5.2.1", "smtp; 550 mailbox disabled", False),
        ("5.7.1", "smtp; 550 blocked by spam policy", False),
        ("5.1.1", "smtp; 550 5.1.1 rejected, poor reputation of 192.0.2.1", False),
        ("5.7.515", "Access denied, sending domain does not meet authentication", False),
        ("4.1.1", "User unknown", False),
        ("", "something happened", False),
    ],
)
def test_the_code_and_the_words_tell_whether_an_address_is_dead(
    status: str, diagnostic: str, dead: bool
) -> None:
    mail = parse(bounce(OURS, "dana@acme.example", status=status, diagnostic=diagnostic))
    assert is_dead_address(mail) is dead


def test_words_alone_are_enough_to_stop_and_too_little_to_close_an_address() -> None:
    mail = parse(bounce(OURS, "dana@acme.example", status="5.0.0", diagnostic="550 User unknown"))
    assert is_undeliverable(mail)
    assert not is_dead_address(mail)


@pytest.mark.parametrize(
    "diagnostic",
    [
        "smtp; 550 5.7.515 Access denied, sending domain does not meet the required level",
        "smtp; 550 5.7.26 unauthenticated mail, user unknown",
        "smtp; 554 5.7.1 client host [192.0.2.1] blocked using zen.spamhaus.org",
    ],
)
def test_what_we_are_blamed_for_ends_nothing(diagnostic: str) -> None:
    mail = parse(bounce(OURS, "dana@acme.example", status="5.7.1", diagnostic=diagnostic))
    assert kind_of(mail, ()) is TurnKind.BOUNCE
    assert not is_undeliverable(mail)
    assert not is_dead_address(mail)


def test_a_receipt_of_delivery_is_no_bounce() -> None:
    raw = bounce(OURS, "dana@acme.example", status="2.0.0", action="relayed", diagnostic="")
    assert kind_of(parse(raw), ()) is TurnKind.OTHER


def test_a_mail_program_may_opt_out_for_a_person() -> None:
    raw = (
        b"From: Dana <dana@acme.example>\r\nSubject: unsubscribe\r\n"
        b"Auto-Submitted: auto-replied\r\n\r\n"
        b"Apple Mail sent this email to unsubscribe from the message.\r\n"
    )
    assert kind_of(parse(raw), ()) is TurnKind.OPT_OUT


def test_real_bounces_are_found_and_rarely_called_dead_wrongly(shared_data: Path) -> None:
    folder = shared_data / "bounces"
    labels: dict[str, list[dict[str, object]]] = json.loads((folder / "labels.json").read_text())
    reported, right, wrong, bounces = 0, 0, 0, 0
    for name, facts in labels.items():
        mail = parse((folder / "maildir" / name).read_bytes())
        if facts[0]["reason"] == "vacation":
            assert kind_of(mail, ()) is TurnKind.AUTO_REPLY
            continue
        bounces += 1
        reported += mail.report is not None
        if is_dead_address(mail):
            is_right = any(fact["hard"] for fact in facts)
            right, wrong = right + is_right, wrong + (not is_right)
    assert reported / bounces >= 0.97
    assert right >= 95
    assert right / (right + wrong) >= 0.97


def test_mail_between_people_is_no_report(shared_data: Path) -> None:
    for file in sorted((shared_data / "bounces" / "not_bounces").iterdir()):
        assert parse(file.read_bytes()).report is None
    threads = MailFolder(shared_data / "mail" / "discussion_threads.mbox")
    mails = [parse(raw.data) for raw in threads.mails()]
    assert len(mails) == 400
    assert not [mail.subject for mail in mails if mail.report or mail.unreadable]


def test_no_broken_mail_stops_the_reading(shared_data: Path) -> None:
    files = [file for file in (shared_data / "mime").rglob("*") if file.is_file()]
    assert len(files) > 90
    for file in files:
        mail = parse(file.read_bytes())
        assert mail.subject is not None


@pytest.mark.parametrize("raw", [b"", b"\x00\xff" * 50, b"no headers at all", b"\n\n\n", b"From: "])
def test_what_is_no_mail_says_so(raw: bytes) -> None:
    mail = parse(raw)
    assert mail.unreadable or mail.from_address == ""
    assert kind_of(mail, ()) in (TurnKind.OTHER, TurnKind.REPLY)
