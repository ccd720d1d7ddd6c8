"""Lists come in: accounts and contacts from a CSV file, or rows that somebody else read.

In: a path or rows. Out: a report of what changed, and a file of the rows that did not go in.
Never: a row dropped without a word, a way back from `opted_out` or `invalid`, a second copy of
somebody who is there already.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path

from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.prospects import columns, listfile, store, store_lists
from outrider.prospects.batches import Batch, Merging
from outrider.prospects.identity import Suppressor
from outrider.prospects.listfile import ListLayout
from outrider.prospects.rejects import RejectsFile
from outrider.prospects.research import facts_of_rows
from outrider.prospects.rows import RowReader
from outrider.prospects.states import ACCOUNTS, AccountEvent, next_account_status
from outrider.prospects.store_lists import Saved
from outrider.prospects.types import (
    AccountId,
    ImportReport,
    ImportRow,
    ListPreview,
    RejectedRow,
)

BATCH_ROWS = 10_000

Begin = Callable[[], AbstractAsyncContextManager[Tx]]
"""Opens one transaction; an import opens one a batch."""

Progress = Callable[[int, float], None]
"""Told the rows read so far and the share of the file, 0 to 1."""


@dataclass(frozen=True)
class ListFile:
    """A list to import.

    `rejects_dir` is the folder for the rows that do not go in. `column_map` is field → column, for
    what the guess gets wrong; an empty column switches a field off.
    """

    path: Path
    rejects_dir: Path
    column_map: Mapping[str, str] | None = None


@dataclass
class _Tally:
    rows: int = 0
    repeated: int = 0
    accounts_new: int = 0
    accounts_changed: int = 0
    contacts_new: int = 0
    contacts_changed: int = 0
    suppressed: int = 0

    def add(self, batch: Batch, saved: Saved) -> None:
        self.repeated += batch.repeated
        self.accounts_new += saved.accounts_new
        self.accounts_changed += saved.accounts_changed
        self.contacts_new += saved.contacts_new
        self.contacts_changed += saved.contacts_changed
        self.suppressed += saved.suppressed

    def report(self, rejected: int, **more: object) -> ImportReport:
        going_in = self.rows - rejected - self.repeated
        return ImportReport.model_validate(
            {
                **vars(self),
                "unchanged": going_in - self.contacts_new - self.contacts_changed,
                "rejected": rejected,
                **more,
            }
        )


@dataclass
class _Reading:
    """Reads one list batch by batch, in a thread, while the database takes the batch before."""

    layout: ListLayout
    reader: RowReader
    merging: Merging
    rejects: RejectsFile
    rows: int = 0
    _records: Iterator[listfile.Record] = field(init=False)

    def __post_init__(self) -> None:
        self._records = listfile.records(self.layout)

    def next_batch(self) -> tuple[Batch, int, int] | None:
        """The next batch, the rows read so far and the line reached; None at the end."""
        clean: list[ImportRow] = []
        line = 0
        for read, found in enumerate(self._records, start=1):
            line = found.line
            row = self.reader.read(found)
            self.rows += 1
            if isinstance(row, RejectedRow):
                self.rejects.add(row)
            else:
                clean.append(row)
            if read == BATCH_ROWS:
                break
        return (self.merging.batch(clean), self.rows, line) if line else None


def preview(path: Path, column_map: Mapping[str, str] | None = None) -> ListPreview:
    """How a list would be read, to be shown before it is imported.

    Raises:
        InvalidInput: the file or the column map cannot be used.
    """
    layout = listfile.examine(path)
    found = columns.complete(layout.columns, layout.sample, column_map)
    return ListPreview(
        encoding=layout.encoding,
        delimiter=layout.delimiter,
        columns=layout.columns,
        column_map=found,
        ignored_columns=_ignored(layout, found),
    )


async def import_csv(
    begin: Begin, file: ListFile, suppressor: Suppressor, progress: Progress | None = None
) -> ImportReport:
    """Import a list; the same list again changes nothing, and a list cut short is simply run again.

    Columns that the map does not name are not stored (data minimisation, GDPR art. 5(1)(c)).

    Args:
        begin: opens one transaction, again and again: one a batch of `BATCH_ROWS` rows.
        file: the list, the folder for rejects, and a column map if the guess is wrong.
        suppressor: hashes addresses, so that one who said no stays unwritable.
        progress: told after every batch.

    Raises:
        InvalidInput: the file, the map or the rejects folder cannot be used.
    """
    layout = await asyncio.to_thread(listfile.examine, file.path)
    found = columns.complete(layout.columns, layout.sample, file.column_map)
    async with begin() as tx:
        about = {"file_sha256": layout.sha256, "bytes": layout.size_bytes}
        await record(tx, "prospects.import_begin", f"list:{layout.sha256}", about)
        merging = Merging(suppressor, tx.now)
    with RejectsFile(file.rejects_dir, file.path.name, layout.columns) as rejects:
        reading = _Reading(layout, RowReader(layout.columns, found), merging, rejects)
        tally = await _run(begin, reading, progress)
        rejects_file = rejects.finish()
        report = tally.report(
            rejects.count,
            rejects_file=rejects_file,
            column_map=found,
            ignored_columns=_ignored(layout, found),
        )
    async with begin() as tx:
        counts = report.model_dump(mode="json", exclude={"rejects_file"})
        await store_lists.add_import(tx, file.path.name, layout.sha256, counts)
        await record(tx, "prospects.import", f"list:{layout.sha256}", counts)
    return report


async def _run(begin: Begin, reading: _Reading, progress: Progress | None) -> _Tally:
    tally = _Tally()
    lines = 0
    source = f"import: {reading.layout.path.name}"
    coming = asyncio.create_task(asyncio.to_thread(reading.next_batch))
    try:
        while (read := await coming) is not None:
            coming = asyncio.create_task(asyncio.to_thread(reading.next_batch))
            batch, tally.rows, lines = read
            await _save(begin, batch, reading.layout, source, tally)
            if progress:
                progress(tally.rows, reading.share(lines))
    finally:
        # The thread writes rejects; the file must not close under it.
        await asyncio.wait([coming])
    return tally
