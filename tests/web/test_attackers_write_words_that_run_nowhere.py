"""Markup in everything that a person or a stranger can write is shown as words on every page, and runs nowhere.

What is written goes in through the API, into every text field of every request, and straight into the rows
that strangers fill: names of a list, quotes of pages, subjects and bodies of mails, answers.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx2
import pytest
from playwright.async_api import ConsoleMessage, Dialog, Page, Request, expect

from outrider.app.api.entry import MEANT
from outrider.app.api.web import WebPage
from outrider.kernel import access
from outrider.kernel.database.connect import Role
from tests import attackers
from tests.attackers import MARKUP
from tests.web.world import PATIENCE_MS, PEOPLE, World

ENDS_THE_TEST = {
    "logout",
    "change_password",
    "end_session",
    "examine",
    "try_mailbox",
    "move_switch",
}
"""What would end the session that asks, ask the world's servers, or halt what is looked at."""
STRANGERS_WRITE = (
    "contacts.first_name", "contacts.last_name", "contacts.title", "contacts.phone", "accounts.name",
    "accounts.industry", "accounts.domain", "facts.value", "facts.topic", "facts.quote", "facts.source",
    "suppressions.source", "imports.file_name", "turns.subject", "turns.text", "turns.from_address",
    "campaigns.name", "campaigns.brand", "campaigns.additional_context", "campaigns.target_competitor_name",
    "emails.subject", "emails.body", "unread_emails.origin", "unread_emails.reason", "sequences.note",
    "sequences.made_by", "tasks.text", "tasks.note", "agent_runs.error", "agent_runs.summary",
    "agent_steps.name", "agent_steps.error", "agent_requests.reason", "mailboxes.name", "mailboxes.signature",
    "mailboxes.postal_address", "outbox.reason", "outbox.provider_answer", "crm_activities.error",
    "observations.note", "people.name", "workspaces.name", "drafts.subject", "drafts.body", "drafts.text",
    "drafts.angle", "drafts.writer", "drafts.note", "decisions.note", "switches.reason", "api_keys.name",
)  # fmt: skip
"""Columns that hold words of people, pages, models and servers; those that this schema has are filled."""


async def session(world: World) -> str:
    member = await world.outrider.person(PEOPLE["mia"][1])
    async with world.outrider.begin()() as tx:
        return await access.open_session(tx.conn, member.person_id, tx.now)


async def ids(world: World) -> dict[str, str]:
    """An id of each kind that a page or a request names."""
    draft = await world.rows("select id, number from outrider.drafts order by number limit 1")
    campaign = await world.rows("select id from outrider.campaigns limit 1")
    account = await world.rows("select account_id from outrider.contacts limit 1")
    mailbox = await world.rows("select address from outrider.mailboxes limit 1")
    run = await world.rows("select id from outrider.agent_runs limit 1")
    person = await world.outrider.person(PEOPLE["vic"][1])
    return {
        "ref": str(draft[0]["number"]),
        "name": str(campaign[0]["id"]),
        "campaign": str(campaign[0]["id"]),
        "account_id": str(account[0]["account_id"]),
        "address": str(mailbox[0]["address"]),
        "run": str(run[0]["id"]),
        "person_id": str(person.person_id),
        "number": "1",
        "at": "0",
    }


async def write_everywhere(world: World, known: dict[str, str]) -> int:
    """Markup into every text field; how many requests took it."""
    headers = {"authorization": f"Bearer {await session(world)}", MEANT: "1"}
    taken = 0
    async with httpx2.AsyncClient(base_url=world.address, headers=headers, timeout=120) as http:
        for one in attackers.with_body():
            if one.name in ENDS_THE_TEST:
                continue
            assert one.body is not None
            own = {**known, "name": "research"} if one.path.startswith("/api/agents") else known
            for place in attackers.texts(one.body):
                body = attackers.attacked(one.body, place, MARKUP)
                answer = await http.request(
                    one.method,
                    one.address(own),
                    content=json.dumps(body),
                    headers={"content-type": "application/json"},
                )
                assert answer.status_code < 500, (one.name, place)
                taken += answer.status_code < 300
    return taken


async def write_as_strangers(world: World) -> list[str]:
    """Markup into the columns that strangers fill; those that took it."""
    filled = []
    async with world.outrider.database.connection(Role.OWNER) as conn:
        for column in STRANGERS_WRITE:
            table, _, name = column.partition(".")
            there = await conn.exec_driver_sql(
                "select 1 from information_schema.columns where table_schema = 'outrider'"
                " and table_name = %s and column_name = %s and data_type = 'text'",
                (table, name),
            )
            if there.first() is None:
                continue
            try:
                async with conn.begin_nested():
                    await conn.exec_driver_sql(f"alter table outrider.{table} disable trigger user")
                    await conn.exec_driver_sql(
                        f"update outrider.{table} set {name} = left({name}, 40) || %s",
                        (MARKUP,),
                    )
            except Exception:  # noqa: BLE001 - a column that refuses markup is not the point here
                continue
            filled.append(column)
        # A link of a source is a stranger's too.
        for column, cast in (
            ("facts.url", "text"),
            ("snapshots.url", "text"),
            ("drafts.sources", "jsonb"),
        ):
            table, _, name = column.partition(".")
            async with conn.begin_nested():
                await conn.exec_driver_sql(f"alter table outrider.{table} disable trigger user")
                await conn.exec_driver_sql(
                    f"update outrider.{table} set {name} = replace({name}::text, 'https://',"
                    f" 'javascript:window.__stolen=1//')::{cast}"
                )
    return filled


def pages(known: dict[str, str]) -> list[str]:
    """Every address of the web app, of each kind one, as its own converter has them."""
    uses = {"prospects": known["account_id"], "campaigns": known["campaign"]}
    found = []
    for kind in WebPage.regex.removeprefix("(?:").removesuffix(")?").split("|"):
        own = uses.get(kind.partition("/")[0], attackers.NOBODY)
        page = kind.replace("[0-9]{1,15}", known["ref"]).replace("[0-9a-f-]{36}", own)
        page = page.replace("[^/]{3,320}", known["address"]).replace("[a-z-]{1,60}", "research")
        page = page.replace("[0-9a-f-]{8,36}", known["run"])
        several = ("people", "policies", "keys") if "[a-z-]{1,30}" in page else ("",)
        found += [f"/{page.replace('[a-z-]{1,30}', one)}" for one in several]
    assert not [one for one in found if "[" in one]
    return found


def watch(page: Page, heard: list[str]) -> None:
    """Note every sign that something ran, or tried to."""

    async def dialog(box: Dialog) -> None:
        heard.append(f"{page.url}: a dialog {box.message}")
        await box.dismiss()

    def console(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            heard.append(f"{page.url}: {message.text[:200]}")

    page.on("dialog", dialog)
    page.on("console", console)
    page.on("request", lambda asked: heard.append(asked.url) if asked.url.endswith("/x") else None)


def asking(page: Page) -> set[Request]:
    """What this page has asked for and not got yet; the stream of changes never ends, so it is left out."""
    waits = set[Request]()
    page.on("request", lambda asked: None if asked.url.endswith("/live") else waits.add(asked))
    page.on("requestfinished", lambda asked: waits.discard(asked))
    page.on("requestfailed", lambda asked: waits.discard(asked))
    return waits


async def shown(page: Page, waits: set[Request]) -> None:
    """Wait until the page has all that it asked for, and shows it."""
    drawn = page.get_by_role("heading").or_(page.get_by_role("alert")).first
    await expect(drawn).to_be_visible()
    await expect(page.locator(".mantine-Skeleton-root")).to_have_count(0)
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while waits:
            await asyncio.sleep(0.05)
    await page.evaluate("new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")


async def ran(page: Page) -> Any:
    return await page.evaluate(
        "() => window.__stolen || document.querySelectorAll('[onerror],[onload],#root script').length"
    )


async def test_markup_is_words_on_every_page(world: World) -> None:
    known = await ids(world)
    assert await write_everywhere(world, known) > 10
    filled = await write_as_strangers(world)
    assert len(filled) > 30, filled
    heard: list[str] = []
    page = await (await world.context("mia")).new_page()
    page.set_default_timeout(PATIENCE_MS)
    watch(page, heard)
    waits = asking(page)
    found, addresses = 0, pages(known)
    assert len(addresses) > 15
    for address in addresses:
        waits.clear()
        await page.goto(world.address + address, wait_until="load")
        await shown(page, waits)
        assert not await ran(page), address
        for link in await page.locator("a[href^='javascript:' i]").all():
            heard.append(f"{address}: {await link.get_attribute('href')}")
        found += "onerror=" in await page.inner_text("body")
    assert found > 8, "the words did not come onto the pages, so nothing was proved"
    assert heard == []


@pytest.mark.parametrize("view", ["mail", "pictures"])
async def test_markup_in_a_mail_runs_in_no_frame_and_on_no_page(world: World, view: str) -> None:
    known = await ids(world)
    async with world.outrider.database.connection(Role.OWNER) as conn:
        await conn.exec_driver_sql("alter table outrider.drafts disable trigger user")
        await conn.exec_driver_sql(
            "update outrider.drafts set html = %s",
            (f"<html><head></head><body>{MARKUP}<script>window.__stolen=1;alert(2)</script>"
             "<form action=/api/logout method=post><button>Go</button></form>"
             "<iframe src=/inbox></iframe><object data=/inbox></object>"
             '<a href="javascript:alert(3)" target=_self>x</a></body></html>',),
        )  # fmt: skip
    heard: list[str] = []
    page = await (await world.context("mia")).new_page()
    page.on("dialog", lambda box: heard.append(box.message))
    answer = await page.goto(f"{world.address}/api/inbox/{known['ref']}/{view}")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    await page.wait_for_timeout(300)
    assert heard == []
    assert await page.locator("img").count() == 1, "the markup stands in the mail"
    assert all(
        one.url in ("", "about:blank", page.url) or "chrome-error" in one.url for one in page.frames
    )
