"""`outrider drafts`: list, show, approve, edit, reject.

In: arguments. Out: tables, JSON. Never: a decision without a person, or of a text not stored.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import click
import typer

from outrider.app.cli.output import as_json, author, listing, note, prose, results, say
from outrider.app.cli.session import run
from outrider.app.jobs import rewrite as rewriting
from outrider.app.jobs import slack_posts
from outrider.app.views import drafts as view
from outrider.app.wiring import Outrider, local_person, person_actor
from outrider.campaigns import create as campaigns
from outrider.drafts import decide, read
from outrider.drafts.types import DraftStatus
from outrider.kernel.errors import InvalidInput, NotFound

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
    app.add_typer(group, name="drafts")


def list_(
    status: Annotated[
        str,
        typer.Option(help="pending, approved, queued, sent, rejected, superseded, withdrawn, all."),
    ] = "pending",
    campaign: Annotated[str | None, typer.Option(help="Only this campaign.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 200,
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
            return await view.listing(tx, status=wanted, campaign=campaign, limit=limit)

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


def verdict(draft: dict[str, Any]) -> str:
    """What the checks say of a draft, in two or three words."""
    severities = [finding["severity"] for finding in draft["findings"]]
    if "block" in severities:
        return f"{severities.count('block')} blocking"
    return f"{severities.count('warn')} to look at" if "warn" in severities else "all green"


def show(ref: Ref, json_: Json = False) -> None:
    """Show one draft: the mail, why, from where, and what the checks say."""

    async def work(outrider: Outrider) -> dict[str, Any]:
        async with outrider.begin()() as tx:
            draft = await read.find(tx, ref)
            return await _shown(tx, draft.id)

    draft = run(work, seal=False)
    if json_:
        as_json(draft)
    else:
        print_draft(draft)


async def _shown(tx: Any, draft_id: object) -> dict[str, Any]:
    found = await view.one(tx, draft_id)
    if found is None:
        raise NotFound
    return found


def approve(
    refs: Annotated[list[str], typer.Argument(help="Numbers or ids of the drafts.")],
    hash_: Annotated[
        str | None, typer.Option("--hash", help="Approve only if the content still has this hash.")
    ] = None,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Approve exactly this content; any later change needs a new approval."""
    if hash_ and len(refs) > 1:
        raise InvalidInput("--hash goes with one draft; approve several without it.")

    async def work(outrider: Outrider) -> list[dict[str, Any]]:
        member = await local_person(outrider, as_)
        begin = outrider.begin(person_actor(member))
        done = []
        # A number that is mistyped stops all of them before the first is approved.
        async with begin() as tx:
            drafts = [await read.find(tx, ref) for ref in refs]
        for draft in drafts:
            async with begin() as tx:
                await decide.approve(tx, draft.id, member.person_id, expected_hash=hash_)
                await slack_posts.refresh(outrider, tx, draft.lineage_id)
                done.append(await _shown(tx, draft.id))
            if not json_:
                say(
                    f"Draft {draft.number} approved by {member.name}, hash {draft.content_hash[:12]}."
                )
        return done

    done = run(work)
    if json_:
        as_json({"items": done})
    else:
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
            return await _shown(tx, new.id)

    draft = run(work)
    if json_:
        as_json(draft)
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
    as_: As = None,
    json_: Json = False,
) -> None:
    """Reject a draft with a note; a new version that follows the note takes its place."""

    async def work(outrider: Outrider) -> dict[str, Any]:
        member = await local_person(outrider, as_)
        begin = outrider.begin(person_actor(member))
        async with begin() as tx:
            draft = await read.find(tx, ref)
            await decide.reject(tx, draft.id, member.person_id, note_)
            await slack_posts.refresh(outrider, tx, draft.lineage_id)
        new = await rewriting.rewrite(outrider, draft.id)
        async with begin() as tx:
            return await _shown(tx, new.id)

    draft = run(work)
    if json_:
        as_json(draft)
        return
    say(
        f"Draft {draft['replaces']} rejected. Version {draft['version']} is draft {draft['number']}."
    )
    print_draft(draft)


def print_draft(draft: dict[str, Any]) -> None:
    """One draft, as a reviewer reads it: verdict first, then the mail, then why."""
    results.rule(
        f"[bold]Draft {draft['number']}[/] · {draft['status']} · {verdict(draft)}", align="left"
    )
    say(
        f"To       {draft['contact']}, {draft['contact_title'] or 'title unknown'}, {draft['account']}"
    )
    say(
        f"From     {draft['sender']} (step {draft['step']}, version {draft['version']}, {author(draft)})"
    )
    say(f"Subject  {draft['subject']}\n")
    prose(draft["text"].rstrip())
    _print_reasons(draft)
    say(f"\nHash     {draft['content_hash']}")


def _print_reasons(draft: dict[str, Any]) -> None:
    """What the checks say, why it was written so, and from where."""
    for finding in draft["findings"]:
        mark = {"block": "BLOCK", "warn": "look", "note": "note"}[finding["severity"]]
        say(f"\n{mark}: {finding['message']} {finding['fix']}")
    if draft["reasoning"]:
        say("\nWhy")
    for reason in draft["reasoning"]:
        say(f"  - {reason}")
    if draft["sources"]:
        say("\nFrom")
    for number, source in enumerate(draft["sources"], start=1):
        say(f'  {number}. {source["label"]}: "{source["quote"]}"\n     {source["url"]}')
    if draft["note"]:
        say(f"\nNote     {draft['note']}")
