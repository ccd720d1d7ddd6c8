"""All workers of a test run use one server, and it leaves nothing behind."""

from __future__ import annotations

import multiprocessing
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from outrider.kernel.database.embedded import Embedded
from tests.database import discard_if_unused, shared_server
from tests.database_clients import until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Servers in a folder of their own: workers that begin take away what nobody uses elsewhere."""
    folder = Path(tempfile.mkdtemp(prefix="outrider-apart-"))
    folder.chmod(0o755)
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield
    shutil.rmtree(folder, ignore_errors=True)


def _work(root: Path, number: int, dsns: list[str]) -> None:
    dsns[number] = shared_server(root).dsn


def test_four_workers_get_the_same_server(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager:
        dsns = manager.list([""] * 4)
        workers = [context.Process(target=_work, args=(tmp_path, n, dsns)) for n in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(200)
        assert [worker.exitcode for worker in workers] == [0] * 4
        assert len(set(dsns)) == 1
        assert dsns[0]


def test_a_server_in_use_is_not_discarded(tmp_path: Path) -> None:
    server: Embedded = shared_server(tmp_path)
    assert not discard_if_unused(server.home)
    server.release()
    assert discard_if_unused(server.home)
    assert not server.home.exists()
    assert until(lambda: not list(server.home.parent.glob(server.home.name)))
