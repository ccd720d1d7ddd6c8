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

from sqlalchemy import text

from outrider.kernel.database.tx import Tx

_INSERT = text(
    "insert into outrider.audit_events"
    " (id, workspace_id, at, actor, action, subject, correlation_id, body, leaf)"
    " values (:id, :workspace_id, :at, :actor, :action, :subject, :correlation_id, :body, :leaf)"
)


def canonical(event: Mapping[str, Any]) -> bytes:
    """The bytes that the leaf covers: each field with its length before it, in a fixed order.

    `event` has the columns of `audit_events`; the body is the stored text, never re-encoded.
    """
    at: datetime = event["at"]
    fields = (
        str(event["id"]),
        str(event["workspace_id"]),
        at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
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
    await tx.conn.execute(_INSERT, event)
    id_: UUID = event["id"]
    return id_
