"""How long mails still leave after a kill switch was thrown, while senders on all cores are at full load.

Several senders drain a full queue into one server that notes when it took its latest mail of each
mailbox. In the middle of it somebody throws a switch: of everything, the workspace, the campaign, or
one mailbox, by turns. The figure is the time from that commit to the last mail that the switch
should have held back, the worst of all rounds. The limit is the promise: one second.
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

MAILS = 48_000
MAILBOXES = 12
PROCESSES = 3
ROUNDS = 6
"""Of each kind of switch."""
SCOPES = ("global", "workspace", "campaign", "mailbox")
UNDER_WAY_SECONDS = 0.6
PROMISED_SECONDS = 1.0

_SERVER = """
import asyncio, json, sys, time

class Taker(asyncio.Protocol):
    count, last = 0, {}

    def connection_made(self, transport):
        self.transport, self.rest, self.in_data, self.sender = transport, b"", False, ""
        transport.write(b"220 sink\\r\\n")

    def data_received(self, data):
        self.rest += data
        while True:
            if self.in_data:
                body, end, after = self.rest.partition(b"\\r\\n.\\r\\n")
                if not end:
                    return
                Taker.count += 1
                Taker.last[self.sender] = time.monotonic()
                self.rest, self.in_data = after, False
                self.transport.write(b"250 taken\\r\\n")
                continue
            line, end, after = self.rest.partition(b"\\r\\n")
            if not end:
                return
            self.rest = after
            self.in_data = line == b"DATA"
            if line[:4] == b"MAIL":
                self.sender = line.split(b"<")[1].split(b">")[0].decode()
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


class Server:
    """The server's process."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self.port = int(self._line())

    def told(self) -> tuple[int, dict[str, float]]:
        """Mails that it took, and when it took the last one of each sender."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        count, last = json.loads(self._line())
        return count, last

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait()


async def throw(one: Trial, switch: tuple[str, str], *, is_on: bool) -> float:
    """Move a switch; when that was committed, by the machine's monotonic clock."""
    database = Database(one.world.database.owner, SystemClock(), pool_size=1)
    async with database.transaction(one.world.workspace, SYSTEM) as tx:
        await set_switch(tx, *switch, is_on=is_on, reason="a figure is measured")
    at = time.monotonic()
    await database.close()
    return at


def one_round(one: Trial, server: Server, scope: str) -> tuple[float, float]:
    """Seconds from the switch to the last mail that it concerns, and mails a second before it."""
    targets = {"campaign": str(one.world.campaign_id), "mailbox": str(one.boxes[0].id)}
    switch = (scope, targets.get(scope, ""))
    senders = start(orders(one, PROCESSES, 1))
    before = server.told()[0]
    go(senders)
    while server.told()[0] == before:
        assert any(sender.poll() is None for sender in senders), "no mail is left to send"
        time.sleep(0.01)
    begun, counted = time.monotonic(), server.told()[0]
    time.sleep(UNDER_WAY_SECONDS)
    thrown = asyncio.run(throw(one, switch, is_on=True))
    rate = (server.told()[0] - counted) / (thrown - begun)
    if scope == "mailbox":
        # The others go on; what this one still sends must show while they do.
        time.sleep(PROMISED_SECONDS)
        asyncio.run(throw(one, ("workspace", ""), is_on=True))
    ended(senders)
    last = server.told()[1]
    seconds = last.get(one.boxes[0].address, 0.0) if scope == "mailbox" else max(last.values())
    asyncio.run(throw(one, switch, is_on=False))
    if scope == "mailbox":
        asyncio.run(throw(one, ("workspace", ""), is_on=False))
    return max(seconds - thrown, 0.0), rate


def main() -> None:
    server = Server()
    rounds: dict[str, list[tuple[float, float]]] = {scope: [] for scope in SCOPES}
    try:
        with trial(MAILS, MAILBOXES) as one:
            one.port = server.port
            for _ in range(ROUNDS):
                for scope in SCOPES:
                    rounds[scope].append(one_round(one, server, scope))
    finally:
        server.stop()
    worst = {scope: max(seconds for seconds, _ in several) for scope, several in rounds.items()}
    rates = sorted(rate for several in rounds.values() for _, rate in several)
    told = ", ".join(f"{scope} {seconds:.3f}" for scope, seconds in worst.items())
    value = max(*worst.values(), 0.001)
    line = {
        "figure": "kill_switch_seconds",
        "value": round(value, 3),
        "unit": "s",
        "limit": PROMISED_SECONDS,
        "ratio": round(value / PROMISED_SECONDS, 3),
        "note": f"worst of {len(rates)} switchings, {ROUNDS} of each kind ({told}); {PROCESSES} "
        f"senders at {rates[len(rates) // 2]:.0f} mails/s in the middle, {rates[0]:.0f} at least",
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
