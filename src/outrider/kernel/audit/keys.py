"""The keys that sign the log, one after another: each change is signed by the key before and the key after.

In: the changes as they lie in the database or beside an export, one key that is trusted. Out: which key
signs a checkpoint of which size. Never: a key that no change leads to; two successors of one key.

Whoever noted any key of the log can check all of it: a change says which key signs from how many leaves
on, so it is followed forward by the signature of the key before, and backward by that of the key after.
A key that was replaced signs nothing longer than the log was then, whoever has it.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import psycopg
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from outrider.kernel.audit.checkpoint import ORIGIN, Seal, Signer, signed_by
from outrider.kernel.errors import Broken

COLUMNS = "number, size, root, before, after, changed_at, signed_before, signed_after"
QUERY = f"select {COLUMNS} from outrider.audit_keys order by number"


@dataclass(frozen=True)
class KeyChange:
    """One key follows another."""

    number: int
    """The first change is 1."""
    size: int
    """Leaves that the key before signed for; every longer checkpoint bears the key after."""
    root: bytes
    before: bytes
    """Public keys, 32 bytes each."""
    after: bytes
    changed_at: datetime
    signed_before: bytes = b""
    signed_after: bytes = b""

    def text(self) -> bytes:
        """What both keys sign, a line each; its first line keeps it from being taken for a checkpoint."""
        at = self.changed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        root = base64.b64encode(self.root).decode()
        lines = (
            f"{ORIGIN}/key", self.number, self.size, root, self.before.hex(), self.after.hex(), at
        )  # fmt: skip
        return "".join(f"{line}\n" for line in lines).encode()

    @property
    def holds(self) -> bool:
        """Whether both keys signed it."""
        return _holds(self.before, self.signed_before, self.text()) and _holds(
            self.after, self.signed_after, self.text()
        )

    def told(self) -> dict[str, str]:
        """As it lies beside an export or in a proof."""
        return {
            "text": self.text().decode(),
            "signed_before": self.signed_before.hex(),
            "signed_after": self.signed_after.hex(),
        }


def signed(number: int, newest: Seal, between: tuple[Signer, Signer], now: datetime) -> KeyChange:
    """The change from one key to another after this seal."""
    before, after = between
    bare = KeyChange(
        number,
        newest.size,
        newest.root,
        before.public.public_bytes_raw(),
        after.public.public_bytes_raw(),
        now,
    )
    return replace(
        bare,
        signed_before=before.sign_bytes(bare.text()),
        signed_after=after.sign_bytes(bare.text()),
    )


async def follow(raw: psycopg.AsyncConnection, newest: Seal, signer: Signer, now: datetime) -> bool:
    """Write down that the signer's key follows the one of the newest seal, where it does.

    Done by the sealer before the first seal of a new key, so a replaced key file needs nothing else.

    Returns:
        False when this key was replaced meanwhile: the next round has the new one.

    Raises:
        Broken: the key was replaced, and the one that followed is not here.
    """
    cursor = await raw.execute(
        b"select number, before, after from outrider.audit_keys order by number desc", binary=True
    )
    rows = await cursor.fetchall()
    known = [*reversed(signer.before), signer]
    publics = [one.public.public_bytes_raw() for one in known]
    if any(before == publics[-1] for _, before, _ in rows):
        if signer.now().key_id != signer.key_id:
            return False
        raise Broken(
            "The key that signs the audit log was replaced, and the key files here are those from"
            " before: bring the newest ones back from the file that `outrider backup --keys` wrote."
        )
    if rows:
        at = publics.index(rows[0][2]) if rows[0][2] in publics else None
    else:
        at = next((n for n, one in enumerate(known) if one.key_id == newest.key_id), None)
    # A home that lost its keys goes on with new ones that nobody signed for; a verification says so.
    for number, pair in enumerate(pairwise(known[at:] if at is not None else []), 1):
        change = signed((rows[0][0] if rows else 0) + number, newest, pair, now)
        await raw.execute(
            f"insert into outrider.audit_keys ({COLUMNS}) values"
            " (%s, %s, %s, %s, %s, %s, %s, %s)".encode(),
            [
                change.number, change.size, change.root, change.before, change.after,
                change.changed_at, change.signed_before, change.signed_after,
            ],
        )  # fmt: skip
    return True


def read(told: Iterable[Mapping[str, Any]]) -> list[KeyChange]:
    """The changes that `KeyChange.told` wrote.

    Raises:
        ValueError: it is none.
    """
    found = []
    for one in told:
        origin, number, size, root, before, after, at, end = str(one["text"]).split("\n")
        if origin != f"{ORIGIN}/key" or end:
            raise ValueError(one)
        found.append(
            KeyChange(
                int(number),
                int(size),
                base64.b64decode(root, validate=True),
                bytes.fromhex(before),
                bytes.fromhex(after),
                datetime.fromisoformat(at),
                bytes.fromhex(str(one["signed_before"])),
                bytes.fromhex(str(one["signed_after"])),
            )
        )
    return found


class KeyChain:
    """The keys of a log, from one that is trusted."""

    def __init__(self, trusted: Ed25519PublicKey, changes: Iterable[KeyChange] = ()) -> None:
        """`changes` may hold anything; `forged` has those that do not lead to or from `trusted`."""
        self.newest = trusted
        ordered = sorted(changes, key=lambda one: one.number)
        self.changes: list[KeyChange] = []
        sound = [one for one in ordered if one.holds]
        own = trusted.public_bytes_raw()
        self._forward(sound, own)
        self._backward(sound, own)
        self.forged = [one for one in ordered if one not in self.changes]
        if self.changes:
            self.newest = Ed25519PublicKey.from_public_bytes(self.changes[-1].after)

    def _forward(self, sound: Sequence[KeyChange], key: bytes) -> None:
        for one in sound:
            last = self.changes[-1] if self.changes else None
            grows = last is None or (one.number == last.number + 1 and one.size >= last.size)
            if one.before == key and grows:
                self.changes.append(one)
                key = one.after

    def _backward(self, sound: Sequence[KeyChange], key: bytes) -> None:
        for one in reversed(sound):
            first = self.changes[0] if self.changes else None
            shrinks = first is None or (one.number == first.number - 1 and one.size <= first.size)
            if one.after == key and shrinks:
                self.changes.insert(0, one)
                key = one.before

    def signed(self, seal: Seal) -> bool:
        """Whether a checkpoint bears the key of its size."""
        return signed_by(seal, self.of(seal))

    def at(self, moment: datetime, size: int) -> Ed25519PublicKey:
        """The key that signs what is said of so many leaves at an instant.

        The instant is the signer's own word: a key of the past speaks of no leaf that came after it.
        """
        later = next(
            (one for one in self.changes if one.changed_at > moment and size <= one.size), None
        )
        return Ed25519PublicKey.from_public_bytes(later.before) if later else self.newest

    def of(self, seal: Seal) -> Ed25519PublicKey:
        """The key that a checkpoint of its size is signed with."""
        later = next((one for one in self.changes if seal.size <= one.size), None)
        return Ed25519PublicKey.from_public_bytes(later.before) if later else self.newest


def _holds(public: bytes, signature: bytes, text: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True
