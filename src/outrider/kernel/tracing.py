"""Traces: a run of an agent with its requests to models and tools, a request over HTTP, a statement of SQL.

In: names, counts, kinds of errors. Out: spans (OpenTelemetry), to whatever exporter was started; without
one nothing, and nothing of the library is loaded. Never: a prompt, a reply, an argument, an address, a
value of a statement; a trace that a stranger's header names; the process's global tracer, which SDKs of
models would write prompts to.

The names are those of OpenTelemetry's semantic conventions; those for generative AI still change. They
stand here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from outrider.kernel.errors import InvalidSetting
from outrider.kernel.telemetry import correlation_id

OPERATION = "gen_ai.operation.name"
PROVIDER = "gen_ai.provider.name"
AGENT = "gen_ai.agent.name"
REQUEST_MODEL = "gen_ai.request.model"
MAX_TOKENS = "gen_ai.request.max_tokens"
RESPONSE_MODEL = "gen_ai.response.model"
FINISH_REASONS = "gen_ai.response.finish_reasons"
INPUT_TOKENS = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
CACHE_READ_TOKENS = "gen_ai.usage.cache_read.input_tokens"
CACHE_WRITE_TOKENS = "gen_ai.usage.cache_creation.input_tokens"
TOOL_NAME = "gen_ai.tool.name"
TOOL_TYPE = "gen_ai.tool.type"
TOOL_CALL = "gen_ai.tool.call.id"
ERROR_TYPE = "error.type"
RUN = "outrider.run.id"
RUN_STATUS = "outrider.run.status"
TIER = "outrider.agent.tier"
COST = "outrider.cost_usd"
TOKENS = "outrider.tokens"
TOOL_STATUS = "outrider.tool.status"
REFUSED = "outrider.tool.refused"
CORRELATION = "outrider.correlation_id"
METHOD = "http.request.method"
ROUTE = "http.route"
STATUS = "http.response.status_code"
SYSTEM = "db.system.name"
DB_OPERATION = "db.operation.name"
TABLE = "db.collection.name"
SHAPE = "db.query.text"
SUMMARY = "db.query.summary"

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))

_WORD = re.compile(r"[A-Za-z0-9._:/-]{1,120}")

_state: dict[str, Any] = {}
"""The provider and its tracer, while an exporter is started."""


def start(exporter: Any, version: str, *, at_once: bool = False) -> None:
    """Give every span to this exporter from now on.

    Args:
        exporter: a `SpanExporter` of the SDK.
        version: of this program.
        at_once: export each span when it ends (tests); otherwise in batches, in the background.

    Raises:
        InvalidSetting: the SDK is not installed.
    """
    try:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
    except ImportError:
        raise InvalidSetting(NOT_INSTALLED) from None
    stop()
    resource = Resource.create({"service.name": "outrider", "service.version": version})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(
        SimpleSpanProcessor(exporter) if at_once else BatchSpanProcessor(exporter)
    )
    _state.update(provider=provider, tracer=provider.get_tracer("outrider", version))


NOT_INSTALLED = (
    "OTEL_EXPORTER_OTLP_ENDPOINT is set, but traces need more packages: install "
    "`outrider[traces]`, or take the setting away."
)


def stop() -> None:
    """Export what waits, and give no more spans away. May take seconds when nobody listens."""
    provider = _state.pop("provider", None)
    _state.clear()
    if provider is not None:
        provider.shutdown()


def is_on() -> bool:
    """Whether anybody gets the spans."""
    return bool(_state)


@dataclass
class Span:
    """A span that is open; one that nobody gets keeps nothing."""

    under: Any = None

    def tell(self, attributes: Mapping[str, Any]) -> None:
        """Add what is known now; None is left out, a word that is none becomes `other`."""
        if self.under is None:
            return
        for name, value in attributes.items():
            if value is not None:
                self.under.set_attribute(name, _plain(value))

    def failed(self, kind: str) -> None:
        """Mark it as an error of this kind; its message may hold anything and is left out."""
        if self.under is not None and self.under.is_recording():
            from opentelemetry.trace import Status, StatusCode

            self.under.set_attribute(ERROR_TYPE, _plain(kind))
            self.under.set_status(Status(StatusCode.ERROR))

    def end(self) -> None:
        """End a span that no block ends."""
        if self.under is not None:
            self.under.end()

    def answered(self, route: str | None, status: int) -> None:
        """End it with what became of a request over HTTP; `route` is its template, never its address.

        What a stream does after its answer has begun belongs to no request.
        """
        if self.under is None or not self.under.is_recording():  # a sampler may leave it out
            return
        if route:
            # The conventions' own word for a method that nobody knows.
            method = str(self.under.attributes[METHOD]).replace("_OTHER", "HTTP")
            self.under.update_name(f"{method} {route}")
            self.under.set_attribute(ROUTE, route)
        self.under.set_attribute(STATUS, status)
        if status >= 500:
            self.failed(str(status))
        self.end()


@dataclass(frozen=True)
class Statement:
    """A statement of SQL without its values."""

    operation: str
    table: str
    shape: str

    @property
    def summary(self) -> str:
        """The operation and its table."""
        return f"{self.operation} {self.table}".rstrip()


_NOBODY = Span()


def _plain(value: Any) -> Any:
    """Numbers as they are; of text only what is a word, so that nobody's sentence gets out."""
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    text = str(value)
    return text if _WORD.fullmatch(text) else "other"


@contextmanager
def run(agent: str, tier: str) -> Iterator[Span]:
    """One run of an agent."""
    if not _state:
        yield _NOBODY
        return
    given = {OPERATION: "invoke_agent", AGENT: agent, TIER: tier}
    with _opened(f"invoke_agent {agent}", given) as span:
        yield span


@contextmanager
def request(provider: str, model: str, max_tokens: int) -> Iterator[Span]:
    """One request to a model."""
    if not _state:
        yield _NOBODY
        return
    given = {OPERATION: "chat", PROVIDER: provider, REQUEST_MODEL: model, MAX_TOKENS: max_tokens}
    with _opened(f"chat {_plain(model)}", given, kind="CLIENT") as span:
        yield span


@contextmanager
def tool(name: str, call_id: str | None = None) -> Iterator[Span]:
    """One use of a tool; `name` is the registry's, not what a model wrote."""
    if not _state:
        yield _NOBODY
        return
    given = {
        OPERATION: "execute_tool",
        TOOL_NAME: name,
        TOOL_TYPE: "function",
        TOOL_CALL: call_id,
    }
    with _opened(f"execute_tool {_plain(name)}", given) as span:
        yield span


@contextmanager
def answer(method: str) -> Iterator[Span]:
    """One request over HTTP that is answered here; a trace of its own, whatever its headers say."""
    if not _state:
        yield _NOBODY
        return
    known = method if method in METHODS else "_OTHER"
    with _opened(known if known != "_OTHER" else "HTTP", {METHOD: known}, kind="SERVER") as span:
        yield span


def statement(said: Statement) -> Span:
    """One statement of SQL within an open trace, to be ended by the caller.

    Outside one it is left out: what looks for work four times a second would bury everything else.
    """
    if not _state:
        return _NOBODY
    from opentelemetry.trace import SpanKind, get_current_span

    if not get_current_span().is_recording():
        return _NOBODY
    given = {
        SYSTEM: "postgresql",
        DB_OPERATION: said.operation,
        SUMMARY: said.summary,
        SHAPE: said.shape,
        **({TABLE: said.table} if said.table else {}),
    }
    tracer = _state["tracer"]
    return Span(tracer.start_span(said.summary, kind=SpanKind.CLIENT, attributes=given))


@contextmanager
def _opened(name: str, given: Mapping[str, Any], *, kind: str = "INTERNAL") -> Iterator[Span]:
    from opentelemetry.trace import SpanKind

    with _state["tracer"].start_as_current_span(
        name,
        kind=SpanKind[kind],
        record_exception=False,
        set_status_on_exception=False,
        end_on_exit=False,
    ) as under:
        span = Span(under)
        span.tell({**given, CORRELATION: correlation_id() or None})
        try:
            yield span
        except BaseException as error:
            span.failed(type(error).__name__)
            raise
        finally:
            if under.is_recording():
                span.end()
