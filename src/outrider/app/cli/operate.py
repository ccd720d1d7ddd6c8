"""`outrider up`, `demo`, `kill`: for whoever runs it.

In: arguments. Out: a running API, verdicts, tables. Never: a listener on a public address
without TLS in front of it.
"""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from sqlalchemy.exc import SQLAlchemyError

from outrider.app.cli.output import listing, minute, note, point, say
from outrider.app.cli.session import run
from outrider.app.cli.who import As, whoever
from outrider.app.wiring import Outrider, make_home
from outrider.kernel import halt_file, switches
from outrider.kernel.clock import SystemClock
from outrider.kernel.database.connect import why
from outrider.kernel.errors import (
    InvalidInput,
    InvalidSetting,
    NotFound,
    OutriderError,
    Refused,
    Unavailable,
)
from outrider.kernel.settings import Settings, load

KILL_EXAMPLE = (
    "Example: outrider kill on --reason 'wrong price in the mail' halts this workspace;"
    " outrider kill on campaign Leases --reason drill halts one campaign."
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("up", epilog="Example: outrider up --port 8500")(up)
    app.command("demo")(demo)
    kill = typer.Typer(help="Kill switches: on means halted, at once.", no_args_is_help=True)
    kill.command("on", epilog=KILL_EXAMPLE)(kill_on)
    kill.command("off")(kill_off)
    kill.command("list")(kill_list)
    app.add_typer(kill, name="kill")


def up(
    port: Annotated[int | None, typer.Option(help="TCP port; 0 takes a free one.")] = None,
    json_logs: Annotated[
        bool, typer.Option("--json-logs", help="Log JSON lines to stderr on a terminal too.")
    ] = False,
    api_processes: Annotated[
        int | None,
        typer.Option(help="Processes that answer; 1: the workers' own. Half the processors."),
    ] = None,
) -> None:
    """Start the API, the sealer and the job workers."""
    from outrider.app.cli.serve import serve

    said = {"port": port, "api_processes": api_processes}
    settings = load(**{name: value for name, value in said.items() if value is not None})
    require_safe_address(settings)
    make_home(settings.home)
    serve(settings, json_logs=json_logs)


def require_safe_address(settings: Settings) -> None:
    """Refuse an address that others can reach, unless it is said what encrypts in front of it.

    Raises:
        InvalidSetting: passwords and sessions would cross a network in the clear.
    """
    if settings.is_loopback:
        return
    if settings.public_url.startswith("https://") and settings.trusted_proxies:
        return
    raise InvalidSetting(
        f"OUTRIDER_HOST is {settings.host!r}, which others can reach: use loopback, 127.0.0.1, or put"
        " a proxy with TLS in front and say so with OUTRIDER_PUBLIC_URL=https://… and"
        " OUTRIDER_TRUSTED_PROXIES."
    )


def demo(
    port: Annotated[int | None, typer.Option(help="TCP port; 0 takes a free one.")] = None,
    serve_: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Leave the API up at the end.")
    ] = True,
) -> None:
    """Run the main job on a fictional brand, visibly.

    Forty companies and their filings, in a workspace of their own: sample. Nothing leaves this machine.
    """
    from outrider.app.cli.demo import show

    show(port, serve_)


MACHINE = "machine"
_FAILURES = (Unavailable, Refused, InvalidSetting, SQLAlchemyError, psycopg.Error, OSError)
Scope = Annotated[str, typer.Argument(help=", ".join((*switches.SCOPES, MACHINE)) + ".")]
Target = Annotated[str, typer.Argument(help="Its id or name; leave out for global and workspace.")]
Reason = Annotated[str, typer.Option(help="Why, in a few words.")]


def kill_on(
    reason: Reason, scope: Scope = "workspace", target: Target = "", as_: As = None
) -> None:
    """Halt: nothing leaves from now on.

    Scope `machine` halts everything on this machine by a file, also when the database is down.
    """
    settings = load()
    if scope == MACHINE:
        _halt_machine(settings.home, target, reason)
        return
    try:
        _move(scope, target, as_, is_on=True, reason=reason)
    except _FAILURES as error:
        # Whatever the database has, whoever wants a halt gets one.
        note(_told(error))
        note("The database cannot keep the switch, so a file halts this machine instead.")
        _halt_machine(settings.home, "", reason)
        return
    say(f"Halted: {_what(scope, target)} ({reason}).")
    note(f"To go on: outrider kill off {scope} {target}".rstrip() + " --reason WHY")


def kill_off(
    reason: Reason, scope: Scope = "workspace", target: Target = "", as_: As = None
) -> None:
    """Let it go on."""
    if scope == MACHINE:
        _no_name(scope, target)
        lifted = halt_file.take_away(load().home)
        say(f"Goes on: this machine ({reason})." if lifted else "No file halted this machine.")
        return
    _move(scope, target, as_, is_on=False, reason=reason)
    say(f"Goes on: {_what(scope, target)} ({reason}).")
    why = halt_file.halted_by_file(load().home)
    if why:
        note(f"Still, {why}: outrider kill off machine --reason WHY")


def _what(scope: str, target: str) -> str:
    """What a switch halts, so that a wrong workspace is seen at once."""
    return f"workspace {load().workspace}" if scope == "workspace" else f"{scope} {target}".rstrip()


def _halt_machine(home: Path, target: str, reason: str) -> None:
    _no_name(MACHINE, target)
    make_home(home)
    who = f"account {getpass.getuser()}"
    file = halt_file.put(home, reason, who, SystemClock().now())
    say(f"Halted: everything on this machine, by the file {file} ({reason}).")
    note("To go on: outrider kill off machine --reason WHY, or remove the file.")


def _no_name(scope: str, target: str) -> None:
    if target:
        raise InvalidInput(f"The {scope} switch takes no name, but {target!r} was given.")


def _move(scope: str, target: str, as_: str | None, *, is_on: bool, reason: str) -> None:
    is_kept = False

    async def work(outrider: Outrider) -> None:
        nonlocal is_kept
        async with outrider.begin(await whoever(outrider, as_))() as tx:
            named = await _target(tx, scope, target)
            await switches.set_switch(tx, scope, named, is_on=is_on, reason=reason)
        is_kept = True

    try:
        run(work)
    except _FAILURES as error:
        if not is_kept:
            raise
        note(f"The switch is kept, but the log could not be sealed yet: {_told(error)}")


def _told(error: Exception) -> str:
    return error.message if isinstance(error, OutriderError) else f"{why(error)}."


async def _target(tx: Any, scope: str, target: str) -> str:
    """The id behind a name, so that a switch halts what the person means.

    Raises:
        InvalidInput: a name is missing, or is given where none belongs: it would halt nothing.
        NotFound: there is nothing of this name.
    """
    from outrider.agents import roster
    from outrider.campaigns import create
    from outrider.sending import mailboxes

    if scope in ("global", "workspace"):
        _no_name(scope, target)
        return ""
    if scope in switches.SCOPES and not target:
        raise InvalidInput(
            f"Say which {scope}: outrider kill on {scope} NAME --reason WHY, or leave "
            f"{scope!r} out to halt the whole workspace."
        )
    if scope == "campaign":
        return str((await create.find(tx, target)).id)
    if scope == "mailbox":
        return str((await mailboxes.find(tx, target)).id)
    if scope == "agent":
        return roster.find(target).name
    if scope == "tool":
        return _tool(target, {name for spec in roster.ROSTER.values() for name in spec.tools})
    return target


def _tool(name: str, known: set[str]) -> str:
    if name not in known:
        raise NotFound(f"There is no tool {name!r}; there are {', '.join(sorted(known))}.")
    return name


def kill_list(json_: Json = False) -> None:
    """List the switches that were ever moved."""
    from outrider.app.views import switches as views

    by_file = halt_file.halted_by_file(load().home)
    if by_file:
        point(f"Nothing leaves this machine: {by_file}.")

    async def work(outrider: Outrider) -> list[dict[str, Any]]:
        async with outrider.begin()() as tx:
            moved = await switches.listing(tx)
            # On a screen the line above the table says it already.
            shown = moved if json_ else [s for s in moved if s.scope != MACHINE]
            called = await views.names(tx, [s.target for s in shown])
            known = await views.people(tx, [s.actor for s in shown])
            return [
                {
                    "scope": s.scope,
                    "target": s.target,
                    "name": called.get(s.target, s.target),
                    "state": "halted" if s.is_on else "goes on",
                    "reason": s.reason,
                    "actor": s.actor,
                    "by": views.by(known, s.actor),
                    "changed_at": s.changed_at.isoformat(timespec="seconds"),
                }
                for s in shown
            ]

    found = run(work, seal=False)
    listing(
        found if json_ else [{**s, "changed_at": minute(s["changed_at"])} for s in found],
        {
            "scope": "scope",
            "name": "target",
            "state": "state",
            "reason": "reason",
            "by": "by",
            "changed_at": "since (UTC)",
        },
        json_=json_,
        empty="No switch was ever moved: everything goes on.",
    )
    if not json_:
        note("Halt this workspace: outrider kill on --reason WHY")
