"""No bytes, however broken or hostile, crash the reading or make it slow."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outrider.sending.bounces.detect import detect
from outrider.sending.bounces.parts import LARGEST
from outrider.sending.bounces.types import Report
from tests.mails import bounce, complaint, read_receipt

WHOLE = (
    bounce("<o@a.example>", "dana@acme.example"),
    complaint("<o@a.example>"),
    read_receipt("<o@a>"),
)
NOTICE = b"From: MAILER-DAEMON <>\nSubject: failure notice\n\n"
MULTIPART = b"Content-Type: multipart/report; boundary=a\n\n"

HOSTILE = {
    "angles": b"<" * LARGEST,
    "addresses": NOTICE + b"<a@b.example>: 550 " * 50_000,
    "announcements": NOTICE + b"the following recipient\n\n" * 40_000,
    "openings": NOTICE + b"your message\nx\n" * 60_000,
    "one long address": NOTICE + b"a." * 400_000 + b"@" + b"b." * 400,
    "brackets": NOTICE + b"to " + b"( " * 450_000,
    "codes": NOTICE + b"550 5.1.1 " * 90_000,
    "words": NOTICE + b"user mailbox " * 70_000,
    "styles": b"Content-Type: text/html\n" + NOTICE + b"<style" * 150_000,
    "tags": b"Content-Type: text/html\n" + NOTICE + b"<a <!-- " * 110_000,
    "boundaries": MULTIPART + b"--a\n" * 200_000,
    "nesting": (b"Content-Type: multipart/mixed; boundary=a\n\n--a\n") * 20_000,
    "recipients": MULTIPART + b"--a\nContent-Type: message/delivery-status\n\n"
    + b"Final-Recipient: rfc822; a@b.example\n" * 25_000,
    "json": NOTICE + b'{"notificationType":' + b"[" * 900_000,
    "folded": b"A:" + b" b\n" * 300_000,
    "encoded words": b"From: " + b"=?utf-8?q?a" * 80_000 + NOTICE,
    "header list": b"X-Failed-Recipients: " + b"a@b.example," * 80_000 + b"\n\n",
}  # fmt: skip


@given(st.binary(max_size=3000))
def test_any_bytes_give_a_report_or_nothing(raw: bytes) -> None:
    assert detect(raw) is None or isinstance(detect(raw), Report)


@given(st.sampled_from(WHOLE), st.integers(0, 1200), st.binary(max_size=40), st.integers(0, 60))
@settings(max_examples=300)
def test_a_report_cut_or_spoilt_anywhere_is_survived(
    whole: bytes, at: int, noise: bytes, lost: int
) -> None:
    assert isinstance(detect(whole[:at] + noise + whole[at + lost :]), Report | None)
    detect(whole[:at])
    detect(whole[at:])


@given(st.text(max_size=800))
def test_any_words_of_a_daemon_are_survived(text: str) -> None:
    detect(NOTICE + text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_takes_no_longer_than_its_size_allows(name: str) -> None:
    begin = time.process_time()
    detect(HOSTILE[name])
    assert time.process_time() - begin < 5
