"""The logins of the database and what each may do.

In: the owner's connection. Out: roles that exist with their passwords. Never: a right that is not listed.

`outrider_app` works and owns nothing. `outrider_agent` reads, and adds research, runs, notes and pending
drafts; decisions, outbox and switches it can only read (decision 0005). `outrider_sealer` seals the audit log.
"""

from __future__ import annotations

from collections.abc import Iterable

import psycopg
import sqlalchemy.exc
from sqlalchemy import URL, Connection, Table, text

from outrider.kernel.database.limits import Limits
from outrider.kernel.database.role import Role, role_password
from outrider.kernel.errors import NotAllowed

WORKING_ROLES = (Role.APP, Role.AGENT, Role.SEALER)

AGENT_MAY_INSERT = (
    "audit_events",
    "snapshots",
    "facts",
    "scores",
    "enrollments",
    "drafts",
    "crm_activities",
    "agent_runs",
    "agent_steps",
)
AGENT_MAY_UPDATE = ("accounts", "agent_runs", "agent_steps")
AGENT_CHECKS = {
    "drafts": "status = 'pending' and actor like 'agent:%' and not is_seed",
    "crm_activities": "status = 'staged' and kind in ('note', 'task')"
    " and payload ->> 'by' like 'agent:%'",
    "audit_events": "actor like 'agent:%' and (action like 'agents.%' or action in"
    " ('drafts.write', 'campaigns.enrol', 'crm.note', 'crm.task', 'prospects.research',"
    " 'prospects.researched', 'prospects.sequenced', 'prospects.exhausted'))",
}
"""What a row must say when an agent's login adds it: never a decision, never in another's name."""
AGENT_MAY_CHANGE = {"accounts": "cik, ticker, status, points, updated_at"}
"""The only columns that an agent's login changes in a table; elsewhere all of a row it may update."""
AGENT_MAY_NOT_READ = (
    "sessions",
    "api_keys",
    "seeds",
    "looks",
    "delivery_events",
    "passwords",
    "identities",
    "invitations",
    "login_limits",
    "idempotency_keys",
    "data_keys",
    "secrets",
    "person_keys",
    "person_events",
)
KEPT_FOR_GOOD = ("decisions", "approvals", "layouts")
"""Rows that the application adds and never changes."""
APPEND_ONLY = ("audit_events", "audit_leaves", "audit_seals", "audit_cuts", "audit_keys")

WORKSPACE = "(select nullif(current_setting('outrider.workspace', true), '')::uuid)"


def create_roles(conn: Connection, owner: URL) -> None:
    """Create the logins that are missing and set their derived passwords.

    The names are the cluster's, so several databases of one server share them. Only a verifier of a
    password goes to the server, so that no statement and no log holds the password itself.

    Raises:
        NotAllowed: a login of this name has rights that ours must not have.
    """
    raw = conn.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    for role in WORKING_ROLES:
        found = conn.execute(
            text("select rolsuper or rolbypassrls as mighty from pg_roles where rolname = :name"),
            {"name": role},
        ).first()
        if found is None:
            conn.exec_driver_sql(f"create role {role} login")
        elif found.mighty:
            raise NotAllowed(
                f"The login {role} of this server is a superuser or passes row-level security by: "
                "take that right from it."
            )
        password = role_password(owner, role)
        if password:
            verifier = raw.pgconn.encrypt_password(
                password.encode(), str(role).encode(), b"scram-sha-256"
            )
            _set_password(conn, role, verifier.decode())
        _set_limits(conn, role)
        name = conn.scalar(text("select quote_ident(current_database())"))
        conn.exec_driver_sql(f"grant connect on database {name} to {role}")


def _set_limits(conn: Connection, role: Role) -> None:
    """What holds for a role by whatever program it logs in; only what is not so yet is changed."""
    row = conn.execute(
        text(
            "select s.setconfig from pg_db_role_setting s join pg_roles r on r.oid = s.setrole"
            " where r.rolname = :name and s.setdatabase = 0"
        ),
        {"name": role},
    ).first()
    there = set(row.setconfig) if row else set()
    for name, value in Limits().of(role).on_server.items():
        if f"{name}={value}" in there:
            continue
        point = conn.begin_nested()
        try:
            conn.exec_driver_sql(f"alter role {role} set {name} = '{value}'")
        except sqlalchemy.exc.ProgrammingError:
            point.rollback()  # another owner's login; the connection says its limits anyway
        else:
            point.commit()


def _set_password(conn: Connection, role: Role, verifier: str) -> None:
    """Set it, unless the role is another owner's, who derived it from a password of their own."""
    point = conn.begin_nested()
    try:
        conn.exec_driver_sql(f"alter role {role} password '{verifier}'")
    except sqlalchemy.exc.ProgrammingError as error:
        point.rollback()
        raise NotAllowed(
            f"The login {role} was made by another owner on this server, and {conn.engine.url.username} "
            "may not set its password: use that owner in DATABASE_URL, or a login with admin rights on it."
        ) from error
    else:
        point.commit()


def policies(table: Table) -> list[str]:
    """The statements that isolate one table's workspaces."""
    kind = table.info.get("rls")
    name = f"outrider.{table.name}"
    if not kind:
        return []
    own = f"workspace_id = {WORKSPACE}"
    read = f"({own} or workspace_id is null)" if kind == "shared" else own
    lines = [
        f"alter table {name} enable row level security",
        f"alter table {name} force row level security",
        f"create policy app on {name} to outrider_app using ({read}) with check ({read})",
        f"create policy agent_reads on {name} for select to outrider_agent using ({read})",
    ]
    if table.name in AGENT_MAY_INSERT:
        check = f"{own} and {AGENT_CHECKS[table.name]}" if table.name in AGENT_CHECKS else own
        lines.append(
            f"create policy agent_adds on {name} for insert to outrider_agent with check ({check})"
        )
    if table.name in AGENT_MAY_UPDATE:
        lines.append(
            f"create policy agent_changes on {name} for update to outrider_agent"
            f" using ({own}) with check ({own})"
        )
    if table.name == "audit_events":
        lines.append(f"create policy sealer on {name} for select to outrider_sealer using (true)")
    return lines


def grants(tables: Iterable[Table]) -> list[str]:
    """The statements that give each login its rights, and no more."""
    lines = [
        "grant usage on schema outrider to outrider_app, outrider_agent, outrider_sealer",
        "grant usage on schema jobs to outrider_app",
        "grant select, insert, update, delete on all tables in schema jobs to outrider_app",
        "grant usage, select, update on all sequences in schema jobs to outrider_app",
    ]
    for table in tables:
        name = f"outrider.{table.name}"
        # The order of the log is the server's to say, so nobody gives the transaction's number.
        columns = ", ".join(c.name for c in table.columns if c.name != "xid")
        insert = f"insert ({columns})" if table.name == "audit_events" else "insert"
        if table.name in APPEND_ONLY:
            app = f"select, {insert}" if table.name == "audit_events" else "select"
            lines.append(f"grant {app} on {name} to outrider_app")
            is_read = table.name in ("audit_events", "audit_cuts")
            sealer = "select" if is_read else "select, insert"
            lines.append(f"grant {sealer} on {name} to outrider_sealer")
        elif table.name in KEPT_FOR_GOOD:
            lines.append(f"grant select, insert on {name} to outrider_app")
        else:
            lines.append(f"grant select, insert, update, delete on {name} to outrider_app")
        agent = [] if table.name in AGENT_MAY_NOT_READ else ["select"]
        agent += [insert] if table.name in AGENT_MAY_INSERT else []
        if table.name in AGENT_MAY_UPDATE:
            changes = AGENT_MAY_CHANGE.get(table.name)
            agent.append(f"update ({changes})" if changes else "update")
        if agent:
            lines.append(f"grant {', '.join(agent)} on {name} to outrider_agent")
    lines.append(
        "grant select on outrider.alembic_version to outrider_app, outrider_agent, outrider_sealer"
    )
    return lines
