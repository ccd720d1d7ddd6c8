"""Of all tests only one or two that drive a browser get a second try, alone, and the run names them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "run_tests.py"
PASSES_THE_SECOND_TIME = """
from pathlib import Path
def test_it():
    seen = Path(__file__).with_suffix(".seen")
    first = not seen.exists()
    seen.touch()
    assert not first
"""
FAILS = "def test_it(): assert False"
PASSES = "def test_it(): pass"


def run(folder: Path, **files: str) -> subprocess.CompletedProcess[str]:
    """The script in a project of its own; `web_a` is the file tests/web/test_a.py."""
    for name, text in files.items():
        *rooms, file = name.split("_")
        path = folder.joinpath("tests", *rooms, f"test_{file}.py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    return subprocess.run(
        [sys.executable, str(SCRIPT), "-q"],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_browser_s_test_that_passes_alone_passes_and_is_named(tmp_path: Path) -> None:
    done = run(tmp_path, web_a=PASSES_THE_SECOND_TIME, web_b=PASSES, rooms_c=PASSES)
    assert done.returncode == 0
    assert done.stdout.endswith("Failed among others, passed alone: tests/web/test_a.py::test_it\n")


def test_one_that_fails_alone_as_well_fails_the_run(tmp_path: Path) -> None:
    done = run(tmp_path, web_a=FAILS, web_b=PASSES)
    assert done.returncode == 1
    assert "passed alone" not in done.stdout


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"rooms_a": PASSES_THE_SECOND_TIME}, id="no browser"),
        pytest.param(
            {"rooms_a": PASSES_THE_SECOND_TIME, "web_b": PASSES_THE_SECOND_TIME}, id="one of two"
        ),
        pytest.param(
            {f"web_{name}": PASSES_THE_SECOND_TIME for name in "abc"}, id="more than a few"
        ),
        pytest.param({"web_a": "import nothing_there", "web_b": PASSES}, id="cannot be read"),
    ],
)
def test_whatever_else_fails_is_not_tried_again(tmp_path: Path, files: dict[str, str]) -> None:
    done = run(tmp_path, **files)
    assert done.returncode != 0
    assert "Once more" not in done.stdout


def test_a_failure_of_an_earlier_run_is_forgotten(tmp_path: Path) -> None:
    assert run(tmp_path, web_a=FAILS).returncode == 1
    (tmp_path / "tests/web/test_a.py").write_text(PASSES)
    assert "Once more" not in run(tmp_path, rooms_b=PASSES).stdout
