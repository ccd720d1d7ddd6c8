"""Export the log so that anybody can check it without Outrider.

In: the open transaction, what is wanted, an empty folder. Out: the events as JSON lines, the hash of
every leaf of the sealed tree, the signed checkpoint, the public key and how it came to be the one, and
a script that checks them all with nothing but Python. Never: another workspace's event; of those only hashes go out.

All hashes go along, 32 bytes an event, because then any choice of events is provable by one file,
and the receiver can recompute the whole root himself.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

from outrider.kernel.audit.prove import key_changes, newest_seal
from outrider.kernel.audit.seal import Seal, Signer
from outrider.kernel.audit.search import Wanted, conditions
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict, InvalidInput

CHUNK = 10_000
"""Rows held in memory at a time."""

_FIELDS = ("id", "workspace_id", "at", "actor", "action", "subject", "correlation_id", "body")
_VERIFIER = "verify_log.py"


@dataclass(frozen=True)
class Exported:
    """What was written, and what waits."""

    events: int
    leaves: int
    unsealed: int
    """Events that fit and have no seal yet; they are not in the export."""
    folder: Path


async def export(
    tx: Tx,
    wanted: Wanted,
    folder: Path,
    signer: Signer,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Exported:
    """Write the events that fit into a folder.

    Args:
        tx: the open transaction; its workspace bounds the events.
        wanted: which events; its `limit` and `before` are not used.
        folder: made by this call; it must not be there, or be empty.
        signer: whose public key goes along.
        progress: told leaves written and leaves in all.

    Raises:
        Conflict: nothing was sealed yet.
        InvalidInput: the folder holds something already, or cannot be written.
    """
    seal = await newest_seal(tx)
    if seal is None:
        raise Conflict(
            "Nothing is sealed yet, so nothing can be proven: run `outrider audit seal`."
        )
    _prepare(folder)
    try:
        leaves = await _leaves(tx, folder / "leaves.bin", seal, progress)
        events, unsealed = await _events(tx, wanted, folder / "events.jsonl", seal)
        (folder / "checkpoint").write_text(seal.note(), encoding="utf-8")
        key = signer.public.public_bytes_raw().hex()
        (folder / "public-key").write_text(f"{key}\n", encoding="ascii")
        changes = "".join(f"{json.dumps(one.told())}\n" for one in await key_changes(tx))
        if changes:
            (folder / "keys.jsonl").write_text(changes, encoding="ascii")
        script = resources.files("outrider.kernel.audit").joinpath(_VERIFIER).read_bytes()
        (folder / _VERIFIER).write_bytes(script)
    except OSError as error:
        raise InvalidInput(
            f"The folder {folder} cannot be written ({error.strerror}): give another one."
        ) from error
    return Exported(events, leaves, unsealed, folder)


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(folder.iterdir()):
            raise InvalidInput(f"The folder {folder} holds something already: give an empty one.")
    except OSError as error:
        raise InvalidInput(
            f"The folder {folder} cannot be made ({error.strerror}): give another one."
        ) from error


async def _leaves(tx: Tx, file: Path, seal: Seal, progress: Callable[[int, int], None]) -> int:
    written = 0
    with file.open("xb") as out:
        while written < seal.size:
            rows = await tx.rows(
                "select leaf from outrider.audit_leaves where leaf_no >= :start and leaf_no < :end"
                " order by leaf_no",
                {"start": written, "end": min(written + CHUNK, seal.size)},
            )
            if not rows:
                break  # The script names what is missing; an export must not hide it.
            out.write(b"".join(bytes(row["leaf"]) for row in rows))
            written += len(rows)
            progress(written, seal.size)
    return written


async def _events(tx: Tx, wanted: Wanted, file: Path, seal: Seal) -> tuple[int, int]:
    """Write the sealed events by leaf; returns how many, and how many wait."""
    where, values = conditions(wanted)
    events, last = 0, -1
    chosen = ", ".join(f"e.{name}" for name in _FIELDS)
    with file.open("x", encoding="utf-8") as out:
        while True:
            rows = await tx.rows(
                f"select l.leaf_no, {chosen} from outrider.audit_leaves l"
                f" join outrider.audit_events e on e.id = l.event_id where {where}"
                " and l.leaf_no > :last and l.leaf_no < :size order by l.leaf_no limit :chunk",
                {**values, "last": last, "size": seal.size, "chunk": CHUNK},
            )
            for row in rows:
                out.write(
                    json.dumps(_line(row)) + "\n"
                )  # ASCII: some readers break lines at U+2028
            events += len(rows)
            if len(rows) < CHUNK:
                break
            last = rows[-1]["leaf_no"]
    waiting = await tx.row(
        f"select count(*) as waiting from outrider.audit_events e where {where} and not exists"
        " (select from outrider.audit_leaves l where l.event_id = e.id and l.leaf_no < :size)",
        {**values, "size": seal.size},
    )
    return events, int(waiting["waiting"]) if waiting else 0


def _line(row: Any) -> dict[str, Any]:
    """One event, each field exactly as the leaf covers it."""
    return {"leaf_no": row["leaf_no"], **{name: _plain(row[name]) for name in _FIELDS}}


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC).isoformat(timespec='microseconds')[:26]}Z"
    return str(value)
