"""Stored secrets, brought up to date in a process that runs for long.

In: every workspace's sealed secrets. Out: what `Outrider.given` finds; one log line when they cannot be
opened any more, and one when they can again. Never: a secret, or its name, in the log.
"""

from __future__ import annotations

from outrider.app.wiring import Outrider
from outrider.kernel import access
from outrider.kernel.errors import DatabaseUnavailable, MasterKeyUnavailable, WrongMasterKey
from outrider.kernel.secrets.given import LOOK_EVERY
from outrider.kernel.telemetry import get_logger

_log = get_logger("secrets")


async def look_everywhere(outrider: Outrider) -> None:
    """Read what each workspace has, and open the keys it is under.

    Raises:
        DatabaseUnavailable: the database does not answer.
    """
    async with outrider.database.connection() as conn:
        spaces = await access.workspaces(conn)
    for workspace in spaces.values():
        await outrider.given.look(outrider.within(workspace).begin())


async def must_open(outrider: Outrider) -> None:
    """Pass when the keeper of the master key does its part.

    Raises:
        MasterKeyUnavailable, WrongMasterKey: it does not, and secrets are stored under it.
    """
    await look_everywhere(outrider)
    trouble = outrider.given.trouble
    if isinstance(trouble, MasterKeyUnavailable | WrongMasterKey):
        raise trouble


async def look_forever(outrider: Outrider, *, says_so: bool = True) -> None:
    """Look again and again until cancelled; one of several processes says what it finds."""
    told: str | None = None
    while True:
        await outrider.clock.sleep(LOOK_EVERY)
        try:
            await look_everywhere(outrider)
        except DatabaseUnavailable:
            continue  # told elsewhere; what is held stays good for its time
        trouble = outrider.given.trouble
        now = trouble.code if trouble else None
        if not says_so or now == told:
            continue
        if trouble:
            _log.error("secrets_closed", code=trouble.code, reason=trouble.message)
        else:
            _log.info("secrets_open")
        told = now
