"""The API is as it describes itself: schemathesis asks every route with all its checks.

It looks for server errors, undescribed statuses and content types, wrong answers to undescribed
methods, bad data that is taken, good data that is not, and doors that open without a login.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import URL

from tests.api_server import served

CONFIG = Path(__file__).parent.parent / "schemathesis.toml"
# What would end the session that asks, and the stream that never ends.
LEFT_OUT = "logout|end_session|change_password|live_events"


# About as many routes each, so that the workers of a run end at about the same time.
SHARES = (
    "/api/([ab]|c[a-l])",
    "/api/(c[m-z]|[d-i])",
    "/api/[j-q]",
    "/api/(r|s[a-d]|se[a-n])",
    "/api/(se[o-z]|s[f-z]|[t-z])|^/(?!api)",
)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("paths", SHARES)
def test_schemathesis_finds_nothing(owner_url: URL, tmp_path: Path, paths: str) -> None:
    pytest.importorskip("schemathesis", reason="schemathesis is not installed")
    with served(owner_url, tmp_path / "home") as api:
        # It is made when it is first asked for, and waited for there for ten seconds only.
        httpx2.get(f"{api.url}/api/openapi.json", timeout=200).raise_for_status()
        done = subprocess.run(
            [
                *[sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run"],
                *[f"{api.url}/api/openapi.json", "-H", f"Authorization: Bearer {api.session}"],
                *["--checks", "all", "--max-examples", "3", "--seed", "8460", "--no-shrink"],
                *["--phases", "examples,coverage,fuzzing", "--continue-on-failure"],
                *["--include-path-regex", paths, "--exclude-operation-id-regex", LEFT_OUT],
                *["--request-timeout", "120", "--no-color"],
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=850,
            check=False,
        )
    found = done.stdout.partition("FAILURES")[2] or done.stdout[-3000:]
    assert done.returncode == 0, found + done.stderr[-2000:]
    cases = re.search(r"(\d+) generated", done.stdout)
    assert cases is not None
    assert int(cases[1]) > 300, "it asked too little to mean anything"
