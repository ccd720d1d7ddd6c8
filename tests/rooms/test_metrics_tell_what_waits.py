"""A monitor sees what waits, for how long and what is halted; it never sees a person."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pytest

from outrider.app.api.main import create_app
from outrider.app.views import kept
from outrider.app.wiring import Outrider
from outrider.drafts import decide
from outrider.drafts.types import DraftId
from outrider.kernel import access, switches
from outrider.kernel.audit.seal import Signer
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.secrets import Keys
from outrider.sending import mailboxes
from tests.conftest import add_person
from tests.drafts_world import build
from tests.review_world import actor, crowd
from tests.sealing import sealed_up_to
from tests.sending_world import FORM

_LINE = re.compile(r"^(outrider_\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)


class Monitor:
    """Scrapes with the login of a viewer."""

    def __init__(self, http: httpx2.AsyncClient, headers: dict[str, str]) -> None:
        self.http, self.headers, self.text = http, headers, ""

    async def scrape(self) -> dict[str, float]:
        answer = await self.http.get("/metrics", headers=self.headers)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("text/plain")
        self.text = answer.text
        return {
            f"{name.removeprefix('outrider_')}{{{labels}}}" if labels else name[9:]: float(value)
            for name, labels, value in _LINE.findall(answer.text)
        }


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine the smallest count is slow, and would be kept while a virtual clock stands."""
    monkeypatch.setattr(kept, "SLOW_SECONDS", 3600)


@pytest.fixture
async def monitor(
    clock: VirtualClock, database: Database, workspace: WorkspaceId, outrider: Outrider
) -> AsyncIterator[Monitor]:
    viewer = await add_person(database, workspace, "Vera", "vera@brand.example", "viewer")
    async with database.connection() as conn:
        token = await access.open_session(conn, viewer, clock.now())
    transport = httpx2.ASGITransport(app=create_app(outrider))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as opened:
        yield Monitor(opened, {"Authorization": f"Bearer {token}"})


async def test_drafts_that_wait_are_counted_and_timed(
    monitor: Monitor,
    database: Database,
    workspace: WorkspaceId,
    clock: VirtualClock,
    person: PersonId,
) -> None:
    before = await monitor.scrape()
    assert before["oldest_pending_draft_seconds"] == 0
    async with database.transaction(workspace, SYSTEM) as tx:
        drafts = [DraftId(one.id) for one in await crowd(tx, 3, await build(tx), 4)]
    clock.advance(timedelta(hours=2))
    async with database.transaction(workspace, actor(person)) as tx:
        await decide.reject(tx, drafts[0], person, "not this one", category="content")
    after = await monitor.scrape()
    assert after['drafts{status="pending"}'] == 2
    assert after['drafts{status="rejected"}'] == 1
    assert after["oldest_pending_draft_seconds"] == 7200


async def test_counts_over_everything_are_kept_and_say_how_old_they_are(
    monitor: Monitor,
    database: Database,
    workspace: WorkspaceId,
    clock: VirtualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kept, "SLOW_SECONDS", 0)
    monkeypatch.setattr(kept, "REST", 1_000_000)
    before = await monitor.scrape()
    assert before["counts_age_seconds"] == 0
    assert 'drafts{status="pending"}' not in before
    async with database.transaction(workspace, SYSTEM) as tx:
        await crowd(tx, 3, await build(tx), 4)
        await switches.set_switch(tx, "workspace", "", is_on=True, reason="drill")
    clock.advance(timedelta(seconds=30))
    after = await monitor.scrape()
    assert after["counts_age_seconds"] == 30
    assert 'drafts{status="pending"}' not in after, "counted a second time"
    assert after["oldest_pending_draft_seconds"] == 30, "what waits is never kept"
    assert after['switches_on{scope="workspace"}'] == 1


async def test_a_halt_is_seen_at_once(
    monitor: Monitor, database: Database, workspace: WorkspaceId
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        await switches.set_switch(tx, "workspace", "", is_on=True, reason="drill")
    assert (await monitor.scrape())['switches_on{scope="workspace"}'] == 1
    async with database.transaction(workspace, SYSTEM) as tx:
        await switches.set_switch(tx, "workspace", "", is_on=False, reason="over")
    assert 'switches_on{scope="workspace"}' not in await monitor.scrape()


async def test_the_lag_of_the_seal_grows_until_the_sealer_comes(
    monitor: Monitor,
    database: Database,
    workspace: WorkspaceId,
    clock: VirtualClock,
    keys: Keys,
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        await switches.set_switch(tx, "workspace", "", is_on=True, reason="drill")
    clock.advance(timedelta(seconds=90))
    assert (await monitor.scrape())["audit_seal_lag_seconds"] >= 90
    async with database.transaction(workspace, SYSTEM) as tx:
        row = await tx.row("select count(*) as n from outrider.audit_events")
        assert row is not None
    await sealed_up_to(row["n"], database, Signer(keys.key("audit-seal")), clock)
    assert (await monitor.scrape())["audit_seal_lag_seconds"] == 0


async def test_no_address_and_no_name_is_ever_scraped(
    monitor: Monitor, database: Database, workspace: WorkspaceId
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        await crowd(tx, 2, await build(tx), 4)
        await mailboxes.add(tx, FORM)
    figures = await monitor.scrape()
    assert any(name.startswith("mailbox_band") for name in figures)
    assert "@" not in monitor.text
    assert FORM.name not in monitor.text
    assert "Vera" not in monitor.text


async def test_without_a_login_nothing_is_told(monitor: Monitor) -> None:
    assert (await monitor.http.get("/metrics")).status_code in (401, 403)
