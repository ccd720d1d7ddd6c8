"""Where tests write: in memory where there is plenty, for a test's files are of no use later.

In: the machine. Out: `TMPDIR` for this process and those that it starts. Never: a machine's last
memory, or a folder that somebody chose.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM_BYTES = 4 * 1024**3
"""A run writes well under 1 GB at a time; the rest is for databases that grow, and their logs."""
LEFT_BYTES = 8 * 1024**3
"""What programs must still have."""


def in_memory() -> None:
    """Let temporary files lie in memory, unless `TMPDIR` says where or there is too little of it."""
    if "TMPDIR" not in os.environ and _has_room():
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


def _has_room() -> bool:
    try:
        free = os.statvfs(MEMORY)
        told = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return False
    if free.f_flag & os.ST_NOEXEC:  # some tests start programs that they made
        return False
    available = next((int(line.split()[1]) * 1024 for line in told if "MemAvailable" in line), 0)
    return free.f_bavail * free.f_frsize >= ROOM_BYTES and available >= LEFT_BYTES
