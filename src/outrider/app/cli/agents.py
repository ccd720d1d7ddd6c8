"""`outrider agents`: who works here, when, with what; change it, put it back.

In: arguments. Out: tables, plain lines, JSON. Never: a run (`outrider run` starts one), a rule.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

import typer

from outrider.app.cli.output import as_json, listing, minute, moment, note, say
from outrider.app.cli.session import run
from outrider.app.cli.who import As
from outrider.app.wiring import Outrider, local_person, person_actor
from outrider.kernel.access.permissions import Permission, may, refusal
from outrider.kernel.errors import InvalidInput, NotAllowed

EXAMPLE = (
    'Example: outrider agents set sdr --budget 4.00 --schedule "0 9 * * 1-5" --tier mid'
    " --scheduled on"
)
NONE = "none"
"""The word that empties a list."""

Name = Annotated[str, typer.Argument(help="The agent, such as sdr.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Who works here: times, budgets, tools.", no_args_is_help=True)
    group.command("list")(list_)
    group.command("show")(show)
    group.command("set", epilog=EXAMPLE)(set_)
    group.command("reset")(reset)
    group.command("tools")(tools)
    app.add_typer(group, name="agents")


def list_(json_: Json = False) -> None:
    """List every agent as it works here."""
    found = run(_cards, seal=False)
    rows = [card.model_dump(mode="json") for card in found]
    shown = [
        {
            **row,
            "schedule": ", ".join(row["schedule"]) or "when asked",
            "by itself": "yes" if row["next_at"] else "no",
            "next": minute(row["next_at"]) if row["next_at"] else None,
            "last": row["last_run"]["status"] if row["last_run"] else None,
            "spent": f"{card.spent_today_usd:.2f}",
        }
        for row, card in zip(rows, found, strict=True)
    ]
    listing(
        rows if json_ else shown,
        {
            "name": "agent",
            "tier": "tier",
            "budget_usd": "budget $",
            "schedule": "schedule",
            "timezone": "zone",
            "by itself": "by itself",
            "next": "next (UTC)",
            "last": "last run",
            "spent": "today $",
        },
        json_=json_,
        empty="Nobody works here.",
    )
    if not json_ and not any(row["next_at"] for row in rows):
        note("None starts by itself: outrider agents set NAME --scheduled on")


async def _cards(outrider: Outrider) -> list[Any]:
    from outrider.app.views import fleet

    async with outrider.begin()() as tx:
        return [*await fleet.agents(tx, *_models(outrider))]


def _models(outrider: Outrider) -> tuple[Any, Any]:
    from outrider.agents.budget import Limits

    configured = outrider.thinking
    return (configured.models, configured.limits) if configured else (None, Limits())


def show(name: Name, json_: Json = False) -> None:
    """Show one agent: what it is, what was changed here, when it starts next."""

    async def work(outrider: Outrider) -> Any:
        from outrider.app.views import fleet

        async with outrider.begin()() as tx:
            return await fleet.agent(tx, name, *_models(outrider))

    card = run(work, seal=False)
    if json_:
        as_json(card.model_dump(mode="json"))
    else:
        _tell(card)


def _tell(card: Any) -> None:
    def line(field: str, value: Any) -> None:
        changed = "  (changed here)" if field in card.overridden else ""
        say(f"{field:<13}{value}{changed}")

    say(card.name)
    line("tier", f"{card.tier} ({', '.join(card.models) or 'no model is configured'})")
    line("budget_usd", f"{card.budget_usd} a run; {card.spent_today_usd:.4f} spent today")
    line("schedule", ", ".join(card.schedule) or NONE)
    line("timezone", card.timezone)
    line("is_scheduled", "on" if card.is_scheduled else "off")
    line("is_enabled", "on" if card.is_enabled else "off")
    line("prompt", card.prompt)
    line("most_turns", card.most_turns)
    line("tools", ", ".join(card.tools) or NONE)
    line("hands_to", ", ".join(card.hands_to) or NONE)
    line("task", card.task)
    say(f"next         {moment(card.next_at) if card.next_at else 'when it is asked'}")
    if card.last_run:
        say(f"last run     {card.last_run.status}, {moment(card.last_run.started_at)}")
    if card.halted:
        say(f"halted       {card.halted}")


def set_(
    name: Name,
    tier: Annotated[str | None, typer.Option(help="light, mid or heavy.")] = None,
    budget: Annotated[str | None, typer.Option(help="US dollars a run, such as 4.00.")] = None,
    schedule: Annotated[
        list[str] | None, typer.Option(help="A cron line; give it again for more; none: no times.")
    ] = None,
    timezone: Annotated[str | None, typer.Option(help="Zone of the schedule.")] = None,
    tools_: Annotated[
        str | None, typer.Option("--tools", help="All its tools, with commas between.")
    ] = None,
    prompt: Annotated[str | None, typer.Option(help="Id of its text.")] = None,
    turns: Annotated[int | None, typer.Option(help="Most requests to a model in a run.")] = None,
    hands_to: Annotated[
        str | None, typer.Option(help="Whom it may hand a task to, with commas between.")
    ] = None,
    task: Annotated[str | None, typer.Option(help="What it does when its time has come.")] = None,
    scheduled: Annotated[
        str | None, typer.Option(help="on: it starts at its times by itself.")
    ] = None,
    enabled: Annotated[str | None, typer.Option(help="off: it does not run at all.")] = None,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Change an agent in this workspace; what is not given stays."""
    given = {
        "tier": tier,
        "budget_usd": budget,
        "schedule": [] if schedule == [NONE] else schedule,
        "timezone": timezone,
        "tools": _words(tools_),
        "prompt": prompt,
        "most_turns": turns,
        "hands_to": _words(hands_to),
        "task": task,
        "is_scheduled": _is_on("--scheduled", scheduled),
        "is_enabled": _is_on("--enabled", enabled),
    }
    _change(
        name,
        {field: value for field, value in given.items() if value is not None},
        as_,
        json_=json_,
    )


def reset(
    name: Name,
    field: Annotated[
        list[str] | None, typer.Option(help="Only this field; give it again for more.")
    ] = None,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Put an agent back to what is shipped."""
    from outrider.agents.overrides import FIELDS

    _change(name, dict.fromkeys(field or FIELDS), as_, json_=json_)


def _change(name: str, given: dict[str, Any], email: str | None, *, json_: bool) -> None:
    async def work(outrider: Outrider) -> Any:
        from outrider.agents import overrides
        from outrider.app.views import fleet

        member = await local_person(outrider, email)
        if not may(member.role, Permission.AGENTS_WRITE):
            raise NotAllowed(refusal(member.name, member.role, Permission.AGENTS_WRITE))
        async with outrider.begin(person_actor(member))() as tx:
            await overrides.change(tx, name, given)
            return await fleet.agent(tx, name, *_models(outrider))

    card = run(work)
    if json_:
        as_json(card.model_dump(mode="json"))
    else:
        _tell(card)


def tools(json_: Json = False) -> None:
    """List every tool that an agent can be given."""

    async def work(outrider: Outrider) -> list[Any]:
        from outrider.app.mcp.tools import tools_of, with_attached
        from outrider.app.views import fleet

        async with outrider.begin()() as tx:
            return [*await fleet.tools(tx, tools_of(outrider), partial(with_attached, outrider))]

    rows = [card.model_dump(mode="json") for card in run(work, seal=False)]
    shown = [
        {
            **row,
            "agents": ", ".join(row["agents"]),
            "set up": "yes" if row["is_configured"] else f"no: {row['needs']}",
        }
        for row in rows
    ]
    listing(
        rows if json_ else shown,
        {"name": "tool", "effect": "effect", "set up": "set up", "agents": "agents"},
        json_=json_,
        empty="There is no tool.",
    )


def _words(given: str | None) -> list[str] | None:
    if given is None:
        return None
    return [] if given.strip() == NONE else [word.strip() for word in given.split(",")]


def _is_on(option: str, word: str | None) -> bool | None:
    if word is None:
        return None
    if word not in ("on", "off"):
        raise InvalidInput(f"{option} is on or off, not {word!r}.")
    return word == "on"
