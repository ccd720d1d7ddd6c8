"""Two people at one draft know of each other; pictures of a mail are fetched when somebody asks."""

from __future__ import annotations

from playwright.async_api import expect

from outrider.app.wiring import person_actor
from outrider.drafts.review.look import look
from tests.web.world import PEOPLE, World


async def test_who_else_has_a_draft_open_is_said_and_not_of_oneself(world: World) -> None:
    kim = await world.page("kim", path="/inbox/3")
    await expect(kim.get_by_text("looking at this, too")).to_have_count(0)
    mia = await world.page("mia", path="/inbox/3")
    await expect(mia.get_by_text("Kim Osei is looking at this, too.")).to_be_visible()
    lines = mia.get_by_role("region", name="Drafts").get_by_role("link")
    await expect(lines.first).to_be_visible()
    await mia.keyboard.press("j")
    await expect(mia.get_by_role("region", name="Draft 4")).to_be_visible()
    await expect(mia.get_by_text("looking at this, too")).to_have_count(0)


async def test_somebody_who_left_a_while_ago_is_not_said_to_be_there(world: World) -> None:
    kim = await world.outrider.person(PEOPLE["kim"][1])
    (draft,) = await world.rows("select id from outrider.drafts where number = 3")
    # Not by a page of hers: what it still has under way when it is closed would come after this.
    async with world.outrider.begin(person_actor(kim))() as tx:
        await look(tx, draft["id"], kim.person_id, "web")
    left = await world.rows(
        "update outrider.looks set looked_at = looked_at - interval '2 minutes' returning id"
    )
    assert len(left) == 1
    mia = await world.page("mia", path="/sending")  # where nobody is asked for
    async with mia.expect_response("**/inbox/3/looking") as answer:
        await mia.goto(f"{world.address}/inbox/3")
    assert (await (await answer.value).json())["names"] == []


async def test_a_mail_with_pictures_elsewhere_shows_them_when_asked(world: World) -> None:
    page = await world.page(path="/inbox/3")
    await page.get_by_role("button", name="As it arrives").click()
    await expect(page.get_by_role("button", name="Show pictures")).to_have_count(0)
    await world.rows(
        "update outrider.drafts set html ="
        " replace(html, '</body>', '<img src=\"https://pictures.invalid/a.png\" alt=\"\"></body>')"
        " where number = 3 returning id"
    )
    await page.reload()
    await page.get_by_role("button", name="As it arrives").click()
    async with page.expect_request("**/api/inbox/3/pictures"):
        await page.get_by_role("button", name="Show pictures").click()
    await expect(page.get_by_role("button", name="Show pictures")).to_have_count(0)
