"""AgentDojo's own environment: made on first use, in the cache of the account, never in ours.

In: nothing. Out: its Python. Never: a package of it among ours.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PACKAGE = "agentdojo==0.1.35"
FOLDER = Path.home() / ".cache" / "outrider-bench" / "agentdojo-0.1.35"


class Absent(Exception):
    """It is not there and cannot be made; the message says why."""


def dojo_python(*, install: bool) -> Path:
    """The Python that has AgentDojo.

    Raises:
        Absent: it is not installed, and with `install` the package index was not reached either.
    """
    python = FOLDER / "bin" / "python"
    done = FOLDER / "complete"
    if done.exists():
        return python
    if not install:
        raise Absent("AgentDojo is not installed: make bench ONLY=captured_model_rate installs it")
    steps = (
        [sys.executable, "-m", "venv", "--clear", str(FOLDER)],
        [str(python), "-m", "pip", "install", "--quiet", PACKAGE],
    )
    for words in steps:
        made = subprocess.run(words, capture_output=True, text=True, check=False)
        if made.returncode:
            said = (made.stderr or made.stdout).strip().splitlines() or ["it said nothing"]
            raise Absent(f"{PACKAGE} could not be installed: {said[-1][:300]}")
    done.touch()
    return python
