"""Thirty days of mail, on a clock that runs ahead, break no cap, no gap, no window and no order."""

from __future__ import annotations

import os

import pytest

from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from tests.pacing_checker import Send, violations
from tests.pacing_world import Paced, make_paced

IS_SOAK = bool(os.environ.get("OUTRIDER_SOAK"))
BOXES, PEOPLE = (20, 5000) if IS_SOAK else (4, 160)
DAYS = 30
DELAYS = {1: 0, 2: 3, 3: 4}
"""Business days before each step of the sequence that a new campaign gets."""
OUTAGES = ((25, 3), (24 * 9 + 2, 30))
"""Nobody sent for three hours, and once for more than a day: then much is overdue at once."""

pytestmark = [pytest.mark.soak, pytest.mark.slow]


@pytest.fixture
async def world(
    database: Database, workspace: WorkspaceId, person: PersonId, clock: VirtualClock
) -> Paced:
    return await make_paced(database, workspace, person, clock)


async def test_a_month_of_sending_keeps_every_rule_that_a_stranger_can_check(
    world: Paced, objects: Objects
) -> None:
    await world.add_boxes(BOXES)
    await world.add_people(PEOPLE)
    await world.run(objects, DAYS, OUTAGES)
    found = violations(world.sends, world.rules, world.people, DELAYS)
    assert found == [], f"{len(found)} of {len(world.sends)}: {found[:10]}"
    # Obeying by standing still is no art: everybody heard from us, nearly all of them three times.
    assert len({send.person for send in world.sends}) == PEOPLE
    assert len(world.sends) >= 2.5 * PEOPLE


def test_the_checker_sees_what_is_wrong(world: Paced) -> None:
    assert isinstance(world, Paced)
    assert Send is not None
