"""Who asks: the session behind a request.

In: a request. Out: the open Outrider, the member, a way to open transactions as that person.
Never: an identity taken from the request's own word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from outrider.app.wiring import Begin, Outrider, person_actor
from outrider.kernel import access
from outrider.kernel.access import Member
from outrider.kernel.errors import NotAllowed, Unavailable

COOKIE = "outrider_session"


@dataclass(frozen=True)
class Caller:
    """A person with a session."""

    outrider: Outrider
    member: Member

    @property
    def begin(self) -> Begin:
        """Opens transactions in this person's name."""
        return self.outrider.begin(person_actor(self.member))


def outrider_of(request: Request) -> Outrider:
    """What was opened at start-up."""
    outrider = request.app.state.outrider
    if not isinstance(outrider, Outrider):
        raise Unavailable("Outrider is still starting; try again in a second.")
    return outrider


def token_of(request: Request) -> str:
    """The session's token: from the Authorization header, else from the cookie."""
    return _bearer(request) or request.cookies.get(COOKIE, "")


async def caller(request: Request) -> Caller:
    """The person who asks.

    Raises:
        NotAllowed: no session, or one that ended, or not a member of this workspace.
    """
    outrider = outrider_of(request)
    _same_site(request)
    async with outrider.database.connection() as conn:
        person_id = await access.find_session(conn, token_of(request), outrider.clock.now())
    if person_id is None:
        raise NotAllowed("There is no session: open the set-up link that `outrider up` prints.")
    async with outrider.begin()() as tx:
        member = await access.member(tx, person_id)
    if member is None:
        raise NotAllowed("You are no member of this workspace: ask an admin.")
    return Caller(outrider, member)


def _bearer(request: Request) -> str:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _same_site(request: Request) -> None:
    """A cookie counts only for requests from our own pages (cross-site request forgery)."""
    # Only a token in the header is proof that a page meant it: browsers add a login of their own.
    if request.method in ("GET", "HEAD") or _bearer(request):
        return
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed("This request comes from another site.")
    origin = request.headers.get("origin")
    if origin and origin.partition("://")[2] != request.headers.get("host"):
        raise NotAllowed("This request comes from another site.")


Person = Annotated[Caller, Depends(caller)]
"""A route with this parameter needs a session."""
