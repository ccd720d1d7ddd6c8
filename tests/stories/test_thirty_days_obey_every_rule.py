"""Thirty days of mail, on a clock that runs ahead, break no cap, no gap, no window and no order."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from outrider import sending
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from tests.pacing_checker import Box, Send, Someone, violations
from tests.pacing_world import Paced, make_paced

IS_SOAK = bool(os.environ.get("OUTRIDER_SOAK"))
BOXES, PEOPLE = (20, 5000) if IS_SOAK else (4, 160)
DAYS = 30
DELAYS = {1: 0, 2: 3, 3: 4}
"""Business days before each step of the sequence that a new campaign gets."""
OUTAGES = ((25, 3), (24 * 9 + 2, 30))
"""Nobody sent for three hours, and once for more than a day: then much is overdue at once."""


@pytest.fixture
async def world(
    database: Database, workspace: WorkspaceId, person: PersonId, clock: VirtualClock
) -> Paced:
    return await make_paced(database, workspace, person, clock)


SENDING = Path(sending.__file__).parent
ASKS_FOR_THE_PACE = any("may_go_now" in file.read_text("utf-8") for file in SENDING.glob("*.py"))


@pytest.mark.soak
@pytest.mark.slow
@pytest.mark.skipif(
    not ASKS_FOR_THE_PACE, reason="the last look before the wire does not ask for the pace yet"
)
async def test_a_month_of_sending_keeps_every_rule_that_a_stranger_can_check(
    world: Paced, objects: Objects
) -> None:
    await world.add_boxes(BOXES)
    await world.add_people(PEOPLE)
    await world.run(objects, DAYS, OUTAGES)
    found = violations(world.sends, world.rules, world.people, DELAYS)
    assert found == [], f"{len(found)} of {len(world.sends)}: {found[:10]}"
    # Obeying by standing still is no art. In full, the caps of thirty days have room for about two
    # mails a person, so a few are still to come; in small, for all three.
    assert len({send.person for send in world.sends}) >= (0.95 if IS_SOAK else 1) * PEOPLE
    assert len(world.sends) >= (1.5 if IS_SOAK else 2.5) * PEOPLE


BERLIN = Box(
    address="sam@try.example", zone="Europe/Berlin", start=time(8, 30), end=time(17, 30),
    lunch=(time(12), time(13)), cap=2, gap=90, ramp=((date(2026, 3, 2), 1), (date(2026, 3, 3), 9)),
)  # fmt: skip
DANA = Someone(("Europe/Berlin",), "DE")
TUESDAY = datetime(2026, 3, 3, 9, tzinfo=UTC)


def send(at: datetime, thread: str = "one", step: int = 1, box: str = "sam@try.example") -> Send:
    return Send(at, box, thread, "dana@depot.example", step)


@pytest.mark.parametrize(
    ("sends", "words"),
    [
        ([send(TUESDAY), send(TUESDAY + timedelta(seconds=60), "two")], "60.0 s between"),
        ([send(TUESDAY + timedelta(minutes=2 * n), str(n)) for n in range(3)], "3 mails on"),
        ([send(TUESDAY - timedelta(days=1, minutes=3 * n), str(n)) for n in range(2)], "1 are the"),
        ([send(TUESDAY.replace(hour=11, minute=30))], "outside of its hours"),
        ([send(TUESDAY.replace(hour=7, minute=45))], "outside of their hours"),
        ([send(TUESDAY.replace(day=7))], "outside of their hours"),
        ([send(TUESDAY.replace(month=4))], "outside of their hours"),  # Good Friday
        ([send(TUESDAY.replace(month=3, day=30, hour=6, minute=59))], "outside of their hours"),
        ([send(TUESDAY), send(TUESDAY + timedelta(days=2), step=2)], "step 2 at"),
        ([send(TUESDAY), send(TUESDAY + timedelta(days=6), step=3)], "steps in the order"),
        ([send(TUESDAY), send(TUESDAY + timedelta(days=6), step=2, box="b")], "more than one"),
    ],
)  # fmt: skip
def test_the_checker_names_what_is_wrong(sends: list[Send], words: str) -> None:
    boxes = {"sam@try.example": BERLIN, "b": BERLIN}
    found = violations(sends, boxes, {"dana@depot.example": DANA}, DELAYS)
    assert any(words in one for one in found), found


def test_the_checker_has_nothing_to_say_about_a_good_log() -> None:
    good = [send(TUESDAY), send(TUESDAY + timedelta(minutes=2), "two"),
            send(TUESDAY + timedelta(days=3), step=2)]  # fmt: skip
    assert violations(good, {"sam@try.example": BERLIN}, {"dana@depot.example": DANA}, DELAYS) == []
