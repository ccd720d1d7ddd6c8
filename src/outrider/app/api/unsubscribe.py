"""The unsubscribe page (RFC 8058, 16 CFR 316.5): GET shows, only POST acts; no login, no question.

In: a signed token. Out: a page. Never: an act on GET, for link scanners follow links.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from outrider.app.api.entry import outrider_of
from outrider.app.api.page import page, trouble
from outrider.app.wiring import Outrider
from outrider.kernel import access
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.errors import NotFound, OutriderError
from outrider.prospects.identity import Suppressor
from outrider.prospects.types import ContactId
from outrider.sending import unsubscribe

router = APIRouter(tags=["unsubscribe"])

_OR_REPLY = "<p>Reply to the mail with the word <b>stop</b> instead: that works as well.</p>"

RECIPIENT = Actor(ActorKind.SYSTEM, "recipient")


@router.get("/unsubscribe/{token}", response_class=HTMLResponse)
async def unsubscribe_page(request: Request, token: str) -> HTMLResponse:
    """Show the button. Nothing happens yet."""
    try:
        unsubscribe.verify(token, outrider_of(request).keys.key("unsubscribe"))
    except OutriderError as error:
        return trouble("This link does not work", error, _OR_REPLY)
    return page(
        "Stop these mails?",
        "<p>One click, and we will not write to you again. No login, no questions.</p>"
        "<form method=post><button>Unsubscribe</button></form>",
    )


@router.post("/unsubscribe/{token}", response_class=HTMLResponse)
async def unsubscribe_now(request: Request, token: str) -> HTMLResponse:
    """Never write to this person again. Works for one-click mail clients as well."""
    outrider = outrider_of(request)
    try:
        contact = unsubscribe.verify(token, outrider.keys.key("unsubscribe"))
        await _honour(outrider, contact)
    except OutriderError as error:
        return trouble("This link does not work", error, _OR_REPLY)
    return page(
        "You are unsubscribed",
        "<p>You will not hear from us again. Nothing else is needed; you can close this page.</p>",
    )


async def _honour(outrider: Outrider, contact: ContactId) -> None:
    """Act in the workspace that the contact is in: the link outlives the one that is served today.

    Raises:
        NotFound: the contact is in no workspace.
    """
    suppressor = Suppressor(outrider.keys.key("suppression"))
    async with outrider.database.connection() as conn:
        everywhere = (await access.workspaces(conn)).values()
    for workspace in sorted(everywhere, key=lambda one: one != outrider.workspace):
        with contextlib.suppress(NotFound):
            async with replace(outrider, workspace=workspace).begin(RECIPIENT)() as tx:
                await unsubscribe.act(tx, suppressor, contact, "unsubscribe link")
            return
    raise NotFound("This unsubscribe link belongs to nobody we write to.")
