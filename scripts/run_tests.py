"""Run all tests; a browser's test that fails in the crowd gets one more try, alone, and is named.

In: pytest's options. Out: pytest's exit code. Never: a second try for a test that drives no browser, or where
more than a few failed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

BROWSERS = "tests/web/"
# One or two browsers may starve beside four workers; more than that is a fault of the product.
MOST = 2
FAILED = Path(".pytest_cache/v/cache/lastfailed")
SOME_FAILED = 1


def main(options: list[str]) -> int:
    """Run the tests, then those alone that `worth_another_try` names."""
    FAILED.unlink(missing_ok=True)
    code = _pytest(*options)
    again = worth_another_try(code, _failed())
    if not again:
        return code
    print(f"\nOnce more, alone: {', '.join(again)}", flush=True)
    code = _pytest(*again)
    if code == 0:
        print(f"Failed among others, passed alone: {', '.join(again)}", flush=True)
    return code


def worth_another_try(code: int, failed: list[str]) -> list[str]:
    """The tests to run again: all that failed, if they are few and each drives a browser."""
    few = 0 < len(failed) <= MOST
    return failed if code == SOME_FAILED and few and all(map(_in_a_browser, failed)) else []


def _in_a_browser(test: str) -> bool:
    return test.startswith(BROWSERS) and "::" in test


def _failed() -> list[str]:
    return sorted(json.loads(FAILED.read_text())) if FAILED.exists() else []


def _pytest(*options: str) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", *options], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
