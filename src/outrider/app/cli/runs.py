"""`outrider run`, `runs`: start an agent, look at what it did.

In: arguments. Out: a summary, tables, JSON. Never: a send.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from outrider.agents.types import Action, ActionKind, Progress, RunReport, RunRequest, RunStatus
from outrider.app.cli.output import as_json, listing, minute, moment, note, progress, say
from outrider.app.cli.session import run as stay
from outrider.app.jobs.run_agent import run_agent
from outrider.app.views import runs as view
from outrider.app.wiring import Outrider
from outrider.kernel.errors import Unavailable

SHOWN = 5
"""Companies told one by one that no filing is known of; the rest is a number."""

EXAMPLE = "Example: outrider run sdr --campaign Leases --filings filings/ --new 5"

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("run", epilog=EXAMPLE)(run)
    group = typer.Typer(help="What agents did, step by step.", no_args_is_help=True)
    group.command("list")(list_)
    group.command("show")(show)
    app.add_typer(group, name="runs")


def run(
    agent: Annotated[str, typer.Argument(help="The agent, such as sdr.")],
    campaign: Annotated[str, typer.Option(help="Name of the campaign.")],
    filings: Annotated[
        Path | None,
        typer.Option(help="Folder of filings; without it EDGAR, if OUTRIDER_SEC_CONTACT is set."),
    ] = None,
    mailbox: Annotated[
        str | None, typer.Option(help="Address to write from, if there are several.")
    ] = None,
    new: Annotated[int, typer.Option(min=0, help="New accounts to write to.")] = 10,
    json_: Json = False,
) -> None:
    """Let an agent research, enrol, write and check drafts.

    It ranks the accounts, researches the best with evidence and proposes mails. It cannot send or approve.
    """
    request = RunRequest(campaign=campaign, mailbox=mailbox, new_accounts=new)

    async def work(outrider: Outrider) -> RunReport:
        with progress(f"{agent} starts", quiet=json_) as bar:

            def show_progress(step: Progress) -> None:
                bar.describe(f"{step.stage}: {step.text}" if step.text else step.stage)
                bar(step.done, step.total)

            return await run_agent(outrider, agent, request, filings, show_progress)

    report = stay(work)
    if json_:
        as_json({"run": report.run.model_dump(mode="json"), "summary": report.summary})
    else:
        _print_report(report)
    failures = report.of(ActionKind.FAILED)
    if report.run.status is RunStatus.FAILED or (failures and not report.of(ActionKind.DRAFTED)):
        raise typer.Exit(Unavailable.exit_code)


def _print_report(report: RunReport) -> None:
    unknown = report.of(ActionKind.NOT_FOUND)
    for action in report.run.actions_taken:
        if not _goes_without_saying(action) and action not in unknown[SHOWN:]:
            say(action.text + (" (a check blocks it)" if action.is_blocked else ""))
    if len(unknown) > SHOWN:
        say(f"… and {len(unknown) - SHOWN} more that are not known there")
    say(f"\n{report.summary}")
    if report.of(ActionKind.DRAFTED):
        note("Next: outrider drafts list")
    elif report.of(ActionKind.FAILED):
        note("Run it again when that is mended: what is done already is not done twice.")
    elif report.run.status is RunStatus.COMPLETED:
        note("Nothing new to write: import more companies, or come back when a next step is due.")


def _goes_without_saying(action: Action) -> bool:
    """An enrolment is told by its draft, a failure by the summary; no bounce is no news."""
    if action.kind is ActionKind.BOUNCE_CHECK:
        return action.text.startswith("0 of ")
    told_elsewhere = (
        ActionKind.ENROLLED,
        ActionKind.RANKED,
        ActionKind.FAILED,
        ActionKind.STOPPED,
    )
    return action.kind in told_elsewhere


def list_(
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 20, json_: Json = False
) -> None:
    """List the newest runs."""

    async def work(outrider: Outrider) -> list[dict[str, Any]]:
        async with outrider.begin()() as tx:
            return await view.listing(tx, limit=limit)

    found = stay(work, seal=False)
    listing(
        found if json_ else [_row(run_) for run_ in found],
        {
            "id": "run",
            "agent_name": "agent",
            "campaign": "campaign",
            "status": "status",
            "steps": "steps",
            "cost_estimate": "cost $",
            "started_at": "started (UTC)",
        },
        json_=json_,
        empty="No runs yet: outrider run sdr --campaign NAME",
    )


def _row(found: dict[str, Any]) -> dict[str, Any]:
    """The start of the id is enough to name a run, and fits."""
    return {**found, "id": found["id"][:13], "started_at": minute(found["started_at"])}


def show(
    run_id: Annotated[str, typer.Argument(help="Id of the run, or its start.")], json_: Json = False
) -> None:
    """Show one run's steps."""

    async def work(outrider: Outrider) -> dict[str, Any]:
        async with outrider.begin()() as tx:
            return await view.one(tx, run_id)

    found = stay(work, seal=False)
    if json_:
        as_json(found)
        return
    say(f"Run {found['id']}")
    say(
        f"{found['agent_name']} {found['status']}, {moment(found['started_at'])} to "
        f"{moment(found['completed_at']) if found['completed_at'] else 'now'}"
    )
    if found["error"]:
        say(f"Error: {found['error']}")
    for step in found["steps"]:
        head = f"{step['number']:>4}. {step['kind']:<5} {step['name']:<28} {step['status']}"
        say(f"{head}: {step['error']}" if step["error"] else head)
