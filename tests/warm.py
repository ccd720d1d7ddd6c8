"""A program with its imports done: each run is a process of its own, forked from one that waits.

To import every room takes longer than most commands do, and the tests run hundreds. That a command
also starts cold, from nothing, is tested with `tests/architecture/test_start_up.py`.

In: words, an environment, standard input. Out: exit code and output. Never: a command that sees what
another left in memory, or one that ends otherwise than the program does.
"""

from __future__ import annotations

import atexit
import functools
import gc
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from runpy import run_module

ROOT = Path(__file__).resolve().parent.parent
_ORDER_BYTES = 100_000
_WARM_WITHIN = 250
"""Seconds for all imports, where many begin at once and nothing is compiled yet."""
_READ_LATE = ("PATH", "HOME", "DATABASE_URL", "NO_PROXY")
"""What a run may be given besides `OUTRIDER_…`: no import reads it."""


class Warm:
    """A process that waits for orders to run one module."""

    def __init__(self, module: str) -> None:
        """Start it; it ends when we do."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._orders, self._one_at_a_time = ours, threading.Lock()
        self._is_warm = False
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.warm", str(theirs.fileno()), module],
                pass_fds=[theirs.fileno()],
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src")},
                stdin=subprocess.DEVNULL,
            )
        atexit.register(self._end)

    def _end(self) -> None:
        self._orders.close()
        self._process.wait(60)

    def _warmed(self) -> None:
        """Wait until it has its imports, which is no part of a command's time."""
        if not self._is_warm:
            self._orders.settimeout(_WARM_WITHIN)
            assert self._orders.recv(1), "it ended before it took an order"
            self._orders.settimeout(None)
            self._is_warm = True

    def run(
        self, words: Sequence[str], env: Mapping[str, str], stdin: str, seconds: float
    ) -> tuple[int, str, str]:
        """Exit code, standard output and standard error of one run.

        Raises:
            TimeoutError: it is not done after so many seconds; it is killed.
        """
        order = json.dumps([list(words), dict(env), os.getcwd()]).encode()
        ours, theirs = socket.socketpair()
        with ours, tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as told:
            with theirs, tempfile.TemporaryFile() as given:
                given.write(stdin.encode())
                given.seek(0)
                files = [given.fileno(), said.fileno(), told.fileno(), theirs.fileno()]
                with self._one_at_a_time:
                    self._warmed()
                    socket.send_fds(self._orders, [order], files)
            ours.settimeout(seconds)
            with ours.makefile() as answers:
                process = int(answers.readline())
                try:
                    code = int(answers.readline())
                except TimeoutError:
                    os.kill(process, signal.SIGKILL)
                    raise
            said.seek(0)
            told.seek(0)
            return code, said.read().decode(), told.read().decode()


_turns = itertools.count()


@functools.cache
def _of_this_process(process: int, module: str, turn: int) -> Warm:
    return Warm(module)


def takes(words: Sequence[str], env: Mapping[str, str]) -> bool:
    """Whether a command in this environment may be run by `warm`."""
    return sum(map(len, (*words, *env.values()))) < _ORDER_BYTES and all(
        name in _READ_LATE or name.startswith("OUTRIDER_") for name in env
    )


def warm(module: str = "outrider") -> Warm:
    """One of the two of this process of the tests, by turns.

    Each started program has hashes of its own: two commands in a row must not agree only because they share them.
    """
    return _of_this_process(os.getpid(), module, next(_turns) % 2)


def _wait(orders: socket.socket) -> list[str]:
    """Fork for each order; comes back in the process of a command, with its words."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    orders.send(b"w")
    while True:
        told, files, _, _ = socket.recv_fds(orders, 2 * _ORDER_BYTES, 4)
        if not told:
            raise SystemExit
        if os.fork() == 0:
            orders.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            *streams, answers = files
            if (command := os.fork()) == 0:
                os.close(answers)
                return _become(json.loads(told), streams)
            os.write(answers, b"%d\n" % command)
            code = os.waitstatus_to_exitcode(os.waitpid(command, 0)[1])
            os.write(answers, b"%d\n" % code)
            os._exit(0)
        for file in files:
            os.close(file)


def _become(order: tuple[list[str], dict[str, str], str], streams: list[int]) -> list[str]:
    words, env, folder = order
    os.environ.clear()
    os.environ.update(env)
    os.chdir(folder)
    for number, file in enumerate(streams):
        os.dup2(file, number)
        os.close(file)
    # As Python opens them where no language is set.
    sys.stdin = open(0, encoding="utf-8", errors="surrogateescape")
    sys.stdout = open(1, "w", encoding="utf-8", errors="surrogateescape")
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="backslashreplace")
    return words


def _import_commands() -> None:
    import outrider.app.cli

    for file in Path(outrider.app.cli.__file__).parent.glob("*.py"):
        import_module(f"outrider.app.cli.{file.stem}")
    for late in ("wiring", "models"):
        import_module(f"outrider.app.{late}")


if __name__ == "__main__":
    control, wanted = socket.socket(fileno=int(sys.argv[1])), sys.argv[2]
    if wanted == "outrider":
        _import_commands()
    else:
        import_module(wanted)
        del sys.modules[wanted]  # it is run anew, by name
    gc.collect()
    gc.freeze()
    sys.argv[1:] = _wait(control)
    run_module(wanted, run_name="__main__", alter_sys=True)
