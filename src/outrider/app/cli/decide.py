"""`outrider drafts`: list, show, approve, edit, reject.

In: arguments. Out: tables, JSON. Never: a decision without a person, or of a text not stored.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import click
import typer

from outrider.app.cli import agreement, reviewing, variants
from outrider.app.cli.draft_page import print_draft, verdict
from outrider.app.cli.output import as_json, listing, note, say
from outrider.app.cli.reviewing import (
    Group,
    approve_alike,
    reader,
    reviewed,
    shown,
    told_of_approval,
)
from outrider.app.cli.session import run
from outrider.app.jobs import rewrite as rewriting
from outrider.app.jobs import slack_posts
from outrider.app.views import drafts as view
from outrider.app.wiring import Outrider, local_person, person_actor
from outrider.campaigns import create as campaigns
from outrider.drafts import decide, read
from outrider.drafts.review.look import look
from outrider.drafts.types import DraftStatus, RejectCategory
from outrider.kernel.errors import InvalidInput

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
As = Annotated[str | None, typer.Option("--as", help="E-mail address of the person who decides.")]
Ref = Annotated[str, typer.Argument(help="Number or id of the draft.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Look at drafts and decide: show, approve, edit, reject.", no_args_is_help=True
    )
    group.command("list")(list_)
    group.command("show")(show)
    group.command("approve", epilog="Example: outrider drafts approve 4 7 9")(approve)
    group.command("edit", epilog="Example: outrider drafts edit 4 --subject 'Leases at Ace'")(edit)
    group.command("reject", epilog="Example: outrider drafts reject 4 --note 'shorter'")(reject)
    reviewing.add_to(group)
    variants.add_to(group)
    agreement.add_to(group)
    app.add_typer(group, name="drafts")


def list_(
    status: Annotated[
        str,
        typer.Option(help=f"{', '.join(DraftStatus)}, all."),
    ] = "pending",
    campaign: Annotated[str | None, typer.Option(help="Only this campaign.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many.")] = 200,
    snoozed: Annotated[
        bool, typer.Option("--snoozed", help="Show those that were put aside as well.")
    ] = False,
    json_: Json = False,
) -> None:
    """List the drafts that wait for a person."""
    if status not in (*DraftStatus, "all"):
        raise InvalidInput(
            f"--status {status!r} is no state of a draft; choose one of {', '.join(DraftStatus)}, all."
        )
    wanted = None if status == "all" else status

    async def work(outrider: Outrider) -> list[dict[str, Any]]:
        async with outrider.begin()() as tx:
            if campaign:
                await campaigns.find(tx, campaign)
            return await view.listing(
                tx,
                status=wanted,
                campaign=campaign,
                limit=limit,
                snoozed=snoozed or wanted is None,
            )

    found = run(work, seal=False)
    rows = found if json_ else [_row(draft) for draft in found]
    listing(
        rows,
        {
            "number": "draft",
            **({} if wanted else {"status": "status"}),
            "step": "step",
            "account": "account",
            "person": "to",
            "subject": "subject",
            "checks": "checks",
        },
        json_=json_,
        empty=f"No {wanted or 'such'} drafts: outrider run sdr --campaign NAME writes some.",
    )
    if found and wanted == "pending" and not json_:
        number = found[0]["number"]
        note(f"Next: outrider drafts show {number}, then approve, edit or reject {number}")


def _row(draft: dict[str, Any]) -> dict[str, Any]:
    return {**draft, "checks": verdict(draft), "person": draft["contact"].partition(" <")[0]}


def show(ref: Ref, as_: As = None, json_: Json = False) -> None:
    """Show one draft: the mail, why, from where, and what the checks say."""

    async def work(outrider: Outrider) -> dict[str, Any]:
        member = await reader(outrider, as_)
        async with outrider.begin()() as tx:
            draft = await read.find(tx, ref)
            if member is not None:
                await look(tx, draft.id, member.person_id, "cli")
            return await shown(tx, draft.id, member)

    draft = run(work, seal=False)
    if json_:
        as_json(draft)
    else:
        print_draft(draft)


def approve(
    refs: Annotated[list[str] | None, typer.Argument(help="Numbers or ids of the drafts.")] = None,
    hash_: Annotated[
        str | None, typer.Option("--hash", help="Approve only if the content still has this hash.")
    ] = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Approve drafts alike together, after samples.")
    ] = False,
    campaign: Annotated[str | None, typer.Option(help="With --all: of this campaign.")] = None,
    step: Annotated[int | None, typer.Option(min=1, help="With --all: only this step.")] = None,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Approve exactly this content; any later change needs a new approval."""
    if all_:
        if refs or hash_ or json_ or not campaign:
            raise InvalidInput(
                "--all goes with --campaign, and not with numbers, --hash or --json."
            )
        approve_alike(Group(campaign, step), as_, print_draft)
        return
    if not refs or campaign or step:
        raise InvalidInput("Give the numbers of drafts, or --all with --campaign.")
    if hash_ and len(refs) > 1:
        raise InvalidInput("--hash goes with one draft; approve several without it.")

    async def work(outrider: Outrider) -> list[dict[str, Any]]:
        member = await local_person(outrider, as_)
        begin = outrider.begin(person_actor(member))
        done = []
        # A number that is mistyped stops all of them before the first is approved.
        async with begin() as tx:
            drafts = [await read.find(tx, ref) for ref in refs]
        await reviewed(outrider, drafts)
        for draft in drafts:
            async with begin() as tx:
                decided = await decide.approve(tx, draft.id, member.person_id, expected_hash=hash_)
                await slack_posts.refresh(outrider, tx, draft.lineage_id)
                done.append(await shown(tx, draft.id, member))
            if not json_:
                say(told_of_approval(decided, member, outrider.clock.now()))
        return done

    done = run(work)
    if json_:
        as_json({"items": done})
    elif any(draft["status"] == DraftStatus.APPROVED for draft in done):
        note("Nothing has left yet. Next: outrider send")


def edit(
    ref: Ref,
    subject: Annotated[str | None, typer.Option(help="The new subject.")] = None,
    body: Annotated[
        str | None, typer.Option(help="The new body, without signature and footer.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="Read the new body from this file; - is standard input.")
    ] = None,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Change a draft: a new version is checked and waits for its own approval.

    Without --subject, --body or --file your editor opens with the subject in the first line.
    """
    text = _text(body, file)

    async def work(outrider: Outrider) -> dict[str, Any]:
        member = await local_person(outrider, as_)
        begin = outrider.begin(person_actor(member))
        async with begin() as tx:
            draft = await read.find(tx, ref)
        new_subject, new_body = subject, text
        if subject is None and text is None:
            new_subject, new_body = _in_editor(draft.content.subject, draft.body)
        async with begin() as tx:
            new = await decide.edit(
                tx, draft.id, member.person_id, subject=new_subject, body=new_body
            )
            await slack_posts.refresh(outrider, tx, draft.lineage_id)
            return await shown(tx, new.id, member)

    draft = run(work)
    if json_:
        as_json(draft)
        return
    if draft["was_test"]:
        say(draft["note"])
        return
    say(
        f"Draft {draft['replaces']} is superseded by draft {draft['number']}, which waits for approval."
    )
    print_draft(draft)


def _text(body: str | None, file: Path | None) -> str | None:
    if body is not None and file is not None:
        raise InvalidInput("Give the new body with --body or with --file, not with both.")
    if file is None:
        return body
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InvalidInput(f"--file {file} is not UTF-8 text: save it as UTF-8.") from None
    except OSError as error:
        raise InvalidInput(
            f"--file {file} cannot be read ({error.strerror}): give the path of a text file."
        ) from None


def _in_editor(subject: str, body: str) -> tuple[str, str]:
    if not sys.stdin.isatty():
        raise InvalidInput("There is no terminal for an editor: give --subject, --body or --file.")
    try:
        edited = click.edit(f"{subject}\n\n{body}\n", extension=".txt")
    except click.ClickException as error:
        raise InvalidInput(
            f"The editor failed ({error.message}): set EDITOR to one that is installed, or give "
            "--subject, --body or --file."
        ) from None
    if edited is None:
        raise InvalidInput("The editor was left without a change; the draft is as it was.")
    first, _, rest = edited.partition("\n")
    return first.strip(), rest.strip("\n")


def reject(
    ref: Ref,
    note_: Annotated[str, typer.Option("--note", help="What should be otherwise, in your words.")],
    category: Annotated[
        str | None, typer.Option(help=f"What it is about: {', '.join(RejectCategory)}.")
    ] = None,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Reject a draft with a note; a new version that follows the note takes its place."""

    async def work(outrider: Outrider) -> dict[str, Any]:
        member = await local_person(outrider, as_)
        begin = outrider.begin(person_actor(member))
        async with begin() as tx:
            draft = await read.find(tx, ref)
            decided = await decide.reject(tx, draft.id, member.person_id, note_, category)
            await slack_posts.refresh(outrider, tx, draft.lineage_id)
            if decided.is_seed:
                return await shown(tx, draft.id, member)
        new = await rewriting.rewrite(outrider, draft.id)
        async with begin() as tx:
            return await shown(tx, new.id, member)

    draft = run(work)
    if json_:
        as_json(draft)
        return
    if draft["was_test"]:
        say(draft["note"])
        return
    say(
        f"Draft {draft['replaces']} rejected. Version {draft['version']} is draft {draft['number']}."
    )
    print_draft(draft)
