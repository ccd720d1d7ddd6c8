"""The database server as the doctor sees it: version, revision, logins, isolation, clock.

In: the owner's connection. Out: findings. Never: a write, a row's content.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import psycopg
from sqlalchemy import URL

from outrider.app.jobs.care.findings import Finding, broken, look, ok, span
from outrider.kernel.clock import Clock
from outrider.kernel.database.connect import Role, role_url, why
from outrider.kernel.database.migrate import State, state_of
from outrider.kernel.database.roles import WORKING_ROLES
from outrider.kernel.database.schema import GLOBAL_TABLES

OLDEST = 160_000
SKEW_SEEN = timedelta(seconds=2)
SKEW_BORNE = timedelta(seconds=60)
_ABOVE_WORKSPACES = frozenset({"alembic_version", *GLOBAL_TABLES})


def plain(url: URL) -> str:
    """The address as libpq takes it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def connected(url: URL) -> psycopg.Connection:
    """A connection that only reads, each statement for itself."""
    conn = psycopg.connect(plain(url), connect_timeout=10, autocommit=True)
    conn.read_only = True
    return conn


def version(conn: psycopg.Connection) -> list[Finding]:
    """Postgres and pgvector."""
    number = conn.info.server_version
    told = f"Postgres {number // 10000}.{number % 10000}"
    if number < OLDEST:
        return [broken("database", f"it is {told}", "Move to Postgres 16 or newer.")]
    row = conn.execute("select extversion from pg_extension where extname = 'vector'").fetchone()
    if row is None:
        return [broken("database", f"{told} without pgvector", "Install it and run the upgrade.")]
    return [ok("database", f"{told} with pgvector {row[0]} answers")]


def revision(owner: URL, *, is_embedded: bool) -> Finding:
    """How the schema stands to this program."""
    state, found = state_of(owner)
    if state is State.CURRENT:
        return ok("schema", f"revision {found} is this program's")
    if state is State.EMPTY:
        return look("schema", "the database is empty", "Run `outrider upgrade` to set it up.")
    if state is State.FOREIGN:
        way_out = "Give Outrider a database of its own in DATABASE_URL."
        return broken("schema", "the tables here are another product's", way_out)
    if state is State.NEWER:
        way_out = "Install the Outrider that upgraded it, or restore a backup elsewhere."
        return broken("schema", f"revision {found} is newer than this program", way_out)
    if is_embedded:
        way_out = "Take a backup; the next command brings it up."
        return look("schema", f"revision {found} is older than this program", way_out)
    way_out = "Take a backup, stop older Outriders, and run `outrider upgrade`."
    return broken("schema", f"revision {found} is older than this program", way_out)


def rights(conn: psycopg.Connection) -> list[Finding]:
    """Whether the owner can back everything up."""
    row = conn.execute(
        "select rolsuper or rolbypassrls, rolname from pg_roles where rolname = current_user"
    ).fetchone()
    if row and row[0]:
        return [ok("owner", f"{row[1]} sees every row, so a backup is whole")]
    name = row[1] if row else "the owner"
    return [
        look(
            "owner",
            f"row-level security hides rows from {name}, so a backup is refused",
            f"As an administrator, run `alter role {name} bypassrls`.",
        )
    ]


def logins(owner: URL, given: Mapping[Role, URL]) -> list[Finding]:
    """Whether each working login can log in, and has no more rights than it should."""
    wrong: list[Finding] = []
    for role in WORKING_ROLES:
        url = given.get(role) or role_url(owner, role)
        try:
            with psycopg.connect(plain(url), connect_timeout=10) as conn:
                row = conn.execute(
                    "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"
                ).fetchone()
        except psycopg.OperationalError as error:
            way_out = "Run `outrider upgrade`, which sets the logins up."
            wrong.append(broken("logins", f"{role} cannot log in ({why(error)})", way_out))
            continue
        if row and row[0]:
            way_out = f"Run `alter role {url.username} nosuperuser nobypassrls`."
            wrong.append(broken("logins", f"{role} passes row-level security by", way_out))
    return wrong or [
        ok("logins", f"{', '.join(WORKING_ROLES)} log in with no more than their rights")
    ]


def isolation(conn: psycopg.Connection) -> list[Finding]:
    """Whether the database separates workspaces on every table."""
    rows = conn.execute(
        # To a partition nobody has a right; the policies are those of the whole table.
        "select c.relname, c.relrowsecurity and c.relforcerowsecurity and (c.relispartition or"
        " exists (select from pg_policy p where p.polrelid = c.oid)) from pg_class c"
        " where c.relnamespace = to_regnamespace('outrider') and c.relkind in ('r', 'p')"
        " order by 1"
    ).fetchall()
    bare = [name for name, guarded in rows if not guarded and name not in _ABOVE_WORKSPACES]
    if bare:
        return [
            broken(
                "isolation",
                f"workspaces are not separated on {', '.join(bare)}",
                "Stop Outrider; somebody took row-level security away: restore a backup.",
            )
        ]
    count = len(rows) - len(_ABOVE_WORKSPACES & {name for name, _ in rows})
    return [ok("isolation", f"row-level security is forced on all {count} tables of workspaces")]


def clock(conn: psycopg.Connection, ours: Clock) -> list[Finding]:
    """How far the server's clock is from this machine's."""
    before = ours.now()
    row = conn.execute("select clock_timestamp()").fetchone()
    middle = before + (ours.now() - before) / 2
    assert row is not None
    apart: timedelta = abs(row[0] - middle)
    told = f"database and machine are {span(apart)} apart"
    if apart > SKEW_BORNE:
        way_out = "Set both clocks by NTP: leases and opt-out links go by them."
        return [broken("clock", told, way_out)]
    if apart > SKEW_SEEN:
        return [look("clock", told, "Set both clocks by NTP.")]
    return [ok("clock", told)]
