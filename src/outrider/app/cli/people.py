"""`outrider person`: who is in, and as what. In: arguments. Out: a table; links. Never: a password."""

from __future__ import annotations

from typing import Annotated

import typer

from outrider.app.cli.output import as_json, counted, listing, note, say
from outrider.app.cli.session import run
from outrider.app.wiring import Outrider, local_person, person_actor
from outrider.kernel import access
from outrider.kernel.access import invitations
from outrider.kernel.access.permissions import refusal
from outrider.kernel.audit.append import record
from outrider.kernel.errors import NotAllowed

EXAMPLE = "Example: outrider person add 'Robin Hale' robin@brand.example --role approver"

INVITE_EXAMPLE = "Example: outrider person invite robin@brand.example --role approver"

SLACK_EXAMPLE = "Example: outrider person slack robin@brand.example U012AB3CD"

Email = Annotated[str, typer.Argument(help="E-mail address of a person of this workspace.")]
As = Annotated[str | None, typer.Option("--as", help="E-mail address of the admin who acts.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="People and their roles.", no_args_is_help=True)
    group.command("add", epilog=EXAMPLE)(add)
    group.command("list")(list_)
    group.command("invite", epilog=INVITE_EXAMPLE)(invite)
    group.command("role")(role)
    group.command("remove")(remove)
    group.command("password")(password)
    group.command("sign-out")(sign_out)
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


def invite(
    email: Annotated[str, typer.Argument(help="Whom to invite.")],
    role: Annotated[str, typer.Option(help=", ".join(access.PersonRole) + ".")] = "approver",
    as_: As = None,
) -> None:
    """Make a link that lets one person in, once, within seven days."""

    async def work(outrider: Outrider) -> str:
        admin = await _manager(outrider, as_)
        async with outrider.begin(person_actor(admin))() as tx:
            _, token = await invitations.invite(tx, admin.person_id, email, role)
        return _link(outrider, token)

    say(run(work))
    note(f"Send it to {email}: it works once, for seven days, and is shown this once.")


def role(
    email: Email,
    role: Annotated[str, typer.Argument(help=", ".join(access.PersonRole) + ".")],
    as_: As = None,
) -> None:
    """Give a person another role; it counts at once, and open sessions end."""

    async def work(outrider: Outrider) -> access.Member:
        admin = await _manager(outrider, as_)
        async with outrider.begin(person_actor(admin))() as tx:
            person = await access.person_for(tx, email)
            return await access.change_role(tx, person.person_id, role)

    member = run(work)
    say(f"{member.name} <{member.email}> is {member.role} now.")


def remove(email: Email, as_: As = None) -> None:
    """Take a person out of the workspace: sessions and keys end at once."""

    async def work(outrider: Outrider) -> access.Member:
        admin = await _manager(outrider, as_)
        async with outrider.begin(person_actor(admin))() as tx:
            person = await access.person_for(tx, email)
            return await access.remove_member(tx, person.person_id)

    member = run(work)
    say(f"{member.name} <{member.email}> is out.")


def password(email: Email, as_: As = None) -> None:
    """Make a link with which a person chooses a new password, once, within a day."""

    async def work(outrider: Outrider) -> str:
        admin = await _manager(outrider, as_)
        async with outrider.begin(person_actor(admin))() as tx:
            person = await access.person_for(tx, email)
            _, token = await invitations.password_link(tx, admin.person_id, person)
        return _link(outrider, token)

    say(run(work))
    note(f"Send it to {email}: it works once, for a day, and is shown this once.")


def sign_out(email: Email, as_: As = None) -> None:
    """End every session of a person at once."""

    async def work(outrider: Outrider) -> int:
        admin = await _manager(outrider, as_)
        async with outrider.begin(person_actor(admin))() as tx:
            person = await access.person_for(tx, email)
            ended = await access.revoke_sessions_of(tx.conn, person.person_id, tx.now)
            subject = f"person:{person.person_id}"
            await record(tx, "access.end_sessions", subject, {"sessions_ended": ended})
            return ended

    say(f"{counted(run(work), 'session')} ended.")


async def _manager(outrider: Outrider, email: str | None) -> access.Member:
    """Who acts, if they may manage people."""
    member = await local_person(outrider, email)
    if not member.may(access.Permission.PEOPLE_MANAGE):
        raise NotAllowed(refusal(member.name, member.role, access.Permission.PEOPLE_MANAGE))
    return member


def _link(outrider: Outrider, token: str) -> str:
    return f"{outrider.settings.public_url.rstrip('/')}/join?token={token}"


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
