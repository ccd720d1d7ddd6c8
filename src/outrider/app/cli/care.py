"""`outrider backup`, `restore`, `sweep`, `doctor`: for whoever keeps it running.

In: arguments. Out: a backup, a restored installation, findings. Never: a repair that nobody asked for.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from outrider.app.cli import domain
from outrider.app.cli.output import Bar, as_json, counted, moment, note, point, progress, say
from outrider.app.jobs.care import keyfile
from outrider.app.jobs.care.backup import backup as take_backup
from outrider.app.jobs.care.doctor import Health, examine
from outrider.app.jobs.care.manifest import Manifest
from outrider.app.jobs.care.parts import reading
from outrider.app.jobs.care.restore import Restored
from outrider.app.jobs.care.restore import restore as bring_back
from outrider.app.jobs.care.sweep import sweep as find_orphans
from outrider.app.wiring import make_home
from outrider.kernel import telemetry
from outrider.kernel.clock import SystemClock
from outrider.kernel.errors import Broken, InvalidInput
from outrider.kernel.settings import Settings, load

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Keys = Annotated[
    Path | None, typer.Option("--keys", help="A file of the keys, apart from the backup.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("backup", epilog="Example: outrider backup /mnt/b/monday --keys /safe/keys")(backup)
    app.command(
        "restore", epilog="Example: outrider restore /mnt/b/monday --into-empty --keys /safe/keys"
    )(restore)
    app.command("sweep", epilog="Example: outrider sweep --remove")(sweep)
    domain.add_to_doctor(app, doctor)


def sweep(
    remove: Annotated[bool, typer.Option("--remove", help="Remove them; else only count.")] = False,
    json_: Json = False,
) -> None:
    """Count stored objects that no row names, or remove them.

    A crash may leave them. Objects younger than a day are left alone.
    """
    with progress("Looking through the store", quiet=json_) as bar:
        found = asyncio.run(
            find_orphans(
                _settings(),
                SystemClock().now(),
                remove=remove,
                tell=lambda seen: bar(seen, None),
            )
        )
    if json_:
        as_json(asdict(found))
        return
    size = f"{found.orphan_bytes / 1e6:.1f} MB"
    stored = counted(found.objects, "stored object")
    say(f"Of {stored} {found.orphans} are named by no row ({size}); {found.removed} removed.")
    if found.orphans and not remove:
        note("To remove them: outrider sweep --remove")


def backup(
    target: Annotated[Path, typer.Argument(help="A free name; .tar makes one file.")],
    keys: Keys = None,
    json_: Json = False,
) -> None:
    """Save the database and all objects, while Outrider runs.

    The keys stay out: whoever holds a backup with its keys can forge opt-out links and seals. --keys
    FILE writes them apart; keep that file in another safe place.
    """
    settings = _settings()
    if keys and keys.exists():
        raise InvalidInput(f"--keys {keys} exists already: give a name that is free.")
    with progress("Backing up", quiet=json_) as bar:
        made = asyncio.run(take_backup(settings, SystemClock(), target, _teller(bar)))
    saved = keyfile.save(settings.home / "keys", keys) if keys else []
    if json_:
        as_json({**made.model_dump(mode="json"), "target": str(target), "keys_saved": saved})
    else:
        _say_backup(made, target, keys)
    if made.missing:
        raise Broken(
            f"The backup is whole but for {counted(made.missing, 'object')} that the store could not "
            "give: run `outrider doctor`, and keep an older backup that has them."
        )


def _say_backup(made: Manifest, target: Path, keys: Path | None) -> None:
    rows, objects = sum(made.rows.values()), counted(made.objects, "object")
    size = (made.object_bytes + sum(part.bytes for part in made.parts.values())) / 1e6
    say(f"Backed up to {target}: {counted(rows, 'row')}, {objects}, {size:.1f} MB.")
    if made.sealed:
        say(f"The log is sealed up to event {made.sealed}; the checkpoint is inside.")
    if keys:
        say(f"The keys are in {keys}, for its owner alone: keep it apart from the backup.")
    else:
        point("The keys are not inside: without them opt-out links and the suppression list are")
        point("lost. Save them once: outrider backup NAME --keys FILE")
    note(
        "Keep erasures.jsonl of the home folder with it: a restore then erases again who was erased."
    )


def restore(
    source: Annotated[Path, typer.Argument(help="What `outrider backup` made.")],
    into_empty: Annotated[
        bool, typer.Option("--into-empty", help="Say that home and database are empty; needed.")
    ] = False,
    keys: Keys = None,
    json_: Json = False,
) -> None:
    """Bring a backup back into an empty home; every workspace is halted.

    Every hash is checked before anything is written. Mail that was sent after the backup is waiting
    again in the restored state, so nothing leaves until a person moves the kill switch.
    """
    if not into_empty:
        raise InvalidInput(
            "A restore fills an empty home folder and database: set OUTRIDER_HOME (and DATABASE_URL) "
            "to empty ones, and add --into-empty."
        )
    settings = load()
    found = keyfile.load(keys) if keys else None
    with progress("Restoring", quiet=json_) as bar:
        done = asyncio.run(
            bring_back(settings, SystemClock(), reading(source), found, _teller(bar))
        )
    if json_:
        as_json(_restored_json(done))
    else:
        _say_restored(done)
    if not done.verdict.holds:
        raise Broken(
            f"The restored log does not hold ({counted(done.verdict.faults_in_all, 'fault')}): every "
            "workspace stays halted; restore an older backup into another home and compare."
        )


def _say_restored(done: Restored) -> None:
    made, verdict = done.manifest, done.verdict
    rows, objects = sum(made.rows.values()), counted(done.objects, "object")
    say(f"Restored the backup of {moment(made.made_at)}: {counted(rows, 'row')}, {objects}.")
    if verdict.holds:
        at = "matches the backup's checkpoint" if made.sealed else "has no seal yet"
        say(f"The log holds: {counted(verdict.events, 'event')}; it {at}.")
    for fault in verdict.faults[:20]:
        say(f"  {fault.sentence}")
    if made.missing:
        say(f"{counted(made.missing, 'object')} were missing in the store already.")
    for what in done.lost:
        say(f"Without its keys: {what}.")
    say("Every workspace is halted: mails that were sent after the backup wait here as unsent.")
    for space in done.waiting:
        say(
            f"  {space.workspace}: {space.approved} approved, {space.queued} queued, "
            f"{space.unknown} of unknown fate"
        )
    say("Everybody is logged out. People and keys are as they were: who left since is in again.")
    note(
        "Before it goes on: outrider read (replies and opt-outs since then), outrider outbox list,"
    )
    note(
        "and erase again who was erased since: outrider privacy replay erasures.jsonl, with that file"
        " of the old home;"
    )
    note("then: outrider kill off --reason WHY. docs/operate.md has every step.")


def _restored_json(done: Restored) -> dict[str, Any]:
    return {
        "backup": done.manifest.id,
        "made_at": done.manifest.made_at.isoformat(),
        "revision": done.revision,
        "rows": sum(done.manifest.rows.values()),
        "objects": done.objects,
        "missing": done.manifest.missing,
        "keys": list(done.keys),
        "lost": list(done.lost),
        "log_holds": done.verdict.holds,
        "faults": [fault.sentence for fault in done.verdict.faults],
        "halted": [vars(space) for space in done.waiting],
    }


def doctor(
    network: Annotated[
        bool, typer.Option("--network", help="Also knock at the mail servers.")
    ] = False,
    json_: Json = False,
) -> None:
    """Look at each part: what is wrong, and what to do.

    Changes nothing. Exit code 1 means that something is broken.
    """
    found = asyncio.run(examine(load(), SystemClock(), network=network))
    if json_:
        as_json({"items": [item.model_dump(mode="json") for item in found]})
    else:
        width = max(len(item.part) for item in found)
        for item in found:
            way_out = f" {item.do}" if item.do else ""
            say(f"{item.health:<6}  {item.part:<{width}}  {item.found}.{way_out}")
    if any(item.health is Health.BROKEN for item in found):
        raise typer.Exit(1)


def _settings() -> Settings:
    settings = load()
    make_home(settings.home)
    telemetry.configure(settings.log_level, settings.home / "logs", to_stderr=False)
    return settings


def _teller(bar: Bar) -> Any:
    def tell(what: str, done: int, total: int | None) -> None:
        bar.describe(what)
        bar(done, total)

    return tell
