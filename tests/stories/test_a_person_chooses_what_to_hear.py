"""Behind a mail's link a person says stop, later, or wrong person, and it counts from that instant."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from outrider.app.api.main import create_app
from outrider.app.views import contacts as contact_view
from outrider.app.wiring import Outrider
from outrider.campaigns import create, enrol
from outrider.campaigns.types import EnrollmentId, EnrollmentStatus
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.errors import Refused
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.settings import load
from outrider.prospects import consent
from outrider.prospects import read as prospects
from outrider.sending import queue, send, unsubscribe
from tests.sending_world import Ready, Wire, World, make_world, means

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
async def world(database: Database, workspace: WorkspaceId, person: PersonId) -> World:
    return await make_world(database, workspace, person)


@pytest.fixture
async def http(
    world: World, home: Path, clock: VirtualClock, objects: Objects, keys: Keys
) -> AsyncIterator[httpx2.AsyncClient]:
    places = (world.database, objects, keys, world.workspace)
    outrider = Outrider(load(home=home), clock, *places, "test")
    transport = httpx2.ASGITransport(app=create_app(outrider))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


async def queued(world: World, keys: Keys) -> tuple[Ready, str]:
    """A mail on its way, and the path of its reader's page."""
    (ready,) = await world.approved(1)
    async with world.begin() as tx:
        await queue.enqueue(tx)
    return ready, "/unsubscribe/" + unsubscribe.token(ready.contact_id, keys.key("unsubscribe"))


async def standing(world: World, ready: Ready) -> tuple[str, str | None]:
    """The status of what waits, and why the person must not be written to."""
    async with world.begin() as tx:
        row = await tx.row("select status from outbox where draft_id = :id", {"id": ready.draft_id})
        assert row is not None
        may = await consent.may_write(tx, [ready.contact_id])
        return row["status"], may[ready.contact_id]


async def test_looking_changes_nothing_however_a_scanner_looks(
    world: World, http: httpx2.AsyncClient, keys: Keys
) -> None:
    ready, path = await queued(world, keys)
    page = await http.get(path)
    assert page.status_code == 200
    assert page.text.count("<button") == 3
    assert "<script" not in page.text
    assert (await http.head(path)).status_code == 200
    await http.get(path + "?wish=all&List-Unsubscribe=One-Click")
    for nothing in ({}, {"wish": ""}, {"x": "y"}):
        silent = await http.post(path, data=nothing)
        assert silent.status_code == 400
        assert "Nothing has changed yet" in silent.text
    assert await standing(world, ready) == ("queued", None)


@pytest.mark.parametrize("form", [ONE_CLICK, {"wish": "all"}])
async def test_one_click_and_the_button_do_the_same_and_twice_is_once(
    world: World, http: httpx2.AsyncClient, keys: Keys, form: dict[str, str]
) -> None:
    ready, path = await queued(world, keys)
    for _ in range(2):
        done = await http.post(path, data=form)
        assert (done.status_code, "You are unsubscribed" in done.text) == (200, True)
        assert "location" not in done.headers
        assert "set-cookie" not in done.headers
    status, why = await standing(world, ready)
    assert status == "cancelled"
    assert why is not None
    async with world.begin() as tx:
        row = await tx.row("select count(*) as n from suppressions")
        assert row == {"n": 1}


async def test_a_link_works_long_after_the_mail(
    world: World, http: httpx2.AsyncClient, keys: Keys, clock: VirtualClock
) -> None:
    ready, path = await queued(world, keys)
    clock.advance(timedelta(days=400))
    assert (await http.post(path, data=ONE_CLICK)).status_code == 200
    assert (await standing(world, ready))[1] is not None


async def test_a_pause_stops_what_waits_and_is_not_for_ever(
    world: World, http: httpx2.AsyncClient, keys: Keys, objects: Objects
) -> None:
    ready, path = await queued(world, keys)
    paused = await http.post(path, data={"wish": "pause"})
    assert "31 May 2026" in paused.text
    why = "the person asked for a pause until 2026-05-31"
    assert await standing(world, ready) == ("cancelled", why)
    wire = Wire()
    await send.drain(means(world, objects, wire))
    assert wire.took == []
    async with world.begin() as tx:
        one = await enrol.find(tx, EnrollmentId(ready.enrollment_id))
        assert one.status is not EnrollmentStatus.ACTIVE
        assert [str(heard.reply_class) for heard in one.heard] == ["not_now"]
        # An agent picks nobody who answered for another campaign.
        contact = await prospects.contact(tx, ready.contact_id)
        assert await prospects.next_contacts(tx, [contact.account_id]) == []
    again = await http.post(path, data={"wish": "pause"})
    assert again.status_code == 200
    async with world.begin() as tx:
        assert await enrol.find(tx, EnrollmentId(ready.enrollment_id)) == one
    assert (await http.post(path, data={"wish": "all"})).status_code == 200
    assert (await standing(world, ready))[1] is not None


async def test_a_pause_holds_against_everybody_until_its_last_day_is_over(
    world: World, http: httpx2.AsyncClient, keys: Keys, objects: Objects, clock: VirtualClock
) -> None:
    ready, path = await queued(world, keys)
    await http.post(path, data={"wish": "pause"})
    async with world.begin() as tx:
        other = await create.create(tx, "Audits", "Brand")
        with pytest.raises(Refused, match="asked for a pause until 2026-05-31"):
            await enrol.enrol(tx, other.id, [ready.contact_id], world.mailbox.id)
        # A status that somebody changes back does not end what the person asked for.
        await tx.run("update contacts set status = 'active'")
        contact = await prospects.contact(tx, ready.contact_id)
        assert await prospects.next_contacts(tx, [contact.account_id]) == []
        # Neither does a mail that was approved as if nothing had been said.
        await tx.run("update enrollments set status = 'active', stop_reason = null")
        owners = (contact.account_id, contact.id, ready.enrollment_id)
        await world.draft(tx, owners, ready.content)
    wire = Wire()
    await send.drain(means(world, objects, wire))
    assert wire.took == []
    async with world.begin() as tx:
        rows = await tx.rows("select status, reason from outbox")
        assert {row["status"] for row in rows} == {"cancelled"}
        assert any("asked for a pause until 2026-05-31" in row["reason"] for row in rows)
        shown = await contact_view.one(tx, contact.email)
        assert (shown["quiet_until"], shown["may_write"]) == ("2026-05-31", False)
    clock.advance(timedelta(days=90))
    assert (await standing(world, ready))[1] is not None
    clock.advance(timedelta(days=1))
    assert (await standing(world, ready))[1] is None
    async with world.begin() as tx:
        assert len(await enrol.enrol(tx, other.id, [ready.contact_id], world.mailbox.id)) == 1
        assert [one.id for one in await prospects.next_contacts(tx, [contact.account_id])] == [
            ready.contact_id
        ]


async def test_a_wrong_person_is_never_written_again_and_the_campaign_is_told(
    world: World, http: httpx2.AsyncClient, keys: Keys
) -> None:
    ready, path = await queued(world, keys)
    for _ in range(2):
        told = await http.post(path, data={"wish": "wrong"})
        assert "Thank you" in told.text
    status, why = await standing(world, ready)
    assert status == "cancelled"
    assert why is not None
    async with world.begin() as tx:
        rows = await tx.rows(
            "select subject, body from audit_events where action = 'sending.wrong_person'"
        )
        assert [row["subject"] for row in rows] == [f"campaign:{world.campaign_id}"]
        assert json.loads(rows[0]["body"])["contact"] == str(ready.contact_id)


async def test_the_page_speaks_the_readers_language(
    world: World, http: httpx2.AsyncClient, keys: Keys
) -> None:
    _, path = await queued(world, keys)
    german = await http.get(path, headers={"Accept-Language": "de-CH,de;q=0.9"})
    assert "<html lang=de>" in german.text
    assert "Abmelden" in german.text
    french = await http.get(path + "?lang=fr", headers={"Accept-Language": "de"})
    assert "<html lang=fr>" in french.text
    lost = await http.get("/unsubscribe/nothing?lang=es")
    assert (lost.status_code, "stop" in lost.text) == (404, True)


async def test_drafts_that_wait_for_a_person_are_taken_off_the_desk(
    world: World, http: httpx2.AsyncClient, keys: Keys
) -> None:
    (ready,) = await world.approved(1)
    path = "/unsubscribe/" + unsubscribe.token(ready.contact_id, keys.key("unsubscribe"))
    assert (await http.post(path, data=ONE_CLICK)).status_code == 200
    async with world.begin() as tx:
        row = await tx.row("select status from drafts where id = :id", {"id": ready.draft_id})
    assert row == {"status": "withdrawn"}
