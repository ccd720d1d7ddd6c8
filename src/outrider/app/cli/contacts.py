"""`outrider contacts`: one person: may we write to them, where are they in which sequence.

In: an address. Out: lines, JSON. Never: a change, a phone number.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from outrider.app.cli.output import as_json, minute, say
from outrider.app.cli.session import run
from outrider.app.wiring import Outrider


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="One person: may we write, and what was.", no_args_is_help=True)
    group.command("show")(show)
    app.add_typer(group, name="contacts")


def show(
    email: Annotated[str, typer.Argument(help="E-mail address of the contact.")],
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show whether a person may be written to, their sequences, and every touch by anyone."""
    from outrider.app.views import contacts as view

    async def work(outrider: Outrider) -> dict[str, Any]:
        async with outrider.begin()() as tx:
            return await view.one(tx, email)

    found = run(work, seal=False)
    if json_:
        as_json(found)
        return
    role = f", {found['title']}" if found["title"] else ""
    say(f"{found['name'] or found['email']}{role}, {found['company']} ({found['status']})")
    say(f"May be written to: {'yes' if found['may_write'] else 'no, ' + found['why_not']}.")
    for one in found["sequences"]:
        say(f"  {one['campaign']}: {_standing(one)}")
    if not found["sequences"]:
        say("  In no sequence.")
    for one in found["touches"]:
        way = "from them" if one["direction"] == "in" else "from us"
        say(f"  {minute(one['at'])} {one['channel']} {way}")


def _standing(one: dict[str, Any]) -> str:
    if one["stop_reason"]:
        return f"{one['status']}, {str(one['stop_reason']).replace('_', ' ')}"
    if one["due_at"] is None:
        return str(one["status"])
    mailbox = f", from {one['mailbox']}" if one["mailbox"] else ""
    step = f"step {one['next_step']} by {one['next_channel']}"
    return f"{one['status']}, {step} due {minute(one['due_at'])}{mailbox}"
