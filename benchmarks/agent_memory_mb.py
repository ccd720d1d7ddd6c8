"""Memory of thinking runs: what 64 in flight take, for a thousand; and what a thousand leave behind.

In: the Messages API and the runs of `agent_step_ratio`. Out: one JSON line: megabytes for 1,000 runs,
the greater of both figures. Never: the database's memory (it is another process's), a guess: resident
pages of this process are counted every few milliseconds.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from benchmarks._audit import log
from benchmarks.agent_step_ratio import beside_the_api, brain_of, ours

from outrider.kernel.objects import Objects

LIMIT = 200.0
IN_FLIGHT = 64
RUNS = 1000
WARM = 5
EVERY_SECONDS = 0.005
MB = 1_000_000


def resident() -> int:
    """Bytes of this process that are in memory (proc(5), statm)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


class Peak:
    """The most that was resident while it watched."""

    def __init__(self) -> None:
        self.bytes = 0

    async def watch(self) -> None:
        """Look again and again."""
        while True:
            self.bytes = max(self.bytes, resident())
            await asyncio.sleep(EVERY_SECONDS)


async def measure(url: str) -> None:
    """A few runs to load what is loaded once, 64 at once, then a thousand, 64 at a time."""
    async with log() as where:
        brain, model = brain_of(where, url)
        objects = Objects("/nonexistent")
        gate = asyncio.Semaphore(IN_FLIGHT)

        async def one(number: int) -> None:
            async with gate:
                await ours(where, brain, number, objects)

        for number in range(WARM):
            await one(number)
        gc.collect()
        before, peak = resident(), Peak()
        watching = asyncio.create_task(peak.watch())
        await asyncio.gather(*(one(number) for number in range(IN_FLIGHT)))
        watching.cancel()
        gc.collect()
        settled = resident()
        await asyncio.gather(*(one(number) for number in range(RUNS)))
        gc.collect()
        left = (resident() - settled) / MB
        await model.close()
    in_flight = (peak.bytes - before) / MB
    report(in_flight, left)


def report(in_flight: float, left: float) -> None:
    """Print the figure."""
    scaled = in_flight * RUNS / IN_FLIGHT
    value = max(scaled, left)
    note = (
        f"{IN_FLIGHT} runs in flight take {in_flight:.1f} MB, {scaled:.0f} MB for {RUNS}; "
        f"{RUNS} runs, {IN_FLIGHT} at a time, leave {left:.1f} MB behind"
    )
    line = {"figure": "agent_memory_mb", "value": round(value, 1), "unit": "MB", "limit": LIMIT}
    print(json.dumps({**line, "ratio": round(LIMIT / max(value, 0.1), 2), "note": note}))


def main() -> None:
    """Measure beside the API."""
    beside_the_api(measure)


if __name__ == "__main__":
    main()
