"""Run the figures of `benchmarks/`: each prints one JSON line, our work beside its limit.

In: the names of figures, or none for all. Out: their lines. Never: a verdict.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "benchmarks"


def main(names: list[str]) -> int:
    """Run each named benchmark as a process of its own, one after another."""
    known = sorted(file.stem for file in FOLDER.glob("*.py") if not file.stem.startswith("_"))
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"There is no figure {unknown[0]!r}; there are: {', '.join(known)}.", file=sys.stderr)
        return 2
    return max([measured(name) for name in names or known])


def measured(name: str) -> int:
    """Run one benchmark with a folder for temporary files that goes when it ends; its exit code."""
    with tempfile.TemporaryDirectory(
        prefix="outrider-bench-", ignore_cleanup_errors=True
    ) as folder:
        # Postgres may run as another account, which must be able to enter.
        Path(folder).chmod(0o711)
        done = subprocess.run(
            [sys.executable, str(FOLDER / f"{name}.py")],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": folder},
            check=False,
        )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
