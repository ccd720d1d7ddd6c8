"""The object store answers 503: mails wait and say why, none leaves unkept, and they go when it is back."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from outrider.kernel.database.connect import Database
from outrider.kernel.errors import Unavailable
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.telemetry import configure
from outrider.sending import raw, send
from outrider.sending.types import OutboxStatus, Outgoing
from tests.sending_world import Wire, World, make_world, means

SOON_SECONDS = 20.0
"""Within this time a store that is away is given up for now, however busy the machine is."""


@dataclass
class Bucket:
    """As much of S3 as is asked of it: one bucket, kept in memory, that can be away."""

    kept: dict[str, bytes] = field(default_factory=dict)
    is_away: bool = False
    puts_left: int | None = None
    """It goes away after so many objects; None: it stays."""
    refused: int = 0

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
        if method == "PUT" and self.puts_left is not None:
            self.is_away = self.is_away or self.puts_left == 0
            self.puts_left = max(self.puts_left - 1, 0)
        if self.is_away:
            self.refused += 1
            return _answer(503, b"<Error><Code>SlowDown</Code><Message>Later</Message></Error>")
        if method == "PUT":
            if path in self.kept and "if-none-match" in headers:
                return _answer(412, b"")
            self.kept[path] = body
            return _answer(200, b"")
        if path not in self.kept:
            return _answer(404, b"")
        return _answer(200, self.kept[path], is_head=method == "HEAD")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(
            asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError
        ):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                method, path, _ = head[0].split(" ")
                pairs = (line.partition(":") for line in head[1:] if line)
                headers = {name.lower(): value.strip() for name, _, value in pairs}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                writer.write(self.answer(method, path, headers, body))
                await writer.drain()
        writer.close()


def _answer(status: int, body: bytes, *, is_head: bool = False) -> bytes:
    head = (
        f'HTTP/1.1 {status} Said\r\nContent-Length: {len(body)}\r\nETag: "e"\r\n'
        "Last-Modified: Mon, 02 Mar 2026 15:00:00 GMT\r\nContent-Type: application/xml\r\n\r\n"
    )
    return head.encode() + (b"" if is_head else body)


@pytest.fixture
async def bucket(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bucket]:
    bucket = Bucket()
    server = await asyncio.start_server(bucket.serve, "127.0.0.1", 0)
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}",
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "word",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    yield bucket
    server.close()


@pytest.fixture
def objects(bucket: Bucket) -> Objects:
    """The store as a setting would name it."""
    return Objects("s3://mails/raw")


@pytest.fixture
async def world(database: Database, workspace: WorkspaceId, person: PersonId) -> World:
    return await make_world(database, workspace, person)


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    configure("INFO", tmp_path / "logs", to_stderr=False)
    yield tmp_path / "logs" / "outrider.log"
    configure("WARNING", None)


async def test_a_mail_waits_with_the_reason_and_goes_when_the_store_is_back(
    world: World, objects: Objects, bucket: Bucket, log_file: Path
) -> None:
    await world.approved(3)
    wire = Wire()
    bucket.is_away = True
    begun = time.monotonic()
    report = await send.drain(means(world, objects, wire))
    assert time.monotonic() - begun < SOON_SECONDS
    assert bucket.refused > 1, "it was asked again before it was given up"
    assert wire.took == []
    assert [item.status for item in report.waiting] == [OutboxStatus.QUEUED] * 3
    for item in report.waiting:
        assert item.reason is not None
        assert item.reason.startswith("The object store does not take")
        assert "503" in item.reason
        assert "\n" not in item.reason
        assert item.attempts == 0, "a store that is away costs no attempt"
    bucket.is_away = False
    report = await send.drain(means(world, objects, wire))
    assert len(report.sent) == len(wire.took) == 3
    await all_are_kept(world, objects, wire.took)
    away, back = map(json.loads, log_file.read_text().splitlines())
    assert (away["event"], away["level"]) == ("object_store_away", "error")
    assert "503" in away["reason"]
    assert back["event"] == "object_store_back"


async def all_are_kept(world: World, objects: Objects, mails: list[Outgoing]) -> None:
    """Each mail can be read back, byte for byte, from the store."""
    async with world.begin() as tx:
        for mail in mails:
            assert await raw.exact_bytes(tx, objects, mail.message_id) == mail.data


async def test_nothing_leaves_unkept_when_the_store_goes_away_in_the_middle(
    world: World, objects: Objects, bucket: Bucket
) -> None:
    await world.approved(30)
    bucket.puts_left = 3
    wire = Wire()

    async def must_be_kept(mail: Outgoing) -> None:
        assert any(mail.data in pack for pack in bucket.kept.values())

    wire.before = must_be_kept
    report = await send.drain(means(world, objects, wire))
    assert 0 < len(report.sent) == len(wire.took) < 30
    assert len(report.sent) + len(report.waiting) == 30
    bucket.is_away, bucket.puts_left = False, None
    report = await send.drain(means(world, objects, wire))
    assert len({mail.message_id for mail in wire.took}) == len(wire.took) == 30
    await all_are_kept(world, objects, wire.took)


async def test_a_short_absence_is_not_even_noticed(
    world: World, objects: Objects, bucket: Bucket
) -> None:
    bucket.is_away = True

    async def come_back() -> None:
        while bucket.refused < 2:
            await asyncio.sleep(0.01)
        bucket.is_away = False

    digest, _ = await asyncio.gather(objects.put(b"words"), come_back())
    assert await objects.get(digest) == b"words"


async def test_what_cannot_be_read_now_is_said_in_one_sentence(
    objects: Objects, bucket: Bucket
) -> None:
    digest = await objects.put(b"words")
    bucket.is_away = True
    with pytest.raises(Unavailable) as told:
        await objects.get(digest)
    assert told.value.message.startswith("The object store does not give")
    assert "503" in told.value.message
    assert "\n" not in told.value.message
