"""Several API processes stand behind one address: one that dies is started anew, and a stop stops all."""

from __future__ import annotations

import asyncio
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import URL

from outrider.app.cli import serve_many
from outrider.app.cli.http_server import listener
from outrider.app.cli.serve_many import Processes
from outrider.kernel import access, switches
from outrider.kernel.clock import SystemClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.settings import load
from tests.program import OUTRIDER, Program

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it watches processes in /proc")

PATIENCE_SECONDS = 120.0
PROCESSES = 2
BEGUN = (
    b"POST /api/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"Content-Length: 9\r\nExpect: 100-continue\r\n\r\n"
)
MEMORY = re.compile(
    r'^outrider_process_resident_memory_bytes{process="([\w-]+)"} (\S+)', re.MULTILINE
)


def until(what: str, condition: Callable[[], Any]) -> None:
    """Wait for something that must come true."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, f"it never came true that {what}"
        time.sleep(0.05)


@dataclass
class Up:
    """`outrider up` with two processes that answer, and a session of an admin."""

    process: subprocess.Popen[str]
    host: str
    port: int
    session: str
    url: URL

    @property
    def others(self) -> set[int]:
        """The processes that answer, by the kernel's own word."""
        children = {
            pid: words for pid, (parent, words) in processes().items() if parent == self.process.pid
        }
        return {pid for pid, words in children.items() if "serve_one" in words}

    def get(self, path: str) -> tuple[int, str]:
        """One answer, on a connection of its own."""
        with self.asked(path) as (answer, _):
            return answer.status, answer.read().decode()

    @contextmanager
    def asked(self, path: str) -> Iterator[tuple[http.client.HTTPResponse, int]]:
        """The answer to one request while it lasts, and our port of its connection."""
        line = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE_SECONDS)
        try:
            line.request("GET", path, headers={"Authorization": f"Bearer {self.session}"})
            answer = line.getresponse()
            assert line.sock is not None
            yield answer, line.sock.getsockname()[1]
        finally:
            line.close()

    def answers(self, port: int) -> int:
        """The process that has the other end of this connection."""
        wanted = f"socket:[{inode(self.port, port)}]"
        return next(pid for pid in self.others if wanted in open_files(pid))

    async def move_switch(self, *, is_on: bool) -> None:
        """Change something that screens are told of."""
        database = Database(self.url, SystemClock())
        async with database.connection() as conn:
            [workspace] = (await access.workspaces(conn)).values()
        async with database.transaction(workspace, SYSTEM) as tx:
            await switches.set_switch(tx, "workspace", "", is_on=is_on, reason="drill")
        await database.close()


def processes() -> dict[int, tuple[int, str]]:
    """The parent and the command line of every process."""
    found = {}
    for one in Path("/proc").glob("[0-9]*"):
        try:
            words = (one / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            after = (one / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if after[0] != "Z":
            found[int(one.name)] = (int(after[1]), words)
    return found


def inode(server: int, client: int) -> str:
    """The socket by which a server holds its end of a connection of this machine."""
    for row in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = row.split()
        ends = [int(words[n].rpartition(":")[2], 16) for n in (1, 2)]
        if ends == [server, client]:
            return words[9]
    raise AssertionError("there is no such connection")


def open_files(pid: int) -> set[str]:
    """What a process has open."""
    found = set()
    for one in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.add(os.readlink(one))
        except OSError:
            continue
    return found


def alive(pids: set[int]) -> set[int]:
    """Those of them that still run."""
    return pids & processes().keys()


@pytest.fixture
def up(home: Path, owner_url: URL) -> Iterator[Up]:
    settings = {"OUTRIDER_PORT": "0", "OUTRIDER_API_PROCESSES": str(PROCESSES)}
    with subprocess.Popen(
        [*OUTRIDER, "up"],
        env=Program(home, owner_url, settings).environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            address = urlsplit(process.stdout.readline().split()[-1])
            assert address.hostname
            assert address.port
            session = asyncio.run(an_admin(owner_url))
            yield Up(process, address.hostname, address.port, session, owner_url)
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE_SECONDS)
            finally:
                process.kill()


async def an_admin(url: URL) -> str:
    """A session."""
    database = Database(url, SystemClock())
    async with database.connection() as conn:
        [workspace] = (await access.workspaces(conn)).values()
    async with database.transaction(workspace, SYSTEM) as tx:
        member = await access.add_person(tx, "Kim Lee", "kim@brand.example", "admin")
        token = await access.open_session(tx.conn, member.person_id, tx.now)
    await database.close()
    return token


def test_one_that_is_killed_is_started_anew_while_requests_go_on(up: Up) -> None:
    before = up.others
    assert len(before) == PROCESSES
    victim = min(before)
    os.kill(victim, signal.SIGKILL)
    until("it is gone", lambda: not alive({victim}))
    for _ in range(20):
        assert up.get("/api/me")[0] == 200
    until("another one took its place", lambda: len(up.others) == PROCESSES)
    assert victim not in up.others
    until("the new one answers", lambda: answers_by_all(up))

    # And a stop in good order stops all of them, by the signal that asked for it.
    everyone = up.others
    up.process.terminate()
    assert up.process.wait(60) == -signal.SIGTERM
    assert not alive(everyone)


def answers_by_all(up: Up) -> bool:
    """Whether each of them has one of a handful of connections."""
    found = set()
    for _ in range(10):
        with up.asked("/api/live") as (answer, port):
            answer.readline()
            found.add(up.answers(port))
    return len(found) == PROCESSES


def test_each_of_them_tells_what_happens_and_all_of_them_are_measured(up: Up) -> None:
    streams: dict[int, tuple[Any, http.client.HTTPResponse]] = {}
    for _ in range(200):
        asked = up.asked("/api/live")
        answer, port = asked.__enter__()
        pid = up.answers(port)
        if pid in streams:
            asked.__exit__(None, None, None)
        else:
            streams[pid] = (asked, answer)
        if len(streams) == PROCESSES:
            break
    assert streams.keys() == up.others, "each of them takes connections"
    for _, answer in streams.values():
        line_with(answer, b"event: ready")
    asyncio.run(up.move_switch(is_on=True))
    for _, answer in streams.values():
        assert b"switches" in line_with(answer, b'data: {"action')

    status, told = up.get("/metrics")
    assert status == 200
    memory = dict(MEMORY.findall(told))
    assert memory.keys() == {"workers", "api-1", "api-2"}
    assert all(float(one) > 10_000_000 for one in memory.values())

    # Whoever kills the first process leaves nothing behind, not even open streams.
    everyone = up.others
    up.process.kill()
    until("the others ended with it", lambda: not alive(everyone))
    for asked, _ in streams.values():
        asked.__exit__(None, None, None)


def line_with(answer: http.client.HTTPResponse, wanted: bytes) -> bytes:
    """The next line of a stream that begins so."""
    while line := answer.readline():
        if line.startswith(wanted):
            return line
    raise AssertionError(f"the stream ended without {wanted!r}")


def test_a_second_signal_ends_them_at_once_and_without_a_traceback(
    home: Path, owner_url: URL
) -> None:
    settings = {"OUTRIDER_PORT": "0", "OUTRIDER_API_PROCESSES": str(PROCESSES)}
    with subprocess.Popen(
        [*OUTRIDER, "up"],
        env=Program(home, owner_url, settings).environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        address = urlsplit(process.stdout.readline().split()[-1])
        with socket.create_connection((address.hostname or "", address.port or 0)) as line:
            # A request that never becomes whole holds up an end in good order.
            line.settimeout(PATIENCE_SECONDS)
            line.sendall(BEGUN)
            assert line.recv(100).startswith(b"HTTP/1.1 100 "), "it waits for the rest"
            process.terminate()
            time.sleep(2)
            assert process.poll() is None
            process.terminate()
            _, said = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == -signal.SIGTERM
    assert "Traceback" not in said


async def test_one_that_cannot_be_started_anew_at_once_is_started_later(
    home: Path, owner_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve_many, "_LONGEST_PAUSE", 0.1)
    database = owner_url.set(drivername="postgresql").render_as_string(hide_password=False)
    settings, python = load(home=home, port=0, DATABASE_URL=database), sys.executable
    with listener(settings) as bound:
        async with Processes(settings, bound, 1, for_people=False) as several:
            await several.serve()
            # As while the program is being renewed, or the machine has no memory for one more.
            monkeypatch.setattr(sys, "executable", str(home / "gone" / "python"))
            fallen = several._alive[1]
            fallen.kill()
            await asyncio.sleep(1)
            assert several._alive[1] is fallen
            monkeypatch.setattr(sys, "executable", python)
            assert await asyncio.to_thread(_asked, bound.getsockname()[1]) == 401
            assert fallen.returncode == -signal.SIGKILL
            await several.end()


def _asked(port: int) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)) as line:
        line.request("GET", "/api/me")
        return line.getresponse().status
