"""A process of `outrider up` as far as agents go: it looks at schedules and works on the queue.

Arguments: owner's address, workspace, home, minutes to live through, folder of marks, and the minute
in whose first request to a model it is killed (-1: in none). It starts when a line comes in.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from outrider.app.jobs.fleet_clock import start_due
from outrider.app.wiring import Outrider
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database, parse_url
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.settings import load
from tests.agents_world import Script
from tests.conftest import MONDAY
from tests.fleet_world import Fleet


async def main(words: list[str]) -> None:
    """Live through the minutes."""
    url, workspace, home, minutes, marks, deadly = words
    clock = VirtualClock(MONDAY)
    database = Database(parse_url(url), clock, pool_size=8)
    place = Path(home)
    outrider = Outrider(
        load(home=place),
        clock,
        database,
        Objects(str(place / "objects")),
        Keys(place),
        WorkspaceId(UUID(workspace)),
        "test",
    )

    def asked(turn: int) -> None:
        minute = round((clock.now() - MONDAY) / timedelta(minutes=1))
        with open(Path(marks) / f"{os.getpid()}", "a", encoding="utf-8") as file:
            file.write(f"{minute}\n")
        if minute == int(deadly):
            os.kill(os.getpid(), signal.SIGKILL)

    fleet = Fleet(outrider, Script(["All is well."], before=asked))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    for _ in range(int(minutes)):
        clock.advance(timedelta(minutes=1))
        await start_due(outrider)
        await fleet.work()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
