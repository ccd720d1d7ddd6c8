"""A process that answers no more and does not die is ended and started anew, and no other one is."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import URL

from outrider.app.cli import serve_many
from outrider.app.cli.http_server import listener
from outrider.app.cli.serve_many import SILENT_LOOKS, SILENT_LOOKS_AT_START, Processes, Silence
from outrider.app.cli.serve_one import BEAT_SECONDS
from outrider.kernel import telemetry
from outrider.kernel.settings import load

PATIENCE_SECONDS = 120.0
SOON = 5
"""Silent looks after which one hangs, in these tests."""


@pytest.fixture
async def several(
    home: Path, owner_url: URL, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Processes, int]]:
    """Two processes that answer, and the port on which they do."""
    monkeypatch.setattr(serve_many, "SILENT_LOOKS", SOON)
    database = owner_url.set(drivername="postgresql").render_as_string(hide_password=False)
    settings = load(home=home, port=0, DATABASE_URL=database)
    with listener(settings) as bound:
        async with Processes(settings, bound, 2, for_people=False) as found:
            await found.serve()
            yield found, bound.getsockname()[1]


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that must come true."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.05)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """The log of the process that listens."""
    telemetry.configure("INFO", tmp_path / "logs", to_stderr=False)
    yield tmp_path / "logs" / "outrider.log"
    telemetry.configure("WARNING", to_stderr=False)


def told(log: Path, event: str) -> list[int]:
    """Of which processes the log says this."""
    said = [json.loads(line) for line in log.read_text().splitlines()]
    return [one["number"] for one in said if one.get("event") == event]


def asked(port: int) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)) as line:
        line.request("GET", "/api/me")
        return line.getresponse().status


@pytest.mark.skipif(sys.platform != "linux", reason="it stops processes as Linux does")
async def test_one_that_hangs_is_ended_and_another_answers_in_its_place(
    several: tuple[Processes, int],
    log: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    processes, port = several
    stuck, other = processes._alive[1], processes._alive[2]
    os.kill(stuck.pid, signal.SIGSTOP)
    await until(lambda: stuck.returncode is not None)
    assert stuck.returncode == -signal.SIGKILL
    await until(lambda: processes._alive[1] is not stuck)
    monkeypatch.setattr(serve_many, "SILENT_LOOKS", SILENT_LOOKS_AT_START)
    await asyncio.sleep(2 * BEAT_SECONDS)
    os.kill(other.pid, signal.SIGSTOP)  # so that only the new one can answer
    try:
        assert await asyncio.to_thread(asked, port) == 401
    finally:
        os.kill(other.pid, signal.SIGCONT)
    assert told(log, "api_process_hangs") == told(log, "api_process_fell") == [1]
    assert processes._alive[2] is other
    assert other.returncode is None


@pytest.mark.skipif(sys.platform != "linux", reason="it stops processes as Linux does")
async def test_one_that_hangs_does_not_keep_the_others_from_their_end(
    several: tuple[Processes, int],
) -> None:
    processes, _ = several
    stuck, other = processes._alive[1], processes._alive[2]
    os.kill(stuck.pid, signal.SIGSTOP)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await processes.end()
    assert (stuck.returncode, other.returncode) == (-signal.SIGKILL, 0)


async def test_none_is_ended_because_whoever_listens_was_away(
    several: tuple[Processes, int], log: Path
) -> None:
    processes, port = several
    before = dict(processes._alive)
    time.sleep(BEAT_SECONDS * (SOON + 1))  # this very loop stands still
    await asyncio.sleep(BEAT_SECONDS * 2)
    assert processes._alive == before
    assert all(one.returncode is None for one in before.values())
    assert told(log, "api_process_hangs") == []
    assert await asyncio.to_thread(asked, port) == 401


def test_silence_is_too_long_after_half_a_minute_of_looks_and_never_after_one() -> None:
    silence = Silence()
    silence.broken()
    assert not any(silence.is_too_long(BEAT_SECONDS) for _ in range(SILENT_LOOKS - 1))
    assert silence.is_too_long(BEAT_SECONDS)
    assert SILENT_LOOKS * BEAT_SECONDS >= 30
    # A word begins it anew, and a night is one look at most.
    silence.broken()
    assert not any(silence.is_too_long(28_800) for _ in range(SILENT_LOOKS * 2))
    assert not silence.is_too_long(BEAT_SECONDS)


def test_one_that_reads_its_program_has_ten_minutes() -> None:
    silence = Silence()
    assert not any(silence.is_too_long(BEAT_SECONDS) for _ in range(SILENT_LOOKS_AT_START - 1))
    assert SILENT_LOOKS_AT_START * BEAT_SECONDS >= 600
    assert silence.is_too_long(BEAT_SECONDS)
