"""Who holds a claim: one process on one machine, told apart from a later one with the same number.

In: nothing, or the name of an owner. Out: our own name, or whether that owner is surely gone.
Never: a guess; an owner that cannot be judged from here is not called gone.
"""

from __future__ import annotations

import hashlib
import os
import socket
from functools import cache
from pathlib import Path

_PROC = Path("/proc")


def me() -> str:
    """The name of this process: machine, process number, start time in clock ticks since boot."""
    pid = os.getpid()
    return f"{_machine()}:{pid}:{_started(pid) or 0}"


def is_gone(owner: str) -> bool:
    """True when the owner is a process of this machine that no longer runs.

    A process number that was given to another process counts as gone: the start times differ. An
    owner on another machine, or in another container, is never called gone; its lease must end.
    """
    machine, _, rest = owner.partition(":")
    pid, _, started = rest.partition(":")
    if machine != _machine() or not pid.isdigit() or not started.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    now = _started(int(pid))
    return now is not None and int(started) != 0 and now != int(started)


def _started(pid: int) -> int | None:
    """Field 22 of /proc/<pid>/stat (proc(5)); -1 for a zombie, None where there is no such file."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    # A zombie holds its number but will never send again.
    return -1 if fields[0] in "ZX" else int(fields[19])


@cache
def _machine() -> str:
    """A hash of the host's name, this boot, and the container's view of processes."""
    parts = [socket.gethostname()]
    for read in (_boot, _namespace):
        try:
            parts.append(read())
        except OSError:
            parts.append("")
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _boot() -> str:
    return (_PROC / "sys/kernel/random/boot_id").read_text().strip()


def _namespace() -> str:
    return os.readlink(_PROC / "self/ns/pid")
