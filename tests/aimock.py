"""A server that others wrote, which plays the model vendors: npm `@copilotkit/aimock`.

In: fixtures. Out: its address. Never: needed: a test skips where it cannot be had.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.oracles import FOLDER, _fetched, _node, _npm, _skip, _until_it_listens
from tests.ports import free_port

AIMOCK = "@copilotkit/aimock@1.43.0"
_PROGRAM = "node_modules/@copilotkit/aimock/dist/cli.js"


@contextlib.contextmanager
def aimock(folder: Path, fixtures: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A server that answers by these fixtures and refuses everything else; yields its address."""
    npm = shutil.which("npm") or _skip("npm is not installed")
    program = _fetched("aimock", _PROGRAM, [_npm(npm, FOLDER / "aimock", AIMOCK)])
    file = folder / "fixtures.json"
    file.write_text(json.dumps({"fixtures": list(fixtures)}), encoding="utf-8")
    port = free_port()
    command = [str(_node()), str(program), "-f", str(file), "--strict", "-p", str(port)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "AIMOCK_STRICT_TURN_INDEX": "1"},
    )
    try:
        _until_it_listens(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
        process.kill()
        process.wait()


def requests_of(url: str) -> list[dict[str, Any]]:
    """Every request that the server has seen."""
    with urllib.request.urlopen(f"{url}/__aimock/journal", timeout=60) as answer:
        found = json.load(answer)
    entries: list[dict[str, Any]] = found if isinstance(found, list) else found["entries"]
    return entries
