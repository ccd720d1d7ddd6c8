"""kill -9 at every boundary of a thinking run: same end, no answer paid twice, no effect made twice."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from outrider.agents import read
from outrider.agents.types import RunStatus, StepKind, StepStatus
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from tests.outreach import Office, open_office, people

ROOT = Path(__file__).resolve().parent.parent.parent
BOUNDARIES = 22
"""Lines that a whole run writes: before and after each of six requests and five uses."""


@pytest.fixture
async def office(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, objects: Objects
) -> Office:
    return await open_office(
        database, workspace, clock, objects, people("Acme Stores", "Corporate Controller")
    )


async def process(office: Office, home: Path, marks: Path) -> asyncio.subprocess.Process:
    url = office.database.owner.render_as_string(hide_password=False)
    arguments = [url, str(office.workspace), str(home / "objects"), str(marks)]
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.thinking_process",
        *arguments,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
    )


def lines(marks: Path) -> list[str]:
    return marks.read_text().splitlines() if marks.exists() else []


async def killed_after(office: Office, home: Path, marks: Path, wanted: int) -> None:
    """Start a run and kill it once it has written so many lines."""
    running = await process(office, home, marks)
    async with asyncio.timeout(60):
        while running.returncode is None and len(lines(marks)) < wanted:
            await asyncio.sleep(0.001)
    if running.returncode is None:
        running.send_signal(signal.SIGKILL)
    await running.wait()


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
    await killed_after(office, home, marks, boundary)
    last = await process(office, home, marks)
    assert await last.wait() == 0
    assert lines(marks)[-1] == "ended"
    await check(office, marks, kills=1)


async def test_a_run_killed_again_and_again_ends_all_the_same(
    office: Office, home: Path, tmp_path: Path
) -> None:
    marks = tmp_path / "marks"
    kills = 0
    while "ended" not in lines(marks) and kills < 12:
        await killed_after(office, home, marks, len(lines(marks)) + 4)
        kills += 1
    if "ended" not in lines(marks):
        last = await process(office, home, marks)
        assert await last.wait() == 0
    await check(office, marks, kills=kills)
