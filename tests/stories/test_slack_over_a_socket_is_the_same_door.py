"""Socket Mode decides as the API does: known people, once, whatever comes twice, late, or over a dying line."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from outrider.app.slack import cards, listen, modals, store
from outrider.drafts.types import DraftStatus
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.vendors.fakes.slack_socket import FakeSocket
from outrider.vendors.slack import Slack
from outrider.vendors.slack_socket import Patience, SlackSocket
from tests.slack_world import (
    SlackWorld,
    click_payload,
    decisions,
    slack_world,
    standing,
    submission_payload,
)

PATIENCE_SECONDS = 120.0
HASTY = Patience(
    hello=60, ping=60, overlap=0.2, finish=2, first=0.02, longest=0.1, refused=0.2, steady=5
)


@pytest.fixture
async def world(
    home: Path, clock: VirtualClock, database: Database, workspace: WorkspaceId, person: PersonId
) -> AsyncIterator[SlackWorld]:
    """Ann is U0ANN in Slack; nobody else is known."""
    async with slack_world(home, clock, database, workspace) as world:
        await world.map("ann@try-brand.example", "U0ANN")
        yield world


@pytest.fixture
async def link(world: SlackWorld, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeSocket]:
    """A connection of ours to the fake, in haste."""
    with FakeSocket() as link:
        world.fake.state.address = link.address
        socket = SlackSocket(Slack("xapp-1", world.fake.url), HASTY)
        monkeypatch.setattr(listen, "socket_of", lambda outrider: socket)
        run = asyncio.create_task(listen.listen_forever(world.outrider))
        assert await asyncio.to_thread(link.wait, "links", 1)
        try:
            yield link
        finally:
            run.cancel()
            await asyncio.gather(run, return_exceptions=True)


async def acked(link: FakeSocket, count: int) -> None:
    assert await asyncio.to_thread(link.wait, "acks", count)


async def send(link: FakeSocket, payload: dict[str, Any], id_: str) -> dict[str, Any] | None:
    """Send an envelope, wait for its acknowledgement, give what it carries."""
    before = len(link.acks)
    await asyncio.to_thread(link.send, payload, id_)
    await acked(link, before + 1)
    assert link.acks[-1].envelope_id == id_
    told = link.acks[-1].payload
    return dict(told) if told else None


async def test_the_whole_way_goes_over_a_socket(world: SlackWorld, link: FakeSocket) -> None:
    draft = await world.draft()
    await world.work()
    [card] = world.cards
    assert await send(link, click_payload(card, card.buttons()[cards.REJECT]), "e1") is None
    blank = submission_payload(1, world.view, {"note": " "})
    told = await send(link, blank, "e2")
    assert told is not None
    assert "say in 1 to 4,000" in told["errors"][modals.NOTE]
    assert await send(link, submission_payload(2, world.view, {"note": "shorter"}), "e3") is None
    assert (await standing(world, draft)).status is DraftStatus.REJECTED
    await world.work()
    newest = world.cards[-1]
    await send(link, click_payload(newest, newest.buttons()[cards.APPROVE]), "e4")
    assert sorted(kind for kind, _ in await decisions(world)) == ["approve", "reject"]
    unknown = click_payload(newest, newest.buttons()[cards.OPEN], "U0BOB")
    await send(link, unknown, "e5")
    await world.work()
    assert "outrider person slack" in world.fake.state.told[-1]["text"]


async def test_an_envelope_that_comes_again_gets_the_answer_of_the_first_time(
    world: SlackWorld, link: FakeSocket
) -> None:
    await world.draft()
    await world.work()
    [card] = world.cards
    await send(link, click_payload(card, card.buttons()[cards.REJECT]), "e1")
    note = submission_payload(1, world.view, {"note": "shorter"})
    for _ in range(3):
        assert await send(link, note, "e2") is None
    # Without what is remembered of envelopes the form itself is still known.
    assert await send(link, note, "e3") is None
    assert len(await decisions(world)) == 1


async def test_what_is_not_about_us_is_acknowledged_so_that_it_does_not_come_for_ever(
    world: SlackWorld, link: FakeSocket
) -> None:
    await send(link, {"type": "block_actions", "actions": []}, "e1")
    await send(link, {"type": "event_callback", "event_id": "Ev1"}, "e2")
    await send(link, {"type": "shortcut"}, "e3")


async def test_a_process_that_dies_before_the_acknowledgement_decides_once(
    world: SlackWorld, link: FakeSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = await world.draft()
    await world.work()
    [card] = world.cards
    remember, died = store.remember, asyncio.Event()

    async def dies(tx: Any, key: str, user: str | None, answer: dict[str, Any]) -> bool:
        if key.startswith("envelope:") and not died.is_set():
            died.set()
            raise RuntimeError("killed")
        return await remember(tx, key, user, answer)

    monkeypatch.setattr(store, "remember", dies)
    payload = click_payload(card, card.buttons()[cards.APPROVE])
    await asyncio.to_thread(link.send, payload, "e1")
    await asyncio.wait_for(died.wait(), 60)
    await asyncio.sleep(0.2)
    assert link.acks == []
    await send(link, payload, "e1")
    assert (await standing(world, draft)).status is DraftStatus.APPROVED
    assert len(await decisions(world)) == 1
    await world.work()
    assert world.fake.state.told == []


async def test_socket_and_address_at_once_are_one_decision(
    world: SlackWorld, link: FakeSocket
) -> None:
    await world.draft()
    await world.work()
    [card] = world.cards
    payload = click_payload(card, card.buttons()[cards.APPROVE])
    await asyncio.gather(
        *(world.act(payload) for _ in range(3)),
        *(asyncio.to_thread(link.send, payload, f"e{n % 2}") for n in range(4)),
    )
    await acked(link, 4)
    await world.work()
    assert len(await decisions(world)) == 1
    assert world.fake.state.told == []


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_the_line_does_each_click_counts_once(
    world: SlackWorld, link: FakeSocket, seed: int
) -> None:
    """Twice, out of order, over lines that drop and are wanted back: as Slack does on a bad day."""
    chance = random.Random(seed)
    for _ in range(5):
        await world.draft()
    await world.work()
    shown = world.cards
    assert len(shown) == 5
    payloads = {
        f"e{number}": click_payload(card, card.buttons()[cards.APPROVE])
        for number, card in enumerate(shown)
    }
    ends = time.monotonic() + PATIENCE_SECONDS
    while open_ := sorted(set(payloads) - {ack.envelope_id for ack in link.acks}):
        assert time.monotonic() < ends, f"never acknowledged: {open_}"
        # A line may end between the look and the word; then Slack sends over the next one.
        with contextlib.suppress(IndexError, OSError):
            for id_ in chance.sample(open_, len(open_)) * chance.choice([1, 2]):
                await asyncio.to_thread(link.send, payloads[id_], id_)
                match chance.randrange(6):
                    case 0:
                        link.links[-1].drop()
                    case 1:
                        link.wants_back(chance.choice(["warning", "refresh_requested"]))
                    case 2:
                        await asyncio.sleep(0.05)
        await asyncio.to_thread(link.wait, "links", 1)
        await asyncio.sleep(0.1)
    assert {ack.envelope_id for ack in link.acks} == set(payloads)
    assert len(await decisions(world)) == len(shown)
    await world.work()
    assert world.fake.state.told == []


async def test_without_an_app_token_nobody_listens(world: SlackWorld) -> None:
    assert listen.socket_of(world.outrider) is None
    await asyncio.wait_for(listen.listen_forever(world.outrider), 60)
