"""Lighthouse on the inbox with a desk's screen: full marks for access, at least 95 of 100 for speed."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.web.world import World, chromium

FOLDER = Path(__file__).resolve().parent / "lighthouse"
LEAST_SPEED = 0.95
LOOKS = 3
LIMIT_SECONDS = 150

pytestmark = [
    pytest.mark.skipif(
        not (FOLDER / "node_modules").is_dir() or shutil.which("node") is None,
        reason="Lighthouse is not installed: make lighthouse, which needs Node 20.19 and npm",
    ),
    pytest.mark.timeout(LIMIT_SECONDS * LOOKS + 60),
]


async def look(world: World, category: str) -> dict[str, Any]:
    """One look at the inbox, by somebody who is signed in."""
    context = await world.context("mia")
    (cookie,) = await context.cookies()
    program = chromium()
    assert program is not None
    process = await asyncio.create_subprocess_exec(
        "node",
        "look.mjs",
        f"{world.address}/inbox",
        f"{cookie['name']}={cookie['value']}",
        program,
        category,
        cwd=FOLDER,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), LIMIT_SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
    found: dict[str, Any] = json.loads(said)
    assert found["error"] is None
    # It saw the inbox with a draft open, and not the page for signing in.
    assert "/inbox/" in found["final"]
    return found


async def test_everybody_can_use_the_inbox(world: World) -> None:
    found = await look(world, "accessibility")
    assert found["score"] == 1, found["faults"]


@pytest.mark.soak
async def test_the_inbox_is_fast(world: World) -> None:
    if "OUTRIDER_SOAK" not in os.environ:
        pytest.skip("beside other tests every page is slow: make lighthouse, or make soak")
    seen = []
    for _ in range(LOOKS):
        # What else the machine does makes a page slower and never faster: the best look is the page's.
        seen.append(await look(world, "performance"))
        if seen[-1]["score"] >= LEAST_SPEED:
            break
    scores = [one["score"] for one in seen]
    sys.stdout.write(f"performance {scores}, {seen[-1]['faults']}\n")
    assert max(scores) >= LEAST_SPEED


def test_its_lock_names_no_address_to_download_from() -> None:
    packages = json.loads((FOLDER / "package-lock.json").read_text())["packages"]
    assert not [name for name, one in packages.items() if "resolved" in one]
    assert all("integrity" in one for name, one in packages.items() if name)
