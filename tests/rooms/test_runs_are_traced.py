"""A trace tells which models and tools a run used, for how long and at what cost; never what was said."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from outrider.agents.types import Assignment
from outrider.app.jobs.think import think
from outrider.app.wiring import Outrider, opened
from outrider.kernel import tracing
from outrider.kernel.errors import InvalidSetting, VendorUnavailable
from outrider.kernel.settings import load
from tests.fleet_world import Fleet

sdk = pytest.importorskip(
    "opentelemetry.sdk.trace.export.in_memory_span_exporter", reason="extra `traces`"
)

TASK = "Write to dana.cole@acmestores.example about the leases of Acme Stores."


@pytest.fixture
def fleet(outrider: Outrider) -> Fleet:
    return Fleet(outrider)


@pytest.fixture
def spans() -> Iterator[Any]:
    exporter = sdk.InMemorySpanExporter()
    tracing.start(exporter, "0.1.0", at_once=True)
    yield exporter.get_finished_spans
    tracing.stop()


def of_agents(spans: Any) -> list[Any]:
    """Without the statements of SQL, which lie between."""
    return [span for span in spans() if "db.system.name" not in span.attributes]


async def test_a_run_holds_its_requests_and_its_tools(fleet: Fleet, spans: Any) -> None:
    fleet.says([{"memory_note": {"note": "One."}}, "Done."])
    (carried,) = await think(fleet.outrider, "research", Assignment(task=TASK))
    found = of_agents(spans)
    assert [span.name for span in found] == [
        "chat scripted",
        "execute_tool memory_note",
        "chat scripted",
        "invoke_agent research",
    ]
    run = found[-1]
    assert run.parent is None
    assert {span.parent.span_id for span in found[:-1]} == {run.context.span_id}
    assert {span.context.trace_id for span in found} == {run.context.trace_id}
    assert run.attributes["outrider.run.id"] == str(carried.report.run.id)
    assert run.attributes["outrider.run.status"] == "completed"
    assert run.attributes["outrider.tokens"] == 2200
    assert run.attributes["outrider.cost_usd"] == pytest.approx(0.009)


async def test_names_are_those_of_the_conventions(fleet: Fleet, spans: Any) -> None:
    from opentelemetry.semconv._incubating.attributes import gen_ai_attributes as names

    fleet.says([{"memory_note": {"note": "One."}}, "Done."])
    await think(fleet.outrider, "research", Assignment(task=TASK))
    chat, tool, _, run = of_agents(spans)
    assert chat.kind.name == "CLIENT"
    assert chat.attributes[names.GEN_AI_OPERATION_NAME] == "chat"
    assert chat.attributes[names.GEN_AI_REQUEST_MODEL] == "scripted"
    assert chat.attributes[names.GEN_AI_RESPONSE_MODEL] == "scripted"
    assert chat.attributes[names.GEN_AI_REQUEST_MAX_TOKENS] == 200
    assert chat.attributes[names.GEN_AI_USAGE_INPUT_TOKENS] == 1000
    assert chat.attributes[names.GEN_AI_USAGE_OUTPUT_TOKENS] == 100
    assert chat.attributes[names.GEN_AI_RESPONSE_FINISH_REASONS] == ("tools",)
    assert tool.attributes[names.GEN_AI_TOOL_NAME] == "memory_note"
    assert tool.attributes[names.GEN_AI_TOOL_CALL_ID] == "use_0_0"
    assert run.attributes[names.GEN_AI_AGENT_NAME] == "research"


async def test_nothing_that_was_said_is_in_a_trace(fleet: Fleet, spans: Any) -> None:
    address = "dana.cole@acmestores.example"
    fleet.says(
        [
            {"memory_note": {"note": f"Secret plan for {address}"}},
            {f"send mail to {address} now": {"to": address}},
            {"search_accounts": {"query": "Acme Stores"}},
            f"I wrote to {address}.",
        ]
    )
    await think(fleet.outrider, "research", Assignment(task=TASK))
    found = spans()
    told = " ".join(
        f"{span.name} {dict(span.attributes)} {span.status.description} {span.events}"
        for span in found
    )
    for word in ("dana", "acmestores", "Acme", "Secret", "leases", "send mail", "@"):
        assert word not in told, word
    unknown = next(span for span in found if span.name == "execute_tool unknown")
    assert unknown.attributes["error.type"] == "not_allowed"
    assert unknown.status.status_code.name == "ERROR"
    assert not any(span.events for span in found)


async def test_a_model_that_fails_is_an_error_of_its_kind(fleet: Fleet, spans: Any) -> None:
    fleet.says([VendorUnavailable("No answer from dana@acme.example.")])
    with pytest.raises(VendorUnavailable):
        await think(fleet.outrider, "research", Assignment(task=TASK))
    chat, run = of_agents(spans)
    for span in (chat, run):
        assert span.attributes["error.type"] == "VendorUnavailable"
        assert span.status.status_code.name == "ERROR"
        assert not span.status.description


async def test_without_an_exporter_nothing_is_loaded_or_kept(fleet: Fleet) -> None:
    assert not tracing.is_on()
    with tracing.run("research", "mid") as span:
        span.tell({"outrider.tokens": 1})
        span.failed("Broken")
    await think(fleet.outrider, "research", Assignment(task=TASK))


class Collector(BaseHTTPRequestHandler):
    """Takes what an exporter sends."""

    got: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        """One batch."""
        self.got.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """It is quiet."""


async def test_a_collector_gets_the_spans_when_the_setting_names_one(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    Collector.got = []
    server = HTTPServer(("127.0.0.1", 0), Collector)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = fleet.outrider.database.owner.set(drivername="postgresql")
    monkeypatch.setenv("DATABASE_URL", url.render_as_string(hide_password=False))
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    try:
        async with opened(load(home=fleet.outrider.settings.home)) as outrider:
            await think(fleet.bind(outrider), "research", Assignment(task=TASK))
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
    assert [path for path, _ in Collector.got] == ["/v1/traces"]
    sent = ExportTraceServiceRequest.FromString(Collector.got[0][1])
    (resource,) = sent.resource_spans
    told = {span.name for scope in resource.scope_spans for span in scope.spans}
    assert {"chat scripted", "invoke_agent research", "INSERT agent_runs"} <= told
    assert not tracing.is_on()


def test_an_endpoint_that_is_none_is_said_in_one_sentence(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318")
    with pytest.raises(InvalidSetting, match="OTEL_EXPORTER_OTLP_ENDPOINT"):
        load(home=home)


async def test_without_the_packages_everything_else_works(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(InvalidSetting, match=r"outrider\[traces\]"):
        tracing.start(sdk.InMemorySpanExporter(), "0.1.0")
    url = fleet.outrider.database.owner.set(drivername="postgresql")
    monkeypatch.setenv("DATABASE_URL", url.render_as_string(hide_password=False))
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    async with opened(load(home=fleet.outrider.settings.home)) as outrider:
        await think(fleet.bind(outrider), "research", Assignment(task=TASK))
    assert not tracing.is_on()
