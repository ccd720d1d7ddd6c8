"""Later revisions run on a database with rows in every table, in two phases, and hold nobody up."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL

from outrider.app.jobs.care.backup import count_rows
from outrider.kernel.database import migrate
from outrider.kernel.database.migrate import State, state_of, upgrade
from outrider.kernel.database.revisions import Phase, numbers, package_folder
from outrider.kernel.errors import Unavailable
from outrider.kernel.ids import WorkspaceId, new_id
from tests.any_row import NOW, every_table, insert, row_of, without_constraints

LATER = {
    "0002_add_mood": ("", "alter table outrider.drafts add column mood text;\n"),
    "0003_index_mood": (
        "in_transaction = False\n",
        "create index concurrently if not exists ix_drafts_mood on outrider.drafts (mood);\n"
        "analyze outrider.drafts;\n",
    ),
    "0004_drop_mood": (
        'phase = "post"\n',
        "alter table outrider.drafts drop column mood;\n",
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """This program's migrations and three later ones: before, statement by statement, after."""
    target = tmp_path / "migrations"
    shutil.copytree(package_folder(), target, ignore=shutil.ignore_patterns("__pycache__"))
    assert numbers(target)[-1] == "0001", "number the revisions below anew"
    for name, (marks, script) in LATER.items():
        number = int(name[:4])
        (target / "versions" / f"{name}.sql").write_text(script)
        (target / "versions" / f"{name}.py").write_text(
            f'"""Later."""\nfrom pathlib import Path\nfrom alembic import op\n{marks}'
            f'revision = "{number:04}"\ndown_revision = "{number - 1:04}"\n\n\n'
            "def upgrade() -> None:\n"
            "    raw = op.get_bind().connection.driver_connection\n"
            '    raw.execute(Path(__file__).with_suffix(".sql").read_bytes())\n'
        )
    return target


@pytest.fixture
def owner(owner_url: URL) -> Iterator[psycopg.Connection]:
    """The owner of a database in which every table has a row."""
    url = owner_url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as conn:
        workspace = WorkspaceId(new_id(NOW))
        without_constraints(conn)
        conn.execute(
            "insert into outrider.workspaces (id, name, created_at) values (%s, 'old', %s)",
            [workspace, NOW],
        )
        for table in every_table():
            if table.name != "workspaces":
                row = row_of(table, workspace)
                insert(conn, table, {name: row[name] for name in row if name in table.columns})
        yield conn


def _columns(conn: psycopg.Connection) -> set[str]:
    rows = conn.execute(
        "select column_name from information_schema.columns where table_schema = 'outrider'"
        " and table_name = 'drafts'"
    )
    return {name for (name,) in rows.fetchall()}


def test_every_row_survives_the_way_from_the_first_revision(
    owner: psycopg.Connection, owner_url: URL, folder: Path
) -> None:
    before = count_rows(owner)
    assert min(before.values()) >= 1
    assert upgrade(owner_url, folder=folder) == "0004"
    assert count_rows(owner) == before
    assert state_of(owner_url, folder) == (State.CURRENT, "0004")


def test_this_programs_own_revisions_keep_every_row(
    owner: psycopg.Connection, owner_url: URL
) -> None:
    before = count_rows(owner)
    assert upgrade(owner_url) == numbers()[-1]
    assert count_rows(owner) == before


def test_the_first_phase_stops_before_what_the_old_program_needs(
    owner: psycopg.Connection, owner_url: URL, folder: Path
) -> None:
    assert state_of(owner_url, folder)[0] is State.OLDER
    assert upgrade(owner_url, Phase.PRE, folder) == "0003"
    assert "mood" in _columns(owner)
    # The new program works before the second phase ran.
    assert state_of(owner_url, folder) == (State.CURRENT, "0003")
    assert upgrade(owner_url, Phase.PRE, folder) == "0003"
    assert upgrade(owner_url, Phase.POST, folder) == "0004"
    assert "mood" not in _columns(owner)


def test_an_index_that_was_left_half_built_is_built_anew(
    owner: psycopg.Connection, owner_url: URL, folder: Path
) -> None:
    upgrade(owner_url, Phase.PRE, folder)
    owner.execute("update outrider.alembic_version set version_num = '0002'")
    owner.execute(
        "update pg_index set indisvalid = false"
        " where indexrelid = 'outrider.ix_drafts_mood'::regclass"
    )
    assert upgrade(owner_url, Phase.PRE, folder) == "0003"
    row = owner.execute(
        "select indisvalid from pg_index where indexrelid = 'outrider.ix_drafts_mood'::regclass"
    ).fetchone()
    assert row == (True,)


def test_a_table_that_is_held_stops_the_upgrade_and_not_the_work(
    owner: psycopg.Connection, owner_url: URL, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "LOCK_SECONDS", 1)
    with owner.transaction():
        owner.execute("select 1 from outrider.drafts")
        with pytest.raises(Unavailable, match="another transaction holds"):
            upgrade(owner_url, folder=folder)
    assert "mood" not in _columns(owner)
    assert upgrade(owner_url, folder=folder) == "0004"


def test_two_upgrades_at_once_are_one(
    owner: psycopg.Connection, owner_url: URL, folder: Path
) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from outrider.kernel.database.connect import parse_url\n"
        "from outrider.kernel.database.migrate import upgrade\n"
        "print(upgrade(parse_url(sys.argv[1]), folder=Path(sys.argv[2])))"
    )
    url = owner_url.render_as_string(hide_password=False)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, url, str(folder)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    assert [one.communicate(timeout=120)[0].strip() for one in started] == ["0004"] * 3
    assert owner.execute("select count(*) from outrider.alembic_version").fetchone() == (1,)
