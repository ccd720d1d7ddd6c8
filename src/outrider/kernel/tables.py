"""The kernel's tables: workspaces, people, logins, keys, switches, the audit log.

In: nothing. Out: SQLAlchemy tables. Never: a query.
"""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
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
from sqlalchemy.dialects.postgresql import JSONB

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
    Column(
        "workspace_id", Uuid, ForeignKey("outrider.workspaces.id"), comment="null: the server's"
    ),
    Column("token_sha256", Text, nullable=False, unique=True),
    Column("method", Text, nullable=False, comment="how it began: password, oidc, setup, …"),
    Column("agent", Text, nullable=False, comment="the browser or program, in its own words"),
    instant("created_at"),
    instant("seen_at"),
    instant("expires_at"),
    instant("revoked_at", nullable=True),
    Index("ix_sessions_person_id", "person_id"),
)

api_keys = global_table(
    "api_keys",
    id_column(),
    Column("kind", Text, nullable=False, comment="`setup`, the first-run token; or `key`"),
    Column("person_id", Uuid, ForeignKey("outrider.people.id"), comment="who made it"),
    Column("workspace_id", Uuid, ForeignKey("outrider.workspaces.id")),
    Column("name", Text, nullable=False, server_default=""),
    Column("agent", Text, comment="name of the agent that acts with it; null: a program"),
    Column("scopes", ARRAY(Text), nullable=False, server_default="{}"),
    Column("token_sha256", Text, nullable=False, unique=True),
    instant("created_at"),
    instant("expires_at"),
    instant("used_at", nullable=True),
    instant("revoked_at", nullable=True),
    Index("ix_api_keys_workspace_id", "workspace_id"),
)

passwords = global_table(
    "passwords",
    Column("person_id", Uuid, ForeignKey("outrider.people.id"), primary_key=True),
    Column("argon2id", Text, nullable=False, comment="the encoded hash with its parameters"),
    instant("changed_at"),
)

identities = global_table(
    "identities",
    id_column(),
    Column("person_id", Uuid, ForeignKey("outrider.people.id"), nullable=False),
    Column("issuer", Text, nullable=False),
    Column("subject", Text, nullable=False),
    instant("created_at"),
    UniqueConstraint("issuer", "subject"),
    Index("ix_identities_person_id", "person_id"),
)

invitations = workspace_table(
    "invitations",
    id_column(),
    Column("email", Text, nullable=False),
    Column("role", Text, comment="null: the person is a member and chooses a new password"),
    Column("token_sha256", Text, nullable=False, unique=True),
    Column("invited_by", Uuid, ForeignKey("outrider.people.id")),
    instant("created_at"),
    instant("expires_at"),
    instant("used_at", nullable=True),
    instant("revoked_at", nullable=True),
)

login_limits = global_table(
    "login_limits",
    Column("target", Text, primary_key=True, comment="HMAC of an account's or a network's address"),
    Column("tries", BigInteger, nullable=False),
    instant("began_at"),
    Index("ix_login_limits_began_at", "began_at"),
)

idempotency_keys = workspace_table(
    "idempotency_keys",
    id_column(),
    Column("principal", Text, nullable=False, comment="who asked, e.g. person:<uuid>"),
    Column("key_sha256", Text, nullable=False),
    Column("request_sha256", Text, nullable=False, comment="method, address and body"),
    Column("status", BigInteger, comment="null: not answered yet"),
    Column("content_type", Text),
    Column("body", LargeBinary, comment="null with a status: not kept, it holds a secret"),
    instant("created_at"),
    UniqueConstraint("workspace_id", "principal", "key_sha256"),
    Index("ix_idempotency_keys_created_at", "created_at"),
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
    Index(
        "ix_audit_events_actor",
        "workspace_id",
        text('(actor collate "C")'),
        text('(action collate "C")'),
        "id",
    ),
    Index("ix_audit_events_action", "workspace_id", text('(action collate "C")'), "id"),
    parted_by="range (id)",  # a UUIDv7 begins with its time: a partition is a month
)

# The tables of the sealed log hold hashes and counts only, and one tree covers all workspaces.
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

audit_cuts = global_table(
    "audit_cuts",
    Column(
        "size", BigInteger, primary_key=True, autoincrement=False, comment="leaves before the cut"
    ),
    Column("root", LargeBinary, nullable=False, comment="root of the seal of this size"),
    instant("before"),
    Column("events", BigInteger, nullable=False, comment="how many were dropped"),
    instant("cut_at"),
    Column("signature", LargeBinary, nullable=False, comment="Ed25519 over all of the above"),
    Column("key_id", Text, nullable=False),
)

audit_keys = global_table(
    "audit_keys",
    Column("number", BigInteger, primary_key=True, autoincrement=False, comment="1, 2, 3, …"),
    Column("size", BigInteger, nullable=False, comment="leaves that the key before signed for"),
    Column("root", LargeBinary, nullable=False, comment="root of the seal of this size"),
    Column("before", LargeBinary, nullable=False, comment="public keys, 32 bytes each"),
    Column("after", LargeBinary, nullable=False),
    instant("changed_at"),
    Column("signed_before", LargeBinary, nullable=False, comment="Ed25519 over all of the above"),
    Column("signed_after", LargeBinary, nullable=False),
)

erasures = workspace_table(
    "erasures",
    id_column(),
    Column("contact_id", Uuid, nullable=False),
    Column("address_hash", Text, nullable=False, comment="the suppression list's keyed hash"),
    Column("reason", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("rows", JSONB, comment="how many rows by table; null: not done yet"),
    Column(
        "leftovers",
        JSONB,
        nullable=False,
        server_default="[]",
        comment="objects that are to be removed once no row names them",
    ),
    instant("begun_at"),
    instant("done_at", nullable=True),
    UniqueConstraint("workspace_id", "contact_id"),
)
