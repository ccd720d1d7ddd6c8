"""A bucket of Google keeps objects as a folder does; tried on a stand-in of ours, not on Google's server."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from outrider.kernel.objects import Objects
from tests.bucket_promises import (
    keeps_one_of_twenty,
    listed,
    never_writes_over,
    says_that_there_is_none,
)
from tests.gcs_stand_in import PAGE, gcs


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


async def test_twenty_at_once_keep_one_object_and_it_goes_once(address: str) -> None:
    await keeps_one_of_twenty(address)


async def test_what_is_there_is_never_written_over_and_a_change_is_noticed(address: str) -> None:
    await never_writes_over(address)


async def test_a_listing_goes_on_over_its_pages(address: str) -> None:
    store = Objects(address)
    kept = [await store.put(f"object {n}".encode()) for n in range(2 * PAGE + 1)]
    assert [digest for digest, _ in await listed(store)] == sorted(kept)


async def test_a_bucket_that_is_not_there_is_said_on_one_line(address: str) -> None:
    await says_that_there_is_none(address)
