"""After an interruption: looked up where that is possible, shown to a person where it is not."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta

import pytest

from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.errors import Conflict
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.sending import find, queue, send, store
from outrider.sending.owners import is_gone, me
from outrider.sending.recheck import hand_off
from outrider.sending.reconcile import decide, reconcile
from outrider.sending.types import OutboxItem, OutboxStatus, Outgoing
from tests.sending_world import Wire, World, make_world, means


@pytest.fixture
async def world(database: Database, workspace: WorkspaceId, person: PersonId) -> World:
    return await make_world(database, workspace, person)


async def interrupted(
    world: World, objects: Objects, owner: str, *, handed_off: bool
) -> OutboxItem:
    """One mail in `sending`, as an owner who died left it."""
    await world.approved(1)
    ours = means(world, objects, Wire(), owner=owner)
    async with world.begin() as tx:
        await queue.enqueue(tx)
        (item,) = await store.claim(tx, store.Cursor(world.mailbox.id), ours.hold(tx.now), 1)
        if handed_off:
            look = await hand_off(tx, ours, item)
            assert look.item is not None
    return item


def dead() -> str:
    """The name of a process of this machine that has ended."""
    machine = me().partition(":")[0]
    child = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return f"{machine}:{child.stdout.strip()}:1"


async def test_a_claim_that_never_touched_the_wire_goes_back_at_once_when_its_owner_died(
    world: World, objects: Objects
) -> None:
    await interrupted(world, objects, dead(), handed_off=False)
    wire = Wire(knows=False)
    report = await send.drain(means(world, objects, wire))
    assert len(wire.took) == len(report.sent) == 1


async def test_a_living_owner_keeps_his_claim_until_the_lease_ends(
    world: World, objects: Objects, clock: VirtualClock
) -> None:
    await interrupted(world, objects, me(), handed_off=False)
    wire = Wire()
    assert (await send.drain(means(world, objects, wire))).sent == ()
    clock.advance(timedelta(minutes=6))
    assert len((await send.drain(means(world, objects, wire))).sent) == 1


async def test_what_the_destination_has_is_sent_without_a_second_delivery(
    world: World, objects: Objects
) -> None:
    item = await interrupted(world, objects, dead(), handed_off=True)
    wire = Wire()
    wire.took.append(outgoing_of(item))
    report = await send.drain(means(world, objects, wire))
    assert len(wire.took) == 1
    assert [(i.id, i.status) for i in report.sent] == [(item.id, OutboxStatus.SENT)]


async def test_what_the_destination_does_not_have_goes_again(
    world: World, objects: Objects
) -> None:
    item = await interrupted(world, objects, dead(), handed_off=True)
    wire = Wire()
    report = await send.drain(means(world, objects, wire))
    assert [mail.message_id for mail in wire.took] == [item.message_id]
    assert len(report.sent) == 1


async def test_what_nobody_can_know_is_unknown_with_a_sentence_for_a_person(
    world: World, objects: Objects
) -> None:
    item = await interrupted(world, objects, dead(), handed_off=True)
    wire = Wire(knows=False)
    report = await send.drain(means(world, objects, wire))
    assert wire.took == []
    (unknown,) = report.stopped
    assert unknown.status is OutboxStatus.UNKNOWN
    assert item.message_id in (unknown.reason or "")
    async with world.begin() as tx:
        assert await find.in_state(tx, OutboxStatus.UNKNOWN) == [unknown]


@pytest.mark.parametrize(
    ("arrived", "after", "sent_again"),
    [
        (True, OutboxStatus.SENT, 0),
        (False, OutboxStatus.QUEUED, 1),
        (None, OutboxStatus.FAILED, 0),
    ],
)
async def test_a_persons_word_settles_an_unknown_mail_once(
    world: World, objects: Objects, arrived: bool | None, after: OutboxStatus, sent_again: int
) -> None:
    item = await interrupted(world, objects, dead(), handed_off=True)
    wire = Wire(knows=False)
    await reconcile(means(world, objects, wire))
    async with world.begin() as tx:
        assert (await decide(tx, item.id, arrived=arrived)).status is after
        with pytest.raises(Conflict, match=f"is {after}"):
            await decide(tx, item.id, arrived=arrived)
    await send.drain(means(world, objects, wire))
    assert len(wire.took) == sent_again


async def test_the_owners_late_word_beats_a_guess(world: World, objects: Objects) -> None:
    """Another machine called it unknown while it was still being delivered."""
    await world.approved(1)
    wire = Wire(knows=False)
    slow = means(world, objects, wire, lease=timedelta(0))

    async def hurry(mail: object) -> None:
        assert isinstance(world.database.clock, VirtualClock)
        world.database.clock.advance(timedelta(minutes=1))
        (guess,) = await reconcile(means(world, objects, wire, owner="other:1:1"))
        assert guess.status is OutboxStatus.UNKNOWN

    wire.before = hurry
    report = await send.drain(slow)
    assert [item.status for item in report.sent] == [OutboxStatus.SENT]


def test_a_process_number_that_was_given_away_is_not_its_first_owner() -> None:
    machine, pid, started = me().split(":")
    assert int(pid) == os.getpid()
    assert not is_gone(me())
    assert is_gone(f"{machine}:{pid}:{int(started) - 1}")
    assert is_gone(dead())


def test_an_owner_on_another_machine_is_never_called_gone() -> None:
    assert not is_gone("another:999999:1")
    assert not is_gone("nonsense")


def outgoing_of(item: OutboxItem) -> Outgoing:
    return Outgoing(
        message_id=item.message_id,
        envelope_from="a@b.example",
        envelope_to="c@d.example",
        data=b"",
        outbox_id=item.id,
    )
