"""A kill switch that works when the database does not: the file `HALT` in the home folder.

In: the home folder. Out: why everything on this machine is halted, or None. Never: a database, a cache,
or a doubt that lets work go on: a file that cannot be read halts too.

It halts every workspace that is served from this home, as long as it is there. `touch HALT` is enough.
"""

from __future__ import annotations

import errno
import os
from datetime import datetime
from pathlib import Path

from outrider.kernel.errors import InvalidSetting

NAME = "HALT"
_MOST = 500
"""Characters of the file that are shown."""


def halted_by_file(home: Path) -> str | None:
    """Why the file halts everything, as a sentence's end; None when there is no such file."""
    file = home / NAME
    try:
        # One look at the folder's entry: it is asked for before each mail.
        os.lstat(file)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        return f"the file {file} cannot be looked at ({error.strerror})"
    try:
        with file.open(encoding="utf-8", errors="replace") as opened:
            lines = opened.read(_MOST).splitlines()
        told = "; ".join(" ".join(line.split()) for line in lines if line.strip())
    except OSError as error:
        told = f"it cannot be read: {error.strerror}"
    return f"the file {file} halts everything ({told or 'it gives no reason'})"


def put(home: Path, reason: str, who: str, now: datetime) -> Path:
    """Halt everything on this machine; the file that says so, empty where the disk has no room for why.

    Raises:
        InvalidSetting: the folder cannot be written.
    """
    file = home / NAME
    fresh = home / f".{NAME}.{os.getpid()}"
    try:
        try:
            fresh.write_text(f"{reason}\n{who}, {now:%Y-%m-%d %H:%M:%S} UTC\n", encoding="utf-8")
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
        os.replace(fresh, file)
    except OSError as error:
        raise InvalidSetting(
            f"The file {file} cannot be written ({error.strerror}): make it by hand, "
            "or stop the processes."
        ) from error
    return file


def take_away(home: Path) -> bool:
    """Let it go on; False when nothing halted.

    Raises:
        InvalidSetting: the file cannot be removed, so everything stays halted.
    """
    file = home / NAME
    try:
        file.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise InvalidSetting(
            f"The file {file} cannot be removed ({error.strerror}), so everything stays halted: "
            "remove it by hand."
        ) from error
    return True
