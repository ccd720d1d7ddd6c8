"""Send what is approved and due, while `outrider up` runs.

In: Outrider. Out: sent mail; a line in the log for each pass that sent. Never: a mail that nobody
approved, or one whose approval can still be taken back.
"""

from __future__ import annotations

from datetime import timedelta

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from outrider.app.jobs.send_mail import send_mail
from outrider.app.views import outbox
from outrider.app.wiring import Outrider
from outrider.kernel import access
from outrider.kernel.errors import OutriderError
from outrider.kernel.switches import halted
from outrider.kernel.telemetry import get_logger

AT_ONCE = 1000
"""Mails of one pass; the next pass takes the rest."""

_log = get_logger("sending")


async def send_due(outrider: Outrider) -> int:
    """Send what is due in this workspace now; how many left. Costs one query when nothing is."""
    async with outrider.begin()() as tx:
        if not await outbox.is_any_due(tx) or await halted(tx):
            return 0
    report = await send_mail(outrider, AT_ONCE, workers=None)
    if report.sent or report.stopped:
        _log.info("sent", count=len(report.sent), stopped=len(report.stopped))
    return len(report.sent)


async def send_everywhere(outrider: Outrider) -> int:
    """The same in every workspace; a failure is logged, and keeps no other workspace's mail back."""
    async with outrider.database.connection() as conn:
        workspaces = await access.workspaces(conn)
    sent = 0
    for workspace in workspaces.values():
        try:
            sent += await send_due(outrider.within(workspace))
        except (OutriderError, psycopg.Error, SQLAlchemyError, OSError) as error:
            _log.error("not_sent", workspace=str(workspace), reason=type(error).__name__)
    return sent


async def send_forever(outrider: Outrider, every: timedelta) -> None:
    """`send_everywhere` every `every` until cancelled; a failure is logged."""
    while True:
        try:
            await send_everywhere(outrider)
        except (OutriderError, psycopg.Error, SQLAlchemyError, OSError) as error:
            _log.error("not_sent", reason=type(error).__name__)
        await outrider.clock.sleep(every)
