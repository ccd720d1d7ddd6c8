"""However often a mail is sent back: its links stay, its cost is counted, and the last version goes out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

import pytest
from pydantic import BaseModel

from outrider.app.jobs.rewrite import rewrite
from outrider.app.wiring import Outrider
from outrider.drafts import decide, handover, read
from outrider.drafts import rewrite as rewriting
from outrider.drafts.types import Draft, DraftStatus
from outrider.kernel.asking import Answer, Asking, Task
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.settings import load
from outrider.vendors.offline_writer.writer import OfflineWriter
from tests.drafts_world import World, build, offline_draft

In = TypeVar("In", bound=BaseModel)
Out = TypeVar("Out", bound=BaseModel)

NOTES = (
    "shorter", "other angle", "less formal", "wrong angle", "no greeting", "different question",
    "drop the numbers", "new subject", "try again", "under 60 words",
)  # fmt: skip
KEPT = (
    "lineage_id", "enrollment_id", "campaign_id", "account_id", "contact_id", "step", "run_id",
    "blueprint_id",
)  # fmt: skip


class Priced:
    """The offline writer's words at a model's price."""

    def __init__(self, cost: str) -> None:
        self.cost = Decimal(cost)

    async def ask(self, task: Task[In, Out], question: In) -> Answer[Out]:
        answer = await OfflineWriter().ask(task, question)
        return replace(answer, model="a-model", tokens=1_200, cost_usd=self.cost)


@pytest.fixture
def outrider(
    tmp_path_factory: pytest.TempPathFactory,
    clock: VirtualClock,
    database: Database,
    workspace: WorkspaceId,
    objects: Objects,
    keys: Keys,
    monkeypatch: pytest.MonkeyPatch,
) -> Outrider:
    # The price of a model stands in for the model; rooms and database are real.
    def asking(self: Outrider) -> Asking:
        return Priced("0.12")

    monkeypatch.setattr(Outrider, "asking", asking)
    home = tmp_path_factory.mktemp("home")
    return Outrider(load(home=home), clock, database, objects, keys, workspace, "test")


@pytest.fixture
async def world(outrider: Outrider) -> World:
    async with outrider.begin()() as tx:
        return await build(tx)


async def chain(outrider: Outrider, world: World, person: PersonId) -> list[Draft]:
    async with outrider.begin()() as tx:
        draft = await offline_draft(tx, world)
    versions = [draft]
    for note in NOTES:
        async with outrider.begin()() as tx:
            await decide.reject(tx, draft.id, person, note)
        draft = await rewrite(outrider, draft.id)
        versions.append(draft)
    return versions


async def test_ten_rejections_keep_contact_sequence_and_links(
    outrider: Outrider, world: World, person: PersonId, clock: VirtualClock
) -> None:
    versions = await chain(outrider, world, person)
    first, last = versions[0], versions[-1]
    assert [item.version for item in versions] == list(range(1, 12))
    for version in versions[1:]:
        assert all(getattr(version, name) == getattr(first, name) for name in KEPT)
        assert version.content.recipient == first.content.recipient
        assert version.content.sender == first.content.sender
        assert version.blocked_by == ()
    assert len({item.body for item in versions}) >= 9
    async with outrider.begin()() as tx:
        await decide.approve(tx, last.id, person, last.content_hash)
        [item] = await handover.take(tx, 10, now=True)
        stored = await read.lineage(tx, first.lineage_id)
    assert item.draft.id == last.id
    assert item.draft.contact_id == world.contact.id
    assert [one.status for one in stored[:-1]] == [DraftStatus.REJECTED] * 10


async def test_the_cost_of_every_version_is_kept_and_an_alert_stops_nothing(
    outrider: Outrider, world: World, person: PersonId
) -> None:
    versions = await chain(outrider, world, person)
    assert all((item.tokens, item.cost_usd) == (1_200, Decimal("0.12")) for item in versions[1:])
    async with outrider.begin()() as tx:
        assert await rewriting.cost_of(tx, versions[0].lineage_id) == Decimal("1.20")
    alerted = ["above the alert of $1.00" in (item.note or "") for item in versions]
    assert alerted == [False] * 9 + [True] * 2
    assert "$1.08" in (versions[9].note or "")
    assert versions[-1].status is DraftStatus.PENDING
