"""What Slack sends over HTTP: events, clicks, submitted modals.

In: raw bytes and their signature, in place of a session. Out: an answer within three seconds.
Never: a parsed byte before the signature is right, a word on why it was not.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from outrider.app.api.entry import outrider_of
from outrider.app.slack.handle import handle
from outrider.app.slack.signature import is_from_slack
from outrider.app.wiring import Outrider
from outrider.kernel.errors import InvalidInput, NotFound

router = APIRouter(prefix="/api/slack", tags=["slack"])

LARGEST_BODY = 1_000_000
"""Bytes; Slack's own are far smaller."""


@router.post("/events", response_class=Response)
async def slack_events(request: Request) -> Response:
    """An event of the Events API, as JSON."""
    return await _answered(request, is_form=False)


@router.post("/actions", response_class=Response)
async def slack_actions(request: Request) -> Response:
    """A click or a submitted modal: a form with one field, `payload`."""
    return await _answered(request, is_form=True)


async def _answered(request: Request, *, is_form: bool) -> Response:
    outrider = outrider_of(request)
    secret, api = outrider.secret_setting("slack_signing_secret"), outrider.slack()
    if secret is None or api is None:
        raise NotFound("Slack is not set up here.")
    body = await _body(request)
    if body is None or not _is_genuine(outrider, request, body, secret):
        return JSONResponse(
            {
                "type": "urn:outrider:not_allowed",
                "code": "not_allowed",
                "detail": "Not from Slack.",
            },
            status_code=401,
            media_type="application/problem+json",
        )
    answer = await handle(outrider, api, _payload(body, is_form=is_form))
    # An empty body closes a modal; anything in it would be taken for a wish.
    return JSONResponse(answer) if answer else Response(status_code=200)


async def _body(request: Request) -> bytes | None:
    """The raw bytes; None when there are too many."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            return None
    return body


def _is_genuine(outrider: Outrider, request: Request, body: bytes, secret: str) -> bool:
    return is_from_slack(
        secret,
        request.headers.get("x-slack-request-timestamp", ""),
        body,
        request.headers.get("x-slack-signature", ""),
        outrider.clock.now(),
    )


def _payload(body: bytes, *, is_form: bool) -> dict[str, Any]:
    try:
        text = body.decode()
        payload = json.loads(parse_qs(text, max_num_fields=10)["payload"][0] if is_form else text)
    except (ValueError, KeyError, RecursionError):
        payload = None
    if not isinstance(payload, dict):
        raise InvalidInput(
            "The body is not what Slack sends: an object of JSON, or a form with one."
        )
    return payload
