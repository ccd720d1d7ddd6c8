"""The log answers who did what, when, with which tool, about which mail; and proves each answer."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from outrider.app.api.main import create_app
from outrider.app.wiring import Outrider
from outrider.kernel.audit import prove
from outrider.kernel.audit.append import record
from outrider.kernel.audit.seal import Signer, read_note
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Actor, ActorKind
from outrider.kernel.ids import WorkspaceId, new_id
from outrider.kernel.secrets import Keys
from tests.access_world import session
from tests.conftest import add_person
from tests.sealing import sealed_up_to


class Log:
    """A workspace whose log has five events of its own, an hour apart."""

    def __init__(self, http: httpx2.AsyncClient, headers: dict[str, str]) -> None:
        self.http, self.headers = http, headers

    async def ask(self, **words: Any) -> httpx2.Response:
        return await self.http.get("/api/audit/events", headers=self.headers, params=words)

    async def found(self, **words: Any) -> list[str]:
        answer = await self.ask(**words)
        assert answer.status_code == 200, answer.text
        return [item["subject"].partition(":")[2] for item in answer.json()["items"]]


@pytest.fixture
async def log(
    clock: VirtualClock, database: Database, workspace: WorkspaceId, outrider: Outrider
) -> AsyncIterator[Log]:
    ada = await add_person(database, workspace, "Ada Moss", "ada@brand.example", "compliance")
    headers = await session(database, ada, clock)
    happened: tuple[tuple[Actor, str, str, dict[str, str]], ...] = (
        (Actor(ActorKind.PERSON, str(ada)), "drafts.approve", "draft:one", {"reason": "fine"}),
        (Actor(ActorKind.AGENT, "sdr"), "agents.step", "step:two", {"tool_name": "find_facts"}),
        (Actor(ActorKind.AGENT, "sdr"), "agents.step", "step:three", {"tool_name": "write"}),
        (Actor(ActorKind.PERSON, str(ada)), "drafts.reject", "draft:four", {}),
        (SYSTEM, "draftsman.act_", "draft:five", {}),
    )
    for actor, action, subject, body in happened:
        clock.advance(timedelta(hours=1))
        async with database.transaction(workspace, actor) as tx:
            await record(tx, action, subject, body)
    transport = httpx2.ASGITransport(app=create_app(outrider))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as opened:
        yield Log(opened, headers)


async def test_events_are_found_by_who_what_tool_thing_and_time(
    log: Log, clock: VirtualClock
) -> None:
    assert await log.found(person="ada@brand.example") == ["four", "one"]
    assert await log.found(agent="sdr") == ["three", "two"]
    assert await log.found(tool="find_facts") == ["two"]
    assert await log.found(about="draft:four") == ["four"]
    assert await log.found(action="drafts") == ["four", "one"]
    assert await log.found(action="drafts.reject") == ["four"]
    since = (clock.now() - timedelta(hours=3)).isoformat()
    until = (clock.now() - timedelta(hours=2)).isoformat()
    assert await log.found(since=since, until=until) == ["three", "two"]
    assert len(await log.found(since="0001-01-01")) == len(await log.found())
    assert await log.found(until="1969-12-31T23:59Z") == []
    assert await log.found(person="ada@brand.example", action="drafts.approve") == ["one"]


async def test_marks_of_the_database_mean_nothing_in_a_search(log: Log) -> None:
    for action in ("%", "_", "drafts%", "draf_s", "act\\_"):
        assert await log.found(action=action) == []


async def test_people_are_named_and_agents_keep_their_name(log: Log) -> None:
    items = (await log.ask()).json()["items"]
    assert {"Ada Moss", "sdr", "outrider"} <= {item["who"] for item in items}


async def test_pages_follow_one_another_without_gap_or_repetition(log: Log) -> None:
    whole = await log.found(limit=500)
    pages: list[str] = []
    before: dict[str, str] = {}
    while True:
        page = (await log.ask(limit=2, **before)).json()
        pages += [item["subject"].partition(":")[2] for item in page["items"]]
        if page["next"] is None:
            break
        before = {"before": page["next"]}
    assert pages == whole


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ({"person": "who@brand.example"}, 404, "Nobody in this workspace"),
        ({"mail": "<no.such@brand.example>"}, 404, "No mail of this workspace"),
        ({"person": "ada@brand.example", "agent": "sdr"}, 400, "one actor"),
        ({"mail": "<x@y>", "about": "draft:1"}, 400, "not both"),
        ({"since": "2026-05-01", "until": "2026-04-01"}, 400, "backwards"),
        ({"limit": "0"}, 400, "limit"),
        ({"limit": "501"}, 400, "limit"),
        ({"before": "x"}, 400, "before"),
        ({"nonsense": "x"}, 400, "nonsense"),
        ({"about": "x" * 999}, 400, "about"),
    ],
)
async def test_a_question_that_makes_no_sense_gets_one_sentence(
    log: Log, asked: dict[str, str], status: int, words: str
) -> None:
    answer = await log.ask(**asked)
    assert (answer.status_code, words in answer.json()["detail"]) == (status, True), answer.text


async def test_each_answer_can_be_proven_and_each_checkpoint_kept(
    log: Log, database: Database, workspace: WorkspaceId, clock: VirtualClock, keys: Keys
) -> None:
    signer = Signer(keys.key("audit-seal"))
    item = (await log.ask(about="draft:four")).json()["items"][0]
    assert item["is_sealed"] is False
    waits = await log.http.get(f"/api/audit/events/{item['id']}/proof", headers=log.headers)
    assert waits.status_code == 409
    async with database.transaction(workspace, SYSTEM) as tx:
        row = await tx.row("select count(*) as n from outrider.audit_events")
        assert row is not None
    await sealed_up_to(row["n"], database, signer, clock)
    answer = await log.http.get(f"/api/audit/events/{item['id']}/proof", headers=log.headers)
    assert prove.holds(json.loads(answer.text), signer.public)
    kept = (await log.http.get("/api/audit/checkpoint", headers=log.headers)).json()
    assert read_note(kept["checkpoint"]).size == kept["size"] == row["n"]
    assert kept["public_key"] == signer.public.public_bytes_raw().hex()
    same = await log.http.get(
        "/api/audit/consistency", headers=log.headers, params={"old": kept["size"]}
    )
    assert prove.holds(same.json(), signer.public)
    gone = await log.http.get("/api/audit/consistency", headers=log.headers, params={"old": 10**9})
    assert gone.status_code == 404
    other = await log.http.get(
        f"/api/audit/events/{new_id(clock.now())}/proof", headers=log.headers
    )
    assert other.status_code == 404


async def test_who_may_not_read_the_log_is_told_so(
    log: Log, database: Database, workspace: WorkspaceId, clock: VirtualClock
) -> None:
    eve = await add_person(database, workspace, "Eve", "eve@brand.example", "viewer")
    log.headers = await session(database, eve, clock)
    assert (await log.ask()).status_code == 403
