"""The share of bounces whose set of failed recipients is exactly right."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks._bounces import REAL, figures, line, note


def main() -> None:
    found, which = figures(REAL)
    line("bounce_recipient", found.exact / found.bounces, 0.95, note(found, which))


if __name__ == "__main__":
    main()
