"""A wire to the mail server that passes nothing: in time a mail waits, or is `unknown`, and none goes twice."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.telemetry import configure
from outrider.sending import send
from outrider.sending.means import Means
from outrider.sending.types import OutboxStatus, SendReport
from outrider.vendors.fakes.faulty_smtp import FaultySmtp
from outrider.vendors.smtp import Server, Smtp
from tests.sending_world import World, make_world, means
from tests.silent_wire import Wire, wire_to_port

TIMEOUT = timedelta(seconds=1)
TOLD_WITHIN = TIMEOUT.total_seconds() + 20
"""One answer that does not come, and what a busy machine needs besides."""


class Sink(FaultySmtp):
    """A server whose wire may fall silent the moment it has taken a mail."""

    wire: Wire | None = None

    def keep(self, sender: str, recipient: str, data: bytes) -> None:
        super().keep(sender, recipient, data)
        if self.wire is not None:
            self.wire.fall_silent()

    def ids(self) -> list[str]:
        return [line["message_id"] for line in self.accepted()]


@pytest.fixture
async def sink(tmp_path: Path) -> AsyncIterator[Sink]:
    sink = Sink(tmp_path / "journal")
    await sink.start()
    yield sink
    await sink.stop()


@pytest.fixture
async def wire(sink: Sink) -> AsyncIterator[tuple[Wire, int]]:
    async with wire_to_port(sink.port) as opened:
        yield opened


@pytest.fixture
async def world(database: Database, workspace: WorkspaceId, person: PersonId) -> World:
    return await make_world(database, workspace, person)


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    configure("INFO", tmp_path / "logs", to_stderr=False)
    yield tmp_path / "logs" / "outrider.log"
    configure("WARNING", None)


def by_smtp(world: World, objects: Objects, port: int) -> Means:
    return means(world, objects, Smtp(Server("127.0.0.1", port, timeout=TIMEOUT)))


async def test_a_mail_that_was_taken_in_silence_is_unknown_and_stays_so(
    world: World, objects: Objects, sink: Sink, wire: tuple[Wire, int], log_file: Path
) -> None:
    await world.approved(3)
    sink.wire = wire[0]
    began = time.monotonic()
    report = await send.drain(by_smtp(world, objects, wire[1]))
    assert time.monotonic() - began < TOLD_WITHIN
    assert [item.status for item in report.stopped] == [OutboxStatus.UNKNOWN]
    assert [item.message_id for item in report.stopped] == sink.ids()
    assert len(report.waiting) == 2
    (line,) = map(json.loads, log_file.read_text().splitlines())
    assert (line["event"], line["unknown"]) == ("mail_server_gave_no_answer", 1)
    assert "@" not in line["reason"]
    assert line["reason"]
    sink.wire = None
    wire[0].heal()
    report = await send.drain(by_smtp(world, objects, wire[1]))
    assert len(report.sent) == 2
    assert len(set(sink.ids())) == len(sink.ids()) == 3, "none went twice"


async def test_a_mail_that_met_silence_before_its_bytes_waits_and_goes_later_once(
    world: World, objects: Objects, sink: Sink, wire: tuple[Wire, int], log_file: Path
) -> None:
    await world.approved(3)
    wire[0].fall_silent()
    began = time.monotonic()
    report = await send.drain(by_smtp(world, objects, wire[1]))
    assert time.monotonic() - began < TOLD_WITHIN
    assert [item.status for item in report.waiting] == [OutboxStatus.QUEUED] * 3
    assert all(item.attempts == 0 and item.reason for item in report.waiting)
    (line,) = map(json.loads, log_file.read_text().splitlines())
    assert (line["event"], line["unknown"]) == ("mail_server_gave_no_answer", 0)
    wire[0].heal()
    report = await send.drain(by_smtp(world, objects, wire[1]))
    assert len(report.sent) == 3
    assert len(set(sink.ids())) == len(sink.ids()) == 3


async def test_an_outage_is_said_once_and_its_end_once(
    world: World,
    objects: Objects,
    sink: Sink,
    wire: tuple[Wire, int],
    log_file: Path,
    tmp_path: Path,
) -> None:
    await world.approved(4)

    async def drain() -> SendReport:
        # Each with a memory of its own, as a process that is started anew.
        kept = replace(by_smtp(world, objects, wire[1]), journal=tmp_path / "sending")
        return await send.drain(kept)

    def lines() -> list[dict[str, Any]]:
        return [json.loads(line) for line in log_file.read_text().splitlines()]

    wire[0].fall_silent()
    for _ in range(3):
        assert len((await drain()).waiting) == 4
    assert [(line["event"], line["unknown"]) for line in lines()] == [
        ("mail_server_gave_no_answer", 0)
    ]
    sink.wire = wire[0]
    wire[0].heal()
    assert len((await drain()).stopped) == 1
    assert [line.get("unknown") for line in lines()] == [0, 1], "an unknown mail is always said"
    sink.wire = None
    wire[0].heal()
    assert len((await drain()).sent) == 3
    await drain()
    assert [line["event"] for line in lines()[2:]] == ["mail_server_answers_again"]
    assert lines()[2]["mailboxes"] == lines()[0]["mailboxes"] == [str(world.mailbox.id)]
    assert len(set(sink.ids())) == len(sink.ids()) == 4
