"""Errors as answers: problem details (RFC 9457) with the codes of the error tree.

In: an error. Out: JSON with one plain sentence. Never: a traceback, a statement, a value's insides.
"""

from __future__ import annotations

import re

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from outrider.app.api.entry import routes_of
from outrider.kernel import telemetry
from outrider.kernel.errors import Broken, OutriderError

MEDIA = "application/problem+json"

_log = telemetry.get_logger("api")
_NO_TEXT = re.compile(r"contain NUL|cannot be converted to text|surrogates not allowed")


class Problem(BaseModel):
    """What went wrong, in one sentence."""

    type: str = Field(description="`urn:outrider:` and the code")
    code: str = Field(description="One of docs/errors.md; it never changes")
    detail: str = Field(description="One plain sentence: which field, which value, what to do")


def problem(error: OutriderError) -> JSONResponse:
    """An expected error, as one plain sentence."""
    # RFC 9110, sections 10.2.3 and 11.6.1: when to come back, and how one shows who one is.
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}
    if "retry_after" in error.facts:
        headers["Retry-After"] = str(error.facts["retry_after"])
    return _answer(error.code, error.message, error.status, headers)


async def expected(request: Request, error: Exception) -> JSONResponse:
    """One of the error tree."""
    assert isinstance(error, OutriderError)
    return problem(error)


async def unexpected(request: Request, error: Exception) -> JSONResponse:
    """Something that nobody foresaw: its kind goes to the log, nothing of it to the caller."""
    correlation = getattr(request.state, "correlation_id", "")
    # This stands outside the layer that puts it on every line.
    _log.error("request_failed", error=type(error).__name__, correlation_id=correlation)
    answer = problem(
        Broken("Something went wrong here that should not; the log has its correlation id.")
    )
    answer.headers["X-Correlation-Id"] = correlation
    return answer


async def unkeepable(request: Request, error: Exception) -> JSONResponse:
    """A NUL or half a surrogate pair is the sender's fault: no text of PostgreSQL holds one. The rest is ours."""
    if not _NO_TEXT.search(str(getattr(error, "orig", error))):
        raise error
    sentence = "A text of this request holds a sign that is none, such as a NUL; take it out."
    return _answer("invalid_input", sentence, 400, {})


async def bad_request(request: Request, error: Exception) -> JSONResponse:
    """A request of the wrong shape: the first field at fault, and why."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"][1:]) or "body"
    return _answer("invalid_input", f"`{field}` cannot be used: {first['msg']}.", 400, {})


async def no_such_door(request: Request, error: Exception) -> JSONResponse:
    """An address or a method that the API has not."""
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        # The router names the methods of one route; others of the same address have more.
        headers["Allow"] = ", ".join(sorted(_methods(request)))
    code, sentence = {
        404: ("not_found", "There is nothing at this address."),
        405: ("invalid_input", f"{request.method} is not a method of this address."),
    }.get(error.status_code, ("invalid_input", str(error.detail)))
    return _answer(code, sentence, error.status_code, headers)


def _methods(request: Request) -> set[str]:
    """Every method of this address (RFC 9110, section 10.2.1)."""
    routes = list(routes_of(request.app))
    own = next((one.path for one in routes if one.path_regex.match(request.url.path)), None)
    return {method for one in routes if one.path == own for method in one.methods or ()}


def _answer(code: str, sentence: str, status: int, headers: dict[str, str]) -> JSONResponse:
    # A sentence may quote what was sent, and that may be no text at all.
    plain = sentence.encode("utf-8", "replace").decode()
    return JSONResponse(
        {"type": f"urn:outrider:{code}", "code": code, "detail": plain},
        status_code=status,
        headers=headers,
        media_type=MEDIA,
    )
