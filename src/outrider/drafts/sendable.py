"""Queued drafts as their sender needs them: the mail, who approved it, and whether it still is so.

In: ids. Out: each mail with its hashes and a mark; later only the marks. Never: a draft without a
decision, a mark that survives a change.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from outrider.drafts import store_sendable
from outrider.drafts.rules import content_hash
from outrider.drafts.sendable_types import Mark, Sendable
from outrider.drafts.types import DraftId
from outrider.kernel.database.tx import Tx


async def contents(tx: Tx, draft_ids: Sequence[UUID]) -> dict[DraftId, Sendable]:
    """The mails of these drafts as they are stored; those that nobody approved are left out.

    `stored_hash` is computed anew from what is stored, so that it can be held against the approved
    one (decision 0003).
    """
    found = await store_sendable.contents(tx, draft_ids)
    return {
        mark.draft_id: Sendable(content=content, stored_hash=content_hash(content), mark=mark)
        for mark, content in found
    }


async def marks(tx: Tx, draft_ids: Sequence[UUID]) -> dict[DraftId, Mark]:
    """The marks of these drafts now: an equal one means that not a byte of draft or decision moved."""
    return {mark.draft_id: mark for mark in await store_sendable.marks(tx, draft_ids)}
