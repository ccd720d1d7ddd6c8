"""A database as a sales team has it after half a year, for the figures on lists and charts.

In: a number of leads. Out: a database with two workspaces, and the first one's people. Never: a mail
that could be sent; keys to other tables are not checked while the rows are made.
"""

from __future__ import annotations

import re
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
from sqlalchemy import URL

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from outrider.campaigns import create, sequences
from outrider.kernel import access
from outrider.kernel.clock import SystemClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.migrate import upgrade
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.ids import WorkspaceId
from outrider.sending import mailboxes
from outrider.sending.types import MailboxForm

FILL = Path(__file__).with_name("_scale.sql")
CAMPAIGNS = 12
MAILBOXES = 20
REVIEWERS = 20


@dataclass(frozen=True)
class Size:
    """How much of everything: a contact has one mail, every fifth a second draft."""

    leads: int
    pending: int
    """Of the second drafts, at most a fifth of the leads."""

    @property
    def second(self) -> Size:
        """The other workspace of the same database: a twentieth."""
        return Size(self.leads // 20, self.pending // 20)


@dataclass(frozen=True)
class Seeded:
    """A filled database, and whom it knows."""

    url: URL
    workspace: WorkspaceId
    sessions: tuple[str, ...]
    """A token for each reviewer."""
    campaigns: tuple[str, ...]
    seconds: float


async def seeded(owner: URL, name: str, size: Size) -> Seeded:
    """Make and fill a database of this name on this server."""
    begun = time.perf_counter()
    with psycopg.connect(plain(owner), autocommit=True) as conn:
        conn.execute(f'create database "{name}"'.encode())
    own = owner.set(database=name)
    upgrade(own)
    database = Database(own, SystemClock())
    try:
        first = await _workspace(database, "default", size)
        await _workspace(database, "second", size.second)
    finally:
        await database.close()
    with psycopg.connect(plain(own), autocommit=True) as conn:
        conn.execute("vacuum (analyze, parallel 0)")
    return Seeded(own, *first, seconds=time.perf_counter() - begun)


def plain(url: URL) -> str:
    """The address as psycopg takes it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


async def _workspace(
    database: Database, name: str, size: Size
) -> tuple[WorkspaceId, tuple[str, ...], tuple[str, ...]]:
    now = datetime.now(UTC)
    async with database.connection() as conn:
        workspace = await access.ensure_workspace(conn, name, now)
    async with database.transaction(workspace, SYSTEM) as tx:
        few, tokens = await _few(tx, name)
    values = {
        **few,
        "workspace": workspace,
        "leads": size.leads,
        "pending": size.pending,
        "now": now - timedelta(minutes=1),
        "salt": name[0],
    }
    # The values stand in statements that take no parameters, so the client puts them in.
    with psycopg.connect(
        plain(database.owner), autocommit=True, cursor_factory=psycopg.ClientCursor
    ) as conn:
        conn.execute("set session_replication_role = replica")
        conn.execute("set work_mem = '256MB'")
        for statement in re.split(r";\n", FILL.read_text("utf-8")):
            if statement.strip():
                conn.execute(statement.encode(), values)
    return workspace, tokens, tuple(str(id_) for id_ in few["campaigns"])


async def _few(tx: Tx, name: str) -> tuple[dict[str, list[UUID]], tuple[str, ...]]:
    """What there are few of, made by the product's own verbs."""
    campaigns, steps, boxes, people, tokens = [], [], [], [], []
    for n in range(CAMPAIGNS):
        made = await create.create(tx, f"Campaign {n + 1}", "Brand")
        campaigns.append(UUID(str(made.id)))
        steps.append(UUID(str((await sequences.newest(tx, made)).id)))
    for n in range(MAILBOXES):
        form = MailboxForm(
            address=f"sam{n + 1}@try-{name}.example",
            name="Sam Poole",
            postal_address="12 Main Street, Boston MA 02110",
            booking_link="https://cal.example/sam",
        )
        boxes.append(UUID(str((await mailboxes.add(tx, form)).id)))
    for n in range(REVIEWERS):
        member = await access.add_person(tx, f"Kim {n}", f"kim{n}@{name}.example", "admin")
        people.append(UUID(str(member.person_id)))
        tokens.append(await access.open_session(tx.conn, member.person_id, tx.now))
    found = {"campaigns": campaigns, "sequences": steps, "mailboxes": boxes, "people": people}
    return found, tuple(tokens)
