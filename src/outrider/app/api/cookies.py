"""The session's cookie. In: a token. Out: a header. Never: a cookie that a script can read."""

from __future__ import annotations

from ipaddress import ip_address

from fastapi import Request, Response

from outrider.app.api.entry import COOKIE
from outrider.kernel.access import SESSION_LIVES


def remember(request: Request, response: Response, token: str) -> None:
    """Put the session into the browser, for as long as it can live."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(SESSION_LIVES.total_seconds()),
        httponly=True,
        secure=_is_secure(request),
        samesite="lax",
        path="/",
    )


def forget(request: Request, response: Response) -> None:
    """Take the session out of the browser."""
    response.delete_cookie(
        COOKIE, httponly=True, secure=_is_secure(request), samesite="lax", path="/"
    )


def _is_secure(request: Request) -> bool:
    """Over TLS only, except on this machine itself, where there is none."""
    if request.url.scheme == "https":
        return True
    host = request.url.hostname or ""
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"
