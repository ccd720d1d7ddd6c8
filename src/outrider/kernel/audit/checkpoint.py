"""A signed checkpoint of the log, and the key that signs it.

In: a key's seed; size, root and instant of a tree. Out: `Seal`, and its note as C2SP tlog-checkpoint has
it. Never: a database.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from outrider.kernel.errors import InvalidInput

ORIGIN = "outrider/audit"


@dataclass(frozen=True)
class Seal:
    """One signed checkpoint: the tree's size and root at an instant."""

    size: int
    root: bytes
    sealed_at: datetime
    signature: bytes
    key_id: str
    events: int = field(default=0, compare=False)
    """How many events this seal added; known only where it was made."""

    def note(self) -> str:
        """The signed note, to be kept outside the database."""
        raw = base64.b64encode(bytes.fromhex(self.key_id) + self.signature).decode()
        return f"{note_text(self.size, self.root, self.sealed_at)}\n— {ORIGIN} {raw}\n"


class Signer:
    """The key that signs checkpoints."""

    def __init__(
        self,
        seed: bytes,
        before: Sequence[bytes] = (),
        again: Callable[[], Signer] | None = None,
    ) -> None:
        """Seeds are 32 bytes, from `Keys.good("audit-seal")`.

        Args:
            seed: of the key that signs.
            before: of those it follows, the newest first.
            again: reads the keys anew; somebody may have replaced them.
        """
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key()
        self.key_id = key_id(self.public)
        self.before = [Signer(one) for one in before]
        """The signers that it follows, the newest first."""
        self._again = again

    def now(self) -> Signer:
        """The key in use by now."""
        return self._again() if self._again else self

    def sign_bytes(self, data: bytes) -> bytes:
        """An Ed25519 signature; whoever signs anything but a checkpoint begins it differently."""
        return self._key.sign(data)

    def sign(self, size: int, root: bytes, sealed_at: datetime) -> Seal:
        """The signed checkpoint of a tree."""
        signature = self._key.sign(note_text(size, root, sealed_at).encode())
        return Seal(size, root, sealed_at, signature, self.key_id)


def key_id(public: Ed25519PublicKey) -> str:
    """Four bytes as hex: SHA-256(name || 0x0A || 0x01 || key), C2SP signed-note."""
    return hashlib.sha256(ORIGIN.encode() + b"\n\x01" + public.public_bytes_raw()).hexdigest()[:8]


def note_text(size: int, root: bytes, sealed_at: datetime) -> str:
    """What is signed: origin, size, root in base64, and the instant, a line each."""
    at = sealed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return f"{ORIGIN}\n{size}\n{base64.b64encode(root).decode()}\nsealed_at {at}\n"


def signed_by(seal: Seal, public: Ed25519PublicKey) -> bool:
    """Whether this key signed this checkpoint."""
    if seal.key_id != key_id(public):
        return False
    try:
        public.verify(seal.signature, note_text(seal.size, seal.root, seal.sealed_at).encode())
    except InvalidSignature:
        return False
    return True


def read_note(note: str) -> Seal:
    """The checkpoint that `Seal.note` wrote.

    Raises:
        InvalidInput: it is no such note. The signature is not checked here.
    """
    try:
        origin, size, root, at, blank, signed, end = note.split("\n")
        name, raw = signed.removeprefix("— ").split(" ")
        if {origin, name} != {ORIGIN} or blank or end or not at.startswith("sealed_at "):
            raise ValueError(note)
        data = base64.b64decode(raw, validate=True)
        return Seal(
            int(size),
            base64.b64decode(root, validate=True),
            datetime.fromisoformat(at.removeprefix("sealed_at ")),
            data[4:],
            data[:4].hex(),
        )
    except ValueError:
        raise InvalidInput(
            "This is no checkpoint of the audit log: give a file that Outrider wrote, unchanged."
        ) from None
