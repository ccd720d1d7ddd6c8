"""Past mail per second and core: parse, text, features, raw to the object store, rows.

The limit is the stdlib's compat32 parser on the same mails in the same run, which only splits them
into parts. Both are our process's CPU time; Postgres works in its own.
"""

from __future__ import annotations

import asyncio
import email
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.database import shared_server

from outrider.campaigns import create, ingest
from outrider.campaigns.types import Intake, MailSource, RawMessage
from outrider.kernel.clock import SystemClock
from outrider.kernel.database.connect import Database, parse_url
from outrider.kernel.database.migrate import upgrade
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.ids import WorkspaceId, new_id
from outrider.kernel.objects import Objects
from outrider.vendors.mail_files import open_mail

REAL = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "mail"
COPIES = 4
SELF_MADE = 2_500


def real_mails() -> list[bytes]:
    """Every real mail, several times with another Message-ID; empty when there is no real data."""
    found = [raw.data for path in sorted(REAL.glob("*.mbox")) for raw in open_mail(path)]
    return [b"X-Copy: %d\n" % copy + data for copy in range(COPIES) for data in found]


def made_mails() -> list[bytes]:
    """Sales mails of about a kilobyte."""
    text = (
        "From: Sam Lee <sam@brand.example>\r\nTo: Jane Roe <jane{n}@acme{n}.example>\r\n"
        "Subject: Lease backlog at Acme\r\nDate: Mon, 02 Mar 2026 09:15:00 -0600\r\n"
        "Message-ID: <{n}@brand.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        "Hi Jane,\r\n\r\nYour annual report names a backlog of leases. Most teams of your "
        "size keep them in spreadsheets and find errors at the audit.\r\n\r\nWe read each lease "
        "and save the controller two weeks at the end of the year.\r\n\r\n"
        "Would it be worth comparing notes on how you do it today?\r\n\r\nSam\r\n"
    )
    return [text.format(n=n).encode() for n in range(SELF_MADE)]


class Db:
    """A fresh database with a workspace."""

    def __init__(self, database: Database, workspace: WorkspaceId) -> None:
        self.database, self.workspace = database, workspace


@asynccontextmanager
async def fresh_database(folder: Path) -> AsyncIterator[Db]:
    owner = parse_url(shared_server(folder).dsn)
    upgrade(owner)
    database = Database(owner, SystemClock())
    now = datetime.now(UTC)
    workspace = WorkspaceId(new_id(now))
    async with database.connection() as conn:
        await conn.exec_driver_sql(
            "insert into outrider.workspaces (id, name, created_at) values (%s, 'bench', %s)",
            (workspace, now),
        )
    try:
        yield Db(database, workspace)
    finally:
        await database.close()


async def taken_in(db: Db, folder: Path, name: str, mails: Iterable[bytes]) -> float:
    """CPU seconds of our process to take the mails in."""
    objects = Objects(str(folder / "objects"))

    def begin() -> AbstractAsyncContextManager[Tx]:
        return db.database.transaction(db.workspace, SYSTEM)

    async with begin() as tx:
        campaign = await create.create(tx, name, "Brand")
    raws = [RawMessage(f"mail {n}", "mbox", data) for n, data in enumerate(mails)]
    start = time.process_time()
    report = await ingest.ingest(begin, objects, Intake(campaign.id, MailSource.BRAND), raws)
    spent = time.process_time() - start
    if report.new + report.unreadable != len(raws):
        raise SystemExit(f"of {len(raws)} mails only {report.new + report.unreadable} went in")
    return spent


def compat32(mails: list[bytes]) -> float:
    start = time.process_time()
    for data in mails:
        email.message_from_bytes(data)
    return time.process_time() - start


async def main() -> None:
    real = real_mails()
    made = made_mails()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with fresh_database(folder) as db:
            await taken_in(db, folder, "warm", made[:250])
            mails = real or made
            spent = await taken_in(db, folder, "measured", mails)
            limit = compat32(mails)
            short = await taken_in(db, folder, "sales", [m + b"x" for m in made])
    size = sum(map(len, mails)) / len(mails) / 1024
    note = (
        f"{len(mails)} {'real mails' if real else 'self-made mails'} of {size:.1f} KiB on average; "
        f"{len(made) / short:.0f}/s for sales mails of 0.8 KiB; limit: compat32 parse alone"
    )
    value = len(mails) / spent
    line = {
        "figure": "ingest_per_core",
        "value": round(value),
        "unit": "mails/s/core",
        "limit": round(len(mails) / limit),
        "ratio": round(limit / spent, 3),
        "note": note,
    }
    print(json.dumps(line))


if __name__ == "__main__":
    asyncio.run(main())
