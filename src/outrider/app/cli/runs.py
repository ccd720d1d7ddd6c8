"""`outrider run`, `runs`: start an agent, look at what it did, answer what it asks.

In: arguments. Out: a summary, tables, JSON. Never: a send.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from outrider.agents.carry_out import Carried
from outrider.agents.types import (
    Action,
    ActionKind,
    Assignment,
    Progress,
    RequestId,
    RunReport,
    RunRequest,
    RunStatus,
    ToolRequest,
)
from outrider.app.cli.output import as_json, listing, minute, moment, note, progress, say
from outrider.app.cli.replay import EXAMPLE as REPLAYS
from outrider.app.cli.replay import replay
from outrider.app.cli.session import run as stay
from outrider.app.jobs.run_agent import run_agent
from outrider.app.jobs.think import answer as answer_request
from outrider.app.jobs.think import think
from outrider.app.views import runs as view
from outrider.app.wiring import Outrider, local_person, person_actor
from outrider.kernel.access import Permission
from outrider.kernel.access.permissions import refusal
from outrider.kernel.errors import InvalidInput, NotAllowed, SwitchedOff, Unavailable
from outrider.kernel.switches import halted

SHOWN = 5
"""Companies told one by one that no filing is known of; the rest is a number."""

EXAMPLE = "Example: outrider run sdr --campaign Leases --filings filings/ --new 5"
SDR = "sdr"
"""The agent that works by its list of priorities unless it is given a task of its own."""

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("run", epilog=EXAMPLE)(run)
    app.command("replay", epilog=REPLAYS)(replay)
    group = typer.Typer(help="What agents did, step by step.", no_args_is_help=True)
    group.command("list")(list_)
    group.command("show")(show)
    group.command("replay")(replay)
    group.command("asked")(asked)
    group.command("answer")(answer)
    app.add_typer(group, name="runs")


def run(
    agent: Annotated[str, typer.Argument(help="The agent, such as sdr.")],
    campaign: Annotated[str | None, typer.Option(help="Name of the campaign.")] = None,
    filings: Annotated[
        Path | None,
        typer.Option(help="Folder of filings; without it EDGAR, if OUTRIDER_SEC_CONTACT is set."),
    ] = None,
    mailbox: Annotated[
        str | None, typer.Option(help="Address to write from, if there are several.")
    ] = None,
    new: Annotated[int, typer.Option(min=0, help="New accounts to write to.")] = 10,
    task: Annotated[
        str | None, typer.Option(help="A task to think about; needs a model in models.toml.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do nothing outbound.")] = False,
    json_: Json = False,
) -> None:
    """Let an agent research, enrol, write and check drafts.

    It ranks the accounts, researches the best with evidence and proposes mails. It cannot send or approve.
    """
    if agent != SDR or task is not None:
        _think(agent, task, filings, dry_run=dry_run, json_=json_)
        return
    if campaign is None:
        raise InvalidInput("Say which campaign the sdr works for: --campaign NAME.")
    if dry_run:
        raise InvalidInput("--dry-run is for a --task; the sdr's own run sends nothing anyway.")
    request = RunRequest(campaign=campaign, mailbox=mailbox, new_accounts=new)

    is_halted = False

    async def work(outrider: Outrider) -> RunReport:
        nonlocal is_halted
        with progress(f"{agent} starts", quiet=json_) as bar:

            def show_progress(step: Progress) -> None:
                bar.describe(f"{step.stage}: {step.text}" if step.text else step.stage)
                bar(step.done, step.total)

            report = await run_agent(outrider, agent, request, filings, show_progress)
        if report.run.status is RunStatus.SKIPPED:
            halts = [("agent", agent), ("campaign", str(report.run.campaign_id))]
            async with outrider.begin()() as tx:
                is_halted = await halted(tx, halts) is not None
        return report

    report = stay(work)
    if json_:
        as_json({"run": report.run.model_dump(mode="json"), "summary": report.summary})
    else:
        _print_report(report)
    if is_halted:
        raise typer.Exit(SwitchedOff.exit_code)
    failures = report.of(ActionKind.FAILED)
    if report.run.status is RunStatus.FAILED or (failures and not report.of(ActionKind.DRAFTED)):
        raise typer.Exit(Unavailable.exit_code)


def _think(
    agent: str, task: str | None, filings: Path | None, *, dry_run: bool, json_: bool
) -> None:
    """A run of the fleet that thinks, and those it hands the rest to."""
    if not (task or "").strip():
        raise InvalidInput(f"Say what {agent} shall do: --task 'Look at what came back today'.")
    assignment = Assignment(task=str(task).strip(), is_dry_run=dry_run)

    async def work(outrider: Outrider) -> list[Carried]:
        with progress(f"{agent} thinks", quiet=json_) as bar:
            return await think(
                outrider, agent, assignment, filings, lambda step: bar.describe(step.stage)
            )

    chain = stay(work)
    if json_:
        told = [{"run": c.report.run.model_dump(mode="json"), "end": vars(c.end)} for c in chain]
        as_json({"runs": told})
        return
    for carried in chain:
        run_ = carried.report.run
        say(f"{run_.agent_name} {carried.end.verdict}: {carried.end.text}")
        seconds = run_.duration.total_seconds() if run_.duration else 0
        note(
            f"Run {run_.id}: ${run_.cost_estimate:.4f}, {run_.api_tokens_used} tokens, {seconds:.1f} s"
        )


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
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many.")] = 20,
    json_: Json = False,
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
    if found["met_run_id"]:
        say(f"It met the run {found['met_run_id']}.")
    for line in (found["summary"] or "").splitlines():
        say(f"  {line}")
    for step in found["steps"]:
        head = f"{step['number']:>4}. {step['kind']:<5} {step['name']:<28} {step['status']}"
        say(f"{head}: {step['error']}" if step["error"] else head)


def asked(json_: Json = False) -> None:
    """List the calls of agents that wait for a person."""

    async def work(outrider: Outrider) -> list[ToolRequest]:
        from outrider.agents import request

        async with outrider.begin()() as tx:
            await request.collect(tx)
            return await request.listing(tx)

    found = stay(work)
    rows = [one.model_dump(mode="json") for one in found]
    listing(
        rows if json_ else [{**row, "asked_at": minute(row["asked_at"])} for row in rows],
        {
            "id": "request",
            "agent_name": "agent",
            "tool": "tool",
            "reason": "why",
            "asked_at": "asked (UTC)",
        },
        json_=json_,
        empty="No agent waits for an answer.",
    )


def answer(
    request_id: Annotated[str, typer.Argument(help="Id of the request.")],
    approve: Annotated[
        bool | None, typer.Option("--approve/--deny", help="Yes, do it; or no.")
    ] = None,
    note_: Annotated[str | None, typer.Option("--note", help="A word to the agent.")] = None,
    person: Annotated[str | None, typer.Option(help="E-mail address of who answers.")] = None,
    json_: Json = False,
) -> None:
    """Answer a call that waits; a yes does it at once, and once only."""
    if approve is None:
        raise InvalidInput("Say --approve or --deny.")
    try:
        id_ = RequestId(UUID(request_id))
    except ValueError:
        raise InvalidInput(f"{request_id!r} is no request: see `outrider runs asked`.") from None

    async def work(outrider: Outrider) -> ToolRequest:
        member = await local_person(outrider, person)
        if not member.may(Permission.DRAFTS_DECIDE):
            raise NotAllowed(refusal(member.name, member.role, Permission.DRAFTS_DECIDE))
        who = person_actor(member)
        return await answer_request(outrider, id_, who, is_approved=bool(approve), note=note_)

    done = stay(work)
    if json_:
        as_json(done.model_dump(mode="json"))
        return
    say(f"{done.tool} is {done.status}." + (f" {done.error}" if done.error else ""))
