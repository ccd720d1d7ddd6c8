"""Log in by the company's own login: away, and back with a code.

In: a browser. Out: a redirect; a session cookie. Never: a code that another browser asked for, or that
was asked for longer than ten minutes ago.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import asdict
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from outrider.app.api.entry import outrider_of
from outrider.app.api.login import begin_session
from outrider.app.api.page import trouble
from outrider.app.wiring import Outrider
from outrider.kernel import access
from outrider.kernel.access import Member, sign_on
from outrider.kernel.access.sign_on import Identity, Pending, SignOn
from outrider.kernel.errors import NotAllowed, NotFound, OutriderError

router = APIRouter(prefix="/api/login/oidc", tags=["login"])

COOKIE = "outrider_sign_on"
BACK_WITHIN = timedelta(minutes=10)


@router.get("", response_class=HTMLResponse, status_code=303)
async def begin_sign_on(request: Request) -> Response:
    """Send the browser to the company's login."""
    outrider = outrider_of(request)
    try:
        where, pending = await _login(request, outrider).begin(_back(outrider))
    except OutriderError as error:
        return trouble("The company's login cannot be reached", error)
    answer = RedirectResponse(where, 303)
    answer.set_cookie(
        COOKIE,
        _sealed(outrider, pending, outrider.clock.now()),
        max_age=int(BACK_WITHIN.total_seconds()),
        httponly=True,
        secure=outrider.settings.public_url.startswith("https:"),
        # Strict would keep it from us on the way back, which begins at another site.
        samesite="lax",
        path=router.prefix,
    )
    return answer


@router.get("/callback", response_class=HTMLResponse, status_code=303)
async def end_sign_on(request: Request, code: str = "", state: str = "", iss: str = "") -> Response:
    """Take the browser back, with a session if the company's login vouches for an invited person."""
    outrider = outrider_of(request)
    answer: Response
    try:
        login = _login(request, outrider)
        pending = _opened(outrider, request.cookies.get(COOKIE, ""), outrider.clock.now())
        if (
            pending is None
            or not state
            or not hmac.compare_digest(pending.state.encode(), state.encode())
        ):
            raise NotAllowed("This login was begun in another browser or too long ago.")
        # RFC 9207: an answer that names another issuer is a mix-up of two logins.
        if iss and iss != outrider.settings.oidc_issuer:
            raise NotAllowed("Another login answered than the one that was asked.")
        if not code:
            raise NotAllowed("The company's login did not let you in.")
        identity = await login.finish(code, pending, _back(outrider))
        member, place = await _entered(outrider, identity)
        answer = RedirectResponse("/", 303)
        await begin_session(request, answer, member, "oidc", place)
    except OutriderError as error:
        answer = trouble("You are not in", error, '<p><a href="/login">Back to the login</a></p>')
    answer.delete_cookie(COOKIE, path=router.prefix, httponly=True, samesite="lax")
    return answer


async def _entered(outrider: Outrider, identity: Identity) -> tuple[Member, Outrider]:
    """The person in the server's own workspace, else in the first that lets them in.

    Raises:
        NotAllowed: none does; in the words of the server's own.
    """
    refused: NotAllowed | None = None
    async with outrider.database.connection() as conn:
        others = (await access.workspaces(conn)).values()
    for workspace in dict.fromkeys((outrider.workspace, *others)):
        place = outrider.within(workspace)
        try:
            async with place.begin()() as tx:
                return await sign_on.enter(tx, identity), place
        except NotAllowed as error:
            refused = refused or error
    assert refused is not None
    raise refused


def _login(request: Request, outrider: Outrider) -> SignOn:
    """The company's login, made once for the process, so that its keys are fetched once."""
    found: SignOn | None = getattr(request.app.state, "sign_on", None)
    if found is None:
        found = request.app.state.sign_on = outrider.sign_on()
    if found is None:
        raise NotFound("No company's login is set up here: log in with a password.")
    return found


def _back(outrider: Outrider) -> str:
    return f"{outrider.settings.public_url.rstrip('/')}{router.prefix}/callback"


def _sealed(outrider: Outrider, pending: Pending, now: datetime) -> str:
    told = json.dumps({**asdict(pending), "until": (now + BACK_WITHIN).timestamp()})
    body = base64.urlsafe_b64encode(told.encode()).decode()
    return f"{body}.{_seal(outrider, body)}"


def _opened(outrider: Outrider, cookie: str, now: datetime) -> Pending | None:
    body, _, seal = cookie.partition(".")
    if not seal.isascii() or not hmac.compare_digest(seal, _seal(outrider, body)):
        return None
    told = json.loads(base64.urlsafe_b64decode(body))
    if told.pop("until") < now.timestamp():
        return None
    return Pending(**told)


def _seal(outrider: Outrider, body: str) -> str:
    key = outrider.keys.key("sign-on")
    return hmac.new(key, body.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()
