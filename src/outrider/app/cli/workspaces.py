"""`outrider workspace`: which there are, and a new one. In: a name. Out: a table. Never: one made unasked."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import typer

from outrider.app.cli.output import listing, note, say
from outrider.app.wiring import make_home
from outrider.kernel import access
from outrider.kernel.audit.append import record
from outrider.kernel.clock import SystemClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.opening import open_database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.errors import Conflict
from outrider.kernel.settings import load

EXAMPLE = "Example: outrider workspace add acme"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Workspaces, apart from each other.", no_args_is_help=True)
    group.command("list")(list_)
    group.command("add", epilog=EXAMPLE)(add)
    app.add_typer(group, name="workspace")


def list_(json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the workspaces, and the one that commands act in."""
    acts_in = load().workspace

    async def work(database: Database) -> list[dict[str, Any]]:
        async with database.connection() as conn:
            found = await access.workspaces(conn)
        return [
            {"name": name, "id": str(id_), "acts_here": "yes" if name == acts_in else ""}
            for name, id_ in found.items()
        ]

    listing(
        _opened(work),
        {"name": "name", "acts_here": "commands act here"},
        json_=json_,
        empty="There is none yet: the first command makes it.",
    )
    if not json_:
        note("To act in another: OUTRIDER_WORKSPACE=NAME, or workspace = NAME in settings.toml")


def add(name: Annotated[str, typer.Argument(help="Letters, digits, dots, dashes, _.")]) -> None:
    """Make a workspace."""

    async def work(database: Database) -> None:
        now = database.clock.now()
        async with database.connection() as conn:
            if await access.find_workspace(conn, name):
                raise Conflict(f"There is a workspace {name!r} already.")
            made = await access.ensure_workspace(conn, name, now)
        async with database.transaction(made, SYSTEM) as tx:
            await record(tx, "access.add_workspace", f"workspace:{made}", {})

    _opened(work)
    say(f"There is a workspace {name} now.")
    note(
        f"Somebody to run it: OUTRIDER_WORKSPACE={name} outrider person add NAME EMAIL --role admin"
    )


def _opened(work: Any) -> Any:
    """Do it with the database open, in no workspace: the one of the settings may not be there yet."""
    settings = load()
    make_home(settings.home)
    database = open_database(settings, SystemClock())

    async def stay() -> Any:
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(stay())
