"""`outrider outbox`: what became of every mail, and a person's word on those that nobody knows of.

In: arguments. Out: tables, JSON. Never: a resend that nobody asked for.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from outrider.app.cli.output import as_json, listing, minute, point, say
from outrider.app.cli.session import run
from outrider.app.views import outbox as view
from outrider.app.wiring import Outrider, local_person, person_actor
from outrider.kernel.errors import InvalidInput, NotFound
from outrider.sending import reconcile
from outrider.sending.mail import id_in
from outrider.sending.types import OutboxId, OutboxItem, OutboxStatus

EXAMPLE = "Example: outrider outbox settle '<01a1…@try-brand.example>' --arrived"

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="What became of every mail.", no_args_is_help=True)
    group.command("list")(list_)
    group.command("settle", epilog=EXAMPLE)(settle)
    app.add_typer(group, name="outbox")


def list_(
    status: Annotated[
        str | None, typer.Option(help=", ".join(OutboxStatus) + "; default: all.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many.")] = 200,
    json_: Json = False,
) -> None:
    """List mails with their state, newest first."""
    if status is not None and status not in list(OutboxStatus):
        raise InvalidInput(
            f"--status {status!r} is no state of a mail; choose one of {', '.join(OutboxStatus)}."
        )

    async def work(outrider: Outrider) -> list[dict[str, Any]]:
        async with outrider.begin()() as tx:
            return await view.listing(tx, status=status, limit=limit)

    found = run(work, seal=False)
    listing(
        found if json_ else [{**mail, "sent_at": minute(mail["sent_at"])} for mail in found],
        {
            "status": "state",
            "account": "account",
            "contact": "contact",
            "draft": "draft",
            "sent_at": "sent (UTC)",
            "reason": "reason",
        },
        json_=json_,
        empty="No mail was queued yet: outrider send takes what is approved.",
    )
    for mail in [] if json_ else found:
        if mail["status"] == OutboxStatus.UNKNOWN:
            point(f"Draft {mail['draft']} waits for your word, --arrived, --resend or --give-up:")
            point(f"  outrider outbox settle '{mail['message_id']}'")


def settle(
    message_id: Annotated[str, typer.Argument(help="Message-ID of a mail whose state is unknown.")],
    arrived: Annotated[
        bool, typer.Option("--arrived", help="It arrived: count it as sent.")
    ] = False,
    resend: Annotated[
        bool, typer.Option("--resend", help="It surely did not arrive: send it after all checks.")
    ] = False,
    give_up: Annotated[
        bool, typer.Option("--give-up", help="Nobody can know: send nothing for this step.")
    ] = False,
    as_: Annotated[str | None, typer.Option("--as", help="E-mail address of the person.")] = None,
    json_: Json = False,
) -> None:
    """Say what became of a mail that was interrupted at the wire."""
    if arrived + resend + give_up != 1:
        raise InvalidInput("Say one of --arrived, --resend and --give-up.")
    outbox_id = id_in(f"<{message_id.strip().strip('<>')}>")
    if outbox_id is None:
        raise NotFound(f"{message_id!r} is no Message-ID of ours: see outrider outbox list.")
    word = None if give_up else arrived

    async def work(outrider: Outrider) -> OutboxItem:
        member = await local_person(outrider, as_)
        async with outrider.begin(person_actor(member))() as tx:
            return await reconcile.decide(tx, OutboxId(outbox_id), arrived=word)

    item = run(work)
    if json_:
        as_json(item.model_dump(mode="json"))
    else:
        say(f"{item.message_id} is {item.status} now.")
