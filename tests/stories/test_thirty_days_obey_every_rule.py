"""Thirty days of mail, on a clock that runs ahead, break no cap, no gap, no window and no order."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta

import pytest

from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.sending.types import MailboxId
from tests.pacing_checker import (
    Box,
    Reached,
    Send,
    Share,
    Someone,
    Touches,
    quiet_violations,
    share_violations,
    text_violations,
    touch_violations,
    violations,
)
from tests.pacing_world import Paced, make_paced

IS_SOAK = bool(os.environ.get("OUTRIDER_SOAK"))
BOXES, PEOPLE = (20, 5000) if IS_SOAK else (4, 160)
DAYS = 30
DELAYS = {1: 0, 3: 4, 5: 5}
"""Business days between the mails of the sequence; a call and a text message lie between them."""
POLICY = Touches(gap=2, person=2, person_days=5, people=2, touches=3, account_days=2)
"""The campaign's own policy, as `SEQUENCE` says it."""
WEAK, BAD = "sam@try-brand-0.example", "sam@try-brand-2.example"
"""Mailboxes whose mail bounces: twice, and so often that they are stopped."""
OUTAGES = ((25, 3), (24 * 9 + 2, 30))
"""Nobody sent for three hours, and once for more than a day: then much is overdue at once."""


@pytest.fixture
async def world(
    database: Database, workspace: WorkspaceId, person: PersonId, clock: VirtualClock
) -> Paced:
    return await make_paced(database, workspace, person, clock)


@pytest.mark.soak
@pytest.mark.slow
async def test_a_month_of_outreach_keeps_every_rule_that_a_stranger_can_check(
    world: Paced, objects: Objects
) -> None:
    await world.add_boxes(BOXES)
    await world.rotate()
    first = await world.add_people(0, PEOPLE * 3 // 4)
    in_turn_of_caps(world, first)

    async def each_hour(hour: int) -> None:
        """What a month brings: more people, wishes for silence, bounces, a release."""
        if hour == 24 * 7 + 1:
            await world.add_people(PEOPLE * 3 // 4, PEOPLE - PEOPLE * 3 // 4)
        if hour % 12 == 0 and hour >= 48:
            number = hour // 12 * 7 % (PEOPLE * 3 // 4)
            await world.ask_for_a_pause(f"dana{number}@depot{number}.example")
        if hour == 24 * 8 + 1:
            world.to_bounce[WEAK] = 2
        if hour == 24 * 9 + 1:
            world.to_bounce[BAD] = 3
        if hour == 24 * 14 + 2:
            await world.release(BAD)

    await world.run(objects, DAYS, OUTAGES, each_hour)
    check(world)


def in_turn_of_caps(world: Paced, got: dict[MailboxId, int]) -> None:
    """By health, each mailbox got its share of what all may send on the first day."""
    caps = {box.address: world.rules[box.address] for box in world.boxes}
    today = {
        box.id: min(
            caps[box.address].cap, *[most for _, most in caps[box.address].ramp[:1]] or [99]
        )
        for box in world.boxes
    }
    whole, people = sum(today.values()), sum(got.values())
    for id_, cap in today.items():
        assert abs(got[id_] - people * cap / whole) <= 1


def check(world: Paced) -> None:
    """Nothing was broken, and enough was done: obeying by standing still is no art."""
    touches = [(one.at, one.person) for one in world.sends]
    touches += [(one.at, one.person) for one in world.by_hand]
    found = violations(world.sends, world.rules, world.people, DELAYS)
    found += touch_violations(touches, world.accounts, world.people, POLICY)
    found += quiet_violations(touches, world.quiet)
    found += share_violations(world.sends, world.rules, world.shares)
    found += text_violations(world.by_hand, world.people)
    assert found == [], f"{len(found)} of {len(touches)}: {found[:10]}"
    factors = {(one.mailbox, one.factor) for one in world.shares}
    assert {(WEAK, 0.75), (BAD, 0.0), (BAD, 0.4)} <= factors
    assert world.quiet
    calls = sum(one.channel == "call" for one in world.by_hand)
    texts = sum(one.channel == "sms" for one in world.by_hand)
    told = f"{len(world.sends)} mails, {calls} calls, {texts} texts, {len(world.quiet)} pauses"
    # In full, the caps of thirty days have room for about two mails a person.
    people = {send.person for send in world.sends}
    assert len(people) >= (0.9 if IS_SOAK else 0.95) * PEOPLE, f"{len(people)} people: {told}"
    assert len(world.sends) >= (1.4 if IS_SOAK else 2.0) * PEOPLE, told
    assert calls >= (0.6 if IS_SOAK else 0.8) * PEOPLE, told
    assert texts >= (0.05 if IS_SOAK else 0.15) * PEOPLE, told


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
        ([send(TUESDAY), send(TUESDAY + timedelta(days=3), step=3)], "step 3 at"),
        ([send(TUESDAY), send(TUESDAY + timedelta(days=6), step=5)], "steps in the order"),
        ([send(TUESDAY), send(TUESDAY + timedelta(days=6), step=3, box="b")], "more than one"),
    ],
)  # fmt: skip
def test_the_checker_names_what_is_wrong(sends: list[Send], words: str) -> None:
    boxes = {"sam@try.example": BERLIN, "b": BERLIN}
    found = violations(sends, boxes, {"dana@depot.example": DANA}, DELAYS)
    assert any(words in one for one in found), found


def test_the_checker_has_nothing_to_say_about_a_good_log() -> None:
    good = [send(TUESDAY), send(TUESDAY + timedelta(minutes=2), "two"),
            send(TUESDAY + timedelta(days=6), step=3)]  # fmt: skip
    assert violations(good, {"sam@try.example": BERLIN}, {"dana@depot.example": DANA}, DELAYS) == []


KIM = "kim@depot.example"
LEE = "lee@depot.example"
ACCOUNTS = dict.fromkeys(["dana@depot.example", KIM, LEE], "Depot")
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("touches", "words"),
    [
        ([(TUESDAY, KIM), (TUESDAY + DAY, KIM)], "so soon after"),
        ([(TUESDAY - DAY, KIM), (TUESDAY + DAY, KIM), (TUESDAY + 3 * DAY, KIM)], "more than 2 times"),
        ([(TUESDAY, KIM), (TUESDAY, LEE), (TUESDAY + DAY, "dana@depot.example")], "one person more"),
    ],
)  # fmt: skip
def test_the_checker_names_a_touch_too_many(
    touches: list[tuple[datetime, str]], words: str
) -> None:
    people = dict.fromkeys(ACCOUNTS, DANA)
    found = touch_violations(touches, ACCOUNTS, people, POLICY)
    assert any(words in one for one in found), found


def test_the_checker_names_pauses_shares_and_nights_that_were_not_kept() -> None:
    boxes = {"sam@try.example": BERLIN}
    wednesday = TUESDAY + DAY
    assert quiet_violations([(wednesday, KIM)], {KIM: TUESDAY}) != []
    assert quiet_violations([(TUESDAY, KIM)], {KIM: wednesday}) == []
    half = [Share(TUESDAY - DAY, "sam@try.example", 0.5)]
    sends = [send(TUESDAY, "one"), send(TUESDAY + timedelta(hours=1), "two")]
    assert share_violations(sends[:1], boxes, half) == []
    assert share_violations(sends, boxes, half) != []
    at_night = Reached(TUESDAY.replace(hour=21), "dana@depot.example", "sms")
    assert text_violations([at_night], {"dana@depot.example": DANA}) != []
