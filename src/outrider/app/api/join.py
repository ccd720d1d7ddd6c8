"""The page behind an invitation's link: choose a name and a password, and be in.

In: the link's token; a form. Out: a page, a session cookie. Never: a script; a link used up by a GET.
"""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field, ValidationError

from outrider.app.api.entry import OwnPage
from outrider.app.api.login import Strict, begin_session
from outrider.app.api.page import page, trouble
from outrider.app.api.people import Acceptance, accepted, place_of
from outrider.app.api.setup import new_password
from outrider.app.api.web import app_page, in_app
from outrider.kernel import access
from outrider.kernel.access import invitations
from outrider.kernel.errors import InvalidInput, OutriderError

router = APIRouter(tags=["people"])


@router.get("/join", response_class=HTMLResponse, include_in_schema=False)
async def join_page(request: Request, token: str = "") -> HTMLResponse:
    """Ask for a name and a password. Showing the page uses nothing up."""
    if in_app(request):
        return app_page()
    try:
        outrider = await place_of(request, token)
        async with outrider.begin()() as tx:
            found = await invitations.find(tx, token)
            name_there = await access.name_of(tx.conn, outrider.workspace)
    except OutriderError as error:
        return trouble("This link does not work", error)
    workspace, email = escape(name_there), escape(found.email)
    name = (
        "<label for=name>Name</label><input id=name name=name required autocomplete=name>"
        if found.role
        else ""
    )
    title = f"Join {workspace}" if found.role else "Choose a new password"
    role = f", as {escape(found.role).replace('_', ' ')}" if found.role else ""
    return page(
        title,
        f"<p>For {email}{role}.</p>"
        '<form method=post action="/join">'
        f'<input type=hidden name=token value="{escape(token, quote=True)}">'
        f'<input type=hidden name=username autocomplete=username value="{email}">'
        f"{name}{new_password()}<button>Go in</button></form>",
    )


class Link(Strict):
    """The token of an invitation's link."""

    token: str = Field(max_length=200)


class Invited(BaseModel):
    """Whom an invitation is for."""

    workspace: str
    email: str
    role: str | None = Field(description="None: a member's link to a new password")
    sign_on: str | None = Field(description="Where the company's own login begins, if there is one")


@router.post("/api/invitation", dependencies=[OwnPage])
async def show_invitation(request: Request, link: Link) -> Invited:
    """Whom a link is for. Looking uses nothing up; the token stands in a body, which no log keeps."""
    outrider = await place_of(request, link.token)
    async with outrider.begin()() as tx:
        found = await invitations.find(tx, link.token)
        name = await access.name_of(tx.conn, outrider.workspace)
    is_set = outrider.settings.oidc_issuer is not None and found.role is not None
    return Invited(
        workspace=name,
        email=found.email,
        role=found.role,
        sign_on="/api/login/oidc" if is_set else None,
    )


@router.post("/join", response_class=HTMLResponse, include_in_schema=False, dependencies=[OwnPage])
async def join_form(request: Request) -> HTMLResponse:
    """Trade the link for a membership and a session."""
    fields = dict(parse_qsl((await request.body())[:4000].decode("utf-8", "replace")))
    fields.pop("username", None)
    try:
        place = await place_of(request, fields.get("token", ""))
        member = await accepted(request, _wanted(fields), place)
    except OutriderError as error:
        return trouble("That did not work", error, "<p>Go back to mend it.</p>")
    done = page(
        "You are in",
        f"<p>{escape(member.name)} is {escape(str(member.role)).replace('_', ' ')} here."
        ' This browser has a session now.</p><p><a href="/">Go to work</a></p>',
    )
    await begin_session(request, done, member, "invitation", place)
    return done


def _wanted(fields: dict[str, str]) -> Acceptance:
    try:
        return Acceptance.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(f"`{first['loc'][0]}` cannot be used: {first['msg']}.") from None
