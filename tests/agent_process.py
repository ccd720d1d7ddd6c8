"""An agent's run in a process of its own, for tests that kill it.

`python -m tests.agent_process <database> <workspace> <objects> <marks>`: runs the SDR once. The writer
appends a line to the file of marks for each mail that it was asked for, so that a test knows how far
the process is.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from uuid import UUID

from outrider.agents import run as agents
from outrider.agents.types import RunRequest
from outrider.campaigns import create
from outrider.drafts.types import WriteRequest
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database, parse_url
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from tests.conftest import MONDAY
from tests.outreach import Office, Writer

SLOW_SECONDS = 0.05


def _mark(marks: Path, name: str) -> None:
    with marks.open("a") as file:
        file.write(name + "\n")


async def main(url: str, workspace: str, objects: str, marks: Path) -> None:
    """Run the SDR once over everything there is."""
    clock = VirtualClock(MONDAY)
    database = Database(parse_url(url), clock)
    of = WorkspaceId(UUID(workspace))
    async with database.transaction(of, SYSTEM) as tx:
        campaign = await create.find(tx, "Leases")

    def slowly(request: WriteRequest) -> None:
        _mark(marks, request.dossier.account.name)
        time.sleep(SLOW_SECONDS)

    office = Office(database, of, clock, Objects(objects), campaign, Writer(before=slowly))
    await agents.run("sdr", RunRequest(campaign="Leases", new_accounts=50), office.env())
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4])))
