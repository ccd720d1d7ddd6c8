"""One person's data: everything that is kept, and its erasure.

In: Outrider and an address. Out: all rows and mails about the person, or a report of what is gone. Never: an
erasure that forgets the opt-out: the keyed hash stays, so that no later list brings the person back.

An erasure is five steps, each safe to repeat: it is stopped that anything leaves; it is written down that
the erasure began; rows are blanked; bytes are cut out of the object store; it is written down that it is
done. What a crash interrupts, the next call or `finish` takes up.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from outrider.agents import forget as memories
from outrider.agents import personal as agents
from outrider.app.jobs.care.hold import removing
from outrider.app.jobs.care.named_objects import NAMES_AN_OBJECT
from outrider.app.jobs.rounds import Rounds
from outrider.app.slack import personal as slack
from outrider.app.views import privacy as view
from outrider.app.wiring import Outrider
from outrider.campaigns import personal as campaigns
from outrider.conversations import personal as conversations
from outrider.crm import personal as crm
from outrider.drafts import personal as drafts
from outrider.kernel import privacy
from outrider.kernel.audit.append import record
from outrider.kernel.database import dump
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.errors import InvalidInput, NotFound
from outrider.kernel.privacy import Personal, Place, Whom
from outrider.kernel.telemetry import get_logger
from outrider.learning import personal as learning
from outrider.prospects import personal as prospects
from outrider.prospects.identity import Suppressor
from outrider.prospects.types import ContactId
from outrider.sending import personal as sending
from outrider.sending import unsubscribe

ROOMS = (agents, learning, crm, conversations, sending, drafts, campaigns, slack, prospects)
DECLARED: tuple[Personal, ...] = (
    *privacy.KERNEL,
    *(one for room in ROOMS for one in room.PERSONAL),
)
"""What every room says of its tables; the contact's own row comes last."""
IMPERSONAL = {
    **privacy.IMPERSONAL,
    **{table: why for room in ROOMS for table, why in room.IMPERSONAL.items()},
}

JOURNAL = "erasures.jsonl"
"""In the home folder: who was erased, by id and keyed hash, to be repeated after an old backup came back."""

RETENTION = Actor(ActorKind.JOB, "retention")
_TRIES = 5
_log = get_logger("privacy")
_ROUNDS = Rounds(_log, "leads_not_forgotten")

BEYOND = (
    "what the CRM, Slack and the mail providers keep",
    "mails in the person's own mailbox and in yours",
    "backups made before, until they expire: `outrider privacy replay` erases again after a restore",
)
"""What an erasure here cannot reach, as the report says it."""


@dataclass(frozen=True)
class Erased:
    """What an erasure did."""

    contact_id: UUID
    rows: dict[str, int]
    mails: int
    """Mails whose bytes were cut out of the object store."""
    slack_posts: int
    """Cards that Slack still shows."""


async def tell(outrider: Outrider, email: str, folder: Path, actor: Actor) -> dict[str, int]:
    """Write all that is kept about a person into a folder: `person.json`, and each mail as it was.

    Returns:
        How many rows by table, and `mails`.

    Raises:
        NotFound: nobody has this address.
        InvalidInput: the folder holds something already or cannot be written.
    """
    kept, places = await _about(outrider, email, actor)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(folder.iterdir()):
            raise InvalidInput(f"The folder {folder} holds something already: give an empty one.")
        text = json.dumps(kept, indent=1, ensure_ascii=False, default=str)
        (folder / "person.json").write_text(text, encoding="utf-8")
        mails = await _write_mails(outrider, places, folder / "mails")
    except OSError as error:
        raise InvalidInput(
            f"The folder {folder} cannot be written ({error.strerror}): give another one."
        ) from error
    return {**{table: len(rows) for table, rows in kept.items()}, "mails": mails}


async def rows_about(
    outrider: Outrider, email: str, actor: Actor
) -> dict[str, list[dict[str, Any]]]:
    """Every row about a person, by table.

    Raises:
        NotFound: nobody has this address.
    """
    return (await _about(outrider, email, actor))[0]


async def _about(
    outrider: Outrider, email: str, actor: Actor
) -> tuple[dict[str, list[dict[str, Any]]], list[Place]]:
    async with outrider.begin(actor)() as tx:
        people = await view.find(tx, email, _suppressor(outrider).hash(email))
        for whom in people:
            await record(tx, "privacy.export", f"contact:{whom.contact_id}")
        people_of_log = outrider.log_of_people
        logged = [
            e for whom in people for e in await view.logged(tx, whom.contact_id, people_of_log)
        ]
    kept: dict[str, list[dict[str, Any]]] = {"audit_events": logged} if logged else {}
    places: list[Place] = []
    for whom in people:
        found, where = await asyncio.to_thread(_look, outrider, whom)
        places += where
        for table, rows in found.items():
            kept.setdefault(table, []).extend(rows)
    return kept, places


async def erase(
    outrider: Outrider,
    email: str,
    reason: str,
    actor: Actor,
    progress: Callable[[str], None] = lambda step: None,
) -> list[Erased]:
    """Erase a person from every row and every stored mail of this workspace.

    Raises:
        NotFound: nobody has this address.
        Conflict: a mail to the person is at the wire, or nobody knows what became of one.
        Unavailable: the object store cannot be reached, or a backup needs it as it is; `finish` goes on.
    """
    suppressor = _suppressor(outrider)
    async with outrider.begin(actor)() as tx:
        people = await view.find(tx, email, suppressor.hash(email))
        for whom in people:
            progress("Stopping what was to be sent")
            await unsubscribe.act(tx, suppressor, ContactId(whom.contact_id), "erasure")
            await view.none_at_the_wire(tx, whom.contact_id)
            await privacy.intend(tx, whom.contact_id, suppressor.hash(whom.email), reason)
    return [await _carry_out(outrider, whom, actor, progress) for whom in people]


async def finish(outrider: Outrider, actor: Actor) -> list[Erased]:
    """Take up erasures that were interrupted."""
    async with outrider.begin(actor)() as tx:
        left = await view.unfinished(tx)
    return [await _carry_out(outrider, whom, actor, lambda step: None) for whom in left]


async def forget_unused(
    outrider: Outrider, keep: timedelta, actor: Actor, most: int = 200
) -> list[Erased]:
    """Erase people with whom nothing has happened for `keep`; nobody is put on the suppression list.

    Whoever is listed again later is a new contact: nothing was asked of us, so nothing is remembered.
    """
    suppressor = _suppressor(outrider)
    async with outrider.begin(actor)() as tx:
        people = await view.unused_since(tx, tx.now - keep, most)
        for whom in people:
            await privacy.intend(tx, whom.contact_id, suppressor.hash(whom.email), "retention")
    return [await _carry_out(outrider, whom, actor, lambda step: None) for whom in people]


async def forget_memories(outrider: Outrider) -> int:
    """Blank what agents noted longer ago than `retain_memories`; how many steps that were."""
    keep = outrider.settings.retain_memories
    if keep is None:
        return 0
    async with outrider.begin(RETENTION)() as tx:
        count = await memories.forget_notes(tx, keep)
    if count:
        _log.info("memories_forgotten", count=count)
    return count


async def forget_everywhere(outrider: Outrider) -> None:
    """Finish what was interrupted, forget the unused and old notes; what fails in one workspace stops no other."""
    await _ROUNDS.everywhere(outrider, _forget)


async def _forget(here: Outrider) -> None:
    await finish(here, RETENTION)
    if here.settings.retain_leads is not None:
        gone = await forget_unused(here, here.settings.retain_leads, RETENTION)
        if gone:
            _log.info("leads_forgotten", count=len(gone))
    await forget_memories(here)


async def forget_forever(outrider: Outrider, every: timedelta = timedelta(hours=1)) -> None:
    """`forget_everywhere` every `every` until cancelled; a failure is logged."""
    await _ROUNDS.forever(outrider, forget_everywhere, every)


async def replay(outrider: Outrider, journal: Path, actor: Actor) -> list[Erased]:
    """Erase again who was erased before, after an older backup was restored.

    Raises:
        InvalidInput: the file is no journal of erasures.
    """
    suppressor = _suppressor(outrider)
    wanted = _read_journal(journal, outrider)
    async with outrider.begin(actor)() as tx:
        people = await view.still_there(tx, wanted)
        for whom in people:
            await unsubscribe.act(tx, suppressor, ContactId(whom.contact_id), "erasure")
            address_hash = suppressor.hash(whom.email)
            await privacy.intend(tx, whom.contact_id, address_hash, "erased before the restore")
    return [await _carry_out(outrider, whom, actor, lambda step: None) for whom in people]


async def _carry_out(
    outrider: Outrider, whom: Whom, actor: Actor, progress: Callable[[str], None]
) -> Erased:
    # Mails are cut out before rows are blanked: some rows are found by the address that they hold.
    progress("Cutting mails out of the object store")
    mails = 0
    for _ in range(_TRIES):
        _, places = await asyncio.to_thread(_look, outrider, whom)
        mails = max(mails, len(places))
        # Another erasure may have moved the same pack meanwhile, with this person's mail in it.
        if not await _cut_out(outrider, whom, places):
            break
    progress("Blanking rows")
    rows = await asyncio.to_thread(_take_out, outrider, whom)
    _write_journal(outrider, whom)
    await _remove_leftovers(outrider, whom)
    async with outrider.begin(actor)() as tx:
        await privacy.finished(tx, whom.contact_id, rows)
        cards = await view.cards_in_slack(tx, whom.contact_id)
    return Erased(whom.contact_id, rows, mails, cards)


async def _cut_out(outrider: Outrider, whom: Whom, places: list[Place]) -> bool:
    """Put zeros where the person's mails are; says whether anything changed.

    Objects about the person alone are noted, to be removed at the end.
    """
    packs: dict[str, list[Place]] = {}
    whole: Counter[str] = Counter()
    for place in places:
        if place.length is None:
            whole[place.object] += 1
        else:
            packs.setdefault(place.object, []).append(place)
    await asyncio.to_thread(_note, outrider, whom, whole)
    changed = False
    for before, ranges in packs.items():
        try:
            data = bytearray(await outrider.objects.get(before))
        except NotFound:
            continue
        for place in ranges:
            assert place.length is not None
            data[place.start : place.start + place.length] = bytes(place.length)
        after = await outrider.objects.put(bytes(data))
        if after != before:
            # The new object is noted as well: if the rows have moved on meanwhile, nobody names it.
            await asyncio.to_thread(_note, outrider, whom, {before: 0, after: 0})
            await asyncio.to_thread(_move, outrider, before, after)
            changed = True
    return changed


async def _remove_leftovers(outrider: Outrider, whom: Whom) -> None:
    if not await asyncio.to_thread(_nameless, outrider, whom):
        return
    async with removing(outrider.database.owner):
        for digest in await asyncio.to_thread(_nameless, outrider, whom):
            await outrider.objects.remove(digest)


async def _write_mails(outrider: Outrider, places: list[Place], folder: Path) -> int:
    written = 0
    for place in places:
        try:
            data = await outrider.objects.get(place.object)
        except NotFound:
            continue
        end = None if place.length is None else place.start + place.length
        folder.mkdir(exist_ok=True, mode=0o700)
        (folder / f"{place.table}-{place.row}.eml").write_bytes(data[place.start : end])
        written += 1
    return written


def _suppressor(outrider: Outrider) -> Suppressor:
    return Suppressor(outrider.keys.key("suppression"))


@contextmanager
def _all_rows(outrider: Outrider) -> Iterator[psycopg.Connection]:
    """The owner's connection: decisions are kept for good from every login but this one."""
    with dump.connected(outrider.database.owner) as conn:
        yield conn


def _look(outrider: Outrider, whom: Whom) -> tuple[dict[str, list[dict[str, Any]]], list[Place]]:
    with _all_rows(outrider) as conn:
        return privacy.tell(conn, DECLARED, whom), privacy.places(conn, DECLARED, whom)


def _take_out(outrider: Outrider, whom: Whom) -> dict[str, int]:
    with _all_rows(outrider) as conn, conn.transaction():
        return privacy.take_out(conn, DECLARED, whom)


def _move(outrider: Outrider, before: str, after: str) -> None:
    with _all_rows(outrider) as conn, conn.transaction():
        privacy.move_pack(conn, DECLARED, before, after)


def _note(outrider: Outrider, whom: Whom, objects: Mapping[str, int]) -> None:
    with _all_rows(outrider) as conn, conn.transaction():
        privacy.note_objects(conn, whom, objects)


def _nameless(outrider: Outrider, whom: Whom) -> list[str]:
    with _all_rows(outrider) as conn:
        return privacy.nameless(conn, NAMES_AN_OBJECT, whom)


def _write_journal(outrider: Outrider, whom: Whom) -> None:
    line = json.dumps(
        {"workspace": str(whom.workspace_id), "contact": str(whom.contact_id)}, sort_keys=True
    )
    file = outrider.settings.home / JOURNAL
    known = file.read_text(encoding="ascii").splitlines() if file.exists() else []
    if line not in known:
        handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "a", encoding="ascii") as out:
            out.write(line + "\n")


def _read_journal(file: Path, outrider: Outrider) -> list[UUID]:
    try:
        lines = [json.loads(line) for line in file.read_text(encoding="ascii").splitlines()]
        return [
            UUID(line["contact"]) for line in lines if line["workspace"] == str(outrider.workspace)
        ]
    except (OSError, ValueError, KeyError, TypeError):
        raise InvalidInput(
            f"{file} is no journal of erasures: give the file {JOURNAL} of the old home folder."
        ) from None
