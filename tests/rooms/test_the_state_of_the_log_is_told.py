"""People see how far the log is sealed and kept elsewhere, and take a search of it away as lines of JSON."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from outrider.app.wiring import Outrider
from outrider.kernel.audit.append import record
from outrider.kernel.audit.exported import Exported
from outrider.kernel.audit.seal import Seal, Signer
from tests.access_world import bearer, signed_in, somebody
from tests.sealing import sealed_up_to


@dataclass
class Desk:
    """An auditor before a log."""

    outrider: Outrider
    http: httpx2.AsyncClient

    async def ask(self, path: str, **asked: Any) -> httpx2.Response:
        return await self.http.get(f"/api/audit/{path}", params=asked)

    async def state(self) -> dict[str, Any]:
        found = await self.ask("state")
        assert found.status_code == 200, found.text
        told: dict[str, Any] = found.json()
        return told

    async def happen(self, count: int) -> None:
        async with self.outrider.begin()() as tx:
            for number in range(count):
                await record(tx, "tests.happen", f"thing:{number}", {"number": number})

    async def seal(self) -> Seal:
        async with self.outrider.begin()() as tx:
            row = await tx.row("select count(*) as n from outrider.audit_events")
        assert row is not None
        return await sealed_up_to(
            row["n"], self.outrider.database, self.outrider.signer, self.outrider.clock
        )

    @property
    def store(self) -> Exported:
        return Exported(self.outrider.settings.checkpoints_url)


@pytest.fixture
async def desk(outrider: Outrider) -> AsyncIterator[Desk]:
    async with signed_in(outrider, "compliance") as http:
        yield Desk(outrider, http)


async def test_before_the_first_seal_nothing_is_called_sealed(desk: Desk) -> None:
    await desk.happen(3)
    told = await desk.state()
    assert (told["newest"], told["is_signed"], told["agrees"]) == (None, False, None)
    assert told["waiting"] >= 3


async def test_a_log_that_goes_on_from_the_checkpoint_elsewhere_agrees(desk: Desk) -> None:
    await desk.happen(2)
    kept = await desk.seal()
    assert await desk.store.put(kept)
    await desk.happen(4)
    now = await desk.seal()
    told = await desk.state()
    assert (told["newest"]["leaves"], told["elsewhere"]["leaves"]) == (now.size, kept.size)
    assert (told["is_signed"], told["agrees"], told["trouble"]) == (True, True, None)
    assert told["waiting"] == 0
    await desk.happen(1)
    assert (await desk.state())["waiting"] == 1


async def test_a_log_that_is_not_what_was_kept_elsewhere_is_said(desk: Desk) -> None:
    await desk.happen(2)
    seal = await desk.seal()
    signer: Signer = desk.outrider.signer
    other = signer.sign(seal.size, bytes(32), seal.sealed_at)
    assert await desk.store.put(other)
    told = await desk.state()
    assert told["agrees"] is False
    assert "is not the one in the log" in told["trouble"]


async def test_a_log_shorter_than_its_checkpoint_was_cut(desk: Desk) -> None:
    await desk.happen(2)
    seal = await desk.seal()
    assert await desk.store.put(desk.outrider.signer.sign(seal.size + 5, bytes(32), seal.sealed_at))
    told = await desk.state()
    assert (told["agrees"], "it was cut" in told["trouble"]) == (False, True)


async def test_a_search_is_taken_away_whole_as_lines_of_json(desk: Desk) -> None:
    await desk.happen(1_001)  # more than two pages
    found = await desk.ask("export", action="tests")
    assert found.status_code == 200
    assert found.headers["content-type"].startswith("application/x-ndjson")
    assert "outrider-audit.jsonl" in found.headers["content-disposition"]
    events = [json.loads(line) for line in found.text.splitlines()]
    assert sorted(one["body"]["number"] for one in events) == list(range(1_001))
    ids = [one["id"] for one in events]
    assert ids == sorted(ids, reverse=True)
    (taken,) = (await desk.ask("events", action="audit.export")).json()["items"]
    assert taken["actor"].startswith("person:")
    assert taken["body"] == {"by": ["action"], "opens_people": True}


async def test_what_cannot_be_searched_is_refused_before_the_file_begins(desk: Desk) -> None:
    found = await desk.ask("export", person="who@brand.example")
    assert (found.status_code, "Nobody in this workspace" in found.text) == (404, True)
    assert (await desk.ask("export", action="nothing.here")).text == ""


@pytest.mark.parametrize("path", ["state", "export"])
async def test_who_may_not_read_the_log_gets_neither(desk: Desk, path: str) -> None:
    viewer = await somebody(desk.outrider, "viewer", "Vic Low")
    desk.http.headers.update(await bearer(desk.outrider, viewer))
    assert (await desk.ask(path)).status_code == 403


async def test_a_seal_of_before_a_key_was_replaced_is_still_signed_by_us(desk: Desk) -> None:
    await desk.happen(2)
    await desk.seal()
    before = (await desk.ask("checkpoint")).json()["public_key"]
    desk.outrider.keys.roll("audit-seal")
    assert (await desk.state())["is_signed"]
    assert (await desk.ask("checkpoint")).json()["public_key"] == before
    await desk.happen(1)
    await desk.seal()
    assert (await desk.state())["is_signed"]
    assert (await desk.ask("checkpoint")).json()["public_key"] != before
