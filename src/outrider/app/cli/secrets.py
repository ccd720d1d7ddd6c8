"""`outrider secrets`: passwords and keys of services, sealed in the database.

In: a name; the secret from stdin or a prompt. Out: names, sentences. Never: a secret printed, or taken
from the command line, which others on the machine can read.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from outrider.app.cli.output import as_json, counted, listing, minute, note, say
from outrider.app.cli.session import run
from outrider.app.cli.who import As
from outrider.app.jobs import secret_care
from outrider.app.jobs.secret_care import Checked, Seen
from outrider.app.wiring import Outrider, local_person, person_actor
from outrider.kernel.access import Permission
from outrider.kernel.access.permissions import refusal
from outrider.kernel.database.tx import Actor
from outrider.kernel.errors import InvalidInput, NotAllowed
from outrider.kernel.secrets.keep import LONGEST
from outrider.kernel.secrets.key_files import ROLLS
from outrider.kernel.secrets.rotate import Rotated
from outrider.kernel.secrets.text import SecretText

EXAMPLE = (
    "Example: outrider secrets set webhook-postmark-main < FILE; or slack_bot_token, --machine"
)

Name = Annotated[
    str,
    typer.Argument(
        help="The name that its file in keys has or would have; or slack_bot_token,"
        " slack_app_token, slack_signing_secret, oidc_client_secret."
    ),
]
Machine = Annotated[
    bool, typer.Option("--machine", help="For every workspace that has none of its own.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Passwords and keys of services, sealed in the database.", no_args_is_help=True
    )
    group.command("list")(list_)
    group.command("set", epilog=EXAMPLE)(set_)
    group.command("remove")(remove)
    group.command("rotate")(rotate)
    group.command("check")(check)
    app.add_typer(group, name="secrets")


def list_(json_: Json = False) -> None:
    """List the names of what is stored; the secrets themselves are never shown."""
    rows = run(secret_care.seen, seal=False)
    listing(
        [_shown(row) for row in rows],
        {"name": "name", "for": "for", "set_at": "set", "set_by": "by"},
        json_=json_,
        empty="Nothing is stored: outrider secrets set NAME. Files in keys count as before.",
    )


def set_(
    name: Name,
    extra: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
    machine: Machine = False,
    as_: As = None,
) -> None:
    """Store a secret, from stdin or a prompt; it comes before a file or a setting of this name."""
    if extra:
        raise InvalidInput(
            "A secret is not given on the command line, where others can read it: take this one for"
            " known, and give the new one on stdin or when asked."
        )

    async def work(outrider: Outrider) -> None:
        actor = await _admin(outrider, as_)
        await secret_care.set_secret(outrider, actor, name, _given(name), machine=machine)

    run(work)
    say(f"{name} is stored{' for every workspace' if machine else ''}.")
    note(
        "It counts within five seconds; keys of models, the company's login and Socket Mode at the next start."
    )


def remove(name: Name, machine: Machine = False, as_: As = None) -> None:
    """Take a stored secret away; a file or a setting of its name counts again."""

    async def work(outrider: Outrider) -> None:
        actor = await _admin(outrider, as_)
        await secret_care.remove_secret(outrider, actor, name, machine=machine)

    run(work)
    say(f"{name} is no longer stored.")


def rotate(
    master: Annotated[
        bool, typer.Option("--master", help="Put the data keys under a new master key.")
    ] = False,
    key: Annotated[
        str | None, typer.Option(help=f"Replace a key of Outrider's own: {', '.join(ROLLS)}.")
    ] = None,
    as_: As = None,
) -> None:
    """Seal every secret with new data keys, while everybody works; run it again if it was cut off."""
    if master and key:
        raise InvalidInput("Give --master or --key, not both.")

    async def work(outrider: Outrider) -> list[str]:
        actor = await _admin(outrider, as_)
        if key:
            await secret_care.roll_key(outrider, actor, key)
            return [f"The key {key} is new: {ROLLS[key]}."]
        if master:
            moved = await secret_care.rotate_master(outrider, actor)
            return [f"{counted(moved, 'data key is', 'data keys are')} under the new master key."]
        return _rotated(await secret_care.rotate_data_keys(outrider, actor))

    for line in run(work):
        say(line)
    if master:
        note("Backups from before need the older master key: keep it as long as you keep them.")


def check(json_: Json = False) -> None:
    """Try the master key, and open every stored secret of every workspace."""
    found = run(secret_care.check, seal=False)
    if json_:
        as_json(
            {
                "master": found.master,
                "secrets": found.secrets,
                "unfinished": found.unfinished,
                "troubles": [{"code": e.code, "detail": e.message} for e in found.troubles],
            }
        )
    else:
        _tell(found)
    if found.troubles:
        raise typer.Exit(found.troubles[0].exit_code)


def _tell(found: Checked) -> None:
    for message in dict.fromkeys(error.message for error in found.troubles):
        say(message)
    good = found.secrets - len(found.troubles)
    say(f"{good} of {counted(found.secrets, 'stored secret')} can be opened, with {found.master}.")
    if found.unfinished:
        say(
            f"A rotation was cut off before {counted(found.unfinished, 'secret')}:"
            " outrider secrets rotate goes on with it."
        )


def _rotated(done: list[Rotated]) -> list[str]:
    if not done:
        return ["Nothing is stored yet, so there was nothing to rotate."]
    moved = sum(one.moved for one in done)
    lines = [f"{counted(moved, 'secret is', 'secrets are')} under new data keys."]
    if any(one.went_on for one in done):
        lines.append(
            "An earlier rotation had been cut off; this one finished it. Run it again for new keys."
        )
    return lines


async def _admin(outrider: Outrider, email: str | None) -> Actor:
    person = await local_person(outrider, email)
    if not person.may(Permission.SETTINGS_WRITE):
        raise NotAllowed(refusal(person.name, person.role, Permission.SETTINGS_WRITE))
    return person_actor(person)


def _given(name: str) -> SecretText:
    if sys.stdin.isatty():
        return SecretText(typer.prompt(f"{name} (not shown)", hide_input=True, err=True))
    try:
        return SecretText(sys.stdin.buffer.read(LONGEST + 2).decode())
    except UnicodeDecodeError:
        raise InvalidInput(f"The secret {name} is no text in UTF-8.") from None


def _shown(row: Seen) -> dict[str, object]:
    return {
        "name": row.name,
        "for": "every workspace" if row.is_machines else "this workspace",
        "set_at": minute(row.set_at),
        "set_by": row.set_by,
    }
