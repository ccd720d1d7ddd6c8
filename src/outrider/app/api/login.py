"""Log in, log out, who am I, one's own sessions and password.

In: an address and a password, or a session. Out: a session cookie; JSON. Never: a word or a time that
tells whether an address is known; a session that was there before the login.
"""

from __future__ import annotations

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
from outrider.kernel.errors import NotFound, WrongLogin

router = APIRouter(prefix="/api", tags=["login"])

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


class Me(BaseModel):
    """The person of this session, and what they may do."""

    person: Who
    role: str
    permissions: list[str]
    workspace: Place
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
    async with outrider.begin()() as tx:
        found = await passwords.login_of(tx, wanted.email)
    stored = found[1] if found else None
    is_it, newer = await passwords_of(request).verified(wanted.password, stored)
    if found is None or not is_it:
        await _failed(outrider, found[0] if found else None, is_last=tried.is_last)
        raise WrongLogin
    member = found[0]
    async with outrider.begin(person_actor(member))() as tx:
        await limits.forgive(tx.conn, counted)
        if newer:
            await passwords.renew_hash(tx, member.person_id, newer)
    await begin_session(request, response, member, "password")
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
    await begin_session(request, response, member, "password")
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


async def begin_session(request: Request, response: Response, member: Member, method: str) -> str:
    """A new session for this browser; the one that its cookie named ends (session fixation)."""
    outrider = outrider_of(request)
    async with outrider.begin(person_actor(member))() as tx:
        await access.revoke_session(tx.conn, token_of(request), tx.now)
        agent = request.headers.get("user-agent", "")
        token = await access.open_session(
            tx.conn, member.person_id, tx.now, method=method, agent=agent
        )
        await record(tx, "access.login", f"person:{member.person_id}", {"method": method})
    remember(request, response, token)
    return token


async def me_of(outrider: Outrider, member: Member) -> Me:
    """The person as `/api/me` shows them."""
    async with outrider.begin()() as tx:
        stored = await passwords.stored_hash(tx, member.person_id)
    return Me(
        person=Who(id=member.person_id, name=member.name, email=member.email),
        role=member.role,
        permissions=sorted(access.permissions_of(member.role)),
        workspace=Place(id=outrider.workspace, name=outrider.settings.workspace),
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
