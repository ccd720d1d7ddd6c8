"""`outrider upgrade` sets up an empty database, leaves a current one, and refuses a newer one."""

from __future__ import annotations

from pathlib import Path

import psycopg
from sqlalchemy import URL

from tests.program import Program, plain_sentence


def _plain(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def test_an_empty_database_is_set_up_and_then_left_alone(home: Path, empty_url: URL) -> None:
    program = Program(home, empty_url)
    before = program.run("upgrade", "--check")
    assert before.code == 1
    assert "empty" in before.out
    assert "now at revision" in program.ok("upgrade").out
    assert "already" in program.ok("upgrade").out
    assert "current" in program.ok("upgrade", "--check").out
    assert program.json("campaign", "list") == {"items": []}


def test_a_newer_database_is_refused_and_not_touched(home: Path, owner_url: URL) -> None:
    program = Program(home, owner_url)
    with psycopg.connect(_plain(owner_url), autocommit=True) as conn:
        conn.execute("update outrider.alembic_version set version_num = '9999'")
    assert "newer" in plain_sentence(program.run("upgrade"))
    assert "newer" in plain_sentence(program.run("campaign", "list"))
    check = program.run("upgrade", "--check")
    assert check.code == 1
    assert "newer" in check.out
    with psycopg.connect(_plain(owner_url)) as conn:
        assert conn.execute("select version_num from outrider.alembic_version").fetchall() == [
            ("9999",)
        ]
