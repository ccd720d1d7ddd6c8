"""Whatever an agent is talked into, its login cannot approve, send, release a switch or start a job."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import errors
from psycopg.types.json import Jsonb

from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.database.schema import metadata
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.errors import NotAllowed
from outrider.kernel.ids import WorkspaceId, new_id
from outrider.kernel.jobs import AGENT_JOBS, defer
from tests.any_row import every_table, insert, row_of, without_constraints

AGENT = Actor(ActorKind.AGENT, "sdr")
ACTING = ("decisions", "outbox", "switches", "mailboxes", "suppressions", "memberships")
DRAFT_STATES = ("approved", "queued", "sent", "rejected", "superseded", "withdrawn", "x")

MAY_ADD = {
    "agent_runs",
    "agent_steps",
    "audit_events",
    "crm_activities",
    "drafts",
    "enrollments",
    "facts",
    "scores",
    "snapshots",
}
MAY_CHANGE = {"accounts", "agent_runs", "agent_steps"}


@pytest.fixture
def owner_dsn(database: Database) -> str:
    return database.owner.set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture
def agent(database: Database, workspace: WorkspaceId) -> psycopg.Connection:
    """The login of agents, in its workspace, each statement for itself."""
    url = database.url(Role.AGENT).set(drivername="postgresql")
    conn = psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)
    # Even a session-wide workspace, which the product never sets, opens nothing.
    conn.execute("select set_config('outrider.workspace', %s, false)", [str(workspace)])
    return conn


def test_the_rights_to_write_are_these_and_no_others(owner_dsn: str) -> None:
    every_table()
    with psycopg.connect(owner_dsn) as owner:
        rows = owner.execute(
            "select c.relname, p from pg_class c, unnest(array["
            "'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p"
            " where c.relnamespace in ('outrider'::regnamespace, 'jobs'::regnamespace)"
            " and c.relkind in ('r', 'p', 'v') and (has_table_privilege('outrider_agent', c.oid, p)"
            " or (p in ('INSERT', 'UPDATE', 'REFERENCES')"
            "     and has_any_column_privilege('outrider_agent', c.oid, p)))"
        ).fetchall()
    assert set(rows) == {(table, "INSERT") for table in MAY_ADD} | {
        (table, "UPDATE") for table in MAY_CHANGE
    }


@pytest.mark.parametrize("table", ACTING)
def test_what_acts_can_only_be_read(agent: psycopg.Connection, table: str) -> None:
    with agent:
        agent.execute(f"select * from outrider.{table}".encode())
        for statement in (
            f"insert into outrider.{table} default values",
            f"update outrider.{table} set workspace_id = workspace_id",
            f"delete from outrider.{table}",
            f"truncate outrider.{table}",
            f"merge into outrider.{table} t using (select 1) s on false"
            " when not matched then insert default values",
            f"select * from outrider.{table} for update",
            f"lock outrider.{table} in exclusive mode",
        ):
            with (
                pytest.raises(errors.InsufficientPrivilege, match="permission denied"),
                agent.transaction(),
            ):
                agent.execute(statement.encode())


@pytest.mark.parametrize("column", ["name", "domain", "competitor", "employees", "attributes"])
def test_what_an_account_is_called_and_uses_is_not_an_agents_to_say(
    agent: psycopg.Connection, column: str
) -> None:
    with agent:
        agent.execute("update outrider.accounts set cik = cik, status = status")
        with pytest.raises(errors.InsufficientPrivilege, match="permission denied"):
            agent.execute(f"update outrider.accounts set {column} = {column}".encode())


@pytest.mark.parametrize(
    ("actor", "action", "may"),
    [
        ("agent:sdr", "agents.step", True),
        ("agent:sdr", "drafts.write", True),
        ("agent:sdr", "crm.note", True),
        ("agent:sdr", "crm.pushed", False),
        ("agent:sdr", "drafts.approve", False),
        ("agent:sdr", "sending.sent", False),
        ("agent:sdr", "switches.off", False),
        ("person:1", "agents.step", False),
    ],
)
def test_an_agent_logs_its_own_work_and_nobody_elses(
    agent: psycopg.Connection, workspace: WorkspaceId, actor: str, action: str, may: bool
) -> None:
    every_table()
    events = metadata.tables["outrider.audit_events"]
    row = {**row_of(events, workspace), "actor": actor, "action": action}
    with agent:
        if may:
            insert(agent, events, row)
        else:
            with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
                insert(agent, events, row)


@pytest.mark.parametrize(
    ("changes", "may"),
    [
        ({}, True),
        ({"kind": "email_sent"}, False),
        ({"status": "pushed"}, False),
        ({"payload": Jsonb({"by": "person:1"})}, False),
        ({"payload": Jsonb({})}, False),
    ],
)
def test_an_agent_stages_notes_in_its_own_name_and_nothing_else(
    agent: psycopg.Connection,
    owner_dsn: str,
    workspace: WorkspaceId,
    changes: dict[str, Any],
    may: bool,
) -> None:
    every_table()
    table = metadata.tables["outrider.crm_activities"]
    with psycopg.connect(owner_dsn) as owner:
        without_constraints(owner)
    note = {"kind": "note", "status": "staged", "payload": Jsonb({"by": "agent:sdr"})}
    row = {**row_of(table, workspace), **note, **changes}
    with agent:
        if may:
            insert(agent, table, row)
        else:
            with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
                insert(agent, table, row)


@pytest.mark.parametrize("table", ["sessions", "api_keys"])
def test_keys_and_sessions_cannot_even_be_read(agent: psycopg.Connection, table: str) -> None:
    with agent, pytest.raises(errors.InsufficientPrivilege):
        agent.execute(f"select * from outrider.{table}".encode())


def test_a_draft_can_be_proposed_and_nothing_but_proposed(
    agent: psycopg.Connection, owner_dsn: str, workspace: WorkspaceId
) -> None:
    every_table()
    drafts = metadata.tables["outrider.drafts"]
    with psycopg.connect(owner_dsn) as owner:
        without_constraints(owner)
    with agent:
        row = {**row_of(drafts, workspace), "actor": "agent:sdr", "is_seed": False}
        for status in DRAFT_STATES:
            with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
                insert(agent, drafts, {**row, "status": status})
        with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
            insert(agent, drafts, {**row, "status": "pending", "actor": "person:1"})
        with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
            insert(agent, drafts, {**row, "status": "pending", "is_seed": True})
        insert(agent, drafts, {**row, "status": "pending"})
        for change in ("status = 'approved'", "text = 'x'", "content_hash = 'x'"):
            with pytest.raises(errors.InsufficientPrivilege, match="permission denied"):
                agent.execute(f"update outrider.drafts set {change}".encode())
        for statement in (
            "delete from outrider.drafts",
            "insert into outrider.drafts (id) values (%s) on conflict (id) do update"
            " set status = 'approved'",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                agent.execute(statement.encode(), [row["id"]] if "%s" in statement else None)
        found = agent.execute("select status from outrider.drafts").fetchall()
    assert found == [("pending",)]


def test_an_agent_cannot_become_somebody_else(agent: psycopg.Connection) -> None:
    with agent:
        for statement in (
            "set role outrider_app",
            "set role outrider_sealer",
            "set role postgres",
            "set local role outrider_app",
            "set session authorization outrider_app",
            "alter role outrider_agent superuser",
            "grant outrider_app to outrider_agent",
            "alter role outrider_app password 'x'",
            "create role helper",
            "create extension dblink",
            "create function outrider.f() returns int language sql as 'select 1'",
            "create schema mine",
            "do $$ begin execute 'set role outrider_app'; end $$",
            "select pg_read_file('pg_hba.conf')",
            "copy outrider.drafts from program 'true'",
        ):
            with pytest.raises(psycopg.Error) as error:
                agent.execute(statement.encode())
            assert error.value.sqlstate in {"42501", "0A000", "22023"}, (statement, error.value)
        agent.execute("reset role")
        who = agent.execute("select current_user, session_user").fetchone()
    assert who == ("outrider_agent", "outrider_agent")


def test_the_queue_is_out_of_an_agents_reach(agent: psycopg.Connection) -> None:
    with agent:
        for statement in (
            "insert into jobs.procrastinate_jobs (queue_name, task_name) values ('q', 'sending.drain')",
            "update jobs.procrastinate_jobs set task_name = 'sending.drain'",
            "select * from jobs.procrastinate_jobs",
            "select jobs.procrastinate_defer_jobs_v1(null)",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                agent.execute(statement.encode())


def test_only_named_jobs_start_and_only_in_the_agents_workspace(
    agent: psycopg.Connection, owner_dsn: str, workspace: WorkspaceId, clock: VirtualClock
) -> None:
    start = "select outrider.defer_as_agent(%s, %s, %s)"
    with agent:
        for name in (
            "sending.drain",
            "drafts.approve",
            "",
            " learning.observe",
            "LEARNING.OBSERVE",
            None,
        ):
            with pytest.raises(errors.InsufficientPrivilege, match="may not start"):
                agent.execute(start, [name, "k", Jsonb({})])
        forged = {"workspace": str(new_id(clock.now())), "task_name": "sending.drain"}
        for name in sorted(AGENT_JOBS):
            agent.execute(start, [name, "lead:1", Jsonb(forged)])
        agent.execute("select set_config('outrider.workspace', '', false)")
        with pytest.raises(errors.InsufficientPrivilege, match="needs a workspace"):
            agent.execute(start, ["learning.observe", "k", Jsonb({})])
    with psycopg.connect(owner_dsn) as owner:
        jobs = owner.execute(
            "select task_name, lock, args from jobs.procrastinate_jobs order by id"
        ).fetchall()
    assert [name for name, _, _ in jobs] == sorted(AGENT_JOBS)
    assert {lock for _, lock, _ in jobs} == {f"{workspace}:lead:1"}
    assert {args["workspace"] for _, _, args in jobs} == {str(workspace)}
    assert all(args["args"] == forged for _, _, args in jobs)


def test_the_door_to_jobs_is_closed_to_everybody_else(owner_dsn: str) -> None:
    with psycopg.connect(owner_dsn) as owner:
        open_to = owner.execute(
            "select p.proname, p.prosecdef from pg_proc p"
            " where p.pronamespace in ('outrider'::regnamespace, 'jobs'::regnamespace)"
            " and has_schema_privilege('outrider_agent', p.pronamespace, 'usage')"
            " and has_function_privilege('outrider_agent', p.oid, 'execute')"
        ).fetchall()
        sealer = owner.execute(
            "select has_function_privilege('outrider_sealer',"
            " 'outrider.defer_as_agent(text, text, jsonb, text)', 'execute')"
        ).fetchone()
    assert open_to == [("defer_as_agent", True)]
    assert sealer == (False,)


async def test_the_usual_way_to_start_a_job_obeys_the_same_list(
    database: Database, workspace: WorkspaceId
) -> None:
    async with database.transaction(workspace, AGENT, role=Role.AGENT) as tx:
        await defer(tx, "learning.observe", "draft:1", {"draft": "1"})
        with pytest.raises(NotAllowed, match=r"may not start the job sending\.drain"):
            await defer(tx, "sending.drain", "mailbox:1")
    async with database.connection() as conn:
        jobs = await conn.exec_driver_sql("select task_name, args from jobs.procrastinate_jobs")
        found = [
            (row["task_name"], row["args"]["args"], row["args"]["correlation_id"])
            for row in jobs.mappings()
        ]
    assert found == [("learning.observe", {"draft": "1"}, tx.correlation_id)]
