"""Bytes are kept once under their hash, and what was cut short is mended, never believed."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest

from outrider.kernel.errors import Broken, NotFound, Unavailable
from outrider.kernel.objects import Objects

DATA = b"annual report " * 1000
DIGEST = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "objects"


def file_of(folder: Path) -> Path:
    return folder / DIGEST[:2] / DIGEST[2:4] / DIGEST


async def test_twenty_at_once_keep_one_object(folder: Path) -> None:
    stores = [Objects(str(folder)) for _ in range(4)]
    digests = await asyncio.gather(*(stores[number % 4].put(DATA) for number in range(20)))
    assert set(digests) == {DIGEST}
    assert [file for file in folder.rglob("*") if file.is_file()] == [file_of(folder)]
    assert await stores[0].get(DIGEST) == DATA


async def test_an_object_that_was_cut_short_is_not_believed_and_is_mended(folder: Path) -> None:
    store = Objects(str(folder))
    await store.put(DATA)
    file_of(folder).write_bytes(DATA[:100])
    with pytest.raises(Broken, match="another hash"):
        await store.get(DIGEST)
    await store.put(DATA)
    assert await store.get(DIGEST) == DATA


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "0" * 63, "x" * 64, "0" * 62 + "/."])
async def test_a_name_that_is_no_hash_is_nothing(folder: Path, name: str) -> None:
    with pytest.raises(NotFound):
        await Objects(str(folder)).get(name)


async def test_a_store_that_takes_or_gives_nothing_says_so(folder: Path) -> None:
    store = Objects(str(folder))
    folder.rmdir()
    folder.write_text("a file where the folder was")
    with pytest.raises(Unavailable, match="does not take 14000 bytes"):
        await store.put(DATA)
    with pytest.raises((Unavailable, NotFound)):
        await store.get(DIGEST)
