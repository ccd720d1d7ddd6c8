"""One request, once: what was answered to a key is answered again, and nothing is done twice.

In: the open transaction, who asks, a key, the request's hash. Out: the place to keep the answer, or the
answer that was kept. Never: the key itself (its SHA-256), an answer that holds a secret, one after 24 h.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from outrider.kernel.access.tokens import hash_of
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict, Refused

KEPT = timedelta(hours=24)
LARGEST_ANSWER = 1_000_000
"""Bytes; a larger answer is not kept, only that there was one."""


@dataclass(frozen=True)
class Answer:
    """What was answered."""

    status: int
    content_type: str
    body: bytes


def fingerprint(method: str, address: bytes, body: bytes) -> str:
    """The request as one hash; each part with its length, so that no two run together."""
    digest = hashlib.sha256()
    for part in (method.encode(), address, body):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


async def claim(tx: Tx, principal: str, key: str, request: str) -> UUID | Answer:
    """The place to keep the answer in; or the answer, when this very request was answered before.

    Args:
        tx: a transaction that is committed before the work begins.
        principal: who asks; nobody sees another's answers.
        key: as the caller chose it.
        request: its fingerprint.

    Raises:
        Refused: the key belongs to another request.
        Conflict: the first request is not answered yet, or its answer was not kept.
    """
    await tx.run(
        "delete from outrider.idempotency_keys where created_at <= :old", {"old": tx.now - KEPT}
    )
    added = await tx.row(
        "insert into outrider.idempotency_keys"
        " (workspace_id, id, principal, key_sha256, request_sha256, created_at)"
        " values (:workspace, :id, :principal, :key, :request, :now)"
        " on conflict (workspace_id, principal, key_sha256) do nothing returning id",
        {
            "workspace": tx.workspace,
            "id": tx.new_id(),
            "principal": principal,
            "key": hash_of(key),
            "request": request,
            "now": tx.now,
        },
    )
    if added is not None:
        place: UUID = added["id"]
        return place
    return await _kept(tx, principal, key, request)


async def keep(tx: Tx, place: UUID, answer: Answer, *, is_secret: bool) -> None:
    """Keep what was answered; of a secret only that it was given."""
    is_kept = not is_secret and len(answer.body) <= LARGEST_ANSWER
    await tx.run(
        "update outrider.idempotency_keys set status = :status, content_type = :type, body = :body"
        " where id = :id",
        {
            "id": place,
            "status": answer.status,
            "type": answer.content_type,
            "body": answer.body if is_kept else None,
        },
    )


async def release(tx: Tx, place: UUID) -> None:
    """The request was refused and changed nothing, so the same key may try again."""
    await tx.run("delete from outrider.idempotency_keys where id = :id", {"id": place})


async def _kept(tx: Tx, principal: str, key: str, request: str) -> Answer:
    found = await tx.row(
        "select request_sha256, status, content_type, body from outrider.idempotency_keys"
        " where principal = :principal and key_sha256 = :key",
        {"principal": principal, "key": hash_of(key)},
    )
    if found is None:  # released in this instant
        raise Conflict("The first request with this Idempotency-Key just ended; send it again.")
    if found["request_sha256"] != request:
        raise Refused(
            "This Idempotency-Key belongs to another request: use a new key for a new request."
        )
    if found["status"] is None:
        raise Conflict(
            "The first request with this Idempotency-Key is not answered: it still runs, or it was"
            " cut off. Look at what became of it before you send it under a new key."
        )
    if found["body"] is None:
        raise Conflict(
            "This request was done before, and its answer is not kept: it held a secret or was too"
            " long."
        )
    return Answer(int(found["status"]), found["content_type"], bytes(found["body"]))
