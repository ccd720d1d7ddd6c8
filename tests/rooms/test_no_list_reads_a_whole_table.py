"""However long the tables, each list of the web app reads little of them, under row-level security.

Each query is run and its plan asked how many rows it took from each table. Whole scans are switched off:
in tables as short as these they would be right.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
import pytest
from benchmarks._scale import Seeded, Size, plain, seeded

from outrider.app.views import (
    audit,
    contacts,
    fleet_metrics,
    happened,
    inbox,
    inbox_item,
    inbox_search,
    metrics,
    prospect,
    prospect_list,
    sending,
    task_desk,
    trace,
)
from outrider.app.views.inbox_types import Shelf
from outrider.app.views.task_desk import Asked, Asker
from outrider.app.views.task_types import TaskKind, TaskShelf
from outrider.drafts import read
from outrider.kernel import access
from outrider.kernel.access import Permission
from outrider.kernel.clock import SystemClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Row, Tx
from outrider.prospects.types import AccountStatus

SIZE = Size(leads=6_000, pending=600)
MOST_READ = 1_500
"""Rows of one table that one query takes; the tables have 6,000 and more."""
BIG = (
    "agent_steps audit_events audit_leaves contacts decisions drafts emails enrollments facts"
    " outbox reviews scores snapshots tasks threads touches turns"
).split()


@dataclass(frozen=True)
class Explaining(Tx):
    """A transaction that notes how each of its queries would be answered."""

    plans: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    async def rows(self, statement: Any, values: Mapping[str, Any] | None = None) -> Sequence[Row]:
        await self._explain(statement, values)
        return await super().rows(statement, values)

    async def row(self, statement: Any, values: Mapping[str, Any] | None = None) -> Row | None:
        await self._explain(statement, values)
        return await super().row(statement, values)

    async def _explain(self, statement: Any, values: Mapping[str, Any] | None) -> None:
        if isinstance(statement, str):
            found = await super().row(
                f"explain (analyze, timing off, format json) {statement}", values
            )
            assert found is not None
            self.plans.append((statement, found["QUERY PLAN"][0]["Plan"]))


@pytest.fixture
async def filled(database: Database) -> AsyncIterator[tuple[Database, Seeded]]:
    found = await seeded(database.owner, f"{database.owner.database}_lists", SIZE)
    own = Database(found.url, SystemClock())
    yield own, found
    await own.close()
    with psycopg.connect(plain(database.owner), autocommit=True) as conn:
        name = found.url.database
        await asyncio.to_thread(conn.execute, f'drop database "{name}" with (force)'.encode())


def reads(plan: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Each table that a plan takes rows from, and how many it looks at."""
    if "Relation Name" in plan:
        removed = sum(plan.get(f"Rows Removed by {by}", 0) for by in ("Filter", "Index Recheck"))
        yield (
            plan["Relation Name"].removesuffix("_rest"),
            (plan["Actual Rows"] + removed) * plan["Actual Loops"],
        )
    for below in plan.get("Plans", []):
        yield from reads(below)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages and counts as much shorter than usual as the tables are."""
    monkeypatch.setattr(inbox_search, "READ_THROUGH", 100)
    monkeypatch.setattr(inbox, "MOST_COUNTED", 100)
    monkeypatch.setattr(prospect_list, "MOST_COUNTED", 200)
    monkeypatch.setattr(prospect_list, "MOST_FOUND", 50)
    monkeypatch.setattr(sending, "MOST", 20)
    monkeypatch.setattr(task_desk, "MOST_COUNTED", 100)


@pytest.mark.usefixtures("short")
async def test_every_list_reads_few_rows(filled: tuple[Database, Seeded]) -> None:
    database, found = filled
    _seal(found)
    _by_hand(found)
    async with database.transaction(found.workspace, SYSTEM) as tx:
        await tx.run("set local enable_seqscan = off")
        watched = Explaining(**{one.name: getattr(tx, one.name) for one in fields(Tx)})
        for ask in await _asks(watched):
            await ask()
    assert len(watched.plans) > 40
    too_much = {
        (table, rows, sql[:300])
        for sql, plan in watched.plans
        for table, rows in reads(plan)
        if table in BIG and rows > MOST_READ
    }
    assert not too_much


async def test_a_query_without_an_index_would_be_noticed(filled: tuple[Database, Seeded]) -> None:
    database, found = filled
    async with database.transaction(found.workspace, SYSTEM) as tx:
        await tx.run("set local enable_seqscan = off")
        watched = Explaining(**{one.name: getattr(tx, one.name) for one in fields(Tx)})
        await watched.row("select id from outrider.drafts where body like '%nobody wrote this%'")
    [(_, plan)] = watched.plans
    [(table, rows)] = reads(plan)
    assert (table, rows > MOST_READ) == ("drafts", True)


async def test_a_search_reaches_the_end_of_a_long_shelf_and_says_what_it_read(
    filled: tuple[Database, Seeded], monkeypatch: pytest.MonkeyPatch
) -> None:
    database, found = filled
    monkeypatch.setattr(inbox_search, "READ_THROUGH", 20)
    async with database.transaction(found.workspace, SYSTEM) as tx:
        rows = await tx.rows(
            "select d.number, c.last_name, c.email, a.name, d.subject from outrider.drafts d"
            " join outrider.contacts c on c.id = d.contact_id"
            " join outrider.accounts a on a.id = d.account_id"
            " where d.status = 'pending' and d.id not in (select draft_id from outrider.reviews"
            "  where snoozed_until is not null) order by d.number"
        )
        last = rows[-1]
        for words in (last["last_name"], last["email"][:12], last["name"], last["name"].split()[1]):
            page = await inbox.page(tx, Shelf.WAITING, search=words.upper(), limit=200)
            # Beginnings are found everywhere; the top of the shelf is searched within words too.
            whole = {row["number"] for row in rows if _begins(row, words.lower())}
            top = {row["number"] for row in rows[:20] if _holds(row, words.lower())}
            assert {line.number for line in page.items} == whole | top
            assert last["number"] in whole
            assert page.read == 20
        paged = await inbox.page(tx, Shelf.WAITING, search="re:", limit=5)
        assert [line.number for line in paged.items] == [row["number"] for row in rows[:5]]
        after = paged.items[-1].number
        further = await inbox.page(tx, Shelf.WAITING, search="re:", after=after, limit=5)
        assert [line.number for line in further.items] == [row["number"] for row in rows[5:10]]


async def test_the_ranking_is_one_list_over_all_its_pages(
    filled: tuple[Database, Seeded],
) -> None:
    database, found = filled
    seen, after = list[UUID](), None
    async with database.transaction(found.workspace, SYSTEM) as tx:
        for _ in range(20):
            page = await prospect_list.page(tx, after=after, limit=200)
            seen += [line.id for line in page.items]
            after = page.next
            if after is None:
                break
        rows = await tx.rows(
            "select a.id from outrider.accounts a left join lateral (select points from outrider.scores s"
            " where s.account_id = a.id order by s.scored_at desc, s.id desc limit 1) s on true"
            ' order by s.points desc nulls last, lower(a.name) collate "C", a.id'
        )
    assert seen == [row["id"] for row in rows]
    assert page.total == len(seen) == SIZE.leads // 4


def _seal(found: Seeded) -> None:
    """Say that the log is sealed up to its end, as it is wherever a sealer works."""
    with psycopg.connect(plain(found.url), autocommit=True) as conn:
        conn.execute(
            "insert into outrider.audit_seals (size, root, frontier, subtrees, last_xid, last_event_id,"
            " signature, key_id, sealed_at) select count(*) over (), '', '', '', xid, id, '', '', at"
            " from outrider.audit_events order by xid desc, id desc limit 1"
        )


def _by_hand(found: Seeded) -> None:
    """A task for each enrollment, of every kind and status; nobody did half of those that are old."""
    with psycopg.connect(plain(found.url), autocommit=True) as conn:
        conn.execute(
            "insert into outrider.tasks (workspace_id, id, number, campaign_id, enrollment_id,"
            " account_id, contact_id, step, channel, text, content_hash, approved_hash, status, note,"
            " due_at, done_at, created_at) select e.workspace_id, gen_random_uuid(), e.n,"
            " e.campaign_id, e.id, e.account_id, e.contact_id, e.n % 2, (array['call','linkedin','sms'])"
            "[1 + e.n % 3], 'Call.', 'x', 'x', s, '', e.created_at, case when s in ('done','skipped')"
            " then e.created_at + interval '1 day' end, e.created_at"
            " from (select *, row_number() over (partition by workspace_id order by id) as n"
            "  from outrider.enrollments) e, lateral (select (array['open','approved','sending','unknown',"
            "  'failed','done','skipped','void'])[1 + e.n / 6 % 8] as s) t"
        )
        conn.execute("vacuum analyze outrider.tasks")


def _begins(row: Row, words: str) -> bool:
    name = row["name"].lower().split()
    begins = [" ".join(name[n:]) for n in range(3)]
    begins += [row["last_name"].lower(), row["email"], row["subject"].lower()]
    return any(one.startswith(words) for one in begins)


def _holds(row: Row, words: str) -> bool:
    return any(words in str(row[key]).lower() for key in ("last_name", "email", "name", "subject"))


async def _asks(tx: Tx) -> list[Callable[[], Awaitable[object]]]:
    """What the screens with lists ask the views for."""
    one = await tx.row("select number from outrider.drafts where status = 'pending' limit 1")
    mail = await tx.row("select message_id from outrider.outbox where status = 'sent' limit 1")
    account = await tx.row("select id from outrider.accounts order by place limit 1")
    person = await tx.row("select p.id, p.email from outrider.people p limit 1")
    assert one
    assert mail
    assert account
    assert person
    draft = await read.find(tx, str(one["number"]))
    member = await access.member(tx, person["id"])
    assert member is not None
    task = await tx.row("select number from outrider.tasks where status = 'open' limit 1")
    contact = await tx.row("select email from outrider.contacts limit 1")
    assert task
    assert contact
    asker = Asker(member, frozenset(Permission))
    shelves = [Asked(shelf, kind) for shelf in TaskShelf for kind in (None, *TaskKind)]
    log = [
        audit.Asked(),
        audit.Asked(action="drafts"),
        audit.Asked(action="drafts.approve"),
        audit.Asked(person=person["email"]),
        audit.Asked(agent="prospecting", action="drafts.write"),
        audit.Asked(mail=mail["message_id"]),
        audit.Asked(since=tx.now),
    ]
    return [
        *(
            partial(inbox.page, tx, shelf, search=words)
            for shelf in Shelf
            for words in (None, "ko", "e")
        ),
        lambda: inbox.page(tx, Shelf.WAITING, after=one["number"]),
        lambda: inbox.page(tx, Shelf.DECIDED, after=one["number"]),
        lambda: inbox_item.item(tx, draft, member),
        *(partial(prospect_list.page, tx, search=words) for words in (None, "harbor", "firm1")),
        lambda: prospect_list.page(tx, status=AccountStatus.RESEARCHED),
        lambda: prospect_list.page(tx, after=account["id"]),
        lambda: prospect.one(tx, account["id"]),
        lambda: sending.desk(tx),
        *(partial(audit.search, tx, asked) for asked in log),
        *(partial(task_desk.page, tx, asked, member) for asked in shelves),
        lambda: task_desk.waiting(tx),
        lambda: task_desk.one(tx, task["number"], asker),
        lambda: contacts.one(tx, contact["email"]),
        lambda: trace.trace(tx, mail["message_id"]),
        lambda: happened.since(tx, tx.now),
        lambda: metrics.measured(tx),
        lambda: fleet_metrics.measured(tx),
    ]
