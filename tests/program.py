"""The program as a person starts it: a process of its own, an environment of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from sqlalchemy import URL

from tests.warm import takes, warm

OUTRIDER = [sys.executable, "-m", "outrider"]
_PATIENCE = 240
"""Seconds for one command; a test has five minutes."""


@dataclass(frozen=True)
class Said:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)

    @property
    def items(self) -> list[dict[str, Any]]:
        """The items of a listing."""
        found: list[dict[str, Any]] = self.json["items"]
        return found


@dataclass(frozen=True)
class Program:
    """Outrider with a home folder and, mostly, a database of the test's server."""

    home: Path
    url: URL | None = None
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What the process sees: nothing of the machine but its path."""
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "OUTRIDER_HOME": str(self.home),
            **self.extra,
        }
        if self.url is not None:
            plain = self.url.set(drivername="postgresql")
            env["DATABASE_URL"] = plain.render_as_string(hide_password=False)
        return env

    def run(self, *words: str, stdin: str = "") -> Said:
        """Run one command, whatever comes of it."""
        if takes(words, self.environment):
            return Said(*warm().run(words, self.environment, stdin, seconds=_PATIENCE))
        done = subprocess.run(
            [*OUTRIDER, *words],
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def interrupted(self, *words: str, after: float = 0.0, once_it_said: str = "") -> Said:
        """Start one command and press Ctrl-C so many seconds after it began to work, and printed this."""
        with (
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
            subprocess.Popen(
                [*OUTRIDER, *words],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            ) as started,
        ):
            while started.poll() is None and not (
                _has_sockets(started.pid) and once_it_said in _written(out)
            ):
                time.sleep(0.01)
            try:
                started.wait(after)
            except subprocess.TimeoutExpired:
                started.send_signal(signal.SIGINT)
                started.wait(_PATIENCE)
            return Said(started.returncode, _written(out), _written(err))

    def ok(self, *words: str) -> Said:
        """Run one command that must end well."""
        said = self.run(*words)
        assert said.code == 0, f"{' '.join(words)}: {said.err}{said.out}"
        return said

    def json(self, *words: str) -> Any:
        """The JSON of a command that must end well."""
        return self.ok(*words, "--json").json


def _written(file: IO[bytes]) -> str:
    """What a process has written into a file whose place in it we share, and must not move."""
    return os.pread(file.fileno(), 1_000_000, 0).decode()


def _has_sockets(pid: int) -> bool:
    """Whether a process has come past its imports: its event loop wakes itself by sockets."""
    try:
        return any(
            os.readlink(one).startswith("socket:") for one in Path(f"/proc/{pid}/fd").iterdir()
        )
    except OSError:
        return False


def plain_sentence(said: Said) -> str:
    """The one sentence of a command that failed; fails if there is a traceback or more."""
    assert said.code not in (0, 1), said
    assert "Traceback" not in said.err
    lines = [line for line in said.err.strip().splitlines() if line.strip()]
    assert len(lines) == 1, said.err
    assert lines[0].startswith("outrider: ")
    return lines[0].removeprefix("outrider: ")
