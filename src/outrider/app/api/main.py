"""The API: what the web app and other programs use. The same verbs as the command line.

In: HTTP. Out: JSON; errors as problem details (RFC 9457) with the codes of the error tree.
Never: an answer without a session or a key, except at the doors that `entry.OPEN` lists with their reason.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from outrider import __version__
from outrider.app.api import (
    asked,
    audit,
    campaigns,
    contacts,
    drafts,
    fleet,
    health,
    images,
    imports,
    inbox,
    join,
    keys,
    live,
    login,
    mailbox_parts,
    mailboxes,
    metrics,
    people,
    policies,
    privacy,
    problems,
    prospects_read,
    replies,
    reports,
    secrets,
    sending,
    sequences,
    settings,
    setup,
    sign_on,
    slack,
    suppressions,
    switches,
    tasks,
    texts,
    trace,
    unsubscribe,
    variants,
    web,
    webhooks,
)
from outrider.app.api.description import describe
from outrider.app.api.each import Each, guard
from outrider.app.api.entry import unguarded
from outrider.app.api.once import Once
from outrider.app.api.shield import Shield
from outrider.app.wiring import Outrider
from outrider.kernel.access.limits import Refusals
from outrider.kernel.access.passwords import Passwords
from outrider.kernel.errors import Broken, OutriderError
from outrider.vendors.public_web import PublicWeb

PARTS = (
    health,
    metrics,
    web,
    setup,
    login,
    sign_on,
    join,
    people,
    keys,
    drafts,
    variants,
    inbox,
    images,
    switches,
    sending,
    mailboxes,
    mailbox_parts,
    settings,
    secrets,
    live,
    policies,
    campaigns,
    prospects_read,
    contacts,
    imports,
    suppressions,
    replies,
    reports,
    sequences,
    tasks,
    fleet,
    asked,
    trace,
    audit,
    privacy,
    unsubscribe,
    slack,
    webhooks,
    texts,
)
"""The doors of the API, in the order of its description."""


def create_app(
    outrider: Outrider | None,
    lifespan: Callable[[FastAPI], AsyncIterator[None]] | None = None,
) -> FastAPI:
    """The application; without `outrider` only its description can be made."""
    app = FastAPI(
        title="Outrider",
        version=__version__,
        description="An agent proposes, a person decides, one executor acts.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        generate_unique_id_function=_operation,
        lifespan=asynccontextmanager(lifespan) if lifespan else None,
        # Its redirects go to whatever the header Host says.
        redirect_slashes=False,
    )
    app.state.outrider = outrider
    app.state.passwords = Passwords()
    app.state.refusals = Refusals()
    app.state.pictures = images.Pictures(PublicWeb())
    for part in PARTS:
        app.include_router(part.router)
    if open_by_accident := unguarded(app):
        raise Broken(f"These routes name no permission: {', '.join(open_by_accident)}.")
    app.add_exception_handler(OutriderError, problems.expected)
    app.add_exception_handler(RequestValidationError, problems.bad_request)
    app.add_exception_handler(HTTPException, problems.no_such_door)
    app.add_exception_handler(DataError, problems.unkeepable)
    app.add_exception_handler(UnicodeEncodeError, problems.unkeepable)
    app.add_exception_handler(Exception, _unexpected)
    app.add_middleware(Once)
    app.add_middleware(Each)
    app.add_middleware(Shield)
    describe(app)
    return app


def _operation(route: APIRoute) -> str:
    return route.name


async def _unexpected(request: Request, error: Exception) -> Response:
    """What nobody foresaw is answered outside all layers, so its headers are set here."""
    response = await problems.unexpected(request, error)
    guard(request.scope, response.headers)
    return response
