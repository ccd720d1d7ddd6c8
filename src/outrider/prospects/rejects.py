"""The rejects file: every row that did not go in, and why.

In: rejected rows. Out: a CSV that can be mended and imported again. Never: a half-written file
under the final name, or a cell that a spreadsheet would run as a formula.
"""

from __future__ import annotations

import csv
import errno
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TextIO

from outrider.kernel.errors import InvalidInput
from outrider.prospects.types import RejectedRow

# The last four are the first four in full width, which some spreadsheets run too.
_RUN_BY_SPREADSHEETS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
OWN_COLUMNS = ("line", "column", "reason")


def guarded(cell: str) -> str:
    """The cell with a quote before a sign that would make it a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(_RUN_BY_SPREADSHEETS) else cell


class RejectsFile:
    """Collects rejected rows beside the final name and moves there at the end."""

    def __init__(self, folder: Path, list_name: str, columns: Sequence[str]) -> None:
        """Rejects of the list `list_name`, whose columns are `columns`, go to `folder`."""
        folder = folder.absolute()
        self.path = folder / f"{Path(list_name).stem}.rejects.csv"
        # Two imports of one list at a time must not write into each other's file.
        self._fresh = folder / f".{self.path.name}.{os.getpid()}.{os.urandom(4).hex()}"
        self._columns = columns
        self._file: TextIO | None = None
        self.count = 0

    def __enter__(self) -> RejectsFile:
        """Look whether the folder can be used, before anything is imported.

        Raises:
            InvalidInput: it cannot be made or written to.
        """
        place = next(p for p in (self.path.parent, *self.path.parent.parents) if p.exists())
        if not place.is_dir():
            raise self._failure(NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)))
        if not os.access(place, os.W_OK | os.X_OK):
            raise self._failure(PermissionError(errno.EACCES, os.strerror(errno.EACCES)))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
            self._fresh.unlink(missing_ok=True)

    def add(self, row: RejectedRow) -> None:
        """Write one row.

        Raises:
            InvalidInput: the folder cannot be written to.
        """
        try:
            file = self._file or self._open()
            cells = (str(row.line), row.column, row.reason, *row.raw)
            csv.writer(file).writerow([guarded(cell) for cell in cells])
        except OSError as error:
            raise self._failure(error) from None
        self.count += 1

    def finish(self) -> str | None:
        """Move the file to its name; the path, or None when there was no row.

        Raises:
            InvalidInput: the folder cannot be written to.
        """
        if self._file is None:
            return None
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._file = None
            self._fresh.replace(self.path)
        except OSError as error:
            raise self._failure(error) from None
        return str(self.path)

    def _open(self) -> TextIO:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # Rows of a list are personal data; the mark lets spreadsheets read the letters right.
        handle = os.open(self._fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        self._file = os.fdopen(handle, "w", encoding="utf-8-sig", newline="")
        header = [*OWN_COLUMNS, *self._columns]
        csv.writer(self._file).writerow([guarded(cell) for cell in header])
        return self._file

    def _failure(self, error: OSError) -> InvalidInput:
        return InvalidInput(
            f"The rejects file {self.path} cannot be written: {error.strerror}. "
            "Give another folder for it."
        )
