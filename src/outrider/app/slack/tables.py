"""The door's own tables: what was posted, which clicks were answered, who is who.

In: nothing. Out: SQLAlchemy tables, private to this door. Never: a query, the text of a mail.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from outrider.kernel.database.schema import id_column, instant, workspace_table

slack_posts = workspace_table(
    "slack_posts",
    id_column(),
    Column("draft_id", Uuid, ForeignKey("outrider.drafts.id"), nullable=False),
    Column("lineage_id", Uuid, nullable=False),
    Column(
        "topic",
        Text,
        nullable=False,
        comment="card, text N, clock LEVEL.COUNT, decision, expired, sent, reply TURN",
    ),
    Column("channel", Text, nullable=False, comment="as Slack names it once the post is there"),
    Column("thread_ts", Text, comment="the first card of the lineage; null for that card itself"),
    Column("ts", Text, comment="Slack's name of the post; null until it is known to be there"),
    Column(
        "shown", Text, comment="how the draft stood when this was written or brought up to date"
    ),
    Column("has_text", Boolean, nullable=False, comment="the card shows the whole text itself"),
    Column(
        "may_be_there",
        Boolean,
        nullable=False,
        comment="a request went out whose answer nobody saw: look before posting again",
    ),
    Column("tries", Integer, nullable=False),
    Column("error", Text, comment="why the last try failed"),
    instant("intended_at"),
    instant("claimed_until", nullable=True),
    instant("posted_at", nullable=True),
    UniqueConstraint("workspace_id", "draft_id", "topic"),
)

slack_events = workspace_table(
    "slack_events",
    id_column(),
    Column("key", Text, nullable=False, comment="what a repeated request is recognised by"),
    Column("slack_user_id", Text),
    Column("answer", JSONB, nullable=False, comment="given again when the request is repeated"),
    instant("received_at"),
    UniqueConstraint("workspace_id", "key"),
)

slack_users = workspace_table(
    "slack_users",
    id_column(),
    Column("slack_user_id", Text, nullable=False),
    Column("person_id", Uuid, ForeignKey("outrider.people.id"), nullable=False),
    instant("created_at"),
    UniqueConstraint("workspace_id", "slack_user_id"),
)
