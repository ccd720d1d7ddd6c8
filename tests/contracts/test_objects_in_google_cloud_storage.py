"""A bucket of Google keeps objects as a folder does; tried on a stand-in of ours, not on Google's server."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterator

import obstore
import pytest

from outrider.kernel.errors import Broken, NotFound, Unavailable
from outrider.kernel.objects import Objects, open_store
from tests.gcs_stand_in import PAGE, gcs

DATA = b"annual report " * 1000
DIGEST = hashlib.sha256(DATA).hexdigest()
PATH = f"{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}"


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with gcs("outrider-objects") as url:
        account = {
            "gcs_base_url": url,
            "disable_oauth": True,
            "client_email": "",
            "private_key": "",
            "private_key_id": "",
        }
        monkeypatch.setenv("GOOGLE_SERVICE_ACCOUNT_KEY", json.dumps(account))
        monkeypatch.setenv("GOOGLE_ALLOW_HTTP", "true")
        yield "gs://outrider-objects/ours"


async def listed(store: Objects) -> list[tuple[str, int]]:
    return sorted([(one.digest, one.size_bytes) async for some in store.listing() for one in some])


async def test_twenty_at_once_keep_one_object_and_it_goes_once(address: str) -> None:
    stores = [Objects(address) for _ in range(4)]
    digests = await asyncio.gather(*(stores[number % 4].put(DATA) for number in range(20)))
    assert set(digests) == {DIGEST}
    assert await listed(stores[0]) == [(DIGEST, len(DATA))]
    assert await stores[1].get(DIGEST) == DATA
    assert [await stores[0].remove(DIGEST), await stores[0].remove(DIGEST)] == [True, False]
    with pytest.raises(NotFound):
        await stores[0].get(DIGEST)


async def test_what_is_there_is_never_written_over_and_a_change_is_noticed(address: str) -> None:
    store = Objects(address)
    await store.put(DATA)
    raw = open_store(address)
    # The bucket itself refuses it (x-goog-if-generation-match: 0).
    with pytest.raises(obstore.exceptions.AlreadyExistsError):
        await obstore.put_async(raw, PATH, b"other", mode="create")
    await obstore.put_async(raw, PATH, b"x" * len(DATA))
    with pytest.raises(Broken, match="another hash"):
        await store.get(DIGEST)


async def test_a_listing_goes_on_over_its_pages(address: str) -> None:
    store = Objects(address)
    kept = [await store.put(f"object {n}".encode()) for n in range(2 * PAGE + 1)]
    assert [digest for digest, _ in await listed(store)] == sorted(kept)


async def test_a_bucket_that_is_not_there_is_said_on_one_line(address: str) -> None:
    with pytest.raises(Unavailable, match="does not exist") as refused:
        await Objects("gs://nobody-has-this").put(DATA)
    assert "\n" not in refused.value.message
    assert "<" not in refused.value.message
