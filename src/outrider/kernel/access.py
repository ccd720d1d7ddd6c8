"""Workspaces, people, their roles, sessions and the first-run token.

In: the open transaction, or a connection where no workspace is known yet. Out: `Member`, secrets
that are shown once. Never: a stored secret (only its SHA-256), a default password, a room's
decision.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from outrider.kernel.ids import PersonId, WorkspaceId, new_id, random_token

SETUP_TOKEN_LIVES = timedelta(minutes=30)
SESSION_IDLE = timedelta(hours=12)
SESSION_LIVES = timedelta(days=7)
# Moving the end of a session on each request would be one write a request.
_SESSION_STEP = timedelta(minutes=1)

_PRIVATE_DOMAINS = frozenset({"local", "test", "internal", "lan"})

_MEMBER = (
    "select p.id as person_id, p.name, p.email, m.role from outrider.memberships m"
    " join outrider.people p on p.id = m.person_id"
)


class PersonRole(StrEnum):
    """What a person is in a workspace."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    APPROVER = "approver"
    CAMPAIGN_MANAGER = "campaign_manager"
    COMPLIANCE = "compliance"
    ADMIN = "admin"


DECIDING_ROLES = frozenset({PersonRole.APPROVER, PersonRole.CAMPAIGN_MANAGER, PersonRole.ADMIN})
"""Who may approve, edit and reject drafts."""


@dataclass(frozen=True)
class Member:
    """A person in one workspace."""

    person_id: PersonId
    name: str
    email: str
    role: PersonRole

    @property
    def may_decide(self) -> bool:
        """Whether this person may approve, edit and reject drafts."""
        return self.role in DECIDING_ROLES

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


async def ensure_workspace(conn: AsyncConnection, name: str, now: datetime) -> WorkspaceId:
    """The workspace of this name, made if it is missing; two at once get the same.

    Raises:
        InvalidInput: the name is not 1 to 63 of letters, digits, `-`, `_` or `.`.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", name):
        raise InvalidInput(
            f"The workspace name {name!r} cannot be used: "
            "write 1 to 63 letters, digits, dots, dashes or underscores."
        )
    await conn.execute(
        text(
            "insert into outrider.workspaces (id, name, created_at) values (:id, :name, :now)"
            " on conflict (name) do nothing"
        ),
        {"id": new_id(now), "name": name, "now": now},
    )
    found = await find_workspace(conn, name)
    assert found is not None
    return found


async def find_workspace(conn: AsyncConnection, name: str) -> WorkspaceId | None:
    """The workspace of this name, if there is one."""
    id_: UUID | None = await conn.scalar(
        text("select id from outrider.workspaces where name = :name"), {"name": name}
    )
    return WorkspaceId(id_) if id_ else None


async def workspaces(conn: AsyncConnection) -> dict[str, WorkspaceId]:
    """Every workspace by name; what a tick loops over."""
    rows = await conn.execute(text("select name, id from outrider.workspaces order by name"))
    return {name: WorkspaceId(id_) for name, id_ in rows}


async def add_person(tx: Tx, name: str, email: str, role: str) -> Member:
    """Make a person a member of the workspace; a person of another workspace is taken over.

    Raises:
        InvalidInput: the name is empty, the address is none, or there is no such role.
        Conflict: the person is a member already.
    """
    name, email, wanted = _clean_name(name), _clean_email(email), _role(role)
    await tx.run(
        "insert into outrider.people (id, name, email, created_at)"
        " values (:id, :name, :email, :now) on conflict (email) do nothing",
        {"id": tx.new_id(), "name": name, "email": email, "now": tx.now},
    )
    person = await tx.row("select id from outrider.people where email = :email", {"email": email})
    assert person is not None
    added = await tx.run(
        "insert into outrider.memberships (workspace_id, id, person_id, role, created_at)"
        " values (:workspace, :id, :person, :role, :now)"
        " on conflict (workspace_id, person_id) do nothing",
        {
            "workspace": tx.workspace,
            "id": tx.new_id(),
            "person": person["id"],
            "role": str(wanted),
            "now": tx.now,
        },
    )
    found = await member(tx, person["id"])
    assert found is not None
    if added.rowcount == 0:
        raise Conflict(f"{found.email} is {_article(found.role)} in this workspace already.")
    await record(tx, "access.add_person", f"person:{found.person_id}", {"role": str(wanted)})
    return found


async def change_role(tx: Tx, person_id: PersonId, role: str) -> Member:
    """Give a member another role; it counts from the next request on.

    Raises:
        InvalidInput: there is no such role.
        NotFound: the person is no member of this workspace.
        Conflict: the last admin would be gone.
    """
    wanted = _role(role)
    # Two admins who demote each other at once must not both succeed.
    await tx.run("select 1 from outrider.memberships where role = 'admin' for update")
    before = await member(tx, person_id)
    if before is None:
        raise NotFound(f"There is no person {person_id} in this workspace.")
    if before.role is PersonRole.ADMIN and wanted is not PersonRole.ADMIN:
        admins = [other for other in await members(tx) if other.role is PersonRole.ADMIN]
        if len(admins) == 1:
            raise Conflict(f"{before.name} is the only admin; make somebody else admin first.")
    await tx.run(
        "update outrider.memberships set role = :role where person_id = :person",
        {"role": str(wanted), "person": person_id},
    )
    await record(
        tx,
        "access.change_role",
        f"person:{person_id}",
        {"before": str(before.role), "after": str(wanted)},
    )
    return Member(before.person_id, before.name, before.email, wanted)


async def member(tx: Tx, person_id: PersonId) -> Member | None:
    """The person as a member of this workspace, or None."""
    row = await tx.row(f"{_MEMBER} where p.id = :person", {"person": person_id})
    return _member(row) if row else None


async def by_email(tx: Tx, email: str) -> Member | None:
    """The member with this e-mail address, whatever its case, or None."""
    row = await tx.row(f"{_MEMBER} where lower(p.email) = lower(:email)", {"email": email.strip()})
    return _member(row) if row else None


async def members(tx: Tx) -> list[Member]:
    """Everybody in this workspace, by name."""
    return [_member(row) for row in await tx.rows(f"{_MEMBER} order by p.name, p.email")]


async def may_decide(tx: Tx, person_id: PersonId) -> bool:
    """Whether this person may approve, edit and reject drafts here."""
    found = await member(tx, person_id)
    return found is not None and found.may_decide


async def person_for(tx: Tx, email: str | None) -> Member:
    """Who acts on the command line: the member named, or the only one there is.

    Raises:
        InvalidInput: nobody is there, nobody has this address, or it is not clear who is meant.
    """
    everybody = await members(tx)
    names = ", ".join(map(str, everybody))
    if not everybody:
        raise InvalidInput(
            "Nobody is in this workspace yet: add a person with `outrider person add`."
        )
    if email is None:
        if len(everybody) == 1:
            return everybody[0]
        raise InvalidInput(
            f"Say who you are with --as or OUTRIDER_PERSON; this workspace has {names}."
        )
    found = await by_email(tx, email)
    if found is None:
        raise InvalidInput(f"Nobody in this workspace has the address {email}; it has {names}.")
    return found


async def has_admin(tx: Tx) -> bool:
    """Whether the workspace has an admin, that is: whether it was set up."""
    return await tx.row("select 1 from outrider.memberships where role = 'admin'") is not None


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
        {"id": new_id(now), "hash": _hash(token), "now": now, "end": now + SETUP_TOKEN_LIVES},
    )
    return token


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
        {"hash": _hash(token), "now": tx.now},
    )
    if used is None:
        raise NotAllowed(
            "This setup link was used or is older than 30 minutes: restart Outrider for a new one."
        )
    admin = await add_person(tx, name, email, PersonRole.ADMIN)
    await tx.run(
        "update outrider.api_keys set person_id = :person where id = :id",
        {"person": admin.person_id, "id": used["id"]},
    )
    return admin


async def open_session(conn: AsyncConnection, person_id: PersonId, now: datetime) -> str:
    """A new session's token, shown once; it ends after 12 idle hours, or 7 days in all."""
    token = random_token()
    await conn.execute(
        text(
            "insert into outrider.sessions (id, person_id, token_sha256, created_at, expires_at)"
            " values (:id, :person, :hash, :now, :end)"
        ),
        {
            "id": new_id(now),
            "person": person_id,
            "hash": _hash(token),
            "now": now,
            "end": now + SESSION_IDLE,
        },
    )
    return token


async def find_session(conn: AsyncConnection, token: str, now: datetime) -> PersonId | None:
    """Whose session it is, or None when it ended; use moves its end 12 hours ahead."""
    found = (
        await conn.execute(
            text(
                "select person_id, created_at, expires_at from outrider.sessions"
                " where token_sha256 = :hash and revoked_at is null and expires_at > :now"
            ),
            {"hash": _hash(token), "now": now},
        )
    ).first()
    if found is None:
        return None
    end = min(now + SESSION_IDLE, found.created_at + SESSION_LIVES)
    if end - found.expires_at > _SESSION_STEP:
        await conn.execute(
            text(
                "update outrider.sessions set expires_at = :end"
                " where token_sha256 = :hash and revoked_at is null"
            ),
            {"hash": _hash(token), "end": end},
        )
    return PersonId(found.person_id)


async def revoke_session(conn: AsyncConnection, token: str, now: datetime) -> bool:
    """End a session at once; False when there was none to end."""
    ended = await conn.execute(
        text(
            "update outrider.sessions set revoked_at = :now"
            " where token_sha256 = :hash and revoked_at is null"
        ),
        {"hash": _hash(token), "now": now},
    )
    return ended.rowcount == 1


async def revoke_sessions_of(conn: AsyncConnection, person_id: PersonId, now: datetime) -> int:
    """End every session of a person; returns how many."""
    ended = await conn.execute(
        text(
            "update outrider.sessions set revoked_at = :now"
            " where person_id = :person and revoked_at is null and expires_at > :now"
        ),
        {"person": person_id, "now": now},
    )
    return ended.rowcount


def _member(row: Any) -> Member:
    return Member(PersonId(row["person_id"]), row["name"], row["email"], PersonRole(row["role"]))


def _hash(token: str) -> str:
    # The token has 256 random bits, so a slow hash would add nothing.
    return hashlib.sha256(token.encode()).hexdigest()


def _role(role: str) -> PersonRole:
    try:
        return PersonRole(role)
    except ValueError:
        raise InvalidInput(
            f"There is no role {role!r}; choose one of {', '.join(PersonRole)}."
        ) from None


def _clean_name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > 200 or not cleaned.isprintable():
        raise InvalidInput(f"The name {name[:40]!r} cannot be used: write 1 to 200 characters.")
    return cleaned


def _clean_email(email: str) -> str:
    # Its tables take longer to load than the rest of this module, and few commands add a person.
    from email_validator import EmailNotValidError, validate_email

    address = email.strip()
    # Names of a private network are no mail domains, but they do name a person on this machine.
    suffix = ".example" if address.rpartition(".")[2].lower() in _PRIVATE_DOMAINS else ""
    try:
        found = validate_email(address + suffix, check_deliverability=False)
    except EmailNotValidError as error:
        raise InvalidInput(f"The e-mail address {email!r} cannot be used: {error}") from None
    return found.normalized.removesuffix(suffix).lower()


def _article(role: PersonRole) -> str:
    word = str(role).replace("_", " ")
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
