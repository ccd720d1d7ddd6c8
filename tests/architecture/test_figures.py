"""Every benchmark still runs, in small, and prints one line that `make bench` can be read by."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
FIELDS = ["figure", "value", "unit", "limit", "ratio", "note"]

SMALL: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "agent_memory_mb": ({"IN_FLIGHT": 2, "RUNS": 4, "WARM": 1}, []),
    "agent_step_ratio": ({"ROUNDS": 1, "RUNS": {1: 1, 50: 2}}, []),
    "audit_append_ratio": ({"ROUNDS": 2, "SECONDS": 0.1}, []),
    "audit_verify_per_second": ({"ROUNDS": 1}, [500]),
    "bounce_found": ({"REAL": ROOT / "none"}, []),
    "bounce_hard_precision": ({"REAL": ROOT / "none"}, []),
    "bounce_recipient": ({"REAL": ROOT / "none"}, []),
    "bounces_per_second": ({"REAL": ROOT / "none", "ROUNDS": 1}, []),
    "captured_model_rate": ({"INSTALLS": False}, []),
    "claim_growth": ({"ROUNDS": 1, "BATCHES": 2}, [20_000]),
    "claim_ratio": ({"ROUNDS": 1, "SHARE": 400, "ROWS": 800}, []),
    "claims_caught": ({"HALVES": ("b",)}, []),
    "claims_false": ({"HALVES": ("b",)}, []),
    "decide_p99_ms": (
        {"DRAFTS": 20, "REVIEWERS": 4, "ROUNDS": 1, "CLASHES": 2, "PACED": 4, "UNOPENED": 4},
        [],
    ),
    "gate_ms": ({"BATCH": 3, "COMPANIES": 3}, []),
    "ingest_per_core": ({"COPIES": 1, "SELF_MADE": 300, "REAL": ROOT / "none"}, []),
    "list_p99_ms": ({}, [2_000, 200, 3.0, 0.5]),
    "rewrite_overhead_ms": ({"ROUNDS": 4, "WARM": 1}, []),
    "routing_saving_percent": ({"REAL": ROOT / "none"}, []),
    "send_ratio": ({"MAILS": 60, "MAILBOXES": 2, "PROCESSES": 1}, []),
    "kill_switch_seconds": (
        {"MAILS": 3000, "MAILBOXES": 2, "PROCESSES": 1, "ROUNDS": 1, "UNDER_WAY_SECONDS": 0.4},
        [],
    ),
    "start_warm_seconds": ({"ROUNDS": 1, "OWN_BYTECODE": False}, []),
}
"""For each figure, the constants that make it small, and what its `main` is given."""

_RUN = """
import asyncio, importlib, inspect, pickle, sys
name, constants, given = pickle.loads(bytes.fromhex(sys.argv[1]))
module = importlib.import_module(f"benchmarks.{name}")
for constant, value in constants.items():
    assert hasattr(module, constant), f"{name} has no {constant}"
    setattr(module, constant, value)
running = module.main(*given)
if inspect.isawaitable(running):
    asyncio.run(running)
"""


def test_every_figure_is_known_here() -> None:
    files = {file.stem for file in (ROOT / "benchmarks").glob("*.py")}
    assert {name for name in files if not name.startswith("_")} == set(SMALL)


@pytest.mark.parametrize("name", sorted(SMALL))
def test_a_figure_is_one_json_line_with_its_limit_beside_it(name: str, tmp_path: Path) -> None:
    told = pickle.dumps((name, *SMALL[name])).hex()
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    done = subprocess.run(
        [sys.executable, "-c", _RUN, told],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "TMPDIR": str(tmp_path),
            "PYTHONPATH": paths,
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 1
    line = json.loads(lines[0])
    assert list(line) == FIELDS
    assert line["figure"] == name
    if line["value"] is None:
        pytest.skip(line["note"])
    for number in ("value", "limit", "ratio"):
        assert line[number] > 0
    assert line["unit"]
    assert line["note"]
