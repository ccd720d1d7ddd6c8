"""A secret in an envelope: AES-256-GCM, bound to the one place where it belongs.

In: a data key, a place, a text. Out: bytes for a row, and the text back. Never: a key or a text in an
error; an envelope that opens in another row, another column's purpose or another workspace.

Format 1: `01`, the data key's id (16 bytes), a random nonce (12), ciphertext and tag (NIST SP 800-38D).
The associated data are format, key and place, each with its length, so that no two places read alike.
Random nonces are safe for 2^32 envelopes a key; a data key seals some hundreds.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from outrider.kernel.errors import SecretBroken
from outrider.kernel.secrets.text import SecretText

FORMAT = 1
KEY_BYTES = 32
_NONCE, _TAG = 12, 16
_HEAD = 1 + 16
_LEAST = _HEAD + _NONCE + _TAG
MACHINE = "machine"
"""Stands for the workspace of what holds for the whole machine."""


@dataclass(frozen=True)
class DataKey:
    """A key that seals envelopes of one workspace; None: of the machine."""

    id: UUID
    workspace: UUID | None
    key: bytes = field(repr=False)


@dataclass(frozen=True)
class Place:
    """Where an envelope belongs."""

    workspace: UUID | None
    purpose: str
    """Table and column."""
    row: UUID

    def __str__(self) -> str:
        return f"{self.purpose} {self.row}"


def seal(key: DataKey, place: Place, text: SecretText) -> bytes:
    """The envelope of a text at its place.

    Raises:
        SecretBroken: the key is another workspace's.
    """
    _same_workspace(key, place)
    head = bytes([FORMAT]) + key.id.bytes
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(key.key).encrypt(nonce, text.reveal().encode(), _aad(head, place))
    return head + nonce + sealed


def open_(key: DataKey, place: Place, envelope: bytes) -> SecretText:
    """What is inside.

    Raises:
        SecretBroken: it is cut short, of an unknown format, under another key, changed, or moved here
            from another place. Nothing tells the last two apart: that is what binding it means.
    """
    _same_workspace(key, place)
    if key_of(envelope, place) != key.id:
        raise SecretBroken(
            f"The secret {place} is sealed with another key than its row names: set it anew with"
            " `outrider secrets set`.",
            why="wrong key",
        )
    head, nonce, sealed = envelope[:_HEAD], envelope[_HEAD : _HEAD + _NONCE], envelope[_HEAD + 12 :]
    try:
        return SecretText(AESGCM(key.key).decrypt(nonce, sealed, _aad(head, place)).decode())
    except InvalidTag:
        raise SecretBroken(
            f"The secret {place} was changed, or moved here from another row or workspace: set it anew"
            " with `outrider secrets set`, and look who can write to the database.",
            why="changed",
        ) from None


def key_of(envelope: bytes, place: Place) -> UUID:
    """The id of the data key that sealed an envelope.

    Raises:
        SecretBroken: it is cut short or of an unknown format.
    """
    if envelope and envelope[0] != FORMAT:
        raise SecretBroken(
            f"The secret {place} has format {envelope[0]}, and this Outrider knows {FORMAT}: use the"
            " newer Outrider that wrote it.",
            why="format",
        )
    if len(envelope) < _LEAST:
        raise SecretBroken(
            f"The secret {place} is cut short ({len(envelope)} bytes): set it anew with"
            " `outrider secrets set`.",
            why="cut short",
        )
    return UUID(bytes=envelope[1:_HEAD])


def _same_workspace(key: DataKey, place: Place) -> None:
    if key.workspace != place.workspace:
        raise SecretBroken(
            f"The secret {place} is sealed for another workspace: set it anew with"
            " `outrider secrets set`.",
            why="another workspace",
        )


def _aad(head: bytes, place: Place) -> bytes:
    parts = (str(place.workspace or MACHINE), place.purpose, str(place.row))
    return b"outrider envelope" + head + joined(*parts)


def joined(*parts: str) -> bytes:
    """Texts as bytes that no other texts give: each behind its length."""
    raw = [part.encode() for part in parts]
    return b"".join(len(one).to_bytes(4, "big") + one for one in raw)
