"""A restore works alone, nothing else fills its home, and whoever was logged out since stays out."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL

from outrider.app.jobs.care.backup import backup
from outrider.app.jobs.care.parts import reading
from outrider.app.jobs.care.restore import restore
from outrider.kernel import access
from outrider.kernel.access.api_keys import Wanted, add_key, find_key
from outrider.kernel.clock import SystemClock
from outrider.kernel.database.connect import Database, parse_url
from outrider.kernel.database.layout import write_record
from outrider.kernel.database.opening import RESTORE_MARK
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.errors import Conflict, NotAllowed
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.settings import Settings, load
from tests.program import Program, plain_sentence

CLOCK = SystemClock()


def settings_of(home: Path, url: URL) -> Settings:
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return load(home=home, DATABASE_URL=plain)


@pytest.fixture
def elsewhere(tmp_path: Path, empty_url: URL) -> Settings:
    """An empty home and database to restore into."""
    return settings_of(tmp_path / "elsewhere", empty_url)


@pytest.fixture
async def tokens(owner_url: URL, workspace: WorkspaceId, person: PersonId) -> dict[str, str]:
    """A session, an unused set-up link and a key, all good."""
    database = Database(owner_url, CLOCK)
    async with database.transaction(workspace, SYSTEM) as tx:
        session = await access.open_session(tx.conn, person, tx.now)
        setup = await access.new_setup_token(tx.conn, tx.now)
        owner = await access.member(tx, person)
        assert owner is not None
        _, key = await add_key(tx, owner, Wanted("probe", ("drafts.read",), timedelta(days=9)))
    await database.close()
    return {"session": session, "setup": setup, "key": key}


@pytest.fixture
async def saved(home: Path, owner_url: URL, tokens: dict[str, str], tmp_path: Path) -> Path:
    """A backup that was taken while they were."""
    await backup(settings_of(home, owner_url), CLOCK, tmp_path / "saved")
    return tmp_path / "saved"


async def test_sessions_and_set_up_links_of_the_backup_open_nothing(
    saved: Path, tokens: dict[str, str], elsewhere: Settings, workspace: WorkspaceId
) -> None:
    done = await restore(elsewhere, CLOCK, reading(saved))
    assert done.verdict.holds
    assert elsewhere.database_url
    database = Database(parse_url(elsewhere.database_url), CLOCK)
    async with database.transaction(workspace, SYSTEM) as tx:
        assert await access.session_of(tx.conn, tokens["session"], tx.now) is None
        with pytest.raises(NotAllowed):
            await access.look_at_setup_token(tx, tokens["setup"])
        assert await find_key(tx.conn, tokens["key"], tx.now) is not None
    await database.close()


async def test_of_two_restores_at_once_one_is_told_to_wait(
    saved: Path, elsewhere: Settings
) -> None:
    begun, looked = threading.Event(), threading.Event()

    def wait(what: str, done: int, total: int | None) -> None:
        if what == "Restoring the database":
            begun.set()
            assert looked.wait(60)

    def first() -> bool:
        return asyncio.run(restore(elsewhere, CLOCK, reading(saved), tell=wait)).verdict.holds

    holds = asyncio.create_task(asyncio.to_thread(first))
    assert await asyncio.to_thread(begun.wait, 60)
    try:
        with pytest.raises(Conflict, match="Another restore"):
            await restore(elsewhere, CLOCK, reading(saved))
    finally:
        looked.set()
    assert await holds
    assert not (elsewhere.home / ".restore.lock").exists()


async def test_a_home_that_was_halted_before_the_restore_stays_halted(
    saved: Path, elsewhere: Settings
) -> None:
    elsewhere.home.mkdir()
    (elsewhere.home / "HALT").touch()
    await restore(elsewhere, CLOCK, reading(saved))
    assert (elsewhere.home / "HALT").exists()


@pytest.mark.parametrize("words", [("person", "list"), ("upgrade",), ("up", "--port", "0")])
def test_nothing_is_written_into_a_home_whose_restore_was_cut_off(
    home: Path, empty_url: URL, words: tuple[str, ...]
) -> None:
    program = Program(home, empty_url)
    home.mkdir(exist_ok=True)
    write_record(home / RESTORE_MARK, {"backup": "b"})
    said = program.run(*words)
    assert said.code == 8
    assert "run the same `outrider restore` again" in plain_sentence(said)
    halted = program.run("kill", "on", "--reason", "drill")
    assert halted.code == 0, halted.err
    assert "drill" in (home / "HALT").read_text()
