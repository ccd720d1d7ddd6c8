"""Objects that no row names are found and, when told to, removed; everything else stays."""

from __future__ import annotations

import asyncio
import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL

from outrider.app.jobs.care import hold
from outrider.kernel.errors import Unavailable
from outrider.kernel.objects import Objects
from tests.program import Program, plain_sentence

MAIL = b"From: a@brand.example\nTo: b@x.example\nSubject: Leases\n\nHello there.\n"
DAYS = 86_400


@pytest.fixture
def program(home: Path, owner_url: URL, tmp_path: Path) -> Program:
    """An installation that keeps one past mail."""
    program = Program(home, owner_url)
    (tmp_path / "one.eml").write_bytes(MAIL)
    program.ok(
        "campaign", "create", "Leases", "--brand", "Brand", "--mail", str(tmp_path / "one.eml")
    )
    return program


def keep(home: Path, data: bytes, age_seconds: int) -> Path:
    """Put bytes into the store behind everybody's back, so long ago."""
    digest = hashlib.sha256(data).hexdigest()
    file = home / "objects" / digest[:2] / digest[2:4] / digest
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    then = (datetime.now(UTC) - timedelta(seconds=age_seconds)).timestamp()
    os.utime(file, (then, then))
    return file


def test_only_old_objects_without_a_row_are_removed(program: Program, home: Path) -> None:
    named = [file for file in (home / "objects").rglob("*") if file.is_file()]
    for file in named:
        os.utime(file, (0, 0))
    orphan, young = keep(home, b"orphan", 2 * DAYS), keep(home, b"young", 3600)
    strange = home / "objects" / "notes.txt"
    strange.write_text("somebody else's")
    os.utime(strange, (0, 0))

    counted = program.json("sweep")
    assert counted == {
        "objects": len(named) + 2,
        "orphans": 1,
        "orphan_bytes": len(b"orphan"),
        "removed": 0,
    }
    assert orphan.exists()
    assert program.json("sweep", "--remove")["removed"] == 1
    assert not orphan.exists()
    assert all(file.exists() for file in [*named, young, strange])
    assert program.json("sweep", "--remove")["orphans"] == 0


async def test_what_is_kept_again_meanwhile_stays(home: Path) -> None:
    then = keep(home, b"filing", 2 * DAYS)
    store = Objects(str(home / "objects"))
    yesterday = datetime.now(UTC) - timedelta(days=1)
    digest = await store.put(b"filing")  # its row is about to be written
    assert not await store.remove(digest, kept_before=yesterday)
    assert then.read_bytes() == b"filing"
    os.utime(then, (0, 0))
    assert await store.remove(digest, kept_before=yesterday)


def test_nothing_is_removed_while_a_backup_copies(
    program: Program, home: Path, owner_url: URL
) -> None:
    orphan = keep(home, b"named by the backup's rows alone", 2 * DAYS)
    with hold.kept(owner_url):
        assert program.json("sweep")["orphans"] == 1
        said = program.run("sweep", "--remove")
        assert said.code == 8
        assert "A backup or a sweep is at work" in plain_sentence(said)
        assert orphan.exists()
    assert program.json("sweep", "--remove")["removed"] == 1


async def test_a_server_that_ends_whoever_is_idle_takes_no_backup_its_objects(
    owner_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle = "-c idle_session_timeout=200 -c idle_in_transaction_session_timeout=200"
    monkeypatch.setenv("PGOPTIONS", idle)
    monkeypatch.setattr(hold, "WAIT_SECONDS", 0.3)
    with hold.kept(owner_url):
        await asyncio.sleep(1)
        with pytest.raises(Unavailable, match="A backup or a sweep is at work"):
            async with hold.removing(owner_url):
                pass
    async with hold.removing(owner_url):
        await asyncio.sleep(1)
        with pytest.raises(Unavailable, match="A backup or a sweep is at work"):
            async with hold.removing(owner_url):
                pass
