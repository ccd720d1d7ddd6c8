"""`outrider mailbox`, `send`, `read`, `trace`: mail that goes, comes, and is explained.

In: arguments. Out: tables, JSON. Never: a send of what nobody approved.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from outrider.app.cli.output import as_json, listing, note, progress, say
from outrider.app.cli.session import run, seal_log
from outrider.app.cli.story import tell
from outrider.app.jobs.read_mail import read_mail
from outrider.app.jobs.send_mail import send_mail
from outrider.app.jobs.tell import traced
from outrider.app.wiring import Outrider, local_person, person_actor
from outrider.conversations.types import ReceiveReport
from outrider.sending import mailboxes
from outrider.sending.types import Mailbox, MailboxForm, SendReport

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Addresses that mail is sent from.", no_args_is_help=True)
    group.command("add")(add)
    group.command("list")(list_)
    app.add_typer(group, name="mailbox")
    app.command("send")(send)
    app.command("read")(read)
    app.command("trace")(trace)


def add(
    address: Annotated[str, typer.Argument(help="The address that mail is sent from.")],
    name: Annotated[str, typer.Option(help="The person who signs.")],
    postal_address: Annotated[
        str, typer.Option(help="Street and town; the law wants it in each mail.")
    ],
    booking_link: Annotated[str, typer.Option(help="https address where a meeting can be booked.")],
    smtp: Annotated[
        str | None,
        typer.Option(help="host:port. Without it mail goes to a Maildir and nothing leaves."),
    ] = None,
    signature: Annotated[str, typer.Option(help="Lines under the name, such as a title.")] = "",
    daily_cap: Annotated[int, typer.Option(help="Mails a day at most.")] = 40,
    dkim_selector: Annotated[str | None, typer.Option(help="DKIM selector, such as o1.")] = None,
    dkim_key_file: Annotated[
        str | None, typer.Option(help="PEM file of the RSA key, by its name in the keys folder.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Change the mailbox that is there.")
    ] = False,
    json_: Json = False,
) -> None:
    """Add a mailbox."""
    form = MailboxForm(
        address=address,
        name=name,
        postal_address=postal_address,
        booking_link=booking_link,
        smtp=smtp,
        signature=signature,
        daily_cap=daily_cap,
        dkim_selector=dkim_selector,
        dkim_key_file=dkim_key_file,
    )

    async def work(outrider: Outrider) -> tuple[Mailbox, Path]:
        member = await local_person(outrider, None)
        async with outrider.begin(person_actor(member))() as tx:
            return await mailboxes.add(tx, form, replace=replace), outrider.outbox_folder

    mailbox, folder = run(work)
    if json_:
        as_json(mailbox.model_dump(mode="json"))
        return
    say(
        f"Mailbox {mailbox.address} is ready: {mailbox.name}, at most {mailbox.daily_cap} mails a day."
    )
    if mailbox.smtp_host:
        say(f"Approved mail leaves through {mailbox.smtp_host}:{mailbox.smtp_port}.")
    else:
        say(f"Approved mail goes to the Maildir {folder}; nothing leaves this machine.")


def list_(json_: Json = False) -> None:
    """List the mailboxes."""

    async def work(outrider: Outrider) -> list[dict[str, Any]]:
        async with outrider.begin()() as tx:
            return [mailbox.model_dump(mode="json") for mailbox in await mailboxes.listing(tx)]

    listing(
        run(work, seal=False),
        {
            "address": "address",
            "name": "name",
            "transport": "by",
            "daily_cap": "a day",
            "status": "status",
        },
        json_=json_,
        empty="No mailbox yet: outrider mailbox add ADDRESS --name … --postal-address … --booking-link …",
    )


def send(
    limit: Annotated[int, typer.Option(min=1, help="Mails at most.")] = 1000, json_: Json = False
) -> None:
    """Send what is approved and due; every mail is checked once more just before it goes."""

    async def work(outrider: Outrider) -> tuple[SendReport, Path]:
        with progress("Sending", quiet=json_) as bar:
            return await send_mail(outrider, limit, bar), outrider.outbox_folder

    report, folder = run(work)
    if json_:
        as_json(
            {
                "queued": report.queued,
                "halted_by": report.halted_by,
                "sent": [item.model_dump(mode="json") for item in report.sent],
                "waiting": [item.model_dump(mode="json") for item in report.waiting],
                "stopped": [item.model_dump(mode="json") for item in report.stopped],
            }
        )
        return
    for item in report.sent:
        say(f"sent      {item.message_id}  {item.provider_answer or ''}".rstrip())
    for item in report.waiting:
        say(f"waiting   {item.message_id}  {item.reason}")
    for item in report.stopped:
        say(f"{item.status:<9} {item.message_id}  {item.reason}")
    if report.halted_by:
        note(f"Nothing leaves: {report.halted_by}")
    say(f"{len(report.sent)} sent, {len(report.waiting)} waiting, {len(report.stopped)} stopped.")
    if report.sent and folder.is_dir():
        note(f"The Maildir is {folder}. Where one came from: outrider trace MESSAGE-ID")


def read(
    maildir: Annotated[
        Path,
        typer.Option(
            help="A Maildir of received mail; an mbox, a folder of .eml or one .eml works too."
        ),
    ],
    json_: Json = False,
) -> None:
    """Read replies: attribute each, stop its sequence, honour an opt-out. The Maildir is not changed."""

    async def work(outrider: Outrider) -> tuple[ReceiveReport, list[dict[str, object]]]:
        with progress("Reading replies", quiet=json_) as bar:
            return await read_mail(outrider, maildir, bar)

    report, turns = run(work)
    if json_:
        as_json({"items": turns, **report.model_dump(mode="json")})
        return
    for turn in turns:
        say(f"{turn['kind']:<11} {turn['from']}  {turn['account'] or ''}: {turn['effect']}")
    say(f"{report.new} new, {report.known} known already, {report.unattributed} of unknown origin.")
    if report.halted_by:
        note(f"Sending is halted: {report.halted_by}")


def trace(
    message_id: Annotated[str, typer.Argument(help="Message-ID of a mail that was sent.")],
    json_: Json = False,
) -> None:
    """Tell everything that led to this mail, with the proof that the log was not changed."""

    async def work(outrider: Outrider) -> dict[str, Any]:
        await seal_log(outrider)
        return await traced(outrider, message_id)

    story = run(work, seal=False)
    if json_:
        as_json(story)
    else:
        tell(story)
