"""Ctrl-C is told as a stop, whatever the work that it cut off says in its pain."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from outrider.app.cli import session


@pytest.fixture(autouse=True)
def nothing_opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    @asynccontextmanager
    async def opened(settings: object, **options: object) -> AsyncIterator[SimpleNamespace]:
        yield SimpleNamespace(correlation_id="test")

    monkeypatch.setenv("OUTRIDER_HOME", str(tmp_path))
    monkeypatch.setattr(session, "opened", opened)


def test_an_error_of_what_was_cut_off_does_not_hide_the_stop() -> None:
    async def work(_: object) -> None:
        signal.raise_signal(signal.SIGINT)
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            raise RuntimeError("another command is already in progress") from None

    with pytest.raises(KeyboardInterrupt):
        session.run(work, seal=False)


def test_an_error_without_a_stop_stays_an_error() -> None:
    async def work(_: object) -> None:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        session.run(work, seal=False)
