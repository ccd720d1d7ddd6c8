"""Bring what Slack shows of one mail in line with what is stored.

In: a lineage of drafts. Out: a card for each version, in one thread; long texts in parts; decided
cards without buttons. Never: a post without an intent committed before it, a second post while the
first may be there, a decision.

Every step can be taken again: whoever is interrupted, the next call finds what is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from outrider.app.slack import cards, store
from outrider.app.slack.ports import Block, SlackApi
from outrider.app.views import drafts as view
from outrider.app.wiring import Begin
from outrider.kernel.errors import Refused, VendorUnavailable
from outrider.kernel.telemetry import get_logger

LEASE = timedelta(seconds=60)
"""How long one process may be at one post; longer than the wait for Slack's answers."""

GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
"""Slack's words for a post that nobody can change any more, e.g. because somebody deleted it."""

_log = get_logger("slack")


class Busy(VendorUnavailable):
    """Another process is posting this right now."""

    code = "slack_busy"


@dataclass(frozen=True)
class Desk:
    """What posting needs: transactions, Slack, the channel."""

    begin: Begin
    api: SlackApi
    channel: str


async def show(desk: Desk, lineage_id: UUID) -> None:
    """Post what is missing about this mail, and bring its cards up to date.

    Raises:
        VendorUnavailable: Slack does not answer, or another process is at it; call again later.
        Refused: Slack takes none of it, e.g. a revoked token.
    """
    async with desk.begin() as tx:
        versions = await view.lineage(tx, lineage_id)
    for draft in versions:
        await _show_one(desk, lineage_id, draft)


async def _show_one(desk: Desk, lineage_id: UUID, draft: dict[str, Any]) -> None:
    async with desk.begin() as tx:
        known = await store.posts(tx, lineage_id)
    own = {post.part: post for post in known if str(post.draft_id) == draft["id"]}
    card = own.get(0)
    text, blocks, has_text = cards.card(draft)
    if card is None or card.ts is None:
        if draft["status"] != "pending" and (card is None or not card.may_be_there):
            return  # decided before Slack heard of it: there is nothing to ask for any more
        root = next((post for post in known if post.part == 0 and post.ts), None)
        intent = store.Intent(
            UUID(draft["id"]), lineage_id, 0, root.channel if root else desk.channel,
            root.ts if root else None, has_text,
        )  # fmt: skip
        card = await _post(desk, intent, (text, blocks), draft["status"])
    elif card.shown != draft["status"]:
        await _update(desk, card, (text, blocks), draft["status"])
    if draft["status"] == "pending" and not card.has_text:
        for number, part in enumerate(cards.parts(draft), start=1):
            if number not in own or own[number].ts is None:
                thread = card.thread_ts or card.ts
                intent = store.Intent(
                    card.draft_id, lineage_id, number, card.channel, thread, False
                )
                await _post(desk, intent, part, draft["status"])


async def _post(
    desk: Desk, intent: store.Intent, words: tuple[str, Sequence[Block]], status: str
) -> store.Post:
    """Intent, look, post, result: each in a transaction of its own, none open while Slack works."""
    async with desk.begin() as tx:
        post = await store.claim(tx, intent, LEASE)
    if post is None:
        raise Busy("Another process is posting this draft; it is looked at again.", retry_after=10)
    try:
        found = None
        if post.may_be_there:
            found = await desk.api.find(
                post.channel, str(post.id), post.intended_at, post.thread_ts
            )
        place = found or await desk.api.post(
            post.channel, *words, str(post.id), post.thread_ts
        )
    except (VendorUnavailable, Refused) as error:
        # Once it may be there it stays so until it is found; a "no" now says nothing of then.
        maybe = post.may_be_there or bool(error.facts.get("sent", False))
        async with desk.begin() as tx:
            await store.failed(tx, post.id, error.message, may_be_there=maybe)
        raise
    # A card found after a crash shows what it showed then: pending, the only status ever posted.
    shown = "pending" if found else status
    async with desk.begin() as tx:
        await store.is_there(tx, post.id, *place, shown)
    there = store.Post(**{**post.__dict__, "channel": place[0], "ts": place[1], "shown": shown})
    if intent.part == 0 and shown != status:
        await _update(desk, there, words, status)
    return there


async def _update(
    desk: Desk, card: store.Post, words: tuple[str, Sequence[Block]], status: str
) -> None:
    assert card.ts is not None
    try:
        await desk.api.update(card.channel, card.ts, *words)
    except Refused as error:
        if error.facts.get("slack") not in GONE:
            raise
        _log.info("slack_card_gone", draft=str(card.draft_id))
    async with desk.begin() as tx:
        await store.shows(tx, card.id, status)


def pause(error: Exception, tries: int) -> timedelta:
    """How long to wait after a failure: what Slack says, else 5 s, doubled each time up to 10 min."""
    facts = getattr(error, "facts", {})
    waited = min(5 * 2 ** min(tries, 7), 600)
    return timedelta(seconds=max(waited, int(facts.get("retry_after", 0))))


def lookout(now: datetime, error: Exception, tries: int) -> datetime:
    """When to try again."""
    return now + pause(error, tries)
