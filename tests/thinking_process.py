"""A run that thinks, in a process of its own that is killed: each line it writes is a boundary.

Arguments: owner's address, workspace, objects, file of marks, and after how many lines it is killed
(0: never). A model's reply and a tool's work each write a line before they begin and after they end.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from outrider.agents.ports import Env
from outrider.agents.toolbox.hands import Hands
from outrider.agents.toolbox.registry import TOOLS
from outrider.agents.toolbox.types import Tool
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database, Role, parse_url
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from tests.agents_world import Line, Script, agent, brain_of
from tests.conftest import MONDAY
from tests.outreach import AGENT, Filings
from tests.sending_world import KEY

USED = ("search_accounts", "memory_note", "sec_company_facts")


def script_for(account: str) -> list[Line]:
    """Ten steps: five requests, five uses of tools, two of which write."""
    return [
        {"search_accounts": {}},
        {"sec_company_facts": {"account_id": account}},
        {"memory_note": {"note": "Acme Stores has filings."}},
        {"search_accounts": {"query": "acme"}},
        {"memory_note": {"note": "Done with Acme Stores."}},
        "All done.",
    ]


def marked(tools: dict[str, Tool], mark: Any) -> dict[str, Tool]:
    """The tools, each writing a line before and after its work."""

    def wrap(tool: Tool) -> Tool:
        async def work(hands: Hands, asked: Any) -> Any:
            mark(f"tool {tool.name} begins")
            assert tool.work is not None
            given = await tool.work(hands, asked)
            mark(f"tool {tool.name} ends")
            return given

        return replace(tool, work=work)

    return {name: wrap(tool) if name in USED else tool for name, tool in tools.items()}


async def main(url: str, workspace: str, objects: str, marks: Path, deadly: int) -> None:
    """One run."""
    written = 0

    def mark(line: str) -> None:
        nonlocal written
        with open(marks, "a", encoding="utf-8") as file:
            file.write(line + "\n")
        written += 1
        if written == deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    clock = VirtualClock(MONDAY)
    database = Database(parse_url(url), clock, pool_size=3)
    where = WorkspaceId(UUID(workspace))
    env = Env(
        begin=lambda: database.transaction(where, AGENT, role=Role.AGENT),
        asking=None,  # type: ignore[arg-type]  # this run asks models, not for tasks
        objects=Objects(objects),
        unsubscribe_key=KEY,
        public_url="https://outrider.brand.example",
        clock=clock,
        filings=Filings(),
    )
    from outrider.agents.carry_out import carry_out
    from outrider.agents.types import Assignment

    async with env.begin() as tx:
        row = await tx.row("select id from outrider.accounts where name = 'Acme Stores'")
    assert row is not None
    script = Script(
        script_for(str(row["id"])),
        before=lambda turn: mark(f"model {turn} asked"),
        after=lambda turn: mark(f"model {turn} answered"),
    )
    brain = brain_of(script, clock=clock, tools=marked(dict(TOOLS), mark))
    await carry_out(agent(*USED), Assignment(task="Look around."), env, brain)
    mark("ended")
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4]), int(sys.argv[5])))
