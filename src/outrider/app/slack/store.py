"""The door's SQL. In: the open transaction. Out: frozen values. Never: a row, a rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as pg_insert

from outrider.app.slack import tables
from outrider.kernel.database.tx import Row, Tx
from outrider.kernel.ids import PersonId


@dataclass(frozen=True)
class Post:
    """One post of ours, there or intended."""

    id: UUID
    draft_id: UUID
    topic: str
    channel: str
    thread_ts: str | None
    ts: str | None
    shown: str | None
    has_text: bool
    may_be_there: bool
    tries: int
    error: str | None
    intended_at: datetime
    claimed_until: datetime | None
    posted_at: datetime | None


@dataclass(frozen=True)
class Intent:
    """A post that is to be made: what for, and where."""

    draft_id: UUID
    lineage_id: UUID
    topic: str
    channel: str
    thread_ts: str | None
    has_text: bool


_POST = (
    "select id, draft_id, topic, channel, thread_ts, ts, shown, has_text, may_be_there, tries, error,"
    " intended_at, claimed_until, posted_at from outrider.slack_posts"
)


async def claim(tx: Tx, intent: Intent, lease: timedelta) -> Post | None:
    """Write the intent, or take up one that is open, for the length of a lease.

    The value says how it was before: `may_be_there` is whether an earlier try may have posted.
    None: it is there already, or somebody else is at it.
    """
    await tx.run(
        pg_insert(tables.slack_posts)
        .values(
            id=tx.new_id(),
            workspace_id=tx.workspace,
            **intent.__dict__,
            may_be_there=False,
            tries=0,
            intended_at=tx.now,
        )
        .on_conflict_do_nothing()
    )
    row = await tx.row(
        f"{_POST} where draft_id = :draft and topic = :topic and ts is null"
        " and (claimed_until is null or claimed_until <= :now) for update",
        {"draft": intent.draft_id, "topic": intent.topic, "now": tx.now},
    )
    if row is None:
        return None
    # Where it goes may have changed since it was first intended, e.g. the first card is there now.
    goes_elsewhere = not row["may_be_there"]
    await tx.run(
        "update outrider.slack_posts set may_be_there = true, tries = tries + 1,"
        " claimed_until = :until, channel = case when :moves then :channel else channel end,"
        " thread_ts = case when :moves then :thread else thread_ts end where id = :id",
        {
            "id": row["id"],
            "until": tx.now + lease,
            "moves": goes_elsewhere,
            "channel": intent.channel,
            "thread": intent.thread_ts,
        },
    )
    post = _as_post(row)
    if not goes_elsewhere:
        return post
    return Post(**{**post.__dict__, "channel": intent.channel, "thread_ts": intent.thread_ts})


async def is_there(tx: Tx, post_id: UUID, channel: str, ts: str, shown: str) -> None:
    """The post is in the channel and shows the draft as it stood then."""
    await tx.run(
        "update outrider.slack_posts set ts = :ts, channel = :channel, shown = :shown,"
        " claimed_until = null, posted_at = :now, error = null where id = :id",
        {"id": post_id, "ts": ts, "channel": channel, "shown": shown, "now": tx.now},
    )


async def is_nowhere(tx: Tx, draft_id: UUID, topic: str, mark: str) -> None:
    """The post can never be, because what it belongs below is gone."""
    await tx.run(
        "update outrider.slack_posts set ts = :mark, may_be_there = false"
        " where draft_id = :draft and topic = :topic and ts is null",
        {"draft": draft_id, "topic": topic, "mark": mark},
    )


async def failed(tx: Tx, post_id: UUID, error: str, *, may_be_there: bool) -> None:
    """The try came to nothing, or nobody knows; the next one may begin."""
    await tx.run(
        "update outrider.slack_posts set claimed_until = null, error = :error,"
        " may_be_there = :maybe where id = :id",
        {"id": post_id, "error": error, "maybe": may_be_there},
    )


async def shows(tx: Tx, post_id: UUID, before: str | None, state: str) -> bool:
    """The card was brought from one state to another; False when somebody else wrote at the same time.

    Nobody knows then whose words came last, so it counts as showing nothing.
    """
    row = await tx.row(
        "update outrider.slack_posts set error = null,"
        " shown = case when shown is not distinct from cast(:before as text) then :state else '' end"
        " where id = :id returning shown",
        {"id": post_id, "before": before, "state": state},
    )
    return row is not None and row["shown"] == state


async def posts(tx: Tx, lineage_id: UUID) -> list[Post]:
    """Every post about one mail, in the order in which they were intended."""
    rows = await tx.rows(
        f"{_POST} where lineage_id = :lineage order by intended_at, id", {"lineage": lineage_id}
    )
    return [_as_post(row) for row in rows]


async def card(tx: Tx, draft_id: UUID) -> Post | None:
    """The card of a draft, there or intended."""
    row = await tx.row(f"{_POST} where draft_id = :draft and topic = 'card'", {"draft": draft_id})
    return _as_post(row) if row else None


async def remember(tx: Tx, key: str, user: str | None, answer: dict[str, Any]) -> bool:
    """Keep the answer to a request; False when the request was answered before."""
    row = await tx.row(
        pg_insert(tables.slack_events)
        .values(
            id=tx.new_id(),
            workspace_id=tx.workspace,
            key=key,
            slack_user_id=user,
            answer=answer,
            received_at=tx.now,
        )
        .on_conflict_do_nothing()
        .returning(tables.slack_events.c.id)
    )
    return row is not None


async def answer_to(tx: Tx, key: str) -> dict[str, Any] | None:
    """What a request was answered with before; None when it is new."""
    row = await tx.row("select answer from outrider.slack_events where key = :key", {"key": key})
    return dict(row["answer"]) if row else None


async def forget(tx: Tx, before: datetime) -> None:
    """Drop answers to requests that are too old to be repeated."""
    await tx.run("delete from outrider.slack_events where received_at < :at", {"at": before})


async def person_of(tx: Tx, slack_user: str) -> PersonId | None:
    """The person behind a Slack user."""
    row = await tx.row(
        "select person_id from outrider.slack_users where slack_user_id = :user",
        {"user": slack_user},
    )
    return PersonId(row["person_id"]) if row else None


async def put_person(tx: Tx, slack_user: str, person_id: PersonId) -> None:
    """Say who a Slack user is; what was said before is replaced."""
    await tx.run("delete from outrider.slack_users where slack_user_id = :u", {"u": slack_user})
    await tx.run(
        insert(tables.slack_users).values(
            id=tx.new_id(),
            workspace_id=tx.workspace,
            slack_user_id=slack_user,
            person_id=person_id,
            created_at=tx.now,
        )
    )


def _as_post(row: Row) -> Post:
    return Post(**dict(row))
