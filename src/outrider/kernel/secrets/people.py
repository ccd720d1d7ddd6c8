"""What the log tells of people, under a key of each person: AES-256-GCM, gone with the key.

In: the open transaction, an event's id, what it tells of a contact. Out: sealed words for the event's
body, and the words again while the contact is not erased. Never: an event that is lost, or waits for the
network, because a key cannot be had; a key made for somebody who was erased.

The log covers the sealed bytes, so an erasure deletes one row and every proof still holds. A person's key
lies in an envelope under a key file of our own (`person-keys`), bound to workspace and contact. People are
found by keyed hashes of their addresses (`person-index`), also when the contact's own row is gone.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import os
from binascii import b2a_base64
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from outrider.kernel.audit.append import OF_PERSON, encoded
from outrider.kernel.database.tx import About, Tx
from outrider.kernel.errors import SecretBroken
from outrider.kernel.secrets import store_people as store
from outrider.kernel.secrets.blind_index import blind, workspace_key
from outrider.kernel.secrets.envelope import (
    KEY_BYTES,
    DataKey,
    Place,
    joined,
    key_of,
    open_,
    seal,
)
from outrider.kernel.secrets.key_files import Keys
from outrider.kernel.secrets.store_people import PersonKey
from outrider.kernel.secrets.text import SecretText
from outrider.kernel.telemetry import get_logger

KEYS, INDEX = "person-keys", "person-index"
"""The names of the two key files."""
ERASED, CLOSED = "erased", "unreadable: its key is gone"
"""What stands in the place of words that nobody can read any more."""
MOST_HELD = 1_024
"""Keys of people in memory, at most."""
HELD = timedelta(minutes=10)
LONGEST = 500
"""Letters of one fact; what strangers write may have no end."""
_PURPOSE = "person_keys.sealed"
_NONCE = 12

_log = get_logger("audit")


@dataclass(frozen=True)
class _Held:
    cipher: AESGCM = field(repr=False)
    addresses: frozenset[str]
    since: datetime
    until: datetime


class People:
    """Keys of people, for the log of every workspace."""

    def __init__(self, keys: Keys, spelled: Callable[[str], str] = str.lower) -> None:
        """`keys` are the key files; `spelled` brings an e-mail address to its one spelling."""
        self._files = keys
        self._spelled = spelled
        self._wrapping: dict[UUID, list[DataKey]] = {}
        self._indexing: dict[UUID, bytes] = {}
        self._held: OrderedDict[tuple[UUID, UUID], _Held] = OrderedDict()
        self._sweeps_in: asyncio.AbstractEventLoop | None = None

    async def seal(self, tx: Tx, told: Sequence[tuple[UUID, About]]) -> list[str | None]:
        """The sealed words of each event; None where the contact is erased or the key cannot be had.

        Raises:
            InvalidSetting: a key file cannot be read.
        """
        self._let_go(tx.now)
        ciphers = [self._ready(tx, about) for _, about in told]
        if None in ciphers:
            missing = [one for (_, one), has in zip(told, ciphers, strict=True) if has is None]
            fetched = await self._fetched(tx, missing)
            ciphers = [
                has or fetched.get(one.contact) for (_, one), has in zip(told, ciphers, strict=True)
            ]
        return [
            _sealed(cipher, (tx.workspace, event), about) if cipher else None
            for (event, about), cipher in zip(told, ciphers, strict=True)
        ]

    async def find(self, tx: Tx, address: str) -> list[UUID]:
        """The contacts whom events reached at this address and who are not erased."""
        return await store.found_at(tx, [self._index(tx.workspace, address)])

    async def opened(
        self, tx: Tx, events: Sequence[Mapping[str, Any]]
    ) -> dict[UUID, dict[str, str] | str]:
        """What events tell of people, by event id; `ERASED` or `CLOSED` where nobody can read it.

        Keys are read anew each time, never from memory: an erasure counts at once.
        """
        sealed = {event["id"]: found for event in events if (found := _of_person(event["body"]))}
        contacts = {contact for contact, _ in sealed.values()}
        if not contacts:
            return {}
        rows = {one.contact: one for one in await store.keys(tx, list(contacts))}
        erased = await store.erased(tx, list(contacts - rows.keys()))
        opened: dict[UUID, dict[str, str] | str] = {}
        for id_, (contact, words) in sealed.items():
            key = self._opened(tx.workspace, rows[contact]) if contact in rows else None
            if contact in erased:
                opened[id_] = ERASED
            else:
                opened[id_] = _words(key, (tx.workspace, id_), words) or CLOSED
        return opened

    def _ready(self, tx: Tx, about: About) -> AESGCM | None:
        """What seals for a contact, when it is held and the contact is known by this address."""
        held = self._held.get((tx.workspace, about.contact))
        if held is None:
            return None
        if about.address and self._index(tx.workspace, about.address) not in held.addresses:
            return None
        return held.cipher

    async def _fetched(self, tx: Tx, about: Sequence[About]) -> dict[UUID, AESGCM]:
        """What seals for each contact; their key is made on first use."""
        at = {
            one.contact: self._index(tx.workspace, one.address) if one.address else ""
            for one in about
        }
        ciphers = {}
        for row in await self._rows(tx, at):
            if at[row.contact] and at[row.contact] not in row.addresses:
                await store.add_address(tx, row.contact, at[row.contact])
            key = self._opened(tx.workspace, row)
            if key is not None:
                ciphers[row.contact] = AESGCM(key)
                self._remember(tx, row, ciphers[row.contact])
        return ciphers

    async def _rows(self, tx: Tx, at: Mapping[UUID, str]) -> list[PersonKey]:
        """The keys of these contacts, who were reached at these addresses, as they lie in the database."""
        rows = await store.add(tx, [self._fresh(tx, contact, at[contact]) for contact in at])
        # Somebody else may have been first.
        others = at.keys() - {row.contact for row in rows}
        return rows + (await store.keys(tx, list(others)) if others else [])

    def _fresh(self, tx: Tx, contact: UUID, address: str) -> PersonKey:
        place = Place(tx.workspace, _PURPOSE, contact)
        wrapping = self._wraps(tx.workspace)[0]
        sealed = seal(wrapping, place, SecretText(os.urandom(KEY_BYTES).hex()))
        return PersonKey(contact, sealed, frozenset({address} - {""}), tx.now)

    def _opened(self, workspace: UUID, row: PersonKey) -> bytes | None:
        """A person's key; None, and a line in the log, when it cannot be opened."""
        place = Place(workspace, _PURPOSE, row.contact)
        try:
            named = key_of(row.sealed, place)
            for _ in range(2):
                for one in self._wraps(workspace):
                    if one.id == named:
                        return bytes.fromhex(open_(one, place, row.sealed).reveal())
                self._wrapping.pop(workspace)  # the file may have been replaced since it was read
        except (SecretBroken, ValueError):
            pass
        _log.error("person_key_closed", contact=str(row.contact))
        return None

    def _wraps(self, workspace: UUID) -> list[DataKey]:
        """The keys that wrap people's keys in a workspace; the one in use first."""
        if workspace not in self._wrapping:
            self._wrapping[workspace] = [
                _wrapping(raw, workspace) for raw in self._files.good(KEYS)
            ]
        return self._wrapping[workspace]

    def _index(self, workspace: UUID, address: str) -> str:
        key = self._indexing.get(workspace)
        if key is None:
            key = workspace_key(self._files.key(INDEX), workspace)
            self._indexing[workspace] = key
        return blind(key, self._spelled(address.strip()))

    def _let_go(self, now: datetime) -> None:
        """Forget what was held too long: who was erased meanwhile must not live on in memory."""
        # The oldest stand first.
        while self._held:
            oldest = next(iter(self._held.values()))
            if oldest.since <= now < oldest.until:
                break
            self._held.popitem(last=False)

    def _remember(self, tx: Tx, row: PersonKey, cipher: AESGCM) -> None:
        # A key that this very transaction made may yet be rolled back.
        if row.made_at >= tx.now:
            return
        self._held.pop((tx.workspace, row.contact), None)
        held = _Held(cipher, row.addresses, tx.now, tx.now + HELD)
        self._held[tx.workspace, row.contact] = held
        while len(self._held) > MOST_HELD:
            self._held.popitem(last=False)
        loop = asyncio.get_running_loop()
        if self._sweeps_in is not loop:
            self._sweeps_in = loop
            loop.call_later(HELD.total_seconds(), self._sweep)

    def _sweep(self) -> None:
        """Forget all, for a process that writes nothing more would hold them for ever."""
        self._held.clear()
        self._sweeps_in = None


def _wrapping(raw: bytes, workspace: UUID) -> DataKey:
    """The wrapping key of one workspace; its id tells which file it came from, and no more."""
    key = hmac.digest(raw, b"keys of people in workspace " + workspace.bytes, hashlib.sha256)
    name = hmac.digest(key, b"name", hashlib.sha256)[:16]
    return DataKey(UUID(bytes=name), workspace, key)


def _sealed(cipher: AESGCM, place: tuple[UUID, UUID], about: About) -> str:
    """Nonce, ciphertext and tag in base64, bound to workspace and event (NIST SP 800-38D)."""
    words = {name: said[:LONGEST] for name, said in about.facts.items()}
    if about.address:
        words["address"] = about.address
    nonce = os.urandom(_NONCE)
    sealed = cipher.encrypt(nonce, encoded(words).encode(), _aad(place))
    return b2a_base64(nonce + sealed, newline=False).decode()


def _words(key: bytes | None, place: tuple[UUID, UUID], sealed: str) -> dict[str, str] | None:
    if key is None:
        return None
    try:
        raw = base64.b64decode(sealed, validate=True)
        plain = AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], _aad(place))
        return {str(name): str(value) for name, value in json.loads(plain).items()}
    except (InvalidTag, ValueError):
        return None


def _of_person(body: Mapping[str, Any]) -> tuple[UUID, str] | None:
    """The contact and the sealed words of an event's body, if it has them."""
    found = body.get(OF_PERSON)
    try:
        return (UUID(found["contact"]), found["sealed"] or "") if found else None
    except (KeyError, TypeError, ValueError):
        return None


def _aad(place: tuple[UUID, UUID]) -> bytes:
    workspace, event = place
    return _bound_to(workspace) + joined(str(event))


@lru_cache(maxsize=256)
def _bound_to(workspace: UUID) -> bytes:
    return b"outrider event" + joined(str(workspace))
