"""An agent's run in a process of its own, for tests that kill it.

`python -m tests.agent_process <database> <workspace> <objects> <marks> <last>`: runs the SDR once. The
writer appends a line to the file of marks for each mail that it was asked for, so that a test knows
how far the process is; at the last of so many it stands still, and waits for its end.
"""

from __future__ import annotations

import asyncio
import signal
import sys
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


def _mark(marks: Path, name: str) -> None:
    with marks.open("a") as file:
        file.write(name + "\n")


async def main(url: str, workspace: str, objects: str, marks: Path, last: int) -> None:
    """Run the SDR once over everything there is."""
    clock = VirtualClock(MONDAY)
    database = Database(parse_url(url), clock)
    of = WorkspaceId(UUID(workspace))
    async with database.transaction(of, SYSTEM) as tx:
        campaign = await create.find(tx, "Leases")

    def marked(request: WriteRequest) -> None:
        _mark(marks, request.dossier.account.name)
        if len(marks.read_text().splitlines()) == last:
            signal.pause()

    office = Office(database, of, clock, Objects(objects), campaign, Writer(before=marked))
    await agents.run("sdr", RunRequest(campaign="Leases", new_accounts=50), office.env())
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4]), int(sys.argv[5])))
