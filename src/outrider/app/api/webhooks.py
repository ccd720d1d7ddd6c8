"""What mail providers say of our mail: delivered, bounced, complained, deferred.

In: raw bytes and the provider's signature, in place of a session. Out: 202, once it is stored.
Never: a parsed byte before the signature is right, a word on why it was not, an event twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from outrider.app.api.entry import outrider_of
from outrider.app.wiring import Outrider
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.errors import NotAllowed, NotFound
from outrider.kernel.telemetry import get_logger
from outrider.prospects.identity import Suppressor
from outrider.sending import events
from outrider.sending.events_types import WebhookReading
from outrider.vendors.mail_webhooks.checks import posted
from outrider.vendors.mail_webhooks.choose import SECRETS, Reader, reader_of

router = APIRouter(prefix="/api/webhooks", tags=["webhooks"])

_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")
_log = get_logger("api")


@dataclass
class _Known:
    """A reader and the secret it was made with; a changed file makes a new one."""

    secret: str
    read: Reader


@router.post("/{provider}/{key}", response_class=Response, status_code=202)
async def provider_events(request: Request, provider: str, key: str) -> Response:
    """Events of a provider, signed with the secret that belongs to this key.

    The secret is the file `webhook-PROVIDER-KEY` in the keys folder.
    """
    outrider = outrider_of(request)
    read = _reader(request, outrider, provider, key)
    body = await request.body()
    try:
        asked = posted(body, dict(request.headers), dict(request.query_params))
        reading = await read(asked, outrider.clock.now())
    except NotAllowed:
        _log.info("webhook_refused", provider=provider)
        return _unsigned()
    known = await _keep(outrider, reading)
    _log.info("webhook", provider=provider, events=len(reading.events), new=known)
    if reading.answer:
        return Response(reading.answer, 200, media_type="text/plain")
    return Response(status_code=202)


async def _keep(outrider: Outrider, reading: WebhookReading) -> int:
    """Store each event in a short transaction of its own; a provider that asks again repeats none."""
    suppressor = Suppressor(outrider.keys.key("suppression"))
    new = 0
    for event in reading.events:
        begin = outrider.begin(Actor(ActorKind.SYSTEM, f"webhook:{event.provider}"))
        async with begin() as tx:
            new += await events.note(tx, suppressor, event)
    return new


def _reader(request: Request, outrider: Outrider, provider: str, key: str) -> Reader:
    """What verifies this provider's requests, made once for each secret."""
    if provider not in SECRETS or not _KEY.fullmatch(key):
        raise NotFound("No webhook is expected at this address.")
    try:
        secret = outrider.handed(f"webhook-{provider}-{key}").decode().strip()
    except (OSError, UnicodeDecodeError):
        secret = ""
    if not secret:
        raise NotFound("No webhook is expected at this address.")
    state = request.app.state
    if not hasattr(state, "webhook_readers"):
        state.webhook_readers = {}
    kept: dict[tuple[str, str], _Known] = state.webhook_readers
    known = kept.get((provider, key))
    if known is None or known.secret != secret:
        known = _Known(secret, reader_of(provider, secret, outrider.clock))
        kept[provider, key] = known
    return known.read


def _unsigned() -> JSONResponse:
    return JSONResponse(
        {
            "type": "urn:outrider:not_allowed",
            "code": "not_allowed",
            "detail": "Not signed by the provider.",
        },
        status_code=401,
        media_type="application/problem+json",
    )
