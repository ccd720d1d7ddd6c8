"""Text messages that a person released leave by themselves, while `outrider up` runs.

In: Outrider, the key file of Twilio. Out: messages handed over; a line in the log for each round that
sent. Never: one that nobody released, one at night, two tries for one (see `campaigns.sms`).
"""

from __future__ import annotations

from datetime import timedelta

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from outrider.app.jobs.rounds import Rounds
from outrider.app.wiring import Outrider
from outrider.campaigns import sms
from outrider.campaigns.sms import SmsReport
from outrider.kernel import access
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.errors import InvalidSetting, OutriderError, VendorUnavailable
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.telemetry import get_logger
from outrider.prospects.identity import Suppressor
from outrider.vendors.sms_twilio import KEY_FILE, from_secret

SENDER = Actor(ActorKind.JOB, "texts")
EVERY = timedelta(minutes=1)
"""Each that must wait, as for the day to begin where the person is, is looked at in every round."""

_log = get_logger("sending")


async def send_texts(outrider: Outrider) -> SmsReport:
    """Send what is released in this workspace and may leave now.

    Raises:
        InvalidSetting: there is no key of Twilio, or it cannot be used.
    """
    try:
        secret = outrider.handed(KEY_FILE).decode()
    except (OSError, UnicodeDecodeError):
        raise InvalidSetting(
            f"There is no readable {outrider.keys.folder / KEY_FILE}, so no text message can be sent: "
            "see `outrider tasks send --help`."
        ) from None
    provider = from_secret(secret, outrider.clock)
    try:
        suppressor = Suppressor(outrider.keys.key("suppression"))
        return await sms.send_all(outrider.begin(SENDER), provider, suppressor)
    finally:
        await provider.close()


async def send_texts_everywhere(outrider: Outrider, told: dict[WorkspaceId, str]) -> int:
    """The same in every workspace that has any; what fails in one stops no other, and is logged once.

    `told` keeps what was logged last of each workspace, from one round to the next.
    """
    async with outrider.database.connection() as conn:
        workspaces = await access.workspaces(conn)
    sent = 0
    for workspace in workspaces.values():
        try:
            sent += await _in(outrider.within(workspace))
            told.pop(workspace, None)
        except (OutriderError, psycopg.Error, SQLAlchemyError, OSError) as error:
            reason = type(error).__name__
            if told.get(workspace) != reason:
                _log.error("texts_not_sent", workspace=str(workspace), reason=reason)
            told[workspace] = reason
    return sent


async def _in(outrider: Outrider) -> int:
    async with outrider.begin(SENDER)() as tx:
        if not await sms.is_any_under_way(tx):
            return 0
    report = await send_texts(outrider)
    if report.sent or report.failed or report.unknown:
        _log.info("texts_sent", count=report.sent, failed=report.failed, in_doubt=report.unknown)
    if report.trouble:
        raise VendorUnavailable(report.trouble)
    return report.sent


async def send_texts_forever(outrider: Outrider, every: timedelta = EVERY) -> None:
    """`send_texts_everywhere` every `every` until cancelled."""
    told: dict[WorkspaceId, str] = {}

    async def work(here: Outrider) -> int:
        return await send_texts_everywhere(here, told)

    await Rounds(_log, "texts_not_sent").forever(outrider, work, every)
