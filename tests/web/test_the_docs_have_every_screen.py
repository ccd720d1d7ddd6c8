"""Every screen has a picture in light and in dark; with OUTRIDER_PICTURES=FOLDER they are taken anew."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import Page, expect

from outrider.app.cli.session import seal_log
from outrider.app.jobs import dkim_keys, secret_care
from outrider.app.jobs.read_mail import read_mail
from outrider.app.jobs.rewrite import rewrite
from outrider.app.jobs.sample import Sample
from outrider.app.jobs.send_mail import send_mail
from outrider.app.jobs.vary import vary
from outrider.app.wiring import person_actor
from outrider.drafts import decide
from outrider.kernel.secrets.text import SecretText
from outrider.kernel.switches import set_switch
from outrider.sending import domains, mailboxes
from outrider.sending.health.types import Purpose
from tests.web.by_hand import by_hand
from tests.web.world import PEOPLE, World

ROOT = Path(__file__).resolve().parent.parent.parent
SCREENS = ROOT / "docs" / "screens"
NOTE = "shorter, and do not open with filing data"
SCHEMES = ("light", "dark")

PLAIN = {
    "first-steps": "/start",
    "overview": "/overview",
    "campaigns": "/campaigns",
    "campaign": "/campaigns/{campaign}",
    "sequence": "/campaigns/{campaign}/sequence",
    "new-campaign": "/campaigns/new",
    "prospects": "/prospects",
    "account": "/prospects/{account}",
    "person": "/prospects/people/{contact}",
    "tasks": "/tasks/{task}",
    "suppressed": "/prospects/suppressed",
    "agents": "/agents",
    "agents-one": "/agents/research",
    "agents-run": "/agents/runs/{run}",
    "agents-tools": "/agents/tools",
    "sending": "/sending",
    "mailbox": "/sending/mailboxes/{address}",
    "domains": "/sending/domains",
    "trace": "/trace?id={mail}",
    "audit": "/audit",
    "people": "/settings/people",
    "policies": "/settings/policies",
    "hours": "/settings/hours",
    "kill-switches": "/settings/halts",
    "services": "/settings/services",
}
"""Pictures of a screen as it opens."""
ACTED = (
    "inbox", "replies", "changes", "edit", "reject", "variants", "palette", "import", "look", "privacy", "phone",
    "phone-list", "phone-tasks", "halted", "login", "set-up",
)  # fmt: skip
"""Pictures after somebody did something, or as nobody."""

Take = Callable[[Page, str], Awaitable[None]]


def test_every_screen_has_its_picture_in_both_schemes() -> None:
    wanted = {f"{name}-{scheme}.png" for name in (*PLAIN, *ACTED) for scheme in SCHEMES}
    assert {one.name for one in SCREENS.glob("*.png")} == wanted


async def test_pictures_are_taken(world: World, tmp_path: Path) -> None:
    if "OUTRIDER_PICTURES" not in os.environ:
        pytest.skip("set OUTRIDER_PICTURES to a folder, such as docs/screens, to take them")
    folder = Path(os.environ["OUTRIDER_PICTURES"])
    places = await _lived_in(world)
    for scheme in SCHEMES:

        async def take(page: Page, name: str, scheme: str = scheme) -> None:
            await expect(page.get_by_role("status", name="Loading")).to_have_count(0)
            await page.mouse.move(0, 0)
            # Fonts, transitions and whatever a screen asks for last.
            await page.wait_for_timeout(700)
            await page.screenshot(path=folder / f"{name}-{scheme}.png", animations="disabled")

        await _plain(world, take, scheme, places)
        await _acted(world, take, scheme, tmp_path, places)
    for scheme in SCHEMES:
        await _halted(world, folder, scheme)


async def _plain(world: World, take: Take, scheme: str, places: dict[str, str]) -> None:
    page = await world.page(path="/start", color_scheme=scheme)
    for name, address in PLAIN.items():
        await page.goto(world.address + address.format(**places))
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await take(page, name)


async def _acted(
    world: World, take: Take, scheme: str, tmp_path: Path, places: dict[str, str]
) -> None:
    page = await world.page(color_scheme=scheme)
    await page.goto(f"{world.address}/inbox/{places['figured']}")
    await expect(page.get_by_role("region", name=f"Draft {places['figured']}")).to_be_visible()
    await take(page, "inbox")
    await page.keyboard.press("e")
    await page.wait_for_timeout(900)
    await take(page, "edit")
    await page.keyboard.press("Escape")
    await page.keyboard.press("r")
    await take(page, "reject")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+k")
    await take(page, "palette")
    await page.goto(f"{world.address}/inbox/{places['figured']}")
    await page.get_by_role("button", name="Other mails").click()
    await expect(page.get_by_role("article", name="Variant 2")).to_be_visible()
    await take(page, "variants")
    await page.goto(f"{world.address}/inbox/{places['changed']}")
    await page.get_by_role("button", name="Changes").click()
    await take(page, "changes")
    await page.goto(f"{world.address}/replies")
    await page.get_by_text("Thanks, this is timely").first.click()
    await take(page, "replies")
    await page.goto(f"{world.address}/prospects/import")
    file = tmp_path / f"people-{scheme}.csv"
    file.write_text("Email,Company,Title\nann@acme.example.com,Acme,CFO\nnobody,Beta,CFO\n")
    await page.locator("input[type=file]").set_input_files(file)
    await expect(page.get_by_role("region", name="Rejected rows")).to_be_visible()
    await take(page, "import")
    await page.goto(f"{world.address}/sending/mailboxes/{places['address']}")
    await page.get_by_role("button", name="Change the look…").click()
    sample = page.frame_locator("iframe").get_by_text("Hi Dana")
    await expect(sample).to_be_visible()
    await take(page, "look")
    await page.goto(f"{world.address}/settings/privacy")
    await page.get_by_label("E-mail address").fill(places["person"])
    await page.get_by_role("button", name="Show what is kept").click()
    await expect(page.get_by_role("region", name="What is kept")).to_be_visible()
    await take(page, "privacy")
    size = {"width": 390, "height": 844}
    phone = await world.page(path="/start", color_scheme=scheme, viewport=size)
    await phone.goto(f"{world.address}/inbox")
    await take(phone, "phone-list")
    await phone.goto(f"{world.address}/inbox/{places['changed']}")
    await take(phone, "phone")
    await phone.goto(f"{world.address}/tasks")
    await take(phone, "phone-tasks")
    nobody = await world.browser.new_page(
        color_scheme=scheme,  # type: ignore[arg-type]  # one of the two
        viewport={"width": 1440, "height": 900},
    )
    for name, address in (("login", "/login"), ("set-up", "/setup?token=x")):
        await nobody.goto(world.address + address)
        await take(nobody, name)


async def _halted(world: World, folder: Path, scheme: str) -> None:
    mia = await world.outrider.person(PEOPLE["mia"][1])
    async with world.outrider.begin(person_actor(mia))() as tx:
        why = "A wrong figure went out; looking into it"
        await set_switch(tx, "workspace", "", is_on=True, reason=why)
    page = await world.page(color_scheme=scheme)
    await page.wait_for_timeout(700)
    await page.screenshot(path=folder / f"halted-{scheme}.png", animations="disabled")


async def _lived_in(world: World) -> dict[str, str]:
    """Some mails sent and answered, one rejected; and the ids of what is looked at."""
    outrider = world.outrider
    mia = await outrider.person(PEOPLE["mia"][1])
    actor = person_actor(mia)
    begin = outrider.begin(actor)
    first, second, third = await world.rows(
        "select id from outrider.drafts where status = 'pending' order by number limit 3"
    )
    for one in (first, second):
        async with begin() as tx:
            await decide.approve(tx, one["id"], mia.person_id)
    async with begin() as tx:
        await decide.reject(tx, UUID(str(third["id"])), mia.person_id, NOTE)
    new = await rewrite(outrider, UUID(str(third["id"])))
    report = await send_mail(outrider, 100, now=True)
    await read_mail(outrider, await Sample(outrider).write_replies(report.sent), _quiet)
    await secret_care.set_secret(outrider, actor, "webhook-postmark-main", SecretText("user:word"))
    await secret_care.set_secret(outrider, actor, "slack_bot_token", SecretText("xoxb-0"))
    async with begin() as tx:
        await domains.add(tx, "keystoneledger.example", Purpose.BRAND)
        box = await mailboxes.find(tx)
    await dkim_keys.prepare(outrider, actor, box, "o1", None)
    async with begin() as tx:
        await dkim_keys.use(outrider, tx, box, "o1")
    (campaign,) = await world.rows("select id from outrider.campaigns")
    (account,) = await world.rows(
        "select account_id as id from outrider.outbox order by queued_at limit 1"
    )
    await seal_log(outrider)
    (figured,) = await world.rows(
        "select id, number from outrider.drafts where status = 'pending' and body like '%$%billion%'"
        " and jsonb_array_length(claims) > 0 order by number limit 1"
    )
    await vary(outrider, UUID(str(figured["id"])), 2, lambda done: None)
    made = await by_hand(world)
    (contact,) = await world.rows(
        "select c.email from outrider.outbox o join outrider.contacts c on c.id = o.contact_id"
        " order by o.queued_at limit 1"
    )
    (run,) = await world.rows("select id from outrider.agent_runs order by started_at limit 1")
    return {
        "campaign": str(campaign["id"]),
        "address": box.address,
        "person": str(contact["email"]),
        "account": str(account["id"]),
        "run": str(run["id"]),
        "contact": str(made.text.contact_id),
        "task": str(made.text.number),
        "mail": report.sent[0].message_id.strip("<>"),
        "changed": str(new.number),
        "figured": str(figured["number"]),
    }


def _quiet(done: int, total: int | None) -> None:
    """Nobody watches."""
