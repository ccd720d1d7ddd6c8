"""`outrider drafts variants` and `choose`: other mails for one draft.

In: arguments. Out: tables, JSON. Never: a choice without a person.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from outrider.app.cli.output import as_json, note, progress, prose, results, say
from outrider.app.cli.session import run
from outrider.app.jobs import slack_posts
from outrider.app.jobs.vary import vary
from outrider.app.views.writing import variant_json
from outrider.app.wiring import Outrider, local_person, person_actor
from outrider.drafts import read
from outrider.drafts import vary as varying

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
As = Annotated[str | None, typer.Option("--as", help="E-mail address of the person who decides.")]
Ref = Annotated[str, typer.Argument(help="Number or id of the draft.")]


def add_to(group: typer.Typer) -> None:
    """Add the commands to `outrider drafts`."""
    group.command("variants", epilog="Example: outrider drafts variants 4 --count 2")(variants)
    group.command("choose", epilog="Example: outrider drafts choose 4 --variant 2")(choose)


def variants(
    ref: Ref,
    count: Annotated[
        int,
        typer.Option(min=0, max=varying.MOST_VARIANTS, help="How many new ones; 0 only shows."),
    ] = 2,
    json_: Json = False,
) -> None:
    """Have other mails written for a pending draft, each from another angle."""

    async def work(outrider: Outrider) -> tuple[int, int, list[dict[str, Any]]]:
        async with outrider.begin()() as tx:
            draft = await read.find(tx, ref)
        with progress("writing variants", quiet=json_) as bar:
            made = await vary(outrider, draft.id, count, lambda done: bar(done, count))
        async with outrider.begin()() as tx:
            known = await varying.listing(tx, draft.id)
        return draft.number, len(made), [variant_json(item) for item in known]

    number, new, found = run(work, seal=count > 0)
    if json_:
        as_json({"draft": number, "items": found})
        return
    for item in found:
        _print(item)
    if new < count:
        note(f"The writer had {new} of {count}: every other angle would repeat what is here.")
    if found:
        note(f"Next: outrider drafts choose {number} --variant {found[0]['number']}")


def choose(
    ref: Ref,
    variant: Annotated[int, typer.Option("--variant", min=1, help="Number of the variant.")],
    as_: As = None,
    json_: Json = False,
) -> None:
    """Put a variant in place of the draft; it is checked again and waits for its own approval."""

    async def work(outrider: Outrider) -> dict[str, Any]:
        member = await local_person(outrider, as_)
        async with outrider.begin(person_actor(member))() as tx:
            draft = await read.find(tx, ref)
            version = await varying.choose(tx, draft.id, member.person_id, variant)
            await slack_posts.refresh(outrider, tx, draft.lineage_id)
            return {
                "draft": version.number,
                "id": str(version.id),
                "replaces": draft.number,
                "version": version.version,
                "subject": version.content.subject,
                "content_hash": version.content_hash,
            }

    done = run(work)
    if json_:
        as_json(done)
        return
    say(
        f"Draft {done['replaces']} is superseded by draft {done['draft']}, which waits for approval."
    )
    note(f"Next: outrider drafts show {done['draft']}")


def _print(item: dict[str, Any]) -> None:
    blocked = sum(finding["severity"] == "block" for finding in item["findings"])
    checks = f"{blocked} blocking" if blocked else "no finding blocks it"
    chosen = " · chosen" if item["is_chosen"] else ""
    results.rule(f"[bold]Variant {item['number']}[/] · {checks}{chosen}", align="left")
    say(f"Angle    {item['angle'].replace('_', ' ')}, {item['words']} words")
    say(f"Subject  {item['subject']}\n")
    prose(item["body"].rstrip())
    for line in item["unmet"]:
        say(f"\nnote: {line}")
    say("")
