"""A command whose last act was an object ends with its own exit code, with all that it printed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROCESSES = 10
"""Without `leave` some of them abort, and each is taken down."""
ENDS = """
import asyncio, os, sys
from outrider.kernel.leaving import leave
from outrider.kernel.objects import Objects

async def work():
    store = Objects(sys.argv[1])
    digest = await store.put(sys.argv[2].encode())
    return await store.remove(digest)

class Last:
    def __del__(self):
        os.write(2, b"The interpreter was taken down.")

last = Last()
print(asyncio.run(work()))
leave(int(sys.argv[2]) % 2 * 3)
"""


def start(*words: str) -> subprocess.Popen[str]:
    """A process that keeps an object, removes it, and leaves at once."""
    return subprocess.Popen(
        [sys.executable, "-c", ENDS, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_code_is_the_commands_own_and_nothing_printed_is_lost(tmp_path: Path) -> None:
    started = [start(f"file://{tmp_path}", str(each)) for each in range(PROCESSES)]
    ended = [(*each.communicate(timeout=120), each.returncode) for each in started]
    assert ended == [("True\n", "", each % 2 * 3) for each in range(PROCESSES)]


@pytest.mark.parametrize("command", ["--help", "policy example", "doctor", "doctor --json"])
def test_a_reader_that_went_away_is_no_failure(command: str, home: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "outrider", *command.split()],
        env=os.environ | {"OUTRIDER_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as done:
        assert done.stdout is not None
        assert done.stderr is not None
        done.stdout.close()
        told = done.stderr.read()
    assert done.returncode == 0
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("unbuffered", "told"),
    [("", "Not all of the answer could be written"), ("1", "The disk is full")],
)
def test_an_answer_that_cannot_be_written_is_a_failure(unbuffered: str, told: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "outrider", "--version"],
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=120,
        )
    assert done.returncode != 0
    assert told in done.stderr


@pytest.mark.parametrize(("asked", "left"), [(0, 74), (3, 3)])
def test_what_is_left_to_print_at_the_end_fails_what_did_not_fail_before(
    asked: int, left: int
) -> None:
    code = f"from outrider.kernel.leaving import leave; print('done'); leave({asked})"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONUNBUFFERED": ""},  # else `print` itself would fail
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            timeout=120,
        )
    assert done.returncode == left
    assert done.stderr == b"Not all of the answer could be written: No space left on device.\n"
