"""Lists come in: accounts and contacts from a CSV file, or rows that somebody else read.

In: a path or rows. Out: a report of what changed, and a file of the rows that did not go in.
Never: a row dropped without a word, a way back from `opted_out` or `invalid`, a second copy of
somebody who is there already.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path

from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput
from outrider.prospects import columns, listfile, store, store_lists
from outrider.prospects.batches import Batch, Merging
from outrider.prospects.identity import Suppressor
from outrider.prospects.listfile import ListLayout
from outrider.prospects.rejects import RejectsFile
from outrider.prospects.research import facts_of_list
from outrider.prospects.rows import RowReader
from outrider.prospects.states import AccountEvent, moves
from outrider.prospects.store_lists import Saved
from outrider.prospects.types import (
    AccountId,
    ImportReport,
    ImportRow,
    ListPreview,
    RejectedRow,
)

BATCH_ROWS = 5_000

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
    source = f"import: {reading.layout.path.name}"
    coming = asyncio.create_task(asyncio.to_thread(reading.next_batch))
    try:
        while (read := await asyncio.shield(coming)) is not None:
            coming = asyncio.create_task(asyncio.to_thread(reading.next_batch))
            batch, tally.rows, line = read
            async with begin() as tx:
                saved = await _save(tx, batch, source, reading.layout.sha256)
            tally.add(batch, saved)
            if progress:
                progress(tally.rows, min(line / reading.layout.line_count, 1.0))
    finally:
        # The thread writes rejects; the file must not close under it.
        await asyncio.wait([coming])
    return tally


async def _save(tx: Tx, batch: Batch, source: str, sha256: str) -> Saved:
    """One batch with the facts that it gives and its audit event."""
    saved = await store_lists.save(tx, batch, source)
    facts = facts_of_list(saved.touched, batch.rows_of_accounts, source, sha256)
    await store_lists.add_facts(tx, facts)
    if any(
        (saved.contacts_new, saved.contacts_changed, saved.contacts_filled, saved.suppressed)
    ) or (saved.touched):
        counts = {
            "accounts_new": saved.accounts_new,
            "accounts_changed": saved.accounts_changed,
            "contacts_new": saved.contacts_new,
            "contacts_changed": saved.contacts_changed,
            "facts": len(facts),
            "suppressed": saved.suppressed,
        }
        await record(tx, "prospects.import_batch", f"list:{sha256}", counts)
    return saved


async def add(
    tx: Tx, rows: Sequence[ImportRow], suppressor: Suppressor, source: str
) -> ImportReport:
    """Take in rows that somebody else read and checked, such as a CRM's; at most `BATCH_ROWS`.

    Args:
        tx: the open transaction.
        rows: clean rows; of two with one address the first counts.
        suppressor: hashes addresses, so that one who said no stays unwritable.
        source: where the addresses come from, kept with each new person (GDPR art. 14).

    Raises:
        InvalidInput: there are too many rows.
    """
    if len(rows) > BATCH_ROWS:
        raise InvalidInput(
            f"{len(rows):,} rows are too many for one transaction: give at most {BATCH_ROWS:,}."
        )
    batch = Merging(suppressor, tx.now).batch(rows)
    digest = hashlib.sha256(batch.accounts + batch.contacts).hexdigest()
    tally = _Tally(rows=len(rows))
    tally.add(batch, await _save(tx, batch, source, digest))
    return tally.report(0, column_map={})


async def mark(tx: Tx, account_ids: Sequence[AccountId], event: AccountEvent) -> list[AccountId]:
    """Move accounts on (A-29): `sequenced` once one is enrolled, `exhausted` when none is left.

    Accounts whose state does not allow it stay as they are.

    Returns:
        The accounts whose status changed.
    """
    moved: list[AccountId] = []
    for before, after in moves(event):
        moved += await store.move_accounts(tx, account_ids, before, after)
    for account_id in moved:
        await record(tx, f"prospects.{event}", f"account:{account_id}")
    return moved


def _ignored(layout: ListLayout, found: Mapping[str, str]) -> tuple[str, ...]:
    used = set(found.values())
    return tuple(column for column in layout.columns if column not in used)
