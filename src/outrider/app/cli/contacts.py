"""`outrider contacts`: one person: may we write to them, where are they in which sequence.

In: an address. Out: lines, JSON. Never: a change but a colleague's touch, a phone number.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from outrider.app.cli.output import as_json, minute, say
from outrider.app.cli.session import run
from outrider.app.cli.who import As, whoever
from outrider.app.wiring import Outrider
from outrider.kernel.errors import InvalidInput, NotFound

EXAMPLE = "Example: outrider contacts touched dana@acme.example --by meeting --at 2026-03-02T14:30"


class Way(StrEnum):
    """How a colleague reached somebody."""

    CALL = "call"
    MEETING = "meeting"
    MAIL = "mail"
    MESSAGE = "message"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="One person: may we write, and what was.", no_args_is_help=True)
    group.command("show")(show)
    group.command("touched", epilog=EXAMPLE)(touched)
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


def touched(
    email: Annotated[str, typer.Argument(help="E-mail address of the contact.")],
    by: Annotated[Way, typer.Option(help="How a colleague reached them.")] = Way.CALL,
    at: Annotated[
        str | None, typer.Option(help="When, in UTC, such as 2026-03-02T14:30; default: now.")
    ] = None,
    as_: As = None,
) -> None:
    """Note that a colleague was in touch with a person: no mail leaves to them for a while."""
    from outrider.prospects import read as prospects
    from outrider.prospects import touch

    when = _instant(at)

    async def work(outrider: Outrider) -> bool:
        async with outrider.begin(await whoever(outrider, as_))() as tx:
            contact = await prospects.contact_by_email(tx, email)
            if contact is None:
                raise NotFound(f"There is no contact {email[:80]}: import it first.")
            return await touch.by_colleague(tx, contact, when or tx.now, str(by))

    is_new = run(work)
    say("Noted: Outrider keeps quiet for a while." if is_new else "That was noted before.")


def _instant(at: str | None) -> datetime | None:
    try:
        found = None if at is None else datetime.fromisoformat(at)
    except ValueError:
        raise InvalidInput(f"--at is {at!r}: give a time such as 2026-03-02T14:30.") from None
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)


def _standing(one: dict[str, Any]) -> str:
    if one["stop_reason"]:
        return f"{one['status']}, {str(one['stop_reason']).replace('_', ' ')}"
    if one["due_at"] is None:
        return str(one["status"])
    mailbox = f", from {one['mailbox']}" if one["mailbox"] else ""
    step = f"step {one['next_step']} by {one['next_channel']}"
    return f"{one['status']}, {step} due {minute(one['due_at'])}{mailbox}"
