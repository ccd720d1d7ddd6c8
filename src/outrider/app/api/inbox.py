"""The inbox over HTTP: the list, one draft with its evidence, a try of other words, the mail as it looks.

In: a session. Out: typed JSON; the mail's own HTML under a policy that loads and runs nothing.
Never: a decision (`/api/drafts` takes those), a word stored by a try.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field, model_validator

from outrider.app.api.entry import Person, needs
from outrider.app.views import inbox as view
from outrider.app.views import inbox_item
from outrider.app.views.inbox_types import Checked, Item, Page, Shelf
from outrider.drafts import read
from outrider.drafts.review.look import look, looking
from outrider.drafts.rich import Markup
from outrider.kernel.access.permissions import Permission

router = APIRouter(prefix="/api/inbox", tags=["inbox"])

READS = [needs(Permission.DRAFTS_READ)]

MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none';"
    " frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""A mail is shown, never run: no script, no picture from elsewhere, no form, nobody else's frame."""


class Words(BaseModel):
    """What a draft could say instead: a plain body, or one in form."""

    model_config = ConfigDict(extra="forbid")

    subject: str = Field(max_length=1000)
    body: str | None = Field(default=None, max_length=200_000)
    html: str | None = Field(default=None, max_length=200_000)

    @model_validator(mode="after")
    def _one_body(self) -> Words:
        if (self.body is None) == (self.html is None):
            raise ValueError("give body or html, one of them")
        return self


class Looking(BaseModel):
    """Who else has a draft on the screen."""

    names: list[str] = Field(description="The latest first; never the one who asks")


@router.get("", dependencies=READS)
async def list_inbox(
    person: Person,
    shelf: Shelf = Shelf.WAITING,
    q: Annotated[
        str | None, Query(max_length=200, description="In subject, names, address")
    ] = None,
    after: Annotated[int | None, Query(ge=0, le=2**62)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> Page:
    """A page of drafts: those that wait oldest first, those decided newest first."""
    async with person.begin() as tx:
        return await view.page(tx, shelf, search=q, after=after, limit=limit)


@router.get("/{ref}", dependencies=READS)
async def show_inbox_item(person: Person, ref: str) -> Item:
    """One draft with its evidence, checks, history and plan. To fetch is not to look: see `look`."""
    async with person.begin() as tx:
        draft = await read.find(tx, ref)
        return await inbox_item.item(tx, draft, person.member)


@router.post("/{ref}/look", status_code=204, dependencies=READS)
async def look_at_draft(person: Person, ref: str) -> None:
    """Note that this person has the draft on the screen; the time to a decision counts from here."""
    async with person.begin() as tx:
        draft = await read.find(tx, ref)
        if person.key is None:  # a program is not the person who reads before deciding
            await look(tx, draft.id, person.member.person_id, "web")


@router.get("/{ref}/looking", dependencies=READS)
async def who_looks(person: Person, ref: str) -> Looking:
    """Who else has this draft open now, so that two people do not work on one mail unawares."""
    async with person.begin() as tx:
        draft = await read.find(tx, ref)
        return Looking(names=await looking(tx, draft.id, person.member.person_id))


@router.post("/{ref}/check", dependencies=READS)
async def check_words(person: Person, ref: str, words: Words) -> Checked:
    """What the checks would say of these words; nothing is stored."""
    async with person.begin() as tx:
        draft = await read.find(tx, ref)
        body = Markup(words.html) if words.html is not None else words.body or ""
        return await inbox_item.checked(tx, draft, words.subject, body)


@router.get("/{ref}/mail", response_class=HTMLResponse, dependencies=READS)
async def show_mail(person: Person, ref: str) -> Response:
    """The mail as its recipient would see it, for a frame of our own page."""
    async with person.begin() as tx:
        draft = await read.find(tx, ref)
    # Links open beside Outrider, never in its place.
    html = draft.content.html.replace("<head>", '<head><base target="_blank">', 1)
    return HTMLResponse(html, headers={"Content-Security-Policy": MAIL_POLICY})
