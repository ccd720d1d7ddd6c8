"""`outrider audit`: the log that nobody can change unseen.

In: what to look for, where to write. Out: verdicts, events, proofs, an export that needs no Outrider to
be checked. Never: a change of the log.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from pydantic import ValidationError

from outrider.app.cli.output import as_json, counted, listing, minute, note, point, progress, say
from outrider.app.cli.session import run, seal_log
from outrider.app.jobs.care.keep_log import export_checkpoint
from outrider.app.views import audit as view
from outrider.app.wiring import Outrider
from outrider.kernel.audit import export as exporting
from outrider.kernel.audit import prove
from outrider.kernel.audit.expire import Cut
from outrider.kernel.audit.exported import Exported
from outrider.kernel.audit.kept import Sample
from outrider.kernel.audit.seal import Seal, read_note
from outrider.kernel.audit.verify import Verdict, verify_database
from outrider.kernel.errors import Broken, InvalidInput, Unavailable

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Person = Annotated[
    str | None, typer.Option(help="Acts of this member, or as --contact: the e-mail address.")
]
Contact = Annotated[
    str | None, typer.Option(help="All about somebody we write to: the e-mail address.")
]
Agent = Annotated[str | None, typer.Option(help="Acts of this agent: its name.")]
Tool = Annotated[str | None, typer.Option(help="Calls of this tool.")]
Mail = Annotated[str | None, typer.Option(help="All about one mail: its Message-ID.")]
About = Annotated[str | None, typer.Option(help="All about one thing, as draft:ID.")]
Action = Annotated[str | None, typer.Option(help="A room, or room.verb, as drafts.approve.")]
Since = Annotated[datetime | None, typer.Option(help="From this time on (UTC).")]
Until = Annotated[datetime | None, typer.Option(help="Up to this time (UTC).")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    audit = typer.Typer(help="The log that nobody can change unseen.", no_args_is_help=True)
    audit.command("verify")(verify_)
    audit.command("search", epilog="Example: outrider audit search --mail '<id@brand.example>'")(
        search
    )
    audit.command("export", epilog="Example: outrider audit export ./log --since 2026-01-01")(
        export
    )
    audit.command("proof")(proof)
    audit.command("seals")(seals)
    audit.command("key")(key)
    audit.command("seal")(seal)
    app.add_typer(audit, name="audit")


def verify_(
    checkpoint: Annotated[
        Path | None,
        typer.Option(help="A checkpoint kept elsewhere; default: the one in the home folder."),
    ] = None,
    exported: Annotated[
        bool | None,
        typer.Option(
            "--against-exported/--without-exported",
            help="Compare with the checkpoint store; default: if it can be read.",
        ),
    ] = None,
    json_: Json = False,
) -> None:
    """Recompute the whole log: every event, every leaf, every signed root."""

    async def work(outrider: Outrider) -> Verdict:
        kept = _kept(outrider, checkpoint)
        others = await _exported(outrider, exported)
        await seal_log(outrider)
        with progress("Verifying the log", quiet=json_) as bar:
            return await verify_database(
                outrider.database,
                outrider.signer.public,
                checkpoint=kept,
                exported=others,
                progress=bar,
            )

    verdict = run(work, seal=False)
    if json_:
        as_json(_verdict_json(verdict))
    elif verdict.holds:
        events, seals = counted(verdict.events, "event"), counted(verdict.seals, "signed seal")
        agrees = counted(verdict.compared, "checkpoint")
        say(f"The log holds: {events}, {seals}; it agrees with {agrees} kept elsewhere.")
    if verdict.cut and not json_:
        cut = verdict.cut
        note(
            f"{counted(cut.events, 'event')} from before {cut.before:%Y-%m-%d} were dropped, as signed"
            f" on {cut.cut_at:%Y-%m-%d}; all events from leaf {cut.size} on are there."
        )
    for fault in [] if json_ else verdict.faults:
        say(f"  {fault.sentence}")
    if not verdict.holds:
        raise Broken(
            f"The log does not hold: {counted(verdict.faults_in_all, 'fault')}, named above. "
            "Keep the database as it is and restore a backup beside it to compare."
        )


def _kept(outrider: Outrider, file: Path | None) -> Seal | None:
    kept = file or outrider.settings.home / "checkpoints" / "checkpoint"
    try:
        return read_note(kept.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if file is None:
            return None
        raise InvalidInput(
            f"--checkpoint {file} is not there: give the file that you kept."
        ) from None
    except UnicodeDecodeError:
        raise InvalidInput(
            f"--checkpoint {kept} is no checkpoint but a binary file: give the text that was kept."
        ) from None
    except OSError as error:
        raise InvalidInput(
            f"--checkpoint {kept} cannot be read ({error.strerror}): mend its rights."
        ) from None


async def _exported(outrider: Outrider, wanted: bool | None) -> Sample:
    """The checkpoints of the store; none when it cannot be read and nobody insists on it."""
    if wanted is False:
        return Sample()
    try:
        return await Exported(outrider.settings.checkpoints_url).sample()
    except Unavailable as error:
        if wanted:
            raise
        point(f"{error.message} The log is compared with the checkpoint in the home folder alone.")
        return Sample()


def _verdict_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "holds": verdict.holds,
        "events": verdict.events,
        "seals": verdict.seals,
        "unsealed": verdict.unsealed,
        "checkpoint": verdict.newest.note() if verdict.newest else None,
        "compared": verdict.compared,
        "cut": _cut_json(verdict.cut) if verdict.cut else None,
        "faults": [fault.sentence for fault in verdict.faults],
        "faults_in_all": verdict.faults_in_all,
    }


def _cut_json(cut: Cut) -> dict[str, Any]:
    return {
        "leaves": cut.size,
        "events_dropped": cut.events,
        "before": cut.before.isoformat(),
        "cut_at": cut.cut_at.isoformat(),
    }


def seal() -> None:
    """Seal what is final now, and write the checkpoint to the store; `outrider up` does both."""

    async def work(outrider: Outrider) -> int:
        await seal_log(outrider)
        return await export_checkpoint(outrider, Exported(outrider.settings.checkpoints_url))

    say(f"Sealed: {counted(run(work, seal=False), 'leaf', 'leaves')}.")


def search(
    person: Person = None,
    contact: Contact = None,
    agent: Agent = None,
    tool: Tool = None,
    mail: Mail = None,
    about: About = None,
    action: Action = None,
    since: Since = None,
    until: Until = None,
    before: Annotated[
        str | None, typer.Option(help="Older than this event: the last of the page before.")
    ] = None,
    limit: Annotated[int, typer.Option(help="Most events, up to 500.")] = 50,
    json_: Json = False,
) -> None:
    """Find events by person, agent, tool, mail, thing or time; newest first."""
    asked = _asked(
        person=person,
        contact=contact,
        agent=agent,
        tool=tool,
        mail=mail,
        about=about,
        action=action,
        since=since,
        until=until,
    )

    async def work(outrider: Outrider) -> list[dict[str, Any]]:
        async with outrider.begin()() as tx:
            reader = view.Reader(outrider.log_of_people, may_open=True)
            return await view.search(
                tx, asked, before=_event_id(before), limit=limit, reader=reader
            )

    found = run(work)
    listing(
        found if json_ else [_shown(event) for event in found],
        {
            "at": "at (UTC)",
            "who": "who",
            "action": "did",
            "subject": "about",
            "contact": "contact",
            "outcome": "outcome",
        },
        json_=json_,
        empty="No event fits.",
    )
    if len(found) == limit and not json_:
        note(f"There may be more: --before {found[-1]['id']}")


def _shown(event: dict[str, Any]) -> dict[str, Any]:
    told = event["contact"] or ""
    contact = told.get("address", "") if isinstance(told, dict) else told
    return {**event, "at": minute(event["at"]), "contact": contact}


def export(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    person: Person = None,
    contact: Contact = None,
    agent: Agent = None,
    tool: Tool = None,
    mail: Mail = None,
    about: About = None,
    action: Action = None,
    since: Since = None,
    until: Until = None,
    json_: Json = False,
) -> None:
    """Write events with everything that proves them, and a script that checks it without Outrider."""
    asked = _asked(
        person=person,
        contact=contact,
        agent=agent,
        tool=tool,
        mail=mail,
        about=about,
        action=action,
        since=since,
        until=until,
    )

    async def work(outrider: Outrider) -> exporting.Exported:
        await seal_log(outrider)
        with progress("Exporting the log", quiet=json_) as bar:
            async with outrider.begin()() as tx:
                wanted = await view.wanted(tx, asked, people=outrider.log_of_people)
                return await exporting.export(tx, wanted, folder, outrider.signer, bar)

    done = run(work, seal=False)
    if json_:
        as_json({"events": done.events, "leaves": done.leaves, "unsealed": done.unsealed})
        return
    say(f"Wrote {counted(done.events, 'event')} to {folder}, provable in {done.leaves} leaves.")
    if done.unsealed:
        note(f"{counted(done.unsealed, 'event')} not sealed yet; export again in a second.")
    note(f"To check it on any machine: python {folder / 'verify_log.py'}")


def proof(
    event: Annotated[str, typer.Argument(help="The event's id, as `audit search --json` has it.")],
    json_: Json = False,
) -> None:
    """Print the proof that one event is in the sealed log, as JSON."""
    del json_  # A proof is for programs; there is no other form.

    async def work(outrider: Outrider) -> dict[str, Any]:
        await seal_log(outrider)
        wanted = _event_id(event)
        assert wanted is not None
        async with outrider.begin()() as tx:
            return await prove.inclusion(tx, wanted)

    as_json(run(work, seal=False))


def seals(
    limit: Annotated[int, typer.Option(help="Most checkpoints, newest first.")] = 20,
    json_: Json = False,
) -> None:
    """List the signed checkpoints, newest first."""

    async def work(outrider: Outrider) -> list[dict[str, Any]]:
        async with outrider.begin()() as tx:
            return [
                {
                    "size": one.size,
                    "root": one.root.hex(),
                    "sealed_at": one.sealed_at.isoformat(timespec="seconds"),
                    "key_id": one.key_id,
                }
                for one in await prove.seals(tx, limit)
            ]

    listing(
        run(work),
        {"size": "leaves", "root": "root", "sealed_at": "sealed (UTC)", "key_id": "key"},
        json_=json_,
        empty="Nothing is sealed yet.",
    )


def key() -> None:
    """Print the public key that signs checkpoints; keep it where this machine cannot change it."""

    async def work(outrider: Outrider) -> str:
        return outrider.signer.public.public_bytes_raw().hex()

    say(run(work, seal=False))


def _asked(**given: Any) -> view.Asked:
    try:
        return view.Asked(**{name: value for name, value in given.items() if value})
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(f"--{first['loc'][0]} cannot be used: {first['msg']}.") from None


def _event_id(given: str | None) -> UUID | None:
    try:
        return UUID(given) if given else None
    except ValueError:
        raise InvalidInput(
            f"{given!r} is no event's id; `outrider audit search --json` shows them."
        ) from None
