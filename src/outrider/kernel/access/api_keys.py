"""API keys: what a program, or an agent outside, shows instead of a session.

In: the open transaction, or a connection where no workspace is known yet. Out: keys shown once; whose
a key is. Never: a stored key (only its SHA-256), a key without an end, a key that decides: a decision
names a person, and a program is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from outrider.kernel.access.members import Member
from outrider.kernel.access.permissions import (
    AGENT_PERMISSIONS,
    KEY_PERMISSIONS,
    Permission,
    permissions_of,
)
from outrider.kernel.access.tokens import hash_of
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput, NotAllowed, NotFound
from outrider.kernel.ids import PersonId, WorkspaceId, random_token

PREFIX = "outrider_key_"
"""So that a search for leaked secrets finds one."""
LONGEST = timedelta(days=366)
_USED_STEP = timedelta(minutes=1)
NAME = "^[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}$"
"""What a key, and the agent that uses it, can be called."""
_COLUMNS = (
    "id, person_id, workspace_id, name, agent, scopes, created_at, expires_at, used_at, revoked_at"
)


@dataclass(frozen=True)
class ApiKey:
    """A key as it is stored, without its secret."""

    id: UUID
    person_id: PersonId
    workspace: WorkspaceId
    name: str
    agent: str | None
    scopes: frozenset[Permission]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    def allows(self, owner: Member) -> frozenset[Permission]:
        """What it may do now: never more than whoever made it may do today."""
        most = AGENT_PERMISSIONS if self.agent else KEY_PERMISSIONS
        return self.scopes & most & permissions_of(owner.role)


@dataclass(frozen=True)
class Wanted:
    """A key to make; `agent` names the agent that acts with it."""

    name: str
    scopes: tuple[str, ...]
    lives: timedelta
    agent: str | None = None


async def add_key(tx: Tx, owner: Member, wanted: Wanted) -> tuple[ApiKey, str]:
    """Make a key. Its text is shown once.

    Raises:
        InvalidInput: the name, a scope or the end cannot be used.
        NotAllowed: a scope that a key, an agent or its owner cannot have.
    """
    if not all(re.fullmatch(NAME, one) for one in (wanted.name, wanted.agent or "none")):
        raise InvalidInput(
            "A key's name has 1 to 63 letters, digits, spaces, dots, dashes or underscores."
        )
    if not timedelta(0) < wanted.lives <= LONGEST:
        raise InvalidInput(f"A key lives 1 to {LONGEST.days} days.")
    scopes = _scopes(owner, wanted)
    secret = PREFIX + random_token()
    row = await tx.row(
        "insert into outrider.api_keys (id, kind, person_id, workspace_id, name, agent, scopes,"
        " token_sha256, created_at, expires_at) values (:id, 'key', :person, :workspace, :name,"
        f" :agent, :scopes, :hash, :now, :end) returning {_COLUMNS}",
        {
            "id": tx.new_id(),
            "person": owner.person_id,
            "workspace": tx.workspace,
            "name": wanted.name,
            "agent": wanted.agent,
            "scopes": sorted(map(str, scopes)),
            "hash": hash_of(secret),
            "now": tx.now,
            "end": tx.now + wanted.lives,
        },
    )
    key = _key(row)
    await record(
        tx,
        "access.add_key",
        f"api_key:{key.id}",
        {"scopes": sorted(map(str, scopes)), "agent": wanted.agent},
    )
    return key, secret


async def keys_of(tx: Tx) -> list[ApiKey]:
    """Every key of the workspace that is good, newest first."""
    rows = await tx.rows(
        f"select {_COLUMNS} from outrider.api_keys where kind = 'key' and revoked_at is null"
        " and workspace_id = :workspace and expires_at > :now order by id desc",
        {"workspace": tx.workspace, "now": tx.now},
    )
    return [_key(row) for row in rows]


async def revoke_key(tx: Tx, ref: str) -> ApiKey:
    """End a key at once, by its id or its name.

    Raises:
        NotFound: there is none that could be ended.
        InvalidInput: several have this name.
    """
    found = [key for key in await keys_of(tx) if ref in (str(key.id), key.name)]
    if not found:
        raise NotFound(f"There is no key {ref!r} in this workspace that is still good.")
    if len(found) > 1:
        ids = ", ".join(str(key.id) for key in found)
        raise InvalidInput(f"Several keys are named {ref!r}; give one of these ids: {ids}.")
    await tx.run(
        "update outrider.api_keys set revoked_at = :now where id = :id",
        {"now": tx.now, "id": found[0].id},
    )
    await record(tx, "access.revoke_key", f"api_key:{found[0].id}", {})
    return found[0]


async def find_key(conn: AsyncConnection, secret: str, now: datetime) -> ApiKey | None:
    """The key with this text; None when there is none, or it ended."""
    row = (
        (
            await conn.execute(
                text(
                    f"select {_COLUMNS} from outrider.api_keys where kind = 'key'"
                    " and token_sha256 = :hash and revoked_at is null and expires_at > :now"
                ),
                {"hash": hash_of(secret), "now": now},
            )
        )
        .mappings()
        .first()
    )
    if row is None:
        return None
    if row["used_at"] is None or now - row["used_at"] > _USED_STEP:
        await conn.execute(
            text("update outrider.api_keys set used_at = :now where id = :id"),
            {"now": now, "id": row["id"]},
        )
    return _key(row)


def _scopes(owner: Member, wanted: Wanted) -> frozenset[Permission]:
    """The scopes, each one that this key may hold."""
    if not wanted.scopes:
        raise InvalidInput("A key needs a scope; for example drafts.read.")
    try:
        scopes = frozenset(Permission(scope) for scope in wanted.scopes)
    except ValueError as error:
        known = ", ".join(sorted(map(str, KEY_PERMISSIONS)))
        raise InvalidInput(f"{error}: choose of {known}.".replace("Permission", "scope")) from None
    for most, why in (
        (KEY_PERMISSIONS, "a key cannot hold {}: that is for a person with a session"),
        (AGENT_PERMISSIONS if wanted.agent else KEY_PERMISSIONS, "an agent cannot hold {}"),
        (permissions_of(owner.role), f"{owner.name} has no {{}}, so no key of theirs has it"),
    ):
        if too_much := ", ".join(sorted(map(str, scopes - most))):
            sentence = why.format(too_much)
            raise NotAllowed(f"{sentence[0].upper()}{sentence[1:]}.")
    return scopes


def _key(row: Any) -> ApiKey:
    return ApiKey(
        id=row["id"],
        person_id=PersonId(row["person_id"]),
        workspace=WorkspaceId(row["workspace_id"]),
        name=row["name"],
        agent=row["agent"],
        scopes=frozenset(Permission(scope) for scope in row["scopes"] if scope in set(Permission)),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        used_at=row["used_at"],
        revoked_at=row["revoked_at"],
    )
