"""`outrider person`: who may decide. In: arguments. Out: a table. Never: a password."""

from __future__ import annotations

from typing import Annotated

import typer

from outrider.app.cli.output import listing, say
from outrider.app.cli.session import run
from outrider.app.wiring import Outrider
from outrider.kernel import access

EXAMPLE = "Example: outrider person add 'Robin Hale' robin@brand.example --role approver"

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="People and their roles.", no_args_is_help=True)
    group.command("add", epilog=EXAMPLE)(add)
    group.command("list")(list_)
    app.add_typer(group, name="person")


def add(
    name: Annotated[str, typer.Argument(help="The person's name.")],
    email: Annotated[str, typer.Argument(help="The person's e-mail address.")],
    role: Annotated[str, typer.Option(help=", ".join(access.PersonRole) + ".")] = "approver",
) -> None:
    """Add a person to the workspace."""

    async def work(outrider: Outrider) -> access.Member:
        async with outrider.begin()() as tx:
            return await access.add_person(tx, name, email, role)

    member = run(work)
    say(f"{member.name} <{member.email}> is in, as {member.role}.")


def list_(json_: Json = False) -> None:
    """List the people of the workspace."""

    async def work(outrider: Outrider) -> list[dict[str, str]]:
        async with outrider.begin()() as tx:
            return [
                {"id": str(m.person_id), "name": m.name, "email": m.email, "role": str(m.role)}
                for m in await access.members(tx)
            ]

    listing(
        run(work, seal=False),
        {"name": "name", "email": "e-mail", "role": "role"},
        json_=json_,
        empty="Nobody yet: outrider person add NAME EMAIL --role approver",
    )
