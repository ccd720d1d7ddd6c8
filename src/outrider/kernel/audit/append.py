"""Append one event to the audit log, in the caller's transaction.

In: the open transaction and what happened. Out: the event's id. Never: mail text, an address or a secret
as it is: ids and hashes, because the log outlives the erasure of a person. What tells of a person is
sealed under that person's key first; the leaf covers the sealed bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from outrider.kernel.database.tx import About, Tx

_INSERT = (
    b"insert into outrider.audit_events"
    b" (id, workspace_id, at, actor, action, subject, correlation_id, body, leaf)"
    b" values (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


# Noted in the same round trip: which event tells of whom.
_INSERT_OF_PERSON = (
    b"with told as (insert into outrider.person_events (workspace_id, id, contact_id)"
    b" values (%s, %s, %s)) " + _INSERT
)

encoded = json.JSONEncoder(sort_keys=True, ensure_ascii=False, default=str).encode
"""A body as it is stored and hashed."""

OF_PERSON = "of_person"
"""Where an event's body holds what is sealed: `contact`, and `sealed` in base64, None after an erasure."""


def canonical(event: Mapping[str, Any]) -> bytes:
    """The bytes that the leaf covers: each field with its length before it, in a fixed order.

    `event` has the columns of `audit_events`; the body is the stored text, never re-encoded.
    """
    return b"".join(
        (
            _framed(str(event["id"])),
            _named(event["workspace_id"]),
            _instant(event["at"]),
            _often(event["actor"]),
            _often(event["action"]),
            _framed(event["subject"]),
            _framed(event["correlation_id"]),
            _framed(event["body"]),
        )
    )


# Every change hashes its event: what the events of a transaction share is written out once.
@lru_cache(maxsize=256)
def _named(workspace_id: object) -> bytes:
    return _framed(str(workspace_id))


@lru_cache(maxsize=256)
def _instant(at: datetime) -> bytes:
    return _framed(f"{at.astimezone(UTC).isoformat(timespec='microseconds')[:26]}Z")


def _framed(text: str) -> bytes:
    raw = text.encode()
    return len(raw).to_bytes(4, "big") + raw


_often = lru_cache(maxsize=256)(_framed)


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


async def record(
    tx: Tx,
    action: str,
    subject: str,
    body: Mapping[str, Any] | None = None,
    about: About | None = None,
) -> UUID:
    """Write one event.

    Args:
        tx: the transaction of the change itself; both are kept or neither.
        action: `room.verb`.
        subject: `kind:id` of what it is about.
        body: JSON-able facts; keys are sorted. The view `audit_log` shows these as columns: agent,
            model, lead_id, tool_name, tool_input, tool_output, input_context, prediction,
            confidence, person, content_hash, reason, outcome, cost_tokens, cost_usd, latency_ms.
        about: what it tells of a contact; kept sealed, and unreadable once the contact is erased.
    """
    id_ = tx.new_id()
    statement, first = _INSERT, []
    if about is not None and tx.sealing is not None:
        body = {**(body or {}), **(await of_persons(tx, [(id_, about)]))[0]}
        statement, first = _INSERT_OF_PERSON, [tx.workspace, id_, about.contact]
    event: dict[str, Any] = {
        "id": str(id_),
        "workspace_id": tx.workspace,
        "at": tx.now,
        "actor": str(tx.actor),
        "action": action,
        "subject": subject,
        "correlation_id": tx.correlation_id,
        "body": encoded(body or {}),
    }
    event["leaf"] = leaf_of(event)
    # Every change writes an event, and SQLAlchemy takes as long for one as Postgres and driver do.
    try:
        await driver(tx.conn).execute(statement, [*first, *event.values()])
    except psycopg.Error as error:
        raise _as_others_raise_it(tx.conn, error) from error
    return id_


async def of_persons(tx: Tx, told: Sequence[tuple[UUID, About]]) -> list[dict[str, Any]]:
    """What each event's body holds of a person, sealed; nothing where nothing is sealed."""
    if tx.sealing is None or not told:
        return [{} for _ in told]
    sealed = await tx.sealing.seal(tx, told)
    return [
        {OF_PERSON: {"contact": str(about.contact), "sealed": one}}
        for (_, about), one in zip(told, sealed, strict=True)
    ]
