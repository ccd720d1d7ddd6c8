"""Processes that answer side by side have the same settings, one log, and see each other's uploads."""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import socket
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from outrider.app.cli.serve_many import MOST_BY_ITSELF, how_many, pause_after
from outrider.app.cli.serve_one import Order
from outrider.kernel import telemetry
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


def _write(folder: Path, lines: int) -> None:
    telemetry._FILE_BYTES = 20_000
    telemetry.configure("INFO", folder, to_stderr=False)
    for n in range(lines):
        logging.getLogger("outrider").info("%d %s", n, "x" * 200)


def test_processes_that_share_a_log_file_lose_none_and_put_no_empty_one_away(
    tmp_path: Path,
) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(tmp_path, 250)) for _ in range(3)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert all(one.exitcode == 0 for one in writers)
    away = sorted(tmp_path.glob("outrider.log.*"))
    assert len(away) == 5
    assert all(one.stat().st_size > 10_000 for one in away), [one.stat().st_size for one in away]
