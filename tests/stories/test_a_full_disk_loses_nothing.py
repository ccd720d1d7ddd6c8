"""A disk that is really full: one plain sentence, and with room again the same command finishes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.program import Program, plain_sentence


class Disk:
    """A small disk of memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self) -> None:
        """Leave no byte free."""
        with (self.folder / "filler").open("wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(4096))
            except OSError:
                return

    def empty(self) -> None:
        """Give the room back."""
        (self.folder / "filler").unlink()


def past_mail(count: int) -> str:
    """An mbox of so many different mails."""
    return "\n".join(
        "From seller@brand.example Mon Jan  6 09:00:00 2025\n"
        f"From: Sam <seller@brand.example>\nTo: p{n}@c{n}.example\nSubject: Leases {n}\n"
        f"Message-ID: <{n}@brand.example>\nDate: Mon, 6 Jan 2025 09:00:00 +0000\n\n"
        f"Hi Al,\n\nOne question number {n}?\n"
        for n in range(count)
    )


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True, capture_output=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """Two megabytes, mounted for this test."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a small disk needs root")
    try:
        _mount("-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder))
    except subprocess.CalledProcessError as error:
        pytest.skip(f"this machine mounts no small disk: {error.stderr!r}")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_campaign_is_made_once_there_is_room(
    disk: Disk, home: Path, owner_url: URL, tmp_path: Path
) -> None:
    program = Program(home, owner_url, {"OUTRIDER_OBJECT_STORE": str(disk.folder / "objects")})
    file = tmp_path / "past.mbox"
    file.write_text(past_mail(60))
    command = ("campaign", "create", "Leases", "--brand", "B", "--mail", str(file))
    program.ok("campaign", "list")
    disk.fill()
    said = program.run(*command)
    assert "disk is full" in plain_sentence(said)
    assert said.code == 8
    log = (home / "logs" / "outrider.log").read_text().splitlines()
    (line,) = [one for one in map(json.loads, log) if one["event"] == "disk_full"]
    assert line["level"] == "error"
    assert line["reason"].startswith("The disk is full")
    disk.empty()
    program.ok(*command)
    (campaign,) = program.json("campaign", "list")["items"]
    assert (campaign["name"], campaign["emails"], campaign["blueprint_version"]) == (
        "Leases",
        60,
        1,
    )


def test_a_list_comes_in_whole_once_there_is_room(
    disk: Disk, owner_url: URL, tmp_path: Path
) -> None:
    program = Program(disk.folder / "home", owner_url)
    rows = [f"p{n}@c{n}.example,Company {n}" for n in range(50)] + ["nobody,Bad"] * 50
    file = tmp_path / "leads.csv"
    file.write_text("email,company\n" + "\n".join(rows) + "\n")
    program.ok("campaign", "list")
    disk.fill()
    assert "disk is full" in plain_sentence(program.run("import", str(file)))
    disk.empty()
    report = program.json("import", str(file))
    assert report["rejected"] == 50
    assert report["contacts_new"] + report["unchanged"] == 50
    assert len(program.json("accounts")["items"]) == 50


def test_no_key_is_made_of_half_a_file(disk: Disk, owner_url: URL) -> None:
    program = Program(disk.folder / "home", owner_url)
    program.ok("campaign", "list")
    disk.fill()
    assert "disk is full" in plain_sentence(program.run("suppress", "kim@ace.example"))
    disk.empty()
    program.ok("suppress", "kim@ace.example")
    program.ok("audit", "verify")


def test_a_halt_needs_no_room(disk: Disk, owner_url: URL) -> None:
    program = Program(disk.folder / "home", owner_url)
    program.ok("campaign", "list")
    disk.fill()
    program.ok("kill", "on", "machine", "--reason", "drill")
    assert (disk.folder / "home" / "HALT").exists()
    disk.empty()
    (item,) = program.json("kill", "list")["items"]
    assert item["scope"] == "machine"
