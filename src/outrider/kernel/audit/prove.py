"""Proofs that travel: one event is in the sealed log, an older seal is the start of a newer one.

In: the open transaction and an event or two seals; or a proof and the public key. Out: a JSON-able
proof; whether a proof holds. Never: another workspace's event, or a need for the database to check.

A proof reads one root for each 256 leaves and at most 511 leaves, however long the log is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from outrider.kernel.audit.append import leaf_of
from outrider.kernel.audit.keys import COLUMNS, QUERY, KeyChain, KeyChange, read
from outrider.kernel.audit.merkle import (
    BLOCK,
    Subtree,
    consistency_proof,
    inclusion_proof,
    root_of,
    split,
    verify_consistency,
    verify_inclusion,
)
from outrider.kernel.audit.seal import Seal, read_note
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Broken, Conflict, InvalidInput, NotFound, OutriderError

_EVENT = ("id", "workspace_id", "at", "actor", "action", "subject", "correlation_id", "body")
_SEAL = "select size, root, sealed_at, signature, key_id from outrider.audit_seals"


async def inclusion(tx: Tx, event_id: UUID) -> dict[str, Any]:
    """The proof that this event is in the newest sealed tree.

    Returns:
        `event` (the fields that the leaf covers), `leaf_no`, `path` (hashes in hex, from the leaf
        up) and `checkpoint` (the signed note); `keys` when the log has had several.

    Raises:
        NotFound: this workspace has no such event.
        Conflict: the event is not sealed yet.
        Broken: what is stored does not give the signed root.
    """
    event = await tx.row(
        f"select {', '.join(_EVENT)} from outrider.audit_events where id = :id", {"id": event_id}
    )
    if event is None:
        raise NotFound(f"There is no audit event {event_id} in this workspace.")
    leaf = await tx.row(
        "select leaf_no, leaf from outrider.audit_leaves where event_id = :id", {"id": event_id}
    )
    seal = await newest_seal(tx)
    if leaf is None or seal is None or leaf["leaf_no"] >= seal.size:
        raise Conflict(f"The audit event {event_id} is not sealed yet: ask again in a second.")
    number: int = leaf["leaf_no"]
    path = inclusion_proof(number, seal.size, await _subtree(tx, seal.size, number))
    if not verify_inclusion(leaf_of(event), number, seal.size, path, seal.root):
        raise Broken(
            f"The audit event {event_id} or the hashes around it are not what was sealed: "
            "run `outrider audit verify`."
        )
    return {
        "kind": "inclusion",
        "event": {name: _plain(event[name]) for name in _EVENT},
        "leaf_no": number,
        "path": [node.hex() for node in path],
        "checkpoint": seal.note(),
        **await _keys(tx),
    }


async def consistency(tx: Tx, old_size: int, new_size: int | None = None) -> dict[str, Any]:
    """The proof that the log at seal `old_size` is the start of the log at `new_size`.

    Args:
        tx: the open transaction.
        old_size: leaves at the older seal.
        new_size: leaves at the newer seal; the newest when None.

    Returns:
        `old` and `new` (signed notes) and `path` (hashes in hex); `keys` when the log has had several.

    Raises:
        NotFound: there is no seal of one of these sizes.
        Broken: what is stored does not give the signed roots.
    """
    old = await _seal(tx, old_size)
    new = await newest_seal(tx) if new_size is None else await _seal(tx, new_size)
    if new is None or new.size < old.size:
        raise NotFound(f"There is no seal newer than the one of size {old_size}.")
    path = consistency_proof(old.size, new.size, await _subtree(tx, new.size, old.size))
    if not verify_consistency((old.size, old.root), (new.size, new.root), path):
        raise Broken(
            f"The sealed log of size {new.size} does not continue that of size {old.size}: "
            "run `outrider audit verify`."
        )
    return {
        "kind": "consistency",
        "old": old.note(),
        "new": new.note(),
        "path": [node.hex() for node in path],
        **await _keys(tx),
    }


def holds(proof: Mapping[str, Any], public: Ed25519PublicKey) -> bool:
    """Whether a proof shows what it claims, under this key of the log. Needs no database."""
    try:
        chain = KeyChain(public, read(proof.get("keys", ())))
        path = [bytes.fromhex(node) for node in proof["path"]]
        if proof["kind"] == "inclusion":
            seal = read_note(proof["checkpoint"])
            event = {**proof["event"], "at": datetime.fromisoformat(proof["event"]["at"])}
            return chain.signed(seal) and verify_inclusion(
                leaf_of(event), int(proof["leaf_no"]), seal.size, path, seal.root
            )
        if proof["kind"] == "consistency":
            old, new = read_note(proof["old"]), read_note(proof["new"])
            return (
                chain.signed(old)
                and chain.signed(new)
                and verify_consistency((old.size, old.root), (new.size, new.root), path)
            )
    except (KeyError, TypeError, ValueError, AttributeError, OutriderError):
        return False
    return False


async def key_changes(tx: Tx) -> list[KeyChange]:
    """How the key of the log was replaced, the first time first."""
    rows = await tx.rows(QUERY)
    names = COLUMNS.split(", ")
    return [KeyChange(**{name: _bytes(row[name]) for name in names}) for row in rows]


async def _keys(tx: Tx) -> dict[str, Any]:
    changes = await key_changes(tx)
    return {"keys": [one.told() for one in changes]} if changes else {}


def _bytes(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


async def newest_seal(tx: Tx) -> Seal | None:
    """The newest seal, if anything was sealed."""
    row = await tx.row(f"{_SEAL} order by size desc limit 1")
    return Seal(**row) if row else None


async def seals(tx: Tx, limit: int) -> list[Seal]:
    """The newest seals, newest first.

    Raises:
        InvalidInput: `limit` is not between 1 and 1,000.
    """
    if not 1 <= limit <= 1_000:
        raise InvalidInput(f"The limit is {limit}; give a number from 1 to 1000.")
    return [
        Seal(**row)
        for row in await tx.rows(f"{_SEAL} order by size desc limit :limit", {"limit": limit})
    ]


async def _seal(tx: Tx, size: int) -> Seal:
    row = await tx.row(f"{_SEAL} where size = :size", {"size": size})
    if row is None:
        raise NotFound(f"There is no seal of size {size}; `outrider audit seals` lists them.")
    return Seal(**row)


async def _subtree(tx: Tx, size: int, near: int) -> Subtree:
    """Roots of the ranges that a proof about leaf `near` in a tree of `size` asks for."""
    rows = await tx.rows(
        "select subtrees from outrider.audit_seals"
        " where octet_length(subtrees) > 0 and size <= :size order by size",
        {"size": size},
    )
    blocks = split(b"".join(bytes(row["subtrees"]) for row in rows))
    whole = size // BLOCK
    if len(blocks) != whole:
        raise Broken("The auxiliary hashes of the audit log are not complete: run a verification.")
    leaves: dict[int, bytes] = {}
    for block in {near // BLOCK, whole}:
        found = await tx.rows(
            "select leaf_no, leaf from outrider.audit_leaves"
            " where leaf_no >= :start and leaf_no < :end",
            {"start": block * BLOCK, "end": min((block + 1) * BLOCK, size)},
        )
        leaves.update((row["leaf_no"], bytes(row["leaf"])) for row in found)

    def root(start: int, end: int) -> bytes:
        if end - start < BLOCK or start % BLOCK:
            return root_of(leaves.get(number, b"") for number in range(start, end))
        first, last = start // BLOCK, end // BLOCK
        tail = [root(last * BLOCK, end)] if end % BLOCK else []
        return root_of(blocks[first:last] + tail)

    return root


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
