"""The tables of sealed secrets and of the wrapped keys that seal them.

In: nothing. Out: SQLAlchemy tables. Never: a query; a key or a secret as it is.

A row without a workspace holds for the whole machine: every workspace reads it.
"""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy import text as sql

from outrider.kernel.database.schema import id_column, instant, metadata, workspace_table

data_keys = Table(
    "data_keys",
    metadata,
    Column("workspace_id", Uuid, ForeignKey("outrider.workspaces.id")),
    id_column(),
    Column("master", Text, nullable=False, comment="which master key wraps it; no secret"),
    Column("wrapped", LargeBinary, nullable=False, comment="the key, which only its master opens"),
    instant("made_at"),
    instant("retired_at", nullable=True),
    # One key a workspace seals; the others wait until nothing is under them.
    Index(
        "uq_data_keys_in_use",
        "workspace_id",
        unique=True,
        postgresql_where=sql("retired_at is null"),
        postgresql_nulls_not_distinct=True,
    ),
    info={"rls": "shared"},
)

secrets = Table(
    "secrets",
    metadata,
    Column("workspace_id", Uuid, ForeignKey("outrider.workspaces.id")),
    id_column(),
    Column("name", Text, nullable=False, comment="a setting, or what would be a file in `keys`"),
    Column("sealed", LargeBinary, nullable=False, comment="an envelope, bound to this row"),
    Column("data_key_id", Uuid, ForeignKey("outrider.data_keys.id"), nullable=False),
    Column("set_by", Text, nullable=False),
    instant("set_at"),
    UniqueConstraint("workspace_id", "name", postgresql_nulls_not_distinct=True),
    Index("ix_secrets_data_key_id", "data_key_id"),
    info={"rls": "shared"},
)

person_keys = workspace_table(
    "person_keys",
    Column("id", Uuid, primary_key=True, comment="the contact; the key goes when they are erased"),
    Column("sealed", LargeBinary, nullable=False, comment="an envelope, bound to this row"),
    Column(
        "addresses",
        ARRAY(Text),
        nullable=False,
        comment="keyed hashes of what they were reached at",
    ),
    instant("made_at"),
    Index("ix_person_keys_addresses", "addresses", postgresql_using="gin"),
)

person_events = workspace_table(
    "person_events",
    Column("id", Uuid, primary_key=True, comment="an event of the log that tells of a contact"),
    Column("contact_id", Uuid, nullable=False),
    Index("ix_person_events_contact_id", "workspace_id", "contact_id", "id"),
    is_of_log=True,
)
