"""Campaigns and the overview over HTTP: each mail is counted once, and nothing unknown is called known."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pytest

from outrider.app.views.campaign_desk import days_of, pace
from outrider.app.wiring import Outrider
from outrider.campaigns.types import Step
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.prospects.touch_rules import NAMES
from tests.access_world import bearer, got, signed_in, somebody
from tests.answers import Answers
from tests.mails import bounce, reply
from tests.sending_world import Wire, make_world

NOTHING = dict.fromkeys(("written", "approved", "sent", "answered", "opted_out", "bounced"), 0)


@pytest.fixture
async def http(outrider: Outrider) -> AsyncIterator[httpx2.AsyncClient]:
    async with signed_in(outrider, "viewer") as opened:
        yield opened


@pytest.fixture
async def answers(
    database: Database, workspace: WorkspaceId, person: PersonId, objects: Objects
) -> Answers:
    return Answers(await make_world(database, workspace, person), objects, Wire())


async def test_a_workspace_without_mail_has_noughts_and_no_shares(
    http: httpx2.AsyncClient,
) -> None:
    found = await got(http, "/api/reports/overview", days=30)
    assert found["funnel"] == NOTHING
    assert found["weeks"] == []
    assert found["approvals"]["rate"] is None
    assert found["approvals"]["dwell_seconds"] is None
    assert found["cost"]["per_good_reply"] is None
    assert found["deliverability"]["mailboxes"] == []
    assert (await got(http, "/api/campaigns"))["items"] == []


async def test_each_mail_is_counted_once_from_draft_to_answer(
    http: httpx2.AsyncClient, answers: Answers
) -> None:
    sent = await answers.send(4)
    (_, first), (_, second), (third_ready, third), _ = sent
    await answers.receive(reply(first.message_id, "Sounds good."))
    again = reply(first.message_id, "And Tuesday?", message_id="<reply-2@acme.example>")
    await answers.receive(again)
    stop = reply(
        second.message_id, "Please take me off your list.", message_id="<reply-3@acme.example>"
    )
    await answers.receive(stop)
    await answers.receive(bounce(third.message_id, third_ready.content.recipient.email))
    funnel = {
        "written": 4,
        "approved": 4,
        "sent": 4,
        "answered": 1,
        "opted_out": 1,
        "bounced": 1,
    }
    desk = await got(http, "/api/campaigns/Leases/desk")
    assert desk["funnel"] == funnel
    assert [step["funnel"] for step in desk["sequence"]["steps"]] == [funnel, NOTHING, NOTHING]
    found = await got(http, "/api/reports/overview")
    assert found["funnel"] == funnel
    (week,) = found["weeks"]
    assert (week["monday"], week["sent"], week["answered"], week["bounced"]) == (
        "2026-03-02",
        4,
        1,
        1,
    )
    assert found["replies"]["kinds"] == {"reply": 2, "opt_out": 1, "bounce": 1}
    assert found["replies"]["answered"] == 1  # one person, two mails
    # Nobody said what the answer means, so it is not called a good one.
    assert (found["replies"]["good"], found["replies"]["classified"]) == (0, 0)
    assert found["deliverability"]["hard_bounces"] == 1


async def test_only_interest_and_meetings_are_good_replies(
    http: httpx2.AsyncClient, answers: Answers
) -> None:
    sent = await answers.send(3)
    for (ready, _), said in zip(sent, ("interested", "meeting", "objection"), strict=True):
        async with answers.world.begin() as tx:
            await tx.run(
                "update enrollments set heard = jsonb_build_array(jsonb_build_object('reply_id',"
                " 'r', 'reply_class', cast(:said as text), 'after_step', 1, 'at',"
                " cast(:now as timestamptz))) where id = :id",
                {"said": said, "now": tx.now, "id": ready.enrollment_id},
            )
    replies = (await got(http, "/api/reports/overview", days=7))["replies"]
    assert (replies["good"], replies["classified"]) == (2, 3)
    assert {one["reply_class"] for one in replies["newest"]} == {"interested", "meeting"}


async def test_a_period_leaves_out_what_was_before(
    http: httpx2.AsyncClient, answers: Answers, clock: VirtualClock, outrider: Outrider
) -> None:
    await answers.send(2)
    clock.advance(timedelta(days=8))
    http.headers.update(await bearer(outrider, await somebody(outrider, "viewer", "Vic Low")))
    assert (await got(http, "/api/reports/overview", days=7))["funnel"] == NOTHING
    assert (await got(http, "/api/reports/overview", days=9))["funnel"]["sent"] == 2
    assert (await http.get("/api/reports/overview", params={"days": 0})).status_code == 400


async def test_a_campaign_that_is_not_there_says_so(http: httpx2.AsyncClient) -> None:
    assert (await http.get("/api/campaigns/Nothing/desk")).status_code == 404
    assert (await http.get("/api/reports/experiments/Nothing")).status_code == 404


def test_the_pace_is_told_in_sentences_and_what_is_off_is_left_out() -> None:
    lines = pace({"gap_days": 0, "person_touches": 2})
    assert lines[0].text == "One person: at most 2 touches in 2 business days."
    assert lines[0].is_own
    assert [line.is_own for line in lines[1:]] == [False] * (len(lines) - 1)
    assert not any("between two touches" in line.text for line in lines)
    assert len(pace({})) == len(lines) + 1
    assert len(pace(dict.fromkeys(NAMES, 1))) == len(pace({}))


def test_the_days_of_steps_follow_the_way_of_one_who_never_answers() -> None:
    steps = [
        Step(number=1, delay_business_days=5, purpose="first_touch", then=3),
        Step(number=2, delay_business_days=1, purpose="answer_an_objection"),
        Step(number=3, delay_business_days=4, purpose="break_up", then=0),
    ]
    assert days_of(steps) == {1: 0, 3: 4}
    assert days_of([]) == {}
