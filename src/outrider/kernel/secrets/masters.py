"""Master keys: what wraps the data keys of workspaces.

In: a data key and what it is for. Out: its wrapped form, and back. Never: a master key in the database,
in a log or in an error; a new master key where an older one was expected.

Two are here, because they need no network: a file in the home folder, and the environment. What asks a
key service is an adapter of the same port.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from outrider.kernel.errors import InvalidSetting, SecretBroken, WrongMasterKey
from outrider.kernel.secrets.envelope import KEY_BYTES, joined
from outrider.kernel.secrets.key_files import Keys

Context = Mapping[str, str]
"""What a wrapped key is bound to: it unwraps with exactly this."""

FILE = "master"
"""The name of the first master key's file; later ones are `master-1`, `master-2`, …"""
_FORMAT, _NONCE = b"\x01", 12


@dataclass(frozen=True)
class Wrapped:
    """A data key that only its master opens."""

    master: str
    """Which master, by a name that is no secret."""
    bytes: bytes = field(repr=False)


class Master(Protocol):
    """One provider of master keys."""

    def told(self) -> str:
        """What it is, for people: as the setting names it."""
        ...

    def knows(self, master: str) -> bool:
        """Whether it opens what this master wrapped."""
        ...

    def is_current(self, master: str) -> bool:
        """Whether it would wrap with this master now."""
        ...

    async def wrap(self, data_key: bytes, context: Context) -> Wrapped:
        """Wrap a data key.

        Raises:
            MasterKeyUnavailable: the provider does not answer, or refuses.
        """
        ...

    async def unwrap(self, wrapped: Wrapped, context: Context) -> bytes:
        """The data key again.

        Raises:
            WrongMasterKey: another master wrapped it.
            SecretBroken: it was changed, or is bound to something else.
            MasterKeyUnavailable: the provider does not answer, or refuses.
        """
        ...


class _Local(ABC):
    """A master of 32 bytes that this process holds."""

    @abstractmethod
    def _candidates(self) -> Sequence[bytes]:
        """Every key there is, the current one first."""

    @abstractmethod
    def _current(self) -> bytes:
        """The key that wraps; an error where there is none."""

    @abstractmethod
    def told(self) -> str:
        """What it is."""

    def knows(self, master: str) -> bool:
        """Whether one of its keys has this name."""
        return any(name_of(key) == master for key in self._candidates())

    def is_current(self, master: str) -> bool:
        """Whether it is the key in use."""
        keys = self._candidates()
        return bool(keys) and name_of(keys[0]) == master

    async def wrap(self, data_key: bytes, context: Context) -> Wrapped:
        """Wrap with the current key."""
        key, nonce = self._current(), os.urandom(_NONCE)
        sealed = AESGCM(key).encrypt(nonce, data_key, _aad(context))
        return Wrapped(name_of(key), _FORMAT + nonce + sealed)

    async def unwrap(self, wrapped: Wrapped, context: Context) -> bytes:
        """Unwrap with the key that wrapped it."""
        key = next((k for k in self._candidates() if name_of(k) == wrapped.master), None)
        if key is None:
            raise other_master(wrapped.master, self.told())
        raw = wrapped.bytes
        if raw[:1] != _FORMAT:
            raise SecretBroken(
                "A data key has a format that this Outrider does not know: use the newer Outrider"
                " that wrapped it.",
                why="format",
            )
        try:
            return AESGCM(key).decrypt(raw[1 : 1 + _NONCE], raw[1 + _NONCE :], _aad(context))
        except (InvalidTag, ValueError):
            raise changed_key(context) from None


class FileMaster(_Local):
    """Files `master.key`, `master-1.key`, … in the keys folder; the last one wraps."""

    def __init__(self, keys: Keys) -> None:
        """`keys` is the folder; the first file is made when the first data key is wrapped."""
        self._keys = keys

    def told(self) -> str:
        """As the setting names it."""
        return "file:"

    def names(self) -> list[str]:
        """The names of the files there are, the current one first."""
        found = [FILE] if self._keys.has(FILE) else []
        number = 1
        while self._keys.has(f"{FILE}-{number}"):
            found.insert(0, f"{FILE}-{number}")
            number += 1
        return found

    def roll(self) -> str:
        """Make the next master key; two that race make one. Returns its file's name."""
        name = f"{FILE}-{len(self.names())}" if self.names() else FILE
        self._keys.key(name)
        return name

    def _candidates(self) -> Sequence[bytes]:
        return [self._keys.key(name) for name in self.names()]

    def _current(self) -> bytes:
        return self._keys.key((self.names() or [FILE])[0])


class EnvMaster(_Local):
    """Keys that the environment gives, in base64."""

    def __init__(self, current: str | None, before: str | None = None) -> None:
        """`current` wraps; `before` opens what it wrapped once.

        Raises:
            InvalidSetting: one is missing or is not 32 bytes in base64.
        """
        if not current:
            raise InvalidSetting(
                "OUTRIDER_KEYS is env: and OUTRIDER_MASTER_KEY is not set: give 32 random bytes in"
                " base64, such as `openssl rand -base64 32` prints."
            )
        self._keys = [_decoded("OUTRIDER_MASTER_KEY", current)]
        if before:
            self._keys.append(_decoded("OUTRIDER_MASTER_KEY_BEFORE", before))

    def told(self) -> str:
        """As the setting names it."""
        return "env:"

    def _candidates(self) -> Sequence[bytes]:
        return self._keys

    def _current(self) -> bytes:
        return self._keys[0]


class Masters:
    """The master in use, and those whose work it takes over."""

    def __init__(self, current: Master, *before: Master) -> None:
        """`current` wraps; each opens its own."""
        self.current = current
        self._all = (current, *before)

    async def wrap(self, data_key: bytes, context: Context) -> Wrapped:
        """Wrap with the master in use; see `Master.wrap`."""
        return await self.current.wrap(data_key, context)

    async def unwrap(self, wrapped: Wrapped, context: Context) -> bytes:
        """Unwrap with the master that wrapped it; see `Master.unwrap`."""
        for one in self._all:
            if one.knows(wrapped.master):
                key = await one.unwrap(wrapped, context)
                if len(key) != KEY_BYTES:
                    raise changed_key(context)
                return key
        raise other_master(wrapped.master, self.current.told())

    def knows(self, master: str) -> bool:
        """Whether one of them opens what this master wrapped."""
        return any(one.knows(master) for one in self._all)

    def is_current(self, master: str) -> bool:
        """Whether nothing has to be wrapped anew."""
        return self.current.is_current(master)


def name_of(key: bytes) -> str:
    """A name for a key that this machine holds, which tells nothing of it."""
    return f"local:{hmac.digest(key, b'outrider master key', hashlib.sha256).hex()[:16]}"


def other_master(wrapped_by: str, here: str) -> WrongMasterKey:
    """What a person reads when another master wrapped what is stored."""
    way_out = (
        "bring the master key's file back into `keys` of the home folder (`outrider backup --keys`"
        " wrote it) or the value into OUTRIDER_MASTER_KEY, and set OUTRIDER_KEYS to what keeps it"
        if wrapped_by.startswith("local:")
        else f"set OUTRIDER_KEYS to {wrapped_by}, or OUTRIDER_KEYS_BEFORE when the key is to change"
    )
    return WrongMasterKey(
        f"The stored secrets are under the master key {wrapped_by}, which {here} does not hold:"
        f" {way_out}."
    )


def changed_key(context: Context) -> SecretBroken:
    """What a person reads when a wrapped key is not what was stored."""
    return SecretBroken(
        f"The data key {context.get('data_key', '')} was changed, or moved here from another"
        " workspace: restore it from a backup, or set its secrets anew.",
        why="changed",
    )


def canonical(context: Context) -> bytes:
    """A context as bytes, the same whatever its order."""
    return joined(*(word for pair in sorted(context.items()) for word in pair))


def _aad(context: Context) -> bytes:
    return b"outrider data key" + canonical(context)


def _decoded(setting: str, given: str) -> bytes:
    try:
        key = base64.b64decode(given.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise InvalidSetting(
            f"{setting} must be {KEY_BYTES} bytes in base64: give what `openssl rand -base64 32` prints."
        )
    return key
