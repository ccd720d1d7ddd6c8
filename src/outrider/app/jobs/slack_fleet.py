"""Slack and the fleet: cards of what agents ask, what a person said yes to, what a tick's runs did.

In: Outrider and a request or a tick. Out: posts in the channel; the call that was agreed to. Never: an
answer, a call twice, a try for ever, a post when Slack is not set up.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from outrider.agents import request
from outrider.agents.types import RequestId
from outrider.app.jobs.slack_posts import MOST_TRIES, POSTER, desk_of, failed, pages
from outrider.app.jobs.think import perform
from outrider.app.slack import requests
from outrider.app.slack.answers import asked_of
from outrider.app.slack.blocks import Block, clip, mrkdwn
from outrider.app.slack.line import keep
from outrider.app.slack.post import Desk, pause
from outrider.app.slack.soon import ask_soon, tell_soon
from outrider.app.views import slack_fleet as view
from outrider.app.wiring import Outrider
from outrider.kernel.errors import Conflict, Refused, SwitchedOff, VendorUnavailable
from outrider.kernel.jobs import Job, register
from outrider.kernel.telemetry import get_logger

LONGEST_SUMMARY = 1_500
"""Characters of a run's summary in the channel; all of it is kept with the run."""
RUN_PAGE = "/agents/runs/"

_log = get_logger("jobs")


@register("slack.ask")
async def ask_job(outrider: Outrider, job: Job) -> None:
    """Bring the card of one request in line; when Slack fails the job puts itself off."""
    desk, id_ = desk_of(outrider), RequestId(UUID(str(job.args["request"])))
    if desk is None:
        return
    try:
        await show(outrider, desk, id_)
    except (VendorUnavailable, Refused) as error:
        tries = failed(job, error)
        if tries <= MOST_TRIES:
            async with desk.begin() as tx:
                await ask_soon(tx, id_, tries=tries, not_before=tx.now + pause(error, tries))


async def show(outrider: Outrider, desk: Desk, id_: RequestId) -> None:
    """Show a request as it stands; one that was settled before Slack heard of it is not posted.

    Raises:
        VendorUnavailable, Refused: Slack did not take it.
    """
    async with desk.begin() as tx:
        one = await request.find(tx, id_)
        by = await view.answered_by(tx, id_)
    page = pages(outrider.settings.public_url, RUN_PAGE)
    asked = asked_of(outrider, one, by, f"{page}{one.run_id}" if page else None)
    words = requests.card(asked)
    await keep(desk, one.id, one.asked_at, words, is_wanted=one.status in requests.OPEN)


@register("agents.perform")
async def perform_job(outrider: Outrider, job: Job) -> None:
    """Do what a person said yes to; what somebody else did or does is left to him."""
    async with outrider.begin(POSTER)() as tx:
        asked = await request.find(tx, RequestId(UUID(str(job.args["request"]))))
    try:
        await perform(outrider, asked)
    except (Conflict, SwitchedOff) as error:
        _log.warning("request_not_performed", tool=asked.tool, reason=error.message)


@register("slack.tell")
async def tell_job(outrider: Outrider, job: Job) -> None:
    """Tell what the runs of a tick did, each once; when Slack fails the job puts itself off."""
    desk = desk_of(outrider)
    agent, due_at = str(job.args["agent"]), str(job.args["due_at"])
    if desk is None:
        return
    async with desk.begin() as tx:
        runs = await view.told(tx, agent, datetime.fromisoformat(due_at))
    try:
        for run in runs:
            await keep(desk, run["id"], run["completed_at"], summary(run["summary"]))
    except (VendorUnavailable, Refused) as error:
        tries = failed(job, error)
        if tries <= MOST_TRIES:
            async with desk.begin() as tx:
                later = tx.now + pause(error, tries)
                await tell_soon(tx, agent, due_at, tries=tries, not_before=later)


def summary(told: str) -> tuple[str, list[Block]]:
    """A run's summary as a post: its headline first, the rest line by line."""
    lines = [clip(line, 300) for line in told[:LONGEST_SUMMARY].splitlines() if line.strip()]
    head, *rest = lines
    return head, [mrkdwn("\n".join([f":robot_face: *{head}*", *rest])[:2_900])]
