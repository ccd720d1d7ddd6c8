"""A database whose outbox holds many queued mails, for the figures on claiming.

In: a number of rows. Out: a database, a workspace, a mailbox. Never: a draft behind a row; the
keys to other tables are not checked while the rows are made.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.database import shared_server

from outrider.kernel.clock import SystemClock
from outrider.kernel.database.connect import Database, parse_url
from outrider.kernel.database.migrate import upgrade
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.ids import WorkspaceId, new_id
from outrider.sending import mailboxes, store
from outrider.sending.types import Lease, Mailbox, MailboxForm, OutboxItem

BATCH = 50

FORM = MailboxForm(
    address="sam@try-brand.example",
    name="Sam Poole",
    postal_address="12 Main Street, Boston MA 02110",
    booking_link="https://cal.example/sam",
)

# Ids as the product makes them: UUIDv7, a millisecond apart, with the Message-ID made from it.
_FILL = """
insert into outrider.outbox (workspace_id, id, draft_id, decision_id, enrollment_id, campaign_id,
    account_id, contact_id, mailbox_id, step, content_hash, message_id, status, attempts, queued_at,
    not_before)
select %(workspace)s, id, draft, draft, draft, %(mailbox)s, draft, draft, %(mailbox)s, 1,
    repeat(md5(n::text), 2), '<' || replace(id::text, '-', '') || '@try-brand.example>', 'queued', 0,
    at, at
from generate_series(1, %(rows)s) n,
    lateral (select %(start)s::timestamptz + n * interval '1 millisecond' as at) a,
    lateral (select lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') as ms) b,
    lateral (select (ms || '7' || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15)
        )::uuid as id, (ms || '7' || substr(md5(n::text), 8, 3) || '9' || substr(md5(n::text), 12, 15)
        )::uuid as draft) c
"""


@dataclass
class Outbox:
    """A filled outbox."""

    database: Database
    workspace: WorkspaceId
    mailbox: Mailbox
    admin: str
    cursor: store.Cursor

    def begin(self) -> AbstractAsyncContextManager[Tx]:
        """A transaction of the application."""
        return self.database.transaction(self.workspace, SYSTEM)

    async def claim(self, many: int = BATCH) -> list[OutboxItem]:
        """One batch, as the sender claims it, committed."""
        async with self.begin() as tx:
            lease = Lease(owner="bench:1:1", until=tx.now + timedelta(minutes=5))
            return await store.claim(tx, self.cursor, lease, many)

    def restore(self) -> None:
        """Queue everything again and clear what the claims left behind."""
        with psycopg.connect(self.admin, autocommit=True) as conn:
            conn.execute("update outrider.outbox set status = 'queued' where status = 'sending'")
            conn.execute("vacuum outrider.outbox")
        self.cursor = store.Cursor(self.mailbox.id)


def server() -> URL:
    """A server of this run."""
    return parse_url(shared_server(Path(tempfile.mkdtemp(prefix="outrider-bench-"))).dsn)


@asynccontextmanager
async def outbox(owner: URL, rows: int) -> AsyncIterator[Outbox]:
    """A database of its own on this server, with so many queued mails of one mailbox."""
    name = f"outbox_{rows}"
    with psycopg.connect(_plain(owner), autocommit=True) as conn:
        conn.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    own = owner.set(database=name)
    await asyncio.to_thread(upgrade, own)
    database = Database(own, SystemClock())
    now = datetime.now(UTC)
    workspace = WorkspaceId(new_id(now))
    with psycopg.connect(_plain(own), autocommit=True) as conn:
        conn.execute(
            "insert into outrider.workspaces (id, name, created_at) values (%s, 'bench', %s)",
            (workspace, now),
        )
    async with database.transaction(workspace, SYSTEM) as tx:
        mailbox = await mailboxes.add(tx, FORM)
    with psycopg.connect(_plain(own), autocommit=True) as conn:
        conn.execute("set session_replication_role = replica")
        facts = {
            "workspace": workspace,
            "mailbox": mailbox.id,
            "start": now - timedelta(days=1),
            "rows": rows,
        }
        conn.execute(_FILL, facts)
        conn.execute("vacuum analyze outrider.outbox")
    try:
        yield Outbox(database, workspace, mailbox, _plain(own), store.Cursor(mailbox.id))
    finally:
        await database.close()


def _plain(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
