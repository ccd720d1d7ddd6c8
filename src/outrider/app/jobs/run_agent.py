"""Run one agent under the agents' own login, with the briefing of the day passed in as data.

In: the agent's name, a request, a folder of filings. Out: its report. Never: the app's login for a run.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from outrider.agents import overrides, schedule
from outrider.agents import run as running
from outrider.agents.ports import Env
from outrider.agents.types import Progress, RunReport, RunRequest
from outrider.app.jobs.chase import chase
from outrider.app.jobs.learn import learn
from outrider.app.jobs.review import review_left_over
from outrider.app.jobs.rewrite import answer_left_over
from outrider.app.jobs.slack_posts import refresh_all
from outrider.app.jobs.think import traced
from outrider.app.wiring import Outrider
from outrider.kernel import tracing
from outrider.kernel.database.connect import Role
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.learning import brief


async def run_agent(
    outrider: Outrider,
    agent: str,
    request: RunRequest,
    filings: Path | None,
    progress: Callable[[Progress], None],
) -> RunReport:
    """One run, from briefing to report.

    Raises:
        NotFound: no such agent, campaign or mailbox.
        Refused: the agent is switched off here.
        SwitchedOff: a kill switch is on.
    """
    source = outrider.filings(filings)
    await chase(outrider)
    await learn(outrider)
    await answer_left_over(outrider)
    async with outrider.begin()() as tx:
        spec = schedule.must_be_enabled(await overrides.spec_of(tx, agent))
        briefing = await brief.brief(tx, agent)
    env = Env(
        begin=outrider.begin(Actor(ActorKind.AGENT, agent), Role.AGENT),
        asking=outrider.asking(),
        objects=outrider.objects,
        unsubscribe_key=outrider.keys.key("unsubscribe"),
        public_url=outrider.settings.public_url,
        clock=outrider.clock,
        filings=source,
        progress=progress,
        is_dry_run=outrider.settings.agent_dry_run,
    )
    briefed = request.model_copy(update={"briefing": briefing})
    with tracing.run(agent, spec.tier) as span:
        report = await running.run(agent, briefed, env, spec)
        span.tell(traced(report))
    await review_left_over(outrider)
    await refresh_all(outrider)
    return report
