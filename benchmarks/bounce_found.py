"""The share of bounces that are recognised as trouble with a delivery."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks._bounces import REAL, figures, line, note


def main() -> None:
    found, which = figures(REAL)
    line("bounce_found", found.found / found.bounces, 0.97, note(found, which))


if __name__ == "__main__":
    main()
