"""What every answer has: a correlation id, a span, and the headers that guard it.

In: ASGI, behind the shield. Out: the same. Never: an end of an answer that its route did not come to: a
stream that breaks off must not look whole, so nothing stands between the route and the wire.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from outrider.kernel import telemetry, tracing
from outrider.kernel.ids import random_token

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""Of every answer that does not say otherwise. The web app's page has a policy of its own, which
lets our own scripts run and no others."""
HSTS = "max-age=31536000"
"""RFC 6797; said only where TLS is."""


class Each:
    """The layer that every request passes."""

    def __init__(self, app: ASGIApp) -> None:
        """`app` is what stands behind it."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer under a correlation id; the span ends when the answer begins."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        correlation = random_token()[:16]
        Request(scope).state.correlation_id = correlation

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                span.answered(getattr(scope.get("route"), "path", None), message["status"])
                headers = MutableHeaders(scope=message)
                headers["X-Correlation-Id"] = correlation
                guard(scope, headers)
            await send(message)

        with telemetry.correlated(correlation), tracing.answer(scope["method"]) as span:
            await self.app(scope, receive, guarded)


def guard(scope: Scope, headers: MutableHeaders) -> None:
    """Add what the route did not set itself."""
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if scope.get("scheme") == "https":
        headers.setdefault("Strict-Transport-Security", HSTS)
