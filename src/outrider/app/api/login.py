"""Log in, log out, who am I, one's own sessions and password.

In: an address and a password, or a session. Out: a session cookie; JSON. Never: a word or a time that
tells whether an address is known; a session that was there before the login.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from outrider.app.api.cookies import forget, remember
from outrider.app.api.entry import Caller, OwnPage, needs, outrider_of, token_of
from outrider.app.wiring import Outrider, person_actor
from outrider.kernel import access
from outrider.kernel.access import Member, Permission, limits, passwords, sessions
from outrider.kernel.access.limits import Limit, Tried
from outrider.kernel.audit.append import record
from outrider.kernel.errors import NotAllowed, NotFound, WrongLogin
from outrider.kernel.telemetry import get_logger

router = APIRouter(prefix="/api", tags=["login"])

_log = get_logger("access")

Self = Annotated[Caller, needs(Permission.SELF)]
Password = Annotated[str, Field(min_length=1, max_length=passwords.MOST)]


class Strict(BaseModel):
    """A body with no field that we do not know."""

    model_config = ConfigDict(extra="forbid")


class Login(Strict):
    """Who logs in."""

    email: str = Field(min_length=1, max_length=320)
    password: Password


class NewPassword(Strict):
    """The password as it is and as it shall be."""

    current: str = Field(default="", max_length=passwords.MOST, description="Empty if none is set")
    new: Password


class Options(BaseModel):
    """How one can log in here."""

    password: bool
    sign_on: str | None = Field(description="Where the company's own login begins, if there is one")


class Who(BaseModel):
    """A person."""

    id: UUID
    name: str
    email: str


class Place(BaseModel):
    """A workspace."""

    id: UUID
    name: str


class OwnPlace(Place):
    """A workspace that the person is in, and as what."""

    role: str


class PlaceWanted(Strict):
    """Where to go on."""

    workspace: UUID = Field(description="Id of one of the person's `workspaces`")


class Me(BaseModel):
    """The person of this session, and what they may do."""

    person: Who
    role: str
    permissions: list[str]
    workspace: Place = Field(description="Where this session acts")
    workspaces: list[OwnPlace] = Field(description="Every workspace that the person is in, by name")
    has_password: bool


class SessionSeen(BaseModel):
    """An open session."""

    id: UUID
    method: str = Field(description="How it began: password, oidc, setup, invitation, console")
    agent: str = Field(description="What the browser calls itself")
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    is_current: bool


class Sessions(BaseModel):
    """Open sessions, the last used first."""

    items: list[SessionSeen]


@router.get("/login")
async def login_options(request: Request) -> Options:
    """How one can log in."""
    is_set = outrider_of(request).settings.oidc_issuer is not None
    return Options(password=True, sign_on="/api/login/oidc" if is_set else None)


@router.post("/login", dependencies=[OwnPage])
async def login(request: Request, response: Response, wanted: Login) -> Me:
    """Begin a session with address and password; one that this browser had before ends."""
    outrider = outrider_of(request)
    secret = outrider.keys.key("login-limits")
    counted = limits.limits_for(secret, wanted.email, client_of(request))
    tried = await count_try(request, counted)
    async with outrider.database.connection() as conn:
        found = await access.known_by(conn, wanted.email)
    stored = found.stored if found else None
    is_it, newer = await passwords_of(request).verified(wanted.password, stored)
    place = found.place(outrider.workspace) if found else None
    if place:
        outrider = outrider.within(place.workspace)
    if found is None or place is None or not is_it:
        member_tried = found.member(place) if found and place else None
        _log.warning("login_refused", person=str(found.person_id) if found else "unknown")
        await _failed(outrider, member_tried, is_last=tried.is_last)
        raise WrongLogin
    member = found.member(place)
    async with outrider.begin(person_actor(member))() as tx:
        await limits.forgive(tx.conn, counted)
        if newer:
            await passwords.renew_hash(tx, member.person_id, newer)
    await begin_session(request, response, member, "password", outrider)
    return await me_of(outrider, member)


@router.post("/logout", status_code=204, dependencies=[OwnPage])
async def logout(request: Request, response: Response) -> None:
    """End this session at once; without one, nothing happens."""
    outrider = outrider_of(request)
    async with outrider.database.connection() as conn:
        await access.revoke_session(conn, token_of(request), outrider.clock.now())
    forget(request, response)


@router.get("/me")
async def me(person: Self) -> Me:
    """The person of this session, and what they may do here."""
    return await me_of(person.outrider, person.member)


@router.post("/session/workspace")
async def choose_workspace(
    request: Request, response: Response, person: Self, wanted: PlaceWanted
) -> Me:
    """Go on in another workspace, with a new session; the one that asks ends."""
    if person.key is not None:
        raise NotAllowed("A key belongs to one workspace: make one in the other.")
    async with person.outrider.database.connection() as conn:
        places = await access.places_of(conn, person.member.person_id)
    place = next((one for one in places if one.workspace == wanted.workspace), None)
    if place is None:
        raise NotFound("You are in no such workspace; GET /api/me lists yours.")
    there = person.outrider.within(place.workspace)
    member = replace(person.member, role=place.role)
    async with person.begin() as tx:
        body = {"to": str(place.workspace)}
        await record(tx, "access.leave_workspace", f"person:{member.person_id}", body)
    await begin_session(request, response, member, "switch", there)
    return await me_of(there, member)


@router.put("/me/password")
async def change_password(
    request: Request, response: Response, person: Self, wanted: NewPassword
) -> Me:
    """Choose another password; every other session of this person ends."""
    outrider, member = person.outrider, person.member
    secret = outrider.keys.key("login-limits")
    counted = limits.limits_for(secret, member.email, client_of(request))
    async with person.begin() as tx:
        stored = await passwords.stored_hash(tx, member.person_id)
    if stored:
        await count_try(request, counted)
        if not (await passwords_of(request).verified(wanted.current, stored))[0]:
            raise WrongLogin("The current password is wrong.")
    passwords.usable(wanted.new, member.name, member.email)
    hashed = await passwords_of(request).hashed(wanted.new)
    async with person.begin() as tx:
        await limits.forgive(tx.conn, counted)
        await passwords.set_password(tx, member, hashed)
    await begin_session(request, response, member, "password", outrider)
    return await me_of(outrider, member)


@router.get("/me/sessions")
async def list_my_sessions(request: Request, person: Self) -> Sessions:
    """One's own open sessions."""
    async with person.begin() as tx:
        found = await sessions.sessions_of(
            tx.conn, person.member.person_id, tx.now, token_of(request)
        )
    return seen(found)


@router.delete("/me/sessions/{session_id}", status_code=204)
async def end_my_session(person: Self, session_id: UUID) -> None:
    """End one of one's own sessions at once."""
    async with person.begin() as tx:
        if not await sessions.revoke_one(tx.conn, person.member.person_id, session_id, tx.now):
            raise NotFound("You have no such session, or it ended already.")
        await record(tx, "access.end_session", f"session:{session_id}", {})


def seen(found: list[sessions.Session]) -> Sessions:
    """Sessions as they are shown."""
    return Sessions(items=[SessionSeen.model_validate(one, from_attributes=True) for one in found])


def client_of(request: Request) -> str:
    """The network address that asks, as the server knows it; never a header that we did not trust."""
    return request.client.host if request.client else ""


def passwords_of(request: Request) -> passwords.Passwords:
    """The threads in which passwords are checked; one set for the process."""
    found = request.app.state.passwords
    assert isinstance(found, passwords.Passwords)
    return found


async def begin_session(
    request: Request,
    response: Response,
    member: Member,
    method: str,
    place: Outrider | None = None,
) -> str:
    """A new session for this browser; the one that its cookie named ends (session fixation).

    `place` is Outrider in the workspace that the session acts in; None: the server's own.
    """
    outrider = place or outrider_of(request)
    async with outrider.begin(person_actor(member))() as tx:
        await access.revoke_session(tx.conn, token_of(request), tx.now)
        agent = request.headers.get("user-agent", "")
        token = await access.open_session(
            tx.conn, member.person_id, tx.now, method=method, agent=agent
        )
        await access.place_session(tx.conn, token, tx.workspace)
        await record(tx, "access.login", f"person:{member.person_id}", {"method": method})
    remember(request, response, token)
    return token


async def me_of(outrider: Outrider, member: Member) -> Me:
    """The person as `/api/me` shows them."""
    async with outrider.database.connection() as conn:
        places = await access.places_of(conn, member.person_id)
        name = await access.name_of(conn, outrider.workspace)
    async with outrider.begin()() as tx:
        stored = await passwords.stored_hash(tx, member.person_id)
    return Me(
        person=Who(id=member.person_id, name=member.name, email=member.email),
        role=member.role,
        permissions=sorted(access.permissions_of(member.role)),
        workspace=Place(id=outrider.workspace, name=name),
        workspaces=[OwnPlace(id=one.workspace, name=one.name, role=one.role) for one in places],
        has_password=stored is not None,
    )


async def count_try(request: Request, counted: tuple[Limit, Limit]) -> Tried:
    """This try, counted whatever becomes of it. Raises TooManyTries: no more for now."""
    outrider = outrider_of(request)
    refusals, now = request.app.state.refusals, outrider.clock.now()
    refusals.or_refuse(counted, now)
    async with outrider.database.connection() as conn:
        tried = await limits.count_try(conn, counted, now)
    refusals.remember(tried, now)
    tried.or_refuse()
    return tried


async def _failed(outrider: Outrider, member: Member | None, *, is_last: bool) -> None:
    """The log says once for each window that an account is being tried; not ten thousand times."""
    if is_last:
        subject = f"person:{member.person_id}" if member else "person:unknown"
        async with outrider.begin()() as tx:
            await record(tx, "access.login_limit_reached", subject, {})
