"""How long mails still leave after a kill switch was thrown, while senders on all cores are at full load.

Several senders drain a full queue into one server that notes when it took its latest mail. In the
middle of it somebody throws the switch of the workspace; the figure is the time from that commit to
the last mail that the server took, the worst of some rounds. The limit is the promise: one second.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks._sending import ROOT, Trial, ended, go, orders, start, trial

from outrider.kernel.clock import SystemClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.switches import set_switch

MAILS = 30_000
MAILBOXES = 12
PROCESSES = 3
ROUNDS = 5
UNDER_WAY_SECONDS = 1.0
PROMISED_SECONDS = 1.0

_SERVER = """
import asyncio, json, sys, time

class Taker(asyncio.Protocol):
    count, last = 0, 0.0

    def connection_made(self, transport):
        self.transport, self.rest, self.in_data = transport, b"", False
        transport.write(b"220 sink\\r\\n")

    def data_received(self, data):
        self.rest += data
        while True:
            if self.in_data:
                body, end, after = self.rest.partition(b"\\r\\n.\\r\\n")
                if not end:
                    return
                Taker.count, Taker.last = Taker.count + 1, time.monotonic()
                self.rest, self.in_data = after, False
                self.transport.write(b"250 taken\\r\\n")
                continue
            line, end, after = self.rest.partition(b"\\r\\n")
            if not end:
                return
            self.rest = after
            self.in_data = line == b"DATA"
            hello = b"250-sink\\r\\n250 PIPELINING\\r\\n" if line[:4] == b"EHLO" else b"250 ok\\r\\n"
            self.transport.write(b"354 go on\\r\\n" if self.in_data else hello)

async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Taker, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps([Taker.count, Taker.last]), flush=True)

asyncio.run(main())
"""


async def throw(one: Trial, is_on: bool) -> float:
    """Move the workspace's switch; when that was committed, by the machine's monotonic clock."""
    database = Database(one.world.database.owner, SystemClock(), pool_size=1)
    async with database.transaction(one.world.workspace, SYSTEM) as tx:
        await set_switch(tx, "workspace", "", is_on=is_on, reason="a figure is measured")
    at = time.monotonic()
    await database.close()
    return at


def one_round(one: Trial, server: subprocess.Popen[str]) -> tuple[float, float]:
    """Seconds from the switch to the last mail, and mails a second before it."""
    assert server.stdin is not None
    assert server.stdout is not None

    def told() -> tuple[int, float]:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write("\n")
        server.stdin.flush()
        count, last = json.loads(server.stdout.readline())
        return count, last

    senders = start(orders(one, PROCESSES, 1))
    before, begun = told()[0], time.monotonic()
    go(senders)
    time.sleep(UNDER_WAY_SECONDS)
    thrown = asyncio.run(throw(one, True))
    rate = (told()[0] - before) / (thrown - begun)
    ended(senders)
    seconds = max(told()[1] - thrown, 0.0)
    asyncio.run(throw(one, False))
    return seconds, rate


def main() -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", _SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert server.stdout is not None
    port = int(server.stdout.readline())
    try:
        with trial(MAILS, MAILBOXES) as one:
            one.port = port
            rounds = [one_round(one, server) for _ in range(ROUNDS)]
    finally:
        server.terminate()
        server.wait()
    worst = max(seconds for seconds, _ in rounds)
    rates = sorted(rate for _, rate in rounds)
    line = {
        "figure": "kill_switch_seconds",
        "value": round(max(worst, 0.001), 3),
        "unit": "s",
        "limit": PROMISED_SECONDS,
        "ratio": round(max(worst, 0.001) / PROMISED_SECONDS, 3),
        "note": f"worst of {ROUNDS} rounds ({', '.join(f'{s:.3f}' for s, _ in rounds)}); "
        f"{PROCESSES} senders at {rates[len(rates) // 2]:.0f} mails/s in the middle",
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
