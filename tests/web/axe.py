"""axe-core, run in a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

_AXE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
_STILL = """() => new Promise(tell => {
  const ends = performance.now() + 60_000;
  const isRunning = one =>
    one.playState === 'running' && Number.isFinite(one.effect?.getComputedTiming().endTime);
  const moves = () => document.getAnimations().some(isRunning)
    // What is about to come in stands there unseen for a frame or two.
    || [...document.querySelectorAll('[style*="transition-duration"]')]
      .some(one => one.checkVisibility() && getComputedStyle(one).opacity !== '1');
  let still = 0;
  const look = () => {
    still = moves() ? 0 : still + 1;
    if (still > 2 || performance.now() > ends) tell();
    else requestAnimationFrame(look);
  };
  look();
})"""
_RULES = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']"

needs_axe = pytest.mark.skipif(
    not _AXE.is_file(), reason="axe-core is not installed: npm ci --prefix web"
)


async def faults(page: Page) -> list[str]:
    """What axe finds serious or worse, once nothing moves: half-way in, no words have their contrast.

    It would hang on a frame that runs no scripts, so it leaves frames out.
    """
    await page.evaluate(_STILL)
    found: dict[str, Any] = await page.evaluate(
        _AXE.read_text()
        + f";axe.run({{exclude: [['iframe']]}}, {{runOnly: {_RULES}, resultTypes: ['violations']}})"
    )
    return [
        f"{one['id']}: {one['nodes'][0]['target']} {one['nodes'][0].get('failureSummary', '')}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
