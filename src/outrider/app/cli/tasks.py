"""`outrider tasks`: steps by LinkedIn, phone and text message, which a person does or releases.

In: arguments. Out: tables, JSON. Never: a text message without consent and approval.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from outrider.app.cli.output import as_json, counted, listing, minute, note, point, prose, say
from outrider.app.cli.session import run
from outrider.app.cli.who import As
from outrider.app.wiring import Outrider, local_person, person_actor
from outrider.kernel.errors import NotFound

SEND_HELP = (
    "The keys folder holds twilio.json: account_sid, auth_token (or api_key and api_secret), and"
    " messaging_service_sid (or from). For answers, give Twilio PUBLIC_ADDRESS/api/texts/twilio as"
    " the webhook of incoming messages, and auth_token in any case: it signs them."
)

Number = Annotated[int, typer.Argument(min=1, help="Number of the task.")]
Note = Annotated[str, typer.Option("--note", help="What came of it, for the record.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="LinkedIn, call and SMS steps to do or release.", no_args_is_help=True)
    group.command("list")(list_)
    group.command("show")(show)
    group.command("done")(done)
    group.command("skip")(skip)
    group.command("approve")(approve)
    group.command("send", epilog=SEND_HELP)(send)
    group.command("lost")(lost)
    group.command("consent")(consent)
    app.add_typer(group, name="tasks")


def list_(
    everything: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    json_: Json = False,
) -> None:
    """Open what is due, then list the tasks with something to do."""
    from outrider.app.views import sequences as view
    from outrider.campaigns import tasks

    async def work(outrider: Outrider) -> tuple[list[dict[str, Any]], list[str]]:
        async with outrider.begin()() as tx:
            opened = await tasks.open_due(tx)
            await tasks.tell_missed(tx)
            reasons = [wait.reason for _, wait in opened.waiting]
            return await view.task_list(tx, everything=everything), reasons

    found, waiting = run(work)
    rows = [
        {
            "number": one["number"],
            "channel": one["channel"],
            "contact": one["contact"],
            "due": minute(str(one["due_at"])),
            "status": f"{one['status']}, missed" if one["missed_at"] else one["status"],
            "text": str(one["text"])[:60],
        }
        for one in found
    ]
    listing(
        found if json_ else rows,
        {
            "number": "task",
            "channel": "by",
            "contact": "person",
            "due": "due (UTC)",
            "status": "status",
            "text": "what to do",
        },
        json_=json_,
        empty="No task: steps by linkedin, call or sms become tasks when they are due.",
    )
    if waiting and not json_:
        note(f"{counted(len(waiting), 'step')} due and waiting: {waiting[0]}.")


def show(number: Number, json_: Json = False) -> None:
    """Show a task in full."""
    from outrider.app.views import sequences as view
    from outrider.campaigns import tasks
    from outrider.campaigns.task_types import OutreachTask

    async def work(outrider: Outrider) -> OutreachTask:
        async with outrider.begin()() as tx:
            return await tasks.find(tx, number)

    task = run(work, seal=False)
    if json_:
        as_json(view.task_json(task))
        return
    reason = f": {task.reason}" if task.reason else ""
    say(f"Task {task.number}, by {task.channel}, {task.status}{reason}")
    prose(task.text)


def done(number: Number, note_: Note = "", as_: As = None) -> None:
    """Say that it was done (or, of an unknown text message, that it arrived)."""
    from outrider.campaigns import tasks

    async def work(outrider: Outrider) -> None:
        member = await local_person(outrider, as_)
        async with outrider.begin(person_actor(member))() as tx:
            await tasks.done(tx, number, note_)

    run(work)
    say(f"Task {number} is done, and its sequence goes on.")


def skip(number: Number, note_: Note = "", as_: As = None) -> None:
    """Pass a task over; its sequence goes on without it."""
    from outrider.campaigns import tasks

    async def work(outrider: Outrider) -> None:
        member = await local_person(outrider, as_)
        async with outrider.begin(person_actor(member))() as tx:
            await tasks.skip(tx, number, note_)

    run(work)
    say(f"Task {number} is skipped, and its sequence goes on.")


def approve(number: Number, as_: As = None) -> None:
    """Release the words of a text message to its number."""
    from outrider.campaigns import sms
    from outrider.campaigns.task_types import OutreachTask

    async def work(outrider: Outrider) -> OutreachTask:
        member = await local_person(outrider, as_)
        async with outrider.begin(person_actor(member))() as tx:
            return await sms.approve(tx, number, member.person_id)

    task = run(work)
    say(f"Task {number} is approved, {counted(len(task.text), 'character')}:")
    prose(task.text)
    note("Next: outrider tasks send")


def send(json_: Json = False) -> None:
    """Send the text messages that are approved, through Twilio."""
    from outrider.app.jobs.texts import send_texts

    report = run(send_texts)
    if json_:
        as_json(
            {
                "sent": report.sent,
                "failed": report.failed,
                "unknown": report.unknown,
                "put_off": report.put_off,
                "waiting": dict(report.waiting),
                "trouble": report.trouble,
            }
        )
        return
    say(
        f"{counted(report.sent, 'text message')} sent, {report.failed} failed, "
        f"{report.unknown} unknown, {report.put_off} put off."
    )
    for number, reason in report.waiting:
        note(f"Task {number} waits: {reason}.")
    if report.trouble:
        note(f"The rest was not tried: {report.trouble}")
    if report.unknown:
        point(
            "Look up the unknown ones at Twilio: outrider tasks done N, or outrider tasks lost N."
        )


def lost(number: Number, as_: As = None) -> None:
    """Say of an unknown text message that it did not arrive; it may be approved again."""
    from outrider.campaigns import sms

    async def work(outrider: Outrider) -> None:
        member = await local_person(outrider, as_)
        async with outrider.begin(person_actor(member))() as tx:
            await sms.lost(tx, number)

    run(work)
    say(f"Task {number} did not arrive: approve it again, or skip it.")


def consent(
    email: Annotated[str, typer.Argument(help="E-mail address of the contact.")],
    source: Annotated[str, typer.Option(help="Where and when the person agreed, or withdrew.")],
    no: Annotated[bool, typer.Option("--no", help="The person wants no text messages.")] = False,
    as_: As = None,
) -> None:
    """Note that a person agreed to text messages, or does not any more."""
    from outrider.campaigns import sms
    from outrider.prospects import read as prospects

    async def work(outrider: Outrider) -> None:
        member = await local_person(outrider, as_)
        async with outrider.begin(person_actor(member))() as tx:
            contact = await prospects.contact_by_email(tx, email)
            if contact is None:
                raise NotFound(f"There is no contact {email}: import it first.")
            if no:
                await sms.withdraw(tx, contact.id, source)
            else:
                await sms.agree(tx, contact.id, source)

    run(work)
    say(f"{email} {'gets no text messages' if no else 'agreed to text messages'}.")
