"""What people answer to text messages.

In: a form and Twilio's signature, in place of a session. Out: an empty answer, once it is stored.
Never: a field read before the signature is right, a message sent, an effect twice.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from outrider.app.api.entry import outrider_of
from outrider.conversations import receive_text
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.errors import NotAllowed, NotFound
from outrider.kernel.telemetry import get_logger
from outrider.prospects.identity import Suppressor
from outrider.vendors import sms_twilio_answers
from outrider.vendors.sms_twilio import KEY_FILE

router = APIRouter(prefix="/api/texts", tags=["webhooks"])

TWILIO = Actor(ActorKind.SYSTEM, "webhook:twilio")
_log = get_logger("api")


@router.post("/twilio", response_class=Response)
async def text_answers(request: Request) -> Response:
    """A text message from a person, signed with the auth token of `twilio.json` in the keys folder.

    Twilio must call it at the public address of this installation: the signature covers it.
    """
    outrider = outrider_of(request)
    try:
        secret = outrider.handed(KEY_FILE).decode()
    except (OSError, UnicodeDecodeError):
        raise NotFound("Text messages are not set up here.") from None
    query = f"?{request.url.query}" if request.url.query else ""
    url = outrider.settings.public_url.rstrip("/") + request.url.path + query
    signature = request.headers.get("x-twilio-signature", "")
    try:
        text = sms_twilio_answers.read(secret, url, await request.body(), signature)
    except NotAllowed as error:
        _log.info("text_refused")
        problem = {"type": "urn:outrider:not_allowed", "code": "not_allowed"}
        return JSONResponse(
            {**problem, "detail": error.message},
            status_code=401,
            media_type="application/problem+json",
        )
    if text is not None:
        suppressor = Suppressor(outrider.keys.key("suppression"))
        async with outrider.begin(TWILIO)() as tx:
            taken = await receive_text.receive(tx, text, suppressor)
        _log.info("text", kind=str(taken.kind), new=taken.is_new, people=len(taken.contacts))
    return Response(sms_twilio_answers.NOTHING, media_type="text/xml")
