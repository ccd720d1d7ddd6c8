"""A Maildir as a place where mail goes: the default, so that nothing leaves by accident.

In: the exact bytes. Out: a file named by its Message-ID, whole or not at all.
Never: a second copy of one Message-ID, a file that was changed, a half-written mail in `new`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from outrider.sending.types import Delivery, DeliveryResult, Outgoing

FOLDERS = ("tmp", "new", "cur")


class Maildir:
    """One folder in the Maildir format: write to `tmp`, link into `new`."""

    def __init__(self, folder: Path) -> None:
        """`folder` is made on first use, readable by its owner alone."""
        self.folder = folder
        self._seen: tuple[int, frozenset[str]] = (0, frozenset())

    async def deliver(self, mail: Outgoing) -> DeliveryResult:
        """Put one mail there. A Message-ID that is there already counts as accepted."""
        try:
            return await asyncio.to_thread(self._deliver, mail)
        except OSError as error:
            return DeliveryResult(
                delivery=Delivery.TRY_LATER,
                answer=f"The folder {self.folder} cannot be written: {error.strerror or error}.",
                is_transport_down=True,
            )

    async def find(self, message_ids: Sequence[str]) -> dict[str, bool] | None:
        """Which of these are there, read or unread."""
        return await asyncio.to_thread(self._find, message_ids)

    async def close(self) -> None:
        """Nothing is kept open."""

    def _deliver(self, mail: Outgoing) -> DeliveryResult:
        for name in FOLDERS:
            (self.folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        name = file_name(mail.message_id)
        if name in self._read_names():
            return _accepted(f"{name} was there already")
        draft = self.folder / "tmp" / f"{name}.{os.getpid()}.{os.urandom(6).hex()}"
        try:
            _write(draft, mail.data)
            # link fails when the name is taken; rename would overwrite.
            os.link(draft, self.folder / "new" / name)
        except FileExistsError:
            return _accepted(f"{name} was there already")
        finally:
            draft.unlink(missing_ok=True)
        _sync(self.folder / "new")
        return _accepted(f"new/{name}")

    def _find(self, message_ids: Sequence[str]) -> dict[str, bool]:
        read = self._read_names() if message_ids else frozenset()
        found = {}
        for message_id in message_ids:
            name = file_name(message_id)
            found[message_id] = name in read or (self.folder / "new" / name).exists()
        return found

    def _read_names(self) -> frozenset[str]:
        """Names in `cur` without the flags that mail readers add after a colon."""
        try:
            changed = (self.folder / "cur").stat().st_mtime_ns
            if changed != self._seen[0]:
                names = (entry.name.partition(":")[0] for entry in os.scandir(self.folder / "cur"))
                self._seen = (changed, frozenset(names))
        except FileNotFoundError:
            return frozenset()
        return self._seen[1]


def file_name(message_id: str) -> str:
    """The file of a Message-ID: its letters, with everything a file system may dislike escaped."""
    return quote(message_id.strip("<> "), safe="@.-_=+")


def _accepted(answer: str) -> DeliveryResult:
    return DeliveryResult(delivery=Delivery.ACCEPTED, answer=answer)


def _write(file: Path, data: bytes) -> None:
    with open(file, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
