"""What every bucket keeps to, whoever runs it; each suite of a store calls these on its own.

In: the address of a folder in a bucket, with the credentials in the environment. Out: nothing.
Never: the start of a server.
"""

from __future__ import annotations

import asyncio
import hashlib

import obstore
import pytest

from outrider.kernel.errors import Broken, NotFound, Unavailable
from outrider.kernel.objects import Objects, open_store

DATA = b"annual report " * 1000
DIGEST = hashlib.sha256(DATA).hexdigest()
PATH = f"{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}"


async def listed(store: Objects) -> list[tuple[str, int]]:
    """Every object and its size, by digest."""
    return sorted([(one.digest, one.size_bytes) async for some in store.listing() for one in some])


async def keeps_one_of_twenty(address: str) -> None:
    """Twenty who put the same at once keep one object; it goes once."""
    stores = [Objects(address) for _ in range(4)]
    digests = await asyncio.gather(*(stores[number % 4].put(DATA) for number in range(20)))
    assert set(digests) == {DIGEST}
    assert await listed(stores[0]) == [(DIGEST, len(DATA))]
    assert await stores[1].get(DIGEST) == DATA
    assert [await stores[0].remove(DIGEST), await stores[0].remove(DIGEST)] == [True, False]
    with pytest.raises(NotFound):
        await stores[0].get(DIGEST)


async def never_writes_over(address: str) -> None:
    """The store itself refuses a second of that name, and a change of its bytes is noticed."""
    store = Objects(address)
    await store.put(DATA)
    raw = open_store(address)
    # By If-None-Match, or Google's x-goog-if-generation-match, so that two who race cannot both win.
    with pytest.raises(obstore.exceptions.AlreadyExistsError):
        await obstore.put_async(raw, PATH, b"other", mode="create")
    await obstore.put_async(raw, PATH, b"x" * len(DATA))
    with pytest.raises(Broken, match="another hash"):
        await store.get(DIGEST)


async def says_that_there_is_none(address: str) -> None:
    """A bucket that is not there is said on one line, without the store's markup."""
    store = Objects(f"{address.partition('://')[0]}://nobody-has-this")
    with pytest.raises(Unavailable, match="does not exist") as refused:
        await store.put(DATA)
    assert "\n" not in refused.value.message
    assert "<" not in refused.value.message
