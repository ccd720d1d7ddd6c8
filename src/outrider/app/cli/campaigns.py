"""`outrider campaign`: make one from past mail, list them, show the blueprint.

In: arguments. Out: tables, JSON. Never: a half-made campaign when a file cannot be read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from outrider.app.cli.output import as_json, listing, note, point, progress, say
from outrider.app.cli.session import run
from outrider.app.jobs.prepare import CampaignRequest, Prepared, prepare
from outrider.app.views import campaigns as view
from outrider.app.wiring import Outrider

EXAMPLE = "Example: outrider campaign create Leases --brand Brand --mail past.mbox"

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Campaigns, and the blueprint each learned from past mail.", no_args_is_help=True
    )
    group.command("create", epilog=EXAMPLE)(create)
    group.command("list")(list_)
    group.command("show")(show)
    app.add_typer(group, name="campaign")


def create(
    name: Annotated[str, typer.Argument(help="Name of the campaign; it must be new.")],
    brand: Annotated[str, typer.Option(help="The brand that writes.")],
    mail: Annotated[
        list[Path] | None,
        typer.Option(
            help="Past mail of the brand: an mbox, a Maildir, an .eml, a folder, or a CSV."
        ),
    ] = None,
    competitor: Annotated[
        str | None, typer.Option(help="A competitor; never named in a mail.")
    ] = None,
    competitor_mail: Annotated[
        list[Path] | None, typer.Option(help="Past mail of the competitor, in the same forms.")
    ] = None,
    context: Annotated[
        str | None,
        typer.Option(help="What you offer, in a sentence or two; used when mail is scarce."),
    ] = None,
    json_: Json = False,
) -> None:
    """Learn from past mail how good mail is built, and keep it as a blueprint."""

    async def work(outrider: Outrider) -> Prepared:
        with progress(f"Reading past mail for {name}", quiet=json_) as bar:
            wanted = CampaignRequest(
                name, brand, mail or [], competitor, competitor_mail or [], context
            )
            return await prepare(outrider, wanted, bar)

    done = run(work)
    if json_:
        as_json(done.as_json())
        return
    say(f"Campaign {name}: blueprint version {done.blueprint.version}.")
    for report in done.reports:
        say(
            f"  {report.source} mail: {report.read} read, {report.new} new, {report.known} known, "
            f"{report.unreadable} unreadable"
        )
        for reason, count in report.reasons.items():
            say(f"    {count} × {reason}")
    print_blueprint(view.blueprint_json(done.blueprint))
    note("Next: outrider import FILE.csv")


def list_(json_: Json = False) -> None:
    """List the campaigns."""

    async def work(outrider: Outrider) -> list[dict[str, object]]:
        async with outrider.begin()() as tx:
            return await view.listing(tx)

    found = run(work, seal=False)
    listing(
        found if json_ else [_row(campaign) for campaign in found],
        {
            "name": "campaign",
            "status": "status",
            "brand": "brand",
            "competitor": "competitor",
            "emails": "past",
            "enrolled": "enrolled",
            "sent": "sent",
            "replied": "replied",
        },
        json_=json_,
        empty="No campaign yet: outrider campaign create NAME --brand BRAND --mail FILE",
    )
    if not json_ and any(campaign["blueprint_version"] is None for campaign in found):
        point("Unfinished: give the same `outrider campaign create` again, and it goes on.")


def _row(campaign: dict[str, object]) -> dict[str, object]:
    """A campaign without a blueprint was interrupted while it was made."""
    is_whole = campaign["blueprint_version"] is not None
    return campaign if is_whole else {**campaign, "status": "unfinished"}


def show(
    name: Annotated[str, typer.Argument(help="Name of the campaign.")], json_: Json = False
) -> None:
    """Show one campaign's blueprint: each rule with its support and confidence."""

    async def work(outrider: Outrider) -> dict[str, object]:
        async with outrider.begin()() as tx:
            return await view.one(tx, name)

    found = run(work, seal=False)
    if json_:
        as_json(found)
        return
    blueprint = found["blueprint"]
    version = f", blueprint version {found['blueprint_version']}" if blueprint else ""
    say(f"{found['name']} ({found['status']}), brand {found['brand']}{version}")
    if isinstance(blueprint, dict):
        print_blueprint(blueprint)


def print_blueprint(blueprint: dict[str, object]) -> None:
    """The rules, a line each."""
    for part, title in (
        ("structure", "Structure"),
        ("dos", "Do"),
        ("donts", "Don't"),
        ("cadence", "Cadence"),
    ):
        rules = blueprint.get(part)
        if not isinstance(rules, list) or not rules:
            continue
        say(f"\n{title}")
        for rule in rules:
            say(f"  - {rule['text']}{_standing(rule)}")
    warnings = blueprint.get("warnings")
    if isinstance(warnings, list) and warnings:
        point("")
        for warning in warnings:
            point(f"Warning: {warning}")


def _standing(rule: dict[str, object]) -> str:
    """On how many past mails a rule stands; nothing for a safe default that none speaks for."""
    if not float(str(rule["confidence"])):
        return "  [default]"
    return (
        f"  [{rule['strength']}, {rule['support']}/{rule['out_of']} mails, "
        f"confidence {float(str(rule['confidence'])):.2f}]"
    )
