"""The server keeps checkpoints elsewhere, makes months ahead, drops old ones and writes that down."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest

from outrider.app.jobs.care.keep_log import export_checkpoint, export_forever, tidy
from outrider.app.wiring import Outrider
from outrider.kernel import access
from outrider.kernel.audit.append import record
from outrider.kernel.audit.exported import FOLDER, Exported
from outrider.kernel.audit.verify import verify_database
from outrider.kernel.clock import SystemClock, VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.settings import load
from outrider.kernel.telemetry import configure
from tests.sealing import sealed_up_to


@pytest.fixture
def outrider(
    tmp_path: Path,
    clock: VirtualClock,
    database: Database,
    workspace: WorkspaceId,
    objects: Objects,
    keys: Keys,
) -> Outrider:
    settings = load(
        home=tmp_path / "home",
        checkpoint_store=str(tmp_path / "elsewhere"),
        checkpoint_every=timedelta(seconds=1),
    )
    return Outrider(settings, clock, database, objects, keys, workspace, "test")


async def happen(outrider: Outrider, count: int, up_to: int) -> None:
    async with outrider.begin()() as tx:
        for number in range(count):
            await record(tx, "test.happened", f"thing:{number}", {})
    await sealed_up_to(up_to, outrider.database, outrider.signer, outrider.clock)


def written(tmp_path: Path) -> list[int]:
    return sorted(int(file.name) for file in (tmp_path / "elsewhere" / FOLDER).rglob("0*"))


async def test_a_checkpoint_is_written_when_the_log_grew_and_not_else(
    outrider: Outrider, tmp_path: Path
) -> None:
    store = Exported(outrider.settings.checkpoints_url)
    assert await export_checkpoint(outrider, store) == 0
    await happen(outrider, 3, 3)
    last = await export_checkpoint(outrider, store)
    assert await export_checkpoint(outrider, store, last) == 3
    await happen(outrider, 2, 5)
    # Another process, which knows nothing of the first.
    assert await export_checkpoint(outrider, Exported(outrider.settings.checkpoints_url)) == 5
    assert written(tmp_path) == [3, 5]


async def test_an_outage_of_the_store_is_told_once_and_made_up_for(
    outrider: Outrider, tmp_path: Path
) -> None:
    await happen(outrider, 3, 3)
    configure("INFO", tmp_path / "logs", to_stderr=False)
    log = tmp_path / "logs" / "outrider.log"
    (tmp_path / "elsewhere").mkdir()
    # A file stands where the folder of checkpoints belongs.
    (tmp_path / "elsewhere" / FOLDER).write_text("in the way")
    real = Outrider(
        outrider.settings,
        SystemClock(),
        outrider.database,
        outrider.objects,
        outrider.keys,
        outrider.workspace,
        "test",
    )
    task = asyncio.create_task(export_forever(real))
    try:
        async with asyncio.timeout(120):
            while "checkpoint_not_exported" not in log.read_text():
                await asyncio.sleep(0.1)
        await asyncio.sleep(2.5)  # it is tried again, and not told again
        (tmp_path / "elsewhere" / FOLDER).unlink()
        async with asyncio.timeout(120):
            while not (tmp_path / "elsewhere" / FOLDER).is_dir() or written(tmp_path) != [3]:
                await asyncio.sleep(0.1)
            while "checkpoints_exported_again" not in log.read_text():
                await asyncio.sleep(0.1)
        await asyncio.sleep(1.5)  # and nothing more
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        told = log.read_text().splitlines()
        configure("WARNING", None)
    events = [json.loads(line)["event"] for line in told]
    assert events == ["checkpoint_not_exported", "checkpoints_exported_again"]


async def test_every_workspace_is_told_what_was_dropped(
    outrider: Outrider, clock: VirtualClock
) -> None:
    async with outrider.database.connection() as conn:
        other = await access.ensure_workspace(conn, "other", clock.now())
    assert await tidy(outrider) is None
    await happen(outrider, 4, 4)
    clock.advance(timedelta(days=8 * 366))
    cut = await tidy(outrider)
    assert cut is not None
    for place in (outrider, outrider.within(other)):
        async with place.begin()() as tx:
            rows = await tx.rows("select action, body from outrider.audit_events")
        assert [row["action"] for row in rows] == ["audit.expire"]
        assert json.loads(rows[0]["body"])["events"] == 4
    assert await tidy(outrider) is None
    await sealed_up_to(6, outrider.database, outrider.signer, clock)
    assert (await verify_database(outrider.database, outrider.signer.public)).holds
