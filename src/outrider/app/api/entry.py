"""Who asks, and whether they may: the session behind a request, and the permission of each route.

In: a request. Out: the open Outrider, the member, a way to open transactions as that person.
Never: an identity taken from the request's own word, a route without a permission.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.routing import APIRoute

from outrider.app.wiring import Begin, Outrider, person_actor
from outrider.kernel import access
from outrider.kernel.access import Member, Permission, permissions_of
from outrider.kernel.access.api_keys import PREFIX, ApiKey, find_key
from outrider.kernel.access.permissions import refusal
from outrider.kernel.database.connect import Role
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.errors import NoSession, NotAllowed, Unavailable
from outrider.kernel.ids import PersonId

COOKIE = "outrider_session"
MEANT = "X-Outrider"
"""The header that our own pages send with every request that is no GET."""

OPEN = {
    "healthz": "says only that the process answers",
    "readyz": "says only that the database answers and stored secrets open",
    "web_page": "the web app's page holds nothing but its scripts; it asks for a login",
    "web_asset": "the web app's built files are the same for everybody",
    "openapi": "the description is no secret: it is in the repository",
    "setup_page": "asks for the token that the console printed",
    "setup_form": "takes the token that the console printed",
    "set_up": "takes the token that the console printed",
    "login_options": "says how one can log in",
    "login": "is how a session begins",
    "begin_sign_on": "leads to the company's login",
    "end_sign_on": "comes back from the company's login with a code",
    "logout": "ends a session, if there is one",
    "join_page": "asks for an invitation's token",
    "join_form": "takes an invitation's token",
    "accept_invitation": "takes an invitation's token",
    "show_invitation": "takes an invitation's token",
    "unsubscribe_page": "a recipient's signed link",
    "unsubscribe_head": "a recipient's signed link",
    "unsubscribe_now": "a recipient's signed link",
    "slack_events": "signed by Slack",
    "slack_actions": "signed by Slack",
    "provider_events": "signed by the mail provider",
    "text_answers": "signed by Twilio",
}
"""Routes without a session, by operation, and why. Every other one names a permission."""


@dataclass(frozen=True)
class Caller:
    """A person with a session, or a program with a key that a person made."""

    outrider: Outrider
    member: Member
    key: ApiKey | None = None

    @property
    def permissions(self) -> frozenset[Permission]:
        """What this caller may do here, now."""
        return self.key.allows(self.member) if self.key else permissions_of(self.member.role)

    def must(self, permission: Permission) -> None:
        """Raises NotAllowed: this caller has not this permission."""
        if permission in self.permissions:
            return
        if self.key:
            raise NotAllowed(f"The key {self.key.name} has no `{permission}`.")
        raise NotAllowed(refusal(self.member.name, self.member.role, permission))

    @property
    def actor(self) -> Actor:
        """Whom the log names: the person, or the key that a program showed."""
        if self.key is None:
            return person_actor(self.member)
        if self.key.agent:
            return Actor(ActorKind.AGENT, self.key.agent)
        return Actor(ActorKind.SYSTEM, f"key:{self.key.id}")

    @property
    def begin(self) -> Begin:
        """Opens transactions in this caller's name; an agent's with the login of agents."""
        if self.key and self.key.agent:
            return self.outrider.begin(self.actor, Role.AGENT)
        return self.outrider.begin(self.actor)

    @property
    def principal(self) -> str:
        """Who it is, in one word, for what is counted or kept for each caller."""
        return f"key:{self.key.id}" if self.key else f"person:{self.member.person_id}"


def outrider_of(request: Request) -> Outrider:
    """What was opened at start-up."""
    outrider = request.app.state.outrider
    if not isinstance(outrider, Outrider):
        raise Unavailable("Outrider is still starting; try again in a second.")
    return outrider


def token_of(request: Request) -> str:
    """The session's token or the key: from the Authorization header, else from the cookie."""
    return _bearer(request) or request.cookies.get(COOKIE, "")


async def known(request: Request) -> Caller:
    """Who asks, found once for each request."""
    found = getattr(request.state, "caller", None)
    if not isinstance(found, Caller):
        found = await caller(request)
        request.state.caller = found
    return found


async def caller(request: Request) -> Caller:
    """Who asks, as of now: a stream asks again while it runs.

    Raises:
        NoSession: no session and no key, or one that ended.
        NotAllowed: no member of this workspace, or the request of another site.
    """
    outrider, token = outrider_of(request), token_of(request)
    _meant(request)
    if not token:
        raise NoSession("Nobody is logged in here: log in first.")
    if token.startswith(PREFIX):
        async with outrider.database.connection() as conn:
            key = await find_key(conn, token, outrider.clock.now())
        if key is None:
            raise NoSession(_NO_SESSION)
        outrider = outrider.within(key.workspace)
        return Caller(outrider, await _member(outrider, key.person_id), key)
    # Mostly the session acts in the server's own workspace: then one transaction tells all.
    async with outrider.begin()() as tx:
        found = await access.session_of(tx.conn, token, tx.now)
        is_here = found is not None and found[1] in (None, tx.workspace)
        member = await access.member(tx, found[0]) if found and is_here else None
    if found is None:
        raise NoSession(_NO_SESSION)
    if is_here:
        return Caller(outrider, _must_be(member))
    assert found[1] is not None
    outrider = outrider.within(found[1])
    return Caller(outrider, await _member(outrider, found[0]))


async def _member(outrider: Outrider, person_id: PersonId) -> Member:
    async with outrider.begin()() as tx:
        return _must_be(await access.member(tx, person_id))


def _must_be(member: Member | None) -> Member:
    if member is None:
        raise NotAllowed("You are no member of this workspace: ask an admin.")
    return member


_NO_SESSION = "This session or key is unknown, ended or revoked: log in again."


def _bearer(request: Request) -> str:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _meant(request: Request) -> None:
    """A cookie counts only for requests that our own pages meant (cross-site request forgery)."""
    # Only a token in the header is proof that a page meant it: browsers add a login of their own.
    if request.method in ("GET", "HEAD") or _bearer(request):
        return
    own_page(request)
    # No form and no link can send a header, and another site's script is not let to.
    if COOKIE in request.cookies and MEANT not in request.headers:
        raise NotAllowed(
            f"A browser's session counts only with the header {MEANT}: 1 (programs use a key)."
        )


def own_page(request: Request) -> None:
    """Raises NotAllowed: the browser says that another site's page sends this."""
    site = request.headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        raise NotAllowed("This request comes from another site.")
    origin = request.headers.get("origin")
    # Our pages send no referrer, and then a form of theirs has the origin `null` (Fetch, 3.2).
    if not origin or (origin == "null" and site == "same-origin"):
        return
    # A proxy in front may pass on a host of its own; then the address that people use decides.
    own = (f"//{request.headers.get('host')}", outrider_of(request).settings.public_url.rstrip("/"))
    if origin.partition(":")[2] != own[0] and origin != own[1]:
        raise NotAllowed("This request comes from another site.")


Person = Annotated[Caller, Depends(known)]
"""A route with this parameter needs a session or a key."""

OwnPage = Depends(own_page)
"""An open route with this dependency takes nothing from another site's page."""


_PERMISSION_OF: dict[Any, Permission] = {}


def needs(permission: Permission) -> Any:
    """A route with this dependency is for those who hold this permission.

    `dependencies=[needs(Permission.DRAFTS_READ)]` beside a parameter `person: Person`, or
    `person: Annotated[Caller, needs(Permission.DRAFTS_READ)]` in its place.
    """
    return Depends(_check(permission))


@cache
def _check(permission: Permission) -> Callable[[Caller], Awaitable[Caller]]:
    async def check(person: Person) -> Caller:
        person.must(permission)
        return person

    _PERMISSION_OF[check] = permission
    return check


def permission_of(route: APIRoute) -> Permission | None:
    """The permission that a route names."""
    asked = [*route.dependant.dependencies]
    while asked:
        one = asked.pop()
        if one.call in _PERMISSION_OF:
            return _PERMISSION_OF[one.call]
        asked.extend(one.dependencies)
    return None


def routes_of(app: FastAPI | APIRouter) -> Iterator[Any]:
    """Every route, also of the routers that it includes."""
    for route in app.routes:
        inner = getattr(route, "original_router", None)
        if isinstance(inner, APIRouter):
            yield from routes_of(inner)
        else:
            yield route


def unguarded(app: FastAPI) -> list[str]:
    """The routes that neither name a permission nor are in `OPEN`; there must be none."""
    return [
        f"{route.name} ({route.path})"
        for route in routes_of(app)
        if route.name not in OPEN
        and not (isinstance(route, APIRoute) and permission_of(route) is not None)
    ]


def permissions_by_operation(app: FastAPI) -> dict[str, str]:
    """The permission of each route that needs one, by operation."""
    return {
        route.name: str(needed)
        for route in routes_of(app)
        if isinstance(route, APIRoute) and (needed := permission_of(route)) is not None
    }
