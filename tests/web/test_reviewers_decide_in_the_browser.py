"""In the browser a person decides drafts from the keyboard, and learns at once what others did."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

from playwright.async_api import Page, Route, expect

from outrider.app.wiring import person_actor
from outrider.drafts.review import policy
from outrider.drafts.review.policy import BUILT_IN
from tests.web.world import PEOPLE, World

TOLD_MS = 50_000
"""What others did is told by then, for it is pushed: a page looks by itself once a minute."""
AGO = r"(just now|\d+ (s|min) ago)"
DECISIONS = "select kind, note, category from outrider.decisions order by decided_at"


async def number_of(page: Page) -> int:
    """The draft that the address names."""
    await page.wait_for_url(re.compile(r"/inbox/\d+"))
    found = re.search(r"/inbox/(\d+)", page.url)
    assert found
    return int(found[1])


async def another(page: Page, number: int) -> None:
    """Wait until the address names another draft than this one, and the page shows it."""
    await page.wait_for_url(
        lambda url: (
            re.search(r"/inbox/\d+", url) is not None and str(number) != url.rpartition("/")[2]
        )
    )
    opened = f"Draft {await number_of(page)}"
    await expect(page.get_by_role("region", name=opened, exact=True)).to_be_visible()


async def held(page: Page, address: str) -> asyncio.Event:
    """What this page asks of such an address is under way until the event is set."""
    go = asyncio.Event()

    async def late(route: Route) -> None:
        await go.wait()
        await route.continue_()

    await page.route(address, late)
    return go


async def approved(world: World, count: int) -> None:
    """Wait until so many approvals are stored."""
    for _ in range(600):
        rows = await world.rows("select 1 from outrider.decisions where kind = 'approve'")
        if len(rows) >= count:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{len(rows)} approvals, not {count}")


async def test_ten_drafts_are_decided_without_the_mouse(world: World) -> None:
    page = await world.page()
    for place in range(10):
        number = await number_of(page)
        opened = page.get_by_role("region", name=f"Draft {number}", exact=True)
        await expect(opened.get_by_role("button", name="Approve A")).to_be_enabled()
        await page.keyboard.press("a")
        if place < 9:
            await another(page, number)
    await expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    await approved(world, 10)
    assert {row["kind"] for row in await world.rows(DECISIONS)} == {"approve"}
    assert len(await world.rows("select 1 from outrider.looks where door = 'web'")) >= 10
    assert not world.heard


async def test_an_approval_is_taken_back_with_one_key(world: World) -> None:
    mia = await world.outrider.person(PEOPLE["mia"][1])
    # However long the machine takes, the time to take it back is not over.
    guard = BUILT_IN.guard.model_copy(update={"undo": timedelta(hours=1)})
    async with world.outrider.begin(person_actor(mia))() as tx:
        patient = BUILT_IN.model_copy(update={"guard": guard})
        await policy.adopt(tx, mia.person_id, patient, None)
    page = await world.page()
    number = await number_of(page)
    await page.keyboard.press("a")
    await another(page, number)
    following = await number_of(page)
    undo = page.get_by_role("status").filter(has_text="Approved:")
    await expect(undo).to_contain_text(re.compile(r"\d+ s"))
    await page.keyboard.press("z")
    await expect(page.get_by_text("Taken back: it waits again.")).to_be_visible()
    await another(page, following)
    again = await number_of(page)
    assert again != number
    [row] = await world.rows("select status, version from drafts where number = :n", n=again)
    assert row == {"status": "pending", "version": 2}


async def test_a_rejected_draft_comes_back_in_place_with_what_changed(world: World) -> None:
    page = await world.page()
    number = await number_of(page)
    await page.keyboard.press("r")
    await page.get_by_label("What should be better?").fill("shorter, and no figures")
    await page.get_by_text("Tone or length").click()
    await page.keyboard.press("Control+Enter")
    await another(page, number)
    again = await number_of(page)
    await expect(page.locator("ins").first).to_be_visible()
    await expect(page.locator("del").first).to_be_visible()
    await expect(page.get_by_text("Mia Lind asked: “shorter, and no figures”")).to_be_visible()
    await expect(page.locator("li[data-open]").first).to_contain_text("v2")
    [decision] = await world.rows(DECISIONS)
    assert (decision["note"], decision["category"]) == ("shorter, and no figures", "tone_length")
    [row] = await world.rows("select version from drafts where number = :n", n=again)
    assert row["version"] == 2


async def test_words_are_checked_while_they_are_written_and_nothing_is_stored(
    world: World,
) -> None:
    page = await world.page()
    number = await number_of(page)
    before = await world.rows("select count(*) as many from drafts")
    await page.keyboard.press("e")
    body = page.get_by_label("Words", exact=True)
    kept = await body.input_value()
    await body.fill(kept + "\n\nLast year you lost $7.3 billion to LeaseLoom.")
    checks = page.get_by_role("region", name="Checks")
    await expect(checks).to_contain_text("block it")
    await expect(page.get_by_text("to mend before it can be approved")).to_be_visible()
    await expect(page.get_by_role("button", name="Save and approve")).to_be_disabled()
    assert await world.rows("select count(*) as many from drafts") == before
    await body.fill(kept.replace("Hi ", "Hello "))
    await expect(page.get_by_text("Every check is green")).to_be_visible()
    await page.keyboard.press("Control+Enter")
    await another(page, number)
    again = await number_of(page)
    await expect(page.locator("ins").first).to_have_text("Hello")
    [row] = await world.rows("select body, status from drafts where number = :n", n=again)
    assert row["body"].startswith("Hello ")
    assert row["status"] == "pending"


async def test_no_key_decides_while_somebody_writes(world: World) -> None:
    page = await world.page()
    number = await number_of(page)
    await page.keyboard.press("/")
    await page.keyboard.type("aerzx")
    await page.keyboard.press("Escape")
    await page.goto(f"{world.address}/inbox/{number}")
    await expect(page.get_by_role("button", name="Approve A")).to_be_enabled()
    assert await world.rows(DECISIONS) == []


async def test_no_key_answers_the_mail_while_another_is_written_in_its_place(world: World) -> None:
    page = await world.page()
    number = await number_of(page)
    await expect(page.get_by_role("button", name="Approve A")).to_be_enabled()
    await page.keyboard.press("e")
    subject = page.get_by_label("Subject")
    await subject.fill("A word on the audit")
    # Beside the field a letter is no part of the words, and no answer either.
    await page.get_by_role("button", name="Cancel").focus()
    for key in "wrasj":
        await page.keyboard.press(key)
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(subject).to_have_value("A word on the audit")
    assert await number_of(page) == number
    assert await world.rows(DECISIONS) == []
    await page.keyboard.press("Enter")
    await expect(subject).to_have_count(0)
    await page.keyboard.press("w")
    await expect(page.get_by_role("dialog")).to_be_visible()


async def test_a_late_answer_takes_nobody_away_from_what_they_read_meanwhile(world: World) -> None:
    page = await world.page()
    number = await number_of(page)
    go = await held(page, "**/api/drafts/*/edit")
    await expect(page.get_by_role("button", name="Edit E")).to_be_enabled()
    await page.keyboard.press("e")
    await page.get_by_label("Subject").fill("A word on the audit")
    await page.keyboard.press("Control+Shift+Enter")
    lines = page.get_by_role("region", name="Drafts").get_by_role("link")
    await lines.nth(2).click()
    await another(page, number)
    elsewhere = await number_of(page)
    go.set()
    await approved(world, 1)
    await expect(page.get_by_role("status").filter(has_text="Approved:")).to_be_visible()
    assert await number_of(page) == elsewhere


async def test_of_two_reviewers_one_decides_and_the_other_sees_who(world: World) -> None:
    mia, kim = await world.page("mia"), await world.page("kim")
    number = await number_of(mia)
    await kim.goto(f"{world.address}/inbox/{number}")
    await expect(kim.get_by_role("button", name="Approve A")).to_be_enabled()
    await kim.keyboard.press("a")
    told = mia.get_by_text(re.compile(rf"Kim Osei approved this {AGO}"))
    await expect(told).to_be_visible(timeout=TOLD_MS)
    await expect(mia.get_by_role("toolbar", name="Decide")).to_have_count(0)


async def test_who_comes_second_is_told_who_was_first(world: World) -> None:
    mia = await world.page("mia")
    number = await number_of(mia)
    await expect(mia.get_by_role("button", name="Approve A")).to_be_enabled()
    go = await held(mia, "**/api/drafts/*/approve")
    async with mia.expect_request("**/api/drafts/*/approve"):
        await mia.keyboard.press("a")
    kim = await world.page("kim", f"/inbox/{number}")
    await expect(kim.get_by_role("button", name="Approve A")).to_be_enabled()
    await kim.keyboard.press("a")
    await expect(kim.get_by_role("status").filter(has_text="Approved:")).to_be_visible()
    go.set()
    await expect(mia.get_by_text("Somebody was first")).to_be_visible()
    await expect(mia.get_by_text(f"Kim Osei approved draft {number} at")).to_be_visible()


async def test_a_viewer_sees_everything_and_can_press_nothing(world: World) -> None:
    page = await world.page("vic")
    for name in ("Approve A", "Edit E", "Reject R"):
        await expect(page.get_by_role("button", name=name)).to_be_disabled()
    await page.keyboard.press("a")
    await expect(
        page.get_by_text("Vic Low is viewer here and may not decide").first
    ).to_be_visible()
    await page.get_by_role("button", name="Halt", exact=True).click()
    await expect(page.get_by_text("Your role may not halt")).to_be_visible()
    assert await world.rows(DECISIONS) == []


async def test_sending_is_halted_from_any_screen_and_everybody_sees_it(world: World) -> None:
    mia, vic = await world.page("mia"), await world.page("vic")
    await mia.get_by_role("button", name="Halt", exact=True).click()
    await mia.get_by_label("Why?").fill("wrong price in the mail")
    await mia.get_by_role("button", name="Halt everything").click()
    for page in (mia, vic):
        banner = page.get_by_role("status").filter(has_text="This workspace")
        await expect(banner).to_contain_text("halted by Mia Lind", timeout=TOLD_MS)
        await expect(banner).to_contain_text("wrong price in the mail")
    [row] = await world.rows("select is_on, reason from switches where scope = 'workspace'")
    assert row == {"is_on": True, "reason": "wrong price in the mail"}
    await mia.get_by_role("button", name="Let it go on…").click()
    await mia.get_by_label("Why may it go on?").fill("price corrected")
    await mia.get_by_role("button", name="Let it go on", exact=True).click()
    await expect(vic.get_by_text("wrong price in the mail")).to_have_count(0, timeout=TOLD_MS)


async def test_a_claim_leads_to_its_source(world: World) -> None:
    page = await world.page()
    mark = page.locator("mark[data-claim]").first
    await expect(mark).to_be_visible()
    await page.get_by_role("button", name="Source 1").first.click()
    source = page.locator("#source-1")
    await expect(source).to_have_attribute("data-on", "true")
    words = (await mark.inner_text()).rstrip("1").strip()
    await expect(source).to_contain_text(words)
    await expect(source.locator("blockquote")).not_to_be_empty()


async def test_a_mail_is_shown_where_nothing_of_it_can_run(world: World) -> None:
    page = await world.page()
    number = await number_of(page)
    await world.rows(
        "update drafts set html = replace(html, '</body>', '<script>document.title=1</script>"
        '<img src="/api/me"></body>\') where number = :n returning 1',
        n=number,
    )
    answer = await page.request.get(f"{world.address}/api/inbox/{number}/mail")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy
    fetched: list[str] = []
    # As pictures: the page itself may ask who one is at any moment.
    page.on(
        "requestfinished",
        lambda request: fetched.append(request.url) if request.resource_type == "image" else None,
    )
    await page.get_by_role("button", name="As it arrives").click()
    frame = page.frame_locator("iframe")
    await expect(frame.get_by_text("unsubscribe here").first).to_be_visible()
    assert not [url for url in fetched if url.endswith("/api/me")]
    assert await page.title() == "Outrider"


async def test_drafts_alike_follow_only_after_their_samples(world: World) -> None:
    page = await world.page()
    together = page.get_by_role("button", name="Approve drafts alike")
    dialog = page.get_by_role("dialog")
    await expect(page.get_by_role("button", name="Approve A")).to_be_enabled()
    rest = dialog.get_by_role("button", name=re.compile(r"Approve the other \d+"))
    await together.click()
    await expect(rest).to_be_visible()
    samples = await dialog.get_by_role("button", name=re.compile(r"Draft \d+")).all_inner_texts()
    assert len(samples) >= 2
    await rest.click()
    await expect(dialog.get_by_text("open and approve it first")).to_be_visible()
    for sample in samples:
        await dialog.get_by_role("button", name=sample, exact=True).click()
        number = sample.removeprefix("Draft ")
        await expect(dialog).to_have_count(0)
        opened = page.get_by_role("region", name=sample, exact=True)
        await expect(opened.get_by_role("button", name="Approve A")).to_be_enabled()
        await page.keyboard.press("a")
        await page.wait_for_url(lambda url, old=number: url.rpartition("/")[2] != old)  # type: ignore[misc]
        await together.click()
        await expect(rest).to_be_visible()
    await approved(world, len(samples))
    await rest.click()
    await expect(dialog.get_by_text(re.compile(r"\d+ approved\."))).to_be_visible()
    rows = await world.rows("select 1 from decisions where bulk_id is not null")
    assert len(rows) >= 1
