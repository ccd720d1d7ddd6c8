"""`outrider replay`: a run, or all of a day, once more from the records.

In: arguments. Out: what would differ, and what it cost. Never: an effect of a run.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from outrider.agents.replay import Replayed
from outrider.agents.types import RunId
from outrider.app.cli.output import as_json, listing, note, progress, say
from outrider.app.cli.session import run as stay
from outrider.app.jobs.replay import Day, Line, replay_day, replay_run
from outrider.app.views import runs as view
from outrider.app.wiring import Outrider
from outrider.kernel.errors import InvalidInput

EXAMPLE = "Examples: outrider replay 01a1 --model local; outrider replay --day yesterday --agent sdr --model local"


def replay(
    run_id: Annotated[
        str | None, typer.Argument(help="Id of the run, or its start; or give --day.")
    ] = None,
    day: Annotated[
        str | None,
        typer.Option(help="All runs of a day (UTC): yesterday, today, or a date as 2026-11-20."),
    ] = None,
    agent: Annotated[str | None, typer.Option(help="Of a day, only this agent's runs.")] = None,
    model: Annotated[
        str | None, typer.Option(help="Ask this model instead, by its key in models.toml.")
    ] = None,
    prompt: Annotated[
        str | None, typer.Option(help="Id of another prompt, or a file that holds its text.")
    ] = None,
    at_most: Annotated[
        float, typer.Option(min=0, help="US dollars that a day's replay may cost.")
    ] = 1.0,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Go through a run again from its records, without effects.

    Or through all of a day. Shows what would differ. Without --model nothing is asked and nothing is paid.
    """
    if (run_id is None) == (day is None):
        raise InvalidInput("Say which run by its id, or which day: --day yesterday.")
    if day is None and agent is not None:
        raise InvalidInput("--agent chooses among the runs of a --day; one run is named by its id.")
    text = None if prompt is None else _prompt(prompt)
    if run_id is not None:
        _one(run_id, model, text, json_=json_)
    else:
        limit = Decimal(str(at_most))
        _day(str(day), Day(date.min, agent, model, text, limit), json_=json_)


def _prompt(given: str) -> str:
    if "@" in given:
        return given
    try:
        return Path(given).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise InvalidInput(f"The prompt file {given} cannot be read: {why}.") from None


def _one(run_id: str, model: str | None, prompt: str | None, *, json_: bool) -> None:
    async def work(outrider: Outrider) -> Replayed:
        async with outrider.begin()() as tx:
            found = await view.one(tx, run_id)
        return await replay_run(outrider, RunId(UUID(found["id"])), model, prompt)

    done = stay(work, seal=False)
    if json_:
        as_json(_told(done))
        return
    for one in done.differences:
        say(f"Step {one.step}, {one.what}:")
        for line in one.lines():
            say(f"  {line}")
    say(f"{done.steps} steps replayed, {len(done.differences)} differ.")
    say(f"Cost: ${done.cost_before_usd:.4f} on record, ${done.cost_usd:.4f} now.")


def _told(done: Replayed) -> dict[str, Any]:
    return {
        "steps": done.steps,
        "cost_before_usd": str(done.cost_before_usd),
        "cost_usd": str(done.cost_usd),
        "differences": [vars(one) for one in done.differences],
        "end": vars(done.end) if done.end else None,
    }


def _day(day: str, wanted: Day, *, json_: bool) -> None:
    async def work(outrider: Outrider) -> list[Line]:
        chosen = Day(
            _date(day, outrider.clock.now().date()),
            *(wanted.agent, wanted.model, wanted.prompt, wanted.at_most),
        )
        with progress("runs replayed", quiet=json_) as bar:
            return await replay_day(outrider, chosen, bar)

    lines = stay(work, seal=False)
    if json_:
        as_json({"runs": [_line(one) for one in lines]})
        return
    listing(
        [_row(one) for one in lines],
        {"run": "run", "agent": "agent", "told": "replayed", "before": "cost $", "now": "now $"},
        json_=False,
        empty="",
    )
    done = [one.replayed for one in lines if one.replayed]
    same = sum(one.is_same for one in done)
    say(f"{len(done)} of {len(lines)} runs replayed: {same} the same, {len(done) - same} differ.")
    before = sum((one.cost_before_usd for one in done), Decimal(0))
    now = sum((one.cost_usd for one in done), Decimal(0))
    say(f"Cost: ${before:.4f} on record, ${now:.4f} now.")
    if same < len(done):
        model = f" --model {wanted.model}" if wanted.model else ""
        note(f"What differs in one: outrider replay RUN{model}")


def _date(given: str, today: date) -> date:
    words = {"today": today, "yesterday": today - timedelta(days=1)}
    if given in words:
        return words[given]
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise InvalidInput(
            f"--day {given!r} is no day: say yesterday, today, or a date as 2026-11-20."
        ) from None


def _line(one: Line) -> dict[str, Any]:
    head = {"run": str(one.run_id), "agent": one.agent}
    if one.replayed is None:
        return {**head, "why_not": one.why_not}
    return {**head, **_told(one.replayed)}


def _row(one: Line) -> dict[str, str]:
    head = {"run": str(one.run_id)[:13], "agent": one.agent}
    done = one.replayed
    if done is None:
        return {**head, "told": f"no: {one.why_not}", "before": "", "now": ""}
    count = len(done.differences)
    told = "the same" if done.is_same else f"{count} of {done.steps} steps differ"
    return {
        **head,
        "told": told,
        "before": f"{done.cost_before_usd:.4f}",
        "now": f"{done.cost_usd:.4f}",
    }
