"""The SQL of mails between their claim and their end, many a statement.

In: the open transaction. Out: values of `types`. Never: a row object, a move that the table of
states does not have, a move of a mail that another owner holds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from outrider.kernel.database.tx import Tx
from outrider.sending.flight_types import Place, Prepared
from outrider.sending.states import require
from outrider.sending.store import ITEM, read_item
from outrider.sending.types import (
    DeliveryResult,
    Interrupted,
    Lease,
    MailboxId,
    OutboxId,
    OutboxItem,
    OutboxStatus,
)

_KNOWN_TO_LEAVE = (OutboxStatus.SENDING, OutboxStatus.UNKNOWN)


async def hand_off(tx: Tx, mails: Sequence[Prepared], lease: Lease) -> set[OutboxId]:
    """Write down that claimed mails go to the wire now; those that are no longer ours are left out."""
    rows = [{"id": str(one.item.id), **_place(one.place)} for one in mails]
    found = await tx.rows(
        "update outrider.outbox o set handed_off_at = :now, lease_until = :lease_until,"
        " attempts = o.attempts + 1, reason = null, raw_sha256 = n.raw_sha256,"
        " pack_sha256 = n.pack_sha256, pack_start = n.pack_start, pack_bytes = n.pack_bytes"
        " from json_to_recordset(cast(:rows as json)) as n(id uuid, raw_sha256 text,"
        " pack_sha256 text, pack_start bigint, pack_bytes int)"
        " where o.id = n.id and o.status = 'sending' and o.claimed_by = :owner"
        " and o.handed_off_at is null returning o.id",
        {
            "rows": json.dumps(rows),
            "owner": lease.owner,
            "now": tx.now,
            "lease_until": lease.until,
        },
    )
    return {OutboxId(row["id"]) for row in found}


def _place(place: Place | None) -> dict[str, str | int]:
    if place is None:
        return {}
    return {
        "raw_sha256": place.raw_sha256,
        "pack_sha256": place.pack_sha256,
        "pack_start": place.pack_start,
        "pack_bytes": place.pack_bytes,
    }


async def step_back(tx: Tx, ids: Sequence[OutboxId], owner: str) -> set[OutboxId]:
    """Undo a hand-off of mails that surely never touched the wire; they stay claimed."""
    rows = await tx.rows(
        "update outrider.outbox set handed_off_at = null, attempts = attempts - 1"
        " where id = any(:ids) and status = 'sending' and claimed_by = :owner"
        " and handed_off_at is not null returning id",
        {"ids": list(ids), "owner": owner},
    )
    return {OutboxId(row["id"]) for row in rows}


async def release(tx: Tx, ids: Sequence[OutboxId], owner: str, reason: str) -> list[OutboxItem]:
    """Give claimed mails back, unless they were handed off meanwhile: the wire may have those."""
    require(OutboxStatus.SENDING, OutboxStatus.QUEUED)
    rows = await tx.rows(
        "update outrider.outbox set status = 'queued', claimed_by = null, reason = :reason"
        " where id = any(:ids) and status = 'sending' and claimed_by = :owner"
        f" and handed_off_at is null returning {ITEM}",
        {"ids": list(ids), "owner": owner, "reason": reason},
    )
    return [read_item(row) for row in rows]


async def hold(tx: Tx, waits: Sequence[tuple[OutboxItem, str, datetime | None]], owner: str) -> (
    list[OutboxItem]
):  # fmt: skip
    """Put claimed mails back with a reason each, and with the time until which they wait, if any."""
    require(OutboxStatus.SENDING, OutboxStatus.QUEUED)
    rows = [
        {"id": str(item.id), "reason": reason, "until": until.isoformat() if until else None}
        for item, reason, until in waits
    ]
    found = await tx.rows(
        "update outrider.outbox o set status = 'queued', claimed_by = null, reason = n.reason,"
        " not_before = greatest(o.not_before, coalesce(n.until, o.not_before))"
        " from json_to_recordset(cast(:rows as json)) as n(id uuid, reason text,"
        " until timestamptz) where o.id = n.id and o.status = 'sending'"
        f" and o.claimed_by = :owner and o.handed_off_at is null returning {_of('o')}",
        {"rows": json.dumps(rows), "owner": owner},
    )
    return [read_item(row) for row in found]


async def sent(
    tx: Tx, several: Sequence[tuple[OutboxItem, DeliveryResult]], owner: str | None
) -> list[OutboxItem]:
    """Note that mails arrived; those that were settled before, or that another holds, are left out."""
    for before in _KNOWN_TO_LEAVE:
        require(before, OutboxStatus.SENT)
    rows = [
        {
            "id": str(item.id),
            "answer": result.answer,
            "provider": result.provider_id,
            "seen_as": result.seen_as,
        }
        for item, result in several
    ]
    whose = " and o.claimed_by = :owner" if owner is not None else ""
    found = await tx.rows(
        "update outrider.outbox o set status = 'sent', reason = null, sent_at = :now,"
        " provider_answer = n.answer,"
        " provider_message_id = coalesce(n.provider, o.provider_message_id),"
        " seen_as = coalesce(n.seen_as, o.seen_as)"
        " from json_to_recordset(cast(:rows as json)) as n(id uuid, answer text, provider text,"
        " seen_as text) where o.id = n.id and o.status in ('sending','unknown')"
        f"{whose} returning o.id, o.attempts, o.raw_sha256",
        {"rows": json.dumps(rows), "now": tx.now, **({"owner": owner} if owner else {})},
    )
    # Most of a row never changes; reading it again for each mail takes longer than the update.
    known = {item.id: (item, result.answer) for item, result in several}
    moved: list[OutboxItem] = []
    for row in sorted(found, key=lambda row: row["id"]):
        item, answer = known[OutboxId(row["id"])]
        now = {"status": OutboxStatus.SENT, "sent_at": tx.now, "provider_answer": answer}
        moved.append(item.model_copy(update={**row, **now, "reason": None}))
    return moved


async def due(tx: Tx, mailboxes: Sequence[MailboxId]) -> dict[MailboxId, int]:
    """How many mails are due at each of these mailboxes; those that have none are left out."""
    rows = await tx.rows(
        "select mailbox_id, count(*) as many from outrider.outbox where workspace_id = :workspace"
        " and mailbox_id = any(:ids) and status in ('queued','deferred') and not_before <= :now"
        " group by mailbox_id",
        {"workspace": tx.workspace, "ids": list(mailboxes), "now": tx.now},
    )
    return {MailboxId(row["mailbox_id"]): row["many"] for row in rows}


async def waiting(tx: Tx, id_: MailboxId, many: int) -> list[OutboxItem]:
    """The due mails of a mailbox, oldest first; not a row is locked, so that their sender finds them."""
    rows = await tx.rows(
        f"select {ITEM} from outrider.outbox where workspace_id = :workspace"
        " and mailbox_id = :mailbox and status in ('queued','deferred') and not_before <= :now"
        " order by not_before, id limit :many",
        {"workspace": tx.workspace, "mailbox": id_, "now": tx.now, "many": many},
    )
    return [read_item(row) for row in rows]


async def owners(tx: Tx) -> list[str]:
    """Everybody who holds a mail."""
    rows = await tx.rows(
        "select distinct claimed_by from outrider.outbox where status = 'sending' order by 1"
    )
    return [row["claimed_by"] for row in rows]


async def in_flight(tx: Tx, many: int, gone: Sequence[str] | None = None) -> list[Interrupted]:
    """Mails in `sending`, those with the oldest lease first, left alone while another looks.

    With `gone`, only those of these owners and those whose lease is over.
    """
    rows = await tx.rows(
        f"select {ITEM}, claimed_by, lease_until, handed_off_at from outrider.outbox"
        " where status = 'sending' and (cast(:gone as text[]) is null or lease_until < :now"
        " or claimed_by = any(cast(:gone as text[])))"
        " order by lease_until, id limit :many for update skip locked",
        {"many": many, "now": tx.now, "gone": None if gone is None else list(gone)},
    )
    return [
        Interrupted(
            item=read_item({name: row[name] for name in ITEM.split(", ")}),
            owner=row["claimed_by"],
            lease_until=row["lease_until"],
            handed_off_at=row["handed_off_at"],
        )
        for row in rows
    ]


async def place_of(tx: Tx, id_: OutboxId) -> Place | None:
    """Where the bytes of a mail lie; None when they were not built yet."""
    row: Mapping[str, Any] | None = await tx.row(
        "select raw_sha256, pack_sha256, pack_start, pack_bytes from outrider.outbox"
        " where id = :id and pack_sha256 is not null",
        {"id": id_},
    )
    return Place(**row) if row else None


def _of(alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in ITEM.split(", "))
