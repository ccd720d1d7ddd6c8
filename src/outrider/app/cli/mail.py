"""`outrider send`, `read`, `trace`: mail that goes, comes, and is explained.

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
from outrider.app.cli.output import as_json, counted, note, point, progress, say
from outrider.app.cli.session import run, seal_log
from outrider.app.cli.story import tell
from outrider.app.jobs.read_mail import read_mail
from outrider.app.jobs.send_mail import send_mail
from outrider.app.jobs.tell import traced
from outrider.app.views import outbox
from outrider.app.wiring import Outrider
from outrider.conversations.types import ReceiveReport
from outrider.drafts import handover
from outrider.drafts.review.allowed import time_left
from outrider.kernel.errors import SwitchedOff
from outrider.kernel.telemetry import get_logger

TRACE_EXAMPLE = (
    "Example: outrider trace '<01a1…@try-brand.example>' (send prints it; so does the mail)"
)

LONGEST_WAIT = timedelta(minutes=2)
"""A command waits no longer for approvals that can be taken back; the next one sends them."""

_log = get_logger("sending")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("send", epilog="Example: outrider send --limit 20")(send)
    app.command("read", epilog="Example: outrider read --maildir ~/Maildir")(read)
    app.command("trace", epilog=TRACE_EXAMPLE)(trace)


def send(
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="Mails at most.")] = 1000,
    now: Annotated[
        bool, typer.Option("--now", help="Do not wait until approvals can no longer be taken back.")
    ] = False,
    preview_: Annotated[
        bool, typer.Option("--preview", help="Show when everything would leave; send nothing.")
    ] = False,
    pending: Annotated[
        bool, typer.Option("--pending", help="With --preview: drafts that nobody decided on, too.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, max=64, help="Processes; without it, by mails, mailboxes and cores. 1 is usual."
        ),
    ] = None,
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
            report = await send_mail(outrider, limit, bar, now=now, workers=workers)
        async with outrider.begin()() as tx:
            return {
                "queued": report.queued,
                "halted_by": report.halted_by,
                "sent": await outbox.addressed(tx, report.sent),
                "waiting": await outbox.addressed(tx, report.waiting),
                "stopped": await outbox.addressed(tx, report.stopped),
            }, outrider.outbox_folder

    report, folder = run(work)
    if report["sent"] or report["stopped"]:
        _log.info("sent", count=len(report["sent"]), stopped=len(report["stopped"]))
    if json_:
        as_json(report)
    else:
        _print_sent(report, folder)
    if report["halted_by"]:
        raise typer.Exit(SwitchedOff.exit_code)


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
