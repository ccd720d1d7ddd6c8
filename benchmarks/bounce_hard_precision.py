"""How often an address that is called dead for good is labelled so."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks._bounces import REAL, figures, line, note


def main() -> None:
    found, which = figures(REAL)
    line("bounce_hard_precision", found.hard_precision, 0.97, note(found, which))


if __name__ == "__main__":
    main()
