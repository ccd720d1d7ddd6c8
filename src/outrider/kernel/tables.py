"""The kernel's tables: workspaces, people, keys, switches, the audit log.

In: nothing. Out: SQLAlchemy tables. Never: a query.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from outrider.kernel.database.schema import (
    global_table,
    id_column,
    instant,
    metadata,
    workspace_table,
)

workspaces = global_table(
    "workspaces",
    id_column(),
    Column("name", Text, nullable=False, unique=True),
    instant("created_at"),
)

people = global_table(
    "people",
    id_column(),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False, unique=True),
    instant("created_at"),
)

memberships = workspace_table(
    "memberships",
    id_column(),
    Column("person_id", Uuid, ForeignKey("outrider.people.id"), nullable=False),
    Column("role", Text, nullable=False),
    instant("created_at"),
    UniqueConstraint("workspace_id", "person_id"),
)

sessions = global_table(
    "sessions",
    id_column(),
    Column("person_id", Uuid, ForeignKey("outrider.people.id"), nullable=False),
    Column("token_sha256", Text, nullable=False, unique=True),
    instant("created_at"),
    instant("expires_at"),
    instant("revoked_at", nullable=True),
)

api_keys = global_table(
    "api_keys",
    id_column(),
    Column("kind", Text, nullable=False, comment="`setup` is the single-use first-run token"),
    Column("person_id", Uuid, ForeignKey("outrider.people.id")),
    Column("token_sha256", Text, nullable=False, unique=True),
    instant("created_at"),
    instant("expires_at"),
    instant("used_at", nullable=True),
)

# A row without a workspace is the global switch: every workspace reads it.
switches = Table(
    "switches",
    metadata,
    Column("workspace_id", Uuid, ForeignKey("outrider.workspaces.id")),
    id_column(),
    Column(
        "scope", Text, nullable=False, comment="global, workspace, campaign, mailbox, agent or tool"
    ),
    Column("target", Text, nullable=False, server_default="", comment="id or name; empty: all"),
    Column("is_on", Boolean, nullable=False, comment="on = halted"),
    Column("reason", Text, nullable=False),
    Column("actor", Text, nullable=False),
    instant("changed_at"),
    UniqueConstraint("workspace_id", "scope", "target", postgresql_nulls_not_distinct=True),
    info={"rls": "shared"},
)

audit_events = workspace_table(
    "audit_events",
    id_column(),
    Column(
        "xid", BigInteger, nullable=False, server_default=text("pg_current_xact_id()::text::bigint")
    ),
    instant("at"),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False, comment="room.verb, e.g. drafts.approve"),
    Column("subject", Text, nullable=False, comment="what it is about, e.g. draft:<uuid>"),
    Column("correlation_id", Text, nullable=False),
    Column(
        "body", Text, nullable=False, comment="canonical JSON, exactly the bytes that were hashed"
    ),
    Column(
        "leaf", LargeBinary, nullable=False, comment="SHA-256(0x00 || canonical event), RFC 6962"
    ),
    Index("ix_audit_events_order", "xid", "id"),
    Index("ix_audit_events_subject", "workspace_id", "subject"),
)

# The two tables of the sealed log hold hashes only, and one tree covers all workspaces.
audit_leaves = global_table(
    "audit_leaves",
    Column("leaf_no", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", Uuid, nullable=False, unique=True),
    Column("leaf", LargeBinary, nullable=False),
)

audit_seals = global_table(
    "audit_seals",
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column(
        "frontier",
        LargeBinary,
        nullable=False,
        comment="roots of the perfect subtrees, left to right",
    ),
    Column(
        "subtrees",
        LargeBinary,
        nullable=False,
        comment="roots of the 256-leaf subtrees it completed",
    ),
    Column("previous_root", LargeBinary),
    Column(
        "last_xid", BigInteger, nullable=False, comment="sealed up to here in the order (xid, id)"
    ),
    Column("last_event_id", Uuid, nullable=False),
    Column("signature", LargeBinary, nullable=False, comment="Ed25519 over the checkpoint note"),
    Column("key_id", Text, nullable=False),
    instant("sealed_at"),
    Index("ix_audit_seals_subtrees", "size", postgresql_where=text("octet_length(subtrees) > 0")),
)
