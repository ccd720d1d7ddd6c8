"""Drain the outbox, then log what left in the CRM.

In: Outrider. Out: what became of each mail. Never: a mail without a decision (sending sees to that).
"""

from __future__ import annotations

from collections.abc import Callable

from outrider.app.jobs.chase import chase
from outrider.app.jobs.slack_posts import refresh_all
from outrider.app.wiring import Outrider
from outrider.crm import push, stage
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.jobs import Job, register
from outrider.sending import send
from outrider.sending.means import Means
from outrider.sending.types import SendReport

SENDER = Actor(ActorKind.JOB, "sending")


async def send_mail(
    outrider: Outrider,
    limit: int,
    progress: Callable[[int, int | None], None] = lambda done, total: None,
    *,
    now: bool = False,
) -> SendReport:
    """Send up to `limit` approved mails that are due; `now` those as well that can be taken back."""
    await chase(outrider)
    means = Means(
        begin=outrider.begin(SENDER),
        transports=outrider.transport,
        objects=outrider.objects,
        signers=outrider.dkim,
        unsubscribe_url=outrider.unsubscribe_url,
        lease=outrider.settings.send_lease,
        journal=outrider.settings.home / "sending",
    )
    report = await send.drain(means, limit=limit, progress=progress, now=now)
    await log_activities(outrider)
    await refresh_all(outrider)
    return report


async def log_activities(outrider: Outrider) -> None:
    """Stage what was sent and received, and hand it to the CRM; what fails stays staged."""
    begin = outrider.begin(Actor(ActorKind.JOB, "crm"))
    async with begin() as tx:
        await stage.stage(tx)
    await push.push(begin, outrider.crm())


@register("sending.drain")
async def drain_job(outrider: Outrider, job: Job) -> None:
    """The same, from the queue."""
    await send_mail(outrider, int(job.args.get("limit", 1000)))
