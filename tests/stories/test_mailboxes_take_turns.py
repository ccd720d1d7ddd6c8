"""A campaign's mailboxes share its new people, by turns or by health; a thread keeps its mailbox."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL

from outrider.agents import run as agents
from outrider.agents.types import ActionKind, RunRequest, RunStatus
from outrider.app.views.schedule import schedule
from outrider.campaigns import create, enrol
from outrider.campaigns.rotation import set_rotation
from outrider.campaigns.types import Rotation
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.errors import InvalidInput
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.switches import set_switch
from outrider.sending import mailboxes
from outrider.sending.pacing.pace import set_pace
from outrider.sending.types import Mailbox, Pacing
from tests.outreach import Office, open_office, people
from tests.program import Program, plain_sentence
from tests.sending_world import FORM

REQUEST = RunRequest(campaign="Leases", new_accounts=6, next_contacts=0)
LIST = [row for number in range(8) for row in people(f"Depot {number}", "CFO")]


@pytest.fixture
async def office(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, objects: Objects
) -> Office:
    return await open_office(database, workspace, clock, objects, LIST)


async def hire(office: Office, *caps: int, rotation: Rotation = Rotation.EVEN) -> list[Mailbox]:
    """Give the campaign mailboxes with these caps."""
    async with office.begin() as tx:
        made = [
            await mailboxes.add(
                tx,
                FORM.model_copy(
                    update={"address": f"sam{n}@try-brand{n}.example", "daily_cap": cap}
                ),
            )
            for n, cap in enumerate(caps)
        ]
        campaign = await create.find(tx, "Leases")
        await set_rotation(tx, campaign, [box.id for box in made], rotation)
    return made


async def load(office: Office) -> Counter[object]:
    async with office.begin() as tx:
        return Counter(one.mailbox_id for one in await enrol.of_campaign(tx, office.campaign.id))


async def test_new_people_are_shared_evenly_whatever_each_may_send(office: Office) -> None:
    small, large = await hire(office, 10, 40)
    report = await agents.run("sdr", REQUEST, office.env())
    assert report.run.status is RunStatus.COMPLETED
    assert await load(office) == {small.id: 3, large.id: 3}
    async with office.begin() as tx:
        (told,) = (await schedule(tx, pending=True))["rotation"]
    assert [(one["people"], one["of_next_100"]) for one in told["mailboxes"]] == [(3, 50), (3, 50)]
    rows = await office.rows("select sender ->> 'mailbox_id' as box, enrollment_id from drafts")
    async with office.begin() as tx:
        for row in rows:
            one = await enrol.find(tx, row["enrollment_id"])
            assert row["box"] == str(one.mailbox_id)


async def test_by_health_the_larger_cap_gets_more(office: Office) -> None:
    small, large = await hire(office, 10, 20, rotation=Rotation.HEALTH)
    await agents.run("sdr", REQUEST, office.env())
    assert await load(office) == {small.id: 2, large.id: 4}


async def test_a_mailbox_that_is_paused_or_halted_misses_its_turn(office: Office) -> None:
    first, second, third = await hire(office, 40, 40, 40)
    async with office.begin() as tx:
        await mailboxes.pause(tx, first.id, paused=True)
        await set_switch(tx, "mailbox", str(second.id), is_on=True, reason="under repair")
    report = await agents.run("sdr", REQUEST, office.env())
    assert report.run.status is RunStatus.COMPLETED
    assert await load(office) == {third.id: 6}


async def test_a_budget_that_is_spent_leaves_the_rest_for_later_and_says_why(
    office: Office,
) -> None:
    first, second = await hire(office, 1, 2)
    report = await agents.run("sdr", REQUEST, office.env())
    assert await load(office) == {first.id: 1, second.id: 2}
    (told,) = report.of(ActionKind.SKIPPED)
    assert told.text == ("3 new accounts are left for later: the daily caps leave no more")


async def test_a_ramp_bounds_what_an_agent_plans(office: Office) -> None:
    (box,) = await hire(office, 40)
    async with office.begin() as tx:
        tomorrow = tx.now.date() + timedelta(days=1)
        await set_pace(tx, box, Pacing(ramp="weekly", ramp_started_on=tomorrow))
    report = await agents.run("sdr", REQUEST, office.env())
    (told,) = report.of(ActionKind.SKIPPED)
    assert told.text == (
        "6 new accounts are left for later: sam0@try-brand0.example may send 0 mails today, as its "
        "ramp says"
    )
    assert await load(office) == {}


async def test_a_follow_up_keeps_the_mailbox_when_the_campaign_gets_others(office: Office) -> None:
    (first,) = await hire(office, 40)
    await agents.run("sdr", REQUEST, office.env())
    before = await load(office)
    async with office.begin() as tx:
        other = await mailboxes.add(tx, FORM.model_copy(update={"address": "kim@try-c.example"}))
        campaign = await create.find(tx, "Leases")
        await set_rotation(tx, campaign, [other.id])
        (one, *_) = await enrol.of_campaign(tx, campaign.id)
        await enrol.advance(tx, one.id, 1, "<a@b.example>", "Leases", tx.now)
        await tx.run(
            "update enrollments set due_at = :now where id = :id", {"now": tx.now, "id": one.id}
        )
    await agents.run("sdr", REQUEST, office.env())
    assert before == {first.id: 6}
    assert (await load(office)) == {first.id: 6, other.id: 2}
    rows = await office.rows(
        "select sender ->> 'mailbox_id' as box from drafts where step = 2 and enrollment_id = :id",
        id=one.id,
    )
    assert [row["box"] for row in rows] == [str(first.id)]


async def test_a_campaign_names_each_mailbox_once(office: Office) -> None:
    async with office.begin() as tx:
        campaign = await create.find(tx, "Leases")
        box = (await mailboxes.listing(tx))[0]
        with pytest.raises(InvalidInput, match="name each once"):
            await set_rotation(tx, campaign, [box.id, box.id])


def test_the_command_line_names_them_and_shows_the_shares(home: Path, owner_url: URL) -> None:
    program = Program(home, owner_url)
    program.run("campaign", "create", "Leases", "--brand", "Brand", "--context", "We sell leases.")
    for name, cap in (("a", "10"), ("b", "30")):
        added = program.run(
            *("mailbox", "add", f"sam@try-{name}.example", "--name", "Sam", "--daily-cap", cap),
            *("--postal-address", "12 Main Street, Boston MA 02110"),
            *("--booking-link", "https://cal.example/sam"),
        )
        assert added.code == 0, added.err
    done = program.run(
        *("campaign", "set", "Leases", "--mailboxes", "sam@try-a.example,sam@try-b.example"),
        *("--rotation", "health"),
    )
    assert done.code == 0, done.err
    assert "sam@try-a.example: 25 of the next 100" in done.out
    assert "sam@try-b.example: 75 of the next 100" in done.out
    even = program.run("campaign", "set", "Leases", "--rotation", "even", "--json")
    assert [one["of_next_100"] for one in even.items] == [50, 50]
    for words in ((), ("--mailboxes", "nobody@try-a.example")):
        plain_sentence(program.run("campaign", "set", "Leases", *words))
