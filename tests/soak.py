"""How often a trial is tried: `make soak` takes the full count, `make test` a part of it.

In: the environment. Out: a count. Never: a trial that is not made at all.
"""

from __future__ import annotations

import os

IS_SOAK = bool(os.environ.get("OUTRIDER_SOAK"))


def trials(full: int, otherwise: int) -> int:
    """`full` in a soak; for tests that are marked as such."""
    return full if IS_SOAK else otherwise
