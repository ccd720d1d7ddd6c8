"""Cold mail leaves only from its own domain, and what is ill received waits for a person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import Actor, ActorKind, Tx
from outrider.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound, Refused
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.sending import domains, mailboxes, send
from outrider.sending.health import bands, budget, notes
from outrider.sending.health.types import Band, Purpose, Scope, Trouble
from outrider.sending.types import OutboxItem
from tests.sending_world import FORM, Wire, World, make_world, means


@pytest.fixture
async def world(database: Database, workspace: WorkspaceId, person: PersonId) -> World:
    return await make_world(database, workspace, person)


async def send_some(world: World, objects: Objects, many: int) -> list[OutboxItem]:
    await world.approved(many)
    return list((await send.drain(means(world, objects, Wire()))).sent)


async def test_a_mailbox_on_the_brands_own_domain_is_refused(tx: Tx) -> None:
    await domains.add(tx, "Try-Brand.example.", Purpose.BRAND)
    with pytest.raises(Refused, match=r"try-brand\.example is guarded as brand"):
        await mailboxes.add(tx, FORM)
    assert await mailboxes.listing(tx) == []


@pytest.mark.parametrize(
    ("guarded", "purpose"),
    [
        ("brand.example", Purpose.BRAND),
        ("outreach.brand.example", Purpose.TRANSACTIONAL),
        ("mail.outreach.brand.example", Purpose.TRANSACTIONAL),
    ],
)
async def test_a_domain_above_or_below_a_guarded_one_is_refused_too(
    tx: Tx, guarded: str, purpose: Purpose
) -> None:
    await domains.add(tx, guarded, purpose)
    with pytest.raises(Refused, match="cannot send cold mail"):
        await mailboxes.add(tx, FORM.model_copy(update={"address": "s@outreach.brand.example"}))


async def test_a_look_alike_is_refused_and_a_second_domain_is_not(tx: Tx) -> None:
    await domains.add(tx, "brandname.com", Purpose.BRAND)
    with pytest.raises(Refused, match=r"looks like brandname\.com"):
        await mailboxes.add(tx, FORM.model_copy(update={"address": "s@brandnarne.com"}))
    with pytest.raises(Refused, match=r"looks like brandname\.com"):
        await domains.add(tx, "brandnames.com", Purpose.OUTBOUND)
    await domains.add(tx, "try-brandname.com", Purpose.OUTBOUND)
    made = await mailboxes.add(tx, FORM.model_copy(update={"address": "s@try-brandname.com"}))
    assert made.address == "s@try-brandname.com"


async def test_domains_are_listed_changed_and_forgotten(tx: Tx) -> None:
    await domains.add(tx, "brand.example", Purpose.TRANSACTIONAL)
    await domains.add(tx, "brand.example", Purpose.BRAND)
    assert [(one.name, one.purpose) for one in await domains.listing(tx)] == [
        ("brand.example", Purpose.BRAND)
    ]
    await domains.remove(tx, "brand.example")
    with pytest.raises(NotFound):
        await domains.remove(tx, "brand.example")
    for wrong in ("", "no domain", "a..b", "http://x.example"):
        with pytest.raises(InvalidInput, match="domain is"):
            await domains.add(tx, wrong, Purpose.BRAND)


async def test_a_domain_that_is_guarded_later_stops_its_mailboxes(world: World) -> None:
    async with world.begin() as tx:
        assert (await bands.standing(tx, [world.mailbox.id]))[world.mailbox.id].may_send
        await domains.add(tx, "try-brand.example", Purpose.BRAND)
        standing = (await bands.standing(tx, [world.mailbox.id]))[world.mailbox.id]
        planned = await budget.budget(tx, world.mailbox)
    assert standing.band is Band.STOP
    assert "guarded as brand" in standing.reason
    assert planned.first_touches == 0


async def test_refusals_for_a_dead_address_at_the_wire_stop_the_mailbox_at_three(
    world: World, objects: Objects
) -> None:
    items = await send_some(world, objects, 5)
    for n, item in enumerate(items[:3], 1):
        async with world.begin() as tx:
            told = await notes.note_answer(tx, item, "550", "5.1.1 No such user here")
            again = await notes.note_answer(tx, item, "550", "5.1.1 No such user here")
            standing = (await bands.standing(tx, [world.mailbox.id]))[world.mailbox.id]
        assert (told, again) == (Trouble.ADDRESS, Trouble.ADDRESS)
        assert standing.band is (Band.GOOD, Band.WATCH, Band.STOP)[n - 1], standing.reason
    assert "3 of the last 20 mails bounced hard" in standing.reason


async def test_an_acceptance_is_no_event(world: World, objects: Objects) -> None:
    (item,) = await send_some(world, objects, 1)
    async with world.begin() as tx:
        assert await notes.note_answer(tx, item, "250", "2.0.0 OK") is None
        assert await notes.note_answer(tx, item, "", "queued as 5") is None
        assert await tx.rows("select id from outrider.delivery_events") == []


async def test_only_a_person_releases_and_only_with_a_reason(
    world: World, objects: Objects, database: Database, workspace: WorkspaceId, person: PersonId
) -> None:
    (item,) = await send_some(world, objects, 1)
    refusal = "550 5.7.515 Access denied, the domain does not meet the authentication level"
    async with world.begin() as tx:
        await notes.note_answer(tx, item, "550", refusal)
        with pytest.raises(NotAllowed, match="Only a person"):
            await bands.release(tx, Scope.DOMAIN, "try-brand.example", "mended")
    actor = Actor(ActorKind.PERSON, str(person))
    async with database.transaction(workspace, actor) as tx:
        with pytest.raises(InvalidInput, match="needs a reason"):
            await bands.release(tx, Scope.DOMAIN, "try-brand.example", " ")
        with pytest.raises(Conflict, match="nothing to release"):
            await bands.release(tx, Scope.MAILBOX, str(world.mailbox.id), "mended")
        standing = await bands.release(tx, Scope.DOMAIN, "try-brand.example", "DKIM mended")
    assert standing.band is Band.SLOW
    async with world.begin() as tx:
        await bands.look(tx, world.mailbox.id)
        now = (await bands.standing(tx, [world.mailbox.id]))[world.mailbox.id]
        log = await tx.rows(
            "select action from outrider.audit_events where action = 'sending.health'"
        )
    assert now.band is Band.SLOW
    assert len(log) == 2


async def test_a_week_of_bounces_moves_the_bands_and_good_days_move_them_back(
    world: World, objects: Objects, clock: VirtualClock
) -> None:
    seen: list[Band] = []

    async def day(many: int, dead: int) -> None:
        items = await send_some(world, objects, many)
        # Spread over the day, so that the last twenty hold two at most.
        for item in items[:: max(many // dead, 1)][:dead] if dead else []:
            async with world.begin() as tx:
                await notes.note_answer(tx, item, "550", "5.1.1 No such user here")
        async with world.begin() as tx:
            await bands.look_at_all(tx)
            seen.append((await bands.standing(tx, [world.mailbox.id]))[world.mailbox.id].band)
        await clock.sleep(timedelta(days=1))

    await day(60, 0)
    await day(60, 4)  # 4 of 120: 3.3 %
    await day(60, 0)  # 4 of 180: 2.2 %, and sixty good mails
    await day(60, 0)  # 4 of 240: 1.7 %
    await day(60, 0)
    assert seen == [Band.GOOD, Band.SLOW, Band.WATCH, Band.GOOD, Band.GOOD]


async def test_one_workspaces_bands_are_not_anothers(
    world: World, objects: Objects, database: Database
) -> None:
    from outrider.kernel.database.tx import SYSTEM
    from outrider.kernel.ids import new_id
    from tests.conftest import MONDAY

    other = WorkspaceId(new_id(MONDAY))
    async with database.connection() as conn:
        await conn.exec_driver_sql(
            "insert into outrider.workspaces (id, name, created_at) values (%s, 'other', %s)",
            (other, MONDAY),
        )
    (item,) = await send_some(world, objects, 1)
    async with world.begin() as tx:
        await notes.note_answer(tx, item, "550", "550 5.7.515 Access denied, authentication")
        await domains.add(tx, "elsewhere.example", Purpose.BRAND)
    async with database.transaction(other, SYSTEM) as tx:
        assert await bands.listing(tx) == []
        assert await domains.listing(tx) == []
        made = await mailboxes.add(tx, FORM)
        assert (await bands.standing(tx, [made.id]))[made.id].band is Band.GOOD


async def test_the_budget_shrinks_with_the_band(world: World, objects: Objects) -> None:
    box = world.mailbox.model_copy(update={"daily_cap": 40})
    async with world.begin() as tx:
        assert (await budget.budget(tx, box)).first_touches == 40
        assert (await budget.budget(tx, box, cap=10)).first_touches == 10
    items = await send_some(world, objects, 6)
    async with world.begin() as tx:
        await notes.note_complaint(tx, items[0], "arf-1")
        left = await budget.budget(tx, box)
    assert (left.band, left.first_touches) == (Band.SLOW, 16 - 6)
    assert "called spam" in left.reason
