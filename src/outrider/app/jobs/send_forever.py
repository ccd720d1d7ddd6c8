"""Send what is approved and due, while `outrider up` runs.

In: Outrider. Out: sent mail; a line in the log for each pass that sent. Never: a mail that nobody
approved, or one whose approval can still be taken back.
"""

from __future__ import annotations

from datetime import timedelta

from outrider.app.jobs.rounds import Rounds
from outrider.app.jobs.send_mail import send_mail
from outrider.app.views import outbox
from outrider.app.wiring import Outrider
from outrider.kernel.switches import halted
from outrider.kernel.telemetry import get_logger

AT_ONCE = 1000
"""Mails of one pass; the next pass takes the rest."""

_log = get_logger("sending")
_ROUNDS = Rounds(_log, "not_sent")


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
    return sum(await _ROUNDS.everywhere(outrider, send_due))


async def send_forever(outrider: Outrider, every: timedelta) -> None:
    """`send_everywhere` every `every` until cancelled; a failure is logged."""
    await _ROUNDS.forever(outrider, send_everywhere, every)
