"""What the audit log needs besides its seals: checkpoints elsewhere, months ahead, old months gone.

In: Outrider. Out: objects in the checkpoint store, partitions, an event in each workspace when events
were dropped. Never: a hold-up of a writer or of the sealer; what fails is logged and tried again.

All of it starts from what is stored, so a process that is killed leaves nothing to mend, and several
may do it at once.
"""

from __future__ import annotations

from datetime import timedelta

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from outrider.app.wiring import Outrider
from outrider.kernel import access
from outrider.kernel.audit.append import record
from outrider.kernel.audit.expire import Cut, expire
from outrider.kernel.audit.exported import Exported
from outrider.kernel.audit.partitions import make_ahead
from outrider.kernel.audit.prove import newest_seal
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.errors import OutriderError
from outrider.kernel.telemetry import get_logger

JOB = Actor(ActorKind.JOB, "care.log")
_TIDY_EVERY = timedelta(hours=1)
_FAILURES = (OutriderError, psycopg.Error, SQLAlchemyError, OSError)

_log = get_logger("audit")


async def export_checkpoint(outrider: Outrider, store: Exported, last: int = 0) -> int:
    """Write the newest checkpoint to the store, if the log grew beyond `last` leaves.

    Returns:
        The leaves of the newest checkpoint; `last` when there is none newer.

    Raises:
        Unavailable: the store does not take it.
    """
    async with outrider.begin()() as tx:
        seal = await newest_seal(tx)
    if seal is None or seal.size <= last:
        return last
    await store.put(seal)
    return seal.size


async def export_forever(outrider: Outrider) -> None:
    """`export_checkpoint` at the pace of the settings until cancelled; an outage is told once."""
    store = Exported(outrider.settings.checkpoints_url)
    last, is_failing = 0, False
    while True:
        try:
            last = await export_checkpoint(outrider, store, last)
            if is_failing:
                _log.warning("checkpoints_exported_again", leaves=last)
            is_failing = False
        except _FAILURES as error:
            if not is_failing:
                _log.error("checkpoint_not_exported", reason=_why(error))
            is_failing = True
        await outrider.clock.sleep(outrider.settings.checkpoint_every)


async def tidy(outrider: Outrider) -> Cut | None:
    """Make the next months' partitions and drop those older than the log is kept."""
    database, now = outrider.database, outrider.clock.now()
    await make_ahead(database, now)
    keep = outrider.settings.retain_log
    cut = await expire(database, outrider.signer, now, keep) if keep else None
    if cut is None:
        return None
    _log.info("audit_months_dropped", events=cut.events, before=cut.before.date().isoformat())
    async with database.connection() as conn:
        workspaces = await access.workspaces(conn)
    body = {"size": cut.size, "before": cut.before.isoformat(), "events": cut.events}
    for workspace in workspaces.values():
        async with outrider.within(workspace).begin(JOB)() as tx:
            await record(tx, "audit.expire", f"workspace:{workspace}", body)
    return cut


async def tidy_forever(outrider: Outrider, every: timedelta = _TIDY_EVERY) -> None:
    """`tidy` every `every` until cancelled; a failure is logged."""
    while True:
        try:
            await tidy(outrider)
        except _FAILURES as error:
            _log.error("audit_not_tidied", reason=_why(error))
        await outrider.clock.sleep(every)


def _why(error: BaseException) -> str:
    return error.message if isinstance(error, OutriderError) else type(error).__name__
