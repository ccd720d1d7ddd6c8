"""A collector of traces that speaks OTLP over HTTP (OpenTelemetry protocol 1).

In: its address. Out: an exporter for `kernel.tracing`. Never: a span of its own.
"""

from __future__ import annotations

from typing import Any

from outrider.kernel.errors import InvalidSetting
from outrider.kernel.tracing import NOT_INSTALLED

TIMEOUT_SECONDS = 5
PATH = "/v1/traces"


def exporter(endpoint: str) -> Any:
    """An exporter to this collector; headers come from OTEL_EXPORTER_OTLP_HEADERS.

    Raises:
        InvalidSetting: the packages of the extra `traces` are not installed.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError:
        raise InvalidSetting(NOT_INSTALLED) from None
    # OpenTelemetry's specification: the endpoint of all signals gets the path of each.
    return OTLPSpanExporter(endpoint=endpoint.rstrip("/") + PATH, timeout=TIMEOUT_SECONDS)
