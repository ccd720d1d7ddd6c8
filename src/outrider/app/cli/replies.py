"""`outrider replies`: what people answered, and a person's word on what it means.

In: arguments. Out: tables, JSON. Never: an answer sent, a class that nobody said.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from outrider.app.cli.output import as_json, counted, listing, minute, note, say
from outrider.app.cli.session import run
from outrider.app.cli.who import As
from outrider.app.wiring import Outrider, local_person, person_actor
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from outrider.app.views.replies import ReplyLine
    from outrider.campaigns.types import ReplyClass

EXAMPLE = "Example: outrider replies class dana@acme.example not_now --until 2026-05-04"
CORRECTION = "Example: outrider replies correct dana@acme.example objection --go-on"

Means = Annotated[
    str,
    typer.Argument(
        metavar="CLASS",
        help="interested, not_now, objection, meeting, opted_out or out_of_office.",
    ),
]
Until = Annotated[
    str | None,
    typer.Option(help="Day from which on the person may hear again, such as 2026-05-04."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="What people answered: look, and say what it means.", no_args_is_help=True
    )
    group.command("list")(list_)
    group.command("class", epilog=EXAMPLE)(class_)
    group.command("correct", epilog=CORRECTION)(correct_)
    app.add_typer(group, name="replies")


def list_(
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that somebody has said the meaning of.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 50,
    json_: Json = False,
) -> None:
    """List answers whose meaning nobody has said yet, newest first."""
    from outrider.app.views import replies as view

    async def work(outrider: Outrider) -> list[dict[str, Any]]:
        async with outrider.begin()() as tx:
            found = await view.page(tx, waiting=not everything, limit=limit)
        return [one.model_dump(mode="json") for one in found.items]

    found = run(work, seal=False)
    listing(
        found if json_ else [_row(one) for one in found],
        {
            "received": "received (UTC)",
            "contact": "person",
            "account": "account",
            "means": "means",
            "sequence": "sequence",
            "words": "words",
        },
        json_=json_,
        empty="No answer waits for you: outrider read takes new ones in.",
    )
    if found and not json_ and not everything:
        note("Say what an answer means: outrider replies class ADDRESS CLASS")


def _row(one: dict[str, Any]) -> dict[str, Any]:
    means = one["reply_class"] or ("opted_out" if one["kind"] == "opt_out" else "")
    return {
        **one,
        "received": minute(one["received_at"]),
        "means": means.replace("_", " "),
        "words": " ".join(one["words"].split())[:60],
    }


def class_(
    reply: Annotated[
        str, typer.Argument(help="Address of the person (their oldest answer), or its id.")
    ],
    means: Means,
    until: Until = None,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Say what an answer means; its sequence does what its step says of that."""
    from outrider.app.views import replies as view
    from outrider.conversations import label
    from outrider.prospects.identity import Suppressor

    meant, day = _class(means), _day(until)

    async def work(outrider: Outrider) -> tuple[ReplyLine, int]:
        member = await local_person(outrider, as_)
        suppressor = Suppressor(outrider.keys.key("suppression"))
        async with outrider.begin(person_actor(member))() as tx:
            turn_id, more = await _which(tx, reply)
            after = await label.label(tx, turn_id, meant, day, suppressor=suppressor)
            return await view.one(tx, turn_id, after.id), more

    line, more = run(work)
    if json_:
        as_json(line.model_dump(mode="json"))
        return
    say(f"{line.contact}, {line.account}: {means.replace('_', ' ')}. {_goes_on(line)}")
    if more:
        note(f"{counted(more, 'answer')} of this person still without a class.")


def correct_(
    reply: Annotated[
        str, typer.Argument(help="Address of the person (their newest answer), or its id.")
    ],
    means: Means,
    until: Until = None,
    go_on: Annotated[
        bool,
        typer.Option("--go-on", help="Let a stopped sequence do what its step says of the class."),
    ] = False,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Say that an answer means something else than it was taken for.

    What its first class did is taken back, as far as that can be. An opt-out stays.
    """
    from outrider.app.views import replies as view
    from outrider.conversations import correct
    from outrider.prospects.identity import Suppressor

    instead = correct.Instead(_class(means), _day(until), go_on)

    async def work(outrider: Outrider) -> tuple[ReplyLine, correct.Correction]:
        member = await local_person(outrider, as_)
        suppressor = Suppressor(outrider.keys.key("suppression"))
        async with outrider.begin(person_actor(member))() as tx:
            turn_id = await _said(tx, reply)
            done = await correct.correct(tx, turn_id, instead, suppressor=suppressor)
            return await view.one(tx, turn_id, done.enrollment.id), done

    line, done = run(work)
    if json_:
        reply_line = line.model_dump(mode="json")
        as_json({"reply": reply_line, "was": str(done.was), "told": list(done.told)})
        return
    was, now = str(done.was).replace("_", " "), means.replace("_", " ")
    say(f"{line.contact}, {line.account}: {now}, no longer {was}. {_goes_on(line)}")
    for sentence in done.told:
        note(sentence)


def _class(means: str) -> ReplyClass:
    from outrider.campaigns.types import ReplyClass
    from outrider.conversations import label

    if means not in label.BY_PEOPLE:
        raise InvalidInput(
            f"{means[:40]!r} is no class of answers: give one of {', '.join(label.BY_PEOPLE)}."
        )
    return ReplyClass(means)


def _goes_on(line: ReplyLine) -> str:
    if line.due_at is None:
        return f"The sequence is {line.sequence}."
    return f"The sequence is {line.sequence}; step {line.next_step} is due {minute(line.due_at)}."


async def _which(tx: Tx, reply: str) -> tuple[UUID, int]:
    """The answer that is meant, and how many more of the person wait."""
    found = await _of_person(tx, reply, waiting=True)
    if isinstance(found, UUID):
        return found, 0
    if not found:
        raise NotFound(
            f"No answer of {reply[:80]} waits for a class: outrider replies list --all shows all."
        )
    return found[-1].id, len(found) - 1


async def _said(tx: Tx, reply: str) -> UUID:
    """The newest answer of the person that has a class, or the one of this id."""
    found = await _of_person(tx, reply, waiting=False)
    if isinstance(found, UUID):
        return found
    said = [one.id for one in found if one.reply_class is not None]
    if not said:
        raise NotFound(
            f"No answer of {reply[:80]} has a class yet: say it with outrider replies class."
        )
    return said[0]


async def _of_person(tx: Tx, reply: str, *, waiting: bool) -> UUID | list[ReplyLine]:
    """The id that was given, or the answers of the person whose address it is, newest first."""
    from outrider.app.views import replies as view
    from outrider.prospects import read as prospects

    try:
        return UUID(reply)
    except ValueError:
        pass
    contact = await prospects.contact_by_email(tx, reply.strip())
    if contact is None:
        raise NotFound(
            f"There is no contact {reply[:80]}: outrider replies list shows who answered."
        )
    return (await view.page(tx, waiting=waiting, contact=contact.id, limit=200)).items


def _day(until: str | None) -> date | None:
    if until is None:
        return None
    try:
        return datetime.strptime(until, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise InvalidInput(f"--until is {until[:40]!r}: give a day such as 2026-05-04.") from None
