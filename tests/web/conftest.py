"""Outrider with the sample workspace, served on loopback, and a browser before it.

The sample is made once a run and copied for each test, so that every test decides what it likes.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL

from outrider.app.api import web
from outrider.app.wiring import make_home
from outrider.kernel.ids import new_id
from tests.conftest import MONDAY, TEMPLATE, _run_folder
from tests.web.world import World, browser, build, chromium, served

SAMPLE = "outrider_sample_template"
LONGEST_SECONDS = 900
"""A browser beside others may need minutes for what takes seconds alone; a test that hangs still ends."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test of this folder the time that a busy machine needs, unless it says its own."""
    folder = Path(__file__).resolve().parent
    for item in items:
        if folder in item.path.parents and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(LONGEST_SECONDS))


@pytest.fixture(scope="session")
def sample_home(server: URL, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home folder that belongs to the database `SAMPLE`: keys and raw documents."""
    home = _run_folder(tmp_path_factory) / "sample-home"
    admin = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as conn:
        # One worker makes it while the others wait on the lock.
        conn.execute("select pg_advisory_lock(8)")
        if not conn.execute("select 1 from pg_database where datname = %s", [SAMPLE]).fetchone():
            shutil.rmtree(home, ignore_errors=True)
            made = SAMPLE + "_new"
            _copy(conn, TEMPLATE, made)
            asyncio.run(build(server.set(database=made), home))
            conn.execute(
                sql.SQL("alter database {} rename to {}").format(
                    sql.Identifier(made), sql.Identifier(SAMPLE)
                )
            )
    return home


def _copy(conn: psycopg.Connection[tuple[object, ...]], of: str, name: str) -> None:
    conn.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
    conn.execute(
        sql.SQL("create database {} template {} strategy file_copy").format(
            sql.Identifier(name), sql.Identifier(of)
        )
    )


@pytest.fixture
def sample_url(server: URL, sample_home: Path) -> Iterator[URL]:
    """A copy of the sample's database; gone after the test."""
    name = f"w_{new_id(MONDAY).hex}"
    admin = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as conn:
        _copy(conn, SAMPLE, name)
    yield server.set(database=name)
    with psycopg.connect(admin, autocommit=True) as conn:
        conn.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
async def world(sample_url: URL, sample_home: Path, tmp_path: Path) -> AsyncIterator[World]:
    """Outrider as `outrider up` runs it, with a browser; skipped where either cannot be."""
    program = chromium()
    if program is None:
        pytest.skip("there is no Chromium here: apt-get install chromium")
    if not web.is_built():
        pytest.skip("the web app is not built: sh scripts/web.sh, which needs Node 20.19 and npm")
    home = tmp_path / "home"
    shutil.copytree(sample_home, home)
    async with served(sample_url, home) as outrider, browser(program) as opened:
        yield World(*outrider, opened)


@pytest.fixture
async def empty_world(server: URL, tmp_path: Path) -> AsyncIterator[World]:
    """Outrider on its first day: nobody is in, nothing is there."""
    program = chromium()
    if program is None:
        pytest.skip("there is no Chromium here: apt-get install chromium")
    if not web.is_built():
        pytest.skip("the web app is not built: sh scripts/web.sh, which needs Node 20.19 and npm")
    name = f"e_{new_id(MONDAY).hex}"
    admin = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as conn:
        _copy(conn, TEMPLATE, name)
    home = tmp_path / "home"
    make_home(home)
    async with served(server.set(database=name), home) as outrider, browser(program) as opened:
        yield World(*outrider, opened)
    with psycopg.connect(admin, autocommit=True) as conn:
        conn.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
