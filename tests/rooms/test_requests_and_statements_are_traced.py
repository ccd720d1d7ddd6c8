"""A trace tells which door was opened, what it asked of the database and how long that took; no value."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy.exc
from sqlalchemy import event, text

from outrider.app.wiring import Outrider
from outrider.kernel import tracing
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.traced import LONGEST, shape
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.settings import load
from tests.access_world import bearer, client, login, somebody

sdk = pytest.importorskip(
    "opentelemetry.sdk.trace.export.in_memory_span_exporter", reason="extra `traces`"
)


@pytest.fixture
def exporter() -> Iterator[Any]:
    exporter = sdk.InMemorySpanExporter()
    tracing.start(exporter, "0.1.0", at_once=True)
    yield exporter
    tracing.stop()


@pytest.fixture
async def outrider(
    home: Path,
    clock: VirtualClock,
    database: Database,
    workspace: WorkspaceId,
    objects: Objects,
    keys: Keys,
    exporter: Any,
) -> AsyncIterator[Outrider]:
    # Its pools are made after traces were asked for, as `opened` does it.
    own = Database(database.owner, clock)
    yield Outrider(load(home=home), clock, own, objects, keys, workspace, "test")
    await own.close()


async def test_a_request_holds_its_statements(outrider: Outrider, exporter: Any) -> None:
    headers = await bearer(outrider, await somebody(outrider, "viewer"))
    exporter.clear()
    async with client(outrider) as http:
        answer = await http.get("/api/inbox?q=harbor", headers=headers)
    assert answer.status_code == 200
    *statements, request = exporter.get_finished_spans()
    assert (request.name, request.kind.name, request.parent) == ("GET /api/inbox", "SERVER", None)
    assert request.attributes["http.route"] == "/api/inbox"
    assert request.attributes["http.response.status_code"] == 200
    assert request.attributes["outrider.correlation_id"] == answer.headers["x-correlation-id"]
    assert len(statements) > 3
    for one in statements:
        assert one.parent.span_id == request.context.span_id
        assert one.kind.name == "CLIENT"
        assert one.attributes["db.system.name"] == "postgresql"
        assert request.start_time <= one.start_time <= one.end_time <= request.end_time
    tables = {one.attributes.get("db.collection.name") for one in statements}
    assert {"sessions", "drafts"} <= tables, "what SQLAlchemy asked, and what the driver was asked"


async def test_a_request_that_the_sampler_leaves_out_is_answered_all_the_same(
    outrider: Outrider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "always_off")
    thinned = sdk.InMemorySpanExporter()
    tracing.start(thinned, "0.1.0", at_once=True)
    async with client(outrider) as http:
        assert (await http.get("/healthz")).status_code == 200
        assert (await http.get("/api/inbox")).status_code == 401
    assert thinned.get_finished_spans() == ()


async def test_names_are_those_of_the_conventions(outrider: Outrider, exporter: Any) -> None:
    from opentelemetry.semconv.attributes import db_attributes as db
    from opentelemetry.semconv.attributes import http_attributes as http_names

    async with client(outrider) as http:
        await http.get("/readyz")
        await http.request("BREW", "/healthz")
    found = {span.name: dict(span.attributes) for span in exporter.get_finished_spans()}
    assert found["GET /readyz"][http_names.HTTP_REQUEST_METHOD] == "GET"
    assert found["GET /readyz"][http_names.HTTP_ROUTE] == "/readyz"
    assert found["HTTP /healthz"][http_names.HTTP_REQUEST_METHOD] == "_OTHER"
    with tracing.answer("GET"):
        async with outrider.database.connection() as conn:
            await conn.execute(text("select 1 from outrider.workspaces"))
    one = exporter.get_finished_spans()[-2]
    assert one.name == "SELECT workspaces"
    assert one.attributes[db.DB_SYSTEM_NAME] == "postgresql"
    assert one.attributes[db.DB_OPERATION_NAME] == "SELECT"
    assert one.attributes[db.DB_COLLECTION_NAME] == "workspaces"
    assert one.attributes[db.DB_QUERY_TEXT] == "select ? from outrider.workspaces"
    assert one.attributes[db.DB_QUERY_SUMMARY] == "SELECT workspaces"


async def test_no_value_is_in_a_trace(outrider: Outrider, exporter: Any) -> None:
    member = await somebody(outrider, "admin", "Zebedee Quux")
    headers = await bearer(outrider, member)
    async with client(outrider) as http:
        await login(http, "zebedee@brand.example", "wrong horse battery")
        await http.get("/api/inbox?q=quokka", headers=headers)
        await http.get(f"/api/inbox/{member.person_id}", headers=headers)
        await http.get("/wombat/secret-path", headers=headers)
        await http.get("/api/audit/events?person=zebedee@brand.example", headers=headers)
        answer = await http.post("/api/people", headers=headers, json={"email": "numbat@x.example"})
    assert answer.status_code < 500
    found = exporter.get_finished_spans()
    told = " ".join(
        f"{s.name} {dict(s.attributes)} {s.status.description} {s.events}" for s in found
    )
    words = ["zebedee", "Quux", "quokka", "wombat", "numbat", "horse", "@", "secret-path"]
    words += [str(member.person_id), headers["Authorization"].split()[1], str(outrider.workspace)]
    for word in words:
        assert word not in told, word
    assert "GET" in {span.name for span in found}, "an address that is no door's"
    assert not any(span.events for span in found)


async def test_an_error_is_told_by_its_kind(outrider: Outrider, exporter: Any) -> None:
    async def fails(tell: str) -> None:
        async with outrider.begin()() as tx:
            if tell == "driver":
                await tx.rows("select 'private words'::int")
            await tx.run("select 'private words'::int")

    for way in ("driver", "sqlalchemy"):
        exporter.clear()
        with pytest.raises(sqlalchemy.exc.DBAPIError), tracing.answer("POST"):
            await fails(way)
        statement, request = exporter.get_finished_spans()[-2:]
        assert statement.attributes["error.type"] == "22P02", way
        assert statement.status.status_code.name == "ERROR"
        assert request.attributes["error.type"] == "DataError"
        assert "private" not in f"{dict(statement.attributes)} {dict(request.attributes)}"


async def test_what_no_request_or_run_asked_for_is_left_out(
    outrider: Outrider, exporter: Any
) -> None:
    async with outrider.begin()() as tx:
        await tx.rows("select id from outrider.workspaces")
        await tx.run("select id from outrider.workspaces")
    assert exporter.get_finished_spans() == ()


async def test_a_trace_that_a_stranger_names_is_not_joined(
    outrider: Outrider, exporter: Any
) -> None:
    theirs = "4bf92f3577b34da6a3ce929d0e0e4736"
    async with client(outrider) as http:
        await http.get("/healthz", headers={"traceparent": f"00-{theirs}-00f067aa0ba902b7-01"})
    [request] = exporter.get_finished_spans()
    assert request.parent is None
    assert f"{request.context.trace_id:032x}" != theirs


async def test_without_a_collector_nothing_listens(
    database: Database, workspace: WorkspaceId
) -> None:
    assert not tracing.is_on()
    async with database.connection() as conn:
        await conn.execute(text("select 1"))
    engine = database.engine().sync_engine
    assert not any(
        event.contains(engine, name, handler) for name, handler in _handlers() if handler
    )


def _handlers() -> list[tuple[str, Any]]:
    from outrider.kernel.database import traced

    return [
        ("before_cursor_execute", traced._before),
        ("after_cursor_execute", traced._after),
        ("handle_error", traced._failed),
    ]


@pytest.mark.parametrize(
    ("sql", "shown"),
    [
        (
            r"select * from t where a = 'x\' and b = 'secret'",
            "select * from t where a = ? and b = ?",
        ),
        (r"select E'it\'s secret', U from t", "select ?, U from t"),
        ("select 'it''s secret'", "select ?"),
        ("select $$secret 'x$$, $t$secret$t$", "select ?, ?"),
        ("select 1 -- secret\n/* secret */ from t", "select ? from t"),
        ("insert into t values (%(a)s, 5), (%(b)s, -1.5e3)", "insert into t values (?), (?, -?)"),
        ("select * from t where a in ('a', 'b','c')", "select * from t where a in (?)"),
        ("select a.find_1, '-- no comment', 'end", "select a.find_1, ?, ?"),
        ("select x like '%%secret%%' from t", "select x like ? from t"),
    ],
)
def test_the_shape_of_a_statement(sql: str, shown: str) -> None:
    assert shape(sql).shape == shown
    assert "secret" not in str(shape(sql))


def test_a_bulk_statement_is_as_short_as_any() -> None:
    many = shape("insert into outrider.t values " + ", ".join(["('secret', 1)"] * 200_000))
    assert many.shape == "insert into outrider.t values (?)" or len(many.shape) <= LONGEST
    assert "secret" not in many.shape
