"""In the browser people read what came back, say what it means, and see what came of it; the log tells."""

from __future__ import annotations

import json
import re

import pytest
from playwright.async_api import Page, expect

from outrider.app.jobs.read_mail import read_mail
from outrider.app.jobs.sample import Sample
from outrider.app.jobs.send_mail import send_mail
from outrider.drafts import decide
from tests.web.axe import faults, needs_axe
from tests.web.world import World

SCREENS = ("/overview", "/replies", "/audit", "/trace", "/prospects", "/prospects/suppressed")


def _quiet(done: int, total: int | None) -> None:
    """Nobody watches."""


async def lived(world: World, mails: int = 4) -> list[str]:
    """Some drafts are approved and sent, and the first people answer; the Message-IDs."""
    sample = Sample(world.outrider)
    member, begin = await sample.reviewer()
    drafts = await world.rows(
        "select id, content_hash from outrider.drafts where status = 'pending' order by number"
    )
    for draft in drafts[:mails]:
        async with begin() as tx:
            await decide.approve(tx, draft["id"], member.person_id, draft["content_hash"])
    sent = (await send_mail(world.outrider, 100, now=True)).sent
    assert len(sent) == mails
    await read_mail(world.outrider, await sample.write_replies(sent), _quiet)
    return [item.message_id for item in sent]


async def shown(page: Page, world: World, path: str) -> None:
    """The screen, with everything on it."""
    await page.goto(world.address + path)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(page.get_by_role("status", name="Loading")).to_have_count(0)


async def test_a_reply_is_read_and_filed_and_the_overview_counts_it(world: World) -> None:
    await lived(world)
    page = await world.page(path="/replies")
    lines = page.get_by_role("region", name="List of replies").get_by_role("listitem")
    await expect(lines.first).to_contain_text("no meaning yet")
    before = await lines.count()
    await lines.first.get_by_role("link").click()
    await expect(page.get_by_text("Nobody has said what it means.")).to_be_visible()
    await expect(page.get_by_text("The sequence is stopped.")).to_be_visible()
    await page.get_by_label("Interested").check()
    await page.get_by_role("button", name="Say so").click()
    await expect(page.get_by_text("Somebody said: interested")).to_be_visible()
    await expect(lines).to_have_count(before - 1)
    rows = await world.rows(
        "select heard -> 0 ->> 'reply_class' as said from outrider.enrollments where heard <> '[]'"
    )
    assert [row["said"] for row in rows] == ["interested"]
    await shown(page, world, "/overview?days=90")
    meanings = page.get_by_role("region", name="What answers mean")
    await expect(meanings.get_by_role("row", name="Interested")).to_contain_text("1")
    assert world.heard == []


async def test_a_reply_that_was_filed_wrongly_is_corrected_and_what_stays_is_told(
    world: World,
) -> None:
    await lived(world)
    page = await world.page(path="/replies")
    lines = page.get_by_role("region", name="List of replies").get_by_role("listitem")
    await lines.first.get_by_role("link").click()
    await page.get_by_label("Wants to meet").check()
    await page.get_by_role("button", name="Say so").click()
    await expect(page.get_by_text("Somebody said: wants to meet")).to_be_visible()
    await page.get_by_role("button", name="Say something else").click()
    await page.get_by_label("Objects").check()
    await page.get_by_role("button", name="Say so").click()
    await expect(page.get_by_text("Somebody said: objects")).to_be_visible()
    # What cannot be taken back is said, and nothing started again unasked.
    await expect(page.get_by_role("status").filter(has_text="stopped").first).to_be_visible()
    rows = await world.rows("select status from outrider.enrollments where heard <> '[]'")
    assert [row["status"] for row in rows] == ["stopped"]
    assert world.heard == []


async def test_who_may_only_read_replies_is_told_who_files_them(world: World) -> None:
    await lived(world)
    page = await world.page("vic", path="/replies?shelf=all")
    lines = page.get_by_role("region", name="List of replies").get_by_role("listitem")
    await lines.last.get_by_role("link").click()
    await expect(page.get_by_text("Your role may read replies.")).to_be_visible()
    await expect(page.get_by_role("button", name="Say so")).to_have_count(0)


async def test_each_step_says_too_few_to_tell_before_there_are_enough(world: World) -> None:
    await lived(world)
    page = await world.page(path="/overview")
    steps = page.get_by_role("region", name="Mails by step and variant")
    row = steps.get_by_role("row", name="Leases, step 1")
    await expect(row).to_contain_text("14 days are not over")
    async with world.outrider.begin()() as tx:
        await tx.run("update outrider.outbox set sent_at = sent_at - interval '15 days'")
    # Another period, for a count that took long is kept a while.
    await shown(page, world, "/overview?days=90")
    await expect(row).to_contain_text("too few to tell: 4 of 50")
    people = page.get_by_role("region", name="People by week")
    await expect(people.get_by_role("row").nth(1)).to_contain_text("so far")
    await expect(page.get_by_text("no meeting yet")).to_be_visible()
    assert world.heard == []


async def test_a_search_of_the_log_is_taken_away_and_its_state_is_told(world: World) -> None:
    await lived(world)
    page = await world.page(path="/audit")
    state = page.get_by_role("region", name="State of the log")
    await expect(state).to_be_visible()
    await page.get_by_label("Room, or room.verb").fill("drafts.approve")
    await page.get_by_role("button", name="Search", exact=True).click()
    await expect(page.get_by_role("cell", name="drafts.approve").first).to_be_visible()
    async with page.expect_download() as waited:
        await page.get_by_role("link", name="Download this search").click()
    path = await (await waited.value).path()
    events = [json.loads(line) for line in path.read_text().splitlines()]
    assert [event["action"] for event in events] == ["drafts.approve"] * 4
    assert world.heard == []


async def test_a_trace_is_told_as_a_story_and_leads_on(world: World) -> None:
    message_id, *_ = await lived(world)
    page = await world.page(path=f"/trace?id={message_id}")
    await expect(
        page.get_by_text("What was approved is what was sent, to the letter.")
    ).to_be_visible()
    await expect(page.get_by_text("Came back,")).to_be_visible()
    await page.get_by_role("link", name="Version 1").click()
    await expect(page).to_have_url(re.compile(r"/inbox/\d+$"))


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_serious_where_there_is_something_to_see(
    world: World, scheme: str
) -> None:
    message_id, *_ = await lived(world)
    async with world.outrider.begin()() as tx:
        await tx.run("update outrider.outbox set sent_at = sent_at - interval '15 days'")
    (turn,) = await world.rows("select id from outrider.turns where kind = 'reply' limit 1")
    page = await world.page(path="/overview", color_scheme=scheme, bypass_csp=True)
    found = {}
    for path in (*SCREENS, f"/replies/{turn['id']}", f"/trace?id={message_id}"):
        await shown(page, world, path)
        found[path] = await faults(page)
    assert {screen: wrong for screen, wrong in found.items() if wrong} == {}
    assert world.heard == []


async def test_a_phone_has_no_screen_wider_than_itself(world: World) -> None:
    await lived(world)
    (turn,) = await world.rows("select id from outrider.turns where kind = 'reply' limit 1")
    page = await world.page(path="/overview", viewport={"width": 390, "height": 844})
    for path in (*SCREENS, f"/replies/{turn['id']}"):
        await shown(page, world, path)
        wide = await page.evaluate(
            "() => [...document.querySelectorAll('main, main > *')]"
            ".map(one => one.scrollWidth).concat(document.documentElement.scrollWidth)"
        )
        assert max(wide) <= 390, path
