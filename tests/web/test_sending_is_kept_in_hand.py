"""Sending in the browser: a word on what is unknown, a mailbox's pace with a reason, domains examined."""

from __future__ import annotations

from playwright.async_api import expect

from outrider.app.wiring import person_actor
from outrider.drafts import decide
from outrider.sending import queue
from tests.web.world import PEOPLE, World


async def _unknown(world: World) -> None:
    """One approved mail that was interrupted at the wire."""
    mia = await world.outrider.person(PEOPLE["mia"][1])
    (draft,) = await world.rows(
        "select id from outrider.drafts where status = 'pending' order by number limit 1"
    )
    async with world.outrider.begin(person_actor(mia))() as tx:
        await decide.approve(tx, draft["id"], mia.person_id)
        (queued,) = await queue.enqueue(tx, now=True)
        await tx.run(
            "update outrider.outbox set status = 'unknown', reason = 'interrupted at the wire'"
            " where id = :id",
            {"id": queued.id},
        )


async def test_a_person_says_what_became_of_an_unknown_mail(world: World) -> None:
    await _unknown(world)
    page = await world.page(path="/sending")
    await expect(page.get_by_text("Of 1 mail nobody can know whether it left")).to_be_visible()
    await page.get_by_role("button", name="Settle…").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("button", name="Settle it")).to_be_disabled()
    await dialog.get_by_label("Nobody can know").check()
    await dialog.get_by_label("Note").fill("The server has no log of that hour")
    await dialog.get_by_role("button", name="Settle it").click()
    await expect(page.get_by_text("nobody can know whether")).to_have_count(0)
    (mail,) = await world.rows("select status from outrider.outbox")
    assert mail["status"] == "failed"
    notes = await world.rows("select body from outrider.audit_events where action = 'sending.note'")
    assert "no log of that hour" in str(notes)
    viewer = await world.page("vic", path="/sending")
    await expect(viewer.get_by_role("heading", name="Outbox")).to_be_visible()
    await expect(viewer.get_by_role("button", name="Settle…")).to_have_count(0)


async def test_a_mailbox_is_slowed_and_paused_with_a_reason(world: World) -> None:
    (box,) = await world.rows("select address from outrider.mailboxes")
    page = await world.page(path="/sending")
    await page.get_by_role("link", name=box["address"]).click()
    await page.get_by_label("Mails a day, at most").fill("25")
    await page.get_by_label("Between two mails").fill("2m")
    await page.get_by_label("Why").fill("A careful start")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("at least 120 s between two mails", exact=False)).to_be_visible()
    await page.get_by_label("Hours").fill("18:00-9:00")
    await page.get_by_label("Why").fill("Nights")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert")).to_contain_text("give a start and a later end")
    await page.get_by_role("button", name="Undo").click()
    await page.get_by_role("button", name="Pause…").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Why?").fill("write to mia@keystoneledger.example")
    await dialog.get_by_role("button", name="Pause", exact=True).click()
    await expect(dialog.get_by_role("alert")).to_contain_text("without an address")
    await dialog.get_by_label("Why?").fill("The server moves")
    await dialog.get_by_role("button", name="Pause", exact=True).click()
    await expect(page.get_by_role("button", name="Resume…")).to_be_visible()
    (now,) = await world.rows("select daily_cap, status from outrider.mailboxes")
    assert (now["daily_cap"], now["status"]) == (25, "paused")
    reasons = await world.rows(
        "select body from outrider.audit_events where action = 'sending.mailbox_reason'"
    )
    assert "The server moves" in str(reasons)
    assert world.heard == []


async def test_the_brands_domain_is_guarded(world: World) -> None:
    page = await world.page(path="/sending/domains")
    await page.get_by_role("textbox", name="Domain").fill("keystoneledger.example")
    await page.get_by_role("button", name="Save").click()
    guarded = page.get_by_role("region", name="keystoneledger.example", exact=True)
    await expect(guarded).to_contain_text("guarded")
    await page.goto(f"{world.address}/sending/mailboxes/new")
    await page.get_by_label("Address", exact=False).first.fill("ann@keystoneledger.example")
    await page.get_by_label("Name of the person who signs").fill("Ann Reed")
    await page.get_by_label("Postal address").fill("12 Main Street, Boston MA 02110")
    await page.get_by_label("Where a meeting can be booked").fill("https://cal.example/ann")
    await page.get_by_role("button", name="Add the mailbox").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    boxes = await world.rows("select address from outrider.mailboxes")
    assert "ann@keystoneledger.example" not in {one["address"] for one in boxes}
