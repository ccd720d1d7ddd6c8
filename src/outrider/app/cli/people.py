"""`outrider person`: who may decide. In: arguments. Out: a table. Never: a password."""

from __future__ import annotations

from typing import Annotated

import typer

from outrider.app.cli.output import as_json, listing, note, say
from outrider.app.cli.session import run
from outrider.app.wiring import Outrider, local_person, person_actor
from outrider.kernel import access
from outrider.kernel.audit.append import record
from outrider.kernel.errors import NotAllowed

EXAMPLE = "Example: outrider person add 'Robin Hale' robin@brand.example --role approver"

SLACK_EXAMPLE = "Example: outrider person slack robin@brand.example U012AB3CD"

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="People and their roles.", no_args_is_help=True)
    group.command("add", epilog=EXAMPLE)(add)
    group.command("list")(list_)
    group.command("session")(session)
    group.command("slack", epilog=SLACK_EXAMPLE)(slack)
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


def session(
    email: Annotated[str, typer.Argument(help="E-mail address of a person of this workspace.")],
    as_: Annotated[
        str | None, typer.Option("--as", help="E-mail address of the admin who opens it.")
    ] = None,
    json_: Json = False,
) -> None:
    """Open a session for the API; its token is shown once and ends after 12 idle hours."""

    async def work(outrider: Outrider) -> tuple[access.Member, str]:
        admin = await local_person(outrider, as_)
        if admin.role is not access.PersonRole.ADMIN:
            raise NotAllowed(f"{admin.name} is {admin.role}; only an admin opens a session.")
        async with outrider.begin(person_actor(admin))() as tx:
            person = await access.person_for(tx, email)
            token = await access.open_session(tx.conn, person.person_id, tx.now)
            await record(tx, "access.open_session", f"person:{person.person_id}", {})
            return person, token

    person, token = run(work)
    if json_:
        as_json({"session": token, "name": person.name, "email": person.email})
        return
    say(token)
    note(f"{person.name} sends it to the API as a header: Authorization: Bearer TOKEN")


def slack(
    email: Annotated[str, typer.Argument(help="E-mail address of a person of this workspace.")],
    slack_user: Annotated[str, typer.Argument(help="Member ID of that person in Slack.")],
    as_: Annotated[
        str | None, typer.Option("--as", help="E-mail address of the admin who says so.")
    ] = None,
) -> None:
    """Let a Slack user decide as this person; nobody is known by name or address."""
    from outrider.app.slack import people as in_slack  # the other commands need none of it

    async def work(outrider: Outrider) -> access.Member:
        admin = await local_person(outrider, as_)
        if admin.role is not access.PersonRole.ADMIN:
            raise NotAllowed(f"{admin.name} is {admin.role}; only an admin says who is who.")
        async with outrider.begin(person_actor(admin))() as tx:
            return await in_slack.map_user(tx, email, slack_user)

    member = run(work)
    say(f"{slack_user} in Slack is {member.name} <{member.email}>, {member.role} here.")
    if not member.may_decide:
        note(f"{member.name} may look but not decide: that needs the role approver or higher.")
