"""A run that is killed is told as failed, and the next one does the rest without a repetition."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from outrider.agents import read
from outrider.agents import run as agents
from outrider.agents.types import ActionKind, RunRequest, RunStatus, StepStatus
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from tests.outreach import Office, Writer, open_office, people

COMPANIES = [f"Depot {number:02d}" for number in range(12)]
REQUEST = RunRequest(campaign="Leases", new_accounts=50)


@pytest.fixture
async def office(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, objects: Objects
) -> Office:
    rows = [row for name in COMPANIES for row in people(name, "CFO")]
    return await open_office(database, workspace, clock, objects, rows)


async def start(office: Office, home: Path, marks: Path, mails: int) -> asyncio.subprocess.Process:
    url = office.database.owner.render_as_string(hide_password=False)
    folder = Path(__file__).resolve().parent.parent.parent
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.agent_process",
        url,
        str(office.workspace),
        str(home / "objects"),
        str(marks),
        str(mails),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{folder / 'src'}{os.pathsep}{folder}"},
    )


async def wait_for(marks: Path, lines: int, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(120):
        while process.returncode is None:
            if marks.exists() and len(marks.read_text().splitlines()) >= lines:
                return
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("mails", [1, 4, 9])
async def test_a_killed_run_is_found_told_and_finished_by_the_next(
    office: Office, home: Path, tmp_path: Path, mails: int
) -> None:
    marks = tmp_path / "marks"
    process = await start(office, home, marks, mails)
    await wait_for(marks, mails, process)
    process.send_signal(signal.SIGKILL)
    assert await process.wait() == -signal.SIGKILL
    written = len(await office.rows("select id from outrider.drafts"))
    assert written < len(COMPANIES)

    report = await agents.run("sdr", REQUEST, office.env())
    async with office.begin() as tx:
        dead = next(run for run in await read.runs(tx) if run.id != report.run.id)
        steps = await read.steps(tx, dead.id)
    assert dead.status is RunStatus.FAILED
    assert (dead.error or "").startswith("interrupted")
    assert dead.completed_at is not None
    assert sum(one.kind is ActionKind.DRAFTED for one in dead.actions_taken) == written
    assert not [step for step in steps if step.status is StepStatus.INTENDED]

    assert report.run.status is RunStatus.COMPLETED
    rows = await office.rows(
        "select a.name, count(*) as count from outrider.drafts d"
        " join outrider.accounts a on a.id = d.account_id group by a.name order by a.name"
    )
    assert [(row["name"], row["count"]) for row in rows] == [(name, 1) for name in COMPANIES]
    assert len(await office.rows("select id from outrider.enrollments")) == len(COMPANIES)


async def test_an_answer_that_was_paid_for_is_not_bought_again(office: Office) -> None:
    class Dies(Exception):
        """Stands for the death of the process between an answer and the draft made from it."""

    await agents.run("sdr", REQUEST.model_copy(update={"new_accounts": 1}), office.env())
    (row,) = await office.rows("select id from outrider.agent_runs")
    # The draft never came to be, and the run never ended.
    await office.run_sql("delete from outrider.drafts")
    await office.run_sql(
        "delete from outrider.agent_steps where name = 'draft_for_approval' and run_id = :id",
        id=row["id"],
    )
    await office.run_sql("update outrider.agent_runs set status = 'running', completed_at = null")
    writer = Writer(fails_for=dict.fromkeys(COMPANIES, Dies("must not be asked")))
    again = REQUEST.model_copy(update={"new_accounts": 1})
    report = await agents.run("sdr", again, office.env(writer))
    assert len(report.of(ActionKind.DRAFTED)) == 1
    assert not writer.asked
    assert report.run.cost_estimate == 0
