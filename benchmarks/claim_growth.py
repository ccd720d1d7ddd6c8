"""Whether claiming slows down as the queue grows: p99 at a million rows ÷ p99 at 10,000."""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks._outbox import BATCH, Outbox, outbox, server

SMALL = 10_000
LARGE = 1_000_000
ROUNDS = 6
BATCHES = 150


async def batches(box: Outbox) -> list[float]:
    """Seconds of each of some claims."""
    seconds = []
    for _ in range(BATCHES):
        start = time.perf_counter()
        got = await box.claim()
        seconds.append(time.perf_counter() - start)
        assert len(got) == BATCH
    return seconds


def p99(seconds: list[float]) -> float:
    """The 99th percentile in milliseconds."""
    return statistics.quantiles(seconds, n=100)[98] * 1000


async def main(rows: int) -> None:
    owner = server()
    few: list[float] = []
    many: list[float] = []
    async with outbox(owner, SMALL) as small, outbox(owner, rows) as large:
        for box in (small, large):
            await batches(box)
            box.restore()
        for _ in range(ROUNDS):
            for box, seconds in ((small, few), (large, many)):
                seconds += await batches(box)
                box.restore()
    line = {
        "figure": "claim_growth",
        "value": round(p99(many), 2),
        "unit": "ms p99 a batch",
        "limit": round(p99(few), 2),
        "ratio": round(p99(many) / p99(few), 3),
        "note": f"{rows:,} rows beside {SMALL:,}; medians {statistics.median(many) * 1000:.2f} and "
        f"{statistics.median(few) * 1000:.2f} ms; {ROUNDS * BATCHES} batches of {BATCH} each",
    }
    print(json.dumps(line))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=LARGE, help="length of the long queue")
    asyncio.run(main(parser.parse_args().rows))
