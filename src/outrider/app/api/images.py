"""A mail with its pictures, when a person asks for them: fetched by us, so that nobody learns who looks.

In: a session, a draft. Out: the mail's HTML with pictures as `data:`, under the policy that loads nothing.
Never: an address that does not stand in the mail, a picture of an unknown kind, a browser that asks elsewhere.
"""

from __future__ import annotations

import asyncio
import base64
import re
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape, unescape

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from outrider.app.api.entry import Person, needs
from outrider.app.api.inbox import MAIL_POLICY
from outrider.drafts import read
from outrider.kernel.access.permissions import Permission
from outrider.kernel.errors import OutriderError
from outrider.vendors.public_web import PublicWeb

router = APIRouter(prefix="/api/inbox", tags=["inbox"])

MOST_PICTURES = 20
"""Of one mail."""
LARGEST = 1_500_000
"""Bytes of one picture."""
AT_ONCE = 4
KEPT_BYTES = 30_000_000
KEPT_FOR = timedelta(hours=1)

_KINDS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
"""By their first bytes: what a server calls them is its own word. No SVG, which is a document."""
_PICTURE = re.compile(r"(<img\b[^>]*?\bsrc\s*=\s*)(\"[^\"]*\"|'[^']*')", re.IGNORECASE)


class Pictures:
    """Fetches pictures and keeps them for a while, in memory."""

    def __init__(self, web: PublicWeb) -> None:
        """`web` is where they come from."""
        self._web = web
        self._kept: OrderedDict[str, tuple[datetime, str]] = OrderedDict()
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def shown(self, html: str, now: datetime) -> str:
        """The HTML with each picture that could be had in place of its address."""
        urls = [unescape(found[2][1:-1]).strip() for found in _PICTURE.finditer(html)]
        wanted = [one for one in dict.fromkeys(urls) if one.startswith("https:")][:MOST_PICTURES]
        found = dict(zip(wanted, await self._all(wanted, now), strict=True))

        def inlined(match: re.Match[str]) -> str:
            data = found.get(unescape(match[2][1:-1]).strip())
            return f'{match[1]}"{escape(data)}"' if data else match[0]

        return _PICTURE.sub(inlined, html)

    async def _all(self, urls: Sequence[str], now: datetime) -> list[str | None]:
        return await asyncio.gather(*(self._one(url, now) for url in urls))

    async def _one(self, url: str, now: datetime) -> str | None:
        kept = self._kept.get(url)
        if kept and now - kept[0] < KEPT_FOR:
            return kept[1]
        async with self._gate:
            try:
                data = as_data(await self._web.fetch(url, LARGEST))
            except OutriderError:
                return None  # the mail is shown without it, as it was before
        if data:
            self._keep(url, now, data)
        return data

    def _keep(self, url: str, now: datetime, data: str) -> None:
        self._kept.pop(url, None)
        self._kept[url] = (now, data)
        while sum(len(one) for _, one in self._kept.values()) > KEPT_BYTES:
            self._kept.popitem(last=False)


def as_data(body: bytes) -> str | None:
    """A picture as a `data:` address; None when it is no picture of a kind that we know."""
    kind = next((kind for mark, kind in _KINDS if body.startswith(mark)), None)
    if kind is None and body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        kind = "image/webp"
    return f"data:{kind};base64,{base64.b64encode(body).decode()}" if kind else None


@router.get(
    "/{ref}/pictures",
    response_class=HTMLResponse,
    dependencies=[needs(Permission.DRAFTS_READ)],
)
async def show_mail_with_pictures(request: Request, person: Person, ref: str) -> Response:
    """The mail with the pictures that its HTML names, fetched now because somebody asked."""
    async with person.begin() as tx:
        draft = await read.find(tx, ref)
    html = draft.content.html.replace("<head>", '<head><base target="_blank">', 1)
    pictures = request.app.state.pictures
    assert isinstance(pictures, Pictures)
    shown = await pictures.shown(html, person.outrider.clock.now())
    return HTMLResponse(shown, headers={"Content-Security-Policy": MAIL_POLICY})
