"""In the browser a reviewer has other mails written, compares them with the draft, and chooses one, once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import Page, expect

from outrider.app.jobs import long_work
from outrider.app.jobs.vary import vary
from outrider.drafts import vary as varying
from tests.web.axe import faults, needs_axe
from tests.web.test_reviewers_decide_in_the_browser import another, held, number_of
from tests.web.world import World


def _silent(done: int) -> None:
    """Nobody watches."""


async def opened(page: Page) -> None:
    await page.keyboard.press("w")
    await expect(
        page.get_by_role("dialog").get_by_role("article", name="The draft")
    ).to_be_visible()


async def test_other_mails_are_written_compared_and_one_takes_the_drafts_place(
    world: World,
) -> None:
    page = await world.page()
    number = await number_of(page)
    await opened(page)
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("How many").select_option("3")
    await dialog.get_by_role("button", name="Write 3 more").click()
    columns = dialog.get_by_role("article")
    await expect(columns).to_have_count(4)
    rows = await world.rows(
        "select v.mail ->> 'subject' as subject, v.mail ->> 'body' as body, v.mail ->> 'angle' as angle"
        " from outrider.draft_variants v join outrider.drafts d on d.id = v.draft_id"
        " where d.number = :n order by v.number",
        n=number,
    )
    assert len({row["angle"] for row in rows}) == 3
    second = columns.filter(has=page.get_by_role("heading", name="Variant 2"))
    await expect(second).to_contain_text(rows[1]["subject"])
    await expect(second).to_contain_text("Why so")
    await expect(second).to_contain_text("All 9 checks are green")
    await second.get_by_role("button", name="Choose this one").click()
    await expect(dialog).to_have_count(0)
    await another(page, number)
    again = await number_of(page)
    # It is the next version of the same mail, and waits for an approval of its own.
    (row,) = await world.rows(
        "select status, version, subject, body from outrider.drafts where number = :n", n=again
    )
    assert row == {
        "status": "pending", "version": 2, "subject": rows[1]["subject"], "body": rows[1]["body"],
    }  # fmt: skip
    decisions = await world.rows("select kind, note from outrider.decisions")
    assert decisions == [{"kind": "edit", "note": "Chose variant 2."}]
    assert await world.rows("select 1 from outrider.outbox") == []
    assert world.heard == []


async def test_what_is_being_written_is_found_again_by_who_closed_the_window(world: World) -> None:
    page = await world.page()
    number = await number_of(page)
    mia = await world.outrider.person("mia@keystoneledger.example")
    may_end = asyncio.Event()

    async def doing(tell: long_work.Telling) -> dict[str, Any]:
        await may_end.wait()
        return {"variants": []}

    what = ("variants", f"draft {number}")
    long_work.begin(world.outrider, f"person:{mia.person_id}", what, doing)
    dialog = page.get_by_role("dialog")
    write = dialog.get_by_role("button", name="Write 2 more")
    for _ in range(2):
        await opened(page)
        await expect(dialog.get_by_role("progressbar")).to_be_visible()
        await expect(write).to_have_count(0)
        await page.keyboard.press("Escape")
        await expect(dialog).to_have_count(0)
    await opened(page)
    await expect(dialog.get_by_role("progressbar")).to_be_visible()
    may_end.set()
    await expect(write).to_be_visible()


async def test_who_comes_second_is_told_and_nothing_is_chosen_twice(world: World) -> None:
    page = await world.page()
    number = await number_of(page)
    (draft,) = await world.rows("select id from outrider.drafts where number = :n", n=number)
    await vary(world.outrider, draft["id"], 2, _silent)
    await opened(page)
    dialog = page.get_by_role("dialog")
    first = dialog.get_by_role("article", name="Variant 1")
    await expect(first).to_be_visible()
    go = await held(page, "**/api/drafts/*/choose")
    async with page.expect_request("**/api/drafts/*/choose"):
        await first.get_by_role("button", name="Choose this one").click()
    kim = await world.outrider.person("kim@keystoneledger.example")
    async with world.outrider.begin()() as tx:
        await varying.choose(tx, draft["id"], kim.person_id, 2)
    go.set()
    await expect(page.get_by_role("alert").filter(has_text="Kim Osei edited draft")).to_be_visible()
    assert len(await world.rows("select 1 from outrider.decisions")) == 1
    chosen = await world.rows("select number from outrider.draft_variants where is_chosen")
    assert [row["number"] for row in chosen] == [2]


async def test_as_many_as_there_may_be_are_enough(world: World) -> None:
    page = await world.page()
    number = await number_of(page)
    async with world.outrider.begin()() as tx:
        await tx.run(
            "insert into outrider.draft_variants (workspace_id, id, draft_id, number, mail, findings,"
            " writer, cost_usd, is_chosen, created_at)"
            " select d.workspace_id, gen_random_uuid(), d.id, n, jsonb_build_object('subject',"
            " d.subject, 'body', d.body || ' ' || n, 'claims', '[]'::jsonb, 'angle', 'a', 'confidence', 1,"
            " 'sources', '[]'::jsonb,"
            " 'reasoning', cast(:why as jsonb), 'language', 'en'), '[]', 'offline', 0, false, :now"
            " from outrider.drafts d cross join generate_series(1, 9) n where d.number = :number",
            {"number": number, "now": tx.now, "why": '["a", "b", "c"]'},
        )
    await opened(page)
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text("There are as many as there may be.")).to_be_visible()
    await expect(dialog.get_by_role("button", name="Write")).to_have_count(0)


async def test_a_viewer_compares_and_chooses_nothing(world: World) -> None:
    (draft,) = await world.rows(
        "select id, number from outrider.drafts where status = 'pending' order by number limit 1"
    )
    await vary(world.outrider, draft["id"], 1, _silent)
    page = await world.page("vic")
    await page.goto(f"{world.address}/inbox/{draft['number']}")
    await page.get_by_role("button", name="Other mails").click()
    dialog = page.get_by_role("dialog")
    choose = dialog.get_by_role("button", name="Choose this one")
    await expect(choose).to_be_disabled()
    await expect(dialog.get_by_role("button", name="Write")).to_have_count(0)


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_serious_where_mails_are_compared(
    world: World, scheme: str
) -> None:
    page = await world.page(color_scheme=scheme, bypass_csp=True)
    number = await number_of(page)
    (draft,) = await world.rows("select id from outrider.drafts where number = :n", n=number)
    await opened(page)
    found = {"none": await faults(page)}
    await vary(world.outrider, draft["id"], 3, _silent)
    await expect(page.get_by_role("article", name="Variant 3")).to_be_visible()
    found["three"] = await faults(page)
    await page.set_viewport_size({"width": 390, "height": 844})
    found["phone"] = await faults(page)
    wide = await page.evaluate("() => document.documentElement.scrollWidth")
    assert wide <= 390
    assert {screen: wrong for screen, wrong in found.items() if wrong} == {}
    assert world.heard == []
