"""Slack asks people what an agent may not do alone, does a yes once, and tells what runs did."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from outrider.agents import request
from outrider.agents.types import Assignment, RequestStatus, ToolRequest
from outrider.app.jobs import slack_fleet, think
from outrider.app.jobs.fleet_clock import run_tick
from outrider.app.slack import answers, requests
from outrider.app.wiring import Outrider
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Actor, ActorKind, Tx
from outrider.kernel.errors import Refused
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.switches import set_switch
from outrider.vendors.fakes.slack import Fault
from tests.conftest import add_person
from tests.deals import deals_can_be_moved
from tests.fleet_world import Fleet
from tests.slack_world import SlackWorld, click_payload, slack_world

EVIL = "Acme <!channel> *now* <https://evil.example|click> `x`"
LOST_ANSWER = Fault(drops=True, after_the_work=True)


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The deals that were moved."""
    return deals_can_be_moved(monkeypatch, think, answers)


@pytest.fixture
async def world(
    home: Path, clock: VirtualClock, database: Database, workspace: WorkspaceId, person: PersonId
) -> AsyncIterator[SlackWorld]:
    """Ann is U0ANN in Slack and may decide; Vic is U0VIC and may look."""
    await add_person(database, workspace, "Vic Poe", "vic@brand.example", role="viewer")
    async with slack_world(home, clock, database, workspace) as world:
        await world.map("ann@try-brand.example", "U0ANN")
        await world.map("vic@brand.example", "U0VIC")
        yield world


async def ask(world: SlackWorld, deal: str = EVIL) -> Fleet:
    """Let the crm agent want to move a deal."""
    fleet = Fleet(world.outrider)
    await fleet.set("crm", tools=["deal_update_stage"])
    fleet.says([{"deal_update_stage": {"deal": deal}}, "never said"])
    await think.think(world.outrider, "crm", Assignment(task=f"Move the deal {deal}"))
    return fleet


async def run_due(world: SlackWorld) -> None:
    await world.queue.run_due(world.outrider)


async def the_request(world: SlackWorld) -> ToolRequest:
    async with world.outrider.begin(SYSTEM)() as tx:
        (one,) = await request.listing(tx, None)
    return one


async def test_a_request_is_a_card_that_says_exactly_what_a_yes_does(
    world: SlackWorld, moved: list[str]
) -> None:
    await ask(world)
    await run_due(world)
    [card] = world.fake.posts
    words = card.words()
    assert "crm asks: deal_update_stage" in words
    assert "*A yes calls* `deal_update_stage` (Move a deal) once, for the agent crm" in words
    assert "*Why a person*" in words
    assert (await the_request(world)).reason in words
    # The agent's words stand there as they are, and nowhere as formatting or a mention.
    told = [b for b in card.blocks if EVIL in str(b.get("text", {}).get("text"))]
    assert [block["text"]["type"] for block in told] == ["plain_text"]
    formatted = [b for b in card.blocks if b.get("text", {}).get("type") == "mrkdwn"]
    assert not any("<!channel" in b["text"]["text"] for b in formatted)
    assert list(card.buttons()) == [requests.YES, requests.NO, requests.LOOK]
    assert moved == []


async def test_a_yes_is_done_once_however_often_it_is_clicked(
    world: SlackWorld, moved: list[str], person: PersonId
) -> None:
    await ask(world)
    await run_due(world)
    [card] = world.fake.posts
    button = card.buttons()[requests.YES]
    payloads = [click_payload(card, button, "U0ANN", f"17.{n}") for n in (1, 1, 2, 3)]
    await asyncio.gather(*[world.act(payload) for payload in payloads])
    await run_due(world)
    await world.act(click_payload(card, button))
    await run_due(world)
    assert moved == [EVIL]
    assert (await the_request(world)).status is RequestStatus.DONE
    assert list(card.buttons()) == [requests.LOOK]
    assert "*Done* (Ann Reed" in card.words()
    assert len(world.fake.posts) == 1
    assert all("is done" in t["text"] or "is approved" in t["text"] for t in world.fake.state.told)
    async with world.outrider.begin(SYSTEM)() as tx:
        rows = await tx.rows(
            "select actor, action from outrider.audit_events where action in"
            " ('agents.settle', 'agents.performed', 'slack.decide') order by id"
        )
    assert Counter((row["actor"], row["action"]) for row in rows) == {
        (f"person:{person}", "agents.settle"): 1,
        (f"person:{person}", "slack.decide"): 1,
        ("system:outrider", "agents.performed"): 1,
    }


async def test_a_no_takes_a_note_and_nothing_is_done(world: SlackWorld, moved: list[str]) -> None:
    await ask(world)
    await run_due(world)
    [card] = world.fake.posts
    await world.click(card, requests.NO)
    assert "*A yes calls*" in str(world.view)
    answer = await world.submit(note="too early")
    assert answer.content == b""
    await run_due(world)
    one = await the_request(world)
    assert (one.status, one.note, moved) == (RequestStatus.DENIED, "too early", [])
    assert "“too early”" in card.words()
    # A form that was left open does not undo it.
    late = await world.act(click_payload(card, {"action_id": requests.YES, **_value(one)}))
    await run_due(world)
    assert late.status_code == 200
    assert "is denied already" in world.fake.state.told[-1]["text"]
    assert moved == []


def _value(one: ToolRequest, sha256: str = "") -> dict[str, Any]:
    sha256 = sha256 or one.input_sha256
    return {"type": "button", "value": f'{{"draft": "{one.id}", "hash": "{sha256}"}}'}


async def test_who_may_not_decide_may_look_and_nobody_agrees_to_other_arguments(
    world: SlackWorld, moved: list[str]
) -> None:
    await ask(world)
    await run_due(world)
    [card] = world.fake.posts
    for user in ("U0VIC", "U0BOB"):
        for action in (requests.YES, requests.NO, requests.LOOK):
            await world.click(card, action, user)
    one = await the_request(world)
    await world.act(click_payload(card, {"action_id": requests.YES, **_value(one, "0" * 64)}))
    await run_due(world)
    assert [view["callback_id"] for view in world.fake.state.views] == [requests.LOOK]
    told = [told["text"] for told in world.fake.state.told]
    assert len(told) == 6
    assert sum("may not decide" in text for text in told) == 2
    assert sum("does not know who you are" in text for text in told) == 3
    assert "not the arguments of this request" in told[-1]
    assert (one.status, moved) == (RequestStatus.PENDING, [])


async def test_a_lost_answer_of_slack_makes_no_second_card(
    world: SlackWorld, moved: list[str]
) -> None:
    world.fake.fail("chat.postMessage", LOST_ANSWER)
    await ask(world)
    await run_due(world)
    assert len(world.fake.posts) == 1
    await world.wait_and_work()
    [card] = world.fake.posts
    await world.click(card, requests.YES)
    world.fake.fail("chat.update", Fault(status=503))
    await run_due(world)
    while world.queue.next_at:
        await world.wait_and_work()
    assert moved == [EVIL]
    assert "*Done*" in card.words()
    assert len(world.fake.posts) == 1


async def test_an_answer_at_another_door_changes_the_card(
    world: SlackWorld, moved: list[str], person: PersonId
) -> None:
    await ask(world)
    await run_due(world)
    one = await the_request(world)
    ann = Actor(ActorKind.PERSON, str(person))
    await think.answer(world.outrider, one.id, ann, is_approved=True, note=None)
    await run_due(world)
    [card] = world.fake.posts
    assert "*Done* (Ann Reed" in card.words()
    assert list(card.buttons()) == [requests.LOOK]


async def test_a_request_that_another_program_left_is_found_by_the_sweep(
    world: SlackWorld, moved: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def collect(outrider: Outrider, tx: Tx) -> None:
        await request.collect(tx)

    monkeypatch.setattr(think, "collect", collect)
    await ask(world)
    await run_due(world)
    assert world.fake.posts == []
    for _ in range(2):
        await world.work()
    [card] = world.fake.posts
    assert requests.YES in card.buttons()


async def test_a_kill_switch_takes_no_yes_and_the_card_still_asks(
    world: SlackWorld, moved: list[str]
) -> None:
    await ask(world)
    await run_due(world)
    [card] = world.fake.posts
    async with world.outrider.begin(SYSTEM)() as tx:
        await set_switch(tx, "tool", "deal_update_stage", is_on=True, reason="audit")
    await world.click(card, requests.YES)
    await run_due(world)
    assert "Nothing was done" in world.fake.state.told[0]["text"]
    assert (await the_request(world)).status is RequestStatus.PENDING
    assert requests.YES in card.buttons()
    assert moved == []


async def test_a_call_of_any_size_is_taken_by_slack(world: SlackWorld, moved: list[str]) -> None:
    await ask(world, '<&>\\"*_`' * 900)
    await run_due(world)
    [card] = world.fake.posts
    await world.click(card, requests.LOOK)
    assert world.view["callback_id"] == requests.LOOK


async def test_a_run_by_the_clock_is_told_once(world: SlackWorld, moved: list[str]) -> None:
    fleet = Fleet(world.outrider)
    fleet.says(["All <!channel> is well."])
    due = world.clock.now()
    await run_tick(world.outrider, "crm", due, {"task": "Look around."})
    world.fake.fail("chat.postMessage", LOST_ANSWER)
    await run_due(world)
    while world.queue.next_at:
        await world.wait_and_work()
    await run_tick(world.outrider, "crm", due, {"task": "Look around."})
    await run_due(world)
    [post] = world.fake.posts
    assert "*crm finished.*" in post.words()
    assert "Cost: $0.00. Duration:" in post.words()
    assert "All &lt;!channel&gt; is well." in post.words()
    assert len(await fleet.runs("crm")) == 1


async def test_a_tick_on_which_nothing_was_done_is_not_told(world: SlackWorld) -> None:
    Fleet(world.outrider)
    async with world.outrider.begin(SYSTEM)() as tx:
        await set_switch(tx, "agent", "crm", is_on=True, reason="audit")
    await run_tick(world.outrider, "crm", world.clock.now(), {"task": "Look around."})
    await run_due(world)
    assert world.fake.posts == []


async def test_a_dry_installation_lets_no_agent_act(
    world: SlackWorld, moved: list[str], person: PersonId
) -> None:
    await ask(world, "Early Stores")
    await run_due(world)
    object.__setattr__(
        world.outrider,
        "settings",
        world.outrider.settings.model_copy(update={"agent_dry_run": True}),
    )
    fleet = await ask(world, "Acme Stores")
    said = str(fleet.script.asked[-1].messages[-1])
    assert "DRY_RUN mode active. Would have called deal_update_stage but blocked." in said
    # What was asked before waits; a yes is refused at each door.
    one = await the_request(world)
    ann = Actor(ActorKind.PERSON, str(person))
    with pytest.raises(Refused, match="DRY_RUN mode active"):
        await think.answer(world.outrider, one.id, ann, is_approved=True, note=None)
    [card] = world.fake.posts
    await world.click(card, requests.YES)
    await run_due(world)
    assert "DRY_RUN mode active" in world.fake.state.told[0]["text"]
    assert ((await the_request(world)).status, moved) == (RequestStatus.PENDING, [])


def test_the_headline_of_a_run_stands_first() -> None:
    text, [block] = slack_fleet.summary("crm finished.\nTools: a (2x)\n" + "x" * 5000)
    assert text == "crm finished."
    assert block["text"]["text"].startswith(":robot_face: *crm finished.*\nTools: a (2x)")
