"""Bring what Slack shows of one mail in line with what is stored.

In: a lineage of drafts. Out: a card for each version, in one thread; long texts in parts; one notice of
each thing that happened. Never: a post without an intent committed before it, a second post while the
first may be there, a decision, news of a mail that has no card.

Every step can be taken again: whoever is interrupted, the next call finds what is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from outrider.app.slack import cards, notices, store
from outrider.app.slack.notices import Notice
from outrider.app.slack.ports import Block, SlackApi
from outrider.app.views import slack as view
from outrider.app.wiring import Begin
from outrider.drafts.review import chase
from outrider.kernel.errors import OutriderError, Refused, VendorUnavailable
from outrider.kernel.telemetry import get_logger

LEASE = timedelta(seconds=60)
"""How long one process may be at one post; longer than the wait for Slack's answers."""

REMEMBERED = timedelta(days=7)
"""How long an answered request is known again; Slack repeats one within the hour."""

GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
"""Slack's words for a post that nobody can change any more, e.g. because somebody deleted it."""

EVERY_POST = frozenset(
    "invalid_auth not_authed token_revoked token_expired account_inactive missing_scope"
    " channel_not_found not_in_channel is_archived".split()
)
"""Slack's words for what refuses every post, so that trying the next one is of no use."""

NO_THREAD = frozenset({"thread_not_found", "message_not_found"})
"""Slack's words for a thread whose first post is gone; then nobody reads news of that mail there."""

NOWHERE = "gone"
"""What stands in place of Slack's name of a post that can never be."""

_LONGEST_PAUSE_SECONDS = 600

_log = get_logger("slack")


@dataclass(frozen=True)
class Desk:
    """What posting needs: transactions, Slack, the channel, where the drafts' pages are."""

    begin: Begin
    api: SlackApi
    channel: str
    pages: str | None = None
    """An address to which a draft's number is added; None while there is no page to open."""

    def page(self, draft: dict[str, Any]) -> str | None:
        """Where a draft can be opened in a browser."""
        return f"{self.pages}{draft['number']}" if self.pages else None


@dataclass(frozen=True)
class Words:
    """What a post shall say; `state` is what it then shows, empty while more must follow it."""

    text: str
    blocks: Sequence[Block]
    state: str


async def show(desk: Desk, lineage_id: UUID) -> datetime | None:
    """Post what is missing about this mail, and bring its cards up to date.

    Returns:
        When to look again although nothing happens: an approval can no longer be taken back then.

    Raises:
        VendorUnavailable: Slack does not answer, or another process is at it; call again later.
        Refused: Slack takes none of it, e.g. because the token was revoked.
    """
    async with desk.begin() as tx:
        versions = await view.versions(tx, lineage_id)
    for draft in versions:
        await _show_version(desk, lineage_id, draft)
    for draft in versions:
        await _tell(desk, lineage_id, draft)
    ends = [datetime.fromisoformat(d["undo_until"]) for d in versions if d["undo_until"]]
    return max(ends, default=None)


async def tidy(desk: Desk) -> None:
    """Forget requests so old that their signature would be refused today."""
    async with desk.begin() as tx:
        await store.forget(tx, tx.now - REMEMBERED)


async def _show_version(desk: Desk, lineage_id: UUID, draft: dict[str, Any]) -> None:
    async with desk.begin() as tx:
        known = await store.posts(tx, lineage_id)
    known_card = next((p for p in known if _is_card(p) and str(p.draft_id) == draft["id"]), None)
    text, blocks, has_text = cards.card(draft, desk.page(draft))
    has_more = draft["status"] == "pending" and not has_text
    words = Words(text, blocks, "" if has_more else draft["state"])
    if known_card is not None and known_card.ts is not None:
        card: store.Post | None = known_card
        if known_card.shown != draft["state"]:
            await _update(desk, known_card, words)
    else:
        if draft["status"] != "pending" and (known_card is None or not known_card.may_be_there):
            return  # decided before Slack heard of it: there is nothing to ask for any more
        root = _root(known)
        intent = store.Intent(
            draft_id=UUID(draft["id"]),
            lineage_id=lineage_id,
            topic="card",
            channel=root.channel if root else desk.channel,
            thread_ts=root.ts if root else None,
            has_text=has_text,
        )
        card = await _post(desk, intent, words, is_wanted=draft["status"] == "pending")
    if card is not None and has_more and (known_card is None or known_card.shown != draft["state"]):
        await _post_parts(desk, lineage_id, card, draft)


def _is_card(post: store.Post) -> bool:
    return post.topic == "card"


def _root(known: Sequence[store.Post]) -> store.Post | None:
    """The post under which everything else about the mail stands."""
    return next((p for p in known if _is_card(p) and p.ts and not p.thread_ts), None)


async def _post_parts(
    desk: Desk, lineage_id: UUID, card: store.Post, draft: dict[str, Any]
) -> None:
    """The whole text below its card; only then the card counts as shown."""
    async with desk.begin() as tx:
        known = await store.posts(tx, lineage_id)
    there = {post.topic for post in known if post.draft_id == card.draft_id and post.ts}
    for number, (text, blocks) in enumerate(cards.parts(draft), start=1):
        if f"text {number}" not in there:
            intent = store.Intent(
                draft_id=card.draft_id,
                lineage_id=lineage_id,
                topic=f"text {number}",
                channel=card.channel,
                thread_ts=card.thread_ts or card.ts,
                has_text=False,
            )
            await _post(desk, intent, Words(text, blocks, draft["state"]))
    await _shows(desk, card.id, "", draft["state"])


async def _tell(desk: Desk, lineage_id: UUID, draft: dict[str, Any]) -> None:
    """What happened to this version, below its card; then who is asked counts as told."""
    async with desk.begin() as tx:
        known = await store.posts(tx, lineage_id)
    own = {post.topic: post for post in known if str(post.draft_id) == draft["id"]}
    card, root = own.get("card"), _root(known)
    if card is None or card.ts is None or root is None:
        return
    is_read = True
    for notice in notices.notices(draft):
        there = own.get(notice.topic)
        if there is None or there.ts is None:
            is_read &= await _tell_one(desk, lineage_id, root, card, notice)
    is_asked = draft["status"] == "pending" and draft["asked"]["users"] and not draft["notified"]
    if is_asked and is_read:
        async with desk.begin() as tx:
            await chase.notified(tx, UUID(draft["id"]))


async def _tell_one(
    desk: Desk, lineage_id: UUID, root: store.Post, card: store.Post, notice: Notice
) -> bool:
    """One notice; False when its thread is gone and nobody can read it."""
    intent = store.Intent(
        draft_id=card.draft_id,
        lineage_id=lineage_id,
        topic=notice.topic,
        channel=root.channel,
        thread_ts=root.ts,
        has_text=False,
    )
    try:
        await _post(desk, intent, Words(notice.text, notice.blocks, "told"))
    except Refused as error:
        if error.facts.get("slack") not in NO_THREAD:
            raise
        _log.info("slack_thread_gone", draft=str(card.draft_id))
        async with desk.begin() as tx:
            await store.is_nowhere(tx, card.draft_id, notice.topic, NOWHERE)
        return False
    return True


async def _post(
    desk: Desk, intent: store.Intent, words: Words, *, is_wanted: bool = True
) -> store.Post | None:
    """Intent, look, post, result: no transaction is open while Slack works.

    Not wanted means that the draft was decided meanwhile: then only a lost post is looked for.
    """
    async with desk.begin() as tx:
        post = await store.claim(tx, intent, LEASE)
    if post is None:
        raise VendorUnavailable(
            "Another process is posting this draft to Slack; it is looked at again.", retry_after=10
        )
    may_be_there = post.may_be_there
    try:
        place = None
        if may_be_there:
            place = await desk.api.find(
                post.channel, str(post.id), post.intended_at, post.thread_ts
            )
            may_be_there = False
        is_found = place is not None
        if place is None and is_wanted:
            place = await desk.api.post(
                post.channel, words.text, words.blocks, str(post.id), post.thread_ts
            )
    except (VendorUnavailable, Refused) as error:
        maybe = may_be_there or bool(error.facts.get("sent", False))
        async with desk.begin() as tx:
            await store.failed(tx, post.id, error.message, may_be_there=maybe)
        raise
    if place is None:
        async with desk.begin() as tx:
            await store.failed(tx, post.id, "decided before it was posted", may_be_there=False)
        return None
    # What was posted before a crash shows the draft as it was then, so it is brought up to date.
    there = replace(post, channel=place[0], ts=place[1], shown="" if is_found else words.state)
    async with desk.begin() as tx:
        await store.is_there(tx, post.id, *place, there.shown or "")
    if is_found:
        await _update(desk, there, words)
    return there


async def _update(desk: Desk, card: store.Post, words: Words) -> None:
    assert card.ts is not None
    try:
        await desk.api.update(card.channel, card.ts, words.text, words.blocks)
    except Refused as error:
        if error.facts.get("slack") not in GONE:
            raise
        _log.info("slack_card_gone", draft=str(card.draft_id))
    await _shows(desk, card.id, card.shown, words.state)


async def _shows(desk: Desk, post_id: UUID, before: str | None, state: str) -> None:
    async with desk.begin() as tx:
        is_so = await store.shows(tx, post_id, before, state)
    if not is_so:
        raise VendorUnavailable(
            "Another process changed this card in Slack at the same time; it is looked at again.",
            retry_after=2,
        )


def pause(error: OutriderError, tries: int) -> timedelta:
    """How long to wait after a failure: what Slack says, else 5 s, doubled each time up to 10 min."""
    said = error.facts.get("retry_after", 0)
    waited = min(5 * 2 ** min(tries, 7), _LONGEST_PAUSE_SECONDS)
    return timedelta(seconds=max(waited, said if isinstance(said, int) else 0))
