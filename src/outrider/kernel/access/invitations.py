"""Invitations: a link that lets one person in, once, with the role that was meant.

In: the open transaction. Out: tokens shown once, members. Never: a stored token, a link that works
twice, a role that whoever opens the link can choose.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from outrider.kernel.access.members import (
    Member,
    add_person,
    by_email,
    clean_email,
    clean_name,
    role_named,
)
from outrider.kernel.access.tokens import hash_of
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Row, Tx
from outrider.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from outrider.kernel.ids import PersonId, random_token

INVITATION_LIVES = timedelta(days=7)
PASSWORD_LINK_LIVES = timedelta(hours=24)

_OPEN = "used_at is null and revoked_at is null and expires_at > :now"


@dataclass(frozen=True)
class Invitation:
    """An invitation that waits; without a role it is a member's link to a new password."""

    id: UUID
    email: str
    role: str | None
    created_at: datetime
    expires_at: datetime


async def invite(tx: Tx, by: PersonId | None, email: str, role: str) -> tuple[Invitation, str]:
    """Invite somebody; an earlier invitation of this address ends. The token is shown once.

    Raises:
        InvalidInput: the address cannot be used, or there is no such role.
        Conflict: the person is a member already.
    """
    address, wanted = clean_email(email), role_named(role)
    if await by_email(tx, address):
        raise Conflict(f"{address} is in this workspace already: change the role instead.")
    return await _new(tx, by, address, str(wanted), INVITATION_LIVES)


async def password_link(tx: Tx, by: PersonId | None, member: Member) -> tuple[Invitation, str]:
    """A link with which a member chooses a new password; it lives a day. The token is shown once."""
    return await _new(tx, by, member.email, None, PASSWORD_LINK_LIVES)


async def waiting(tx: Tx) -> list[Invitation]:
    """The invitations that can still be used, newest first."""
    rows = await tx.rows(
        "select id, email, role, created_at, expires_at from outrider.invitations"
        f" where {_OPEN} order by id desc",
        {"now": tx.now},
    )
    return [_invitation(row) for row in rows]


async def withdraw(tx: Tx, invitation_id: UUID) -> None:
    """End an invitation at once.

    Raises:
        NotFound: there is none that could be ended.
    """
    ended = await tx.run(
        f"update outrider.invitations set revoked_at = :now where id = :id and {_OPEN}",
        {"id": invitation_id, "now": tx.now},
    )
    if ended.rowcount == 0:
        raise NotFound("There is no such invitation, or it was used or ended already.")
    await record(tx, "access.withdraw_invitation", f"invitation:{invitation_id}", {})


async def find(tx: Tx, token: str) -> Invitation:
    """The invitation with this token. Looking uses nothing up.

    Raises:
        NotAllowed: the token is unknown, used, ended or too old.
    """
    row = await tx.row(
        "select id, email, role, created_at, expires_at from outrider.invitations"
        f" where token_sha256 = :hash and {_OPEN}",
        {"hash": hash_of(token), "now": tx.now},
    )
    if row is None:
        raise NotAllowed(
            "This invitation was used, ended or is too old: ask an admin for a new one."
        )
    return _invitation(row)


async def accept(tx: Tx, token: str, name: str) -> Member:
    """Trade an invitation for a membership; without a role, for the member it was made for.

    Raises:
        NotAllowed: the token is unknown, used, ended or too old.
        InvalidInput: the name cannot be used; the invitation stays good.
    """
    found = await find(tx, token)
    # Of two who open the same link at once, one gets in.
    used = await tx.run(
        f"update outrider.invitations set used_at = :now where id = :id and {_OPEN}",
        {"id": found.id, "now": tx.now},
    )
    if used.rowcount == 0:
        raise NotAllowed("This invitation was used a moment ago: ask an admin for a new one.")
    if found.role is None:
        member = await by_email(tx, found.email)
        if member is None:
            raise NotAllowed("You are no member of this workspace any more: ask an admin.")
    else:
        if not name.strip():
            raise InvalidInput("Say your name: every decision names a person.")
        member = await add_person(tx, clean_name(name), found.email, found.role)
    await record(
        tx, "access.use_invitation", f"invitation:{found.id}", {"person": str(member.person_id)}
    )
    return member


async def use_for(tx: Tx, email: str, name: str) -> Member | None:
    """Trade the invitation of an address that was proved elsewhere for its member; None: no such.

    A member's link to a new password counts as one: an admin made it for this very person.
    """
    address = clean_email(email)
    row = await tx.row(
        "update outrider.invitations set used_at = :now where id = (select id from"
        f" outrider.invitations where email = :email and {_OPEN}"
        " order by id desc limit 1 for update) returning id, role",
        {"email": address, "now": tx.now},
    )
    if row is None:
        return None
    if row["role"] is None:
        member = await by_email(tx, address)
        if member is None:
            return None
    else:
        member = await add_person(tx, name, address, row["role"])
    await record(
        tx, "access.use_invitation", f"invitation:{row['id']}", {"person": str(member.person_id)}
    )
    return member


async def _new(
    tx: Tx, by: PersonId | None, email: str, role: str | None, lives: timedelta
) -> tuple[Invitation, str]:
    token, id_ = random_token(), tx.new_id()
    await tx.run(
        "update outrider.invitations set revoked_at = :now"
        f" where email = :email and (role is null) = :is_link and {_OPEN}",
        {"now": tx.now, "email": email, "is_link": role is None},
    )
    await tx.run(
        "insert into outrider.invitations"
        " (workspace_id, id, email, role, token_sha256, invited_by, created_at, expires_at)"
        " values (:workspace, :id, :email, :role, :hash, :by, :now, :end)",
        {
            "workspace": tx.workspace,
            "id": id_,
            "email": email,
            "role": role,
            "hash": hash_of(token),
            "by": by,
            "now": tx.now,
            "end": tx.now + lives,
        },
    )
    action = "access.invite" if role else "access.password_link"
    await record(tx, action, f"invitation:{id_}", {"role": role})
    return Invitation(id_, email, role, tx.now, tx.now + lives), token


def _invitation(row: Row | Any) -> Invitation:
    return Invitation(row["id"], row["email"], row["role"], row["created_at"], row["expires_at"])
