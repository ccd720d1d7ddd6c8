"""`outrider campaign`: make one from past mail, list them, show the blueprint.

In: arguments. Out: tables, JSON. Never: a half-made campaign when a file cannot be read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from outrider.app.cli.output import as_json, counted, listing, note, point, progress, say
from outrider.app.cli.session import run
from outrider.app.cli.who import As, whoever
from outrider.app.jobs.prepare import CampaignRequest, Prepared, prepare
from outrider.app.views import campaigns as view
from outrider.app.wiring import Outrider
from outrider.kernel.errors import InvalidInput

EXAMPLE = "Example: outrider campaign create Leases --brand Brand --mail past.mbox"
SET_EXAMPLE = "Example: outrider campaign set Leases --mailboxes sam@a.example,sam@b.example"

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Campaigns, and the blueprint each learned from past mail.", no_args_is_help=True
    )
    group.command("create", epilog=EXAMPLE)(create)
    group.command("list")(list_)
    group.command("show")(show)
    group.command("set", epilog=SET_EXAMPLE)(set_)
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
    from outrider.app.views.rotation import shares
    from outrider.campaigns import create as campaigns

    async def work(outrider: Outrider) -> dict[str, object]:
        async with outrider.begin()() as tx:
            mailboxes = await shares(tx, await campaigns.find(tx, name))
            return {**await view.one(tx, name), "mailboxes": mailboxes}

    found = run(work, seal=False)
    if json_:
        as_json(found)
        return
    blueprint = found["blueprint"]
    version = f", blueprint version {found['blueprint_version']}" if blueprint else ""
    say(f"{found['name']} ({found['status']}), brand {found['brand']}{version}")
    if isinstance(found["mailboxes"], list) and found["mailboxes"]:
        print_shares(str(found["name"]), found["mailboxes"])
    if isinstance(blueprint, dict):
        print_blueprint(blueprint)


def set_(
    name: Annotated[str, typer.Argument(help="Name of the campaign.")],
    mailboxes: Annotated[
        str | None,
        typer.Option(
            help="Addresses that write to new people, with commas; `none`: none is fixed."
        ),
    ] = None,
    rotation: Annotated[
        Literal["even", "health"] | None,
        typer.Option(help="Share new people out evenly, or by what each mailbox may send."),
    ] = None,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Say which mailboxes write for a campaign, and how new people are shared out.

    Whoever is enrolled already keeps the mailbox that began their thread.
    """
    from outrider.app.views.rotation import shares
    from outrider.campaigns import create as campaigns
    from outrider.campaigns.rotation import set_rotation
    from outrider.campaigns.types import Rotation
    from outrider.sending import mailboxes as boxes

    if mailboxes is None and rotation is None:
        raise InvalidInput("Nothing changes: give --mailboxes or --rotation.")
    given = [one.strip() for one in (mailboxes or "").split(",") if one.strip()]
    addresses = [] if [one.lower() for one in given] == ["none"] else given

    async def work(outrider: Outrider) -> list[dict[str, object]]:
        async with outrider.begin(await whoever(outrider, as_))() as tx:
            campaign = await campaigns.find(tx, name)
            ids = [(await boxes.find(tx, one)).id for one in addresses]
            changed = await set_rotation(
                tx,
                campaign,
                None if mailboxes is None else ids,
                Rotation(rotation) if rotation else None,
            )
            return await shares(tx, changed)

    found = run(work)
    if json_:
        as_json({"items": found})
    else:
        print_shares(name, found)


def print_shares(name: str, found: list[dict[str, object]]) -> None:
    """Which mailbox gets how many of the next new people, and why."""
    if not found:
        say(f"{name} has no mailboxes of its own: a run names one, or there is only one.")
        return
    say(f"New people of {name} go to {counted(len(found), 'mailbox', 'mailboxes')}:")
    for one in found:
        why = f" ({one['reason']})" if one["reason"] else ""
        say(f"  {one['address']}: {one['of_next_100']} of the next 100, {one['people']} now{why}")


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
