"""`outrider mcp`: lend tools to a program over the Model Context Protocol; accept tools of others.

In: arguments; on standard input a program that speaks the protocol. Out: the protocol on standard
output, tables, JSON. Never: a word on standard output that is not the protocol's while it serves; a
tool accepted that was not shown.
"""

from __future__ import annotations

import json
from importlib.util import find_spec
from typing import Annotated, Any

import typer

from outrider.agents.overrides import spec_of
from outrider.agents.schedule import must_be_enabled
from outrider.app.cli.output import listing, note, say
from outrider.app.cli.session import run as stay
from outrider.app.cli.who import As, whoever
from outrider.app.jobs.think import env_of
from outrider.app.wiring import Outrider
from outrider.kernel.audit.append import record
from outrider.kernel.database.connect import Role
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.errors import InvalidInput, InvalidSetting, OutriderError, Unavailable

EXAMPLE = "Example: outrider mcp serve --agent research"
DEFAULT_AGENT = "coordinator"
NONE = "No server is attached: name one in mcp.toml (docs/mcp.md)."
FINE = ("accepted", "not allowed")
"""States with which everything that mcp.toml allows works."""

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Lend tools to programs, and use tools of others.", no_args_is_help=True
    )
    group.command("serve", epilog=EXAMPLE)(serve)
    group.command("list")(list_)
    group.command("check")(check)
    group.command("accept", epilog="Example: outrider mcp accept notes search")(accept)
    app.add_typer(group, name="mcp")


def serve(
    agent: Annotated[str, typer.Option(help="Whose tools are lent.")] = DEFAULT_AGENT,
    write: Annotated[
        bool, typer.Option("--write", help="Lend what drafts and notes too, not only what reads.")
    ] = False,
    person: As = None,
) -> None:
    """Serve one program on standard input and output, until it closes them.

    It gets the tools of one agent that read, with --write those that draft. Nothing sends or spends.
    """
    _must_be_there()
    from outrider.app.mcp.door import (
        collect_requests,
        lendable,
        lent_to,
        serve_stdio,
        server_of,
    )
    from outrider.app.mcp.tools import limits_of, tools_of, with_attached

    async def work(outrider: Outrider) -> None:
        async with outrider.begin()() as tx:
            found = must_be_enabled(await spec_of(tx, agent))
        spec = with_attached(outrider, found)
        borrower = await whoever(outrider, person)
        env = env_of(outrider, Actor(ActorKind.AGENT, spec.name), Role.AGENT, None)
        lent = lendable(spec, tools_of(outrider), writes=write)

        async def collect() -> None:
            async with outrider.begin()() as tx:
                await collect_requests(tx)

        async with lent_to(spec, env, lent, (limits_of(outrider), str(borrower))) as loan:
            await serve_stdio(server_of(loan, collect))

    stay(work)


def list_(json_: Json = False) -> None:
    """List the tools of other servers that mcp.toml allows, without asking the servers."""
    _must_be_there()
    from outrider.app.mcp.servers import Servers

    async def work(outrider: Outrider) -> list[dict[str, Any]]:
        return [
            {
                "name": one.name,
                "server": one.server,
                "effect": one.effect.value,
                "agents": ", ".join(one.agents),
                "state": "accepted" if one.is_accepted else "not accepted",
            }
            for one in Servers(outrider.settings.home, outrider.keys.folder).standing()
        ]

    columns = {"name": "tool", "effect": "effect", "agents": "agents", "state": "state"}
    listing(stay(work, seal=False), columns, json_=json_, empty=NONE)


def check(json_: Json = False) -> None:
    """Ask every server what it says of its tools now; a changed one is not used until accepted."""
    _must_be_there()
    from outrider.app.mcp.servers import Servers

    async def work(outrider: Outrider) -> list[dict[str, Any]]:
        servers = Servers(outrider.settings.home, outrider.keys.folder)
        found = []
        for name in servers.names:
            try:
                offered = {one.name: one for one in await servers.reached(name).tools()}
            except OutriderError as error:
                found.append({"server": name, "tool": "", "state": error.message})
                continue
            for tool in servers.allows(name):
                state = servers.state_of(name, offered, tool)
                found.append({"server": name, "tool": tool, "state": state})
            known = servers.allows(name)
            found += [
                {"server": name, "tool": tool, "state": "not allowed"}
                for tool in offered
                if tool not in known
            ]
        return found

    found = stay(work, seal=False)
    columns = {"server": "server", "tool": "tool", "state": "state"}
    listing(found, columns, json_=json_, empty=NONE)
    if any(one["state"] not in FINE for one in found):
        raise typer.Exit(Unavailable.exit_code)


def accept(
    server: Annotated[str, typer.Argument(help="Name of the server in mcp.toml.")],
    tool: Annotated[str, typer.Argument(help="Name of its tool.")],
    yes: Annotated[bool, typer.Option("--yes", help="Accept without asking.")] = False,
    person: As = None,
) -> None:
    """Show what a tool says of itself, and accept exactly that."""
    _must_be_there()
    from outrider.app.mcp.servers import Servers

    async def work(outrider: Outrider) -> None:
        servers = Servers(outrider.settings.home, outrider.keys.folder)
        offered = [one for one in await servers.reached(server).tools() if one.name == tool]
        if len(offered) != 1:
            count = "no tool" if not offered else "two tools"
            raise InvalidInput(f"The server {server} offers {count} of the name {tool!r}.")
        (one,) = offered
        say(f"{server} says of {tool}: {one.description}")
        say(json.dumps(one.schema, indent=2, sort_keys=True, ensure_ascii=False))
        note("A stranger wrote this. Every model that gets the tool reads it.")
        if not yes and not typer.confirm("Accept it as it stands?"):
            raise typer.Exit(1)
        actor = await whoever(outrider, person)
        servers.accept(server, one, outrider.clock.now(), str(actor))
        async with outrider.begin(actor)() as tx:
            body = {"server": server, "sha256": one.sha256}
            await record(tx, "agents.tool_accepted", f"tool:{server}__{tool}", body)
        say(f"Accepted: {server}__{tool}.")

    stay(work)


def _must_be_there() -> None:
    if find_spec("mcp") is None:
        raise InvalidSetting("The package `mcp` is missing: pip install 'outrider[mcp]'.")
