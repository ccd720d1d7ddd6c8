"""Two processes race and one is killed: each tick is one run, and nothing is asked or done twice."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL

from outrider.agents.roster import ROSTER
from outrider.app.wiring import Outrider
from tests.fleet_world import Fleet
from tests.program import OUTRIDER, Program

ROOT = Path(__file__).resolve().parent.parent.parent
AGENTS = ("ops", "inbox", "content", "research", "crm")
MINUTES = 6


@pytest.fixture
async def fleet(outrider: Outrider) -> Fleet:
    found = Fleet(outrider)
    for agent in AGENTS:
        assert agent in ROSTER
        await found.set(agent, is_scheduled=True, schedule=["* * * * *"], timezone="UTC")
    return found


async def start(fleet: Fleet, marks: Path, deadly: int = -1) -> asyncio.subprocess.Process:
    """One process that is ready to begin."""
    marks.mkdir(exist_ok=True)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.fleet_process",
        fleet.outrider.database.owner.render_as_string(hide_password=False),
        str(fleet.outrider.workspace),
        str(fleet.outrider.settings.home),
        str(MINUTES),
        str(marks),
        str(deadly),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(120):
        assert await process.stdout.readline() == b"ready\n"
    return process


async def go(*processes: asyncio.subprocess.Process) -> None:
    """Let them begin together, and wait for the end of all."""
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        await process.stdin.drain()
    async with asyncio.timeout(120):
        await asyncio.gather(*(process.wait() for process in processes))


def asked(marks: Path) -> int:
    """How many requests the models of all processes got."""
    return sum(len(file.read_text().splitlines()) for file in marks.iterdir())


async def test_two_processes_start_each_tick_once(fleet: Fleet, tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    processes = [await start(fleet, marks) for _ in range(2)]
    await go(*processes)
    assert [process.returncode for process in processes] == [0, 0]
    ticks = await fleet.rows("select agent_name, due_at, missed from outrider.agent_ticks")
    assert len(ticks) == len({(tick["agent_name"], tick["due_at"]) for tick in ticks})
    stood_for = Counter(
        name for tick in ticks for name in [tick["agent_name"]] * (1 + tick["missed"])
    )
    assert stood_for == dict.fromkeys(AGENTS, MINUTES)
    runs = [run for agent in AGENTS for run in await fleet.runs(agent)]
    assert len(runs) == len(ticks)
    assert {run["status"] for run in runs} <= {"completed", "skipped"}
    assert all(run["met_run_id"] for run in runs if run["status"] == "skipped")
    assert asked(marks) == sum(run["status"] == "completed" for run in runs)


async def test_a_tick_whose_process_was_killed_is_finished_once(
    fleet: Fleet, tmp_path: Path
) -> None:
    marks = tmp_path / "marks"
    await go(await start(fleet, marks, deadly=2))
    running = [run for agent in AGENTS for run in await fleet.runs(agent)]
    assert sum(run["status"] == "running" for run in running) >= 1
    # A worker that no longer answers is known by its silence; here the silence has lasted.
    owner = fleet.outrider.database.owner.set(drivername="postgresql")
    with psycopg.connect(owner.render_as_string(hide_password=False), autocommit=True) as conn:
        conn.execute(
            "update jobs.procrastinate_workers set last_heartbeat = now() - '1h'::interval"
        )
    fleet.at(fleet.outrider.clock.now() + timedelta(minutes=2))
    await fleet.work()
    runs = [run for agent in AGENTS for run in await fleet.runs(agent)]
    assert {run["status"] for run in runs} == {"completed"}
    assert len(runs) == 2 * len(AGENTS)
    assert len({(run["id"], run["due_at"]) for run in runs}) == len(runs)
    requests = await fleet.rows(
        "select run_id, count(*) filter (where status = 'done') as done from outrider.agent_steps"
        " where kind = 'model' group by run_id"
    )
    assert {one["done"] for one in requests} == {1}


def test_outrider_up_looks_at_the_times_by_itself(owner_url: URL, tmp_path: Path) -> None:
    program = Program(tmp_path / "home", owner_url, {"OUTRIDER_AGENTS_EVERY": "PT0.5S"})
    program.ok("agents", "set", "sdr", "--schedule", "* * * * *", "--scheduled", "on")
    plain = owner_url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as conn:
        conn.execute(
            "update outrider.agent_overrides set scheduled_since = scheduled_since - '5m'::interval"
        )
    with subprocess.Popen(
        [*OUTRIDER, "up", "--port", "0"],
        env=program.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as up:
        try:
            told = _first_run(program, time.monotonic() + 150)
        finally:
            up.terminate()
            up.wait(60)
    assert told["status"] == "skipped"
    assert told["error"] == "no campaign is active"


def _first_run(program: Program, until: float) -> dict[str, object]:
    while time.monotonic() < until:
        found = program.json("runs", "list")["items"]
        if found:
            return dict(found[0])
        time.sleep(0.5)
    raise AssertionError("no run began by itself")
