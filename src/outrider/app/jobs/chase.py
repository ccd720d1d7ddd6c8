"""Run the clock of reviews: in `outrider up` for ever, before a command once.

In: Outrider. Out: what was reminded, escalated, held, expired or let go. Never: a rule, a person's
decision, one workspace kept waiting by what fails in another.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from outrider.app.jobs import slack_posts
from outrider.app.jobs.rounds import Rounds
from outrider.app.wiring import Outrider
from outrider.drafts import decide
from outrider.drafts.review import chase as chasing
from outrider.drafts.review.types import Chased
from outrider.drafts.types import DecidedBy
from outrider.kernel import access
from outrider.kernel.database.tx import Actor, ActorKind, Tx
from outrider.kernel.errors import OutriderError
from outrider.kernel.jobs import Job, register
from outrider.kernel.telemetry import get_logger

CLOCK = Actor(ActorKind.JOB, "clock")
AT_ONCE = 20
"""Reviews of one transaction: its drafts are locked for as long as it takes, a third of a second."""
EVERY = timedelta(seconds=15)
"""How late a reminder can be at most while `outrider up` runs."""

_log = get_logger("jobs")


async def chase(outrider: Outrider) -> list[Chased]:
    """Do everything that fell due in this workspace, and log each thing once it is stored."""

    async def tell(tx: Tx, item: Chased) -> None:
        await slack_posts.refresh(outrider, tx, item.lineage_id)

    begin, done = outrider.begin(CLOCK), list[Chased]()
    while True:
        async with begin() as tx:
            some = await chasing.chase(tx, ENDS, AT_ONCE, tell)
        for item in some:
            _log.info(
                f"review_{item.kind}",
                draft=item.draft_number,
                level=item.level,
                asked=[str(person) for person in item.to],
            )
        done += some
        if not some:
            return done


async def chase_everywhere(outrider: Outrider) -> int:
    """The same in every workspace; returns how many things were done."""
    async with outrider.database.connection() as conn:
        workspaces = await access.workspaces(conn)
    done = 0
    for workspace in workspaces.values():
        try:
            done += len(await chase(outrider.within(workspace)))
        except (OutriderError, psycopg.Error, SQLAlchemyError) as error:
            _log.error(
                "reviews_not_chased",
                workspace=str(workspace),
                reason=error.message if isinstance(error, OutriderError) else type(error).__name__,
            )
    return done


async def chase_forever(outrider: Outrider, every: timedelta = EVERY) -> None:
    """Every `every` until cancelled; a failure is logged and tried again."""
    await Rounds(_log, "reviews_not_chased").forever(outrider, chase_everywhere, every)


@register("drafts.chase")
async def chase_job(outrider: Outrider, job: Job) -> None:
    """The same, from the queue."""
    await chase(outrider)


async def _send(tx: Tx, draft_id: UUID, policy_id: UUID | None, reason: str) -> object:
    return await decide.approve_by(tx, draft_id, DecidedBy.TIMEOUT, policy_id, reason)


async def _expire(tx: Tx, draft_id: UUID) -> object:
    return await decide.expire(tx, draft_id)


ENDS = chasing.Ends(expire=_expire, send=_send)
