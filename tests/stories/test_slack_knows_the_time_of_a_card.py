"""A card in Slack is read where it stands: how long it was there, and when its mail would leave."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from outrider.app.slack import cards
from outrider.drafts import read
from outrider.drafts.review import store_policies
from outrider.drafts.review.look import look
from outrider.drafts.types import Decision, Draft
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.sending.types import Pacing
from tests.slack_world import SlackWorld, slack_world


@pytest.fixture
async def world(
    home: Path, clock: VirtualClock, database: Database, workspace: WorkspaceId, person: PersonId
) -> AsyncIterator[SlackWorld]:
    """Ann is U0ANN in Slack."""
    async with slack_world(home, clock, database, workspace) as world:
        await world.map("ann@try-brand.example", "U0ANN")
        yield world


async def decision(world: SlackWorld, draft: Draft) -> Decision:
    async with world.outrider.begin(SYSTEM)() as tx:
        made = await read.decision(tx, draft.id)
    assert made is not None
    return made


async def unchanged(world: SlackWorld, draft: Draft) -> int:
    """How many approvals count as evidence that drafts like it are good."""
    async with world.outrider.begin(SYSTEM)() as tx:
        since, now = tx.now - timedelta(days=30), tx.now + timedelta(seconds=1)
        dwell = timedelta(seconds=3)
        found = await store_policies.tallies(tx, draft.campaign_id, since, now, dwell)
    return sum(tally.hits for tally in found)


async def test_an_approval_on_a_card_had_the_time_since_it_was_posted(world: SlackWorld) -> None:
    draft = await world.draft()
    await world.work()
    world.clock.advance(timedelta(seconds=40))
    await world.click(world.cards[0], cards.APPROVE)
    made = await decision(world, draft)
    assert (made.dwell_seconds, made.is_quick) == (Decimal("40.000"), False)
    assert await unchanged(world, draft) == 1


async def test_an_approval_right_after_the_post_is_quick_here_as_well(world: SlackWorld) -> None:
    draft = await world.draft()
    await world.work()
    world.clock.advance(timedelta(seconds=1))
    await world.click(world.cards[0], cards.APPROVE)
    made = await decision(world, draft)
    assert (made.dwell_seconds, made.is_quick) == (Decimal("1.000"), True)
    assert await unchanged(world, draft) == 0


async def test_who_opened_it_elsewhere_before_has_looked_since_then(
    world: SlackWorld, person: PersonId
) -> None:
    draft = await world.draft()
    async with world.outrider.begin(SYSTEM)() as tx:
        await look(tx, draft.id, person, "cli")
    world.clock.advance(timedelta(minutes=2))
    await world.work()
    world.clock.advance(timedelta(seconds=1))
    await world.click(world.cards[0], cards.APPROVE)
    assert (await decision(world, draft)).dwell_seconds == Decimal("121.000")


async def test_a_form_in_slack_counts_from_the_card_that_it_was_opened_on(
    world: SlackWorld,
) -> None:
    draft = await world.draft()
    await world.work()
    world.clock.advance(timedelta(seconds=20))
    await world.click(world.cards[0], cards.REJECT)
    world.clock.advance(timedelta(seconds=10))
    await world.submit(note="shorter")
    assert (await decision(world, draft)).dwell_seconds == Decimal("30.000")


async def test_a_new_version_has_a_card_and_a_time_of_its_own(world: SlackWorld) -> None:
    draft = await world.draft()
    await world.work()
    world.clock.advance(timedelta(hours=1))
    await world.click(world.cards[0], cards.EDIT)
    await world.submit(subject="Lease terms", body=draft.body)
    await world.work()
    async with world.outrider.begin(SYSTEM)() as tx:
        new = (await read.lineage(tx, draft.lineage_id))[-1]
    world.clock.advance(timedelta(seconds=5))
    await world.click(world.cards[-1], cards.APPROVE)
    assert (await decision(world, new)).dwell_seconds == Decimal("5.000")


async def test_a_card_says_about_when_the_mail_would_leave(world: SlackWorld) -> None:
    """It is 15:00 UTC on a Monday: 10:00 in New York, and night in Tokyo."""
    await world.mailbox()
    async with world.outrider.begin(SYSTEM)() as tx:
        await tx.run(
            "update outrider.mailboxes set pacing = cast(:pace as jsonb)",
            {"pace": Pacing(day=None).model_dump_json()},
        )
    draft = await world.draft()
    async with world.outrider.begin(SYSTEM)() as tx:
        await tx.run(
            "update outrider.contacts set timezone = 'Asia/Tokyo' where id = :id",
            {"id": draft.contact_id},
        )
    await world.route(draft)
    await world.work()
    [line] = [said for said in world.cards[0].words().splitlines() if said.startswith("*When*")]
    assert "about <!date^" in line
    assert "Tue 3 Mar 00:00 UTC>, 09:00 for the recipient" in line
    assert "if it is approved now; nothing leaves before an approval" in line
    world.clock.advance(timedelta(seconds=20))
    await world.click(world.cards[0], cards.APPROVE)
    await world.work()
    assert "It leaves about <!date^" in world.cards[0].words()
