"""Slack waits three seconds for an answer: it has it when the decision is kept, whatever hangs after it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Iterator
from pathlib import Path

import httpx2
import pytest

from outrider.app.slack import cards, handle
from outrider.drafts.types import DraftStatus
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.vendors.fakes.slack import Fault, Post
from tests.slack_world import SlackWorld, decisions, slack_world, standing

SLACK_WAITS = 3.0
"""Seconds, after which Slack shows the user that the app failed (its guide to interactivity)."""
PATIENCE = handle.FORM_OPENS_WITHIN
HANGS = Fault(waits=60.0, status=503)
BUSY = 7.0
"""Seconds that a machine with other work may need besides; who waited for Slack would need ten."""


@pytest.fixture
async def world(
    home: Path, clock: VirtualClock, database: Database, workspace: WorkspaceId, person: PersonId
) -> AsyncIterator[SlackWorld]:
    """Ann is U0ANN in Slack; nobody else is known."""
    async with slack_world(home, clock, database, workspace) as world:
        await world.map("ann@try-brand.example", "U0ANN")
        yield world


async def timed(request: Awaitable[httpx2.Response]) -> tuple[float, httpx2.Response]:
    """Seconds of the clock on the wall from the signed request to the whole answer."""
    began = time.monotonic()
    answer = await request
    return time.monotonic() - began, answer


@contextlib.contextmanager
def impatient() -> Iterator[None]:
    """A form has the time that it has at Slack; elsewhere it has time, however busy the machine is."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(handle, "FORM_OPENS_WITHIN", PATIENCE)
        yield


def test_a_form_that_is_given_up_leaves_time_for_the_answer() -> None:
    assert 0 < PATIENCE <= SLACK_WAITS / 2


@contextlib.asynccontextmanager
async def hanging(world: SlackWorld, method: str) -> AsyncIterator[asyncio.Task[None]]:
    """Slack hangs on every call from now on, and the jobs of this process are at one of them."""
    world.fake.fail("*", *[HANGS] * 40)
    before = world.fake.state.asked.count(method)
    jobs = asyncio.create_task(world.work())
    try:
        async with asyncio.timeout(60):
            while world.fake.state.asked.count(method) == before:
                await asyncio.sleep(0.01)
        yield jobs
    finally:
        world.fake.mend()
        jobs.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await jobs


async def shown(world: SlackWorld) -> Post:
    """The card of a new draft."""
    await world.draft()
    await world.work()
    return world.cards[-1]


async def test_a_click_is_answered_and_kept_while_the_posts_hang(
    world: SlackWorld, person: PersonId
) -> None:
    draft = await world.draft()
    await world.work()
    [card] = world.cards
    await world.draft()  # its card is what the jobs hang at
    async with hanging(world, "chat.postMessage") as jobs:
        took, answer = await timed(world.click(card, cards.APPROVE))
        assert not jobs.done()
        assert (answer.status_code, answer.content) == (200, b"")
        assert took < BUSY
        assert (await standing(world, draft)).status is DraftStatus.APPROVED
        assert await decisions(world) == [("approve", person)]
        # What is to be shown of it hangs as well, and the next click still has its answer.
        with impatient():
            took, answer = await timed(world.click(card, cards.OPEN))
        assert answer.status_code == 200
        assert took < PATIENCE + BUSY


async def test_a_form_is_answered_and_kept_while_the_posts_hang(
    world: SlackWorld, person: PersonId
) -> None:
    card = await shown(world)
    await world.click(card, cards.REJECT)
    await world.draft()
    async with hanging(world, "chat.postMessage") as jobs:
        took, answer = await timed(world.submit(note="shorter"))
        assert not jobs.done()
        assert (answer.status_code, answer.content) == (200, b"")
        assert took < BUSY
        assert await decisions(world) == [("reject", person)]


async def test_a_form_that_slack_does_not_open_in_time_is_given_up(world: SlackWorld) -> None:
    card = await shown(world)
    world.fake.fail("views.open", HANGS)
    with impatient():
        took, answer = await timed(world.click(card, cards.REJECT))
    assert answer.status_code == 200
    assert took < PATIENCE + BUSY
    await world.queue.run_due(world.outrider)
    [told] = world.fake.state.told
    assert told["text"] == "Slack did not open the form in time: click again."
    assert await decisions(world) == []
    await world.click(card, cards.REJECT)
    assert len(world.fake.state.views) == 1
