"""The log file tells what was started, done, moved and refused: a line each, and nobody's address."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import URL

from outrider.app.jobs.care.work_log import tell
from outrider.kernel.audit.append import record
from outrider.kernel.audit.seal import Signer
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.secrets import Keys
from outrider.kernel.switches import set_switch
from outrider.kernel.telemetry import configure
from tests.program import OUTRIDER, Program, plain_sentence
from tests.sealing import sealed_up_to


def lines(home: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (home / "logs" / "outrider.log").read_text().splitlines()]


@pytest.fixture
def log_file(home: Path) -> Iterator[Path]:
    configure("INFO", home / "logs", to_stderr=False)
    yield home
    configure("WARNING", None)


async def test_each_room_that_did_something_has_a_line_with_counts(
    log_file: Path,
    database: Database,
    workspace: WorkspaceId,
    clock: VirtualClock,
    keys: Keys,
) -> None:
    seen = await tell(database, None)
    async with database.transaction(workspace, SYSTEM) as tx:
        for action in ("drafts.approve", "drafts.approve", "drafts.reject", "agents.begin"):
            await record(tx, action, "draft:1", {"reason": "Ann Reed <ann@try-brand.example>"})
        await set_switch(tx, "agent", "sdr", is_on=True, reason="ann@try-brand.example was rude")
    await sealed_up_to(5, database, Signer(keys.key("audit-seal")), clock)
    seen = await tell(database, seen)
    assert seen == 5
    told = [
        {k: v for k, v in one.items() if k not in ("timestamp", "part")} for one in lines(log_file)
    ]
    assert told == [
        {"event": "switch", "level": "warning", "state": "on", "scope": "agent", "target": "sdr",
         "by": "system"},
        {"event": "did", "level": "info", "room": "agents", "n_begin": 1},
        {"event": "did", "level": "info", "room": "drafts", "n_approve": 2, "n_reject": 1},
        {"event": "sealed", "level": "info", "events": 5, "leaves": 5},
    ]  # fmt: skip
    await tell(database, seen)
    assert len(lines(log_file)) == 4, "nothing happened, nothing is told"
    assert "try-brand" not in (log_file / "logs" / "outrider.log").read_text()


def test_a_day_of_the_server_is_told_from_start_to_stop(home: Path, owner_url: URL) -> None:
    program = Program(home, owner_url, {"OUTRIDER_PORT": "0"})
    program.ok("person", "add", "Kim Lee", "kim@brand.example", "--role", "admin")
    process = subprocess.Popen(
        [*OUTRIDER, "up"],
        env=program.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        refused = httpx2.post(
            f"{address}/api/login",
            json={"email": "kim@brand.example", "password": "wrong wrong wrong"},
            timeout=60,
        )
        assert refused.status_code == 401
        program.ok("kill", "on", "--reason", "drill of kim@brand.example")
        _until(lambda: any(one["event"] == "switch" for one in lines(home)))
    finally:
        os.kill(process.pid, signal.SIGTERM)
        process.communicate(timeout=90)
    told = lines(home)
    (started,) = [one for one in told if one["event"] == "started"]
    assert started["address"] == address
    assert started["version"]
    assert {"sealer", "jobs", "checkpoints"} <= set(started["parts"])
    assert [one["event"] for one in told].count("login_refused") == 1
    assert [one["event"] for one in told].count("stopping") == 1
    assert "kim@" not in (home / "logs" / "outrider.log").read_text()
    assert len(told) < 30, [one["event"] for one in told]


def _until(holds: Any) -> None:
    for _ in range(1200):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen within two minutes")


def test_a_halted_command_ends_with_the_exit_code_of_a_halt(home: Path, owner_url: URL) -> None:
    program = Program(home, owner_url)
    program.ok("mailbox", "list")
    program.ok("kill", "on", "--reason", "drill")
    said = program.run("send")
    assert said.code == 3
    assert "drill" in said.out + said.err
    (home / "HALT").write_text("fire drill")
    listed = program.ok("kill", "list")
    assert (listed.out + listed.err).count("fire drill") == 1


def test_an_erasure_that_can_ask_nobody_names_the_option(home: Path, owner_url: URL) -> None:
    program = Program(home, owner_url)
    said = program.run("privacy", "erase", "x@lead.example", "--reason", "asked to")
    assert "--yes" in plain_sentence(said)


@pytest.mark.parametrize(
    ("setting", "nearest"), [("workspce", "workspace"), ("retain_lead", "retain_leads")]
)
def test_an_unknown_setting_is_told_with_the_nearest_name(
    home: Path, setting: str, nearest: str
) -> None:
    home.mkdir()
    (home / "settings.toml").write_text(f'{setting} = "x"\n')
    told = plain_sentence(Program(home).run("upgrade", "--check"))
    assert f"`{setting}`" in told
    assert f"`{nearest}`" in told
    assert "xtra inputs" not in told


def test_a_mistyped_variable_is_told_and_others_are_left_alone(home: Path, owner_url: URL) -> None:
    told = plain_sentence(
        Program(home, owner_url, {"OUTRIDER_WORKSPCE": "x"}).run("mailbox", "list")
    )
    assert "OUTRIDER_WORKSPACE" in told
    Program(home, owner_url, {"OUTRIDER_TRAINING_GROUND": "x"}).ok("mailbox", "list")


@pytest.mark.parametrize("words", [["--help"], ["person", "--help"], ["audit", "--help"]])
def test_no_line_of_the_help_is_cut(home: Path, words: list[str]) -> None:
    narrow = Program(home, None, {"COLUMNS": "80"})
    assert "..." not in narrow.ok(*words).out.partition("\n")[2]
