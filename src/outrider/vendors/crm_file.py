"""A CRM that is a file: one JSON object a line, kept for ever.

In: activities. Out: the number of their line as an id. Never: a changed or a removed line, except
the half line that a crash left at the end.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from outrider.crm.types import Activity
from outrider.kernel.errors import VendorUnavailable


class CrmFile:
    """Activities in a file of JSON lines; several processes may share it."""

    def __init__(self, path: Path) -> None:
        """`path` is made on first use, its folder too."""
        self._path = path
        self._known: dict[str, str] = {}
        self._read_to = 0
        self._lines = 0

    async def log(self, activity: Activity) -> str:
        """Append one line and wait until it is on the disk.

        Raises:
            VendorUnavailable: the file cannot be written.
        """
        return await asyncio.to_thread(self._log, activity)

    async def exists(self, reference: str) -> str | None:
        """The id under which this reference was logged.

        Raises:
            VendorUnavailable: the file cannot be read.
        """
        return await asyncio.to_thread(self._exists, reference)

    def _exists(self, reference: str) -> str | None:
        if not self._path.exists():
            return None
        with self._locked() as file:
            self._catch_up(file)
        return self._known.get(reference)

    def _log(self, activity: Activity) -> str:
        with self._locked() as file:
            self._catch_up(file)
            known = self._known.get(activity.reference)
            if known is not None:
                return known
            crm_id = f"line-{self._lines + 1}"
            entry = {
                "id": crm_id,
                "kind": activity.kind.value,
                "reference": activity.reference,
                "account_id": str(activity.account_id),
                "contact_id": str(activity.contact_id),
                **activity.payload,
            }
            line = (json.dumps(entry, ensure_ascii=False) + "\n").encode()
            os.pwrite(file, line, self._read_to)
            os.fsync(file)
            self._learn(activity.reference, crm_id, len(line))
            return crm_id

    def _learn(self, reference: str, crm_id: str, length: int) -> None:
        self._known[reference] = crm_id
        self._read_to += length
        self._lines += 1

    @contextmanager
    def _locked(self) -> Iterator[int]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._unavailable(error) from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        except OSError as error:
            raise self._unavailable(error) from None
        finally:
            os.close(file)

    def _unavailable(self, error: OSError) -> VendorUnavailable:
        return VendorUnavailable(
            f"The CRM file {self._path} cannot be used: {error.strerror or error}. "
            "Give a path that can be written."
        )

    def _catch_up(self, file: int) -> None:
        """Read what others appended, and cut the half line of a crash.

        A line without its end was never confirmed to anybody, so nobody misses it.
        """
        if os.fstat(file).st_size < self._read_to:  # the file was replaced or emptied
            self._known, self._read_to, self._lines = {}, 0, 0
        with os.fdopen(os.dup(file), "rb") as stream:
            stream.seek(self._read_to)
            for line in stream:
                if not line.endswith(b"\n"):
                    os.ftruncate(file, self._read_to)
                    break
                reference, crm_id = _entry(line, self._lines + 1)
                self._learn(reference, crm_id, len(line))


def _entry(line: bytes, number: int) -> tuple[str, str]:
    """Reference and id of one line; a line that a person wrote badly counts but is nobody's."""
    try:
        found = json.loads(line)
        return str(found["reference"]), str(found["id"])
    except (ValueError, KeyError, TypeError):
        return f"unreadable line {number}", f"line-{number}"
