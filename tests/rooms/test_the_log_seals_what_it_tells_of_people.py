"""Each person's key opens what the log tells of that person, and nothing else; nobody waits for it."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
import sqlalchemy.exc

from outrider.app.api.main import create_app
from outrider.app.wiring import Outrider
from outrider.kernel import access, privacy
from outrider.kernel.audit import search
from outrider.kernel.audit.append import record
from outrider.kernel.audit.append_many import Happening, record_all
from outrider.kernel.audit.expire import expire
from outrider.kernel.audit.partitions import make_ahead
from outrider.kernel.audit.search import Wanted
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.database.tx import SYSTEM, About, Actor, ActorKind, Tx
from outrider.kernel.ids import WorkspaceId, new_id
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.secrets.people import CLOSED, ERASED, INDEX, KEYS, MOST_HELD, People
from outrider.kernel.secrets.seal_key import signer_of
from outrider.kernel.settings import load
from tests.conftest import MONDAY, add_person
from tests.sealing import sealed_up_to

WHO = "quilla@zenith.example"


@pytest.fixture
def people(database: Database, keys: Keys) -> People:
    found = People(keys)
    database.sealing = found
    return found


@pytest.fixture
def contact() -> UUID:
    return new_id(MONDAY)


class Writer:
    """Writes and reads events, each in a transaction of its own, a second apart."""

    def __init__(self, database: Database, workspace: WorkspaceId, clock: VirtualClock) -> None:
        self.database, self.workspace, self.clock = database, workspace, clock

    async def tells(self, contact: UUID, words: str = "leases", address: str = WHO) -> UUID:
        self.clock.advance(timedelta(seconds=1))
        async with self.database.transaction(self.workspace, SYSTEM) as tx:
            about = About(contact, address, {"subject": words})
            return await record(tx, "drafts.approve", "draft:one", {"reason": "fine"}, about)

    async def reads(self, people: People, *ids: UUID) -> list[dict[str, str] | str | None]:
        async with self.database.transaction(self.workspace, SYSTEM) as tx:
            opened = await people.opened(tx, await search.search(tx, Wanted()))
        return [opened.get(id_) for id_ in ids]

    async def finds(self, people: People, address: str) -> list[UUID]:
        async with self.database.transaction(self.workspace, SYSTEM) as tx:
            return await people.find(tx, address)

    async def rows(self, query: str, **values: Any) -> list[dict[str, Any]]:
        async with self.database.transaction(self.workspace, SYSTEM) as tx:
            return [dict(row) for row in await tx.rows(query, values)]

    async def erases(self, contact: UUID) -> None:
        async with self.database.transaction(self.workspace, SYSTEM) as tx:
            await privacy.intend(tx, contact, "hash", "asked")
        async with self.database.transaction(self.workspace, SYSTEM) as tx:
            await privacy.finished(tx, contact, {})


@pytest.fixture
def writer(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, people: People
) -> Writer:
    return Writer(database, workspace, clock)


async def test_an_event_holds_its_words_sealed_and_whoever_may_opens_them(
    writer: Writer, people: People, keys: Keys, contact: UUID
) -> None:
    event = await writer.tells(contact)
    told = {"address": WHO, "subject": "leases"}
    assert await writer.reads(people, event) == [told]
    assert await writer.reads(People(keys), event) == [told], "another process"
    assert await writer.finds(people, f" {WHO.upper()}") == [contact]
    (row,) = await writer.rows("select body from outrider.audit_events where id = :id", id=event)
    assert "zenith" not in row["body"]
    assert json.loads(row["body"])["of_person"]["contact"] == str(contact)


async def test_many_events_at_once_are_sealed_as_one_is(
    writer: Writer, database: Database, workspace: WorkspaceId, people: People
) -> None:
    contacts = [new_id(MONDAY) for _ in range(5)]
    happenings = [
        Happening("sending.sent", f"outbox:{n}", about=About(one, f"a{n}@x.example"))
        for n, one in enumerate(contacts)
    ]
    async with database.transaction(workspace, SYSTEM) as tx:
        await record_all(tx, [*happenings, Happening("sending.failed", "outbox:none")])
        events = await search.search(tx, Wanted())
        opened = await people.opened(tx, events)
    told = {event["subject"]: opened.get(event["id"]) for event in events}
    assert told.pop("outbox:none") is None
    assert told == {f"outbox:{n}": {"address": f"a{n}@x.example"} for n in range(5)}
    keys = await writer.rows("select id from outrider.person_keys")
    assert {row["id"] for row in keys} == set(contacts)


async def test_who_is_erased_gets_no_new_key_and_a_late_event_is_written_all_the_same(
    writer: Writer, people: People, keys: Keys, contact: UUID
) -> None:
    first = await writer.tells(contact)
    await writer.tells(contact)  # the key is in memory from here on
    await writer.erases(contact)
    with_the_key_in_memory = await writer.tells(contact)
    writer.database.sealing = People(keys)
    without = await writer.tells(contact)
    assert await writer.reads(people, first, with_the_key_in_memory, without) == [ERASED] * 3
    assert await writer.finds(people, WHO) == []
    assert await writer.rows("select 1 from outrider.person_keys") == []


async def test_two_who_write_first_at_once_share_one_key(
    writer: Writer, database: Database, keys: Keys, contact: UUID, workspace: WorkspaceId
) -> None:
    both_have_begun = asyncio.Barrier(2)

    async def one() -> UUID:
        async with database.transaction(workspace, SYSTEM) as tx:
            own = Tx(**{**vars(tx), "sealing": People(keys)})
            await both_have_begun.wait()
            return await record(own, "drafts.approve", "draft:one", about=About(contact, WHO))

    events = await asyncio.gather(one(), one())
    assert await writer.reads(People(keys), *events) == [{"address": WHO}] * 2


async def test_a_key_that_was_rolled_back_seals_nothing_afterwards(
    writer: Writer, database: Database, people: People, workspace: WorkspaceId, contact: UUID
) -> None:
    async def rolled_back() -> None:
        async with database.transaction(workspace, SYSTEM) as tx:
            await record(tx, "drafts.approve", "draft:one", about=About(contact, WHO))
            await record(tx, "drafts.approve", "draft:one", about=About(contact, WHO))
            raise KeyError

    with pytest.raises(KeyError):
        await rolled_back()
    event = await writer.tells(contact)
    assert await writer.reads(people, event) == [{"address": WHO, "subject": "leases"}]


async def test_memory_holds_a_bounded_number_of_keys_for_a_bounded_time(
    writer: Writer, people: People, database: Database, workspace: WorkspaceId
) -> None:
    contacts = [new_id(MONDAY) for _ in range(MOST_HELD + 50)]
    happenings = [Happening("a.b", "c:d", about=About(one)) for one in contacts]
    for _ in range(2):
        writer.clock.advance(timedelta(seconds=1))
        async with database.transaction(workspace, SYSTEM) as tx:
            await record_all(tx, happenings)
    assert len(people._held) == MOST_HELD
    await writer.rows("select 1")
    async with database.transaction(workspace, SYSTEM) as tx:
        await tx.run("delete from outrider.person_keys")
    writer.clock.advance(timedelta(minutes=11))
    await writer.tells(contacts[-1])
    assert not people._held, "old keys are in memory no more, whether used again or not"
    made = await writer.rows("select id from outrider.person_keys")
    assert made == [{"id": contacts[-1]}], "the key in memory was too old to be used"


async def test_a_process_that_writes_nothing_more_lets_go_of_its_keys_too(
    writer: Writer, people: People, contact: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("outrider.kernel.secrets.people.HELD", timedelta(seconds=2))
    for _ in range(2):
        await writer.tells(contact)
    assert people._held
    async with asyncio.timeout(120):
        while people._held:
            await asyncio.sleep(0.05)


async def test_a_new_wrapping_key_leaves_older_words_readable(
    writer: Writer, people: People, keys: Keys, contact: UUID
) -> None:
    before = await writer.tells(contact)
    keys.roll(KEYS)
    writer.database.sealing = People(keys)
    other = new_id(MONDAY)
    after = await writer.tells(other, "rents", "bob@acme.example")
    for reader in (People(keys), people):
        assert await writer.reads(reader, before, after) == [
            {"address": WHO, "subject": "leases"},
            {"address": "bob@acme.example", "subject": "rents"},
        ]


async def test_a_lost_key_file_stops_no_event_and_is_not_called_an_erasure(
    writer: Writer, keys: Keys, contact: UUID
) -> None:
    first = await writer.tells(contact)
    (keys.folder / f"{KEYS}.key").unlink()
    writer.database.sealing = fresh = People(keys)
    second = await writer.tells(contact)
    assert await writer.reads(fresh, first, second) == [CLOSED, CLOSED]


async def test_sealed_words_open_in_no_other_event(
    writer: Writer, people: People, contact: UUID
) -> None:
    first, second = await writer.tells(contact, "one"), await writer.tells(contact, "two")
    async with writer.database.transaction(writer.workspace, SYSTEM) as tx:
        events = {event["id"]: event for event in await search.search(tx, Wanted())}
        moved = {"id": second, "body": events[first]["body"]}
        assert await people.opened(tx, [moved]) == {second: CLOSED}
        raw = bytearray(base64.b64decode(events[first]["body"]["of_person"]["sealed"]))
        raw[20] ^= 1
        changed = {"contact": str(contact), "sealed": base64.b64encode(raw).decode()}
        assert await people.opened(tx, [{"id": first, "body": {"of_person": changed}}]) == {
            first: CLOSED
        }


async def test_another_workspace_finds_and_opens_nothing(
    writer: Writer, people: People, contact: UUID
) -> None:
    event = await writer.tells(contact)
    async with writer.database.connection() as conn:
        other = await access.ensure_workspace(conn, "other", MONDAY)
    stranger = Writer(writer.database, other, writer.clock)
    assert await stranger.finds(people, WHO) == []
    assert await stranger.rows("select id from outrider.person_keys") == []
    (body,) = await writer.rows("select body from outrider.audit_events where id = :id", id=event)
    async with stranger.database.transaction(other, SYSTEM) as tx:
        copied = {"id": event, "body": json.loads(body["body"])}
        assert await people.opened(tx, [copied]) == {event: CLOSED}


@pytest.mark.parametrize("table", ["person_keys", "person_events"])
async def test_the_login_of_agents_reads_no_key(writer: Writer, contact: UUID, table: str) -> None:
    await writer.tells(contact)
    agent = Actor(ActorKind.AGENT, "sdr")
    with pytest.raises(sqlalchemy.exc.ProgrammingError, match="permission denied"):
        async with writer.database.transaction(writer.workspace, agent, role=Role.AGENT) as tx:
            await tx.rows(f"select 1 from outrider.{table}")


@pytest.fixture
async def http(writer: Writer, objects: Objects, keys: Keys) -> AsyncIterator[httpx2.AsyncClient]:
    outrider = Outrider(
        load(home=keys.folder.parent), writer.clock, writer.database, objects, keys,
        writer.workspace, "test",
    )  # fmt: skip
    transport = httpx2.ASGITransport(app=create_app(outrider))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as opened:
        yield opened


@pytest.mark.parametrize(
    ("role", "told"),
    [
        ("compliance", {"address": WHO, "subject": "leases"}),
        ("admin", {"address": WHO, "subject": "leases"}),
        ("approver", None),
    ],
)
async def test_words_are_opened_for_those_who_may_read_what_is_kept_of_a_person(
    writer: Writer, http: httpx2.AsyncClient, contact: UUID, role: str, told: object
) -> None:
    await writer.tells(contact)
    ada = await add_person(writer.database, writer.workspace, "Ada", "ada@brand.example", role)
    async with writer.database.connection() as conn:
        token = await access.open_session(conn, ada, writer.clock.now())
    headers = {"Authorization": f"Bearer {token}"}
    answer = await http.get("/api/audit/events", headers=headers, params={"contact": WHO})
    assert [item["contact"] for item in answer.json()["items"]] == [told]


async def test_what_is_dropped_with_its_month_is_forgotten_in_the_index_too(
    writer: Writer, keys: Keys, contact: UUID
) -> None:
    signer = signer_of(keys)
    await writer.tells(contact)
    await sealed_up_to(1, writer.database, signer, writer.clock)
    await make_ahead(writer.database, writer.clock.now())
    writer.clock.advance(timedelta(days=800))
    kept = await writer.tells(contact)
    await sealed_up_to(2, writer.database, signer, writer.clock)
    cut = await expire(writer.database, signer, writer.clock.now(), timedelta(days=365))
    assert cut is not None
    assert await writer.rows("select id from outrider.person_events") == [{"id": kept}]


async def test_one_address_has_another_index_in_each_workspace(
    writer: Writer, people: People, keys: Keys, contact: UUID
) -> None:
    await writer.tells(contact)
    async with writer.database.connection() as conn:
        other = await access.ensure_workspace(conn, "other", MONDAY)
    stranger = Writer(writer.database, other, writer.clock)
    await stranger.tells(new_id(MONDAY))
    (mine,) = await writer.rows("select addresses from outrider.person_keys")
    (theirs,) = await stranger.rows("select addresses from outrider.person_keys")
    assert mine["addresses"] != theirs["addresses"]
    assert keys.has(INDEX)
