"""Where real data lies beside a checkout, if it is there. A user's clone has none."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent.parent.parent / "shared"


def shared(kind: str) -> Path:
    """The folder of real data or of published specs; skips the test when it is absent."""
    folder = FOLDER / kind
    if not folder.is_dir():
        pytest.skip(f"no real data beside this checkout ({kind}); this test needs it")
    return folder
