"""What came of each step, variant and week, on a world that was counted by hand; parts sum to the whole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from outrider.app.wiring import Outrider
from outrider.campaigns.sequential import wilson
from outrider.campaigns.types import Arm, Experiment, ReplyClass
from outrider.conversations import label
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.sending.types import OutboxItem
from tests.access_world import bearer, client, somebody
from tests.answers import Answers
from tests.mails import reply
from tests.sending_world import SUPPRESSOR, Ready, Wire, make_world

MAILS = 60
STYLE = Experiment(name="style", arms=(Arm(name="plain"), Arm(name="question")))
Sent = list[tuple[Ready, OutboxItem]]


@pytest.fixture
async def http(outrider: Outrider) -> AsyncIterator[httpx2.AsyncClient]:
    async with client(outrider) as opened:
        yield opened


@pytest.fixture
async def answers(
    database: Database, workspace: WorkspaceId, person: PersonId, objects: Objects
) -> Answers:
    """A campaign that compares two variants of its first mail."""
    found = Answers(await make_world(database, workspace, person), objects, Wire())
    await found.change_first_step(experiment=STYLE)
    return found


async def send(answers: Answers, count: int) -> Sent:
    """Mails whose people are in the two variants by turns, all sent at this moment."""
    sent = await answers.send(count)
    async with answers.world.begin() as tx:
        for place, (ready, _) in enumerate(sent):
            await tx.run(
                "update outrider.enrollments set arms = jsonb_build_object('style',"
                " cast(:arm as text)) where id = :id",
                {"arm": ("plain", "question")[place % 2], "id": ready.enrollment_id},
            )
        await tx.run("update outrider.outbox set sent_at = :now", {"now": tx.now})
    return sent


async def answer(
    answers: Answers, sent: tuple[Ready, OutboxItem], days: int, means: ReplyClass | None
) -> None:
    """The person writes back after so many days; somebody may say what it means."""
    ready, item = sent
    name = f"<{ready.enrollment_id}@acme.example>"
    turn = await answers.receive(reply(item.message_id, "Thank you.", message_id=name))
    world = answers.world
    kim = Actor(ActorKind.PERSON, str(world.person))
    async with world.database.transaction(world.workspace, kim) as tx:
        await tx.run(
            "update outrider.turns set received_at = :at where id = :id",
            {"at": tx.now + timedelta(days=days), "id": turn.id},
        )
        if means is not None:
            await label.label(tx, turn.id, means, suppressor=SUPPRESSOR)


async def got(outrider: Outrider, http: httpx2.AsyncClient, address: str, **asked: Any) -> Any:
    if "Authorization" not in http.headers:
        http.headers.update(await bearer(outrider, await somebody(outrider, "viewer")))
    found = await http.get(f"/api/reports/{address}", params=asked)
    assert found.status_code == 200, found.text
    return found.json()


async def lived(answers: Answers, clock: VirtualClock) -> None:
    """Sixty mails, six answers, three weeks, and a mail of this moment."""
    sent = await send(answers, MAILS)
    for place, days, means in (
        (0, 2, ReplyClass.INTERESTED),
        (2, 9, ReplyClass.INTERESTED),
        (4, 20, ReplyClass.INTERESTED),
        (6, 1, ReplyClass.OBJECTION),
        (1, 3, ReplyClass.MEETING),
        (3, 3, None),
    ):
        await answer(answers, sent[place], days, means)
    clock.advance(timedelta(days=21))
    await answers.send(1)


async def test_each_step_and_variant_is_as_a_person_counts_it(
    outrider: Outrider, http: httpx2.AsyncClient, answers: Answers, clock: VirtualClock
) -> None:
    await lived(answers, clock)
    found = await got(outrider, http, "outcomes")
    assert (found["window_days"], found["least"]) == (14, 50)
    (step,) = found["steps"]
    assert (step["campaign"], step["step"], step["counts"]) == ("Leases", 1, "good replies")
    told = ("sent", "replies", "good", "counted", "hits")
    assert [step[name] for name in told] == [61, 6, 4, 60, 3]  # one came after the two weeks
    low, high = wilson(3, 60)
    assert (step["share"], step["low"], step["high"]) == (0.05, low, high)
    assert step["is_enough"]
    parts = {one["arm"]: [one[name] for name in told] for one in step["arms"]}
    assert parts == {
        "plain": [30, 4, 3, 30, 2],
        "question": [30, 2, 1, 30, 1],
        "": [1, 0, 0, 0, 0],
    }
    assert not any(one["is_enough"] for one in step["arms"])
    fresh = step["arms"][-1]
    assert (fresh["share"], fresh["low"], fresh["high"]) == (None, 0, 1)


async def test_a_week_s_people_are_told_by_how_long_they_had(
    outrider: Outrider, http: httpx2.AsyncClient, answers: Answers, clock: VirtualClock
) -> None:
    await lived(answers, clock)
    first, this = (await got(outrider, http, "outcomes"))["cohorts"]
    assert (first["monday"], first["people"]) == ("2026-03-02", 60)
    assert first["within"] == [
        {"weeks": 1, "replied": 4, "good": 2, "is_ripe": True},
        {"weeks": 2, "replied": 5, "good": 3, "is_ripe": True},
        {"weeks": 4, "replied": 6, "good": 4, "is_ripe": False},
    ]
    assert (this["monday"], this["people"]) == ("2026-03-23", 1)
    assert not any(one["is_ripe"] for one in this["within"])


async def test_the_parts_sum_to_the_whole(
    outrider: Outrider, http: httpx2.AsyncClient, answers: Answers, clock: VirtualClock
) -> None:
    await lived(answers, clock)
    found = await got(outrider, http, "outcomes")
    whole = await got(outrider, http, "overview")
    steps = found["steps"]
    assert sum(one["sent"] for one in steps) == whole["funnel"]["sent"]
    assert sum(one["replies"] for one in steps) == whole["funnel"]["answered"]
    assert sum(one["good"] for one in steps) == whole["replies"]["good"]
    assert sum(one["people"] for one in found["cohorts"]) == whole["cost"]["leads"] == 61
    replies = whole["replies"]
    assert replies["meanings"] == {"interested": 3, "meeting": 1, "objection": 1}
    assert replies["unclassed"] == 1
    assert sum(replies["meanings"].values()) + 1 == replies["kinds"]["reply"]


async def test_a_period_leaves_out_the_mails_before_and_keeps_the_weeks(
    outrider: Outrider, http: httpx2.AsyncClient, answers: Answers, clock: VirtualClock
) -> None:
    await lived(answers, clock)
    (step,) = (await got(outrider, http, "outcomes", days=7))["steps"]
    assert (step["sent"], step["counted"], step["share"]) == (1, 0, None)
    assert len((await got(outrider, http, "outcomes", days=7))["cohorts"]) == 2


async def test_answers_without_a_class_are_counted_as_answers(
    outrider: Outrider, http: httpx2.AsyncClient, answers: Answers, clock: VirtualClock
) -> None:
    sent = await send(answers, 2)
    await answer(answers, sent[0], 1, None)
    clock.advance(timedelta(days=15))
    (step,) = (await got(outrider, http, "outcomes"))["steps"]
    assert (step["counts"], step["hits"], step["counted"]) == ("replies", 1, 2)
    assert not step["is_enough"]


async def test_cost_is_told_for_each_lead_and_meeting_and_not_where_there_is_none(
    outrider: Outrider, http: httpx2.AsyncClient, answers: Answers
) -> None:
    sent = await send(answers, 4)
    async with answers.world.begin() as tx:
        run = {"workspace": tx.workspace, "run": tx.new_id(), "id": tx.new_id(), "now": tx.now}
        await tx.run(
            "insert into outrider.agent_runs (workspace_id, id, agent_name, status, request, briefing,"
            " tools_used, actions_taken, api_tokens_used, cost_estimate, started_at)"
            " values (:workspace, :run, 'sdr', 'completed', '{}', '{}', '{}', '[]', 900, 2.5, :now)",
            run,
        )
        await tx.run(
            "insert into outrider.agent_steps (workspace_id, id, run_id, number, kind, name, status,"
            " input_sha256, input, tokens, cost_reserved, cost, started_at) values (:workspace, :id,"
            " :run, 1, 'model', 'write', 'done', '', '{}', 900, 3, 2.5, :now)",
            run,
        )
    cost = (await got(outrider, http, "overview"))["cost"]
    assert (Decimal(cost["per_lead"]), cost["leads"]) == (Decimal("0.625"), 4)
    assert (cost["meetings"], cost["per_meeting"]) == (0, None)
    await answer(answers, sent[0], 0, ReplyClass.MEETING)
    await answer(answers, sent[1], 0, ReplyClass.MEETING)
    # Another period, for a count that took long is kept a while.
    cost = (await got(outrider, http, "overview", days=30))["cost"]
    assert (cost["meetings"], Decimal(cost["per_meeting"])) == (2, Decimal("1.25"))
