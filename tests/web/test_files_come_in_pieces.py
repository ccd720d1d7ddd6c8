"""Files over HTTP: in pieces, in order, each person's own; no name leads out of its folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx2
import pytest

from outrider.app.jobs import uploads
from outrider.app.wiring import Outrider
from tests.access_world import bearer, client, signed_in, somebody

FILES = "/api/imports/files"


@pytest.fixture
async def browsers(outrider: Outrider) -> AsyncIterator[dict[str, httpx2.AsyncClient]]:
    """An operator, another one, and a viewer."""
    async with AsyncExitStack() as stack:
        found = {}
        for role, name in (
            ("operator", "Ann Reed"),
            ("operator", "Bob Lee"),
            ("viewer", "Vic Low"),
        ):
            http = await stack.enter_async_context(client(outrider))
            http.headers.update(await bearer(outrider, await somebody(outrider, role, name)))
            found[name.split()[0].lower()] = http
        yield found


async def _begin(http: httpx2.AsyncClient, name: str, size: int) -> dict[str, Any]:
    made = await http.post(FILES, json={"name": name, "size_bytes": size})
    assert made.status_code == 201, made.text
    told: dict[str, Any] = made.json()
    return told


async def test_pieces_make_the_file_and_a_repeated_one_changes_nothing(
    browsers: dict[str, httpx2.AsyncClient],
) -> None:
    ann = browsers["ann"]
    data = b"email,company\nann@acme.example,Acme\n"
    made = await _begin(ann, "people.csv", len(data))
    for at in (0, 0, 10, 20, 30):
        told = await ann.put(f"{FILES}/{made['id']}/{at}", content=data[at : at + 10])
        assert told.status_code == 200
    assert told.json()["received_bytes"] == len(data)
    seen = await ann.post("/api/imports/check", json={"file": made["id"]})
    assert seen.json()["checked"] == 1


async def test_what_is_not_whole_is_not_read(browsers: dict[str, httpx2.AsyncClient]) -> None:
    ann = browsers["ann"]
    made = await _begin(ann, "people.csv", 30)
    gap = await ann.put(f"{FILES}/{made['id']}/10", content=b"x" * 10)
    assert gap.status_code == 409
    beyond = await ann.put(f"{FILES}/{made['id']}/0", content=b"x" * 31)
    assert beyond.status_code == 400
    await ann.put(f"{FILES}/{made['id']}/0", content=b"x" * 10)
    assert (await ann.post("/api/imports", json={"file": made["id"]})).status_code == 409


@pytest.mark.parametrize(
    "name",
    [
        "../../../evil.csv",
        "/etc/passwd",
        "..\\..\\evil.csv",
        "about.json",
        "..",
        "\u202evsc.x",
        "名" * 99 + ".csv",
    ],
)
async def test_no_name_leads_out_of_the_folder(
    browsers: dict[str, httpx2.AsyncClient], outrider: Outrider, name: str
) -> None:
    before = {path for path in outrider.settings.home.rglob("*") if path.is_file()}
    made = await _begin(browsers["ann"], name, 5)
    told = await browsers["ann"].put(f"{FILES}/{made['id']}/0", content=b"hello")
    assert told.status_code == 200
    fresh = {path for path in outrider.settings.home.rglob("*") if path.is_file()} - before
    place = outrider.settings.home / "uploads" / str(outrider.workspace) / made["id"]
    assert {path.parent for path in fresh if path.name != "about.json"} == {place}
    assert all(place in path.parents or path.parent == place for path in fresh)


async def test_a_file_belongs_to_who_brought_it(browsers: dict[str, httpx2.AsyncClient]) -> None:
    made = await _begin(browsers["ann"], "people.csv", 5)
    await browsers["ann"].put(f"{FILES}/{made['id']}/0", content=b"a,b\nc")
    bob = browsers["bob"]
    assert (await bob.put(f"{FILES}/{made['id']}/0", content=b"xxxxx")).status_code == 404
    assert (await bob.post("/api/imports/check", json={"file": made["id"]})).status_code == 404
    assert (await bob.delete(f"{FILES}/{made['id']}")).status_code == 404
    assert (await bob.get(f"/api/imports/rejects/{made['id']}")).status_code == 404
    assert (
        await browsers["vic"].post(FILES, json={"name": "a", "size_bytes": 1})
    ).status_code == 403
    # A list is no mail: the door of campaigns does not take it.
    assert (await browsers["ann"].delete(f"{FILES}/{made['id']}")).status_code == 204


async def test_a_file_beyond_the_bound_is_refused_before_a_byte_is_sent(
    browsers: dict[str, httpx2.AsyncClient],
) -> None:
    most = uploads.MOST_BYTES[uploads.Kind.LIST]
    told = await browsers["ann"].post(FILES, json={"name": "big.csv", "size_bytes": most + 1})
    assert told.status_code == 400
    assert "split it" in told.json()["detail"]


async def test_settings_tell_no_secret_and_a_wish_no_address(
    browsers: dict[str, httpx2.AsyncClient], outrider: Outrider
) -> None:
    outrider.keys.key("suppression")
    async with signed_in(outrider, "admin", "Mia Lind") as admin:
        answer = await admin.get("/api/settings")
        assert answer.json()["secrets"] == len(list((outrider.settings.home / "keys").iterdir()))
        assert outrider.keys.key("suppression").hex() not in answer.text
        wish = {"email": "x@brand.example", "reason": "told by y@brand.example"}
        assert (await admin.post("/api/suppressions", json=wish)).status_code == 400
    assert (await browsers["ann"].get("/api/settings")).status_code == 403


async def test_hours_of_others_need_an_admin(
    browsers: dict[str, httpx2.AsyncClient], outrider: Outrider
) -> None:
    me = (await browsers["ann"].get("/api/me")).json()["person"]["id"]
    bob = (await browsers["bob"].get("/api/me")).json()["person"]["id"]
    week = {"zone": "Europe/Berlin", "week": [{"day": 0, "start": "09:00", "end": "24:00"}]}
    own = await browsers["ann"].put(f"/api/people/{me}/hours", json=week)
    assert own.status_code == 200
    assert own.json()["week"] == [{"day": 0, "start": "09:00", "end": "24:00"}]
    assert (await browsers["ann"].put(f"/api/people/{bob}/hours", json=week)).status_code == 403


async def test_files_that_wait_have_a_bound_for_each_person_and_for_all(
    browsers: dict[str, httpx2.AsyncClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_OF_ONE", 1_000)
    monkeypatch.setattr(uploads, "MOST_OF_ALL", 1_500)
    ann, bob = browsers["ann"], browsers["bob"]
    first = await _begin(ann, "a.csv", 600)
    await _begin(ann, "b.csv", 400)
    refused = await ann.post(FILES, json={"name": "c.csv", "size_bytes": 1})
    assert refused.status_code == 400
    # What was announced counts, whatever came of it so far.
    assert "Your files that wait to be read have 1,000 bytes" in refused.json()["detail"]
    assert "more than 1,000: use or remove some first" in refused.json()["detail"]
    await _begin(bob, "d.csv", 500)
    refused = await bob.post(FILES, json={"name": "e.csv", "size_bytes": 1})
    assert "The files of this workspace that wait to be read" in refused.json()["detail"]
    assert (await ann.delete(f"{FILES}/{first['id']}")).status_code == 204
    await _begin(bob, "e.csv", 500)
