"""A thread in Slack tells what became of a mail, each thing once: the clock, the decision, the sending, the answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from outrider.app.jobs import chase
from outrider.app.slack import cards, modals
from outrider.drafts import decide, read
from outrider.drafts.review import policy, route, seed
from outrider.drafts.review.types import Action, OnTimeout, Policy
from outrider.drafts.types import DecidedBy, Draft, DraftStatus
from outrider.kernel import access
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.errors import Conflict
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.vendors.fakes.slack import Fault
from tests.conftest import add_person
from tests.mails import reply
from tests.review_world import CLOCK, SENDS_BY_ITSELF, actor, adopt, always
from tests.slack_world import SlackWorld, click_payload, decisions, slack_world, standing

LOST_ANSWER = Fault(drops=True, after_the_work=True)


@pytest.fixture
async def world(
    home: Path, clock: VirtualClock, database: Database, workspace: WorkspaceId, person: PersonId
) -> AsyncIterator[SlackWorld]:
    """Ann is U0ANN in Slack; nobody else is known."""
    async with slack_world(home, clock, database, workspace) as world:
        await world.map("ann@try-brand.example", "U0ANN")
        yield world


async def told(world: SlackWorld) -> list[str]:
    """What was said to one person alone, oldest first."""
    await world.work()
    return [one["text"] for one in world.fake.state.told]


async def settle(world: SlackWorld) -> None:
    """Let time pass until nothing is left to do."""
    await world.work()
    for _ in range(40):
        if world.queue.next_at is None:
            return
        await world.wait_and_work()
    raise AssertionError("something is never done")


@pytest.mark.parametrize("loses_answers", [False, True])
async def test_what_happened_stands_in_the_thread_once_and_in_order(
    world: SlackWorld, loses_answers: bool
) -> None:
    await world.mailbox()
    draft = await world.draft()
    await settle(world)
    [card] = world.cards
    if loses_answers:
        world.fake.fail("chat.postMessage", *[LOST_ANSWER] * 3)
    await world.click(card, cards.APPROVE)
    await settle(world)
    [item] = (await world.send_mail()).sent
    await settle(world)
    words = "Thanks <!channel> & all, " + "call me on Friday. " * 30
    await world.receive(reply(item.message_id, words, sender=f"<{draft.content.recipient.email}>"))
    await settle(world)
    decision, sent, answer = world.notices
    assert "was approved by Ann Reed" in decision
    assert f"`{item.message_id.replace('<', '&lt;').replace('>', '&gt;')}`" in sent
    quote = answer.partition("\n> ")[2]
    assert quote.startswith("Thanks &lt;!channel&gt; &amp; all, call me on Friday.")
    assert len(quote) <= 220
    assert "*Reply*" in answer
    assert {post.thread_ts for post in world.fake.posts} == {None, card.ts}
    assert "*Sent* by Ann Reed" in card.words()
    for _ in range(2):
        await settle(world)
    assert len(world.fake.posts) == 4


async def test_who_is_asked_is_called_by_name_and_reminded_once(
    world: SlackWorld, database: Database, workspace: WorkspaceId
) -> None:
    await add_person(database, workspace, "Cleo Marsh", "cleo@brand.example", "campaign_manager")
    await world.map("cleo@brand.example", "U0CLEO")
    draft = await world.draft()
    await settle(world)
    [card] = world.cards
    assert "*Next* a decision by anyone who may, due <!date^" in card.words()
    assert "<@" not in card.words()

    async def notified() -> bool:
        async with world.outrider.begin(SYSTEM)() as tx:
            review = await route.review_of(tx, draft.id)
        assert review is not None
        return review.notified_at is not None

    assert await notified()
    world.clock.advance(timedelta(days=1))  # Tuesday 15:00: past the reminder and the time limit
    await chase.chase(world.outrider)
    assert not await notified()
    for _ in range(2):
        await settle(world)
        await chase.chase(world.outrider)
    [said] = world.notices
    assert "so the campaign manager is asked now." in said
    assert said.endswith("\n<@U0CLEO>")
    assert "*Next* a decision by <@U0CLEO> (campaign manager), due <!date^" in card.words()
    assert await notified()


async def test_a_word_of_the_clock_that_came_too_late_is_not_said(
    world: SlackWorld, person: PersonId
) -> None:
    draft = await world.draft()
    await settle(world)
    world.fake.fail("*", *[Fault(status=503)] * 4)
    world.clock.advance(timedelta(days=1))
    await chase.chase(world.outrider)
    async with world.outrider.begin(actor(person))() as tx:
        await tx.run("update outrider.reviews set assigned = null")
        await decide.approve(tx, draft.id, person)
    world.fake.mend()
    await settle(world)
    assert [":alarm_clock:" in said for said in world.notices] == [False]


async def test_an_expired_draft_says_so_and_has_no_buttons(
    world: SlackWorld, database: Database, workspace: WorkspaceId
) -> None:
    limits = {"sla": timedelta(hours=1), "on_timeout": OnTimeout.EXPIRE}
    await adopt(database, workspace, always(Action.REVIEW), clock=limits)
    draft = await world.draft()
    await settle(world)
    [card] = world.cards
    assert "then it expires and is not sent" in card.words()
    world.clock.advance(timedelta(days=1))
    await chase.chase(world.outrider)
    await settle(world)
    assert (await standing(world, draft)).status is DraftStatus.EXPIRED
    assert card.buttons() == {}
    assert "*Expired*" in card.words()
    assert [said.partition(":")[2] for said in world.notices] == [
        f"hourglass: Draft {draft.number} expired: nobody decided in time, and it is not sent."
    ]


async def test_an_approval_is_taken_back_in_slack_while_it_can_be(world: SlackWorld) -> None:
    draft = await world.draft()
    await world.work()
    [card] = world.cards
    await world.click(card, cards.APPROVE)
    await world.work()
    button = card.buttons()[cards.TAKE_BACK]
    world.clock.advance(timedelta(seconds=20))
    await world.click(card, cards.TAKE_BACK)
    await settle(world)
    first, second = world.cards
    assert (await standing(world, draft)).status is DraftStatus.SUPERSEDED
    assert first.buttons() == {}
    assert "*Approved* by Ann Reed, and taken back." in first.words()
    assert second.thread_ts == first.ts
    assert "Ann Reed took the approval back" in second.words()
    assert "*Changed* nothing in its words" in second.words()
    await world.click(second, cards.APPROVE)
    await world.work()
    world.clock.advance(timedelta(seconds=31))
    await world.act(click_payload(second, {**button, **second.buttons()[cards.TAKE_BACK]}))
    sentences = await told(world)
    assert sentences[0].startswith("The approval is taken back; the same words wait again")
    assert "The time to take the approval back ended at 15:01:00 UTC." in sentences[1]
    assert second.buttons() == {}
    assert [kind for kind, _ in await decisions(world)] == ["approve", "approve"]


async def test_a_card_of_two_approvals_says_who_gave_the_first(
    world: SlackWorld, database: Database, workspace: WorkspaceId
) -> None:
    await adopt(database, workspace, always(Action.REVIEW, approvals=2))
    await world.map("mia@brand.example", "U0MIA")
    draft = await world.draft()
    await settle(world)
    [card] = world.cards
    assert "*Four eyes* 2 people must approve it" in card.words()
    await world.click(card, cards.APPROVE)
    await world.click(card, cards.APPROVE)
    sentences = await told(world)
    assert "one more approval is needed, by somebody else" in sentences[0]
    assert "You approved it at 15:00 UTC" in sentences[1]
    assert "*Four eyes* 1 of 2: Ann Reed approved; one more is needed" in card.words()
    assert cards.APPROVE in card.buttons()
    assert await decisions(world) == []
    await world.click(card, cards.APPROVE, "U0MIA")
    await world.work()
    assert (await standing(world, draft)).status is DraftStatus.APPROVED
    assert "*Approved* by Mia Holt" in card.words()


async def test_what_a_policy_asks_for_stands_on_the_card_and_holds_for_the_click(
    world: SlackWorld, database: Database, workspace: WorkspaceId
) -> None:
    await adopt(database, workspace, always(Action.ESCALATE, to="admin"))
    draft = await world.draft()
    await settle(world)
    [card] = world.cards
    assert "*Next* a decision by Mia Holt (admin)" in card.words()
    assert "*Rule* always: It is a test." in card.words()
    for action in (cards.APPROVE, cards.REJECT, cards.EDIT):
        await world.click(card, action)
    sentences = await told(world)
    assert len(sentences) == 3
    assert all("Its policy asks for an admin: It is a test." in one for one in sentences)
    assert (world.fake.state.views, await decisions(world)) == ([], [])
    await world.map("mia@brand.example", "U0MIA")
    await world.click(card, cards.APPROVE, "U0MIA")
    assert (await standing(world, draft)).status is DraftStatus.APPROVED


async def test_what_a_policy_blocks_has_no_approve_button(
    world: SlackWorld, database: Database, workspace: WorkspaceId
) -> None:
    await adopt(database, workspace, always(Action.BLOCK))
    await world.draft()
    await settle(world)
    [card] = world.cards
    assert list(card.buttons()) == [cards.EDIT, cards.REJECT, cards.OPEN, cards.SNOOZE]
    assert "Blocked by its policy: It is a test." in card.words()


async def test_a_draft_is_put_aside_and_shown_again(world: SlackWorld) -> None:
    draft = await world.draft()
    await settle(world)
    [card] = world.cards
    await world.click(card, cards.SNOOZE, choice=1)
    [sentence] = await told(world)
    assert "is put aside until Tue 3 Mar 09:00 UTC" in sentence
    assert "*Aside* until <!date^1772528400^" in card.words()
    await world.click(card, cards.SNOOZE, choice=0)
    assert "is shown again" in (await told(world))[1]
    assert "*Aside*" not in card.words()
    forged = card.buttons()[cards.SNOOZE]
    forged["options"][0]["value"] = f"{draft.id} 1000-01-01"
    await world.click(card, cards.SNOOZE, choice=0)
    assert "choose from the menu" in (await told(world))[2]


async def test_a_rejection_may_say_what_it_is_about(world: SlackWorld) -> None:
    draft = await world.draft()
    await settle(world)
    [card] = world.cards
    await world.click(card, cards.REJECT)
    assert (await world.submit(note="shorter", category="tone_length")).content == b""
    await settle(world)
    second = world.cards[-1]
    await world.click(second, cards.REJECT)
    bad = await world.submit(note="shorter", category="weather")
    assert "There is no category 'weather'" in bad.json()["errors"][modals.NOTE]
    assert (await world.submit(note="shorter", category="")).content == b""
    async with world.outrider.begin(SYSTEM)() as tx:
        versions = await read.lineage(tx, draft.lineage_id)
        made = [await read.decision(tx, one.id) for one in versions[:2]]
    assert [one and one.category for one in made] == ["tone_length", None]
    assert "*Changed*" in second.words()


async def test_a_click_and_the_timer_are_one_decision(
    world: SlackWorld, database: Database, workspace: WorkspaceId
) -> None:
    await adopt(database, workspace, always(Action.REVIEW), **SENDS_BY_ITSELF)
    drafts = [await world.draft() for _ in range(4)]
    await settle(world)
    shown = {str(draft.id): card for draft in drafts for card in world.cards
             if str(draft.id) in str(card.blocks)}  # fmt: skip
    world.clock.advance(timedelta(days=4))

    async def tick(draft: Draft) -> str:
        try:
            async with world.outrider.begin(CLOCK)() as tx:
                review = await route.review_of(tx, draft.id)
                assert review is not None
                await decide.approve_by(
                    tx, draft.id, DecidedBy.TIMEOUT, review.policy_id, "nobody decided"
                )
        except Conflict as error:
            return error.message
        return ""

    said = await asyncio.gather(
        *(tick(draft) for draft in drafts),
        *(world.click(shown[str(draft.id)], cards.APPROVE) for draft in drafts),
    )
    refused = [one for one in said if isinstance(one, str) and one]
    assert len(await decisions(world)) == len(drafts)
    sentences = await told(world)
    assert len(refused) + len(sentences) == len(drafts)
    assert all("The time limit approved" in one for one in sentences)
    assert len(world.cards) == len(drafts)


async def test_a_test_draft_tells_the_one_who_clicked_at_once(
    world: SlackWorld, person: PersonId
) -> None:
    draft = await world.draft()
    async with world.outrider.begin(CLOCK)() as tx:
        planted = await seed.plant(tx, draft.id)
        assert planted is not None
    await settle(world)
    real, test = sorted(world.cards, key=lambda card: str(planted.id) in str(card.blocks))
    assert list(real.buttons()) == list(test.buttons())
    assert " test" not in test.words().lower()
    await world.click(test, cards.APPROVE)
    [sentence] = await told(world)
    assert "test draft" in sentence
    assert test.buttons() == {}
    assert "*Withdrawn*" in test.words()
    assert await decisions(world) == []


async def test_news_of_a_card_that_somebody_deleted_is_let_go(world: SlackWorld) -> None:
    draft = await world.draft()
    await settle(world)
    [card] = world.cards
    await world.click(card, cards.APPROVE)
    world.fake.posts.remove(card)
    await settle(world)
    assert (await standing(world, draft)).status is DraftStatus.APPROVED
    assert world.fake.posts == []
    asked = len(world.fake.state.asked)
    await settle(world)
    assert len(world.fake.state.asked) == asked


async def test_a_draft_that_a_policy_let_go_by_itself_needs_no_card(
    world: SlackWorld, database: Database, workspace: WorkspaceId, person: PersonId
) -> None:
    boss = await add_person(database, workspace, "Mia Holt", "mia@brand.example", role="admin")
    rule = always(Action.AUTO_APPROVE)
    async with world.outrider.begin(actor(boss))() as tx:
        await policy.adopt(tx, boss, Policy(rules=(rule,), auto_approve=True), None)
        assert await access.member(tx, person) is not None
    draft = await world.draft()
    await world.route(draft)
    await settle(world)
    if (await standing(world, draft)).status is DraftStatus.APPROVED:
        assert world.fake.posts == []
    else:
        assert len(world.cards) == 1
