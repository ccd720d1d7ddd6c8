"""People of the workspace: who is in, with which role; invitations, sessions of others.

In: a session, a role, an address. Out: JSON; a link that is shown once. Never: a password, a role that
whoever was invited can choose.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from outrider.app.api.entry import Caller, OwnPage, needs, outrider_of
from outrider.app.api.login import (
    Me,
    Password,
    Sessions,
    Strict,
    Who,
    begin_session,
    client_of,
    count_try,
    me_of,
    passwords_of,
    seen,
)
from outrider.app.api.once import HoldsSecret
from outrider.app.wiring import Outrider
from outrider.kernel import access
from outrider.kernel.access import (
    Member,
    Permission,
    PersonRole,
    invitations,
    limits,
    passwords,
    sessions,
)
from outrider.kernel.access.invitations import Invitation
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import NotAllowed, NotFound, WrongLogin
from outrider.kernel.ids import PersonId

router = APIRouter(prefix="/api", tags=["people"])

Looks = Annotated[Caller, needs(Permission.PEOPLE_READ)]
Manages = Annotated[Caller, needs(Permission.PEOPLE_MANAGE)]


class MemberSeen(Who):
    """A member."""

    role: PersonRole


class People(BaseModel):
    """Everybody in the workspace, by name."""

    items: list[MemberSeen]


class RoleWanted(Strict):
    """A role."""

    role: PersonRole


class InvitationWanted(Strict):
    """Whom to invite, and as what."""

    email: str = Field(min_length=3, max_length=320)
    role: PersonRole


class InvitationSeen(BaseModel):
    """An invitation that waits; without a role it is a member's link to a new password."""

    id: UUID
    email: str
    role: str | None
    created_at: datetime
    expires_at: datetime


class InvitationMade(InvitationSeen):
    """A new one, with its link; the link is shown this once."""

    link: str


class Invitations(BaseModel):
    """Invitations that wait, newest first."""

    items: list[InvitationSeen]


class Acceptance(Strict):
    """Who accepts. The name is passed over when the link is a member's to a new password."""

    token: str = Field(min_length=1, max_length=200)
    name: str = Field(default="", max_length=200)
    password: Password


class Ended(BaseModel):
    """How many sessions ended."""

    ended: int


@router.get("/people")
async def list_people(person: Looks) -> People:
    """Everybody in the workspace."""
    async with person.begin() as tx:
        return People(items=[_member(one) for one in await access.members(tx)])


@router.put("/people/{person_id}/role")
async def set_role(person: Manages, person_id: UUID, wanted: RoleWanted) -> MemberSeen:
    """Give a member another role; it counts at once, and the member's open sessions end."""
    async with person.begin() as tx:
        return _member(await access.change_role(tx, PersonId(person_id), wanted.role))


@router.delete("/people/{person_id}", status_code=204)
async def remove_person(person: Manages, person_id: UUID) -> None:
    """Take a member out of the workspace: sessions and keys end at once."""
    async with person.begin() as tx:
        await access.remove_member(tx, PersonId(person_id))


@router.get("/people/{person_id}/sessions")
async def list_sessions(person: Manages, person_id: UUID) -> Sessions:
    """The open sessions of a member."""
    async with person.begin() as tx:
        found = await found_member(tx, person_id)
        return seen(await sessions.sessions_of(tx.conn, found.person_id, tx.now))


@router.delete("/people/{person_id}/sessions")
async def end_sessions(person: Manages, person_id: UUID) -> Ended:
    """End every session of a member at once."""
    async with person.begin() as tx:
        found = await found_member(tx, person_id)
        ended = await access.revoke_sessions_of(tx.conn, found.person_id, tx.now)
        await record(tx, "access.end_sessions", f"person:{person_id}", {"sessions_ended": ended})
        return Ended(ended=ended)


@router.post("/people/{person_id}/password-link", status_code=201, dependencies=[HoldsSecret])
async def make_password_link(person: Manages, person_id: UUID) -> InvitationMade:
    """A link with which a member chooses a new password; it works once, for a day."""
    async with person.begin() as tx:
        found = await found_member(tx, person_id)
        made, token = await invitations.password_link(tx, person.member.person_id, found)
    return _made(person, made, token)


@router.get("/invitations")
async def list_invitations(person: Manages) -> Invitations:
    """Invitations that wait."""
    async with person.begin() as tx:
        found = await invitations.waiting(tx)
    return Invitations(items=[InvitationSeen(**_fields(one)) for one in found])


@router.post("/invitations", status_code=201, dependencies=[HoldsSecret])
async def invite_person(person: Manages, wanted: InvitationWanted) -> InvitationMade:
    """Invite somebody; the link works once, for seven days, and gives this role."""
    async with person.begin() as tx:
        made, token = await invitations.invite(
            tx, person.member.person_id, wanted.email, wanted.role
        )
    return _made(person, made, token)


@router.delete("/invitations/{invitation_id}", status_code=204)
async def withdraw_invitation(person: Manages, invitation_id: UUID) -> None:
    """End an invitation at once."""
    async with person.begin() as tx:
        await invitations.withdraw(tx, invitation_id)


@router.post("/join", status_code=201, dependencies=[OwnPage])
async def accept_invitation(request: Request, response: Response, wanted: Acceptance) -> Me:
    """Trade an invitation for a membership, a password and a session."""
    place = await place_of(request, wanted.token)
    member = await accepted(request, wanted, place)
    await begin_session(request, response, member, "invitation", place)
    return await me_of(place, member)


async def place_of(request: Request, token: str) -> Outrider:
    """Outrider in the workspace that an invitation's link belongs to; the server's own if to none."""
    outrider = outrider_of(request)
    async with outrider.database.connection() as conn:
        found = await access.workspace_of_link(conn, token)
    return outrider.within(found) if found else outrider


async def accepted(request: Request, wanted: Acceptance, outrider: Outrider) -> Member:
    """The member whom an invitation makes, with the password set.

    Raises:
        NotAllowed: the token is unknown, used, ended or too old.
        InvalidInput: the name or the password cannot be used; the invitation stays good.
        WrongLogin, TooManyTries: a member of another workspace has to give the password of there.
    """
    async with outrider.begin()() as tx:
        found = await invitations.find(tx, wanted.token)
    if await _is_elsewhere(outrider, found.email):
        await _proved(request, found, wanted.password)
        async with outrider.begin()() as tx:
            return await invitations.accept(tx, wanted.token, wanted.name)
    passwords.usable(wanted.password, wanted.name, found.email)
    hashed = await passwords_of(request).hashed(wanted.password)
    async with outrider.begin()() as tx:
        member = await invitations.accept(tx, wanted.token, wanted.name)
        await passwords.set_password(tx, member, hashed)
    return member


async def _is_elsewhere(outrider: Outrider, email: str) -> bool:
    """Whether somebody with this address is a member of another workspace of this installation."""
    async with outrider.database.connection() as conn:
        workspaces = await access.workspaces(conn)
    for one in workspaces.values():
        if one == outrider.workspace:
            continue
        async with outrider.within(one).begin()() as tx:
            if await access.by_email(tx, email):
                return True
    return False


async def _proved(request: Request, found: Invitation, password: str) -> None:
    """Let whoever knows the person's password pass: a person is one in every workspace.

    An admin of one workspace makes links and sees them; they must not open another workspace.
    """
    if found.role is None:
        raise NotAllowed(
            f"{found.email} is in another workspace as well, so no link of this one changes the"
            " password: log in and change it, or ask to be taken out of one of the two first."
        )
    outrider = outrider_of(request)
    counted = limits.limits_for(outrider.keys.key("login-limits"), found.email, client_of(request))
    await count_try(request, counted)
    async with outrider.begin()() as tx:
        stored = await passwords.hash_of_address(tx, found.email)
    if not (await passwords_of(request).verified(password, stored))[0]:
        raise WrongLogin(
            f"{found.email} has a login here already: join with the password of that one."
        )
    async with outrider.begin()() as tx:
        await limits.forgive(tx.conn, counted)


async def found_member(tx: Tx, person_id: UUID) -> Member:
    """The member of this id.

    Raises:
        NotFound: this workspace has none.
    """
    found = await access.member(tx, PersonId(person_id))
    if found is None:
        raise NotFound(f"There is no person {person_id} in this workspace.")
    return found


def _member(found: Member) -> MemberSeen:
    return MemberSeen(id=found.person_id, name=found.name, email=found.email, role=found.role)


def _made(person: Caller, made: Invitation, token: str) -> InvitationMade:
    address = person.outrider.settings.public_url.rstrip("/")
    return InvitationMade(**_fields(made), link=f"{address}/join?token={token}")


def _fields(found: Invitation) -> dict[str, object]:
    return {
        "id": found.id,
        "email": found.email,
        "role": found.role,
        "created_at": found.created_at,
        "expires_at": found.expires_at,
    }
