"""`outrider upgrade` and `outrider database`: the schema, and a server of one's own.

In: arguments. Out: a database at this version; what would be done; SQL for an administrator. Never: a
change that was only asked about.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer
from sqlalchemy import URL

from outrider.app.cli.output import as_json, counted, note, say
from outrider.app.wiring import make_home
from outrider.kernel.database import revisions
from outrider.kernel.database.migrate import State, state_of
from outrider.kernel.database.migrate import upgrade as upgrade_database
from outrider.kernel.database.migration_rules import risks
from outrider.kernel.database.opening import owner_url, require_restored
from outrider.kernel.database.revisions import Phase, Revision
from outrider.kernel.database.setup_script import setup_script
from outrider.kernel.settings import load

EXAMPLE = "Example: outrider upgrade --phase pre, restart every process, outrider upgrade"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("upgrade", epilog=EXAMPLE)(upgrade)
    database = typer.Typer(help="A database server of your own.", no_args_is_help=True)
    database.command("script")(script)
    app.add_typer(database, name="database")


def upgrade(
    check: Annotated[
        bool, typer.Option("--check", help="Only say what would run; exit code 1 if anything.")
    ] = False,
    phase: Annotated[
        Phase,
        typer.Option(
            help="pre: before the first process runs the new program; post: after the last one does."
        ),
    ] = Phase.ALL,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Bring the database to this version.

    An empty one is set up, an older one brought up; a newer one is refused.
    """
    settings = load()
    make_home(settings.home)
    require_restored(settings)
    owner, embedded = owner_url(settings)
    state, revision = state_of(owner)
    where = (
        "The embedded database" if embedded else f"The database {owner.database} at {owner.host}"
    )
    if check:
        _check(where, state, revision, phase, json_=json_)
        return
    _upgrade(owner, where, (state, revision), phase, json_=json_)


def _upgrade(
    owner: URL, where: str, was: tuple[State, str | None], phase: Phase, *, json_: bool
) -> None:
    state, revision = was
    done = upgrade_database(owner, phase)
    waiting = revisions.after(done)
    if json_:
        as_json({"was": state, "revision": done, "waiting": [one.number for one in waiting]})
        return
    if done == revision:
        say(f"{where} is at revision {done} already.")
    else:
        say(f"{where} was {state} and is now at revision {done}.")
    if waiting:
        note(
            f"{counted(len(waiting), 'revision')} left: once every process runs this version, run"
            " `outrider upgrade`."
        )


def _check(where: str, state: State, revision: str | None, phase: Phase, *, json_: bool) -> None:
    pending = [] if state in (State.NEWER, State.FOREIGN) else revisions.after(revision)
    wanted = revisions.runnable(pending, phase) if revision else pending
    plan = [_planned(one, state) for one in wanted]
    if json_:
        as_json({"state": state, "revision": revision, "would_run": plan})
    else:
        say(f"{where} is {state} ({revision or 'no revision'}).")
        for one in plan:
            kind = "" if one["in_transaction"] else ", statement by statement"
            say(f"  {one['revision']} {one['name']}: {one['phase']}{kind}; {one['locks']}")
    if wanted or state in (State.NEWER, State.FOREIGN):
        raise typer.Exit(1)


def _planned(one: Revision, state: State) -> dict[str, Any]:
    found = []
    if state is not State.EMPTY:
        script = one.sql.read_text(encoding="utf-8")
        found = risks(script, one.phase, in_transaction=one.in_transaction)
    locks = "; ".join(f"{risk.table}: {risk.sentence}" for risk in found)
    return {
        "revision": one.number,
        "name": one.name,
        "phase": one.phase,
        "in_transaction": one.in_transaction,
        "locks": locks or "no long locks expected",
    }


def script(
    owner: Annotated[str, typer.Option(help="The login that will own the database.")] = "outrider",
    database: Annotated[str, typer.Option(help="The database to make.")] = "outrider",
    backups: Annotated[
        bool, typer.Option("--backups/--no-backups", help="Let the owner take whole backups.")
    ] = True,
) -> None:
    """Print the SQL that an administrator runs once on a server of your own.

    It makes a login without superuser rights that owns one database, and nothing else.
    """
    say(setup_script(owner, database, backups=backups))
    note(
        "As an administrator: outrider database script | OUTRIDER_DATABASE_PASSWORD=… psql postgres"
    )
    note("Then: DATABASE_URL=postgresql://OWNER:PASSWORD@HOST/DATABASE outrider upgrade")
