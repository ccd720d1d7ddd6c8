"""The first run: a single-use link makes the first admin and a session.

In: the token that `outrider up` printed. Out: an admin, a session cookie. Never: a default password.
"""

from __future__ import annotations

from html import escape
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from outrider.app.api.cookies import remember
from outrider.app.api.entry import Caller, Person, needs, outrider_of, token_of
from outrider.app.api.login import passwords_of
from outrider.app.api.page import page, trouble
from outrider.app.api.web import app_page, in_app
from outrider.app.views.first_steps import FirstSteps, first_steps
from outrider.kernel import access
from outrider.kernel.access import Permission, passwords
from outrider.kernel.errors import InvalidInput, OutriderError

router = APIRouter(tags=["setup"])


class SetUp(BaseModel):
    """Who the first admin is."""

    model_config = ConfigDict(extra="forbid")

    token: str = Field(min_length=1, max_length=200)
    name: str = Field(min_length=1, max_length=200)
    email: str = Field(min_length=3, max_length=320)
    password: str | None = Field(
        default=None,
        max_length=passwords.MOST,
        description="To log in with later; left out: only the session of this answer",
    )


class Session(BaseModel):
    """A session; the token goes into `Authorization: Bearer …`."""

    session: str
    name: str
    email: str
    role: str


@router.get("/setup", response_class=HTMLResponse, include_in_schema=False)
async def setup_page(request: Request, token: str = "") -> HTMLResponse:
    """Ask who the first admin is. Showing the page uses nothing up."""
    if in_app(request):
        return app_page()
    if not token:
        return page(
            "This link is not whole",
            "<p>Open the whole link that <code>outrider up</code> printed; it ends with a token.</p>",
            400,
        )
    return page(
        "Set up Outrider",
        "<p>You are the first here. Say who you are: every decision names a person.</p>"
        "<p class=soft>This link makes you the admin, once.</p>"
        '<form method=post action="/setup">'
        f'<input type=hidden name=token value="{escape(token, quote=True)}">'
        "<label for=name>Name</label><input id=name name=name required autocomplete=name>"
        "<label for=email>E-mail</label>"
        "<input id=email name=email type=email required autocomplete=username>"
        f"{new_password()}"
        "<button>Become the admin</button></form>",
    )


@router.post("/setup", response_class=HTMLResponse, include_in_schema=False)
async def setup_form(request: Request) -> HTMLResponse:
    """The same from the page's form."""
    fields = dict(parse_qsl((await request.body())[:4000].decode("utf-8", "replace")))
    outrider = outrider_of(request)
    try:
        session = await _set_up(request, _wanted(fields))
    except OutriderError as error:
        return trouble("That did not work", error, "<p>Go back to mend it.</p>")
    workspace = escape(outrider.settings.workspace)
    done = page(
        "You are in",
        f"<p>{escape(session.name)} is an admin of the workspace {workspace}."
        ' This browser has a session now.</p><p><a href="/">Go to the inbox</a></p>'
        "<p>Or in a terminal, say who you are and look at what waits for you:</p><pre><code>"
        f"export OUTRIDER_WORKSPACE={workspace}\nexport OUTRIDER_PERSON={escape(session.email)}\n"
        "outrider drafts list</code></pre>",
    )
    remember(request, done, session.session)
    return done


def _wanted(fields: dict[str, str]) -> SetUp:
    """The form's fields, or one sentence on the first that cannot be used."""
    try:
        return SetUp.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(f"`{first['loc'][0]}` cannot be used: {first['msg']}.") from None


def new_password() -> str:
    """The field for a new password, with what it must be."""
    return (
        "<label for=password>Password</label>"
        f"<input id=password name=password type=password required minlength={passwords.LEAST}"
        f" maxlength={passwords.MOST} autocomplete=new-password aria-describedby=password-is>"
        f"<p class=soft id=password-is>At least {passwords.LEAST} characters;"
        " four words are a good one.</p>"
    )


@router.post("/api/setup", status_code=201)
async def set_up(request: Request, response: Response, wanted: SetUp) -> Session:
    """Trade the single-use token for the first admin and a session."""
    session = await _set_up(request, wanted)
    remember(request, response, session.session)
    return session


@router.get("/api/first-steps")
async def show_first_steps(person: Annotated[Caller, needs(Permission.DRAFTS_READ)]) -> FirstSteps:
    """Which of the first steps this workspace has behind it."""
    async with person.begin() as tx:
        return await first_steps(tx)


@router.delete("/api/session", status_code=204, dependencies=[needs(Permission.SELF)])
async def end_session(request: Request, person: Person) -> None:
    """End this session at once."""
    outrider = outrider_of(request)
    async with outrider.database.connection() as conn:
        await access.revoke_session(conn, token_of(request), outrider.clock.now())


async def _set_up(request: Request, wanted: SetUp) -> Session:
    outrider = outrider_of(request)
    # A hash is dear: whoever has no token must not keep those from logging in who wait for one.
    async with outrider.begin()() as tx:
        await access.look_at_setup_token(tx, wanted.token)
    hashed = None
    if wanted.password:
        passwords.usable(wanted.password, wanted.name, wanted.email)
        hashed = await passwords_of(request).hashed(wanted.password)
    async with outrider.begin()() as tx:
        admin = await access.use_setup_token(tx, wanted.token, wanted.name, wanted.email)
        if hashed:
            await passwords.set_password(tx, admin, hashed)
        agent = request.headers.get("user-agent", "")
        token = await access.open_session(
            tx.conn, admin.person_id, tx.now, method="setup", agent=agent
        )
    return Session(session=token, name=admin.name, email=admin.email, role=admin.role)
