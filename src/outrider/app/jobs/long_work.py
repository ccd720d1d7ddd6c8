"""Work that takes longer than a request: begun by a person, told of while it runs, kept when done.

In: a coroutine, what it is about. Out: `Work`, from a small file that every process of the machine
can read. Never: a result that is only in memory, the work of one person shown to another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from outrider.app.wiring import Outrider
from outrider.kernel.errors import NotFound, OutriderError
from outrider.kernel.ids import new_id
from outrider.kernel.telemetry import get_logger

TELL_EVERY_SECONDS = 0.5
SILENT = timedelta(seconds=60)
"""Work that told nothing for so long ended with its process."""
KEPT = timedelta(days=1)
"""How long one can look at work that has ended; forgotten when the same person begins some."""
_log = get_logger("work")
_running: set[asyncio.Task[None]] = set()


class Work(BaseModel):
    """A piece of work."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    kind: str
    about: str = Field(description="Name of the campaign or the file")
    state: Literal["running", "done", "failed", "interrupted"]
    stage: str = Field(default="", description="What happens now, in words")
    done: int = 0
    total: int | None = None
    error: str | None = Field(default=None, description="Why it failed, in a sentence")
    result: dict[str, Any] | None = None
    started_at: datetime
    told_at: datetime


class Telling:
    """Takes the progress of the work; it is written down by a clock, not at every step."""

    def __init__(self) -> None:
        """Nothing is done yet."""
        self.stage, self.done, self.total = "", 0, None

    stage: str
    done: int
    total: int | None

    def __call__(self, done: int, total: int | None) -> None:
        """So much is done."""
        self.done, self.total = done, total


Doing = Callable[[Telling], Awaitable[dict[str, Any]]]


def begin(outrider: Outrider, by: str, what: tuple[str, str], doing: Doing) -> Work:
    """Start it and come back at once; `what` is its kind and what it is about."""
    now = outrider.clock.now()
    kind, about = what
    work = Work(
        id=new_id(now), kind=kind, about=about, state="running", started_at=now, told_at=now
    )
    file = _file(outrider, by, work.id)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in _all(outrider, by):
        if now - old.told_at > KEPT:
            _file(outrider, by, old.id).unlink(missing_ok=True)
    _write(file, work)
    task = asyncio.create_task(_run(outrider, file, work, doing))
    _running.add(task)
    task.add_done_callback(_running.discard)
    return work


def find(outrider: Outrider, by: str, id_: UUID) -> Work:
    """How it stands. Raises NotFound: there is no such work of this person."""
    try:
        return _read(outrider, _file(outrider, by, id_))
    except (OSError, ValueError):
        raise NotFound(f"There is no work {id_} of yours.") from None


def running(outrider: Outrider, by: str, what: tuple[str, str]) -> Work | None:
    """What this person began of this kind, about this, and what still runs."""
    found = (work for work in _all(outrider, by) if (work.kind, work.about) == what)
    return next((work for work in found if work.state == "running"), None)


def _all(outrider: Outrider, by: str) -> Iterator[Work]:
    for file in _folder(outrider, by).glob("*.json"):
        with suppress(OSError, ValueError):  # forgotten meanwhile; cut off with the machine's power
            yield _read(outrider, file)


def _read(outrider: Outrider, file: Path) -> Work:
    work = Work.model_validate_json(file.read_bytes())
    silent = outrider.clock.now() - work.told_at > SILENT
    if work.state == "running" and silent:
        return work.model_copy(update={"state": "interrupted"})
    return work


async def _run(outrider: Outrider, file: Path, work: Work, doing: Doing) -> None:
    telling = Telling()
    clock = asyncio.create_task(_tell(outrider, file, work, telling))
    changes: dict[str, Any]
    try:
        changes = {"state": "done", "result": await doing(telling)}
    except OutriderError as error:
        changes = {"state": "failed", "error": error.message}
    except Exception as error:  # noqa: BLE001 - whatever it was, whoever waits is told that it ended
        _log.error("work_failed", kind=work.kind, error=type(error).__name__)
        changes = {
            "state": "failed",
            "error": "Something went wrong that nobody foresaw; the log has it. Try it again.",
        }
    finally:
        clock.cancel()
        with suppress(asyncio.CancelledError):
            await clock
    _write(file, _now(outrider, work, telling).model_copy(update=changes))


async def _tell(outrider: Outrider, file: Path, work: Work, telling: Telling) -> None:
    while True:
        await asyncio.sleep(TELL_EVERY_SECONDS)
        _write(file, _now(outrider, work, telling))


def _now(outrider: Outrider, work: Work, telling: Telling) -> Work:
    told = {"stage": telling.stage, "done": telling.done, "total": telling.total}
    return work.model_copy(update={**told, "told_at": outrider.clock.now()})


def _write(file: Path, work: Work) -> None:
    fresh = file.with_suffix(".new")
    fresh.write_text(work.model_dump_json(), encoding="utf-8")
    fresh.replace(file)


def _file(outrider: Outrider, by: str, id_: UUID) -> Path:
    return _folder(outrider, by) / f"{id_}.json"


def _folder(outrider: Outrider, by: str) -> Path:
    return outrider.settings.home / "work" / str(outrider.workspace) / by.replace(":", "-")
