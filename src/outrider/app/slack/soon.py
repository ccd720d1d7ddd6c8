"""Starting this door's jobs in the transaction of the change that calls for them.

In: the open transaction. Out: a job that exists if and only if it commits. Never: a call of Slack.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from outrider.kernel.database.tx import Tx
from outrider.kernel.jobs import defer


async def show_soon(
    tx: Tx, lineage_id: UUID, *, tries: int = 0, not_before: datetime | None = None
) -> None:
    """Bring what Slack shows of one mail in line; one job of a mail at a time."""
    await defer(
        tx,
        "slack.show",
        key=f"slack:{lineage_id}",
        args={"lineage": str(lineage_id), "tries": tries},
        not_before=not_before,
    )


async def sweep_soon(tx: Tx, *, tries: int = 0, not_before: datetime | None = None) -> None:
    """Bring every mail that is behind in line, oldest first."""
    await defer(tx, "slack.sweep", key="slack", args={"tries": tries}, not_before=not_before)


async def answer_soon(tx: Tx, channel: str, user: str, text: str, thread_ts: str | None) -> None:
    """Say something that only this user sees."""
    args = {"channel": channel, "user": user, "text": text, "thread_ts": thread_ts}
    await defer(tx, "slack.answer", args=args)


async def ask_soon(
    tx: Tx, request_id: UUID, *, tries: int = 0, not_before: datetime | None = None
) -> None:
    """Bring the card of an agent's request in line; one job of a request at a time."""
    args = {"request": str(request_id), "tries": tries}
    await defer(tx, "slack.ask", key=f"slack:{request_id}", args=args, not_before=not_before)


async def perform_soon(tx: Tx, request_id: UUID) -> None:
    """Do what a person said yes to."""
    args = {"request": str(request_id)}
    await defer(tx, "agents.perform", key=f"request:{request_id}", args=args)


async def tell_soon(
    tx: Tx, agent: str, due_at: str, *, tries: int = 0, not_before: datetime | None = None
) -> None:
    """Tell what an agent did at this tick."""
    args = {"agent": agent, "due_at": due_at, "tries": tries}
    await defer(tx, "slack.tell", key=f"slack:tick:{agent}", args=args, not_before=not_before)
