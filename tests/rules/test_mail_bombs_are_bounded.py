"""A stranger's mail takes time in proportion to its size, whatever is piled up in it."""

from __future__ import annotations

import time

import pytest

from outrider.conversations.classify import kind_of
from outrider.conversations.parse import parse

HEAD = b"From: a@b.example\r\nMessage-ID: <1@b.example>\r\nMIME-Version: 1.0\r\n"
MIXED = HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
REPORT = HEAD + b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
GROUP = b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"

BOMBS = {
    "encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 150_000 + b"\r\n" + HEAD + b"\r\nhi",
    "half encoded words": b"Subject: " + b"=?" * 500_000 + b"\r\n" + HEAD + b"\r\nhi",
    "senders": b"From: " + b"a@b," * 500_000 + b"\r\n\r\nhi",
    "open brackets": b"From: " + b"(" * 1_000_000 + b"\r\n\r\nhi",
    "references": HEAD + b"References: " + b"<a@b> " * 300_000 + b"\r\n\r\nhi",
    "parameters": HEAD + b"Content-Type: text/plain; " + b"a*0=b; " * 200_000 + b"\r\n\r\nhi",
    "folded parameters": HEAD + b"Content-Type: text/plain;" + b"\r\n a=b;" * 200_000 + b"\r\n\r\n",
    "depth": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 5_000 + b"x",
    "parts": MIXED + b"--b\r\n\r\nx\r\n" * 50_000 + b"--b--",
    "reports": REPORT + b"--b\r\nContent-Type: message/delivery-status\r\n\r\n" + GROUP * 5_000,
    "quotes": HEAD + b"\r\n" + b"> " * 1_000_000,
    "attributions": HEAD + b"\r\n" + b"On a wrote\n" * 100_000,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_mail_bomb_is_read_or_given_up_in_seconds(bomb: str) -> None:
    before = time.process_time()
    kind_of(parse(BOMBS[bomb]), set())
    assert time.process_time() - before < 25


def test_the_newest_parents_of_an_endless_thread_are_found() -> None:
    chain = b"References: " + b"<old@b.example> " * 50_000 + b"<ours@try-brand.example>\r\n"
    assert parse(HEAD + chain + b"\r\nhi").references[0] == "<ours@try-brand.example>"
