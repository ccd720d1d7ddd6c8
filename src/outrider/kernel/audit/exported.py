"""Checkpoints of the log in a store outside the database, which are written once and never again.

In: signed seals, the address of a store. Out: their notes as objects; the notes read back. Never: an
overwrite, a note of a log that is shorter than what is there, or trust in a note's name.

What somebody with the database and the key can do to the log, he cannot undo here: in a bucket with
object lock nobody can. Each name is `checkpoints/<day>/<leaves>`, so the newest is found by two
listings, however many there are.
"""

from __future__ import annotations

import asyncio

import obstore

from outrider.kernel.audit.kept import Sample
from outrider.kernel.audit.seal import Seal, read_note
from outrider.kernel.errors import InvalidInput, Unavailable
from outrider.kernel.objects import open_store
from outrider.kernel.telemetry import get_logger

FOLDER = "checkpoints"
_AT_ONCE = 16
_FAILURES = (obstore.exceptions.BaseError, OSError)

_log = get_logger("audit")


class Exported:
    """Where checkpoints are kept besides the database."""

    def __init__(self, url: str) -> None:
        """`url` is a folder, `memory:`, or an address such as `s3://bucket/prefix`.

        Raises:
            InvalidSetting: the folder cannot be made or the address is unknown.
        """
        # A bucket with object lock takes nothing without a checksum.
        is_s3 = url.startswith(("s3:", "s3a:"))
        self._store = open_store(
            url, "checkpoint_store", {"checksum_algorithm": "SHA256"} if is_s3 else None
        )
        self._newest: int | None = None

    async def put(self, seal: Seal) -> bool:
        """Write a checkpoint; False, and a line in the log, when the store knows a longer log.

        The same checkpoint twice is once, from however many processes.

        Raises:
            Unavailable: the store does not take it.
        """
        if self._newest is None:
            newest = await self.newest()
            self._newest = newest.size if newest else 0
        if self._newest > seal.size:
            _log.error("audit_log_is_shorter", kept=self._newest, now=seal.size)
            return False
        path = f"{FOLDER}/{seal.sealed_at:%Y-%m-%d}/{seal.size:020d}"
        try:
            await obstore.put_async(self._store, path, seal.note().encode(), mode="create")
        except obstore.exceptions.AlreadyExistsError:
            there = (await self._read(path))[0]
            if there is None or there.root != seal.root:
                _log.error("audit_log_is_another", size=seal.size)
                return False
        except _FAILURES as error:
            raise Unavailable(
                f"The checkpoint store does not take the checkpoint of {seal.size} leaves:"
                f" {_why(error)}."
            ) from error
        self._newest = seal.size
        return True

    async def newest(self) -> Seal | None:
        """The newest checkpoint, or None when there is none.

        Raises:
            Unavailable: the store cannot be read.
        """
        days = await self._days()
        names = await self._names(days[-1]) if days else []
        return (await self._read(names[-1]))[0] if names else None

    async def sample(self) -> Sample:
        """The newest checkpoint of each day, and all of the last day.

        Raises:
            Unavailable: the store cannot be read.
        """
        wanted: list[str] = []
        days = await self._days()
        for day in days:
            names = await self._names(day)
            wanted += names if day == days[-1] else names[-1:]
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(path: str) -> tuple[Seal | None, str]:
            async with gate:
                return await self._read(path)

        read = await asyncio.gather(*(one(path) for path in wanted))
        return Sample(
            tuple(seal for seal, _ in read if seal),
            tuple(path for seal, path in read if seal is None),
        )

    async def _days(self) -> list[str]:
        try:
            found = await obstore.list_with_delimiter_async(self._store, f"{FOLDER}/")
        except _FAILURES as error:
            raise Unavailable(f"The checkpoint store cannot be listed: {_why(error)}.") from error
        return sorted(found["common_prefixes"])

    async def _names(self, day: str) -> list[str]:
        try:
            return sorted(
                [one["path"] async for some in obstore.list(self._store, day) for one in some]
            )
        except _FAILURES as error:
            raise Unavailable(f"The checkpoint store cannot be listed: {_why(error)}.") from error

    async def _read(self, path: str) -> tuple[Seal | None, str]:
        """The checkpoint of this name; None when what lies there is another, or none."""
        try:
            found = await obstore.get_async(self._store, path)
            note = bytes(await found.bytes_async()).decode()
            seal = read_note(note)
            return seal if path.rpartition("/")[2] == f"{seal.size:020d}" else None, path
        except (UnicodeDecodeError, InvalidInput):
            return None, path
        except _FAILURES as error:
            raise Unavailable(
                f"The checkpoint store does not give {path}: {_why(error)}."
            ) from error


def _why(error: Exception) -> str:
    """On one line; the library appends a dump of its own structures."""
    return " ".join(str(error).partition("Debug source")[0].split()).rstrip(".")
