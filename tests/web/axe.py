"""axe-core, run in a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

_AXE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
_RULES = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']"

needs_axe = pytest.mark.skipif(
    not _AXE.is_file(), reason="axe-core is not installed: npm ci --prefix web"
)


async def faults(page: Page) -> list[str]:
    """What axe finds serious or worse. It would hang on a frame that runs no scripts, so it leaves it out."""
    found: dict[str, Any] = await page.evaluate(
        _AXE.read_text()
        + f";axe.run({{exclude: [['iframe']]}}, {{runOnly: {_RULES}, resultTypes: ['violations']}})"
    )
    return [
        f"{one['id']}: {one['nodes'][0]['target']} {one['nodes'][0].get('failureSummary', '')}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
