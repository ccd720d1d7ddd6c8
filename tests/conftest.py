"""What tests stand on: one real Postgres a run, a fresh database a test, a clock that obeys."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from hypothesis import settings
from psycopg import sql
from sqlalchemy import URL

from outrider.app.wiring import Outrider
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database, parse_url
from outrider.kernel.database.migrate import upgrade
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.ids import PersonId, WorkspaceId, new_id
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.settings import load
from tests.database import shared_server
from tests.memory import in_memory
from tests.shared import shared

in_memory()

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Whoever starts the tests in the background ignores Ctrl-C, and so would every program they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A property is about values; how long one example takes says more of the machine than of us.
settings.register_profile("outrider", deadline=None)
settings.load_profile("outrider")

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
TEMPLATE = "outrider_template"


def _run_folder(factory: pytest.TempPathFactory) -> Path:
    base = factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> URL:
    """The owner's address on the server of this run, with a migrated template database."""
    folder = _run_folder(tmp_path_factory)
    embedded = shared_server(folder)
    owner = parse_url(embedded.dsn)
    # One worker makes the template while the others wait on the lock.
    with psycopg.connect(embedded.dsn, autocommit=True) as conn:
        conn.execute("select pg_advisory_lock(7)")
        if not conn.execute("select 1 from pg_database where datname = %s", [TEMPLATE]).fetchone():
            conn.execute(sql.SQL("create database {}").format(sql.Identifier(TEMPLATE + "_new")))
            upgrade(owner.set(database=TEMPLATE + "_new"))
            conn.execute(
                sql.SQL("alter database {} rename to {}").format(
                    sql.Identifier(TEMPLATE + "_new"), sql.Identifier(TEMPLATE)
                )
            )
    return owner


@contextmanager
def _fresh(server: URL, template: str) -> Iterator[URL]:
    name = f"t_{new_id(datetime.now(UTC)).hex}"
    admin = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as conn:
        conn.execute(
            sql.SQL("create database {} template {} strategy file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
    yield server.set(database=name)
    with psycopg.connect(admin, autocommit=True) as conn:
        conn.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def owner_url(server: URL) -> Iterator[URL]:
    """The owner's address of a fresh, migrated database; gone after the test."""
    with _fresh(server, TEMPLATE) as url:
        yield url


@pytest.fixture
def empty_url(server: URL) -> Iterator[URL]:
    """The owner's address of a database with nothing in it; gone after the test."""
    with _fresh(server, "template0") as url:
        yield url


@pytest.fixture
def clock() -> VirtualClock:
    """A clock that stands on a Monday afternoon until a test moves it."""
    return VirtualClock(MONDAY)


@pytest.fixture
async def database(owner_url: URL, clock: VirtualClock) -> AsyncIterator[Database]:
    """A fresh database under the virtual clock."""
    database = Database(owner_url, clock, pool_size=10)
    yield database
    await database.close()


@pytest.fixture
async def workspace(database: Database) -> WorkspaceId:
    """A workspace named `default`."""
    id_ = new_id(MONDAY)
    async with database.connection() as conn:
        await conn.exec_driver_sql(
            "insert into outrider.workspaces (id, name, created_at) values (%s, 'default', %s)",
            (id_, MONDAY),
        )
    return WorkspaceId(id_)


@pytest.fixture
async def person(database: Database, workspace: WorkspaceId) -> PersonId:
    """Ann Reed, who may approve."""
    return await add_person(database, workspace, "Ann Reed", "ann@try-brand.example")


async def add_person(
    database: Database, workspace: WorkspaceId, name: str, email: str, role: str = "approver"
) -> PersonId:
    """A person with a role in a workspace."""
    id_: UUID = new_id(MONDAY)
    async with database.transaction(workspace, SYSTEM) as tx:
        await tx.run(
            "insert into outrider.people (id, name, email, created_at)"
            " values (:id, :name, :email, :now)",
            {"id": id_, "name": name, "email": email, "now": tx.now},
        )
        await tx.run(
            "insert into outrider.memberships (workspace_id, id, person_id, role, created_at)"
            " values (:workspace, :id, :person, :role, :now)",
            {
                "workspace": workspace,
                "id": tx.new_id(),
                "person": id_,
                "role": role,
                "now": tx.now,
            },
        )
    return PersonId(id_)


@pytest.fixture
async def tx(database: Database, workspace: WorkspaceId) -> AsyncIterator[Tx]:
    """An open transaction of `outrider_app`, by the system; commits when the test ends well."""
    async with database.transaction(workspace, SYSTEM) as tx:
        yield tx


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home folder."""
    return tmp_path / "home"


@pytest.fixture
def objects(home: Path) -> Objects:
    """An object store in the home folder."""
    return Objects(str(home / "objects"))


@pytest.fixture
def keys(home: Path) -> Keys:
    """Keys in the home folder."""
    return Keys(home)


@pytest.fixture
def outrider(
    home: Path,
    clock: VirtualClock,
    database: Database,
    workspace: WorkspaceId,
    objects: Objects,
    keys: Keys,
) -> Outrider:
    """Outrider with the settings that nobody changed, in this workspace."""
    return Outrider(load(home=home), clock, database, objects, keys, workspace, "test")


@pytest.fixture
def shared_data() -> Path:
    """Real data beside the checkout; the test is skipped when there is none."""
    return shared("data")


@pytest.fixture
def shared_specs() -> Path:
    """Published API descriptions beside the checkout; the test is skipped when there are none."""
    return shared("specs")
