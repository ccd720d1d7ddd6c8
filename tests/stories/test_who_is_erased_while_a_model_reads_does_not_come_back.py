"""A model takes a while to read a mail; whoever is erased meanwhile does not come back in its answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from outrider.app.jobs import privacy
from outrider.app.jobs.review import review
from outrider.app.jobs.second_read import second_read
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.vendors.fakes.messages_api import Content
from tests.reader_world import Models, Scene, always, clean, doubt, scene, words_of

pytest.importorskip("anthropic", reason="the SDK of Anthropic is an extra")

ERASER = Actor(ActorKind.JOB, "privacy")


@pytest.fixture
async def here(
    home: Path, database: Database, workspace: WorkspaceId, person: PersonId, clock: VirtualClock
) -> AsyncIterator[Scene]:
    async with scene(home, database, workspace, person, clock) as found:
        yield found


def eraser(here: Scene) -> Callable[[], object]:
    """Erases the recipient, from a thread that plays a model."""
    loop = asyncio.get_running_loop()

    def erase() -> object:
        erasing = privacy.erase(here.outrider, here.draft.content.recipient.email, "asked", ERASER)
        return asyncio.run_coroutine_threadsafe(erasing, loop).result(60)

    return erase


async def test_of_a_second_reading_only_its_cost_is_kept(here: Scene) -> None:
    await here.adopt(always())
    erase = eraser(here)

    def erased_meanwhile(asked: dict[str, Any]) -> Any:
        erase()
        return clean(asked, doubt(asked, words_of(asked)))

    here.models.reply = erased_meanwhile
    await second_read(here.outrider, here.draft.id)
    async with here.outrider.begin()() as tx:
        rows = await tx.rows(
            "select findings, cost_usd > 0 as is_paid from outrider.draft_readings"
        )
        stored = await tx.row(
            "select findings from outrider.drafts where id = :id", {"id": here.draft.id}
        )
    assert [dict(row) for row in rows] == [{"findings": [], "is_paid": True}]
    assert stored is not None
    assert stored["findings"] == []


async def test_of_a_judgement_no_reason_is_kept(
    here: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await here.adopt(always(is_on=False))
    erase, answer = eraser(here), Models.__call__

    def erased_meanwhile(models: Models, body: Mapping[str, Any]) -> Content:
        erase()
        return answer(models, body)

    monkeypatch.setattr(Models, "__call__", erased_meanwhile)
    await review(here.outrider, here.draft.id)
    async with here.outrider.begin()() as tx:
        [row] = await tx.rows(
            "select scores, cost_usd > 0 as is_paid from outrider.draft_scores"
            " where draft_id = :id",
            {"id": here.draft.id},
        )
    assert row["is_paid"]
    assert {one["reason"] for one in row["scores"].values()} == {"erased"}
