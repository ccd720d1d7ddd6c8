"""The end of a process: what was printed is written, then it is gone.

In: an exit code. Out: nothing, it does not return. Never: the interpreter's own teardown. The object store's
library keeps threads that still let go of Python objects after their answer has come; an interpreter that is
being taken down beneath them aborts (code 134), although the work was done and committed.
"""

from __future__ import annotations

import atexit
import os
import sys
from contextlib import suppress
from typing import NoReturn

_NOT_WRITTEN = 74
"""EX_IOERR of sysexits.h: what was asked for was done, its answer could not be written."""


def leave(code: int) -> NoReturn:
    """End this process now with this code; callbacks of `atexit` run, standard output and error are flushed.

    A reader that went away (a closed pipe) is no failure. Output that cannot be written for another reason
    (a full disk) turns code 0 into 74, and standard error says so.
    """
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            pass
        except (OSError, ValueError, AttributeError) as error:  # a full disk; closed; none at all
            code = code or _NOT_WRITTEN
            if stream is sys.stdout:
                _tell(error)
    os._exit(code)


def _tell(error: Exception) -> None:
    reason = getattr(error, "strerror", None) or error
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"Not all of the answer could be written: {reason}.\n")
