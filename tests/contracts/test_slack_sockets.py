"""What Socket Mode promises: an envelope is acknowledged after it is taken, and none is lost or taken twice."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from outrider.kernel.clock import VirtualClock
from outrider.kernel.errors import Refused, VendorUnavailable
from outrider.vendors.fakes.slack import FakeSlack, Fault
from outrider.vendors.fakes.slack_socket import FakeSocket
from outrider.vendors.slack import Slack
from outrider.vendors.slack_socket import Envelope, Patience, SlackSocket
from tests.slack_world import running_slack

HASTY = Patience(
    hello=30, ping=30, overlap=0.3, finish=30, first=0.02, longest=0.1, refused=0.2, steady=5
)
"""Quick to come back, and patient where a busy machine may be slow."""
PATIENCE_SECONDS = 60.0
CLICK = {"type": "block_actions", "n": 1}
SUBMISSION = {"type": "view_submission", "n": 2}


@pytest.fixture
def fake(clock: VirtualClock) -> Iterator[FakeSlack]:
    with running_slack(clock) as fake:
        yield fake


@pytest.fixture
def link(fake: FakeSlack) -> Iterator[FakeSocket]:
    with FakeSocket() as link:
        fake.state.address = link.address
        yield link


class Taker:
    """Takes envelopes, and fails or waits where it is told to."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.fails: set[str] = set()
        self.waits: dict[str, asyncio.Event] = {}
        self.answers: dict[str, Mapping[str, Any]] = {}

    async def __call__(self, envelope: Envelope) -> Mapping[str, Any]:
        self.taken.append(envelope.id)
        if envelope.id in self.waits:
            await self.waits[envelope.id].wait()
        if envelope.id in self.fails:
            raise VendorUnavailable("The database is away.")
        return self.answers.get(envelope.id, {})


@asynccontextmanager
async def running(
    fake: FakeSlack, link: FakeSocket, patience: Patience = HASTY
) -> AsyncIterator[Taker]:
    taker = Taker()
    run = asyncio.create_task(SlackSocket(Slack("xapp-1", fake.url), patience).run(taker))
    try:
        await until(link, "links", 1)
        yield taker
    finally:
        run.cancel()
        await asyncio.gather(run, return_exceptions=True)


async def until(link: FakeSocket, what: str, count: int) -> None:
    assert await asyncio.to_thread(link.wait, what, count)


async def test_an_envelope_is_acknowledged_with_its_answer_once_it_is_taken(
    fake: FakeSlack, link: FakeSocket
) -> None:
    async with running(fake, link) as taker:
        taker.waits["slow"] = asyncio.Event()
        taker.answers = {"slow": {"response_action": "errors"}, "quick": {"not": "wanted"}}
        link.send(SUBMISSION, "slow")
        link.send(CLICK, "quick")
        await until(link, "acks", 1)
        assert [(ack.envelope_id, ack.payload) for ack in link.acks] == [("quick", None)]
        taker.waits["slow"].set()
        await until(link, "acks", 2)
        assert link.acks[1].payload == {"response_action": "errors"}
        assert taker.taken == ["slow", "quick"]


async def test_what_could_not_be_taken_is_not_acknowledged_and_may_come_again(
    fake: FakeSlack, link: FakeSocket
) -> None:
    async with running(fake, link) as taker:
        taker.fails.add("a")
        link.send(CLICK, "a")
        link.send(CLICK, "b")
        await until(link, "acks", 1)
        taker.fails.clear()
        link.send(CLICK, "a", attempt=1)
        await until(link, "acks", 2)
        assert [ack.envelope_id for ack in link.acks] == ["b", "a"]
        assert taker.taken.count("a") == 2


async def test_two_of_one_envelope_at_once_are_taken_once_and_acknowledged_twice(
    fake: FakeSlack, link: FakeSocket
) -> None:
    async with running(fake, link) as taker:
        taker.waits["a"] = asyncio.Event()
        for attempt in range(3):
            link.send(CLICK, "a", attempt=attempt)
        # A line is read in order: now all three are in hand.
        link.send(CLICK, "b")
        await until(link, "acks", 1)
        taker.waits["a"].set()
        await until(link, "acks", 4)
        assert [ack.envelope_id for ack in link.acks] == ["b", "a", "a", "a"]
        assert taker.taken == ["a", "b"]


async def test_a_dropped_connection_comes_back(fake: FakeSlack, link: FakeSocket) -> None:
    async with running(fake, link) as taker:
        for number in range(1, 4):
            link.links[-1].drop()
            await until(link, "ever", number + 1)
            link.send(CLICK, f"e{number}")
            await until(link, "acks", number)
        assert taker.taken == ["e1", "e2", "e3"]


async def test_a_silent_connection_is_noticed_and_left(fake: FakeSlack, link: FakeSocket) -> None:
    async with running(fake, link, replace(HASTY, ping=1)) as taker:
        link.links[0].is_silent = True
        await until(link, "ever", 2)
        link.send(CLICK, "a")
        await until(link, "acks", 1)
        assert link.acks[0].link == 1
        assert taker.taken == ["a"]


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_before_a_connection_ends_a_second_one_serves_beside_it(
    fake: FakeSlack, link: FakeSocket, reason: str
) -> None:
    async with running(fake, link, replace(HASTY, overlap=4)) as taker:
        link.wants_back(reason)
        await until(link, "links", 2)
        # Both are open now, and either may bring something.
        link.send(CLICK, "old", over=0)
        link.send(CLICK, "new", over=1)
        await until(link, "acks", 2)
        assert {(ack.link, ack.envelope_id) for ack in link.acks} == {(0, "old"), (1, "new")}
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(link.links) > 1:
                await asyncio.sleep(0.05)
        link.send(CLICK, "later")
        await until(link, "acks", 3)
        assert sorted(taker.taken) == ["later", "new", "old"]


async def test_an_envelope_in_hand_is_finished_though_its_connection_is_gone(
    fake: FakeSlack, link: FakeSocket
) -> None:
    async with running(fake, link) as taker:
        taker.waits["a"] = asyncio.Event()
        link.send(CLICK, "a")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not taker.taken:
                await asyncio.sleep(0.01)
        link.links[0].drop()
        await until(link, "ever", 2)
        # Slack sends again what was not acknowledged, over the next connection.
        link.send(CLICK, "a", attempt=1)
        link.send(CLICK, "b")
        await until(link, "acks", 1)
        taker.waits["a"].set()
        await until(link, "acks", 2)
        assert [(ack.link, ack.envelope_id) for ack in link.acks] == [(1, "b"), (1, "a")]
        assert taker.taken == ["a", "b"]


async def test_trouble_at_the_door_is_tried_again(fake: FakeSlack, link: FakeSocket) -> None:
    fake.fail(
        "apps.connections.open",
        Fault(status=503),
        Fault(drops=True),
        Fault(error="internal_error"),
        Fault(status=429, retry_after=1),
    )
    async with running(fake, link) as taker:
        link.send(CLICK, "a")
        await until(link, "acks", 1)
        assert taker.taken == ["a"]


async def test_a_token_that_slack_refuses_ends_in_one_plain_sentence(
    fake: FakeSlack, link: FakeSocket
) -> None:
    with pytest.raises(Refused, match="OUTRIDER_SLACK_APP_TOKEN") as refusal:
        await SlackSocket(Slack("xapp-0ld", fake.url)).address()
    assert "xapp-0ld" not in refusal.value.message
    for word, way_out in (
        ("token_revoked", "new app token"),
        ("not_allowed_token_type", "not the bot token"),
        ("link_disabled", "switch Socket Mode on"),
        ("never_heard_of", "never_heard_of"),
    ):
        fake.fail("apps.connections.open", Fault(error=word))
        with pytest.raises(Refused, match=way_out):
            await SlackSocket(Slack("xapp-1", fake.url)).address()


async def test_while_socket_mode_is_off_it_asks_now_and_then(
    fake: FakeSlack, link: FakeSocket, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(fake, link):
        fake.state.address = None
        began = time.monotonic()
        link.wants_back("link_disabled")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while fake.state.asked.count("apps.connections.open") < 5:
                await asyncio.sleep(0.02)
        # Each of the four pauses since then is half as long as is set, or longer.
        assert time.monotonic() - began > 4 * HASTY.refused / 2 - 0.05
        fake.state.address = link.address
        await until(link, "ever", 2)


async def test_noise_on_the_line_is_passed_over(fake: FakeSlack, link: FakeSocket) -> None:
    async with running(fake, link) as taker:
        for noise in ({}, {"type": "hello"}, {"envelope_id": 5}, {"envelope_id": "x" * 201}):
            link.links[0].say(noise)
        link.links[0].say({"envelope_id": "bare"})
        await until(link, "acks", 1)
        assert taker.taken == ["bare"]


def test_slacks_own_client_is_served_by_the_same_fake(fake: FakeSlack, link: FakeSocket) -> None:
    sdk = pytest.importorskip("slack_sdk.socket_mode.builtin")
    web = pytest.importorskip("slack_sdk.web").WebClient(base_url=fake.url)
    response = pytest.importorskip("slack_sdk.socket_mode.response").SocketModeResponse
    came: list[str] = []
    got_one = threading.Event()

    def listener(client: Any, request: Any) -> None:
        came.append(request.envelope_id)
        client.send_socket_mode_response(response(envelope_id=request.envelope_id))
        got_one.set()

    client = sdk.SocketModeClient(app_token="xapp-1", web_client=web, ping_interval=1)
    client.socket_mode_request_listeners.append(listener)
    try:
        client.connect()
        assert link.wait("links", 1)
        link.send(CLICK, "a")
        assert link.wait("acks", 1)
    finally:
        client.close()
    assert (came, link.acks[0].envelope_id) == (["a"], "a")
