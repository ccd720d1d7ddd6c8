"""An approval covers exactly what was seen; any change makes a version that nobody approved yet."""

from __future__ import annotations

import pytest

from outrider.drafts import decide, handover, read
from outrider.drafts.types import DraftStatus
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict
from outrider.kernel.ids import PersonId
from tests.drafts_world import build, offline_draft


async def test_an_edited_draft_is_pending_and_is_not_handed_over(tx: Tx, person: PersonId) -> None:
    world = await build(tx)
    first = await offline_draft(tx, world)
    edited = await decide.edit(
        tx, first.id, person, body=first.body.replace("Hi Dana", "Hello Dana")
    )

    assert (edited.status, edited.version, edited.number > first.number) == (
        DraftStatus.PENDING,
        2,
        True,
    )
    assert edited.content_hash != first.content_hash
    assert await handover.take(tx, 10, now=True) == []
    with pytest.raises(
        Conflict,
        match=rf"Ann Reed edited draft {first.number} at 15:00 UTC\. "
        rf"Draft {edited.number} replaced it and is pending\.",
    ):
        await decide.approve(tx, first.id, person, first.content_hash)
    with pytest.raises(Conflict, match="not the text that you saw"):
        await decide.approve(tx, edited.id, person, first.content_hash)

    await decide.approve(tx, edited.id, person, edited.content_hash)
    [item] = await handover.take(tx, 10, now=True)
    assert item.draft.id == edited.id
    assert item.approved_hash == edited.content_hash
    assert item.draft.content.text.startswith("Hello Dana")


async def test_an_edit_keeps_recipient_sender_and_links(tx: Tx, person: PersonId) -> None:
    world = await build(tx)
    first = await offline_draft(tx, world)
    edited = await decide.edit(tx, first.id, person, subject="One lease question")
    for name in ("recipient", "sender", "step", "headers", "attachments"):
        assert getattr(edited.content, name) == getattr(first.content, name)
    for name in ("lineage_id", "enrollment_id", "campaign_id", "account_id", "contact_id"):
        assert getattr(edited, name) == getattr(first, name)
    assert [d.version for d in await read.lineage(tx, first.lineage_id)] == [1, 2]


async def test_an_approved_draft_cannot_be_edited_any_more(tx: Tx, person: PersonId) -> None:
    draft = await offline_draft(tx, await build(tx))
    await decide.approve(tx, draft.id, person)
    with pytest.raises(Conflict, match="Ann Reed approved draft"):
        await decide.edit(tx, draft.id, person, body="Hi Dana, something else entirely.")
