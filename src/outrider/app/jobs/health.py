"""Look after reputation: bands that may rise again, events without a mail, campaigns that lose answers.

In: Outrider. Out: moved bands and switches. Never: a release, which is a person's.
"""

from __future__ import annotations

from datetime import timedelta

from outrider.app.jobs.rounds import Rounds
from outrider.app.views.answered import first_mails
from outrider.app.wiring import Outrider
from outrider.campaigns import create as campaigns
from outrider.campaigns.types import CampaignStatus
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.jobs import Job, register
from outrider.kernel.telemetry import get_logger
from outrider.prospects.identity import Suppressor
from outrider.sending import events, queue
from outrider.sending.health import bands, drop
from outrider.sending.health.drop import Written
from outrider.sending.health.evalue import Look

HEALTH = Actor(ActorKind.JOB, "health")
EVERY = timedelta(hours=1)

_log = get_logger("jobs")
_ROUNDS = Rounds(_log, "reputation_not_looked_after")


async def look_after(outrider: Outrider) -> dict[str, Look]:
    """Do it once for this workspace; the looks at its campaigns, by name."""
    begin = outrider.begin(HEALTH)
    suppressor = Suppressor(outrider.keys.key("suppression"))
    async with begin() as tx:
        await events.adopt(tx, suppressor)
    async with begin() as tx:
        await bands.look_at_all(tx)
        await queue.follow_health(tx)
        listed = await campaigns.listing(tx)
    looks: dict[str, Look] = {}
    for campaign in listed:
        if campaign.status is not CampaignStatus.ACTIVE:
            continue
        async with begin() as tx:
            people = [Written(*one) for one in await first_mails(tx, campaign.id)]
            seen = await drop.look(tx, campaign.id, people)
        if seen is not None:
            looks[campaign.name] = seen
    return looks


async def look_after_everywhere(outrider: Outrider) -> None:
    """The same in every workspace; what fails in one is logged and stops no other."""
    await _ROUNDS.everywhere(outrider, look_after)


async def look_after_forever(outrider: Outrider, every: timedelta = EVERY) -> None:
    """`look_after_everywhere` every `every` until cancelled; a failure is logged."""
    await _ROUNDS.forever(outrider, look_after_everywhere, every)


@register("sending.health")
async def health_job(outrider: Outrider, job: Job) -> None:
    """The same, from the queue."""
    await look_after(outrider)
