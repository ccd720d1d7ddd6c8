"""`outrider privacy`: what is kept about one person, and its erasure.

In: an address. Out: a folder with everything, or a report of what is gone and what an erasure cannot
reach. Never: an erasure without a reason and a yes.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from outrider.app.cli.output import as_json, counted, note, progress, say
from outrider.app.cli.session import run
from outrider.app.cli.who import As, whoever
from outrider.app.jobs import privacy
from outrider.app.jobs.privacy import Erased
from outrider.app.wiring import Outrider
from outrider.kernel.errors import InvalidInput

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Email = Annotated[str, typer.Argument(help="The person's e-mail address.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="One person's data: hand it out, erase it.", no_args_is_help=True)
    group.command("export", epilog="Example: outrider privacy export ann@x.example ./ann")(export)
    group.command("erase", epilog="Example: outrider privacy erase ann@x.example --reason asked")(
        erase
    )
    group.command("forget")(forget)
    group.command("finish")(finish)
    group.command("replay")(replay)
    app.add_typer(group, name="privacy")


def export(
    email: Email,
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    as_: As = None,
    json_: Json = False,
) -> None:
    """Write all that is kept about a person: every row, and every mail as it was."""

    async def work(outrider: Outrider) -> dict[str, int]:
        actor = await whoever(outrider, as_)
        return await privacy.tell(outrider, email, folder, actor)

    counts = run(work)
    if json_:
        as_json(counts)
        return
    mails = counts.pop("mails")
    rows = counted(sum(counts.values()), "row")
    say(
        f"Wrote {rows} of {counted(len(counts), 'table')} and {counted(mails, 'mail')} to {folder}."
    )
    note("Besides this, the log holds ids and hashes of what was done: outrider audit search")


def erase(
    email: Email,
    reason: Annotated[str, typer.Option(help="Why, as the log shall keep it; no name.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Erase a person from every row and stored mail of this workspace. There is no way back."""
    if not reason.strip() or "@" in reason:
        raise InvalidInput(
            f"--reason is {reason!r}; say why in a few words, without an address: the log keeps it."
        )
    if not yes and not sys.stdin.isatty():
        raise InvalidInput("Nobody can be asked here, so nothing was erased: say --yes.")
    if not yes and not typer.confirm(f"Erase {email} for good?", err=True):
        raise InvalidInput("Nothing was erased.")

    async def work(outrider: Outrider) -> list[Erased]:
        actor = await whoever(outrider, as_)
        with progress("Erasing", quiet=json_):
            return await privacy.erase(outrider, email, reason.strip(), actor)

    _report(run(work), json_)


def forget(
    days: Annotated[int, typer.Option(min=1, help="Nothing happened with them for so long.")],
    as_: As = None,
    json_: Json = False,
) -> None:
    """Erase people with whom nothing has happened for some days; `up` does it by `retain_leads`.

    Nobody in a sequence or with something that waits is touched. At most 200 at a time.
    """

    async def work(outrider: Outrider) -> list[Erased]:
        actor = await whoever(outrider, as_)
        return await privacy.forget_unused(outrider, timedelta(days=days), actor)

    _report(run(work), json_)


def finish(as_: As = None, json_: Json = False) -> None:
    """Take up erasures that were interrupted."""

    async def work(outrider: Outrider) -> list[Erased]:
        return await privacy.finish(outrider, await whoever(outrider, as_))

    _report(run(work), json_)


def replay(
    journal: Annotated[Path, typer.Argument(help=f"{privacy.JOURNAL} of the old home folder.")],
    as_: As = None,
    json_: Json = False,
) -> None:
    """Erase again who was erased before, after an older backup was restored."""

    async def work(outrider: Outrider) -> list[Erased]:
        return await privacy.replay(outrider, journal, await whoever(outrider, as_))

    _report(run(work), json_)


def _report(done: list[Erased], json_: bool) -> None:
    if json_:
        as_json(
            [
                {
                    "contact_id": str(one.contact_id),
                    "rows": one.rows,
                    "mails": one.mails,
                    "slack_posts": one.slack_posts,
                }
                for one in done
            ]
        )
        return
    if not done:
        say("There is nobody to erase.")
        return
    for one in done:
        rows = counted(sum(one.rows.values()), "row")
        say(f"Erased contact {one.contact_id}: {rows}, {counted(one.mails, 'mail')}.")
        if one.slack_posts:
            say(f"  Slack still shows {counted(one.slack_posts, 'card')} about them.")
    note("The opt-out stays, as a keyed hash. Out of reach from here: " + "; ".join(privacy.BEYOND))
