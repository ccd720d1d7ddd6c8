"""The share of bounces that are recognised as trouble with a delivery."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks._bounces import REAL, figures, line, note, peer


def main() -> None:
    found, which = figures(REAL)
    beside = peer(REAL, found.bounces)
    line("bounce_found", found.found / found.bounces, 0.97, f"{note(found, which)}; {beside}")


if __name__ == "__main__":
    main()
