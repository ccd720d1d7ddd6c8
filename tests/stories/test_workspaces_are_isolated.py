"""No statement, however it is written, reads or writes another workspace's rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import errors

from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.database.roles import AGENT_MAY_NOT_READ
from outrider.kernel.database.schema import GLOBAL_TABLES
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.ids import WorkspaceId, new_id
from tests.any_row import every_table, insert, row_of, without_constraints

TABLES = [table for table in every_table() if table.name not in GLOBAL_TABLES]
WORKING = (Role.APP, Role.AGENT, Role.SEALER)
NEVER_CHANGED = {"approvals", "audit_events", "decisions", "layouts"}
"""Tables to which the application's login only adds."""


def dsn(database: Database, role: Role) -> str:
    return database.url(role).set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def login(
    database: Database, role: Role, workspace: WorkspaceId | None = None
) -> Iterator[psycopg.Connection]:
    """A transaction of this login that is rolled back."""
    with psycopg.connect(dsn(database, role)) as conn:
        if workspace:
            conn.execute("select set_config('outrider.workspace', %s, true)", [str(workspace)])
        yield conn
        conn.rollback()


def count(conn: psycopg.Connection, table: sa.Table) -> int:
    row = conn.execute(f"select count(*) from outrider.{table.name}".encode()).fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
def other(database: Database, clock: VirtualClock) -> WorkspaceId:
    """A second workspace, in which every table has one row."""
    id_ = WorkspaceId(new_id(clock.now()))
    with psycopg.connect(dsn(database, Role.OWNER)) as owner:
        without_constraints(owner)
        owner.execute(
            "insert into outrider.workspaces (id, name, created_at) values (%s, 'other', %s)",
            [id_, clock.now()],
        )
        for table in TABLES:
            insert(owner, table, row_of(table, id_))
    return id_


def readers(table: sa.Table) -> tuple[Role, ...]:
    return (Role.APP,) if table.name in AGENT_MAY_NOT_READ else (Role.APP, Role.AGENT)


async def test_every_table_forces_isolation_on_every_login(database: Database) -> None:
    with psycopg.connect(dsn(database, Role.OWNER)) as owner:
        tables = owner.execute(
            "select relname, relrowsecurity and relforcerowsecurity from pg_class"
            " where relnamespace = 'outrider'::regnamespace and relkind in ('r', 'p')"
            " and not relispartition"
        ).fetchall()
        partitions = owner.execute(
            "select relname, relrowsecurity and relforcerowsecurity, exists (select from"
            " unnest(array['outrider_app', 'outrider_agent', 'outrider_sealer']) as login"
            " where has_table_privilege(login, oid, 'select, insert, update, delete, truncate'))"
            " from pg_class where relnamespace = 'outrider'::regnamespace and relkind = 'r'"
            " and relispartition"
        ).fetchall()
        policies = owner.execute(
            "select tablename, roles::text[], cmd from pg_policies where schemaname = 'outrider'"
        ).fetchall()
        agents = owner.execute(
            "select relname from pg_class where relnamespace = 'outrider'::regnamespace"
            " and relkind in ('r', 'p') and has_table_privilege('outrider_agent', oid, 'select')"
        ).fetchall()
    assert partitions == [("audit_events_rest", True, False)]
    open_ = {name for name, forced in tables if not forced}
    assert open_ == GLOBAL_TABLES | {"alembic_version"}
    isolated = {table.name for table in TABLES}
    assert {name for name, forced in tables if forced} == isolated
    assert {name for name, roles, cmd in policies if "outrider_app" in roles} == isolated
    reads = {name for name, roles, cmd in policies if "outrider_agent" in roles and cmd == "SELECT"}
    assert {name for (name,) in agents} & isolated <= reads
    assert not [name for name, roles, _ in policies if "public" in roles]
    assert [name for name, roles, _ in policies if "outrider_sealer" in roles] == ["audit_events"]


async def test_another_workspaces_rows_are_neither_seen_nor_touched(
    database: Database, workspace: WorkspaceId, other: WorkspaceId
) -> None:
    for table in TABLES:
        with login(database, Role.APP, other) as conn:
            assert count(conn, table) == 1, table.name
        with login(database, Role.APP, workspace) as conn:
            assert count(conn, table) == 0, table.name
            if table.name not in NEVER_CHANGED:
                name = f"outrider.{table.name}"
                changed = conn.execute(f"update {name} set workspace_id = workspace_id".encode())
                assert changed.rowcount == 0, table.name
                assert conn.execute(f"delete from {name}".encode()).rowcount == 0, table.name
        for role in readers(table):
            with login(database, role, workspace) as conn:
                assert count(conn, table) == 0, (role, table.name)


async def test_a_row_for_another_workspace_is_refused(
    database: Database, workspace: WorkspaceId, other: WorkspaceId
) -> None:
    for table in TABLES:
        with (
            login(database, Role.APP, workspace) as conn,
            pytest.raises(errors.InsufficientPrivilege, match="row-level security"),
        ):
            insert(conn, table, row_of(table, other))
        with login(database, Role.APP, workspace) as conn:
            insert(conn, table, row_of(table, workspace))
            assert count(conn, table) == 1, table.name


async def test_what_was_decided_and_logged_is_never_changed(
    database: Database, other: WorkspaceId
) -> None:
    for table in sorted(NEVER_CHANGED):
        for statement in (
            "update outrider.{} set workspace_id = workspace_id",
            "delete from outrider.{}",
        ):
            with (
                login(database, Role.APP, other) as conn,
                pytest.raises(errors.InsufficientPrivilege, match="permission denied"),
            ):
                conn.execute(statement.format(table).encode())


async def test_a_row_cannot_be_moved_into_another_workspace(
    database: Database, workspace: WorkspaceId, other: WorkspaceId
) -> None:
    for table in TABLES:
        if table.name in NEVER_CHANGED:
            continue
        with (
            login(database, Role.APP, other) as conn,
            pytest.raises(errors.InsufficientPrivilege, match="row-level security"),
        ):
            conn.execute(
                f"update outrider.{table.name} set workspace_id = %s".encode(), [workspace]
            )


async def test_without_a_workspace_there_are_no_rows_and_none_can_be_written(
    database: Database, other: WorkspaceId
) -> None:
    for role in (Role.APP, Role.AGENT):
        with login(database, role) as conn:
            seen = [table for table in TABLES if role in readers(table)]
            assert [table.name for table in seen if count(conn, table)] == []
    for table in TABLES:
        with (
            login(database, Role.APP) as conn,
            pytest.raises(errors.InsufficientPrivilege, match="row-level security"),
        ):
            insert(conn, table, row_of(table, other))


async def test_a_used_connection_of_the_pool_keeps_no_workspace(
    database: Database, other: WorkspaceId
) -> None:
    pooled = Database(database.owner, database.clock, pool_size=1)
    try:
        async with pooled.transaction(other, SYSTEM) as tx:
            assert await tx.rows("select 1 from outrider.campaigns")
            used = (await tx.rows("select pg_backend_pid() as pid"))[0]["pid"]
        async with pooled.connection() as conn:
            found = await conn.exec_driver_sql(
                "select pg_backend_pid(), current_setting('outrider.workspace', true),"
                " (select count(*) from outrider.campaigns)"
            )
            assert tuple(found.one()) == (used, "", 0)
    finally:
        await pooled.close()


@pytest.mark.parametrize("role", WORKING)
async def test_no_login_owns_anything_or_can_pass_isolation_by(
    database: Database, role: Role, other: WorkspaceId
) -> None:
    with psycopg.connect(dsn(database, Role.OWNER)) as owner:
        attributes = owner.execute(
            "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
            " from pg_roles where rolname = %s",
            [role],
        ).fetchone()
        owned = owner.execute(
            "select count(*) from pg_class where relowner = %s::regrole", [role]
        ).fetchone()
        groups = owner.execute(
            "select count(*) from pg_auth_members where member = %s::regrole", [role]
        ).fetchone()
    assert attributes == (False,) * 5
    assert owned == (0,)
    assert groups == (0,)
    for statement in (
        "alter table outrider.campaigns disable row level security",
        "alter table outrider.campaigns no force row level security",
        "drop policy app on outrider.campaigns",
        "create table outrider.mine (id int)",
        "create function outrider.mine() returns int language sql as 'select 1'",
        "set session_replication_role = replica",
        "copy (select 1) to program 'true'",
    ):
        with login(database, role, other) as conn, pytest.raises(errors.InsufficientPrivilege):
            conn.execute(statement.encode())


async def test_switching_row_security_off_yields_an_error_and_no_rows(
    database: Database, workspace: WorkspaceId, other: WorkspaceId
) -> None:
    for role in (Role.APP, Role.AGENT):
        with login(database, role, workspace) as conn:
            conn.execute("set local row_security = off")
            with pytest.raises(errors.InsufficientPrivilege):
                conn.execute("select * from outrider.campaigns")


@pytest.mark.parametrize("role", WORKING)
async def test_no_login_can_change_or_remove_what_the_log_says(
    database: Database, role: Role, other: WorkspaceId
) -> None:
    for table, column in (
        ("audit_events", "body"),
        ("audit_leaves", "leaf"),
        ("audit_seals", "root"),
    ):
        for statement in (
            f"update outrider.{table} set {column} = {column}",
            f"delete from outrider.{table}",
            f"truncate outrider.{table}",
        ):
            with login(database, role, other) as conn, pytest.raises(errors.InsufficientPrivilege):
                conn.execute(statement.encode())
        if role is not Role.SEALER and table != "audit_events":
            with login(database, role, other) as conn, pytest.raises(errors.InsufficientPrivilege):
                conn.execute(f"insert into outrider.{table} default values".encode())


async def test_the_sealer_reads_the_log_and_nothing_else(
    database: Database, other: WorkspaceId
) -> None:
    for table in TABLES:
        with login(database, Role.SEALER) as conn:
            if table.name == "audit_events":
                assert count(conn, table) == 1
                continue
            with pytest.raises(errors.InsufficientPrivilege):
                count(conn, table)
