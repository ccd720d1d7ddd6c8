"""How long a list or chart of the web app takes with a million leads: the slowest route's p99."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks._outbox import server
from benchmarks._scale import Seeded, Size, plain, seeded
from benchmarks._users import Ask, crowd, share

LIMIT_MS = 100
SMALL = Size(leads=50_000, pending=10_000)
FULL = Size(leads=1_000_000, pending=200_000)
PAUSE_SECONDS = 1.0
SECONDS = 40
API = Path(__file__).with_name("_api.py")


def asks(found: Seeded) -> list[Ask]:
    """What the web app's screens ask for, as often as people open them."""
    with psycopg.connect(plain(found.url)) as conn:

        def some(query: str) -> list[str]:
            rows = conn.execute(query.encode(), {"w": found.workspace}).fetchall()
            return [str(row[0]) for row in rows]

        of = "workspace_id = %(w)s"
        waiting = some(
            f"select number from outrider.drafts where {of} and status = 'pending' order by number"
            " offset 40 limit 400"
        )
        [middle] = some(
            "select percentile_disc(0.5) within group (order by number) from outrider.drafts"
            f" where {of} and status = 'pending'"
        )
        [half] = some(
            "select percentile_disc(0.5) within group (order by number) from outrider.drafts"
            f" where {of} and status = 'sent'"
        )
        firms = some(f"select id from outrider.accounts where {of} order by id desc limit 200")
        [last] = some(
            "select a.id from outrider.accounts a join outrider.scores s on s.account_id = a.id"
            f" where a.{of} and s.points between 40 and 41 limit 1"
        )
        mails = some(
            f"select message_id from outrider.outbox where {of} and status = 'sent'"
            " order by id desc limit 100"
        )
        [event] = some(f"select id from outrider.audit_events where {of} offset 900 limit 1")
    ids = [mail.strip("<>") for mail in mails]
    inbox = "/api/inbox"
    return [
        Ask("me", ("/api/me",), 2),
        Ask("switches", ("/api/switches",), 2),
        Ask("inbox", (inbox, f"{inbox}?after={waiting[50]}"), 8),
        Ask("inbox, deep", (f"{inbox}?after={middle}",), 2),
        Ask("inbox, put aside", (f"{inbox}?shelf=aside",), 2),
        Ask("inbox, decided", (f"{inbox}?shelf=decided", f"{inbox}?shelf=decided&after={half}"), 3),
        Ask("inbox, search", tuple(f"{inbox}?q={q}" for q in SEARCHES), 4),
        Ask("decided, search", tuple(f"{inbox}?shelf=decided&q={q}" for q in SEARCHES), 2),
        Ask("inbox, one", tuple(f"{inbox}/{n}" for n in waiting[:60]), 10),
        Ask("inbox, mail", tuple(f"{inbox}/{n}/mail" for n in waiting[:60]), 5),
        Ask("prospects", ("/api/prospects", "/api/prospects?status=researched"), 3),
        Ask("prospects, deep", (f"/api/prospects?after={last}",), 2),
        Ask("prospects, search", tuple(f"/api/prospects?q={q}" for q in FIRMS), 3),
        Ask("prospects, one", tuple(f"/api/prospects/{id_}" for id_ in firms[:60]), 4),
        Ask("campaigns", ("/api/campaigns",), 2),
        Ask("campaigns, one", tuple(f"/api/campaigns/{id_}/desk" for id_ in found.campaigns), 3),
        Ask("experiments", tuple(f"/api/reports/experiments/{i}" for i in found.campaigns), 2),
        Ask("overview", tuple(f"/api/reports/overview{d}" for d in PERIODS), 4),
        *WITHOUT_IDS,
        Ask("sending", ("/api/sending",), 3),
        Ask("audit", ("/api/audit/events", f"/api/audit/events?before={event}"), 2),
        Ask("audit, search", tuple(f"/api/audit/events?{q}" for q in LOG), 3),
        Ask("audit, mail", tuple(f"/api/audit/events?mail={i}" for i in ids[:30]), 1),
        Ask("trace", tuple(f"/api/trace/{i}" for i in ids[:40]), 2),
    ]


SEARCHES = (
    "Kowalski",
    "harbor",
    "Alder+Beacon+Foods",
    "kim.ito",
    "zzzz",
    "e",
    "Re:",
    "Leases+at+N",
)
FIRMS = ("harbor", "firm123", "Alder+Beacon+Foods", "zzzz", "a")
PERIODS = ("", "?days=7", "?days=30", "?days=90")
WITHOUT_IDS = (
    Ask("outcomes", tuple(f"/api/reports/outcomes{d}" for d in PERIODS), 3),
    Ask("replies", ("/api/replies", "/api/replies?waiting=true"), 2),
    Ask("audit, state", ("/api/audit/state",), 1),
)
LOG = (
    "action=privacy",
    "action=drafts.approve",
    "person=kim3@default.example",
    "action=mailboxes.change",
    "action=nothing",
    "agent=prospecting",
)


@contextmanager
def api(found: Seeded) -> Iterator[tuple[str, int]]:
    """The API in a process of its own."""
    home = tempfile.mkdtemp(prefix="outrider-home-")
    env = {**os.environ, "DATABASE_URL": plain(found.url)}
    with subprocess.Popen(
        [sys.executable, str(API), home], env=env, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith("ready"):
                    _, host, port = line.split()
                    yield host, int(port)
                    break
        finally:
            process.terminate()


async def main(leads: int, pending: int, seconds: float, pause: float, only: str = "") -> None:
    size = Size(leads, pending)
    found = await seeded(server(), "scale", size)
    with api(found) as address:
        wanted = [ask for ask in asks(found) if only in ask.name]
        spent = await crowd(address, found.sessions, wanted, seconds, pause)
    for name, times in spent.items():
        print(
            f"{name:20} {len(times):5} {share(times, 0.5):8.1f} {share(times, 0.99):8.1f}",
            file=sys.stderr,
        )
    worst = max(spent, key=lambda name: share(spent[name], 0.99))
    every = [one for times in spent.values() for one in times]
    value = share(spent[worst], 0.99)
    line = {
        "figure": "list_p99_ms",
        "value": round(value, 1),
        "unit": "ms",
        "limit": LIMIT_MS,
        "ratio": round(value / LIMIT_MS, 2),
        "note": f"the slowest of {len(spent)} routes ({worst}); all together median"
        f" {share(every, 0.5):.0f}, p99 {share(every, 0.99):.0f} ms; {len(every)} answers to"
        f" {len(found.sessions)} people who read {pause} s between two and had one of each kind before that does not"
        f" count, {size.leads:,} leads, mails and"
        f" past mails, {size.leads // 5:,} second drafts of which {size.pending:,} wait;"
        f" filled in {found.seconds:.0f} s",
    }
    print(json.dumps(line))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=SMALL.leads)
    parser.add_argument("--pending", type=int, default=SMALL.pending)
    parser.add_argument("--full", action="store_true", help="a million leads; takes ten minutes")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--pause", type=float, default=PAUSE_SECONDS, help="seconds of reading")
    parser.add_argument("--only", default="", help="routes whose name holds this")
    given = parser.parse_args()
    size = FULL if given.full else Size(given.leads, given.pending)
    asyncio.run(main(size.leads, size.pending, given.seconds, given.pause, given.only))
