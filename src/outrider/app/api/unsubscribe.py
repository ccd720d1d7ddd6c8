"""The page behind every mail's link (RFC 8058, 16 CFR 316.5): GET shows, only POST acts; no login.

In: a signed token; on POST a wish. Out: a page. Never: an act on GET or HEAD, for link scanners
follow links; an act on a POST that says nothing; a script; a question that must be answered.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from email import message_from_bytes
from html import escape
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from outrider.app.api.entry import outrider_of
from outrider.app.api.page import page
from outrider.app.api.unsubscribe_words import LANGUAGES, Words, language
from outrider.app.wiring import Outrider
from outrider.kernel import access
from outrider.kernel.database.tx import Actor, ActorKind, Tx
from outrider.kernel.errors import NotFound, OutriderError
from outrider.prospects.identity import Suppressor
from outrider.prospects.types import ContactId
from outrider.sending import preferences, unsubscribe
from outrider.sending.preferences import Wish

router = APIRouter(tags=["unsubscribe"])

RECIPIENT = Actor(ActorKind.SYSTEM, "recipient")
LONGEST_FORM = 4_000
"""Bytes of a form that are read; ours has one field, a mail program's too."""

_ONE_CLICK = ("list-unsubscribe", "one-click")


@dataclass(frozen=True)
class _Visit:
    """One request for the page."""

    outrider: Outrider
    token: str
    code: str

    @property
    def words(self) -> Words:
        return LANGUAGES[self.code]

    @property
    def until(self) -> str:
        """The last day of a pause that begins now."""
        return self.words.on(preferences.pause_until(self.outrider.clock.now().date()))

    def contact(self) -> ContactId:
        """Raises NotFound: the token is none of ours."""
        first, *older = self.outrider.keys.good("unsubscribe")
        for key in reversed(older):  # a link is as good as the mail it came with
            with contextlib.suppress(NotFound):
                return unsubscribe.verify(self.token, key)
        return unsubscribe.verify(self.token, first)


@router.get("/unsubscribe/{token}", response_class=HTMLResponse)
async def unsubscribe_page(request: Request, token: str) -> HTMLResponse:
    """Show the choices. Nothing happens yet."""
    visit = _visit(request, token)
    try:
        visit.contact()
    except OutriderError as error:
        return _broken(visit, error)
    return _choices(visit, visit.words.ask, visit.words.promise)


@router.head("/unsubscribe/{token}", include_in_schema=False)
async def unsubscribe_head(request: Request, token: str) -> HTMLResponse:
    """What GET would answer, without the page: for scanners that look whether a link is alive."""
    return await unsubscribe_page(request, token)


@router.post("/unsubscribe/{token}", response_class=HTMLResponse)
async def unsubscribe_now(request: Request, token: str) -> HTMLResponse:
    """Do at once what the button says. A mail program's one click unsubscribes from everything."""
    visit = _visit(request, token)
    try:
        contact = visit.contact()
        body = (await request.body())[:LONGEST_FORM]
        wish = wish_in(body, request.headers.get("content-type", ""))
        if wish is None:
            return _choices(visit, visit.words.unclear, visit.words.unclear_means, 400)
        await _honour(visit.outrider, contact, wish)
    except OutriderError as error:
        return _broken(visit, error)
    return _answer(visit, wish)


def wish_in(body: bytes, content_type: str) -> Wish | None:
    """What a POST asks for; None when it says nothing that we know.

    A mail program sends `List-Unsubscribe=One-Click`, as a form of either kind (RFC 8058, 3.2).
    """
    fields = {name.lower(): value.strip().lower() for name, value in _fields(body, content_type)}
    if fields.get(_ONE_CLICK[0]) == _ONE_CLICK[1]:
        return Wish.ALL
    try:
        return Wish(fields.get("wish", ""))
    except ValueError:
        return None


def _fields(body: bytes, content_type: str) -> list[tuple[str, str]]:
    if content_type.strip().lower().startswith("multipart/form-data"):
        whole = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
        parts = whole.get_payload()
        return [
            (str(part.get_param("name", "", "content-disposition")), str(part.get_payload()))
            for part in (parts if isinstance(parts, list) else [])
            if not isinstance(part, str)
        ]
    try:
        found = parse_qs(body.decode("utf-8", "replace").strip(), max_num_fields=10)
    except ValueError:
        return []
    return [(name, values[0]) for name, values in found.items()]


async def _honour(outrider: Outrider, contact: ContactId, wish: Wish) -> None:
    """Act in the workspace that the contact is in: the link outlives the one that is served today.

    Raises:
        NotFound: the contact is in no workspace.
    """
    suppressor = Suppressor(outrider.keys.key("suppression"))
    acts: dict[Wish, Callable[[Tx], Awaitable[bool]]] = {
        Wish.ALL: lambda tx: unsubscribe.act(tx, suppressor, contact, "unsubscribe link"),
        Wish.PAUSE: lambda tx: preferences.pause(tx, contact, "unsubscribe link"),
        Wish.WRONG: lambda tx: preferences.wrong_person(
            tx, suppressor, contact, "unsubscribe link"
        ),
    }
    async with outrider.database.connection() as conn:
        everywhere = (await access.workspaces(conn)).values()
    for workspace in sorted(everywhere, key=lambda one: one != outrider.workspace):
        with contextlib.suppress(NotFound):
            async with replace(outrider, workspace=workspace).begin(RECIPIENT)() as tx:
                await acts[wish](tx)
            return
    raise NotFound("This unsubscribe link belongs to nobody we write to.")


def _visit(request: Request, token: str) -> _Visit:
    asked = request.query_params.get("lang", "")
    code = language(asked, request.headers.get("accept-language", ""))
    return _Visit(outrider_of(request), token, code)


def _choices(visit: _Visit, title: str, promise: str, status: int = 200) -> HTMLResponse:
    words = visit.words
    body = (
        f"<p>{escape(promise)}</p>"
        f"<form method=post>{_button(Wish.ALL, words.all)}"
        f"<h2>{escape(words.other)}</h2>"
        f"{_button(Wish.PAUSE, words.pause, 'pause-means')}"
        f"<p class=soft id=pause-means>{escape(words.pause_means.format(date=visit.until))}</p>"
        f"{_button(Wish.WRONG, words.wrong, 'wrong-means')}"
        f"<p class=soft id=wrong-means>{escape(words.wrong_means)}</p></form>"
        f"{_other_languages(visit)}"
    )
    return page(title, body, status, visit.code)


def _answer(visit: _Visit, wish: Wish) -> HTMLResponse:
    words = visit.words
    title, means = {
        Wish.ALL: (words.done, words.done_means),
        Wish.PAUSE: (words.paused, words.paused_means.format(date=visit.until)),
        Wish.WRONG: (words.noted, words.noted_means),
    }[wish]
    body = f"<p>{escape(means)}</p>"
    if wish is Wish.PAUSE:
        body += (
            f"<form method=post><h2>{escape(words.still)}</h2>"
            f"{_button(Wish.ALL, words.all, kind='second')}</form>"
        )
    return page(title, body, 200, visit.code)


def _button(wish: Wish, label: str, means: str = "", kind: str = "") -> str:
    described = f" aria-describedby={means} class=second" if means else ""
    kind = f" class={kind}" if kind and not means else ""
    return f"<button name=wish value={wish}{described}{kind}>{escape(label)}</button>"


def _other_languages(visit: _Visit) -> str:
    links = " ".join(
        f'<a href="?lang={code}" lang={code} hreflang={code}>{escape(words.name)}</a>'
        for code, words in LANGUAGES.items()
        if code != visit.code
    )
    return f"<p class=languages>{links}</p>"


def _broken(visit: _Visit, error: OutriderError) -> HTMLResponse:
    """A link that is none of ours gets our own words; anything else its own sentence."""
    words = visit.words
    means = words.broken_means if isinstance(error, NotFound) else error.message
    body = f"<p>{escape(means)}</p><p>{escape(words.or_reply)}</p>"
    return page(words.broken, body, error.status, visit.code)
