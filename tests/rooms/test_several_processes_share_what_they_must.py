"""Processes that answer side by side have the same settings, one log, and see each other's uploads."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from outrider.app.cli.serve_many import MOST_BY_ITSELF, how_many, pause_after
from outrider.app.cli.serve_one import Order
from outrider.kernel.settings import Settings, load


def test_an_order_carries_every_setting_as_it_is_secrets_too(home: Path) -> None:
    settings = load(
        home=home,
        workspace="sample",
        port=0,
        send_every=None,
        smtp_timeout=timedelta(seconds=7.5),
        slack_signing_secret=SecretStr("not for the log"),
        DATABASE_URL="postgresql://kim@db.brand.example/outrider",
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        order = Order.of(settings, listener, for_people=False)
    heard = Order.model_validate(json.loads(order.model_dump_json()))
    assert Settings(**heard.settings) == settings


def test_by_itself_half_the_processors_answer_and_never_none(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for cores, many in ((1, 1), (2, 1), (4, 2), (6, 3), (64, MOST_BY_ITSELF)):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, n=cores: set(range(n)))
        assert how_many(load(home=home)) == many
        assert how_many(load(home=home, api_processes=7)) == 7


def test_however_often_one_falls_it_is_started_again_within_seconds() -> None:
    pauses = [pause_after(falls) for falls in range(5_000)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (0, 5)


WRITERS, LINES = 3, 600
WRITE = f"""
import logging, sys
from pathlib import Path
from outrider.kernel import telemetry

telemetry._FILE_BYTES, telemetry._FILES_KEPT = 20_000, 1_000
telemetry.configure("INFO", Path(sys.argv[1]), to_stderr=False)
print("ready", flush=True)
sys.stdin.readline()
for n in range({LINES}):
    logging.getLogger("outrider").info("%s %d %s", sys.argv[2], n, "x" * 200)
"""


def test_processes_that_share_a_log_file_lose_none_and_put_no_empty_one_away(
    tmp_path: Path,
) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITE, str(tmp_path), str(writer)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for writer in range(WRITERS)
    ]
    for one in writers:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in writers:  # all at once, so that several find the file full
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    for one in writers:
        one.communicate(timeout=120)
        assert one.returncode == 0
    away = sorted(tmp_path.glob("outrider.log.*"))
    assert len(away) > 10
    assert all(one.stat().st_size > 10_000 for one in away), [one.stat().st_size for one in away]
    told = [
        tuple(map(int, json.loads(line)["event"].split()[:2]))
        for one in (*away, tmp_path / "outrider.log")
        for line in one.read_text().splitlines()
    ]
    assert sorted(told) == [(writer, n) for writer in range(WRITERS) for n in range(LINES)]
