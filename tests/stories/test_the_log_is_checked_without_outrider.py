"""An auditor gets a folder, and needs nothing of ours to see whether it holds."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import URL

from outrider.kernel.audit import verify_log
from outrider.kernel.audit.append import record
from outrider.kernel.audit.export import Exported, export
from outrider.kernel.audit.prove import newest_seal
from outrider.kernel.audit.seal import Signer
from outrider.kernel.audit.search import Wanted
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.errors import Conflict, InvalidInput
from outrider.kernel.ids import WorkspaceId, new_id
from outrider.kernel.secrets import Keys
from tests.program import Program
from tests.sealing import sealed_at_the_command_line, sealed_up_to

EVENTS = 300
AT = datetime(2026, 3, 2, 15, tzinfo=UTC)


@pytest.fixture
def signer(keys: Keys) -> Signer:
    return Signer(keys.key("audit-seal"))


@pytest.fixture
async def folder(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, signer: Signer, tmp_path: Path
) -> Path:
    """An export of three hundred events among others', and the older checkpoint that was kept."""
    for size in (100, EVENTS):
        async with database.transaction(workspace, SYSTEM) as tx:
            for number in range(size - (100 if size > 100 else 0)):
                words = {
                    "n": number,
                    "word": "na\u00efve \u202b\u05e9\u05dc\u05d5\u05dd \u2028 'x'\n",
                }
                await record(tx, f"room{number % 3}.act", f"thing:{number}", words)
        await sealed_up_to(size, database, signer, clock)
        async with database.transaction(workspace, SYSTEM) as tx:
            seal = await newest_seal(tx)
            assert seal is not None
            (tmp_path / f"kept-{size}").write_text(seal.note(), encoding="utf-8")
    await exported(database, workspace, signer, tmp_path / "log")
    return tmp_path / "log"


async def exported(
    database: Database,
    workspace: WorkspaceId,
    signer: Signer,
    folder: Path,
    wanted: Wanted | None = None,
) -> Exported:
    async with database.transaction(workspace, SYSTEM) as tx:
        return await export(tx, wanted or Wanted(), folder, signer)


def verdict(folder: Path, *more: str) -> tuple[int, str]:
    """What the exported script says, run by a bare Python that cannot import Outrider."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "verify_log.py"), *more],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout + done.stderr


async def test_an_export_proves_itself_to_a_bare_python(folder: Path, signer: Signer) -> None:
    code, said = verdict(folder)
    assert (code, said.partition(" events")[0]) == (0, str(EVENTS)), said
    key = signer.public.public_bytes_raw().hex()
    code, said = verdict(folder, "--key", key, "--checkpoint", str(folder.parent / "kept-100"))
    assert code == 0, said
    assert "a key that you gave" in said


async def test_a_part_of_the_log_is_proven_as_well_as_the_whole(
    folder: Path, database: Database, workspace: WorkspaceId, signer: Signer
) -> None:
    part = folder.parent / "part"
    done = await exported(database, workspace, signer, part, Wanted(action="room1"))
    assert (done.events, done.leaves, done.unsealed) == (100, EVENTS, 0)
    lines = [json.loads(line) for line in (part / "events.jsonl").read_text().splitlines()]
    assert {line["action"] for line in lines} == {"room1.act"}
    assert verdict(part)[0] == 0


async def test_another_workspace_gets_hashes_and_nothing_else(
    folder: Path, database: Database, clock: VirtualClock, signer: Signer
) -> None:
    other = WorkspaceId(new_id(clock.now()))
    done = await exported(database, other, signer, folder.parent / "other")
    assert done.events == 0
    assert (folder.parent / "other/events.jsonl").read_text() == ""
    assert verdict(folder.parent / "other")[0] == 0


async def test_events_that_wait_for_their_seal_are_counted_not_exported(
    folder: Path, database: Database, workspace: WorkspaceId, signer: Signer
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        await record(tx, "room1.act", "thing:late", {})
        done = await export(tx, Wanted(), folder.parent / "later", signer)
    assert (done.events, done.unsealed) == (EVENTS, 1)


def edit_event(folder: Path) -> None:
    file = folder / "events.jsonl"
    file.write_text(file.read_text().replace('thing:7"', 'thing:8"', 1))


def drop_leaf(folder: Path) -> None:
    file = folder / "leaves.bin"
    file.write_bytes(file.read_bytes()[:-32])


def swap_leaves(folder: Path) -> None:
    data = (folder / "leaves.bin").read_bytes()
    (folder / "leaves.bin").write_bytes(data[32:64] + data[:32] + data[64:])


def swap_events(folder: Path) -> None:
    lines = (folder / "events.jsonl").read_text().splitlines(keepends=True)
    lines[3], lines[4] = lines[4], lines[3]
    (folder / "events.jsonl").write_text("".join(lines))


def repeat_event(folder: Path) -> None:
    lines = (folder / "events.jsonl").read_text().splitlines(keepends=True)
    (folder / "events.jsonl").write_text("".join([*lines[:5], *lines[4:]]))


def other_checkpoint(folder: Path) -> None:
    shutil.copy(folder.parent / "kept-100", folder / "checkpoint")


def bend_signature(folder: Path) -> None:
    head, _, raw = (folder / "checkpoint").read_text().rstrip("\n").rpartition(" ")
    data = bytearray(base64.b64decode(raw))
    data[20] ^= 1
    (folder / "checkpoint").write_text(f"{head} {base64.b64encode(data).decode()}\n")


def raise_size(folder: Path) -> None:
    text = (folder / "checkpoint").read_text()
    (folder / "checkpoint").write_text(text.replace(f"\n{EVENTS}\n", "\n299\n", 1))
    drop_leaf(folder)


def lose_events(folder: Path) -> None:
    (folder / "events.jsonl").unlink()


def fill_with_noise(folder: Path) -> None:
    (folder / "events.jsonl").write_text("[1]\n")


FORGERIES: dict[str, tuple[Callable[[Path], None], str]] = {
    "an event was edited": (edit_event, "is not what was sealed"),
    "a leaf was dropped": (drop_leaf, "299 leaves"),
    "leaves were exchanged": (swap_leaves, "do not give the signed root"),
    "events were put in another order": (swap_events, "at the wrong place"),
    "an event was told twice": (repeat_event, "at the wrong place"),
    "an older checkpoint was put in": (other_checkpoint, "the checkpoint 100"),
    "the signature was bent": (bend_signature, "valid signature"),
    "the tail was cut and the note edited": (raise_size, "valid signature"),
    "the events are gone": (lose_events, "missing"),
    "the events are noise": (fill_with_noise, "Line 1"),
}


@pytest.mark.parametrize("name", FORGERIES)
async def test_each_forgery_is_named(folder: Path, name: str) -> None:
    forge, words = FORGERIES[name]
    forge(folder)
    code, said = verdict(folder)
    assert (code, words in said) == (1, True), said


async def test_a_log_signed_anew_is_found_by_the_key_that_was_known(
    folder: Path, signer: Signer
) -> None:
    thief = Signer(b"t" * 32)
    note = verify_log.read_note((folder / "checkpoint").read_text())
    (folder / "checkpoint").write_text(thief.sign(note.size, note.root, AT).note())
    (folder / "public-key").write_text(thief.public.public_bytes_raw().hex())
    assert verdict(folder)[0] == 0
    code, said = verdict(folder, "--key", signer.public.public_bytes_raw().hex())
    assert code == 1
    assert "another key" in said


async def test_a_log_that_was_cut_or_rewritten_is_found_by_a_kept_checkpoint(
    folder: Path, signer: Signer
) -> None:
    leaves = (folder / "leaves.bin").read_bytes()
    parts = [leaves[at : at + 32] for at in range(0, len(leaves), 32)]

    def sign(these: list[bytes]) -> None:
        (folder / "leaves.bin").write_bytes(b"".join(these))
        (folder / "events.jsonl").write_text("")
        seal = signer.sign(len(these), verify_log.root_of(these), AT)
        (folder / "checkpoint").write_text(seal.note())

    sign(parts[:200])
    code, said = verdict(folder, "--checkpoint", str(folder.parent / "kept-300"))
    assert (code, "was cut" in said) == (1, True), said
    sign([parts[1], parts[0], *parts[2:]])
    code, said = verdict(folder, "--checkpoint", str(folder.parent / "kept-100"))
    assert (code, "was rewritten" in said) == (1, True), said


def test_the_scripts_own_signature_check_agrees_with_the_library() -> None:
    for number in range(8):
        signer = Signer(bytes([number]) * 32)
        seal = signer.sign(number, bytes(32), AT)
        text = verify_log.read_note(seal.note()).text.encode()
        public = signer.public.public_bytes_raw()
        assert verify_log.ed25519_holds(public, text, seal.signature)
        assert not verify_log.ed25519_holds(public, text + b"x", seal.signature)
        assert not verify_log.ed25519_holds(public, text, seal.signature[:32] + bytes(32))
        assert not verify_log.ed25519_holds(bytes(32), text, seal.signature)
        assert not verify_log.ed25519_holds(b"\xff" * 32, text, seal.signature)


async def test_an_export_never_writes_over_what_is_there(
    folder: Path, database: Database, workspace: WorkspaceId, signer: Signer
) -> None:
    with pytest.raises(InvalidInput, match="holds something already"):
        await exported(database, workspace, signer, folder)
    assert verdict(folder)[0] == 0


async def test_an_empty_log_says_that_nothing_is_sealed(
    database: Database, workspace: WorkspaceId, signer: Signer, tmp_path: Path
) -> None:
    with pytest.raises(Conflict, match="Nothing is sealed yet"):
        await exported(database, workspace, signer, tmp_path / "log")
    assert not (tmp_path / "log").exists()


def test_the_command_line_finds_exports_and_proves(
    home: Path, owner_url: URL, tmp_path: Path
) -> None:
    program = Program(home, owner_url)
    program.ok("kill", "on", "--reason", "drill")
    program.ok("kill", "off", "--reason", "over")
    sealed_at_the_command_line(program)
    found = program.json("audit", "search", "--action", "switches")["items"]
    assert [item["outcome"] for item in found] == ["over", "drill"]
    assert UUID(program.json("audit", "proof", found[0]["id"])["event"]["id"])
    assert program.json("audit", "seals")["items"][0]["size"] >= 2
    program.ok("audit", "export", str(tmp_path / "log"))
    key = program.ok("audit", "key").out.strip()
    assert verdict(tmp_path / "log", "--key", key)[0] == 0
    said = program.run("audit", "search", "--person", "nobody@brand.example")
    assert (said.code, "Nobody in this workspace" in said.err) != (0, False)
    assert program.run("audit", "proof", "xyz").code != 0
