"""The first-run token: shown once on the console, traded once for the first admin.

In: a connection, or the open transaction. Out: a token; the admin. Never: a default password.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from outrider.kernel.access.members import Member, add_person
from outrider.kernel.access.permissions import PersonRole
from outrider.kernel.access.tokens import hash_of
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import NotAllowed
from outrider.kernel.ids import new_id, random_token

SETUP_TOKEN_LIVES = timedelta(minutes=30)


async def new_setup_token(conn: AsyncConnection, now: datetime) -> str:
    """A token for the first run, shown once; it lives 30 minutes and ends any earlier one."""
    token = random_token()
    await conn.execute(
        text("delete from outrider.api_keys where kind = 'setup' and used_at is null")
    )
    await conn.execute(
        text(
            "insert into outrider.api_keys (id, kind, token_sha256, created_at, expires_at)"
            " values (:id, 'setup', :hash, :now, :end)"
        ),
        {"id": new_id(now), "hash": hash_of(token), "now": now, "end": now + SETUP_TOKEN_LIVES},
    )
    return token


_UNUSABLE = "This setup link was used or is older than 30 minutes: restart Outrider for a new one."


async def look_at_setup_token(tx: Tx, token: str) -> None:
    """Pass when the first-run token could be used now; nothing is used up.

    Raises:
        NotAllowed: the token is unknown, used or older than 30 minutes.
    """
    found = await tx.row(
        "select 1 from outrider.api_keys where kind = 'setup'"
        " and token_sha256 = :hash and used_at is null and expires_at > :now",
        {"hash": hash_of(token), "now": tx.now},
    )
    if found is None:
        raise NotAllowed(_UNUSABLE)


async def use_setup_token(tx: Tx, token: str, name: str, email: str) -> Member:
    """Trade the first-run token for the admin of this workspace. It works once.

    Raises:
        NotAllowed: the token is unknown, used or older than 30 minutes.
        InvalidInput: the name or the address cannot be used; the token stays good.
        Conflict: the person is a member already; the token stays good.
    """
    used = await tx.row(
        "update outrider.api_keys set used_at = :now where kind = 'setup'"
        " and token_sha256 = :hash and used_at is null and expires_at > :now returning id",
        {"hash": hash_of(token), "now": tx.now},
    )
    if used is None:
        raise NotAllowed(_UNUSABLE)
    admin = await add_person(tx, name, email, PersonRole.ADMIN)
    await tx.run(
        "update outrider.api_keys set person_id = :person where id = :id",
        {"person": admin.person_id, "id": used["id"]},
    )
    return admin
