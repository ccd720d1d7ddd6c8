"""DATABASE_URL: a Postgres of one's own, over TCP with passwords, its owner no superuser.

The logins of the application and of agents get passwords that every machine with the same DATABASE_URL
derives alike; nobody gets in without one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL

from outrider.kernel.access import ensure_workspace
from outrider.kernel.audit.append import record
from outrider.kernel.audit.expire import expire
from outrider.kernel.audit.partitions import make_ahead
from outrider.kernel.audit.seal import Signer
from outrider.kernel.audit.verify import verify_database
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.account import account, reachable_programs, take_over
from outrider.kernel.database.connect import Database, Role, parse_url, role_password
from outrider.kernel.database.layout import programs
from outrider.kernel.database.migrate import State, state_of, upgrade
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.errors import NotAllowed, Refused
from outrider.kernel.secrets import Keys
from tests.ports import free_port
from tests.program import Program, plain_sentence
from tests.sealing import sealed_up_to


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A bare Postgres on loopback that asks everybody for a password."""
    owner = account()
    bin_ = reachable_programs(programs(), owner) / "bin"
    folder = Path(tempfile.mkdtemp(prefix="outrider-own-server-"))
    take_over(folder, owner)
    password = folder / "password"
    password.write_text("boss-secret")
    password.chmod(0o644)
    free = free_port()
    user, group = (owner.uid, owner.gid) if owner.switch else (None, None)
    data = folder / "data"
    subprocess.run(
        [bin_ / "initdb", "-D", data, "-U", "boss", "-A", "scram-sha-256", "--pwfile", password,
         "--no-sync", "-E", "UTF8", "--locale", "C"],
        check=True, capture_output=True, cwd="/", user=user, group=group,
    )  # fmt: skip
    server = subprocess.Popen(
        [bin_ / "postgres", "-D", data, "-p", str(free), "-c", "listen_addresses=127.0.0.1",
         "-c", "unix_socket_directories=", "-c", "fsync=off"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", user=user, group=group,
    )  # fmt: skip
    try:
        _wait_for(free)
        yield free
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder)


def _wait_for(port: int) -> None:
    for _ in range(1200):
        try:
            psycopg.connect(f"postgresql://boss:boss-secret@127.0.0.1:{port}/postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server did not start")


@pytest.fixture
def url(port: int, request: pytest.FixtureRequest) -> URL:
    """A fresh database, owned by a login that may create roles and is no superuser."""
    name = request.node.name.replace("[", "_").replace("]", "")[:50]
    with psycopg.connect(
        f"postgresql://boss:boss-secret@127.0.0.1:{port}/postgres", autocommit=True
    ) as conn:
        if not conn.execute("select 1 from pg_roles where rolname = 'keeper'").fetchone():
            conn.execute("create role keeper login createrole password 'keeper-secret'")
        conn.execute(f'create database "{name}" owner keeper'.encode())
    with psycopg.connect(f"postgresql://boss:boss-secret@127.0.0.1:{port}/{name}") as conn:
        conn.execute("create extension vector")
    return parse_url(f"postgresql://keeper:keeper-secret@127.0.0.1:{port}/{name}")


async def test_the_logins_get_passwords_that_every_machine_derives_alike(url: URL) -> None:
    upgrade(url)
    assert state_of(url)[0] is State.CURRENT
    from tests.conftest import MONDAY

    database = Database(url, VirtualClock(MONDAY))
    for role in (Role.APP, Role.AGENT, Role.SEALER):
        async with database.connection(role) as conn:
            assert (await conn.exec_driver_sql("select current_user")).scalar_one() == role
    await database.close()
    assert role_password(url, Role.APP) != role_password(url, Role.AGENT)
    wrong = url.set(drivername="postgresql", username=Role.APP, password="guess")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(wrong.render_as_string(hide_password=False))


def test_a_command_works_and_no_password_is_shown(url: URL, home: Path) -> None:
    program = Program(home, url)
    program.ok("mailbox", "list")
    said = program.ok("upgrade", "--check")
    assert "keeper-secret" not in said.out + said.err


def test_an_owner_without_the_right_to_make_logins_is_told_so(url: URL, port: int) -> None:
    admin = f"postgresql://boss:boss-secret@127.0.0.1:{port}/postgres"
    with psycopg.connect(admin, autocommit=True) as conn:
        conn.execute("drop role if exists weak")
        conn.execute("create role weak login password 'w'")
    with pytest.raises(NotAllowed, match="CREATEROLE"):
        upgrade(url.set(username="weak", password="w"))


def test_a_newer_database_is_left_alone(url: URL, home: Path) -> None:
    upgrade(url)
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as conn:
        conn.execute("update outrider.alembic_version set version_num = '9999'")
    assert state_of(url)[0] is State.NEWER
    with pytest.raises(Refused, match="9999"):
        upgrade(url)
    program = Program(home, url)
    assert "newer" in plain_sentence(program.run("upgrade"))
    assert "newer" in plain_sentence(program.run("campaign", "list"))


def test_a_server_prepared_by_the_script_gives_outrider_what_it_needs_and_no_more(
    port: int, home: Path
) -> None:
    admin = f"postgresql://boss:boss-secret@127.0.0.1:{port}/postgres"
    script = Program(home).ok("database", "script", "--owner", "Made-by", "--database", "of-ours")
    for name in ("", "a b", "a;drop table x", "x" * 64, "1a"):
        plain_sentence(Program(home).run("database", "script", "--owner", name))
    psql = [str(programs() / "bin" / "psql"), "--no-psqlrc", "--quiet", admin]
    without = subprocess.run(psql, input=script.out, capture_output=True, text=True, check=False)
    assert without.returncode == 3
    done = subprocess.run(
        psql,
        input=script.out,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OUTRIDER_DATABASE_PASSWORD": "it's-secret"},
    )
    assert done.returncode == 0, done.stderr
    url = parse_url(f"postgresql://127.0.0.1:{port}/of-ours").set(
        username="Made-by", password="it's-secret"
    )
    with psycopg.connect(admin, autocommit=True) as conn:
        for role in ("outrider_app", "outrider_agent", "outrider_sealer"):
            # Where other tests came first, their owner made them; whoever is made anew owns them.
            if conn.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
                conn.execute(f'grant {role} to "Made-by" with admin option'.encode())
        assert conn.execute(
            "select rolsuper, rolcreatedb, rolreplication from pg_roles where rolname = 'Made-by'"
        ).fetchone() == (False, False, False)
        conn.execute("create role stranger login password 's'")
    Program(home, url).ok("upgrade")
    assert state_of(url)[0] is State.CURRENT
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(f"postgresql://stranger:s@127.0.0.1:{port}/of-ours")
    assert Program(home, url).json("doctor")


async def test_an_owner_without_superuser_rights_looks_after_the_months_of_the_log(
    url: URL, keys: Keys
) -> None:
    upgrade(url)
    from tests.conftest import MONDAY

    clock = VirtualClock(MONDAY)
    database = Database(url, clock)
    signer = Signer(keys.key("audit-seal"))
    async with database.connection() as conn:
        workspace = await ensure_workspace(conn, "default", clock.now())

    async def happen(count: int) -> None:
        async with database.transaction(workspace, SYSTEM) as tx:
            for number in range(count):
                await record(tx, "test.happened", f"thing:{number}", {})

    await happen(7)
    await sealed_up_to(7, database, signer, clock)
    assert len(await make_ahead(database, clock.now())) == 4
    clock.advance(timedelta(days=400))
    await make_ahead(database, clock.now())
    await happen(3)
    await sealed_up_to(10, database, signer, clock)
    cut = await expire(database, signer, clock.now(), timedelta(days=365))
    assert cut is not None
    assert cut.events == 7
    verdict = await verify_database(database, signer.public)
    assert verdict.holds, verdict.faults
    assert verdict.events == 10
    await database.close()
