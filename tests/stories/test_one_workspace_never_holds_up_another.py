"""What is broken in one workspace keeps no other workspace's mail, and no other's erasure, back."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from outrider.app.jobs import health, privacy, tasks_due
from outrider.app.jobs.privacy import forget_everywhere
from outrider.app.jobs.send_forever import send_everywhere
from outrider.app.wiring import Outrider
from outrider.kernel import access
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.errors import Unavailable
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.privacy import Whom
from outrider.kernel.secrets import Keys
from outrider.kernel.settings import load
from tests.sending_world import KEY, World, make_world


@pytest.fixture
def outrider(
    home: Path, clock: VirtualClock, database: Database, workspace: WorkspaceId, objects: Objects
) -> Outrider:
    folder = home / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / "unsubscribe.key").write_bytes(KEY)
    settings = load(home=home, public_url="https://outrider.brand.example")
    return Outrider(settings, clock, database, objects, Keys(home), workspace, "test")


@pytest.fixture
async def first(outrider: Outrider) -> WorkspaceId:
    """A workspace whose turn comes before the other's."""
    async with outrider.database.connection() as conn:
        await access.ensure_workspace(conn, "0-first", outrider.clock.now())
        names = await access.workspaces(conn)
    assert next(iter(names)) == "0-first"
    return names["0-first"]


async def world_of(outrider: Outrider, workspace: WorkspaceId, name: str) -> World:
    async with outrider.within(workspace).begin(SYSTEM)() as tx:
        member = await access.add_person(tx, "Kim Lee", f"{name}@brand.example", "admin")
    return await make_world(outrider.database, workspace, member.person_id)


async def test_mail_leaves_although_the_first_workspace_cannot_send(
    outrider: Outrider, first: WorkspaceId, workspace: WorkspaceId
) -> None:
    for one, name in ((first, "first"), (workspace, "second")):
        await (await world_of(outrider, one, name)).approved(1)
    journals = outrider.settings.home / "sending"
    journals.mkdir(parents=True, exist_ok=True)
    (journals / str(first)).write_text("a file where the journals should be")
    assert await send_everywhere(outrider) == 1


async def test_an_erasure_is_finished_although_the_first_workspace_cannot(
    outrider: Outrider,
    first: WorkspaceId,
    workspace: WorkspaceId,
    person: PersonId,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = await make_world(outrider.database, workspace, person)
    await world.approved(1)
    other = await world_of(outrider, first, "first")
    await other.approved(1)

    def dies(*_: object) -> dict[str, int]:
        raise RuntimeError("the process died here")

    with monkeypatch.context() as broken:
        broken.setattr(privacy, "_take_out", dies)
        for one in (first, workspace):
            with pytest.raises(RuntimeError):
                await privacy.erase(outrider.within(one), "dana1@depot.example", "asked", SYSTEM)
    takes_out = privacy._take_out

    def fails_in_the_first(here: Outrider, whom: Whom) -> dict[str, int]:
        if here.workspace == first:
            raise Unavailable("The database of this workspace's rows is full.")
        return takes_out(here, whom)

    monkeypatch.setattr(privacy, "_take_out", fails_in_the_first)
    await forget_everywhere(outrider)
    async with world.begin() as tx:
        assert await tx.row("select 1 from outrider.erasures where done_at is null") is None
    async with other.begin() as tx:
        assert await tx.row("select 1 from outrider.erasures where done_at is null") is not None


@pytest.mark.parametrize(
    ("job", "name"), [(health, "look_after"), (tasks_due, "open_tasks")], ids=["health", "tasks"]
)
async def test_the_others_are_looked_after_although_the_first_cannot_be(
    outrider: Outrider,
    first: WorkspaceId,
    workspace: WorkspaceId,
    monkeypatch: pytest.MonkeyPatch,
    job: ModuleType,
    name: str,
) -> None:
    done: list[WorkspaceId] = []

    async def fails_in_the_first(here: Outrider) -> None:
        if here.workspace == first:
            raise Unavailable("Its mailboxes cannot be read.")
        done.append(here.workspace)

    monkeypatch.setattr(job, name, fails_in_the_first)
    await getattr(job, f"{name}_everywhere")(outrider)
    assert workspace in done
