"""The commands at a glance: the name of each, its one line of help, and the room that knows it.

In: the name of a command. Out: the command, its room imported. Never: a room that nobody asked for.

Importing every room takes longer than most commands do, so a room is imported when one of its
commands is run. A test holds these lines equal to the rooms' own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

SECTIONS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "The main job, in order": {
        "mailbox": ("mailbox", "Addresses that mail is sent from."),
        "campaign": ("campaigns", "Campaigns, and the blueprint each learned from past mail."),
        "sequence": ("sequences", "Steps of a campaign: delays, branches, experiments."),
        "import": ("prospects", "Take in accounts and contacts from a CSV."),
        "run": ("runs", "Let an agent research, enrol, write and check drafts."),
        "drafts": ("decide", "Look at drafts and decide: show, approve, edit, reject."),
        "send": ("mail", "Send what is approved and due."),
        "read": ("mail", "Read replies: stop sequences, honour opt-outs."),
        "trace": ("mail", "Tell everything that led to one mail, with proof."),
    },
    "Look, and halt": {
        "accounts": ("prospects", "List the accounts, best first, with the reasons."),
        "contacts": ("contacts", "One person: may we write, and what was."),
        "agents": ("agents", "Who works here: times, budgets, tools."),
        "runs": ("runs", "What agents did, step by step."),
        "replay": (
            "runs",
            "Go through a run again from its records, without effects.",
        ),
        "mcp": ("mcp", "Lend tools to programs, and use tools of others."),
        "tasks": ("tasks", "LinkedIn, call and SMS steps to do or release."),
        "replies": ("replies", "What people answered: look, and say what it means."),
        "outbox": ("outbox", "What became of every mail."),
        "domain": ("domain", "Domains: what each is for, and how its mail is received."),
        "workspace": ("workspaces", "Workspaces, apart from each other."),
        "person": ("people", "People and their roles."),
        "key": ("keys", "Keys of programs, and of agents outside."),
        "policy": ("policy", "How drafts are decided: rules, bands, clock."),
        "hours": ("hours", "When people decide, and who stands in."),
        "slack": ("slack", "The Slack channel that drafts are shown in."),
        "suppress": ("prospects", "Never write to this address again, in any campaign."),
        "privacy": ("privacy", "One person's data: hand it out, erase it."),
        "kill": ("operate", "Kill switches: on means halted, at once."),
        "audit": ("audit", "The log that nobody can change unseen."),
    },
    "This machine": {
        "demo": ("operate", "Run the main job on a fictional brand, visibly."),
        "up": ("operate", "Start the API, the sealer and the job workers."),
        "upgrade": ("upgrade", "Bring the database to this version."),
        "database": ("upgrade", "A database server of your own."),
        "backup": ("care", "Save the database and all objects, while Outrider runs."),
        "restore": ("care", "Bring a backup back into an empty home; every workspace is halted."),
        "secrets": ("secrets", "Passwords and keys of services, sealed in the database."),
        "sweep": ("care", "Count stored objects that no row names, or remove them."),
        "doctor": ("care", "Look at each part: what is wrong, and what to do."),
    },
}
"""Every command by section, as `outrider --help` shows them."""

COMMANDS: Mapping[str, tuple[str, str]] = {
    name: told for section in SECTIONS.values() for name, told in section.items()
}


class Commands(TyperGroup):
    """The group `outrider`."""

    def __init__(self, **attributes: Any) -> None:
        """Made by Typer."""
        super().__init__(**attributes)
        self.commands = {
            name: TyperCommand(name, help=line, short_help=line)
            for name, (_, line) in COMMANDS.items()
        }

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command itself; None when there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        return of_room(COMMANDS[cmd_name][0]).commands[cmd_name]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of `outrider --help`, from the lines above."""
        longest = max(map(len, self.commands))
        width = formatter.width - 6 - longest
        for title, section in SECTIONS.items():
            rows = [
                (name.ljust(longest), self.commands[name].get_short_help_str(width))
                for name in section
            ]
            with formatter.section(title):
                formatter.write_dl(rows)


def of_room(room: str) -> TyperGroup:
    """All commands of one room."""
    app = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None, add_completion=False)
    # With a callback Typer makes a group of a single command too.
    app.callback()(lambda: None)
    import_module(f"outrider.app.cli.{room}").register(app)
    group = typer.main.get_group(app)
    _told_whole(group)
    return group


def _told_whole(group: TyperGroup) -> None:
    """List each command with its whole first sentence: what is cut at the edge helps nobody."""
    for command in group.commands.values():
        first, dot, _ = " ".join((command.help or "").partition("\n\n")[0].split()).partition(". ")
        command.short_help = f"{first}." if dot else first
        if isinstance(command, TyperGroup):
            _told_whole(command)
