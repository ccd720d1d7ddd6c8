"""Migrations: forward only, inside the package, one process at a time.

In: the owner's address. Out: a database at the head, with its roles.
Never: a downgrade, or work on a database that is newer than this program.
"""

from __future__ import annotations

from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy.exc
from sqlalchemy import URL, Connection, create_engine, text
from sqlalchemy.pool import NullPool

from outrider.kernel.database.roles import create_roles
from outrider.kernel.errors import DatabaseUnavailable, InvalidSetting, NotAllowed, Refused

if TYPE_CHECKING:  # alembic takes longer to import than a small command to run: only to migrate
    from alembic.script import ScriptDirectory

_LOCK = 0x6F757472  # "outr": one migration at a time on one database


class State(StrEnum):
    """How a database stands to this program."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"
    NEWER = "newer"


def script_directory() -> ScriptDirectory:
    """The migrations of this package."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_folder()))
    return ScriptDirectory.from_config(config)


def revisions() -> list[str]:
    """Every revision of this program, oldest first: the numbers that the migrations' files begin with."""
    return sorted(file.name.partition("_")[0] for file in (_folder() / "versions").glob("0*_*.py"))


def state_of(url: URL) -> tuple[State, str | None]:
    """How this database stands, and its revision.

    Raises:
        DatabaseUnavailable: it does not answer.
    """
    with _connection(url) as conn:
        return _state(conn)


def upgrade(url: URL) -> str:
    """Bring the database to the head; returns the revision. Twice at once is once.

    Raises:
        Refused: the database is newer than this program.
        InvalidSetting: the server is too old or has no pgvector.
        NotAllowed: the login may not create roles or schemas.
        DatabaseUnavailable: it does not answer.
    """
    with _connection(url) as conn:
        _check_server(conn)
        with conn.begin():
            conn.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            state, revision = _state(conn)
            if state is State.NEWER:
                raise Refused(
                    f"The database is at revision {revision}, which this Outrider does not know: "
                    "it was upgraded by a newer one. Install that version, or restore a backup."
                )
            try:
                conn.execute(text("create schema if not exists outrider"))
                conn.execute(text("create schema if not exists jobs"))
                create_roles(conn, url)
                _migrate(conn)
            except sqlalchemy.exc.ProgrammingError as error:
                if "permission denied" in str(error.orig) or "must be" in str(error.orig):
                    raise NotAllowed(
                        f"The login {url.username!r} of DATABASE_URL may not set the database up: "
                        f"{str(error.orig).splitlines()[0]}. Use its owner, with CREATEROLE."
                    ) from error
                raise
        return revisions()[-1]


def _migrate(conn: Connection) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext

    scripts = script_directory()
    environment = EnvironmentContext(Config(), scripts)
    environment.configure(
        connection=conn,
        target_metadata=None,
        version_table_schema="outrider",
        fn=lambda revision, _context: scripts._upgrade_revs("head", revision),
        transaction_per_migration=False,
    )
    environment.run_migrations()


def _state(conn: Connection) -> tuple[State, str | None]:
    found = conn.scalar(text("select to_regclass('outrider.alembic_version')"))
    if found is None:
        return State.EMPTY, None
    revision = conn.scalar(text("select version_num from outrider.alembic_version"))
    if revision is None:
        return State.EMPTY, None
    known = revisions()
    if revision == known[-1]:
        return State.CURRENT, revision
    return (State.OLDER if revision in known else State.NEWER), revision


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
        lines = str(error.orig).strip().splitlines()
        raise DatabaseUnavailable(
            f"The database at {url.host or 'the local socket'} does not answer: "
            f"{lines[-1].strip() if lines else 'no reason given'}. Check DATABASE_URL."
        ) from error


def _folder() -> Path:
    return Path(str(resources.files("outrider.kernel"))) / "migrations"
