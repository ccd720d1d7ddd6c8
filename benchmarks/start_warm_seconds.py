"""Seconds from `outrider up` to an answer of /readyz, with a database that exists but does not run.

The limit of 3 s is the stated aim. The note names the parts, each measured alone in the same run: the
interpreter with every import, the start of Postgres, the check of the schema, the rest; and the
times of two small commands. `--smoke` takes one round.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from outrider.kernel.database import embedded
from outrider.kernel.database.connect import parse_url
from outrider.kernel.database.migrate import state_of

LIMIT_SECONDS = 3.0
ROUNDS = 5
OWN_BYTECODE = True
"""Whether byte code is compiled anew into a folder of this run, so that no old one is measured."""
PATIENCE_SECONDS = 200.0
_IMPORTS = "import outrider.app.cli.operate, outrider.app.cli.serve"


@dataclass(frozen=True)
class Place:
    """A home with a database, and the environment of a process that uses it."""

    home: Path
    environment: dict[str, str]

    def seconds(self, *words: str) -> float:
        """How long a Python process with these arguments takes."""
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, *words],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
            timeout=PATIENCE_SECONDS,
        )
        return time.perf_counter() - start


@contextlib.contextmanager
def place() -> Iterator[Place]:
    """A home prepared by one command; byte code is cached beside it, as in an installation."""
    folder = Path(tempfile.mkdtemp(prefix="outrider-bench-start-"))
    home = folder / "home"
    source = str(Path(__file__).resolve().parent.parent / "src")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "OUTRIDER_HOME": str(home),
        "PYTHONPATH": source,
    }
    if OWN_BYTECODE:
        environment["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    else:
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
    try:
        made = Place(home, environment)
        made.seconds("-m", "outrider", "person", "list")
        made.seconds("-c", _IMPORTS)
        yield made
    finally:
        embedded.remove(home)
        shutil.rmtree(folder, ignore_errors=True)


def up(where: Place) -> float:
    """Seconds from the start of the process to the first answer that says ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "outrider", "up", "--port", str(port)],
        env=where.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _ready(port):
            if process.poll() is not None or time.perf_counter() - start > PATIENCE_SECONDS:
                raise SystemExit(f"`outrider up` did not get ready (exit code {process.poll()}).")
            time.sleep(0.005)
        return time.perf_counter() - start
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _ready(port: int) -> bool:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        link.request("GET", "/readyz")
        return link.getresponse().status == 200
    except OSError:
        return False
    finally:
        link.close()


def database_parts(where: Place) -> tuple[float, float]:
    """Seconds to start Postgres, and to see how its schema stands."""
    start = time.perf_counter()
    server = embedded.ensure(where.home)
    started = time.perf_counter()
    state_of(parse_url(server.dsn))
    checked = time.perf_counter()
    server.release()
    embedded.stop(where.home)
    return started - start, checked - started


def main() -> None:
    whole: list[float] = []
    running: list[float] = []
    parts: list[tuple[float, ...]] = []
    with place() as where:
        for _ in range(ROUNDS):
            embedded.stop(where.home)
            whole.append(up(where))
            running.append(up(where))
            command = where.seconds("-m", "outrider", "person", "list")
            embedded.stop(where.home)
            help_ = where.seconds("-m", "outrider", "--help")
            parts.append((where.seconds("-c", _IMPORTS), *database_parts(where), help_, command))
    value = median(whole)
    imports, server, schema, help_, command = (median(part) for part in zip(*parts, strict=True))
    line = {
        "figure": "start_warm_seconds",
        "value": round(value, 2),
        "unit": "s",
        "limit": LIMIT_SECONDS,
        "ratio": round(value / LIMIT_SECONDS, 3),
        "note": f"median of {ROUNDS}, {min(whole):.2f}-{max(whole):.2f}; {median(running):.2f} when "
        f"Postgres runs already; alone: interpreter and imports {imports:.2f}, Postgres {server:.2f}, "
        f"schema check {schema:.3f}; `outrider --help` {help_:.2f}, `outrider person list` {command:.2f}",
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
