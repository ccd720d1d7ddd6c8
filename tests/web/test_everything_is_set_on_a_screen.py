"""What the shell sets, a person sets in the browser: services, keys, looks, mailboxes, limits."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.web.axe import faults, needs_axe
from tests.web.world import World

SECRET = "whsec_plain-as-day-0001"


async def _campaign(world: World) -> str:
    (row,) = await world.rows("select id from outrider.campaigns")
    return f"/campaigns/{row['id']}"


async def _box(world: World) -> str:
    (row,) = await world.rows("select address from outrider.mailboxes")
    return str(row["address"])


async def _services(world: World) -> Page:
    page = await world.page(path="/settings/services")
    await page.get_by_role("button", name="Add a webhook").first.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Provider").select_option("resend")
    await dialog.get_by_label("Secret").fill(SECRET)
    await dialog.get_by_role("button", name="Keep it").click()
    await expect(dialog).to_have_count(0)
    return page


async def test_a_providers_webhook_is_added_and_its_secret_never_shown(world: World) -> None:
    page = await _services(world)
    hooks = page.get_by_role("region", name="Webhooks of mail providers")
    await expect(hooks).to_contain_text("/api/webhooks/resend/main")
    line = page.get_by_role("row", name="webhook-resend-main")
    await expect(line).to_contain_text("events of a mail provider")
    assert SECRET not in await page.content()
    assert world.outrider.handed("webhook-resend-main") == SECRET.encode()
    await page.get_by_role("button", name="New data key").click()
    await expect(page.get_by_text("1 secret has a new data key.")).to_be_visible()
    await line.get_by_role("button", name="Remove").click()
    await page.get_by_role("dialog").get_by_role("button", name="Remove it").click()
    await expect(page.get_by_text("No provider calls us yet")).to_be_visible()
    assert await world.rows("select name from outrider.secrets") == []
    assert world.heard == []


async def test_an_approver_finds_no_services_in_the_settings(world: World) -> None:
    page = await world.page("kim", path="/settings/services")
    await expect(page.get_by_role("link", name="Hours")).to_be_visible()
    await expect(page.get_by_role("link", name="Services")).to_have_count(0)
    await expect(page.get_by_text("Webhooks of mail providers")).to_have_count(0)


async def test_a_key_is_made_published_and_signed_with(world: World) -> None:
    address = await _box(world)
    page = await world.page(path=f"/sending/mailboxes/{address}")
    await page.get_by_role("button", name="New key…").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Selector").fill("spring1")
    await dialog.get_by_role("button", name="Make the key").click()
    await expect(dialog).to_have_count(0)
    keys = page.get_by_role("region", name="Keys in DNS")
    await expect(keys).to_contain_text("spring1._domainkey.")
    await expect(keys).to_contain_text("v=DKIM1; k=rsa; p=")
    await expect(keys).to_contain_text("waits for its record")
    (box,) = await world.rows("select dkim_selector from outrider.mailboxes")
    assert box["dkim_selector"] is None
    await keys.get_by_role("button", name="Its record is there: sign with it").click()
    await expect(keys.get_by_text("signs", exact=True)).to_be_visible()
    (box,) = await world.rows("select dkim_selector from outrider.mailboxes")
    assert box["dkim_selector"] == "spring1"
    assert "PRIVATE KEY" not in await page.content()


async def test_a_mail_server_gets_its_password_by_the_browser(world: World) -> None:
    address = await _box(world)
    page = await world.page(path=f"/sending/mailboxes/{address}")
    await page.get_by_role("button", name="Change…").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("By", exact=True).select_option("smtp")
    await dialog.get_by_label("Server").fill("mail.keystone.example:587")
    await dialog.get_by_label("Login").fill("ann")
    await dialog.get_by_label("Password").fill(SECRET)
    await dialog.get_by_label("Why").fill("The folder was for trying")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_have_count(0)
    leaves = page.get_by_role("region", name="How mail leaves")
    await expect(leaves).to_contain_text("mail.keystone.example:587")
    await expect(leaves).to_contain_text("never shown")
    (box,) = await world.rows("select smtp_host, smtp_password_file from outrider.mailboxes")
    assert box["smtp_host"] == "mail.keystone.example"
    assert world.outrider.handed(box["smtp_password_file"]) == SECRET.encode()
    # To another server the same password is not told.
    await page.get_by_role("button", name="Change…").click()
    await dialog.get_by_label("Server").fill("evil.example:587")
    await expect(dialog.get_by_label("Password")).to_have_attribute("required", "")


async def test_new_drafts_get_a_look_that_was_tried_first(world: World) -> None:
    address = await _box(world)
    page = await world.page(path=f"/sending/mailboxes/{address}")
    await page.get_by_role("button", name="Change the look…").click()
    dialog = page.get_by_role("dialog")
    sample = dialog.frame_locator("iframe")
    await expect(sample.get_by_text("Hi Dana")).to_be_visible()
    text = dialog.get_by_label("The layout, as MJML")
    mjml = await text.input_value()
    await text.fill(mjml.replace("{{body}}", "<script>1</script>{{body}}"))
    await expect(dialog.get_by_role("alert")).to_be_visible()
    await expect(dialog.get_by_role("button", name="Write new drafts like this")).to_be_disabled()
    await text.fill(mjml)
    await expect(dialog.get_by_role("alert")).to_have_count(0)
    await dialog.get_by_role("button", name="Write new drafts like this").click()
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_role("region", name="Look of its mails")).to_contain_text("of its own")
    (box,) = await world.rows("select layout from outrider.mailboxes")
    assert box["layout"] is not None
    # What styles a mail in place is no script, and nothing else was stopped in the frame.
    assert [one for one in world.heard if "srcdoc" not in one] == []


async def test_a_campaign_gets_its_mailboxes_its_offer_and_limits_of_its_own(world: World) -> None:
    address, campaign = await _box(world), await _campaign(world)
    page = await world.page(path=campaign)
    boxes = page.get_by_role("region", name="Mailboxes", exact=True)
    await boxes.get_by_role("button", name="Choose…").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label(address).check()
    await dialog.get_by_label("New people are shared out").select_option("even")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_have_count(0)
    await expect(boxes.get_by_role("row", name=address)).to_contain_text("100")
    await page.get_by_role("button", name="Brand and offer…").click()
    await dialog.get_by_label("Name of the competitor").fill("Rival Ledger")
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("against Rival Ledger")).to_be_visible()
    await page.goto(f"{world.address}{campaign}/sequence")
    await page.get_by_text("How often people may be reached").click()
    await page.get_by_label("One account: people at most").fill("2")
    await page.get_by_label("What the change is for").fill("Small firms")
    await page.get_by_role("button", name="Save as version 2").click()
    await expect(page.get_by_text("at most 2 people in 5 business days")).to_be_visible()
    (row,) = await world.rows(
        "select k.rotation, k.target_competitor_name, s.pacing from outrider.campaigns k"
        " join outrider.sequences s on s.campaign_id = k.id and s.version = 2"
    )
    assert (row["rotation"], row["target_competitor_name"]) == ("even", "Rival Ledger")
    assert row["pacing"] == {"account_people": 2}
    assert world.heard == []


async def test_a_domain_is_named_and_forgotten(world: World) -> None:
    page = await world.page(path="/sending/domains")
    await page.get_by_role("textbox", name="Domain").fill("keystoneledger.example")
    await page.get_by_role("button", name="Save").click()
    guarded = page.get_by_role("region", name="keystoneledger.example", exact=True)
    await guarded.get_by_role("button", name="Forget…").click()
    await page.get_by_role("dialog").get_by_role("button", name="Forget it").click()
    await expect(guarded).to_have_count(0)


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_serious(world: World, scheme: str, tmp_path: Path) -> None:
    address, campaign = await _box(world), await _campaign(world)
    await _services(world)
    page = await world.page(path="/start", color_scheme=scheme, bypass_csp=True)
    screens = {
        "/settings/services": ("Add a webhook", "Add a secret"),
        "/settings/installation": (),
        "/settings/privacy": (),
        f"/sending/mailboxes/{address}": ("New key…", "Change…", "Change the look…"),
        campaign: ("Choose…", "Brand and offer…"),
    }
    found = {}
    for screen, dialogs in screens.items():
        await page.goto(world.address + screen)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await expect(page.get_by_role("status", name="Loading")).to_have_count(0)
        found[screen] = await faults(page)
        for name in dialogs:
            await page.get_by_role("button", name=name).first.click()
            await expect(page.get_by_role("dialog")).to_be_visible()
            found[f"{screen} {name}"] = await faults(page)
            await page.keyboard.press("Escape")
            await expect(page.get_by_role("dialog")).to_have_count(0)
    assert {screen: wrong for screen, wrong in found.items() if wrong} == {}


async def test_one_person_is_shown_and_erased(world: World, tmp_path: Path) -> None:
    (contact,) = await world.rows(
        "select id, email from outrider.contacts c where not exists (select from outrider.outbox o"
        " where o.contact_id = c.id) order by email limit 1"
    )
    page = await world.page(path="/settings/privacy")
    await page.get_by_label("E-mail address").fill("nobody@nowhere.example")
    await page.get_by_role("button", name="Show what is kept").click()
    await expect(page.get_by_role("alert")).to_contain_text("There is no contact")
    await page.get_by_label("E-mail address").fill(contact["email"])
    await page.get_by_role("button", name="Show what is kept").click()
    kept = page.get_by_role("region", name="What is kept")
    await expect(kept.get_by_role("row", name="contacts")).to_be_visible()
    async with page.expect_download() as begun:
        await page.get_by_role("button", name="Save it as a file").click()
    await (await begun.value).save_as(tmp_path / "person.json")
    assert contact["email"] in (tmp_path / "person.json").read_text()
    await page.get_by_label("Why").fill("They asked for it")
    await page.get_by_role("button", name="Erase…").click()
    await page.get_by_role("dialog").get_by_role("button", name="Erase for good").click()
    await expect(page.get_by_text("stored mails are cut out")).to_be_visible()
    left = await world.rows("select email from outrider.contacts where id = :id", id=contact["id"])
    assert left[0]["email"] != contact["email"]
    viewer = await world.page("kim", path="/settings/privacy")
    await expect(viewer.get_by_role("link", name="Privacy")).to_have_count(0)


async def test_a_person_is_named_in_slack(world: World) -> None:
    page = await world.page(path="/settings/people")
    await page.get_by_role("button", name="More about Kim Osei").click()
    await page.get_by_role("menuitem", name="Who they are in Slack…").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Member ID").fill("kim")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("no Slack user id")
    await dialog.get_by_label("Member ID").fill("U012AB3CD")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_have_count(0)
    (row,) = await world.rows("select slack_user_id as slack from outrider.slack_users")
    assert row["slack"] == "U012AB3CD"
