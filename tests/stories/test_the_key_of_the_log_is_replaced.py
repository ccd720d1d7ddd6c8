"""The key that signs the log is replaced, and whoever noted any key of it can still check all of it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import URL

from outrider.kernel.audit import prove
from outrider.kernel.audit.append import record
from outrider.kernel.audit.expire import Cut, expire
from outrider.kernel.audit.export import export
from outrider.kernel.audit.keys import signed
from outrider.kernel.audit.partitions import make_ahead
from outrider.kernel.audit.seal import Seal, Signer, seal_until_done
from outrider.kernel.audit.search import Wanted
from outrider.kernel.audit.verify import verify_database
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.errors import Broken
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.secrets import Keys
from outrider.kernel.secrets.seal_key import NAME, signer_of
from tests.program import Program
from tests.sealing import sealed_at_the_command_line, sealed_up_to

MINE = Signer(bytes(32))
"""A key of whoever would forge."""


class Log:
    """A log whose key was replaced three times, with events before and after each time."""

    def __init__(
        self, database: Database, workspace: WorkspaceId, clock: VirtualClock, keys: Keys
    ) -> None:
        self.database, self.workspace, self.clock, self.keys = database, workspace, clock, keys
        self.seals: list[Seal] = []
        self.publics: list[Ed25519PublicKey] = []
        self.events: list[UUID] = []

    @property
    def signer(self) -> Signer:
        return signer_of(self.keys)

    async def add(self, count: int = 10) -> Seal:
        self.clock.advance(timedelta(hours=1))
        async with self.database.transaction(self.workspace, SYSTEM) as tx:
            self.events += [
                await record(tx, "test.happened", f"thing:{number}", {"n": number})
                for number in range(count)
            ]
        seal = await sealed_up_to(len(self.events), self.database, self.signer, self.clock)
        self.seals.append(seal)
        return seal

    def roll(self) -> None:
        self.publics.append(self.signer.public)
        self.keys.roll(NAME)

    async def kinds(self, public: Ed25519PublicKey, checkpoint: Seal | None = None) -> set[str]:
        """The kinds of fault that a verification finds, with only this key known."""
        found = await verify_database(self.database, public, checkpoint=checkpoint)
        assert found.seals >= 1
        return {fault.kind for fault in found.faults}

    def run(self, statement: str, *values: Any) -> int:
        url = self.database.owner.set(drivername="postgresql")
        with psycopg.connect(url.render_as_string(hide_password=False)) as conn:
            return conn.execute(statement.encode(), values).rowcount


@pytest.fixture
async def log(database: Database, workspace: WorkspaceId, clock: VirtualClock, keys: Keys) -> Log:
    log = Log(database, workspace, clock, keys)
    for _ in range(3):
        await log.add()
        log.roll()
    await log.add()
    log.publics.append(log.signer.public)
    return log


async def test_each_key_that_was_ever_noted_checks_the_whole_log(log: Log) -> None:
    assert len({seal.key_id for seal in log.seals}) == 4
    for public in log.publics:
        for kept in log.seals:
            assert await log.kinds(public, kept) == set()
    stranger = await log.kinds(MINE.public)
    assert stranger == {"key_change", "seal_signature"}


async def test_proofs_of_before_and_after_hold_under_each_key(log: Log) -> None:
    async with log.database.transaction(log.workspace, SYSTEM) as tx:
        first = await prove.inclusion(tx, log.events[0])
        both = await prove.consistency(tx, log.seals[0].size, log.seals[-1].size)
    for proof in (first, both):
        travelled = json.loads(json.dumps(proof))
        assert all(prove.holds(travelled, public) for public in log.publics)
        assert not prove.holds(travelled, MINE.public)
        assert not prove.holds({**travelled, "keys": travelled["keys"][1:]}, log.publics[0])


async def test_an_export_is_checked_without_outrider_by_any_key_and_any_kept_checkpoint(
    log: Log, tmp_path: Path
) -> None:
    folder = tmp_path / "log"
    async with log.database.transaction(log.workspace, SYSTEM) as tx:
        await export(tx, Wanted(), folder, log.signer)
    for public, kept in zip(log.publics, log.seals, strict=True):
        (tmp_path / "kept").write_text(kept.note(), encoding="utf-8")
        code, said = alone(
            folder, "--key", public.public_bytes_raw().hex(), "--checkpoint", str(tmp_path / "kept")
        )
        assert (code, "40 events hold" in said) == (0, True), said
    stranger = MINE.public.public_bytes_raw().hex()
    assert alone(folder, "--key", stranger)[0] == 1

    lines = (folder / "keys.jsonl").read_text().splitlines()
    forged = json.loads(lines[1])
    forged["text"] = forged["text"].replace(
        log.publics[2].public_bytes_raw().hex(), MINE.public.public_bytes_raw().hex()
    )
    for changed in (
        [lines[0], json.dumps(forged), lines[2]],
        [lines[0], lines[2]],
        [lines[1], lines[0], lines[2]],
    ):
        (folder / "keys.jsonl").write_text("".join(f"{line}\n" for line in changed))
        code, said = alone(folder, "--key", log.publics[0].public_bytes_raw().hex())
        assert (code, "A change of the log's key" in said) == (1, True), said
    (folder / "keys.jsonl").write_text(f"{lines[0]}\n")
    assert alone(folder, "--key", log.publics[0].public_bytes_raw().hex())[0] == 1


def alone(folder: Path, *more: str) -> tuple[int, str]:
    """What the exported script says, run by a bare Python that cannot import Outrider."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "verify_log.py"), *more],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    "statement",
    [
        "update outrider.audit_keys set after = %(mine)s where number = 2",
        "update outrider.audit_keys set after = %(mine)s, signed_after = %(by_me)s where number = 3",
        "update outrider.audit_keys set size = size + 1 where number = 2",
        "update outrider.audit_keys set root = decode(repeat('00', 32), 'hex') where number = 1",
        "update outrider.audit_keys set signed_before = signed_after where number = 1",
        "insert into outrider.audit_keys select 4, size, root, after, %(mine)s, changed_at,"
        " %(by_me)s, %(by_me)s from outrider.audit_keys where number = 3",
        "insert into outrider.audit_keys select 4, size, root, %(mine)s, after, changed_at,"
        " signed_before, signed_after from outrider.audit_keys where number = 3",
    ],
)
async def test_a_forged_change_of_the_key_is_named(log: Log, statement: str) -> None:
    mine = MINE.public.public_bytes_raw()
    by_me = MINE.sign_bytes(b"whatever")
    url = log.database.owner.set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as conn:
        done = conn.execute(statement.encode(), {"mine": mine, "by_me": by_me})
        assert done.rowcount == 1
    for public in (log.publics[0], log.publics[-1]):
        assert "key_change" in await log.kinds(public)


async def test_a_change_that_was_removed_leaves_seals_that_nobody_signed_for(log: Log) -> None:
    log.run("delete from outrider.audit_keys where number = 2")
    for public in log.publics:
        assert "seal_signature" in await log.kinds(public)


async def test_a_key_that_was_replaced_signs_nothing_longer(log: Log) -> None:
    """Somebody has an old key file: neither a seal nor a kept checkpoint of it is believed."""
    old = Signer(log.keys.key(f"{NAME}.before-1"))
    newest = log.seals[-1]
    forged = old.sign(newest.size, newest.root, newest.sealed_at)
    assert await log.kinds(log.publics[-1], forged) == {"checkpoint"}
    log.run(
        "update outrider.audit_seals set signature = %s, key_id = %s where size = %s",
        forged.signature, forged.key_id, newest.size,
    )  # fmt: skip
    assert "seal_signature" in await log.kinds(log.publics[-1])


async def test_a_key_that_was_replaced_lets_nothing_go_that_came_after_it(log: Log) -> None:
    stolen = log.signer.before[-1]
    newest = log.seals[-1]
    bare = Cut(newest.size, newest.root, log.clock.now(), 1, log.seals[0].sealed_at)
    cut = replace(bare, signature=stolen.sign_bytes(bare.text()), key_id=stolen.key_id)
    log.run("alter table outrider.audit_events no force row level security")
    log.run("delete from outrider.audit_events where id = %s", log.events[-5])
    log.run("alter table outrider.audit_events force row level security")
    log.run(
        "insert into outrider.audit_cuts (size, root, before, events, cut_at, signature, key_id)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        cut.size, cut.root, cut.before, cut.events, cut.cut_at, cut.signature, cut.key_id,
    )  # fmt: skip
    assert "cut_signature" in await log.kinds(log.publics[-1])
    assert "cut_signature" in await log.kinds(log.publics[0])


async def test_a_second_successor_of_an_old_key_is_believed_by_nobody_who_knows_the_newest(
    log: Log,
) -> None:
    old = Signer(log.keys.key(f"{NAME}.before-1"))
    fork = signed(1, log.seals[0], (old, MINE), log.clock.now())
    log.run("delete from outrider.audit_keys")
    log.run(
        "insert into outrider.audit_keys values (%s, %s, %s, %s, %s, %s, %s, %s)",
        *vars(fork).values(),
    )
    assert "key_change" in await log.kinds(log.publics[-1])
    assert "checkpoint" in await log.kinds(log.publics[0], log.seals[-1])


async def test_a_sealer_that_runs_takes_the_new_key_by_itself(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, keys: Keys
) -> None:
    log = Log(database, workspace, clock, keys)
    await log.add()
    running = log.signer
    log.roll()
    async with database.transaction(workspace, SYSTEM) as tx:
        await record(tx, "test.happened", "thing:one", {})
    seal = await sealed_up_to(11, database, running, clock)
    assert seal.key_id == log.signer.key_id != running.key_id
    assert await log.kinds(log.publics[0]) == set()


async def test_key_files_from_before_seal_nothing_and_say_what_is_missing(
    log: Log, home: Path
) -> None:
    for file in (*log.keys.folder.glob(f"{NAME}.before-3.key"),):
        file.replace(log.keys.folder / f"{NAME}.key")  # the newest key is lost
    before = log.seals[-1]
    with pytest.raises(Broken, match="the key files here are those from before"):
        await seal_until_done(log.database, log.signer, log.clock)
    assert await log.kinds(log.publics[-1], before) == set()


async def test_two_replacements_without_a_seal_between_are_two_changes(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, keys: Keys
) -> None:
    log = Log(database, workspace, clock, keys)
    await log.add()
    log.roll()
    log.roll()
    await log.add()
    for public in (*log.publics, log.signer.public):
        assert await log.kinds(public) == set()


async def test_old_months_are_let_go_under_a_newer_key(log: Log) -> None:
    await make_ahead(log.database, log.clock.now())
    log.clock.advance(timedelta(days=800))
    await make_ahead(log.database, log.clock.now())
    log.roll()
    await log.add()
    cut = await expire(log.database, log.signer, log.clock.now(), timedelta(days=365))
    assert cut is not None
    assert cut.events == 40
    for public in (*log.publics, log.signer.public):
        assert await log.kinds(public) == set()
    forged = replace(cut, events=39)
    log.run("update outrider.audit_cuts set events = %s", forged.events)
    assert "cut_signature" in await log.kinds(log.publics[0])


def test_the_command_replaces_it_and_the_log_holds_from_a_checkpoint_of_before(
    home: Path, owner_url: URL, tmp_path: Path
) -> None:
    program = Program(home, owner_url)
    program.ok("campaign", "create", "Leases", "--brand", "Brand")
    sealed_at_the_command_line(program)
    first = program.ok("audit", "key").out.strip()
    (tmp_path / "kept").write_text((home / "checkpoints/checkpoint").read_text())
    for _ in range(3):
        assert "The key audit-seal is new" in program.ok("secrets", "rotate", "--key", NAME).out
    assert program.ok("audit", "key").out.strip() != first
    verdict = program.json("audit", "verify", "--checkpoint", str(tmp_path / "kept"))
    assert (verdict["holds"], verdict["faults"]) == (True, [])
    program.ok("audit", "export", str(tmp_path / "log"))
    code, said = alone(tmp_path / "log", "--key", first, "--checkpoint", str(tmp_path / "kept"))
    assert code == 0, said
    program.ok("backup", str(tmp_path / "backup"), "--keys", str(tmp_path / "keys"))
    back = Program(tmp_path / "new-home", None)
    back.ok("restore", str(tmp_path / "backup"), "--into-empty", "--keys", str(tmp_path / "keys"))
    assert back.json("audit", "verify", "--checkpoint", str(tmp_path / "kept"))["holds"]
