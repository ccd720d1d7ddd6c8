"""A command starts with what it needs: help reads no room, and a small command no migration."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer.main

from outrider.app.cli.commands import COMMANDS
from outrider.kernel.database.migrate import revisions, script_directory

ROOT = Path(__file__).resolve().parent.parent.parent
CLI = ROOT / "src" / "outrider" / "app" / "cli"


def rooms() -> list[str]:
    return [file.stem for file in sorted(CLI.glob("*.py")) if "def register(" in file.read_text()]


def imported_by(statement: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{statement}\nimport sys; print(*sys.modules, file=sys.stderr)"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stderr.split())


def test_the_help_tells_every_command_and_the_room_that_knows_it() -> None:
    own: dict[str, str] = {}
    for room in rooms():
        app = typer.Typer(rich_markup_mode=None)
        app.callback()(lambda: None)
        import_module(f"outrider.app.cli.{room}").register(app)
        own |= dict.fromkeys(typer.main.get_group(app).commands, room)
    assert {name: room for name, (room, _) in COMMANDS.items()} == own
    assert all(line for _, line in COMMANDS.values())


@pytest.mark.parametrize("name", ["sqlalchemy", "psycopg", "pydantic", "cryptography"])
def test_the_help_imports_no_database_and_no_types(name: str) -> None:
    assert name not in imported_by("import outrider.app.cli.main")


def test_a_small_command_imports_no_migrations_and_no_other_room() -> None:
    found = imported_by("import outrider.app.cli.people, outrider.app.cli.session")
    assert not found & {"alembic", "email_validator", "fastapi", "outrider.sending.types"}


def test_each_room_of_the_command_line_may_be_the_first_that_is_imported() -> None:
    # Libraries are there already: this is about the order of our own modules.
    code = (
        "import os, sys, importlib, psycopg, pydantic, sqlalchemy.ext.asyncio, typer, rich.console\n"
        "for room in sys.argv[1:]:\n"
        "    if os.fork() == 0:\n"
        "        importlib.import_module(f'outrider.app.cli.{room}')\n"
        "        os._exit(0)\n"
        "    assert os.wait()[1] == 0, room\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *rooms()],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_files_of_the_migrations_begin_with_their_revisions() -> None:
    scripts = script_directory()
    assert revisions()[-1] == scripts.get_current_head()
    assert set(revisions()) == {script.revision for script in scripts.walk_revisions()}
