"""The API: what the web app and other programs use. The same verbs as the command line.

In: HTTP on loopback. Out: JSON; errors as problem details (RFC 9457) with the codes of the error tree.
Never: an answer without a session, except health, set-up, the unsubscribe page, and what Slack signed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from outrider import __version__
from outrider.app.api import (
    campaigns,
    drafts,
    health,
    policies,
    sequences,
    setup,
    slack,
    trace,
    unsubscribe,
    webhooks,
)
from outrider.app.api.shield import Shield
from outrider.app.wiring import Outrider
from outrider.kernel import telemetry
from outrider.kernel.errors import Broken, OutriderError
from outrider.kernel.ids import random_token

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

_log = telemetry.get_logger("api")


PARTS = (
    health,
    setup,
    drafts,
    policies,
    campaigns,
    sequences,
    trace,
    unsubscribe,
    slack,
    webhooks,
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
    )
    app.state.outrider = outrider
    for part in PARTS:
        app.include_router(part.router)
    app.add_exception_handler(OutriderError, _problem)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(Exception, _unexpected)
    app.middleware("http")(_each)
    app.add_middleware(Shield)
    return app


def _operation(route: APIRoute) -> str:
    return route.name


async def _each(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """A correlation id for each request, and the headers of every answer."""
    correlation = random_token()[:16]
    request.state.correlation_id = correlation
    with telemetry.correlated(correlation):
        response = await call_next(request)
    response.headers["X-Correlation-Id"] = correlation
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


async def _problem(request: Request, error: Exception) -> JSONResponse:
    """An expected error, as one plain sentence."""
    assert isinstance(error, OutriderError)
    return JSONResponse(
        {"type": f"urn:outrider:{error.code}", "code": error.code, "detail": error.message},
        status_code=error.status,
        media_type="application/problem+json",
    )


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    """Something that nobody foresaw: its kind goes to the log, nothing of it to the caller."""
    _log.error("request_failed", error=type(error).__name__)
    problem = Broken("Something went wrong here that should not; the log has its correlation id.")
    answer = await _problem(request, problem)
    answer.headers["X-Correlation-Id"] = getattr(request.state, "correlation_id", "")
    return answer


async def _bad_request(request: Request, error: Exception) -> JSONResponse:
    """A request of the wrong shape: the first field at fault, and why."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"][1:]) or "body"
    return JSONResponse(
        {
            "type": "urn:outrider:invalid_input",
            "code": "invalid_input",
            "detail": f"`{field}` cannot be used: {first['msg']}.",
        },
        status_code=400,
        media_type="application/problem+json",
    )
