"""`outrider mailbox`, `send`, `read`, `trace`: mail that goes, comes, and is explained.

In: arguments. Out: tables, JSON. Never: a send of what nobody approved.
"""

from __future__ import annotations

import asyncio
import math
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from outrider.app.cli import preview
from outrider.app.cli.output import as_json, counted, listing, note, point, progress, say
from outrider.app.cli.pace import GapOption, HoursOption, PacingOption, RampOption, ZoneOption
from outrider.app.cli.session import run, seal_log
from outrider.app.cli.story import tell
from outrider.app.cli.who import As, whoever
from outrider.app.jobs.read_mail import read_mail
from outrider.app.jobs.send_mail import send_mail
from outrider.app.jobs.tell import traced
from outrider.app.views import outbox
from outrider.app.wiring import Outrider
from outrider.conversations.types import ReceiveReport
from outrider.drafts import handover
from outrider.drafts.review.allowed import time_left
from outrider.kernel.database.tx import Tx
from outrider.sending import mailboxes
from outrider.sending.pacing import forms
from outrider.sending.pacing.pace import set_pace
from outrider.sending.types import Mailbox, MailboxForm

ADD_EXAMPLE = (
    "Example: outrider mailbox add sales@try-brand.example --name 'Ann Reed'"
    " --postal-address '12 Main Street, Boston MA 02110' --booking-link https://cal.example/ann"
    " --smtp mail.example:587"
)
TRACE_EXAMPLE = (
    "Example: outrider trace '<01a1…@try-brand.example>' (send prints it; so does the mail)"
)

LONGEST_WAIT = timedelta(minutes=2)
"""A command waits no longer for approvals that can be taken back; the next one sends them."""

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Addresses that mail is sent from.", no_args_is_help=True)
    group.command("add", epilog=ADD_EXAMPLE)(add)
    group.command("list")(list_)
    app.add_typer(group, name="mailbox")
    app.command("send", epilog="Example: outrider send --limit 20")(send)
    app.command("read", epilog="Example: outrider read --maildir ~/Maildir")(read)
    app.command("trace", epilog=TRACE_EXAMPLE)(trace)


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
    smtp_user: Annotated[str | None, typer.Option(help="Login at the SMTP server.")] = None,
    smtp_password_file: Annotated[
        str | None,
        typer.Option(help="File with the password, by its name in the keys folder of the home."),
    ] = None,
    signature: Annotated[str, typer.Option(help="Lines under the name, such as a title.")] = "",
    daily_cap: Annotated[int, typer.Option(help="Mails a day at most.")] = 40,
    dkim_selector: Annotated[str | None, typer.Option(help="DKIM selector, such as o1.")] = None,
    dkim_key_file: Annotated[
        str | None, typer.Option(help="PEM file of the RSA key, by its name in the keys folder.")
    ] = None,
    pacing: PacingOption = None,
    ramp: RampOption = None,
    gap: GapOption = None,
    hours: HoursOption = None,
    zone: ZoneOption = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Change the mailbox that is there.")
    ] = False,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Add a mailbox."""
    form = MailboxForm(
        address=address,
        name=name,
        postal_address=postal_address,
        booking_link=booking_link,
        smtp=smtp,
        smtp_user=smtp_user,
        smtp_password_file=smtp_password_file,
        signature=signature,
        daily_cap=daily_cap,
        dkim_selector=dkim_selector,
        dkim_key_file=dkim_key_file,
    )
    words = forms.Words(pacing, ramp, gap, hours, zone)

    async def work(outrider: Outrider) -> tuple[Mailbox, Path]:
        async with outrider.begin(await whoever(outrider, as_))() as tx:
            return await _added(tx, form, words, replace=replace), outrider.outbox_folder

    mailbox, folder = run(work)
    if json_:
        as_json(mailbox.model_dump(mode="json"))
    else:
        _say_added(mailbox, folder)


async def _added(tx: Tx, form: MailboxForm, words: forms.Words, *, replace: bool) -> Mailbox:
    """The mailbox with its pace: what was said, else what it had, else what is usual."""
    there = {one.address: one for one in await mailboxes.listing(tx)}
    mailbox = await mailboxes.add(tx, form, replace=replace)
    pace = forms.parse(words, tx.now.date(), forms.before(mailbox, there.get(mailbox.address)))
    return mailbox if pace == mailbox.pacing else await set_pace(tx, mailbox, pace)


def _say_added(mailbox: Mailbox, folder: Path) -> None:
    say(
        f"Mailbox {mailbox.address} is ready: {mailbox.name}, at most {mailbox.daily_cap} mails a day."
    )
    if mailbox.smtp_host:
        say(f"Approved mail leaves through {mailbox.smtp_host}:{mailbox.smtp_port}.")
    else:
        say(f"Approved mail goes to the Maildir {folder}; nothing leaves this machine.")
    if mailbox.pacing:
        say(forms.sentence(mailbox.pacing))


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
        empty="No mailbox yet: outrider mailbox add --help shows an example.",
    )


def send(
    limit: Annotated[int, typer.Option(min=1, help="Mails at most.")] = 1000,
    now: Annotated[
        bool, typer.Option("--now", help="Do not wait until approvals can no longer be taken back.")
    ] = False,
    preview_: Annotated[
        bool, typer.Option("--preview", help="Show when everything would leave; send nothing.")
    ] = False,
    pending: Annotated[
        bool, typer.Option("--pending", help="With --preview: drafts that nobody decided on, too.")
    ] = False,
    json_: Json = False,
) -> None:
    """Send what is approved and due.

    Every mail is checked once more just before it goes. An approval can be taken back for a while;
    the mail waits for that.
    """
    if preview_ or pending:
        preview.show(pending=pending, json_=json_)
        return

    async def work(outrider: Outrider) -> tuple[dict[str, Any], Path]:
        if not now:
            await wait_for_undo(outrider, quiet=json_)
        with progress("Sending", quiet=json_) as bar:
            report = await send_mail(outrider, limit, bar, now=now)
        async with outrider.begin()() as tx:
            return {
                "queued": report.queued,
                "halted_by": report.halted_by,
                "sent": await outbox.addressed(tx, report.sent),
                "waiting": await outbox.addressed(tx, report.waiting),
                "stopped": await outbox.addressed(tx, report.stopped),
            }, outrider.outbox_folder

    report, folder = run(work)
    if json_:
        as_json(report)
    else:
        _print_sent(report, folder)


async def wait_for_undo(outrider: Outrider, *, quiet: bool) -> None:
    """Say which approvals can still be taken back, and wait for those whose time ends soon."""
    async with outrider.begin()() as tx:
        drafts, now = await handover.held(tx), tx.now
    ends = [(draft, draft.released_at) for draft in drafts if draft.released_at]
    for draft, end in [] if quiet else ends:
        note(
            f"Draft {draft.number} can be taken back for {time_left(end, now)}: "
            f"outrider drafts undo {draft.number}"
        )
    soon = [end for _, end in ends if end - now <= LONGEST_WAIT]
    if not quiet and len(soon) < len(ends):
        note(
            f"What can be taken back for longer than {LONGEST_WAIT.seconds} s leaves another time."
        )
    if not soon:
        return
    whole = math.ceil((max(soon) - now).total_seconds())
    with progress("Waiting, nothing has left yet", quiet=quiet) as bar:
        while (left := (max(soon) - outrider.clock.now()).total_seconds()) > 0:
            bar(whole - math.ceil(left), whole)
            await asyncio.sleep(min(left, 1))


def _print_sent(report: dict[str, Any], folder: Path) -> None:
    sent, waiting, stopped = report["sent"], report["waiting"], report["stopped"]
    for mail in (*sent, *waiting, *stopped):
        status = "waiting" if mail in waiting else mail["status"]
        say(f"{status:<9} {mail['contact']}, {mail['account']}")
        say(f"          {mail['message_id']}")
        if mail["reason"]:
            say(f"          {mail['reason']}")
    if report["halted_by"]:
        point(f"Nothing leaves: {report['halted_by']}")
    say(f"{len(sent)} sent, {len(waiting)} waiting, {len(stopped)} stopped.")
    if any(mail["provider_answer"] and mail["provider_answer"].startswith("new/") for mail in sent):
        note(f"The Maildir is {folder}")
    if sent:
        note("Why this mail?")
        note(f"  outrider trace '{sent[0]['message_id']}'")
    later = report["queued"] - len(sent) - len(waiting) - len(stopped)
    if later > 0 and not report["halted_by"]:
        note(
            f"{counted(later, 'mail')} will leave later, each at its time: outrider send --preview"
        )
    elif not (sent or waiting or stopped or report["halted_by"]):
        note("Nothing is approved and due: outrider drafts list, outrider send --preview")


def read(
    maildir: Annotated[
        Path,
        typer.Option(
            help="A Maildir of received mail; an mbox, a folder of .eml or one .eml works too."
        ),
    ],
    json_: Json = False,
) -> None:
    """Read replies: stop sequences, honour opt-outs.

    Each is attributed to the mail it answers. What is read here is not changed.
    """

    async def work(outrider: Outrider) -> tuple[ReceiveReport, list[dict[str, object]]]:
        with progress("Reading replies", quiet=json_) as bar:
            return await read_mail(outrider, maildir, bar)

    report, turns = run(work)
    if json_:
        as_json({"items": turns, **report.model_dump(mode="json")})
        return
    for turn in turns:
        whose = f", {turn['account']}" if turn["account"] else ""
        say(f"{turn['kind']:<11} {turn['from']}{whose}: {turn['effect']}")
    say(f"{report.new} new, {report.known} known already, {report.unattributed} of unknown origin.")
    if report.halted_by:
        point(f"Sending is halted: {report.halted_by}")


def trace(
    message_id: Annotated[str, typer.Argument(help="Message-ID of a mail that was sent.")],
    json_: Json = False,
) -> None:
    """Tell everything that led to one mail, with proof.

    The proof shows that the log of it was not changed.
    """

    async def work(outrider: Outrider) -> dict[str, Any]:
        await seal_log(outrider)
        return await traced(outrider, message_id)

    story = run(work, seal=False)
    if json_:
        as_json(story)
    else:
        tell(story)
