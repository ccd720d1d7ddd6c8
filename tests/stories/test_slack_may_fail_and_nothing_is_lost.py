"""Slack is down, an answer is lost, a process dies: every card is there once, and none is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from outrider.app.jobs import slack_posts
from outrider.app.slack import cards, post, store
from outrider.app.slack.post import Desk
from outrider.drafts import decide
from outrider.drafts.types import DraftStatus
from outrider.kernel.clock import SystemClock, VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Actor, ActorKind
from outrider.kernel.errors import OutriderError, VendorUnavailable
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.jobs import bound
from outrider.kernel.jobs_in_process import InProcessQueue
from outrider.kernel.jobs_procrastinate import DatabaseQueue, Worker
from outrider.vendors.fakes.slack import Fault
from outrider.vendors.slack import Slack
from tests.slack_world import CHANNEL, SlackWorld, decisions, slack_world, standing

DOWN = Fault(status=503)
LOST_ANSWER = Fault(drops=True, after_the_work=True)


@pytest.fixture
async def world(
    home: Path, clock: VirtualClock, database: Database, workspace: WorkspaceId, person: PersonId
) -> AsyncIterator[SlackWorld]:
    """Ann is U0ANN in Slack; nobody else is known."""
    async with slack_world(home, clock, database, workspace) as world:
        await world.map("ann@try-brand.example", "U0ANN")
        yield world


async def test_a_long_text_stands_whole_in_the_thread_even_after_an_interruption(
    world: SlackWorld, person: PersonId
) -> None:
    draft = await world.draft()
    paragraphs = [f"Paragraph {n}. " + "We lease most of our stores. " * 12 for n in range(50)]
    async with world.outrider.begin(Actor(ActorKind.PERSON, str(person)))() as tx:
        new = await decide.edit(tx, draft.id, person, body="\n\n".join(paragraphs))
    world.fake.fail("chat.postMessage", Fault(after_the_work=True, status=200, error="fatal_error"))
    await world.work()
    while world.queue.next_at:
        await world.wait_and_work()
    card, *parts = world.fake.posts
    assert len(parts) >= 2
    assert {part.thread_ts for part in parts} == {card.ts}
    whole = " ".join(" ".join(part.words() for part in parts).split())
    assert [whole.count(f"Paragraph {n}.") for n in range(50)] == [1] * 50
    # It is far too long for a mail, so it is blocked; it is too long for a field, so no edit here.
    assert new.blocked_by
    assert list(card.buttons()) == [cards.REJECT, cards.OPEN, cards.SNOOZE]
    posted = len(world.fake.posts)
    await world.work()
    assert len(world.fake.posts) == posted


@pytest.mark.parametrize("version", [1, 2])
async def test_a_post_whose_answer_was_lost_is_found_again(
    world: SlackWorld, person: PersonId, version: int
) -> None:
    draft = await world.draft()
    if version == 2:
        await world.work()
        async with world.outrider.begin(Actor(ActorKind.PERSON, str(person)))() as tx:
            await decide.edit(tx, draft.id, person, subject="Your leases")
    for _ in range(5):  # others talk in the channel as well
        await world.draft()
    world.fake.fail("chat.postMessage", LOST_ANSWER)
    await world.work()
    world.clock.advance(timedelta(minutes=20))
    await world.work()
    assert len(world.fake.posts) == 5 + version
    card = world.fake.posts[version - 1]
    assert (card.thread_ts is None) is (version == 1)
    await world.click(card, cards.REJECT)
    await world.submit(note="shorter")
    assert len(await decisions(world)) == version


async def test_a_crash_between_intent_and_result_posts_no_second_card(
    world: SlackWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.draft()

    class Killed(BaseException):
        """As a process that ends at once: nothing after it runs."""

    async def dies(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(store, "is_there", dies)
    with pytest.raises(Killed):
        await world.work()
    monkeypatch.undo()
    [card] = world.fake.posts

    # The card is there though nobody wrote it down; a click on it counts.
    await world.click(card, cards.APPROVE)
    assert len(await decisions(world)) == 1
    await world.work()  # the lease of the dead process still holds
    assert len(world.fake.posts) == 1
    world.clock.advance(post.LEASE)
    await world.work()
    assert world.cards == [card]
    assert card.buttons() == {}  # the lease was longer than an approval can be taken back


async def test_a_crash_before_the_post_posts_once(
    world: SlackWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.draft()

    class Killed(BaseException):
        pass

    async def dies(*_: object) -> tuple[str, str]:
        raise Killed

    monkeypatch.setattr(Slack, "post", dies)
    with pytest.raises(Killed):
        await world.work()
    monkeypatch.undo()
    world.clock.advance(post.LEASE)
    await world.work()
    assert len(world.fake.posts) == 1


async def test_while_slack_is_down_nothing_is_lost(world: SlackWorld, person: PersonId) -> None:
    drafts = [await world.draft() for _ in range(3)]
    world.fake.fail("*", *[DOWN] * 20, Fault(drops=True), Fault(status=429, retry_after=90))
    await world.work()
    for _ in range(3):
        await world.wait_and_work()
    assert world.fake.posts == []
    async with world.outrider.begin(Actor(ActorKind.PERSON, str(person)))() as tx:
        await decide.approve(tx, drafts[0].id, person)
    rounds = 0
    while world.queue.next_at and rounds < 60:
        await world.wait_and_work()
        rounds += 1
    # The draft that was decided meanwhile needs no card; each of the others has one.
    assert sorted(p.words().split(" · ")[0] for p in world.fake.posts) == [
        f"Draft {draft.number}" for draft in drafts[1:]
    ]
    assert world.queue.next_at is None


async def test_slack_says_when_to_come_back_and_is_heard(world: SlackWorld) -> None:
    await world.draft()
    world.fake.fail("chat.postMessage", Fault(status=429, retry_after=90))
    start = world.clock.now()
    await world.work()
    assert world.queue.next_at == start + timedelta(seconds=90)
    await world.wait_and_work()
    assert len(world.fake.posts) == 1
    assert "conversations.history" not in world.fake.state.asked


async def test_the_queue_of_the_database_carries_the_posts_as_well(
    world: SlackWorld, database: Database
) -> None:
    draft = await world.draft()
    world.fake.fail("chat.postMessage", Fault(status=429, retry_after=1), DOWN)
    with bound(DatabaseQueue()):
        await slack_posts.refresh_all(world.outrider)
        # The virtual clock is behind the machine's, so what is put off is due at once.
        for _ in range(3):
            await Worker(database, world.outrider.within, SystemClock()).run(until_empty=True)
        [card] = world.fake.posts
        await world.click(card, cards.REJECT)
        await world.submit(note="shorter")
        for _ in range(3):
            await Worker(database, world.outrider.within, SystemClock()).run(until_empty=True)
    assert (await standing(world, draft)).status is DraftStatus.REJECTED
    assert card.buttons() == {}
    assert [p.thread_ts for p in world.fake.posts] == [None, card.ts, card.ts]


async def test_two_who_change_one_card_at_once_leave_it_as_it_should_be(
    world: SlackWorld, person: PersonId, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = await world.draft()
    await world.work()
    api = world.outrider.slack()
    assert api
    desk = Desk(world.outrider.begin(SYSTEM), api, CHANNEL)
    async with world.outrider.begin(Actor(ActorKind.PERSON, str(person)))() as tx:
        await decide.approve(tx, draft.id, person)
    old = await _while_it_updates(world, monkeypatch, post.show(desk, draft.lineage_id), desk)
    assert isinstance(old, VendorUnavailable)
    await world.work()
    [card] = world.cards
    assert card.buttons() == {}


async def _while_it_updates(
    world: SlackWorld,
    monkeypatch: pytest.MonkeyPatch,
    showing: Coroutine[Any, Any, Any],
    desk: Desk,
) -> BaseException | None:
    """Have another process bring the card further while this one's words are on their way."""
    update, is_first = Slack.update, True

    async def slow(self: Slack, *words: Any) -> None:
        nonlocal is_first
        if is_first:
            is_first = False
            world.clock.advance(timedelta(minutes=1))
            async with desk.begin() as tx:
                [lineage] = await tx.rows("select lineage_id from outrider.drafts")
            await post.show(desk, lineage["lineage_id"])
        await update(self, *words)

    monkeypatch.setattr(Slack, "update", slow)
    try:
        await showing
    except VendorUnavailable as error:
        return error
    return None


async def test_a_decision_whose_process_died_at_once_is_shown_by_the_next_sweep(
    world: SlackWorld,
) -> None:
    draft = await world.draft()
    await world.work()
    [card] = world.cards
    with bound(InProcessQueue(world.clock)):  # its jobs die with it
        await world.click(card, cards.APPROVE)
    assert cards.APPROVE in card.buttons()
    await world.work()
    assert list(card.buttons()) == [cards.TAKE_BACK]
    assert len(world.notices) == 1
    assert (await standing(world, draft)).status is DraftStatus.APPROVED


async def test_two_processes_post_one_card(world: SlackWorld) -> None:
    draft = await world.draft()
    api = world.outrider.slack()
    assert api
    desk = Desk(world.outrider.begin(SYSTEM), api, CHANNEL)

    async def one() -> OutriderError | None:
        try:
            await post.show(desk, draft.lineage_id)
        except VendorUnavailable as error:
            return error
        return None

    refused = [error for error in await asyncio.gather(*[one() for _ in range(5)]) if error]
    assert len(world.fake.posts) == 1
    assert all("Another process" in error.message for error in refused)


async def test_a_revoked_token_ends_in_one_plain_sentence(
    home: Path, clock: VirtualClock, database: Database, workspace: WorkspaceId, person: PersonId
) -> None:
    async with slack_world(home, clock, database, workspace, token="xoxb-0ld") as world:
        await world.draft()
        await world.work()
        async with world.outrider.begin(SYSTEM)() as tx:
            row = await tx.row("select error, may_be_there from outrider.slack_posts")
        assert row
        assert row["error"] == (
            "Slack refused chat.postMessage with invalid_auth: "
            "give a bot token (xoxb-…) in OUTRIDER_SLACK_BOT_TOKEN."
        )
        assert row["may_be_there"] is False
        assert world.queue.next_at == clock.now() + timedelta(seconds=10)
        assert "xoxb-0ld" not in repr(world.outrider.settings)
