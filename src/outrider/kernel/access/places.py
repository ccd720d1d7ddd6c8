"""One person in several workspaces: where they are a member, and the one login that opens all of them.

In: a connection outside any workspace. Out: workspaces with the person's role there. Never: a row of a
workspace that the person is not in; a time that tells whether an address is known.

Memberships lie behind row-level security, so each workspace is asked in its turn; an installation has
few.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from outrider.kernel.access.members import Member
from outrider.kernel.access.permissions import PersonRole
from outrider.kernel.access.tokens import hash_of
from outrider.kernel.access.workspaces import workspaces
from outrider.kernel.ids import PersonId, WorkspaceId

_NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Place:
    """A workspace that a person is in."""

    workspace: WorkspaceId
    name: str
    role: PersonRole


@dataclass(frozen=True)
class Known:
    """Somebody who may log in: the person, their password's hash if there is one, and where they are."""

    person_id: PersonId
    name: str
    email: str
    stored: str | None
    places: tuple[Place, ...]

    def place(self, wanted: WorkspaceId) -> Place:
        """This workspace if they are in it, else the first one by name."""
        return next((one for one in self.places if one.workspace == wanted), self.places[0])

    def member(self, place: Place) -> Member:
        """The person as a member there."""
        return Member(self.person_id, self.name, self.email, place.role)


async def known_by(conn: AsyncConnection, email: str) -> Known | None:
    """Whoever has this address and is in any workspace; None when nobody is.

    The same questions are asked either way, so that their time tells nothing.
    """
    row = (
        await conn.execute(
            text(
                "select p.id, p.name, p.email, w.argon2id from outrider.people p"
                " left join outrider.passwords w on w.person_id = p.id"
                " where lower(p.email) = lower(:email)"
            ),
            {"email": email.strip()},
        )
    ).first()
    places = await places_of(conn, PersonId(row.id if row else _NOBODY))
    if row is None or not places:
        return None
    return Known(PersonId(row.id), row.name, row.email, row.argon2id, tuple(places))


async def places_of(conn: AsyncConnection, person_id: PersonId) -> list[Place]:
    """Every workspace that this person is in, by name."""
    roles = await _everywhere(
        conn,
        "select role from outrider.memberships where person_id = :person",
        {"person": person_id},
        lambda row: PersonRole(row.role),
    )
    return [Place(workspace, name, role) for name, workspace, role in roles]


async def workspace_of_link(conn: AsyncConnection, token: str) -> WorkspaceId | None:
    """The workspace whose invitation has this token, used or not; None when there is none."""
    found = await _everywhere(
        conn,
        "select 1 from outrider.invitations where token_sha256 = :hash",
        {"hash": hash_of(token)},
        lambda row: row,
    )
    return found[0][1] if found else None


async def _everywhere(
    conn: AsyncConnection, query: str, values: dict[str, Any], read: Callable[[Any], Any]
) -> list[tuple[str, WorkspaceId, Any]]:
    """The first row of a query in each workspace that has one."""
    found = []
    enter = text("select set_config('outrider.workspace', :workspace, true)")
    for name, workspace in (await workspaces(conn)).items():
        await conn.execute(enter, {"workspace": str(workspace)})
        row = (await conn.execute(text(query), values)).first()
        if row is not None:
            found.append((name, workspace, read(row)))
    await conn.execute(enter, {"workspace": ""})
    return found
