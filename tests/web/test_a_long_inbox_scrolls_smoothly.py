"""A thousand drafts that wait come in by scrolling alone, and the page keeps up."""

from __future__ import annotations

import json
from typing import Any

from playwright.async_api import expect

from tests.web.world import World

ROWS = 1_000
COLUMNS = (
    "select column_name as name from information_schema.columns where table_schema = 'outrider'"
    " and table_name = 'drafts' and is_generated = 'NEVER' and is_identity = 'NO'"
)
SCROLL = """async ([list, rows]) => {
  const ends = performance.now() + 240_000;
  let frames = 0;
  const lines = () => list.querySelectorAll('a').length;
  const isAtEnd = () => list.scrollTop + list.clientHeight >= list.scrollHeight - 1;
  while (performance.now() < ends && (lines() < rows || !isAtEnd())) {
    list.scrollTop += 120;
    await new Promise(requestAnimationFrame);
    frames += 1;
  }
  return {frames, lines: lines()};
}"""
STOP_MS = 100
"""What a person sees as a stop."""


async def many(world: World, count: int) -> None:
    """So many drafts more, each a copy of one that waits."""
    names = [row["name"] for row in await world.rows(COLUMNS)]
    own = {
        "id": "md5('long' || n)::uuid",
        "lineage_id": "md5('long' || n)::uuid",
        "step": "1000 + n",
    }
    chosen = ", ".join(own.get(name, f"d.{name}") for name in names)
    async with world.outrider.begin()() as tx:
        await tx.run(
            f"insert into outrider.drafts ({', '.join(names)}) select {chosen} from outrider.drafts d,"
            f" generate_series(1, {count}) n where d.id = (select id from outrider.drafts"
            " where status = 'pending' order by number limit 1)"
        )


def worked_ms(trace: bytes) -> list[float]:
    """How long each task of the page's own thread had the processor: others of this machine do not count."""
    events = json.loads(trace)["traceEvents"]
    pages = {
        (one["pid"], one["tid"])
        for one in events
        if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    return [
        one["tdur"] / 1000
        for one in events
        if one["name"] == "ThreadControllerImpl::RunTask"
        and (one["pid"], one["tid"]) in pages
        and "tdur" in one
    ]


async def test_a_thousand_drafts_scroll_by_without_a_stop(world: World) -> None:
    await many(world, ROWS)
    page = await world.page()
    lines = page.get_by_role("region", name="Drafts").get_by_role("list")
    await expect(lines.get_by_role("listitem").nth(90)).to_be_attached()
    await world.browser.start_tracing(page=page, categories=["toplevel"])
    found: dict[str, Any] = await page.evaluate(SCROLL, [await lines.element_handle(), ROWS])
    tasks = worked_ms(await world.browser.stop_tracing())
    assert found["lines"] >= ROWS
    frames = found["frames"]
    assert len(tasks) > frames
    stops = [one for one in tasks if one > STOP_MS]
    assert len(stops) / frames < 0.05, (frames, stops)
    assert sum(tasks) / frames < STOP_MS / 2
