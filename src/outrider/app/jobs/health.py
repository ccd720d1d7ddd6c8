"""Look after reputation: bands that may rise again, events without a mail, campaigns that lose answers.

In: Outrider. Out: moved bands and switches. Never: a release, which is a person's.
"""

from __future__ import annotations

from outrider.app.views.answered import first_mails
from outrider.app.wiring import Outrider
from outrider.campaigns import create as campaigns
from outrider.campaigns.types import CampaignStatus
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.jobs import Job, register
from outrider.prospects.identity import Suppressor
from outrider.sending import events
from outrider.sending.health import bands, drop
from outrider.sending.health.drop import Written
from outrider.sending.health.evalue import Look

HEALTH = Actor(ActorKind.JOB, "health")


async def look_after(outrider: Outrider) -> dict[str, Look]:
    """Do it once for this workspace; the looks at its campaigns, by name."""
    begin = outrider.begin(HEALTH)
    suppressor = Suppressor(outrider.keys.key("suppression"))
    async with begin() as tx:
        await events.adopt(tx, suppressor)
    async with begin() as tx:
        await bands.look_at_all(tx)
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


@register("sending.health")
async def health_job(outrider: Outrider, job: Job) -> None:
    """The same, from the queue."""
    await look_after(outrider)
