"""`outrider import`, `accounts`, `suppress`: who may be written to.

In: arguments. Out: tables, JSON. Never: a list half taken in without saying so.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from outrider.app.cli.output import as_json, counted, listing, note, point, progress, say
from outrider.app.cli.session import run
from outrider.app.cli.who import As, whoever
from outrider.app.views import prospects as view
from outrider.app.wiring import Outrider
from outrider.kernel.errors import InvalidInput
from outrider.prospects import consent
from outrider.prospects import register as registration
from outrider.prospects.identity import Suppressor, mail_address
from outrider.prospects.types import ImportReport, SuppressionReason

IMPORT_EXAMPLE = "Example: outrider import leads.csv --map email='Work mail' --map company=Account"

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("import", epilog=IMPORT_EXAMPLE)(import_)
    app.command("accounts")(accounts)
    app.command("suppress")(suppress)


def import_(
    file: Annotated[Path, typer.Argument(help="A CSV of people with their companies.")],
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", help="FIELD=COLUMN, where the guess is wrong; can be repeated."),
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the file of rejected rows; default: `rejects` in the home folder."
        ),
    ] = None,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Take in accounts and contacts from a CSV.

    Bad rows go to a rejects file with line, column and reason. The same list again changes nothing.
    """
    columns = _column_map(map_ or [])

    async def work(outrider: Outrider) -> ImportReport:
        actor = await whoever(outrider, as_)
        folder = rejects or outrider.settings.home / "rejects"
        with progress(f"Reading {file.name}", quiet=json_) as bar:
            return await registration.import_csv(
                outrider.begin(actor),
                registration.ListFile(file, folder, columns or None),
                Suppressor(outrider.keys.key("suppression")),
                lambda rows, share: bar(rows, round(rows / share) if share else None),
            )

    report = run(work)
    if json_:
        as_json(report.model_dump(mode="json"))
        return
    say("Columns: " + ", ".join(f"{ours} ← {theirs}" for ours, theirs in report.column_map.items()))
    say(
        f"{counted(report.rows, 'row')}: {counted(report.accounts_new, 'new account')}, "
        f"{counted(report.contacts_new, 'new contact')}, "
        f"{report.contacts_changed} changed, {report.unchanged} unchanged, {report.rejected} rejected."
    )
    if report.rejects_file:
        point(f"Rejected rows, with line, column and reason: {report.rejects_file}")
    note("Next: outrider run sdr --campaign NAME --filings FOLDER")


def _column_map(pairs: list[str]) -> dict[str, str]:
    columns = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not equals or not field.strip() or not column.strip():
            raise InvalidInput(
                f"--map {pair!r} is no FIELD=COLUMN, such as --map email='Work mail'."
            )
        columns[field.strip()] = column.strip()
    return columns


def accounts(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many.")] = 50,
    json_: Json = False,
) -> None:
    """List the accounts, best first, with the reasons.

    Coverage is the share of the score's weight that stands on a known fact.
    """

    async def work(outrider: Outrider) -> list[dict[str, object]]:
        async with outrider.begin()() as tx:
            return await view.ranked(tx, limit=limit)

    found = run(work, seal=False)
    rows = found if json_ else [{**account, "known": _share(account)} for account in found]
    listing(
        rows,
        {
            "rank": "#",
            "name": "account",
            "points": "points",
            "known": "known",
            "why": "why",
        },
        json_=json_,
        empty="No accounts yet: outrider import FILE.csv",
    )


def _share(account: dict[str, object]) -> str:
    """The coverage as a percentage; empty for an account that was never scored."""
    coverage = account["coverage"]
    return f"{coverage:.0%}" if isinstance(coverage, float) else ""


def suppress(
    email: Annotated[str, typer.Argument(help="The address that is never to be written to again.")],
    reason: Annotated[str, typer.Option(help="Why, in a few words.")] = "asked by hand",
    as_: As = None,
) -> None:
    """Never write to this address again, in any campaign.

    There is no way back from here.
    """
    try:
        address = mail_address(email)
    except ValueError as error:
        raise InvalidInput(f"{email!r} is no e-mail address: {error}.") from None

    async def work(outrider: Outrider) -> None:
        async with outrider.begin(await whoever(outrider, as_))() as tx:
            await consent.suppress(
                tx,
                Suppressor(outrider.keys.key("suppression")),
                address,
                SuppressionReason.MANUAL,
                reason,
            )

    run(work)
    say(f"{address} is suppressed: nothing will be sent there.")
