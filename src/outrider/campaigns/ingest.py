"""Past mail into the campaign: raw to the object store, text and features to the tables.

In: raw messages, one after another. Out: `IngestReport`. Never: a message that stops it, a message
taken twice, a whole mailbox in memory.

Each batch is a transaction of its own. The raw bytes go to the object store first, under their
hash, so that an interruption leaves at most objects that the next run refers to. The places of the
mails in their series are set when all are in; a run that was cut off is mended by the next.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from outrider.campaigns import features, store
from outrider.campaigns.parse import parse
from outrider.campaigns.types import IngestReport, Intake, ParsedMail, RawMessage, Unreadable
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Broken, NotFound
from outrider.kernel.objects import Objects

Begin = Callable[[], AbstractAsyncContextManager[Tx]]
Progress = Callable[[int, int | None], None]

BATCH_MESSAGES = 250
BATCH_BYTES = 16 * 1024 * 1024
_YIELD_EVERY = 25
"""Messages after which other tasks of the loop get a turn."""


@dataclass
class _Count:
    read: int = 0
    new: int = 0
    known: int = 0
    unreadable: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Hashed:
    raw: RawMessage
    sha256: str


async def ingest(
    begin: Begin,
    objects: Objects,
    into: Intake,
    messages: Iterable[RawMessage],
    progress: Progress | None = None,
) -> IngestReport:
    """Take in every message that is not in yet.

    Args:
        begin: opens one transaction; called twice a batch.
        objects: where the raw bytes go.
        into: which campaign, and whose mail.
        messages: read once; the total for `progress` is known when it has a length.
        progress: called with messages done and the total after each batch.

    Raises:
        InvalidInput: a file behind `messages` cannot be read.
        Unavailable: the object store or the database does not answer. What was done stays.
    """
    total = len(messages) if isinstance(messages, Sized) else None
    count = _Count()
    if progress is not None:
        progress(0, total)
    for batch in _batches(messages):
        await _take(begin, objects, into, batch, count)
        if progress is not None:
            progress(count.read, total)
    await place_series(begin, into)
    report = IngestReport(
        source=into.source,
        read=count.read,
        new=count.new,
        known=count.known,
        unreadable=count.unreadable,
        reasons=dict(count.reasons),
    )
    async with begin() as tx:
        body = report.model_dump(mode="json")
        await record(tx, "campaigns.ingest", f"campaign:{into.campaign_id}", body)
    return report


async def place_series(begin: Begin, into: Intake) -> None:
    """Set follow-up index and cadence of every mail anew; writes only what changed."""
    async with begin() as tx:
        async for chunk in store.series_in_order(tx, into):
            await store.save_places(tx, list(features.placed(chunk)))


def _batches(messages: Iterable[RawMessage]) -> Iterator[list[_Hashed]]:
    batch: list[_Hashed] = []
    size = 0
    for raw in messages:
        batch.append(_Hashed(raw, hashlib.sha256(raw.data).hexdigest()))
        size += len(raw.data)
        if len(batch) >= BATCH_MESSAGES or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


async def _take(
    begin: Begin, objects: Objects, into: Intake, batch: list[_Hashed], count: _Count
) -> None:
    once = {item.sha256: item for item in batch}
    async with begin() as tx:
        before = await store.known(tx, into, list(once))
    fresh = [item for sha256, item in once.items() if sha256 not in before]
    pack = await _keep_raw(objects, fresh)
    results = [await _read(item, number) for number, item in enumerate(fresh)]
    async with begin() as tx:
        await store.lock_intake(tx, into)
        raced = await store.known(tx, into, [item.sha256 for item in fresh]) if fresh else set()
        mails = [
            pack[item.sha256] | _mail_row(tx, item, *result)
            for item, result in zip(fresh, results, strict=True)
            if not isinstance(result, Unreadable) and item.sha256 not in raced
        ]
        unread = [
            pack[item.sha256] | _unread_row(tx, item, result)
            for item, result in zip(fresh, results, strict=True)
            if isinstance(result, Unreadable) and item.sha256 not in raced
        ]
        if mails:
            await store.add_mails(tx, into, mails)
        if unread:
            await store.add_unread(tx, into, unread)
    count.read += len(batch)
    count.new += len(mails)
    count.unreadable += len(unread)
    count.known += len(batch) - len(mails) - len(unread)
    count.reasons.update(str(row["reason"]) for row in unread)


async def _keep_raw(objects: Objects, items: list[_Hashed]) -> dict[str, dict[str, object]]:
    """Put a batch as one object; returns where in it each message lies.

    One object for each message costs more than all the rest of its ingestion, and on a paid store
    a request for each.
    """
    if not items:
        return {}
    pack = await objects.put(b"".join([item.raw.data for item in items]))
    places: dict[str, dict[str, object]] = {}
    start = 0
    for item in items:
        size = len(item.raw.data)
        places[item.sha256] = {"pack_sha256": pack, "pack_start": start, "pack_bytes": size}
        start += size
    return places


async def raw(tx: Tx, objects: Objects, raw_sha256: str) -> bytes:
    """The bytes of a past mail as they came in, read or unreadable.

    Raises:
        NotFound: no past mail has this hash.
        Broken: what is kept does not match it.
    """
    place = await store.raw_place(tx, raw_sha256)
    if place is None:
        raise NotFound(f"No past mail has the hash {raw_sha256}: take it from its row.")
    pack, start, size = place
    data = (await objects.get(pack))[start : start + size]
    if hashlib.sha256(data).hexdigest() != raw_sha256:
        raise Broken(
            f"The past mail {raw_sha256} is not what was stored: its bytes have another hash."
        )
    return data


async def _read(item: _Hashed, number: int) -> tuple[ParsedMail, dict[str, object]] | Unreadable:
    if number % _YIELD_EVERY == 0:
        await asyncio.sleep(0)
    mail = parse(item.raw.data)
    if isinstance(mail, Unreadable):
        return mail
    try:
        return mail, features.signals(mail)
    except Exception as error:  # noqa: BLE001 - a stranger's text must never stop an ingestion
        return Unreadable(f"its text cannot be measured ({type(error).__name__})")


def _mail_row(
    tx: Tx, item: _Hashed, mail: ParsedMail, found: dict[str, object]
) -> dict[str, object]:
    return {
        "id": str(tx.new_id()),
        "provider": item.raw.provider,
        "thread_id": mail.thread_id,
        "message_id": mail.message_id,
        "from_address": mail.from_address or None,
        "subject": mail.subject,
        "body": mail.text,
        "sent_at": mail.sent_at.isoformat() if mail.sent_at else None,
        "metadata": mail.metadata,
        "raw_sha256": item.sha256,
        "series": found["series"],
        "features": found,
        "version": features.VERSION,
    }


def _unread_row(tx: Tx, item: _Hashed, result: Unreadable) -> dict[str, object]:
    # A file name may hold bytes that are no text.
    origin = item.raw.origin.encode("utf-8", "backslashreplace").decode().replace("\0", "")
    return {
        "id": str(tx.new_id()),
        "origin": origin,
        "raw_sha256": item.sha256,
        "reason": result.reason,
    }
