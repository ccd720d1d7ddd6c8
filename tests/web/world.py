"""What the tests of the web app stand in: a server, people with sessions, pages.

In: a database and a home folder. Out: pages of a real browser. Never: a mock of a room, a call out.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect
from sqlalchemy import URL

from outrider.app.api.main import create_app
from outrider.app.jobs import registered_jobs
from outrider.app.jobs.sample import Sample
from outrider.app.wiring import Outrider, make_home
from outrider.kernel import access
from outrider.kernel.access import passwords
from outrider.kernel.clock import SystemClock
from outrider.kernel.database.connect import Database
from outrider.kernel.jobs_procrastinate import Worker
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.secrets.given import Given
from outrider.kernel.secrets.masters import FileMaster, Masters
from outrider.kernel.secrets.ring import Ring
from outrider.kernel.settings import load

PASSWORD = "four calm words here"
PEOPLE = {
    "mia": ("Mia Lind", "mia@keystoneledger.example", "admin"),
    "kim": ("Kim Osei", "kim@keystoneledger.example", "approver"),
    "vic": ("Vic Low", "vic@keystoneledger.example", "viewer"),
}
EVIDENCE = '[aria-label="Evidence"]'
PATIENCE_MS = 60_000
"""What a page is waited for: how soon it comes is measured elsewhere, and says more of the machine."""

expect.set_options(timeout=PATIENCE_MS)


def chromium() -> str | None:
    """Where the system's Chromium is."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((found for name in names if (found := shutil.which(name))), None)


async def build(url: URL, home: Path) -> None:
    """The sample workspace up to the drafts that wait, and its people."""
    make_home(home)
    database = Database(url, SystemClock(), pool_size=4)
    try:
        outrider = await _outrider(database, home)
        sample = Sample(outrider)
        await sample.add_mailbox()
        await sample.add_campaign(_quiet)
        await sample.import_leads(_quiet)
        await sample.run(_quiet)
        hashed = await passwords.Passwords().hashed(PASSWORD)
        async with outrider.begin()() as tx:
            for name, email, role in PEOPLE.values():
                member = await access.add_person(tx, name, email, role)
                await passwords.set_password(tx, member, hashed)
    finally:
        await database.close()


def _quiet(done: int, total: int | None) -> None:
    """Nobody watches."""


async def _outrider(database: Database, home: Path) -> Outrider:
    settings = load(home=home, workspace="sample", person=None)
    clock = SystemClock()
    async with database.connection() as conn:
        workspace = await access.ensure_workspace(conn, "sample", clock.now())
    objects, keys = Objects(str(home / "objects")), Keys(home)
    given = Given(Ring(Masters(FileMaster(keys)), clock))
    return Outrider(settings, clock, database, objects, keys, workspace, "test", given)


@asynccontextmanager
async def served(url: URL, home: Path) -> AsyncIterator[tuple[Outrider, str]]:
    """Outrider and its address, with the workers of the job queue."""
    database = Database(url, SystemClock(), pool_size=8)
    outrider = await _outrider(database, home)
    app = create_app(outrider)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = uvicorn.Config(app, log_config=None, log_level="warning", ws="none", lifespan="off")
    server = uvicorn.Server(config)
    registered_jobs()
    worker = Worker(outrider.database, outrider.within, outrider.clock)
    tasks = [asyncio.create_task(server._serve([listener])), asyncio.create_task(worker.run())]
    while not server.started:
        await asyncio.sleep(0.02)
    try:
        yield outrider, address
    finally:
        app.state.is_ending = True
        server.should_exit = True
        await asyncio.wait(tasks[:1], timeout=10)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await database.close()


@asynccontextmanager
async def browser(program: str) -> AsyncIterator[Browser]:
    """The system's Chromium, without a window."""
    async with async_playwright() as playwright:
        # Tests run as root in containers, where Chromium's own sandbox cannot be.
        found = await playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"], timeout=PATIENCE_MS * 2
        )
        yield found
        await found.close()


@dataclass
class World:
    """A served Outrider and a browser."""

    outrider: Outrider
    address: str
    browser: Browser
    heard: list[str] = field(default_factory=list)
    """What pages complained of."""

    async def page(self, who: str = "mia", path: str = "/inbox", **options: Any) -> Page:
        """A page of this person, signed in, with the first draft open."""
        page = await self.blank(await self.context(who, **options))
        await page.goto(self.address + path)
        if path.startswith("/inbox"):
            await page.wait_for_selector(EVIDENCE)
        return page

    async def stranger(self, **options: Any) -> Page:
        """A page of somebody who is not signed in, with nothing on it."""
        return await self.blank(await self.browser.new_context(**options))

    async def blank(self, context: BrowserContext) -> Page:
        """A page with nothing on it, which is waited for and whose complaints are heard."""
        page = await context.new_page()
        page.on("pageerror", lambda error: self.heard.append(str(error)))
        page.set_default_timeout(PATIENCE_MS)
        return page

    async def context(self, who: str, **options: Any) -> BrowserContext:
        """A browser profile with this person's session."""
        options.setdefault("viewport", {"width": 1440, "height": 900})
        context = await self.browser.new_context(**options)
        member = await self.outrider.person(PEOPLE[who][1])
        async with self.outrider.begin()() as tx:
            token = await access.open_session(tx.conn, member.person_id, tx.now)
        await context.add_cookies(
            [{"name": "outrider_session", "value": token, "url": self.address}]
        )
        return context

    async def rows(self, query: str, **values: Any) -> list[dict[str, Any]]:
        """What stands in the database."""
        async with self.outrider.begin()() as tx:
            return [dict(row) for row in await tx.rows(query, values)]
