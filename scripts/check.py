"""All checks that need no database: format, lint, types, imports, sizes, generated files.

In: the checkout. Out: one line a check, and what is wrong. Never: a change of a file.
"""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

CHECKS: dict[str, list[str]] = {
    "format": [str(BIN / "ruff"), "format", "--check", "."],
    "lint": [str(BIN / "ruff"), "check", "."],
    "types": [str(BIN / "mypy")],
    "imports": [str(BIN / "lint-imports")],
    "migrations": [sys.executable, "scripts/check_migrations.py"],
    "generated files": [sys.executable, "scripts/generate.py", "--check"],
}


def run(name: str) -> tuple[str, int, str, float]:
    """One check: its name, exit code, output and seconds."""
    start = time.perf_counter()
    done = subprocess.run(CHECKS[name], cwd=ROOT, capture_output=True, text=True, check=False)
    return name, done.returncode, done.stdout + done.stderr, time.perf_counter() - start


def main() -> int:
    """Run all, side by side; the exit code is 1 when any fails."""
    failed = 0
    with ThreadPoolExecutor() as pool:
        for name, code, output, seconds in pool.map(run, CHECKS):
            print(f"{'ok  ' if code == 0 else 'FAIL'} {name} ({seconds:.1f} s)", flush=True)
            if code:
                failed = 1
                print(output, flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
