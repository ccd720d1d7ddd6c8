"""Migrations: forward only, inside the package, one process at a time.

In: the owner's address. Out: a database at the head, with its roles.
Never: a downgrade, work on a database that is newer than this program, or a wait without end for a lock
behind which everybody else would queue.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import sqlalchemy.exc
from sqlalchemy import URL, Connection, create_engine, text
from sqlalchemy.pool import NullPool

from outrider.kernel.database import revisions as files
from outrider.kernel.database.connect import why
from outrider.kernel.database.revisions import Phase, Revision, numbers
from outrider.kernel.database.roles import create_roles
from outrider.kernel.errors import (
    DatabaseUnavailable,
    InvalidSetting,
    NotAllowed,
    Refused,
    Unavailable,
)

if TYPE_CHECKING:  # alembic takes longer to import than a small command to run: only to migrate
    from alembic.script import ScriptDirectory

_LOCK = 0x6F757472  # "outr": one migration at a time on one database
_PAUSE_SECONDS = 0.1
LOCK_SECONDS = 5
"""A statement that does not get its lock within this time gives up, and with it the upgrade."""


class State(StrEnum):
    """How a database stands to this program. Also `CURRENT`: only what runs afterwards is missing."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"
    NEWER = "newer"
    FOREIGN = "of another product"


def script_directory(folder: Path | None = None) -> ScriptDirectory:
    """The migrations of this package."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(folder or files.package_folder()))
    return ScriptDirectory.from_config(config)


def revisions() -> list[str]:
    """Every revision of this program, oldest first."""
    return numbers()


def state_of(url: URL, folder: Path | None = None) -> tuple[State, str | None]:
    """How this database stands, and its revision.

    Raises:
        DatabaseUnavailable: it does not answer.
    """
    with _connection(url) as conn:
        return _state(conn, folder)


def upgrade(url: URL, phase: Phase = Phase.ALL, folder: Path | None = None) -> str:
    """Bring the database up; returns its revision. Twice at once is once.

    Args:
        url: the owner's address.
        phase: `pre` runs what an old program bears, and stops at what has to wait until none is left.
        folder: the migrations; the package's own when None.

    Raises:
        Refused: the database is newer than this program, or holds the tables of another product.
        InvalidSetting: the server is too old or has no pgvector.
        NotAllowed: the login may not create roles or schemas.
        Unavailable: somebody holds a table that is to be changed.
        DatabaseUnavailable: it does not answer.
    """
    with _connection(url) as holder, _connection(url) as conn:
        _check_server(conn)
        # The session's lock, because a revision may need more than one transaction.
        _take_turns(holder)
        state, revision = _state(conn, folder)
        conn.rollback()
        if state is State.FOREIGN:
            raise Refused(
                f"The database {url.database} holds tables of something else, such as {_foreign(conn)}:"
                " nothing was changed; give Outrider a database of its own in DATABASE_URL."
            )
        if state is State.NEWER:
            raise Refused(
                f"The database is at revision {revision}, which this Outrider does not know: "
                "it was upgraded by a newer one. Install that version, or restore a backup."
            )
        try:
            return _run(conn, url, _wanted(revision, phase, folder), folder) or str(revision)
        except (sqlalchemy.exc.OperationalError, psycopg.errors.LockNotAvailable) as error:
            if not isinstance(getattr(error, "orig", error), psycopg.errors.LockNotAvailable):
                raise
            raise Unavailable(
                f"The upgrade waited {LOCK_SECONDS} seconds for a table that another transaction holds,"
                " and gave up so that nobody queues behind it: nothing of this step is changed; run it"
                " again."
            ) from error
        except sqlalchemy.exc.ProgrammingError as error:
            if "permission denied" in str(error.orig) or "must be" in str(error.orig):
                raise NotAllowed(
                    f"The login {url.username!r} of DATABASE_URL may not set the database up: "
                    f"{str(error.orig).splitlines()[0]}. Use its owner, with CREATEROLE."
                ) from error
            raise


def _take_turns(holder: Connection) -> None:
    """Wait until no other upgrade is at work, by asking again and again.

    Who waits inside a statement holds a snapshot, and a concurrent index waits for that in its turn.
    """
    while True:
        taken = holder.scalar(text("select pg_try_advisory_lock(:key)"), {"key": _LOCK})
        holder.commit()
        if taken:
            return
        time.sleep(_PAUSE_SECONDS)


def _wanted(revision: str | None, phase: Phase, folder: Path | None) -> list[Revision]:
    pending = files.after(revision, folder)
    # In an empty database no old program is at work.
    return files.runnable(pending, phase if revision else Phase.ALL)


def _run(conn: Connection, url: URL, wanted: Sequence[Revision], folder: Path | None) -> str | None:
    """Run these, in as few transactions as they allow; the logins first, whatever is to be done."""
    batches = [list(some) for _, some in groupby(wanted, key=lambda one: one.in_transaction)]
    with conn.begin():
        conn.execute(text(f"set local lock_timeout = '{LOCK_SECONDS}s'"))
        conn.execute(text("create schema if not exists outrider"))
        conn.execute(text("create schema if not exists jobs"))
        create_roles(conn, url)
        if batches and batches[0][0].in_transaction:
            _migrate(conn, batches.pop(0)[-1].number, folder)
    for batch in batches:
        if not batch[0].in_transaction:
            for one in batch:
                _run_one_by_one(conn, one)
            continue
        with conn.begin():
            conn.execute(text(f"set local lock_timeout = '{LOCK_SECONDS}s'"))
            _migrate(conn, batch[-1].number, folder)
    return wanted[-1].number if wanted else None


def _migrate(conn: Connection, target: str, folder: Path | None) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext

    scripts = script_directory(folder)
    environment = EnvironmentContext(Config(), scripts)
    environment.configure(
        connection=conn,
        target_metadata=None,
        version_table_schema="outrider",
        fn=lambda revision, _context: scripts._upgrade_revs(target, revision),
        transaction_per_migration=False,
    )
    environment.run_migrations()


def _run_one_by_one(conn: Connection, revision: Revision) -> None:
    """Each statement for itself, for what no transaction may hold, such as a concurrent index."""
    script = revision.sql.read_text(encoding="utf-8")
    raw = conn.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    conn.rollback()
    raw.autocommit = True
    try:
        raw.execute(f"set lock_timeout = '{LOCK_SECONDS}s'".encode())
        # What an earlier try left half-built has its name, and would be taken for done.
        for (name,) in raw.execute(
            "select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid"
            " where c.relnamespace = 'outrider'::regnamespace and not i.indisvalid"
        ).fetchall():
            if str(name) in script:
                raw.execute(f'drop index concurrently outrider."{name}"'.encode())
        for statement in script.split(";\n"):
            if statement.strip():
                raw.execute(statement.encode())
        raw.execute("update outrider.alembic_version set version_num = %s", [revision.number])
        raw.execute("reset lock_timeout")
    finally:
        raw.autocommit = False


def _state(conn: Connection, folder: Path | None = None) -> tuple[State, str | None]:
    found = conn.scalar(text("select to_regclass('outrider.alembic_version')"))
    revision = found and conn.scalar(text("select version_num from outrider.alembic_version"))
    if revision is None:
        return (State.FOREIGN if _foreign(conn) else State.EMPTY), None
    known = numbers(folder)
    if revision == known[-1]:
        return State.CURRENT, revision
    if revision not in known:
        return State.NEWER, revision
    is_enough = not files.runnable(files.after(revision, folder), Phase.PRE)
    return (State.CURRENT if is_enough else State.OLDER), revision


def _foreign(conn: Connection) -> str | None:
    """A table that is in the way and no extension's: where anybody's lie, or under a name of ours.

    Schemas of other names are a provider's own, as in a database that was just rented.
    """
    found: str | None = conn.scalar(
        text(
            "select n.nspname || '.' || c.relname from pg_class c"
            " join pg_namespace n on n.oid = c.relnamespace"
            " where n.nspname in ('public', 'outrider', 'jobs') and c.relkind in ('r', 'p', 'v', 'm', 'f')"
            " and c.oid is distinct from to_regclass('outrider.alembic_version')"
            " and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e'"
            " and d.classid = 'pg_class'::regclass) order by 1 limit 1"
        )
    )
    return found


def _check_server(conn: Connection) -> None:
    version = int(conn.scalar(text("show server_version_num")) or 0)
    if version < 160000:
        raise InvalidSetting(
            f"DATABASE_URL leads to Postgres {version // 10000}; Outrider needs 16 or newer."
        )
    if not conn.scalar(text("select 1 from pg_available_extensions where name = 'vector'")):
        raise InvalidSetting(
            "The Postgres server of DATABASE_URL has no pgvector: install its package `pgvector`."
        )
    conn.rollback()


def _connection(url: URL) -> Connection:
    engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 10})
    try:
        return engine.connect()
    except sqlalchemy.exc.OperationalError as error:
        raise DatabaseUnavailable(
            f"The database at {url.host or 'the local socket'} does not answer: "
            f"{why(error)}. Check DATABASE_URL."
        ) from error
