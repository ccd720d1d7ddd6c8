"""In the browser people see what to do by hand, for whom and why now, do it from the keyboard, and say so."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from outrider.app.jobs.send_mail import send_mail
from tests.web.axe import faults, needs_axe
from tests.web.by_hand import PHONE, PROOF, by_hand, in_doubt
from tests.web.test_reviewers_decide_in_the_browser import approved
from tests.web.world import World


def lines(page: Page) -> object:
    return page.get_by_role("region", name="List of tasks").get_by_role("listitem")


async def open_task(world: World, page: Page, number: int) -> None:
    await page.goto(f"{world.address}/tasks/{number}")
    await expect(page.get_by_role("heading", name="Why now")).to_be_visible()


async def test_a_day_of_tasks_is_done_from_the_keyboard(world: World) -> None:
    made = await by_hand(world)
    page = await world.page(path="/tasks")
    menu = page.get_by_role("navigation", name="Screens")
    await expect(menu.get_by_role("link", name="Tasks")).to_contain_text("4")
    # The first one is open by itself, and says what to do, for whom and why now.
    article = page.get_by_role("article")
    await expect(article).to_contain_text("mention the note on leases")
    await expect(article).to_contain_text("Step 1 of 2 in Spring introductions: first touch.")
    await expect(article).to_contain_text("Nobody was in touch before.")
    await page.keyboard.press("d")
    note = page.get_by_label("What came of it (optional)")
    await expect(note).to_be_focused()
    # While somebody writes, no letter is an answer.
    await note.press_sequentially("connected; asks as usual")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text(f"Task {made.linkedin.number} is done.")).to_be_visible()
    await page.wait_for_url(re.compile(rf"/tasks/{made.call.number}$"))
    await expect(article).to_contain_text(PHONE)
    why = page.get_by_label("Why (optional)")
    await page.keyboard.press("s")
    await expect(why).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Done D")).to_be_visible()
    await page.keyboard.press("s")
    await expect(why).to_be_focused()
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(rf"/tasks/{made.text.number}$"))
    await expect(article).to_contain_text(PROOF)
    await expect(article).to_contain_text("noted by Mia Lind")
    await page.keyboard.press("a")
    await expect(page.get_by_text(f"Task {made.text.number} is released.")).to_be_visible()
    await page.wait_for_url(re.compile(rf"/tasks/{made.unagreed.number}$"))
    await expect(page.get_by_role("article", name=f"Task {made.unagreed.number}")).to_be_visible()
    await page.keyboard.press("k")
    await page.wait_for_url(re.compile(rf"/tasks/{made.text.number}$"))
    await expect(article).to_contain_text("Released by Mia Lind.")
    await expect(menu.get_by_role("link", name="Tasks")).to_contain_text("2")
    rows = await world.rows("select number, status, note from outrider.tasks order by number")
    assert [(row["status"], row["note"]) for row in rows] == [
        ("done", "connected; asks as usual"), ("skipped", ""), ("approved", ""), ("open", ""),
    ]  # fmt: skip
    touches = await world.rows("select channel from outrider.touches where reference like 'task %'")
    assert [row["channel"] for row in touches] == ["linkedin"]
    assert world.heard == []


async def test_a_text_message_without_consent_waits_until_its_proof_is_noted(world: World) -> None:
    made = await by_hand(world)
    page = await world.page(path="/inbox")
    await open_task(world, page, made.unagreed.number)
    article = page.get_by_role("article")
    await expect(article).to_contain_text("The person has not agreed to text messages")
    await expect(page.get_by_role("button", name="Release A")).to_be_disabled()
    await page.keyboard.press("a")
    await page.get_by_role("link", name="Note one on the person’s page").click()
    texts = page.get_by_role("region", name="Text messages")
    await expect(texts).to_contain_text("Nobody noted that this person agreed")
    await texts.get_by_role("button", name="Note a consent…").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("button", name="Keep the consent")).to_be_disabled()
    await dialog.get_by_label("Where and when the person said so").fill("Call of 3 March")
    await dialog.get_by_role("button", name="Keep the consent").click()
    await expect(dialog).to_have_count(0)
    await expect(texts).to_contain_text("Agreed to text messages.")
    await expect(texts).to_contain_text("Call of 3 March")
    await expect(texts).to_contain_text("by Mia Lind")
    await page.go_back()
    await expect(page.get_by_role("button", name="Release A")).to_be_enabled()
    await page.keyboard.press("a")
    await expect(page.get_by_text("is released.")).to_be_visible()
    (row,) = await world.rows("select source, revoked_at from outrider.sms_consents where contact_id = :id",
                              id=made.unagreed.contact_id)  # fmt: skip
    assert row == {"source": "Call of 3 March", "revoked_at": None}
    await page.goto(f"{world.address}/prospects/people/{made.unagreed.contact_id}")
    await texts.get_by_role("button", name="Note a withdrawal…").click()
    await dialog.get_by_label("Where and when the person said so").fill("Said so on the phone")
    await dialog.get_by_role("button", name="Keep the withdrawal").click()
    await expect(texts).to_contain_text("Wants no text messages since")
    (row,) = await world.rows("select revoked_at from outrider.sms_consents where contact_id = :id",
                              id=made.unagreed.contact_id)  # fmt: skip
    assert row["revoked_at"] is not None
    assert world.heard == []


async def test_a_text_message_in_doubt_is_told_lost_and_may_be_released_again(world: World) -> None:
    made = await by_hand(world)
    await in_doubt(world, made.text.id)
    page = await world.page(path="/inbox")
    await open_task(world, page, made.text.number)
    article = page.get_by_role("article")
    await expect(article).to_contain_text("The provider gave no answer in 10 seconds.")
    await expect(page.get_by_role("button", name="It arrived D")).to_be_enabled()
    await page.keyboard.press("l")
    await expect(article).to_contain_text("A person says that it did not arrive.")
    await expect(page.get_by_role("button", name="Release A")).to_be_enabled()
    await page.keyboard.press("a")
    await expect(page.get_by_text(f"Task {made.text.number} is released.")).to_be_visible()
    (row,) = await world.rows(
        "select status from outrider.tasks where number = :n", n=made.text.number
    )
    assert row["status"] == "approved"


async def test_tasks_are_filtered_by_kind_by_whose_they_are_and_by_what_is_over(
    world: World,
) -> None:
    made = await by_hand(world)
    page = await world.page(path="/tasks")
    found = page.get_by_role("region", name="List of tasks").get_by_role("listitem")
    await expect(found).to_have_count(4)
    await page.get_by_role("button", name="Calls").click()
    await expect(found).to_have_count(1)
    await page.get_by_role("button", name="Answers").click()
    await expect(page.get_by_text("No task fits")).to_be_visible()
    await page.get_by_role("button", name="All", exact=True).click()
    await page.get_by_label("Mine").check()
    await expect(page.get_by_text("No task fits")).to_be_visible()
    # Whoever's mailbox the person hears from knows the thread.
    async with world.outrider.begin()() as tx:
        await tx.run("update outrider.people set email = (select address from outrider.mailboxes)"
                     " where name = 'Mia Lind'")  # fmt: skip
    await page.reload()
    await expect(found).to_have_count(4)
    await expect(page).to_have_url(re.compile("mine=true"))
    await page.get_by_role("button", name="Over").click()
    await expect(page.get_by_text("No task fits")).to_be_visible()
    await open_task(world, page, made.call.number)
    await page.keyboard.press("d")
    await expect(page.get_by_label("What came of it (optional)")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text(f"Task {made.call.number} is done.")).to_be_visible()
    await page.goto(f"{world.address}/tasks?shelf=over")
    await expect(found).to_have_count(1)
    await expect(page.get_by_role("article")).to_contain_text("Done ")
    assert world.heard == []


async def test_where_nothing_is_due_the_screen_says_what_will_come(world: World) -> None:
    page = await world.page("kim", path="/tasks")
    await expect(page.get_by_text("Nothing to do by hand")).to_be_visible()
    menu = page.get_by_role("navigation", name="Screens")
    await expect(menu.get_by_role("link", name="Tasks")).to_have_text("Tasks")


async def test_who_may_only_look_sees_no_number_and_no_answers(world: World) -> None:
    made = await by_hand(world)
    page = await world.page("vic", path="/settings/login")
    await open_task(world, page, made.call.number)
    await expect(page.get_by_text("Your role may look at tasks.")).to_be_visible()
    await expect(page.get_by_role("button", name="Done D")).to_have_count(0)
    assert PHONE not in await page.content()
    await page.goto(f"{world.address}/prospects/people/{made.call.contact_id}")
    await expect(page.get_by_role("region", name="Text messages")).to_be_visible()
    await expect(page.get_by_role("button", name="Note a touch…")).to_have_count(0)
    await expect(page.get_by_role("button", name="Note a consent…")).to_have_count(0)
    assert PHONE not in await page.content()


async def test_a_colleagues_meeting_is_noted_and_keeps_machines_quiet(world: World) -> None:
    (draft,) = await world.rows(
        "select number, account_id, contact_id from outrider.drafts where status = 'pending'"
        " order by number limit 1"
    )
    page = await world.page("kim", path=f"/prospects/{draft['account_id']}")
    people = page.get_by_role("region", name="People")
    await people.locator(f"a[href='/prospects/people/{draft['contact_id']}']").click()
    touches = page.get_by_role("region", name="Who was in touch")
    await expect(touches).to_contain_text("Nobody was in touch yet.")
    await touches.get_by_role("button", name="Note a touch…").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("How").select_option("meeting")
    await dialog.get_by_label("When").fill("2099-01-01T10:00")
    await dialog.get_by_role("button", name="Note it").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("is still to come")
    await dialog.get_by_label("When").fill("")
    await dialog.get_by_role("button", name="Note it").click()
    await expect(dialog).to_have_count(0)
    await expect(touches).to_contain_text("A colleague’s meeting")
    (row,) = await world.rows("select channel, direction from outrider.touches where contact_id = :id",
                              id=draft["contact_id"])  # fmt: skip
    assert row == {"channel": "crm", "direction": "out"}
    # Pacing counts it: the mail to this person is approved, and does not leave.
    await page.goto(f"{world.address}/inbox/{draft['number']}")
    await expect(page.get_by_role("button", name="Approve A")).to_be_enabled()
    await page.keyboard.press("a")
    await approved(world, 1)
    assert not (await send_mail(world.outrider, 100, now=True)).sent
    (row,) = await world.rows("select status, reason from outrider.outbox")
    assert row["status"] != "sent"
    assert "a colleague was in touch" in row["reason"]
    assert world.heard == []


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_serious_on_tasks_and_persons(world: World, scheme: str) -> None:
    page = await world.page(path="/tasks", color_scheme=scheme, bypass_csp=True)
    await expect(page.get_by_text("Nothing to do by hand")).to_be_visible()
    found = {"empty": await faults(page)}
    made = await by_hand(world)
    await in_doubt(world, made.text.id)
    for number in (made.linkedin.number, made.call.number, made.text.number, made.unagreed.number):
        await open_task(world, page, number)
        found[f"task {number}"] = await faults(page)
    await page.keyboard.press("s")
    await expect(page.get_by_label("Why (optional)")).to_be_focused()
    found["asked"] = await faults(page)
    await page.goto(f"{world.address}/prospects/people/{made.text.contact_id}")
    await expect(page.get_by_text("Agreed to text messages.")).to_be_visible()
    found["person"] = await faults(page)
    for name in ("Note a withdrawal…", "Note a touch…"):
        await page.get_by_role("button", name=name).click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        found[name] = await faults(page)
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
    assert {screen: wrong for screen, wrong in found.items() if wrong} == {}
    assert world.heard == []


async def test_a_phone_shows_the_list_then_the_task_with_its_answers(world: World) -> None:
    made = await by_hand(world)
    phone = await world.context(
        "mia", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = await world.blank(phone)
    await page.goto(f"{world.address}/tasks")
    await page.get_by_role("region", name="List of tasks").get_by_role("link").nth(1).click()
    done = page.get_by_role("button", name="Done")
    await expect(done).to_be_in_viewport()
    await done.click()
    await expect(page.get_by_role("button", name="It is done")).to_be_in_viewport()
    places = (f"/tasks/{made.text.number}", f"/prospects/people/{made.text.contact_id}", "/tasks")
    for place in places:
        await page.goto(world.address + place)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await expect(page.get_by_role("status", name="Loading")).to_have_count(0)
        wide = await page.evaluate(
            "() => [...document.querySelectorAll('main, main > *, article > *')]"
            ".map(one => one.scrollWidth).concat(document.documentElement.scrollWidth)"
        )
        assert max(wide) <= 390, place
