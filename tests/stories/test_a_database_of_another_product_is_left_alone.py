"""DATABASE_URL that leads to the database of another product ends in one sentence, and nothing is written there."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL

from tests.program import Program, plain_sentence

SHOP = "create table public.orders (id bigint)"
"""What tools that number their migrations alike leave is no sign of ours."""
ALEMBIC = (
    "create table alembic_version (version_num text); insert into alembic_version values ('0001')"
)
QUEUE = "create schema jobs; create table jobs.queue (id bigint)"
NAMESAKE = "create schema outrider; create table outrider.people (id bigint)"

EVERYTHING = """
select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1
"""


@pytest.fixture
def theirs(empty_url: URL) -> URL:
    """The address of a database that Outrider never saw."""
    return empty_url


def plain(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def what_is_there(url: URL) -> list[tuple[str, ...]]:
    with psycopg.connect(plain(url)) as conn:
        return conn.execute(EVERYTHING).fetchall()


@pytest.mark.parametrize("tables", [SHOP, ALEMBIC, QUEUE, NAMESAKE])
def test_no_command_writes_there_and_each_says_so(home: Path, theirs: URL, tables: str) -> None:
    with psycopg.connect(plain(theirs), autocommit=True) as conn:
        conn.execute(tables.encode())
    before = what_is_there(theirs)
    program = Program(home, theirs)
    for command in (["person", "list"], ["upgrade"], ["up", "--port", "0"]):
        told = program.run(*command)
        assert told.code == 6
        said = plain_sentence(told)
        assert "something else, such as" in said
        assert "database of its own" in said
    check = program.run("upgrade", "--check")
    assert check.code == 1
    assert "another product" in check.out
    assert "another product" in plain_sentence(program.run("backup", str(home / "copy")))
    looked = program.run("doctor")
    assert looked.code == 1
    assert "another product" in looked.out
    assert what_is_there(theirs) == before


def test_a_switch_still_halts_the_machine(home: Path, theirs: URL) -> None:
    with psycopg.connect(plain(theirs), autocommit=True) as conn:
        conn.execute(SHOP.encode())
    Program(home, theirs).run("kill", "on", "machine", "--reason", "a wrong address")
    assert (home / "HALT").exists()


def test_what_an_extension_or_a_provider_brought_is_in_nobodys_way(home: Path, theirs: URL) -> None:
    with psycopg.connect(plain(theirs), autocommit=True) as conn:
        conn.execute("create extension if not exists vector")
        conn.execute("create table public.spatial_ref_sys (id int)")
        conn.execute("alter extension vector add table public.spatial_ref_sys")
        conn.execute("create schema auth")
        conn.execute("create table auth.users (id int)")
    assert "now at revision" in Program(home, theirs).ok("upgrade").out
