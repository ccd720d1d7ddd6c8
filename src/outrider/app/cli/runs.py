"""`outrider run`, `runs`: start an agent, look at what it did.

In: arguments. Out: a summary, tables, JSON. Never: a send.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from outrider.agents.types import Progress, RunReport, RunRequest
from outrider.app.cli.output import as_json, listing, note, progress, say
from outrider.app.cli.session import run as stay
from outrider.app.jobs.run_agent import run_agent
from outrider.app.views import runs as view
from outrider.app.wiring import Outrider

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("run")(run)
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
    """Rank, research with evidence, enrol, write, check. It proposes; it cannot send or approve."""
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
        return
    for action in report.run.actions_taken:
        say(f"{action.priority:<8} {action.text}")
    say(f"\n{report.summary}")
    note("Look at them: outrider drafts list")


def list_(
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 20, json_: Json = False
) -> None:
    """List the newest runs."""

    async def work(outrider: Outrider) -> list[dict[str, Any]]:
        async with outrider.begin()() as tx:
            return await view.listing(tx, limit=limit)

    listing(
        stay(work, seal=False),
        {
            "id": "run",
            "agent_name": "agent",
            "campaign": "campaign",
            "status": "status",
            "steps": "steps",
            "cost_estimate": "cost $",
            "started_at": "started",
            "error": "error",
        },
        json_=json_,
        empty="No runs yet: outrider run sdr --campaign NAME",
    )


def show(
    run_id: Annotated[str, typer.Argument(help="Id of the run.")], json_: Json = False
) -> None:
    """Show one run's steps."""

    async def work(outrider: Outrider) -> dict[str, Any]:
        async with outrider.begin()() as tx:
            return await view.one(tx, run_id)

    found = stay(work, seal=False)
    if json_:
        as_json(found)
        return
    say(
        f"{found['agent_name']} {found['status']}, {found['started_at']} to {found['completed_at'] or 'now'}"
    )
    for step in found["steps"]:
        say(
            f"{step['number']:>4}. {step['kind']:<5} {step['name']:<24} {step['status']:<8} {step['error'] or ''}"
        )
