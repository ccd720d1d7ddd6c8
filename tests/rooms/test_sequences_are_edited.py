"""A new version holds for who comes; those in flight move only when asked, and as was shown."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from outrider.campaigns import create, enrol, heed, results, sequence_file, sequences, tasks
from outrider.campaigns.results import Verdict
from outrider.campaigns.types import (
    Campaign,
    Enrollment,
    EnrollmentStatus,
    ReplyClass,
    Step,
    StepChannel,
    StopReason,
)
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.errors import InvalidInput
from outrider.kernel.ids import WorkspaceId
from outrider.prospects.touch_rules import STANDARD, TouchPolicy
from tests.rooms.test_campaigns_enrol import MAILBOX
from tests.rooms.test_sequences_follow_replies import add_contact, answered, sent

FIRST, SECOND, THIRD = create.STEPS


async def started(tx: Tx, people: int = 1) -> tuple[Campaign, list[Enrollment]]:
    campaign = await create.create(tx, "Spring", "Brand")
    contacts = [(await add_contact(tx))[0] for _ in range(people)]
    return campaign, await enrol.enrol(tx, campaign.id, contacts, MAILBOX)


def slower(days: int = 5) -> list[Step]:
    """The default steps with another delay before the second."""
    return [FIRST, SECOND.model_copy(update={"delay_business_days": days}), THIRD]


async def test_a_new_version_leaves_those_in_flight_alone(tx: Tx) -> None:
    campaign, (one,) = await started(tx)
    one = await sent(tx, one, 1)
    adopted = await sequences.adopt(tx, campaign, slower(), {}, note="less haste")
    assert (adopted.sequence.version, adopted.is_new, adopted.moves) == (2, True, ())
    assert await enrol.find(tx, one.id) == one
    (contact,) = await add_contact(tx)
    (fresh,) = await enrol.enrol(tx, campaign.id, [contact], MAILBOX)
    assert fresh.sequence_id == adopted.sequence.id
    versions = await sequences.history(tx, campaign)
    assert [(one.version, one.note) for one in versions] == [(2, "less haste"), (1, "")]


async def test_the_same_steps_again_are_no_new_version(tx: Tx) -> None:
    campaign, _ = await started(tx)
    first = await sequences.adopt(tx, campaign, slower(), {})
    again = await sequences.adopt(tx, campaign, list(reversed(slower())), {})
    assert (again.is_new, again.sequence.id) == (False, first.sequence.id)
    other = await sequences.adopt(tx, campaign, slower(), {"person_days": 4})
    assert (other.is_new, other.sequence.version) == (True, 3)


async def test_moving_those_in_flight_does_what_the_preview_said(tx: Tx) -> None:
    campaign, (one, untouched) = await started(tx, 2)
    one = await sent(tx, one, 1)
    shown = await sequences.preview(tx, campaign, slower(), {})
    assert await enrol.find(tx, one.id) == one
    done = await sequences.adopt(tx, campaign, slower(), {}, in_flight=True)
    assert list(done.moves) == shown
    after = await enrol.find(tx, one.id)
    assert after.due_at == tx.now + timedelta(days=7)
    assert (after.sequence_id, after.next_step) == (done.sequence.id, 2)
    assert after.steps_sent == one.steps_sent
    assert not shown[0].is_void
    assert (await enrol.find(tx, untouched.id)).due_at == tx.now


async def test_each_enrollment_has_the_pacing_of_its_own_version(tx: Tx) -> None:
    campaign, (one,) = await started(tx)
    await sequences.adopt(tx, campaign, slower(), {"person_days": 4})
    (contact,) = await add_contact(tx)
    (fresh,) = await enrol.enrol(tx, campaign.id, [contact], MAILBOX)
    found = await sequences.touch_policies(tx, [one.id, fresh.id])
    assert found == {one.id: STANDARD, fresh.id: TouchPolicy(person_days=4)}
    assert await enrol.find_all(tx, [one.id, fresh.id]) == {one.id: one, fresh.id: fresh}


async def test_a_step_with_other_content_makes_its_draft_void(tx: Tx) -> None:
    campaign, (one,) = await started(tx)
    await sent(tx, one, 1)
    changed = [FIRST, SECOND.model_copy(update={"purpose": "break_up"}), THIRD]
    (move,) = await sequences.preview(tx, campaign, changed, {})
    assert (move.is_void, move.due_now) == (True, move.due_then)
    later = [FIRST, SECOND, THIRD.model_copy(update={"purpose": "follow_up"})]
    (move,) = await sequences.preview(tx, campaign, later, {})
    assert move.is_same


async def test_whose_next_step_is_gone_is_finished(tx: Tx) -> None:
    campaign, (one, other) = await started(tx, 2)
    await sent(tx, one, 1)
    done = await sequences.adopt(tx, campaign, [FIRST], {}, in_flight=True)
    gone = next(move for move in done.moves if move.enrollment_id == one.id)
    assert (gone.step_then, gone.is_void, gone.due_then) == (None, True, None)
    assert (await enrol.find(tx, one.id)).status is EnrollmentStatus.FINISHED
    assert (await enrol.find(tx, other.id)).status is EnrollmentStatus.ACTIVE


async def test_stopped_and_finished_ones_are_not_moved(tx: Tx) -> None:
    campaign, (one, other) = await started(tx, 2)
    await enrol.stop(tx, [one.id], reason=StopReason.OPTED_OUT)
    done = await sequences.adopt(tx, campaign, slower(), {}, in_flight=True)
    assert [move.enrollment_id for move in done.moves] == [other.id]
    assert (await enrol.find(tx, one.id)).sequence_id != done.sequence.id


async def test_a_pause_outlasts_a_move(tx: Tx) -> None:
    campaign, (one,) = await started(tx)
    await sent(tx, one, 1)
    paused = await heed.reply(
        tx, one.id, ReplyClass.OUT_OF_OFFICE, date(2026, 5, 1), reply_id="turn 1"
    )
    await sequences.adopt(tx, campaign, slower(1), {}, in_flight=True)
    after = await enrol.find(tx, one.id)
    assert (after.status, after.due_at) == (EnrollmentStatus.PAUSED, paused.due_at)


async def test_a_move_to_another_channel_is_done_by_hand_from_then_on(tx: Tx) -> None:
    campaign, (one,) = await started(tx)
    call = FIRST.model_copy(update={"channel": "call", "template": "Call {first_name}."})
    await sequences.adopt(tx, campaign, [call, SECOND, THIRD], {}, in_flight=True)
    assert (await enrol.find(tx, one.id)).next_channel is StepChannel.CALL
    assert await enrol.due(tx, campaign.id, 10) == []
    (task,) = (await tasks.open_due(tx)).tasks
    assert task.text == "Call Dana."
    reworded = call.model_copy(update={"template": "Ring {first_name} at {company}."})
    await sequences.adopt(tx, campaign, [reworded, SECOND, THIRD], {}, in_flight=True)
    (again,) = (await tasks.open_due(tx)).tasks
    assert (again.id, again.text) == (task.id, "Ring Dana at Acme.")


async def test_an_experiment_keeps_its_arms_or_gets_another_name(tx: Tx) -> None:
    campaign, (one,) = await started(tx)
    text = sequence_file.EXAMPLE
    await sequences.adopt(tx, campaign, sequence_file.read(text).steps, {}, in_flight=True)
    drawn = (await enrol.find(tx, one.id)).arms
    assert drawn.keys() == {"subject_form"}
    changed = text.replace('subject_style = "question"', 'purpose = "break_up"')
    with pytest.raises(InvalidInput, match="another name"):
        await sequences.adopt(tx, campaign, sequence_file.read(changed).steps, {})
    renamed = changed.replace('"subject_form"', '"second_try"')
    await sequences.adopt(tx, campaign, sequence_file.read(renamed).steps, {}, in_flight=True)
    after = (await enrol.find(tx, one.id)).arms
    assert after["subject_form"] == drawn["subject_form"]
    assert "second_try" in after


async def test_a_writer_gets_the_step_of_the_leads_own_arm(tx: Tx) -> None:
    campaign, _ = await started(tx)
    await sequences.adopt(tx, campaign, sequence_file.read(sequence_file.EXAMPLE).steps, {})
    contacts = [(await add_contact(tx))[0] for _ in range(12)]
    for one in await enrol.enrol(tx, campaign.id, contacts, MAILBOX):
        step = await enrol.step_for(tx, one)
        assert step is not None
        assert step.subject_style == one.arms["subject_form"]
    assert await enrol.step_for(tx, one, 9) is None


async def test_results_count_who_was_reached_and_answered_in_time(
    database: Database, workspace: WorkspaceId, clock: VirtualClock
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        campaign, _ = await started(tx)
        await sequences.adopt(tx, campaign, sequence_file.read(sequence_file.EXAMPLE).steps, {})
        contacts = [(await add_contact(tx))[0] for _ in range(6)]
        people = await enrol.enrol(tx, campaign.id, contacts, MAILBOX)
        for one in people[:5]:
            await sent(tx, one, 1)
    clock.advance(timedelta(days=2))
    async with database.transaction(workspace, SYSTEM) as tx:
        await answered(tx, people[0])
        await heed.reply(tx, people[0].id, ReplyClass.INTERESTED, reply_id="turn 1")
        await answered(tx, people[1])
        (early,) = await results.results(tx, campaign)
        assert sum(arm.counted for arm in early.arms) == 0
    clock.advance(timedelta(days=13))
    async with database.transaction(workspace, SYSTEM) as tx:
        (found,) = await results.results(tx, campaign)
    assert (found.verdict, found.counts) == (Verdict.TOO_FEW, "good replies")
    assert sum(arm.counted for arm in found.arms) == 5
    by_name = {arm.name: arm.hits for arm in found.arms}
    assert by_name[people[0].arms["subject_form"]] == 1
    assert sum(by_name.values()) == 1
