"""Drain the outbox, by one process or several, then log what left in the CRM.

In: Outrider. Out: what became of each mail. Never: a mail without a decision (sending sees to that),
two senders of this machine at one mailbox.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from outrider.app.jobs.chase import chase
from outrider.app.jobs.send_processes import Errand, Progress, means_of, merged, send_all
from outrider.app.jobs.slack_posts import refresh_all
from outrider.app.wiring import Outrider
from outrider.crm import push, stage
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.jobs import Job, register
from outrider.sending import send, sharing
from outrider.sending.types import MailboxId, SendReport


def _quiet(done: int, total: int | None) -> None:
    """No progress."""


async def send_mail(
    outrider: Outrider,
    limit: int,
    progress: Progress = _quiet,
    *,
    now: bool = False,
    workers: int | None = 1,
) -> SendReport:
    """Send up to `limit` approved mails that are due; `now` those as well that can be taken back.

    Args:
        outrider: where.
        limit: the most mails.
        progress: called with the mails that are done with.
        now: do not wait until an approval can no longer be taken back.
        workers: processes; None: by the mails that are due, the mailboxes and the cores. More than
            one read their settings as this process did, from the environment.
    """
    await chase(outrider)
    means = means_of(outrider)
    report, due = await send.make_ready(means, limit=limit, now=now)
    reports = [report, *await _by_mailbox(outrider, due, _Asked(limit, progress, workers))]
    await log_activities(outrider)
    await refresh_all(outrider)
    return merged(reports)


@dataclass(frozen=True)
class _Asked:
    """What a caller asked for."""

    limit: int
    progress: Progress
    workers: int | None


async def _by_mailbox(
    outrider: Outrider, due: Mapping[MailboxId, int], asked: _Asked
) -> list[SendReport]:
    """Send from the mailboxes that no other sender has, and say so of the rest."""
    means = means_of(outrider)
    if not due or means.journal is None:
        return []
    with sharing.held(means.journal, due) as mine:
        reports = []
        if others := due.keys() - mine.keys():
            reports.append(await send.leave_alone(means, others, asked.limit))
        own = {id_: due[id_] for id_ in mine}
        senders = sharing.how_many(own, asked.workers, os.cpu_count() or 1)
        if senders > 1:
            several = sharing.shares(own, senders, asked.limit)
            errand = Errand(outrider, asked.progress, min(asked.limit, sum(own.values())))
            reports += await send_all(errand, several, mine.values())
        elif own:
            one = await send.drain_ready(means, own, limit=asked.limit, progress=asked.progress)
            reports.append(one)
    return reports


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
