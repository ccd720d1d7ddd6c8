"""All SQL of the room. In: the open transaction. Out: `types`. Never: a row, a commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from outrider.conversations.types import Thread, ThreadId, ThreadStatus, Turn, TurnId
from outrider.kernel.database.tx import Tx
from outrider.sending.types import OutboxId, OutboxItem

_TURN = (
    "id, thread_id, direction, message_id, outbox_id, from_address, subject, text, kind,"
    " attributed_by, is_hard, returns_on, raw_sha256, received_at"
)
_THREAD = "id, enrollment_id, account_id, contact_id, status, created_at, last_turn_at"


def _turn(row: Mapping[str, Any], *, is_new: bool = False) -> Turn:
    return Turn.model_validate({**row, "is_new": is_new})


def _thread(row: Mapping[str, Any]) -> Thread:
    return Thread.model_validate(dict(row))


async def turn_of(tx: Tx, raw_sha256: str) -> Turn | None:
    """The turn of a mail that was received before."""
    row = await tx.row(
        f"select {_TURN} from outrider.turns where raw_sha256 = :sha256", {"sha256": raw_sha256}
    )
    return None if row is None else _turn(row)


async def turn(tx: Tx, turn_id: TurnId) -> Turn | None:
    """One received mail."""
    row = await tx.row(f"select {_TURN} from outrider.turns where id = :id", {"id": turn_id})
    return None if row is None else _turn(row)


async def thread(tx: Tx, thread_id: ThreadId) -> Thread | None:
    """One thread."""
    row = await tx.row(f"select {_THREAD} from outrider.threads where id = :id", {"id": thread_id})
    return None if row is None else _thread(row)


async def open_thread(tx: Tx, item: OutboxItem) -> Thread:
    """The thread of an enrollment, locked; made when this is its first turn."""
    row = await tx.row(
        "insert into outrider.threads (workspace_id, id, enrollment_id, account_id, contact_id,"
        " status, created_at, last_turn_at)"
        " values (:workspace, :id, :enrollment, :account, :contact, 'open', :now, :now)"
        " on conflict (workspace_id, enrollment_id) do update set last_turn_at = :now"
        f" returning {_THREAD}",
        {
            "workspace": tx.workspace,
            "id": tx.new_id(),
            "enrollment": item.enrollment_id,
            "account": item.account_id,
            "contact": item.contact_id,
            "now": tx.now,
        },
    )
    assert row is not None
    return _thread(row)


async def set_status(tx: Tx, thread: Thread, status: ThreadStatus) -> None:
    """Move a thread that is still in the state we read."""
    await tx.run(
        "update outrider.threads set status = :status where id = :id and status = :expected",
        {"id": thread.id, "status": status, "expected": thread.status},
    )


async def add_turn(tx: Tx, turn: Turn) -> bool:
    """Keep a turn; False when the same mail was received meanwhile."""
    row = await tx.row(
        f"insert into outrider.turns (workspace_id, created_at, {_TURN}) values (:workspace, :now,"
        " :id, :thread_id, :direction, :message_id, :outbox_id, :from_address, :subject, :text,"
        " :kind, :attributed_by, :is_hard, :returns_on, :raw_sha256, :received_at)"
        " on conflict (workspace_id, raw_sha256) do nothing returning id",
        {"workspace": tx.workspace, "now": tx.now, **turn.model_dump(exclude={"is_new"})},
    )
    return row is not None


async def hard_bounced(tx: Tx, outbox_ids: Sequence[OutboxId]) -> set[OutboxId]:
    """Which of these mails came back for good."""
    rows = await tx.rows(
        "select distinct outbox_id from outrider.turns where is_hard and outbox_id = any(:ids)",
        {"ids": list(outbox_ids)},
    )
    return {OutboxId(row["outbox_id"]) for row in rows}


async def threads(tx: Tx, limit: int) -> list[Thread]:
    """Threads, the one with the newest turn first."""
    rows = await tx.rows(
        f"select {_THREAD} from outrider.threads order by last_turn_at desc, id desc limit :limit",
        {"limit": limit},
    )
    return [_thread(row) for row in rows]


async def turns(tx: Tx, thread: ThreadId) -> list[Turn]:
    """The turns of a thread, oldest first."""
    rows = await tx.rows(
        f"select {_TURN} from outrider.turns where thread_id = :thread order by received_at, id",
        {"thread": thread},
    )
    return [_turn(row) for row in rows]


async def received_since(tx: Tx, after: TurnId | None, limit: int) -> list[tuple[Turn, Thread]]:
    """Turns of people that belong to a thread, with it, in the order in which they were kept."""
    turn = ", ".join(f"u.{name.strip()}" for name in _TURN.split(","))
    thread = ", ".join(f"t.{name.strip()} as thread_{name.strip()}" for name in _THREAD.split(","))
    rows = await tx.rows(
        f"select {turn}, {thread} from outrider.turns u join outrider.threads t on t.id ="
        f" u.thread_id"
        " where u.kind in ('reply', 'opt_out') and (cast(:after as uuid) is null or"
        " (u.created_at, u.id) > (select created_at, id from outrider.turns where id = :after))"
        " order by u.created_at, u.id limit :limit",
        {"after": after, "limit": limit},
    )
    return [(_turn(_part(row, _TURN)), _thread(_part(row, _THREAD, "thread_"))) for row in rows]


def _part(row: Mapping[str, Any], columns: str, prefix: str = "") -> dict[str, Any]:
    return {name.strip(): row[f"{prefix}{name.strip()}"] for name in columns.split(",")}


async def unattributed(tx: Tx, since: datetime, limit: int) -> list[Turn]:
    """Received mails that answer nothing of ours as far as we know, newest first."""
    rows = await tx.rows(
        f"select {_TURN} from outrider.turns where thread_id is null and kind <> 'own'"
        " and received_at >= :since order by received_at desc, id desc limit :limit",
        {"since": since, "limit": limit},
    )
    return [_turn(row) for row in rows]
