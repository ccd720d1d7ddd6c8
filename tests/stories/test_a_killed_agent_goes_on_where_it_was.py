"""kill -9 at every boundary of a thinking run: same end, no answer paid twice, no effect made twice."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from outrider.agents import read
from outrider.agents.types import RunStatus, StepKind, StepStatus
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from tests.outreach import Office, open_office, people
from tests.warm import warm

BOUNDARIES = 22
"""Lines that a whole run writes: before and after each of six requests and five uses."""


@pytest.fixture
async def office(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, objects: Objects
) -> Office:
    return await open_office(
        database, workspace, clock, objects, people("Acme Stores", "Corporate Controller")
    )


async def lived(office: Office, home: Path, marks: Path, deadly: int = 0) -> int:
    """The exit code of a process that runs the agent; it dies once it wrote `deadly` lines."""
    url = office.database.owner.render_as_string(hide_password=False)
    words = [url, str(office.workspace), str(home / "objects"), str(marks), str(deadly)]
    env = {"PATH": os.environ["PATH"]}
    one = warm("tests.thinking_process")
    code, _, told = await asyncio.to_thread(one.run, words, env, "", seconds=240)
    assert code in (0, -signal.SIGKILL), told
    return code


def lines(marks: Path) -> list[str]:
    return marks.read_text().splitlines() if marks.exists() else []


async def check(office: Office, marks: Path, kills: int) -> None:
    """What must hold, however often it was killed."""
    async with office.begin() as tx:
        (run,) = await read.runs(tx)
        steps = await read.steps(tx, run.id)
    assert run.status is RunStatus.COMPLETED
    assert run.actions_taken[-1].text == "All done."
    done = [s for s in steps if s.status is StepStatus.DONE]
    assert [s.kind for s in done] == [StepKind.MODEL, StepKind.TOOL] * 5 + [StepKind.MODEL]
    open_ = [s for s in steps if s.status is StepStatus.INTENDED]
    assert not open_
    # Asked again is only what was under way when it died.
    failed = [s for s in steps if s.status is StepStatus.FAILED]
    assert len(failed) <= kills
    assert {s.kind for s in failed} <= {StepKind.MODEL}
    asked = [line for line in lines(marks) if line.endswith("asked")]
    assert len(asked) == 6 + len(failed)
    notes = [s for s in done if s.name == "memory_note"]
    assert len(notes) == 2
    assert len(await office.rows("select id from outrider.facts")) == 1


@pytest.mark.parametrize("boundary", range(1, BOUNDARIES + 1))
async def test_a_run_killed_at_a_boundary_is_carried_on(
    office: Office, home: Path, tmp_path: Path, boundary: int
) -> None:
    marks = tmp_path / "marks"
    assert await lived(office, home, marks, deadly=boundary) == -signal.SIGKILL
    assert len(lines(marks)) == boundary
    assert await lived(office, home, marks) == 0
    assert lines(marks)[-1] == "ended"
    await check(office, marks, kills=1)


async def test_a_run_killed_again_and_again_ends_all_the_same(
    office: Office, home: Path, tmp_path: Path
) -> None:
    marks = tmp_path / "marks"
    kills = 0
    while "ended" not in lines(marks) and kills < 12:
        await lived(office, home, marks, deadly=4)
        kills += 1
    if "ended" not in lines(marks):
        assert await lived(office, home, marks) == 0
    await check(office, marks, kills=kills)
