"""Sessions: opaque tokens that end by time, by their owner or by an admin.

In: a connection. Out: tokens shown once; whose a token is. Never: a stored token (only its SHA-256).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from outrider.kernel.access.tokens import hash_of
from outrider.kernel.ids import PersonId, WorkspaceId, new_id, random_token

SESSION_IDLE = timedelta(hours=12)
SESSION_LIVES = timedelta(days=7)
# Moving the end of a session on each request would be one write a request.
_SESSION_STEP = timedelta(minutes=1)
_LONGEST_AGENT = 200
# What a browser called itself is nobody's business for longer; the log has who logged in.
_FORGOTTEN = timedelta(days=30)


@dataclass(frozen=True)
class Session:
    """A session that is open, as its owner and an admin see it."""

    id: UUID
    method: str
    agent: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    is_current: bool


async def open_session(
    conn: AsyncConnection,
    person_id: PersonId,
    now: datetime,
    *,
    method: str = "console",
    agent: str = "",
) -> str:
    """A new session's token, shown once; it ends after 12 idle hours, or 7 days in all.

    Args:
        conn: the connection; the caller commits.
        person_id: whose it is.
        now: the present.
        method: how it began: password, oidc, setup, invitation, console.
        agent: what the browser calls itself, cut to 200 characters.
    """
    token = random_token()
    await conn.execute(
        text("delete from outrider.sessions where expires_at < :old"), {"old": now - _FORGOTTEN}
    )
    await conn.execute(
        text(
            "insert into outrider.sessions"
            " (id, person_id, token_sha256, method, agent, created_at, seen_at, expires_at)"
            " values (:id, :person, :hash, :method, :agent, :now, :now, :end)"
        ),
        {
            "id": new_id(now),
            "person": person_id,
            "hash": hash_of(token),
            "method": method,
            "agent": "".join(c for c in agent if c.isprintable())[:_LONGEST_AGENT],
            "now": now,
            "end": now + SESSION_IDLE,
        },
    )
    return token


async def place_session(conn: AsyncConnection, token: str, workspace: WorkspaceId) -> None:
    """Say which workspace a session acts in; without it, the one that the server was started for."""
    await conn.execute(
        text("update outrider.sessions set workspace_id = :workspace where token_sha256 = :hash"),
        {"workspace": workspace, "hash": hash_of(token)},
    )


async def session_of(
    conn: AsyncConnection, token: str, now: datetime
) -> tuple[PersonId, WorkspaceId | None] | None:
    """Whose session it is and where it acts, or None when it ended; use moves its end ahead."""
    found = (
        await conn.execute(
            text(
                "select person_id, workspace_id, created_at, expires_at from outrider.sessions"
                " where token_sha256 = :hash and revoked_at is null and expires_at > :now"
            ),
            {"hash": hash_of(token), "now": now},
        )
    ).first()
    if found is None:
        return None
    end = min(now + SESSION_IDLE, found.created_at + SESSION_LIVES)
    if end - found.expires_at > _SESSION_STEP:
        await conn.execute(
            text(
                "update outrider.sessions set expires_at = :end, seen_at = :now"
                " where token_sha256 = :hash and revoked_at is null"
            ),
            {"hash": hash_of(token), "end": end, "now": now},
        )
    place = WorkspaceId(found.workspace_id) if found.workspace_id else None
    return PersonId(found.person_id), place


async def sessions_of(
    conn: AsyncConnection, person_id: PersonId, now: datetime, current: str = ""
) -> list[Session]:
    """The open sessions of a person, the last used first; `current` is the token that asks."""
    rows = await conn.execute(
        text(
            "select id, method, agent, created_at, seen_at, expires_at, token_sha256"
            " from outrider.sessions where person_id = :person and revoked_at is null"
            " and expires_at > :now order by seen_at desc, id desc"
        ),
        {"person": person_id, "now": now},
    )
    own = hash_of(current)
    return [
        Session(
            row.id,
            row.method,
            row.agent,
            row.created_at,
            row.seen_at,
            row.expires_at,
            row.token_sha256 == own,
        )
        for row in rows
    ]


async def revoke_session(conn: AsyncConnection, token: str, now: datetime) -> bool:
    """End a session at once; False when there was none to end."""
    ended = await conn.execute(
        text(
            "update outrider.sessions set revoked_at = :now"
            " where token_sha256 = :hash and revoked_at is null"
        ),
        {"hash": hash_of(token), "now": now},
    )
    return ended.rowcount == 1


async def revoke_one(
    conn: AsyncConnection, person_id: PersonId, session_id: UUID, now: datetime
) -> bool:
    """End this session of this person at once; False when there was none to end."""
    ended = await conn.execute(
        text(
            "update outrider.sessions set revoked_at = :now"
            " where id = :id and person_id = :person and revoked_at is null"
        ),
        {"id": session_id, "person": person_id, "now": now},
    )
    return ended.rowcount == 1


async def revoke_sessions_of(
    conn: AsyncConnection, person_id: PersonId, now: datetime, keep: str = ""
) -> int:
    """End every session of a person but the one with the token `keep`; returns how many.

    Those that look expired end too: a clock that is set back would bring them to life again.
    """
    ended = await conn.execute(
        text(
            "update outrider.sessions set revoked_at = :now where person_id = :person"
            " and revoked_at is null and token_sha256 <> :keep"
        ),
        {"person": person_id, "now": now, "keep": hash_of(keep)},
    )
    return ended.rowcount
