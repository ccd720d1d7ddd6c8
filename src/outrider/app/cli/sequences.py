"""`outrider sequence`: the steps of a campaign: show, set, edit, versions, results of experiments.

In: arguments, a sequence file. Out: TOML, tables, JSON. Never: anybody in flight moved unasked.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from outrider.app.cli.output import as_json, counted, listing, minute, note, say
from outrider.app.cli.session import run
from outrider.app.cli.who import As
from outrider.app.wiring import Outrider, local_person, person_actor
from outrider.campaigns.sequence_file import Written
from outrider.kernel.errors import InvalidInput

EXAMPLE = (
    "Example: outrider sequence example > steps.toml, then outrider sequence set steps.toml"
    " --campaign Leases --apply in-flight --preview"
)
EDIT_EXAMPLE = (
    "Examples: outrider sequence edit Leases --step 2 --delay 5 --preview;"
    " outrider sequence edit Leases --pacing gap_days=3 --apply in-flight"
)
MOST_SHOWN = 50

Campaign = Annotated[str, typer.Argument(help="Name or id of the campaign.")]
Apply = Annotated[
    Literal["new", "in-flight"],
    typer.Option(help="Whom it holds for: who is enrolled from now on, or those in flight too."),
]
Preview = Annotated[
    bool, typer.Option("--preview", help="Show what would change; nothing is stored.")
]
Note = Annotated[str, typer.Option("--note", help="What the change is for.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Steps of a campaign: delays, branches, experiments.", no_args_is_help=True
    )
    group.command("show")(show)
    group.command("example")(example)
    group.command("set", epilog=EXAMPLE)(set_)
    group.command("edit", epilog=EDIT_EXAMPLE)(edit)
    group.command("history")(history)
    group.command("results")(results)
    app.add_typer(group, name="sequence")


def show(campaign: Campaign, json_: Json = False) -> None:
    """Print the steps that hold, as a file that can be changed and set again."""
    from outrider.app.views import sequences as view
    from outrider.campaigns import create, sequence_file, sequences
    from outrider.campaigns.types import Sequence as Steps

    async def work(outrider: Outrider) -> Steps:
        async with outrider.begin()() as tx:
            return await sequences.newest(tx, await create.find(tx, campaign))

    found = run(work, seal=False)
    if json_:
        as_json(view.version_json(found))
        return
    note(f"Version {found.version} of the steps of {campaign}.")
    note(f"Touches: {_policy(found.pacing)}.")
    sys.stdout.write(sequence_file.write(found.steps, found.pacing))


def _policy(pacing: dict[str, int]) -> str:
    """The whole table that holds, the standard numbers with what the campaign says otherwise."""
    from dataclasses import asdict

    from outrider.prospects import touch_rules

    table = asdict(touch_rules.policy(pacing))
    return ", ".join(f"{name} {number}" for name, number in table.items())


def example() -> None:
    """Print a sequence file with every part explained."""
    from outrider.campaigns.sequence_file import EXAMPLE as TEXT

    sys.stdout.write(TEXT)


def set_(
    file: Annotated[Path, typer.Argument(help="A sequence file (TOML); - is standard input.")],
    campaign: Annotated[str, typer.Option(help="Name or id of the campaign.")],
    apply: Apply = "new",
    preview: Preview = False,
    note_: Note = "",
    as_: As = None,
    json_: Json = False,
) -> None:
    """Put the steps of a file in force."""
    wanted = _read(file)

    async def written(outrider: Outrider) -> Written:
        return wanted

    _change(campaign, written, (apply, preview, note_, as_, json_))


def edit(
    campaign: Campaign,
    step: Annotated[int | None, typer.Option(min=1, help="Number of the step.")] = None,
    delay: Annotated[
        int | None, typer.Option(min=0, help="Business days after the step before.")
    ] = None,
    purpose: Annotated[str | None, typer.Option(help="first_touch, follow_up, break_up.")] = None,
    channel: Annotated[str | None, typer.Option(help="email, linkedin, call or sms.")] = None,
    template: Annotated[str | None, typer.Option(help="What a task says, or an SMS.")] = None,
    pacing: Annotated[
        list[str] | None,
        typer.Option(help="NAME=NUMBER of the touch policy, such as person_touches=2; repeatable."),
    ] = None,
    apply: Apply = "new",
    preview: Preview = False,
    note_: Note = "",
    as_: As = None,
    json_: Json = False,
) -> None:
    """Change one step, or how closely touches may follow each other; the rest stays as it is."""
    from outrider.campaigns import create, sequences

    told = {
        "delay_business_days": delay,
        "purpose": purpose,
        "channel": channel,
        "template": template,
    }
    changes = {name: value for name, value in told.items() if value is not None}
    numbers = _numbers(pacing or [])
    if not changes and not numbers:
        raise InvalidInput(
            "Nothing changes: give --delay, --purpose, --channel, --template or --pacing."
        )
    if changes and step is None:
        raise InvalidInput("Which step changes is not said: give --step.")

    async def written(outrider: Outrider) -> Written:
        async with outrider.begin()() as tx:
            present = await sequences.newest(tx, await create.find(tx, campaign))
        if step is not None and all(one.number != step for one in present.steps):
            raise InvalidInput(
                f"There is no step {step}: the sequence has {len(present.steps)} steps."
            )
        steps = tuple(
            one.model_copy(update=changes) if one.number == step else one for one in present.steps
        )
        return Written(steps, {**present.pacing, **numbers})

    _change(campaign, written, (apply, preview, note_, as_, json_))


def _numbers(pairs: list[str]) -> dict[str, int]:
    """What `--pacing NAME=NUMBER` says; the names and bounds are the touch policy's own."""
    found: dict[str, int] = {}
    for pair in pairs:
        name, equals, number = pair.partition("=")
        if not equals or not number.strip().isascii() or not number.strip().isdigit():
            raise InvalidInput(f"--pacing {pair!r} is no NAME=NUMBER, such as gap_days=3.")
        found[name.strip()] = int(number)
    return found


def _change(campaign: str, written: Any, options: tuple[str, bool, str, str | None, bool]) -> None:
    from outrider.app.jobs.change_sequence import change
    from outrider.app.views import sequences as view
    from outrider.campaigns import create, sequences

    apply, preview, note_, as_, json_ = options

    async def work(outrider: Outrider) -> dict[str, Any]:
        wanted = await written(outrider)
        member = await local_person(outrider, as_)
        async with outrider.begin(person_actor(member))() as tx:
            found = await create.find(tx, campaign)
            shown = await sequences.preview(tx, found, wanted.steps, wanted.pacing)
            rows = await view.moves(tx, shown) if apply == "in-flight" else []
            if preview:
                return {"version": None, "moves": rows, "withdrawn": 0}
            done = await change(
                tx, member.person_id, found, wanted, in_flight=apply == "in-flight", note=note_
            )
        return {
            "version": done.adopted.sequence.version,
            "is_new": done.adopted.is_new,
            "moves": rows,
            "withdrawn": len(done.withdrawn),
        }

    told = run(work, seal=not preview)
    if json_:
        as_json(told)
    else:
        _print(campaign, told, in_flight=apply == "in-flight")


def _print(campaign: str, told: dict[str, Any], *, in_flight: bool) -> None:
    if told["version"] is None:
        say(f"The steps can be used for {campaign}; nothing is stored.")
    elif told["is_new"]:
        say(f"Version {told['version']} of the steps of {campaign} holds now.")
    else:
        say(f"The steps of {campaign} are these already (version {told['version']}).")
    if not in_flight:
        note("It is for who is enrolled from now on; --apply in-flight is for the others too.")
        return
    changing = [row for row in told["moves"] if row["changes"]]
    verb = "would change" if told["version"] is None else "changed"
    say(f"{counted(len(told['moves']), 'enrollment')} in flight, {len(changing)} {verb}.")
    listing(
        [_row(row) for row in changing[:MOST_SHOWN]],
        {
            "contact": "person",
            "now": "step now",
            "then": "step then",
            "due_now": "due now (UTC)",
            "due_then": "due then (UTC)",
            "void": "drafts void",
        },
        json_=False,
        empty="Nobody in flight gets anything else than before.",
    )
    if len(changing) > MOST_SHOWN:
        note(f"{len(changing) - MOST_SHOWN} more: --json shows all.")


def _row(row: dict[str, Any]) -> dict[str, object]:
    return {
        "contact": row["contact"],
        "now": _step(row["step_now"]),
        "then": _step(row["step_then"]),
        "due_now": minute(row["due_now"]),
        "due_then": minute(row["due_then"]),
        "void": ", ".join(map(str, row["void_drafts"])),
    }


def _step(step: dict[str, Any] | None) -> str:
    if step is None:
        return "finished"
    channel = "" if step["channel"] == "email" else f" by {step['channel']}"
    return f"{step['number']} {step['purpose'].replace('_', ' ')}{channel}"


def history(campaign: Campaign, json_: Json = False) -> None:
    """List the versions of the steps, newest first, with who is in each."""
    from outrider.app.views import sequences as view
    from outrider.campaigns import create

    async def work(outrider: Outrider) -> list[dict[str, Any]]:
        async with outrider.begin()() as tx:
            return await view.history(tx, await create.find(tx, campaign))

    found = run(work, seal=False)
    rows = [
        {
            "version": one["version"],
            "at": minute(one["created_at"]),
            "steps": len(one["steps"]),
            "in_flight": one["enrollments"].get("active", 0) + one["enrollments"].get("paused", 0),
            "ended": one["enrollments"].get("finished", 0) + one["enrollments"].get("stopped", 0),
            "note": one["note"],
        }
        for one in found
    ]
    listing(
        found if json_ else rows,
        {
            "version": "version",
            "at": "since (UTC)",
            "steps": "steps",
            "in_flight": "in flight",
            "ended": "ended",
            "note": "note",
        },
        json_=json_,
        empty="The campaign has no steps.",
    )


def results(campaign: Campaign, json_: Json = False) -> None:
    """Show what each experiment says so far; looking often does no harm."""
    from outrider.app.views import sequences as view
    from outrider.campaigns import create
    from outrider.campaigns import results as experiments
    from outrider.campaigns.results import Result

    async def work(outrider: Outrider) -> list[Result]:
        async with outrider.begin()() as tx:
            return await experiments.results(tx, await create.find(tx, campaign))

    found = run(work, seal=False)
    if json_:
        as_json({"items": [view.result_json(one) for one in found]})
        return
    if not found:
        say("No experiment: give a step arms (`outrider sequence example`).")
    for one in found:
        say(f"Step {one.step}, {one.name}: {one.sentence}")
        for arm in one.arms:
            share = "–" if arm.share is None else f"{arm.share:.1%}"
            say(
                f"  {arm.name}: {arm.hits} {one.counts} of {arm.counted} counted ({share}, 95 % "
                f"interval {arm.low:.1%} to {arm.high:.1%}), {arm.reached} reached"
            )


def _read(file: Path) -> Written:
    from outrider.campaigns import sequence_file

    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InvalidInput(
            f"The sequence file {file} is no UTF-8 text: save it as UTF-8."
        ) from None
    except OSError as error:
        raise InvalidInput(
            f"The sequence file {file} cannot be read ({error.strerror}): give the path of a TOML "
            "file."
        ) from None
    return sequence_file.read(text)
