"""The room's tables (A-44 to A-46, C-43). In: nothing. Out: SQLAlchemy tables. Never: a query."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Text, UniqueConstraint, Uuid

from outrider.kernel.database.schema import id_column, instant, workspace_table

observations = workspace_table(
    "observations",
    id_column(),
    Column("decision_id", Uuid, ForeignKey("outrider.decisions.id"), nullable=False),
    Column("draft_id", Uuid, ForeignKey("outrider.drafts.id"), nullable=False),
    Column("action", Text, nullable=False, comment="approve, edit or reject"),
    Column("category", Text, comment="one of the five of A-45; empty until extracted"),
    Column("note", Text),
    Column("subject_before", Text, nullable=False),
    Column("body_before", Text, nullable=False),
    Column("subject_after", Text),
    Column("body_after", Text),
    Column("edit_distance", Integer, nullable=False, comment="characters changed"),
    instant("created_at"),
    instant("expires_at"),
    UniqueConstraint("workspace_id", "decision_id"),
)
