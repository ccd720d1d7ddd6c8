"""Any events in any order: no step comes twice, and nothing after a stop or during a pause."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outrider.campaigns import create, enrol, heed, sequence_rules, sequences
from outrider.campaigns.sequence_rules import FINAL
from outrider.campaigns.types import (
    EnrollmentStatus,
    ReplyClass,
    Step,
    StepChannel,
    StopReason,
    Way,
)
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.ids import WorkspaceId
from tests.rooms.test_campaigns_enrol import MAILBOX
from tests.rooms.test_sequences_follow_replies import add_contact
from tests.rules.test_a_sequence_can_be_used_or_says_why_not import sequences as any_sequence

Begin = Callable[[], AbstractAsyncContextManager[Tx]]

EVENTS = st.lists(
    st.one_of(
        *[st.just("send")] * 3,
        st.just("answer"),
        st.just("answer"),
        st.just("opt out"),
        st.just("late"),
        st.integers(1, 6),
        *[st.just(ReplyClass.OBJECTION)] * 3,
        st.just(ReplyClass.OUT_OF_OFFICE),
        st.sampled_from(list(ReplyClass)),
    ),
    min_size=6,
    max_size=16,
)


def branching(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The same, mostly by mail and with an objection that leads on from most of the steps."""
    last = len(steps)
    return tuple(
        step.model_copy(
            update={
                "channel": "call" if step.number % 4 == 0 else "email",
                "branches": {**step.branches, "objection": min(step.number + 2, last)}
                if step.number < last and step.number % 3
                else step.branches,
            }
        )
        for step in steps
    )


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(steps=any_sequence().map(branching), events=EVENTS)
async def test_whatever_happens_no_step_comes_twice_and_nothing_after_a_stop(
    database: Database,
    workspace: WorkspaceId,
    clock: VirtualClock,
    steps: tuple[Step, ...],
    events: list[object],
) -> None:
    world = World(lambda: database.transaction(workspace, SYSTEM), clock)
    await world.start(steps)
    for event in ["send", *events]:
        await world.happen(event)
        await world.hold_true()


class World:
    """One enrollment under any events, and what must hold after each."""

    def __init__(self, begin: Begin, clock: VirtualClock) -> None:
        self.begin, self.clock = begin, clock
        self.sent: list[int] = []
        self.unread = self.replies = 0
        self.is_closed = False
        self.silent_until: datetime | None = None

    async def start(self, steps: tuple[Step, ...]) -> None:
        async with self.begin() as tx:
            campaign = await create.create(tx, f"Any {tx.new_id()}", "Brand")
            await sequences.adopt(tx, campaign, steps, {})
            (contact,) = await add_contact(tx)
            (one,) = await enrol.enrol(tx, campaign.id, [contact], MAILBOX)
        self.id, self.contact, self.campaign = one.id, contact, campaign
        self.last_due: int | None = None

    async def is_due(self, tx: Tx) -> bool:
        """As an executor sees it, whatever the channel."""
        one = await enrol.find(tx, self.id)
        is_due = one.due_at is not None and one.due_at <= tx.now
        if one.next_channel is StepChannel.EMAIL:
            found = [e.id for e in await enrol.due(tx, self.campaign.id, 10)]
            assert (self.id in found) == (one.status is EnrollmentStatus.ACTIVE and is_due)
        return one.status is EnrollmentStatus.ACTIVE and is_due

    async def happen(self, event: object) -> None:
        if isinstance(event, int):
            self.clock.advance(timedelta(days=event))
            return
        async with self.begin() as tx:
            await self._in(tx, event)

    async def _in(self, tx: Tx, event: object) -> None:
        if isinstance(event, ReplyClass):
            await self._class(tx, event)
        elif event == "answer":
            await enrol.stop(tx, contact_id=self.contact, reason=StopReason.REPLIED)
            self.unread += 1
        elif event == "opt out":
            await enrol.stop(tx, contact_id=self.contact, reason=StopReason.OPTED_OUT)
            self.is_closed = True
        elif await self.is_due(tx) or event == "late":
            await self._send(tx, is_late=event == "late")

    async def _class(self, tx: Tx, kind: ReplyClass) -> None:
        self.replies += 1
        before = await enrol.find(tx, self.id)
        until = tx.now.date() + timedelta(days=9)
        after = await heed.reply(tx, self.id, kind, until, reply_id=str(self.replies))
        if kind in FINAL:
            self.is_closed = True
        steps = (await enrol.sequence(tx, before.sequence_id)).steps
        is_machine = kind is ReplyClass.OUT_OF_OFFICE
        if not is_machine and sequence_rules.way(steps, before.last_step, kind) is Way.STOP:
            assert after.status in (EnrollmentStatus.STOPPED, EnrollmentStatus.FINISHED)
        if kind not in (ReplyClass.OUT_OF_OFFICE, ReplyClass.BOUNCE):
            self.unread = max(0, self.unread - 1)
        if kind is ReplyClass.OUT_OF_OFFICE and after.status is EnrollmentStatus.PAUSED:
            self.silent_until = datetime.combine(until, datetime.min.time(), tx.now.tzinfo)
        elif after.status is EnrollmentStatus.ACTIVE and before.next_step != after.next_step:
            self.silent_until = None

    async def _send(self, tx: Tx, *, is_late: bool) -> None:
        one = await enrol.find(tx, self.id)
        if one.status is EnrollmentStatus.FINISHED:
            return
        if not is_late:
            assert not self.is_closed
            assert self.unread == 0
            assert self.silent_until is None or tx.now > self.silent_until
        before = [step.number for step in one.steps_sent]
        if one.next_step in before:
            pytest.fail(f"step {one.next_step} is next and was sent")
        steps = (await enrol.sequence(tx, one.sequence_id)).steps
        if one.next_step > len(steps):
            return
        id_ = f"<{one.next_step}.{self.id}@b.example>"
        await enrol.advance(tx, self.id, one.next_step, id_, "Leases", tx.now)
        assert await enrol.advance(
            tx, self.id, one.next_step, id_, "Leases", tx.now
        ) == await enrol.find(tx, self.id)

    async def hold_true(self) -> None:
        async with self.begin() as tx:
            one = await enrol.find(tx, self.id)
            is_due = await self.is_due(tx)
            numbers = [step.number for step in one.steps_sent]
            assert numbers == sorted(set(numbers))
            assert one.next_step > max(numbers, default=0)
            if self.is_closed or self.unread:
                assert one.status in (EnrollmentStatus.STOPPED, EnrollmentStatus.FINISHED)
                assert not is_due
            if one.status in (EnrollmentStatus.STOPPED, EnrollmentStatus.FINISHED):
                assert one.due_at is None
            else:
                assert one.due_at is not None
