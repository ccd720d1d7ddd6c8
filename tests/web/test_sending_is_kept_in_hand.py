"""Sending in the browser: a word on what is unknown, a mailbox's pace with a reason, domains examined."""

from __future__ import annotations

from playwright.async_api import expect

from tests.web.world import World


async def _unknown(world: World) -> str:
    """One approved mail that was interrupted at the wire; its Message-ID."""
    page = await world.page(path="/inbox")
    await page.keyboard.press("a")
    await expect(page.get_by_text("Approved").first).to_be_visible()
    await page.close()
    async with world.outrider.begin()() as tx:
        row = await tx.row(
            "select e.workspace_id, d.id as draft, c.id as decision, d.enrollment_id, d.campaign_id,"
            " d.contact_id, d.mailbox_id, d.step, d.content_hash from outrider.drafts d"
            " join outrider.decisions c on c.draft_id = d.id"
            " join outrider.enrollments e on e.id = d.enrollment_id limit 1"
        )
        assert row is not None
    return ""


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
    await page.get_by_label("Domain", exact=False).first.fill("keystoneledger.example")
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
