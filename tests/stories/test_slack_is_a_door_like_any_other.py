"""Slack shows drafts and takes decisions as the other doors do: known people, one decision, no loss."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from outrider.app.slack import cards, modals
from outrider.drafts import decide, read
from outrider.drafts.types import DraftStatus
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Actor, ActorKind
from outrider.kernel.errors import Conflict
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.vendors.fakes.slack import Fault
from tests.conftest import add_person
from tests.slack_world import SlackWorld, click_payload, decisions, form, slack_world, standing


@pytest.fixture
async def world(
    home: Path, clock: VirtualClock, database: Database, workspace: WorkspaceId, person: PersonId
) -> AsyncIterator[SlackWorld]:
    """Ann is U0ANN in Slack; nobody else is known."""
    async with slack_world(home, clock, database, workspace) as world:
        await world.map("ann@try-brand.example", "U0ANN")
        yield world


async def test_a_known_person_approves_what_the_card_showed(
    world: SlackWorld, person: PersonId
) -> None:
    draft = await world.draft()
    await world.work()
    [card] = world.fake.posts
    assert draft.content.subject in card.words()
    for paragraph in draft.content.text.split("\n\n"):
        assert paragraph.strip() in card.words()
    for source in draft.sources:
        assert source.url in card.words()
    assert list(card.buttons()) == [
        cards.APPROVE,
        cards.EDIT,
        cards.REJECT,
        cards.OPEN,
        cards.SNOOZE,
    ]

    answer = await world.click(card, cards.APPROVE)
    assert (answer.status_code, answer.content) == (200, b"")
    assert (await standing(world, draft)).status is DraftStatus.APPROVED
    assert await decisions(world) == [("approve", person)]

    await world.work()
    assert list(card.buttons()) == [cards.TAKE_BACK]
    assert "*Approved* by Ann Reed" in card.words()
    assert "|Mon 2 Mar 15:00 UTC>; can be taken back until" in card.words()
    assert "|Mon 2 Mar 15:00:30 UTC>" in card.words()
    assert [said.partition("Ann Reed")[0] for said in world.notices] == [
        f":white_check_mark: Draft {draft.number} was approved by "
    ]
    world.clock.advance(timedelta(seconds=30))
    await world.queue.run_due(world.outrider)
    assert card.buttons() == {}
    assert world.cards == [card]
    assert len(world.notices) == 1
    async with world.outrider.begin(SYSTEM)() as tx:
        rows = await tx.rows(
            "select actor, action from outrider.audit_events where subject = :s order by id",
            {"s": f"draft:{draft.id}"},
        )
    assert {
        (f"person:{person}", "drafts.approve"),
        (f"person:{person}", "slack.decide"),
    } <= {(row["actor"], row["action"]) for row in rows}


async def test_an_unknown_user_decides_nothing_and_learns_how_to_be_known(
    world: SlackWorld,
) -> None:
    draft = await world.draft()
    await world.work()
    [card] = world.fake.posts
    for action in card.buttons():
        assert (await world.click(card, action, "U0BOB")).status_code == 200
    await world.work()
    assert await decisions(world) == []
    assert world.fake.state.views == []
    assert [told["user"] for told in world.fake.state.told] == ["U0BOB"] * 5
    assert all("outrider person slack" in told["text"] for told in world.fake.state.told)
    assert (await standing(world, draft)).status is DraftStatus.PENDING

    # A modal that somebody else submits is refused in the modal.
    await world.click(card, cards.REJECT)
    answer = await world.submit("U0BOB", note="shorter")
    assert answer.json()["response_action"] == "errors"
    assert "U0BOB" in answer.json()["errors"][modals.NOTE]
    assert await decisions(world) == []


async def test_a_viewer_may_look_but_not_decide(
    world: SlackWorld, database: Database, workspace: WorkspaceId
) -> None:
    await add_person(database, workspace, "Vic Poe", "vic@brand.example", role="viewer")
    await world.map("vic@brand.example", "U0VIC")
    draft = await world.draft()
    await world.work()
    [card] = world.fake.posts
    for action in card.buttons():
        await world.click(card, action, "U0VIC")
    await world.work()
    assert (await standing(world, draft)).status is DraftStatus.PENDING
    assert [view["callback_id"] for view in world.fake.state.views] == [cards.OPEN]
    assert [told["user"] for told in world.fake.state.told] == ["U0VIC"] * 4
    assert all("may not decide" in told["text"] for told in world.fake.state.told)


async def test_a_stale_card_says_that_the_mail_was_revised(
    world: SlackWorld, person: PersonId
) -> None:
    draft = await world.draft()
    await world.work()
    [card] = world.fake.posts
    async with world.outrider.begin(Actor(ActorKind.PERSON, str(person)))() as tx:
        new = await decide.edit(tx, draft.id, person, subject="Your leases")
    for action in (cards.APPROVE, cards.REJECT, cards.EDIT):
        await world.click(card, action)
    await world.work()
    sentences = [told["text"] for told in world.fake.state.told]
    assert len(sentences) == 3
    for sentence in sentences:
        assert "was revised since you saw it" in sentence
        assert f"Draft {new.number} replaced it and is pending." in sentence
    assert world.fake.state.views == []
    assert [kind for kind, _ in await decisions(world)] == ["edit"]
    assert card.buttons() == {}
    assert "*Revised*" in card.words()
    newest = world.cards[-1]
    assert newest.thread_ts == card.ts
    await world.click(newest, cards.REJECT)
    await world.submit(note="shorter")
    assert (await standing(world, new)).status is DraftStatus.REJECTED


async def test_a_card_with_another_hash_approves_nothing(world: SlackWorld) -> None:
    draft = await world.draft()
    await world.work()
    [card] = world.fake.posts
    button = card.buttons()[cards.APPROVE]
    forged = {**button, "value": button["value"].replace(draft.content_hash, "0" * 64)}
    await world.act(click_payload(card, forged))
    await world.work()
    assert (await standing(world, draft)).status is DraftStatus.PENDING
    assert "is not the text that you saw" in world.fake.state.told[0]["text"]


async def test_two_clicks_at_once_are_one_decision(
    world: SlackWorld, database: Database, workspace: WorkspaceId
) -> None:
    await add_person(database, workspace, "Bob Lane", "bob@brand.example")
    await world.map("bob@brand.example", "U0BOB")
    await world.draft()
    await world.work()
    [card] = world.fake.posts
    button = card.buttons()[cards.APPROVE]
    clicks = [
        click_payload(card, button, user, f"17.{n}")
        for n, user in enumerate(["U0ANN", "U0BOB"] * 3)
    ]
    answers = await asyncio.gather(*[world.act(payload) for payload in clicks])
    assert {answer.status_code for answer in answers} == {200}
    assert len(await decisions(world)) == 1
    await world.work()
    assert len(world.fake.state.told) == 5
    assert all(" approved draft " in told["text"] for told in world.fake.state.told)


async def test_a_click_while_another_door_approves_is_one_decision(
    world: SlackWorld, person: PersonId
) -> None:
    draft = await world.draft()
    await world.work()
    [card] = world.fake.posts

    async def other_door() -> str:
        try:
            async with world.outrider.begin(Actor(ActorKind.PERSON, str(person)))() as tx:
                await decide.approve(tx, draft.id, person)
        except Conflict as conflict:
            return conflict.message
        return ""

    _, refusal = await asyncio.gather(world.click(card, cards.APPROVE), other_door())
    await world.work()
    told = [told["text"] for told in world.fake.state.told]
    assert len(await decisions(world)) == 1
    assert [bool(refusal), bool(told)].count(True) == 1
    assert list(card.buttons()) == [cards.TAKE_BACK]


async def test_a_rejection_with_a_note_brings_the_revision_into_the_same_thread(
    world: SlackWorld, person: PersonId
) -> None:
    draft = await world.draft()
    await world.work()
    [card] = world.fake.posts
    await world.click(card, cards.REJECT)
    blank = await world.submit(note="  ")
    assert "say in 1 to 4,000" in blank.json()["errors"][modals.NOTE]
    answer = await world.submit(note="shorter, and do not open with filing data")
    assert (answer.status_code, answer.content) == (200, b"")
    await world.work()
    await world.work()
    assert await decisions(world) == [("reject", person)]
    assert "shorter, and do not open with filing data" in card.words()
    first, second = world.cards
    assert (first.thread_ts, second.thread_ts) == (None, card.ts)
    assert "version 2" in second.words()

    # Version 2 is rejected as well: version 3 stands in the same thread, and is approved.
    await world.click(second, cards.REJECT)
    await world.submit(note="less formal")
    await world.work()
    await world.work()
    third = world.cards[-1]
    assert third.thread_ts == card.ts
    await world.click(third, cards.APPROVE)
    async with world.outrider.begin(SYSTEM)() as tx:
        versions = await read.lineage(tx, draft.lineage_id)
    assert [version.status for version in versions] == ["rejected", "rejected", "approved"]


async def test_an_edit_in_a_modal_makes_a_version_that_waits_for_its_own_approval(
    world: SlackWorld,
) -> None:
    draft = await world.draft()
    await world.work()
    await world.click(world.fake.posts[0], cards.EDIT)
    fields = {b["block_id"]: b["element"]["initial_value"] for b in world.view["blocks"][1:]}
    assert fields == {modals.SUBJECT: draft.content.subject, modals.BODY: draft.body}
    same = await world.submit(**fields)
    assert "Nothing in draft" in same.json()["errors"][modals.BODY]
    await world.submit(subject="Leases at Harbor Outfitters", body=draft.body)
    await world.work()
    assert (await standing(world, draft)).status is DraftStatus.SUPERSEDED
    newest = world.cards[-1]
    assert "Leases at Harbor Outfitters" in newest.words()
    assert cards.REJECT in newest.buttons()


async def test_a_repeated_request_has_no_second_effect(world: SlackWorld) -> None:
    await world.draft()
    await world.work()
    [card] = world.fake.posts
    await world.click(card, cards.REJECT)
    answers = [await world.submit(note="shorter") for _ in range(3)]
    assert [(a.status_code, a.content) for a in answers] == [(200, b"")] * 3
    await world.work()
    await world.work()
    assert len(await decisions(world)) == 1
    newest = world.cards[-1]
    payload = click_payload(newest, newest.buttons()[cards.APPROVE])
    for _ in range(3):
        assert (await world.act(payload)).status_code == 200
    await world.work()
    assert sorted(kind for kind, _ in await decisions(world)) == ["approve", "reject"]
    assert world.fake.state.told == []
    event = b'{"type":"event_callback","event_id":"Ev1","event":{"type":"message"}}'
    for _ in range(2):
        assert (await world.send("events", event)).status_code == 200
    async with world.outrider.begin(SYSTEM)() as tx:
        rows = await tx.rows("select 1 from outrider.slack_events where key = 'event:Ev1'")
    assert len(rows) == 1
    world.clock.advance(timedelta(days=8))
    await world.work()
    async with world.outrider.begin(SYSTEM)() as tx:
        assert not await tx.rows("select 1 from outrider.slack_events")


async def test_a_replayed_or_forged_request_is_refused(world: SlackWorld) -> None:
    draft = await world.draft()
    await world.work()
    [card] = world.fake.posts
    body = form(click_payload(card, card.buttons()[cards.APPROVE]))
    then = str(int(world.clock.now().timestamp()) - 301)
    for headers in (
        {"X-Slack-Request-Timestamp": then},
        {"X-Slack-Request-Timestamp": "soon"},
        {"X-Slack-Request-Timestamp": "-1"},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": ""},
    ):
        answer = await world.send("actions", body, **headers)
        assert (answer.status_code, answer.json()["detail"]) == (401, "Not from Slack.")
    assert await decisions(world) == []
    assert (await standing(world, draft)).status is DraftStatus.PENDING


async def test_a_card_that_is_not_ours_decides_nothing(world: SlackWorld) -> None:
    draft = await world.draft()
    await world.work()
    [card] = world.fake.posts
    payload = click_payload(card, card.buttons()[cards.APPROVE])
    for place in ({"channel_id": "C0OTHER"}, {"message_ts": "1.000009"}):
        await world.act({**payload, "container": {**payload["container"], **place}})
    await world.work()
    assert (await standing(world, draft)).status is DraftStatus.PENDING
    assert "none of Outrider's" in world.fake.state.told[0]["text"]


async def test_a_slow_modal_is_told_to_the_one_who_clicked(world: SlackWorld) -> None:
    await world.draft()
    await world.work()
    world.fake.fail("views.open", Fault(drops=True))
    answer = await world.click(world.fake.posts[0], cards.EDIT)
    assert answer.status_code == 200
    await world.work()
    assert "click again" in world.fake.state.told[0]["text"]


async def test_slack_verifies_the_address_and_gets_its_challenge(world: SlackWorld) -> None:
    answer = await world.send("events", b'{"type":"url_verification","challenge":"3eZbrw1a"}')
    assert answer.json() == {"challenge": "3eZbrw1a"}
    for body in (b"[]", b"", b"payload", b'{"type":"block_actions"}', b"\xff", b"[" * 100_000):
        bad = await world.send("events", body)
        assert (bad.status_code, bad.json()["code"]) == (400, "invalid_input")
