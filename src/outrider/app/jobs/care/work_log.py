"""The log of ordinary work: every few seconds a line for each room that did something.

In: the sealed audit log. Out: counts by verb in `outrider.log`; each switch that was moved, by itself.
Never: a line for each mail or click, an address, a name of a person, a reason that somebody typed.

What is told is read back from the log that nobody can change, in the order of its leaves: so nothing is
told twice, nothing is left out, and what other processes did is told as well.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import timedelta

import psycopg
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from outrider.app.wiring import Outrider
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.errors import OutriderError
from outrider.kernel.telemetry import get_logger

EVERY = timedelta(seconds=10)
_MOST_SWITCHES = 20
_PLAIN_TARGET = re.compile(r"[a-z0-9_-]{0,64}")

_SIZE = text("select coalesce(max(size), 0) from outrider.audit_seals")
_COUNTS = text(
    "select e.action, count(*) as times from outrider.audit_leaves l"
    " join outrider.audit_events e on e.id = l.event_id"
    " where l.leaf_no >= :seen and l.leaf_no < :size group by e.action order by e.action"
)
_SWITCHES = text(
    "select e.action, e.subject, split_part(e.actor, ':', 1) as kind from outrider.audit_leaves l"
    " join outrider.audit_events e on e.id = l.event_id"
    " where l.leaf_no >= :seen and l.leaf_no < :size and e.action like 'switches.%'"
    " order by l.leaf_no limit :most"
)

_log = get_logger("work")


async def tell(database: Database, seen: int | None) -> int:
    """Tell what was sealed since leaf `seen`; None tells nothing.

    Returns:
        The leaves that are sealed now.
    """
    async with database.connection(Role.SEALER) as conn:
        size = int(await conn.scalar(_SIZE) or 0)
        if seen is None or size <= seen:
            return size
        among = {"seen": seen, "size": size}
        counts = (await conn.execute(_COUNTS, among)).all()
        moved = (await conn.execute(_SWITCHES, {**among, "most": _MOST_SWITCHES})).all()
    by_room: dict[str, dict[str, int]] = defaultdict(dict)
    for action, times in counts:
        room, _, verb = action.partition(".")
        by_room[room][verb] = times
    for action, subject, kind in moved:
        _, scope, target = (*subject.split(":", 2), "", "")[:3]
        name = target if _PLAIN_TARGET.fullmatch(target) else "another"
        state = action.removeprefix("switches.")
        _log.warning("switch", state=state, scope=scope, target=name, by=kind)
    for room, verbs in by_room.items():
        if room != "switches":
            _log.info("did", room=room, **{f"n_{verb}": times for verb, times in verbs.items()})
    _log.info("sealed", events=size - seen, leaves=size)
    return size


async def tell_forever(outrider: Outrider, every: timedelta = EVERY) -> None:
    """`tell` every `every`, from now on, until cancelled; a failure waits for the next time."""
    seen: int | None = None
    while True:
        try:
            seen = await tell(outrider.database, seen)
        except (OutriderError, psycopg.Error, SQLAlchemyError, OSError) as error:
            _log.debug("not_told", reason=type(error).__name__)
        await outrider.clock.sleep(every)
