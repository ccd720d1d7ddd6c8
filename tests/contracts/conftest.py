"""What several contract suites share."""

from __future__ import annotations

from datetime import timedelta

import pytest

import outrider.vendors.mail_http.choose as choosing
from outrider.vendors import http_transport


@pytest.fixture
def give_up_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Providers of mail have a second to answer, so that a test of one that is silent ends soon."""
    made = http_transport.HttpTransport
    monkeypatch.setattr(
        choosing, "HttpTransport", lambda circuit, clock: made(circuit, clock, timedelta(seconds=1))
    )
