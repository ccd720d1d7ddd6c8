"""What people do in Slack, through one function for HTTP and for Socket Mode.

In: a payload whose origin was proved. Out: the body to answer with, within Slack's three seconds.
Never: a decision of an unknown user, a second effect of a repeated request, a call of Slack while a
transaction is open, slow work (jobs do it).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from outrider.app.slack import (
    answers,
    cards,
    deeds,
    modals,
    payloads,
    people,
    requests,
    store,
)
from outrider.app.slack.payloads import About, Click, Submission
from outrider.app.slack.ports import SlackApi
from outrider.app.slack.soon import answer_soon, show_soon
from outrider.app.views import slack as view
from outrider.app.wiring import Outrider, person_actor
from outrider.drafts import read
from outrider.drafts.review import look
from outrider.drafts.types import Draft, DraftStatus
from outrider.kernel.access import Member
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Actor, ActorKind, Tx
from outrider.kernel.errors import Conflict, NotAllowed, NotFound, OutriderError, VendorUnavailable

DOOR = Actor(ActorKind.SYSTEM, "slack")
Answer = dict[str, Any]
_NOTHING: Answer = {}


async def handle(outrider: Outrider, api: SlackApi, payload: Mapping[str, Any]) -> Answer:
    """Do what a payload asks for; a repeated one gets the answer of the first time.

    Raises:
        InvalidInput: the payload has not the shape that Slack describes.
    """
    match payload.get("type"):
        case "url_verification":
            return {"challenge": str(payload.get("challenge", ""))[:1000]}
        case "event_callback":
            return await _event(outrider, payload)
        case "block_actions":
            return await _clicked(outrider, api, payloads.click(payload))
        case "view_submission":
            return await _submitted(outrider, payloads.submission(payload))
        case _:
            return _NOTHING


async def _event(outrider: Outrider, payload: Mapping[str, Any]) -> Answer:
    """Take note of an event, once. Nothing listens to events yet."""
    async with outrider.begin(DOOR)() as tx:
        await store.remember(tx, f"event:{str(payload.get('event_id'))[:100]}", None, _NOTHING)
    return _NOTHING


FORM_OPENS_WITHIN = 1.5
"""Seconds since the click came: Slack gives three for the form, and for the answer to the click after it."""


async def _clicked(outrider: Outrider, api: SlackApi, click: Click) -> Answer:
    until = asyncio.get_running_loop().time() + FORM_OPENS_WITHIN
    try:
        member = await _who(outrider, click.user)
        if click.action in deeds.AT_ONCE:
            await _done(outrider, member, click)
        elif click.action in answers.CLICKS:
            await _open(api, click, await answers.clicked(outrider, member, click), until)
        elif click.action in (cards.REJECT, cards.EDIT, cards.OPEN):
            await _open(api, click, await _modal(outrider, member, click), until)
    except (VendorUnavailable, TimeoutError):
        await _explain(outrider, click, "Slack did not open the form in time: click again.")
    except OutriderError as error:
        await _explain(outrider, click, error.message)
    return _NOTHING


async def _open(api: SlackApi, click: Click, modal: Mapping[str, Any] | None, until: float) -> None:
    """Open a form, if there is one, by this instant of the loop's clock.

    Raises:
        TimeoutError: what came before it, or Slack, took too long; the person sees no form.
    """
    if modal is not None:
        async with asyncio.timeout_at(until):
            await api.open_view(click.trigger_id, modal)


async def _done(outrider: Outrider, member: Member, click: Click) -> None:
    """Do exactly what the card offered; what is to be said goes to the clicker alone."""
    async with outrider.begin(person_actor(member))() as tx:
        if not await store.remember(tx, click.key, click.user, _NOTHING):
            return
        draft = await _shown_on(tx, click, member)
        try:
            async with tx.conn.begin_nested():
                said = await deeds.done(tx, member, draft, click)
        except OutriderError as error:
            said = await _since_you_saw_it(tx, draft, error)
        else:
            await _by_slack(tx, draft, click.user, deeds.AT_ONCE[click.action])
        if said:
            await answer_soon(tx, click.channel, click.user, said, click.thread_ts)
        await show_soon(tx, draft.lineage_id)


async def _modal(outrider: Outrider, member: Member, click: Click) -> Mapping[str, Any] | None:
    """The modal for a click; None for one that was answered before, its trigger is used up.

    Raises:
        Conflict: it is decided or revised; the sentence says by whom and what replaced it.
        NotAllowed: the person may look, but not do this.
    """
    async with outrider.begin(person_actor(member))() as tx:
        draft = await _shown_on(tx, click, member)
        if not await store.remember(tx, click.key, click.user, _NOTHING):
            return None
        await look.look(tx, draft.id, member.person_id, "slack")
        found = await view.one(tx, draft.id, member)
        if found is None:
            raise NotFound
        if click.action == cards.OPEN:
            return modals.open_view(found)
        await _be_open(tx, draft, click.about)
        _be_allowed(found, _VERBS[click.action])
    private = click.about.model_copy(
        update={"channel": click.channel, "thread_ts": click.thread_ts}
    ).model_dump_json()
    make = modals.reject_view if click.action == cards.REJECT else modals.edit_view
    if click.action == cards.EDIT and not cards.fits_a_field(found):
        raise Conflict(
            f"Draft {draft.number} is too long to be edited in Slack: "
            f"outrider drafts edit {draft.number}"
        )
    return make(found, private)


async def _submitted(outrider: Outrider, given: Submission) -> Answer:
    """Reject or edit; a sentence in the modal says what is wrong, and nothing is kept then."""
    try:
        member = await _who(outrider, given.user)
        async with outrider.begin(person_actor(member))() as tx:
            if not await store.remember(tx, given.key, given.user, _NOTHING):
                return await store.answer_to(tx, given.key) or _NOTHING
            if given.callback == requests.NO:
                await answers.denied(tx, member, given)
                return _NOTHING
            draft = await read.find(tx, str(given.about.draft))
            await _be_open(tx, draft, given.about)
            said = await deeds.submitted(tx, member, draft, given)
            await _by_slack(tx, draft, given.user, _VERBS.get(given.callback, given.callback))
            about = given.about
            if said and about.channel:
                await answer_soon(tx, about.channel, given.user, said, about.thread_ts)
            await show_soon(tx, draft.lineage_id)
    except OutriderError as error:
        errors = {_field_of(given, error): error.message[:1000]}
        return {"response_action": "errors", "errors": errors}
    return _NOTHING


_VERBS = {cards.REJECT: "reject", cards.EDIT: "edit"}


def _field_of(given: Submission, error: OutriderError) -> str:
    """The field of the form that a sentence belongs below."""
    if given.callback in (cards.REJECT, requests.NO):
        return modals.NOTE
    return modals.SUBJECT if error.message.startswith("The subject") else modals.BODY


def _be_allowed(found: Mapping[str, Any], verb: str) -> None:
    permission = found["can"][verb]
    if not permission["allowed"]:
        raise NotAllowed(permission["why_not"])


async def _who(outrider: Outrider, slack_user: str) -> Member:
    """The member behind a Slack user.

    Raises:
        NotAllowed: nobody said who it is.
    """
    async with outrider.begin(DOOR)() as tx:
        member = await people.behind(tx, slack_user)
        if member is None:
            await record(tx, "slack.refuse", f"slack_user:{slack_user}", {"why": "not mapped"})
    if member is None:
        raise NotAllowed(
            f"Outrider does not know who you are, so nothing was done. Ask an admin to run: "
            f"outrider person slack YOUR-EMAIL {slack_user}"
        )
    return member


async def _shown_on(tx: Tx, click: Click, member: Member) -> Draft:
    """The draft of the card that was clicked; it stood open before this person since it was posted.

    Raises:
        NotAllowed: no card of ours stands there.
    """
    draft = await read.find(tx, str(click.about.draft))
    card = await store.card(tx, draft.id)
    # Without a `ts` the process that posted it has not written down yet that it is there.
    if card is None or card.channel != click.channel or card.ts not in (None, click.message_ts):
        raise NotAllowed("This card is none of Outrider's: decide on the newest card of the mail.")
    if card.posted_at is not None:
        await look.shown(tx, draft.id, member.person_id, "slack", card.posted_at)
    return draft


async def _be_open(tx: Tx, draft: Draft, about: About) -> None:
    if draft.status is not DraftStatus.PENDING:
        standing = await read.standing(tx, draft)
        raise Conflict(await _since_you_saw_it(tx, draft, standing))
    if draft.content_hash != about.hash:
        raise Conflict(f"Draft {draft.number} was revised since you saw it; open its newest card.")


async def _since_you_saw_it(tx: Tx, draft: Draft, error: OutriderError) -> str:
    """The sentence of a refusal; when a newer version is there, that comes first."""
    versions = await read.lineage(tx, draft.lineage_id)
    if isinstance(error, Conflict) and versions[-1].version > draft.version:
        return f"This mail was revised since you saw it. {error.message}"
    return error.message


async def _by_slack(tx: Tx, draft: Draft, slack_user: str, act: str) -> None:
    body = {"slack_user": slack_user, "act": act, "content_hash": draft.content_hash}
    await record(tx, "slack.decide", f"draft:{draft.id}", body)


async def _explain(outrider: Outrider, click: Click, sentence: str) -> None:
    async with outrider.begin(DOOR)() as tx:
        await answer_soon(tx, click.channel, click.user, sentence, click.thread_ts)
