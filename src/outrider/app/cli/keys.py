"""`outrider key`: keys of programs, and of agents outside.

In: a name, scopes, an end. Out: a key's text, once. Never: a stored key, a key that decides.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from outrider.app.cli.output import as_json, listing, minute, note, say
from outrider.app.cli.session import run
from outrider.app.wiring import Outrider, local_person, person_actor
from outrider.kernel.access import Permission, api_keys
from outrider.kernel.access.api_keys import ApiKey
from outrider.kernel.access.permissions import refusal
from outrider.kernel.errors import NotAllowed

EXAMPLE = "Example: outrider key add export --scope drafts.read --scope reports.read --days 30"

As = Annotated[str | None, typer.Option("--as", help="E-mail address of the admin who acts.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Keys of programs, and of agents outside.", no_args_is_help=True)
    group.command("add", epilog=EXAMPLE)(add)
    group.command("list")(list_)
    group.command("revoke")(revoke)
    app.add_typer(group, name="key")


def add(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    scope: Annotated[list[str], typer.Option(help="What it may do; give it once for each.")],
    days: Annotated[int, typer.Option(min=1, max=api_keys.LONGEST.days, help="Its life.")] = 90,
    agent: Annotated[
        str | None, typer.Option(help="Name of the agent that acts with it, if one does.")
    ] = None,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Make a key; its text is shown once."""

    async def work(outrider: Outrider) -> tuple[ApiKey, str]:
        admin = await local_person(outrider, as_)
        if not admin.may(Permission.KEYS_MANAGE):
            raise NotAllowed(refusal(admin.name, admin.role, Permission.KEYS_MANAGE))
        wanted = api_keys.Wanted(name, tuple(scope), timedelta(days=days), agent)
        async with outrider.begin(person_actor(admin))() as tx:
            return await api_keys.add_key(tx, admin, wanted)

    key, secret = run(work)
    if json_:
        as_json({**_shown(key), "key": secret})
        return
    say(secret)
    note(f"It is shown this once and ends on {key.expires_at:%Y-%m-%d}.")
    note("A program sends it to the API as a header: Authorization: Bearer KEY")


def list_(json_: Json = False) -> None:
    """List the keys that are good."""

    async def work(outrider: Outrider) -> list[ApiKey]:
        async with outrider.begin()() as tx:
            return await api_keys.keys_of(tx)

    listing(
        [_shown(key) for key in run(work, seal=False)],
        {
            "name": "name",
            "scopes": "may",
            "agent": "agent",
            "expires_at": "until",
            "used_at": "last used",
        },
        json_=json_,
        empty="No key yet: outrider key add NAME --scope drafts.read",
    )


def revoke(
    key: Annotated[str, typer.Argument(help="The key's name, or its id.")], as_: As = None
) -> None:
    """End a key at once."""

    async def work(outrider: Outrider) -> ApiKey:
        admin = await local_person(outrider, as_)
        if not admin.may(Permission.KEYS_MANAGE):
            raise NotAllowed(refusal(admin.name, admin.role, Permission.KEYS_MANAGE))
        async with outrider.begin(person_actor(admin))() as tx:
            return await api_keys.revoke_key(tx, key)

    ended = run(work)
    say(f"The key {ended.name} is over.")


def _shown(key: ApiKey) -> dict[str, object]:
    return {
        "id": str(key.id),
        "name": key.name,
        "scopes": ", ".join(sorted(map(str, key.scopes))),
        "agent": key.agent or "",
        "expires_at": minute(key.expires_at),
        "used_at": minute(key.used_at),
    }
