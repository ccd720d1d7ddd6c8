"""Keys of both levels are replaced while secrets are read and set, whoever is killed and whoever races."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from outrider.app.jobs import secret_care
from outrider.kernel.clock import SystemClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.errors import Refused, SecretBroken
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.secrets import Keys, rotate
from tests.secrets_world import Kept, kept_in

MANY = 350
LEAST_KILLS, MOST_KILLS = 12, 60
"""Kills at random instants; more of them until one has hit a rotation that was under way."""
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def kept(home: Path, database: Database, workspace: WorkspaceId) -> Kept:
    return kept_in(home, database, workspace)


async def many(kept: Kept, count: int = MANY) -> None:
    for number in range(count):
        await kept.set(f"token-{number}", f"text-{number}")


async def all_open(kept: Kept, count: int = MANY) -> None:
    """Every secret is found by a process that knows nothing yet."""
    fresh = kept_in(kept.outrider.settings.home, kept.outrider.database, kept.outrider.workspace)
    await fresh.look()
    for number in range(count):
        assert fresh.find(f"token-{number}") == f"text-{number}"


async def rotated(kept: Kept) -> rotate.Rotated:
    ring = secret_care.ring_of(kept.outrider)
    begin = kept.outrider.begin(SYSTEM)
    done = await rotate.rotate(begin, ring, kept.outrider.workspace, SystemClock())
    assert done is not None
    return done


async def test_every_secret_gets_a_new_key_and_the_old_one_goes(kept: Kept) -> None:
    await many(kept, 5)
    before = await kept.keys_in_use()
    sealed = {row["sealed"] for row in await kept.rows("select sealed from outrider.secrets")}
    done = await rotated(kept)
    assert (done.moved, done.went_on, done.dropped) == (5, False, 1)
    after = await kept.keys_in_use()
    assert list(after.values()) == [5]
    assert not before.keys() & after.keys()
    assert not sealed & {
        r["sealed"] for r in await kept.rows("select sealed from outrider.secrets")
    }
    assert len(await kept.rows("select 1 from outrider.data_keys")) == 1
    await all_open(kept, 5)


async def test_a_process_that_looked_before_still_reads_during_and_after(kept: Kept) -> None:
    await many(kept, 3)
    reader = kept_in(kept.outrider.settings.home, kept.outrider.database, kept.outrider.workspace)
    await reader.look()
    await rotated(kept)
    assert reader.find("token-1") == "text-1", "with what it holds"
    await reader.look()
    assert reader.find("token-1") == "text-1", "with the new key"


async def test_a_rotation_that_was_cut_off_is_finished_and_not_begun_again(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    await many(kept, 9)
    monkeypatch.setattr(rotate, "BATCH", 4)
    real, moves = rotate._move_some, 0

    async def dies(*arguments: object) -> int | None:
        nonlocal moves
        moves += 1
        if moves == 2:
            raise KeyboardInterrupt
        return await real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(rotate, "_move_some", dies)
    with pytest.raises(KeyboardInterrupt):
        await rotated(kept)
    assert sorted((await kept.keys_in_use()).values()) == [4, 5]
    await all_open(kept, 9)
    assert (await secret_care.check(kept.outrider)).unfinished == 5
    monkeypatch.setattr(rotate, "_move_some", real)
    done = await rotated(kept)
    assert (done.moved, done.went_on, done.dropped) == (5, True, 1)
    await all_open(kept, 9)


async def test_one_secret_that_cannot_be_opened_holds_up_no_other(kept: Kept) -> None:
    await many(kept, 5)
    await kept.run(
        "update outrider.secrets set sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1)"
        " where name = 'token-2'"
    )
    with pytest.raises(SecretBroken):
        await rotated(kept)
    assert sorted((await kept.keys_in_use()).values()) == [1, 4]
    await kept.set("token-2", "text-2")
    await rotated(kept)
    await all_open(kept, 5)


async def test_two_rotators_race_while_others_read_and_set(
    kept: Kept, home: Path, database: Database, workspace: WorkspaceId
) -> None:
    await many(kept)
    over = asyncio.Event()
    reads = sets = 0

    async def reads_on() -> None:
        nonlocal reads
        reader = kept_in(home, database, workspace)
        while not over.is_set():
            await reader.look()
            for number in range(0, MANY, 7):
                assert reader.find(f"token-{number}") == f"text-{number}"
                reads += 1
            await asyncio.sleep(0)

    async def sets_on() -> None:
        nonlocal sets
        setter = kept_in(home, database, workspace)
        while not over.is_set():
            await setter.set(f"token-{sets % MANY}", f"text-{sets % MANY}")
            sets += 1

    async def rotates() -> None:
        for _ in range(4):
            await rotated(kept_in(home, database, workspace))

    others = [asyncio.create_task(reads_on()), asyncio.create_task(sets_on())]
    await asyncio.gather(rotates(), rotates())
    over.set()
    await asyncio.gather(*others)
    assert reads > 0
    assert sets > 0
    await rotated(kept)
    assert list((await kept.keys_in_use()).values()) == [MANY]
    assert len(await kept.rows("select 1 from outrider.data_keys")) == 1
    await all_open(kept)


async def test_rotators_that_are_killed_lose_nothing(
    kept: Kept, home: Path, database: Database, workspace: WorkspaceId
) -> None:
    await many(kept, 120)
    url = database.owner.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.rotator_process", url, str(home), str(workspace)]
    chance = random.Random(7)
    unfinished = 0
    for number in range(MOST_KILLS):
        if number >= LEAST_KILLS and unfinished:
            break
        two = [
            subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, text=True
            )
            for _ in range(2)
        ]
        try:
            for one in two:
                assert one.stdout is not None
                assert one.stderr is not None
                first = await asyncio.to_thread(one.stdout.readline)
                assert first == "ready\n", one.stderr.read()
            await asyncio.sleep(chance.uniform(0.02, 0.4))
        finally:
            for one in two:
                os.kill(one.pid, signal.SIGKILL)
                one.communicate()
        await all_open(kept, 120)
        unfinished += len(await kept.keys_in_use()) > 1
    assert unfinished, "no kill hit a rotation, so nothing was shown"
    ring = secret_care.ring_of(kept.outrider)
    await rotate.change_master([(workspace, kept.outrider.begin(SYSTEM))], ring)
    await rotated(kept)
    await all_open(kept, 120)
    assert list((await kept.keys_in_use()).values()) == [120]
    found = await secret_care.check(kept.outrider)
    assert (found.secrets, found.troubles, found.unfinished) == (120, (), 0)


async def test_a_new_master_key_leaves_the_secrets_as_they_are(kept: Kept) -> None:
    await many(kept, 3)
    before = await kept.rows("select id, sealed from outrider.secrets order by id")
    assert await secret_care.rotate_master(kept.outrider, SYSTEM) == 1
    assert await kept.rows("select id, sealed from outrider.secrets order by id") == before
    await all_open(kept, 3)
    (Path(kept.outrider.keys.folder) / "master.key").unlink()
    (Path(kept.outrider.keys.folder) / "master-1.key").rename(
        Path(kept.outrider.keys.folder) / "master.key"
    )
    await all_open(kept, 3)


def test_a_key_of_our_own_is_replaced_and_the_older_still_counts(home: Path) -> None:
    keys = Keys(home)
    first = keys.key("unsubscribe")
    keys.roll("unsubscribe")
    second = keys.key("unsubscribe")
    keys.roll("unsubscribe")
    assert keys.good("unsubscribe")[1:] == [second, first]
    assert len({*keys.good("unsubscribe")}) == 3


def test_a_key_that_cannot_be_replaced_says_why(home: Path) -> None:
    keys = Keys(home)
    before = keys.key("suppression")
    for name in ("suppression", "person-index", "master", "nonsense"):
        with pytest.raises(Refused, match=f"The key {name} is not replaced"):
            keys.roll(name)
    assert keys.good("suppression") == [before]


def test_a_roll_that_died_between_its_two_steps_loses_no_key(home: Path) -> None:
    keys = Keys(home)
    first = keys.key("unsubscribe")
    os.link(keys.folder / "unsubscribe.key", keys.folder / "unsubscribe.before-1.key")
    assert keys.good("unsubscribe") == [first, first]
    keys.roll("unsubscribe")
    assert keys.good("unsubscribe")[1:] == [first]
