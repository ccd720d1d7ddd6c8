"""A body of a gigabyte, announced or not, is refused early: it is not read, and memory does not grow."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import URL

from tests.api_server import served

GIGABYTE = 1_000_000_000
PIECE = b"x" * 65_536
MOST_GROWTH = 60_000_000
"""Bytes; the largest body that is taken has ten million, and a reader may copy it."""


def peak_memory() -> int:
    """Bytes that this process, which serves, has held at most."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) * 1024


def sent(url: str, head: bytes, *, is_chunked: bool) -> tuple[bytes, int]:
    """What is answered, and how many bytes went out until the server had enough."""
    where = urlsplit(url)
    assert where.hostname is not None
    out = 0
    with socket.create_connection((where.hostname, where.port or 80), 30) as conn:
        conn.sendall(head)
        if not is_chunked:
            return conn.recv(4096), out  # what is announced is refused before it is sent
        piece = b"10000\r\n" + PIECE + b"\r\n" if is_chunked else PIECE
        conn.settimeout(60)
        try:
            while out < GIGABYTE:
                conn.sendall(piece)
                out += len(PIECE)
        except OSError:
            pass  # it hung up
        try:
            answer = conn.recv(4096)
        except OSError:
            answer = b""
    return answer, out


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize("is_chunked", [True, False])
@pytest.mark.parametrize("is_known", [True, False])
def test_a_gigabyte_is_refused_early(
    owner_url: URL, tmp_path: Path, is_chunked: bool, is_known: bool
) -> None:
    with served(owner_url, tmp_path / "home") as api:
        before = peak_memory()
        size = "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {GIGABYTE}"
        who = f"Authorization: Bearer {api.session}\r\n" if is_known else ""
        head = (
            "POST /api/switches HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"{who}{size}\r\n\r\n"
        ).encode()
        answer, out = sent(api.url, head, is_chunked=is_chunked)
        grown = peak_memory() - before
    # Whoever sends on and on may lose the answer when the connection is closed on them.
    assert b" 413 " in answer.split(b"\r\n")[0] or (is_chunked and answer == b"")
    assert out < GIGABYTE / 5, "it read on and on"
    assert grown < MOST_GROWTH
