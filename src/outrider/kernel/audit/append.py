"""Append one event to the audit log, in the caller's transaction.

In: the open transaction and what happened. Out: the event's id. Never: mail text, an address, a secret:
ids and hashes only, because the log outlives the erasure of a person.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from outrider.kernel.database.tx import Tx

_INSERT = (
    b"insert into outrider.audit_events"
    b" (id, workspace_id, at, actor, action, subject, correlation_id, body, leaf)"
    b" values (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


def canonical(event: Mapping[str, Any]) -> bytes:
    """The bytes that the leaf covers: each field with its length before it, in a fixed order.

    `event` has the columns of `audit_events`; the body is the stored text, never re-encoded.
    """
    at: datetime = event["at"]
    fields = (
        str(event["id"]),
        str(event["workspace_id"]),
        f"{at.astimezone(UTC).isoformat(timespec='microseconds')[:26]}Z",
        event["actor"],
        event["action"],
        event["subject"],
        event["correlation_id"],
        event["body"],
    )
    encoded = [field.encode() for field in fields]
    return b"".join(len(field).to_bytes(4, "big") + field for field in encoded)


def leaf_of(event: Mapping[str, Any]) -> bytes:
    """SHA-256(0x00 || canonical bytes), the leaf hash of RFC 6962, section 2.1."""
    return hashlib.sha256(b"\x00" + canonical(event)).digest()


def driver(conn: AsyncConnection) -> psycopg.AsyncConnection:
    """The psycopg connection under an open one, in the transaction that is open there."""
    under = conn.sync_connection
    raw = under.connection.driver_connection if under else None
    assert isinstance(raw, psycopg.AsyncConnection)
    return raw


def _as_others_raise_it(conn: AsyncConnection, error: psycopg.Error) -> BaseException:
    """The error as every other statement of the transaction raises it."""
    said = _INSERT.decode()
    return DBAPIError.instance(
        said, None, error, psycopg.Error, hide_parameters=True, dialect=conn.dialect
    )


async def record(tx: Tx, action: str, subject: str, body: Mapping[str, Any] | None = None) -> UUID:
    """Write one event.

    Args:
        tx: the transaction of the change itself; both are kept or neither.
        action: `room.verb`.
        subject: `kind:id` of what it is about.
        body: JSON-able facts; keys are sorted. The view `audit_log` shows these as columns: agent,
            model, lead_id, tool_name, tool_input, tool_output, input_context, prediction,
            confidence, person, content_hash, reason, outcome, cost_tokens, cost_usd, latency_ms.
    """
    event: dict[str, Any] = {
        "id": tx.new_id(),
        "workspace_id": tx.workspace,
        "at": tx.now,
        "actor": str(tx.actor),
        "action": action,
        "subject": subject,
        "correlation_id": tx.correlation_id,
        "body": json.dumps(body or {}, sort_keys=True, ensure_ascii=False, default=str),
    }
    event["leaf"] = leaf_of(event)
    # Every change writes an event, and SQLAlchemy takes as long for one as Postgres and driver do.
    try:
        await driver(tx.conn).execute(_INSERT, list(event.values()))
    except psycopg.Error as error:
        raise _as_others_raise_it(tx.conn, error) from error
    id_: UUID = event["id"]
    return id_
