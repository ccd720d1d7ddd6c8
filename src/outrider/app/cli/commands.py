"""The commands at a glance: the name of each, its one line of help, and the room that knows it.

In: the name of a command. Out: the command, its room imported. Never: a room that nobody asked for.

Importing every room takes longer than most commands do, so a room is imported when one of its
commands is run. A test holds these lines equal to the rooms' own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from typer import Context

COMMANDS: Mapping[str, tuple[str, str]] = {
    "import": (
        "prospects",
        "Take in accounts and contacts; bad rows go to a rejects file with line, column and reason.",
    ),
    "accounts": ("prospects", "List the accounts, best first, with their score and its coverage."),
    "suppress": (
        "prospects",
        "Never write to this address again, in any campaign. There is no way back from here.",
    ),
    "run": (
        "runs",
        "Rank, research with evidence, enrol, write, check. It proposes; it cannot send or approve.",
    ),
    "send": (
        "mail",
        "Send what is approved and due; every mail is checked once more just before it goes.",
    ),
    "read": (
        "mail",
        "Read replies: attribute each, stop its sequence, honour an opt-out."
        " The Maildir is not changed.",
    ),
    "trace": (
        "mail",
        "Tell everything that led to this mail, with the proof that the log was not changed.",
    ),
    "up": (
        "operate",
        "Start the API on this machine, with the sealer and the workers of the job queue.",
    ),
    "demo": (
        "operate",
        "Run the main job on a fictional brand, forty companies and their filings.",
    ),
    "upgrade": ("operate", "Bring the database to this version; refused when it is newer."),
    "campaign": ("campaigns", "Campaigns and their blueprints."),
    "runs": ("runs", "What agents did."),
    "drafts": ("decide", "Look at drafts and decide."),
    "mailbox": ("mail", "Addresses that mail is sent from."),
    "person": ("people", "People and their roles."),
    "audit": ("operate", "The log that nobody can change unseen."),
    "kill": ("operate", "Kill switches: on means halted, at once."),
}


class Commands(TyperGroup):
    """The group `outrider`."""

    def __init__(self, **attributes: Any) -> None:
        """Made by Typer."""
        super().__init__(**attributes)
        told = {name: TyperCommand(name, help=line) for name, (_, line) in COMMANDS.items()}
        self.commands = {**told}

    def get_command(self, ctx: Context, cmd_name: str) -> Any:
        """The command itself; None when there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        return of_room(COMMANDS[cmd_name][0]).commands[cmd_name]

    def format_commands(self, ctx: Context, formatter: Any) -> None:
        """The list of `outrider --help`, from the lines above."""
        width = formatter.width - 6 - max(map(len, self.commands))
        rows = [(name, told.get_short_help_str(width)) for name, told in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def of_room(room: str) -> TyperGroup:
    """All commands of one room."""
    app = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None, add_completion=False)
    # With a callback Typer makes a group of a single command too.
    app.callback()(lambda: None)
    import_module(f"outrider.app.cli.{room}").register(app)
    return typer.main.get_group(app)
