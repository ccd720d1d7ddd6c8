"""Keep a secret that somebody hands over; take it away again.

In: the open transaction, a data key, a name and a text. Out: a row and an event that names it. Never: the
text, its length or its hash in the log: a short secret could be guessed from it.
"""

from __future__ import annotations

import os
import re
from uuid import UUID

from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict, InvalidInput, NotFound
from outrider.kernel.ids import new_id
from outrider.kernel.secrets import store
from outrider.kernel.secrets.envelope import KEY_BYTES, DataKey, Place, seal
from outrider.kernel.secrets.given import Begin
from outrider.kernel.secrets.key_files import ROLLS, STAYS
from outrider.kernel.secrets.ring import Ring
from outrider.kernel.secrets.store import StoredSecret, context_of
from outrider.kernel.secrets.text import SecretText

LONGEST = 64 * 1024
"""Bytes of a secret; a key in PEM has some thousands."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_OWN = re.compile(rf"({'|'.join([*ROLLS, *STAYS])})(-[0-9]+)?(\.before-[0-9]+)?\.key")


def checked(name: str, text: SecretText) -> SecretText:
    """The secret as it is kept; one line end at its end, which a shell adds, is dropped.

    Raises:
        InvalidInput: the name or the text cannot be used; the sentence never shows the text.
    """
    if not _NAME.fullmatch(name):
        raise InvalidInput(
            f"The name {name[:100]!r} of a secret cannot be used: write 1 to 100 letters, digits, dots,"
            " dashes or underscores."
        )
    if _OWN.fullmatch(name):
        raise InvalidInput(
            f"{name} is a key of Outrider's own and stays a file: `outrider secrets rotate --key` says"
            " which of them can be replaced."
        )
    raw = text.reveal()
    bare = raw.removesuffix("\n").removesuffix("\r") if raw.count("\n") == 1 else raw
    if not bare.strip():
        raise InvalidInput(f"The secret {name} is empty: give it on stdin, or type it when asked.")
    if len(bare.encode()) > LONGEST or "\0" in bare:
        raise InvalidInput(f"The secret {name} is longer than {LONGEST // 1024} kB, or no text.")
    return SecretText(bare)


async def sealing_key(begin: Begin, ring: Ring, scope: UUID | None) -> DataKey:
    """The key that seals in this scope, made and wrapped on first use.

    The master is asked between two transactions, never in one.

    Raises:
        MasterKeyUnavailable, WrongMasterKey, SecretBroken: the master does not do its part.
    """
    async with begin() as tx:
        stored = await store.key_in_use(tx, scope)
        now = tx.now
    if stored is None:
        fresh = DataKey(new_id(now), scope, os.urandom(KEY_BYTES))
        wrapped = await ring.masters.wrap(fresh.key, context_of(fresh.id, scope))
        async with begin() as tx:
            if await store.add_key(tx, fresh.id, scope, wrapped):
                await record(tx, "secrets.key", f"data_key:{fresh.id}", {"master": wrapped.master})
            stored = await store.key_in_use(tx, scope)
        if stored is None:
            raise Conflict("The data keys were replaced meanwhile: run the command again.")
        if stored.id == fresh.id:
            ring.add(fresh)
    await ring.hold([stored])
    return ring.key(stored.id)


async def put(tx: Tx, key: DataKey, name: str, text: SecretText) -> UUID:
    """Keep a secret under this name, in the key's scope; a second one replaces the first.

    Raises:
        InvalidInput: as `checked`.
        Conflict: the key was retired meanwhile; get it anew and try again.
    """
    kept = checked(name, text)
    in_use = await store.key_in_use(tx, key.workspace, hold=True)
    if in_use is None or in_use.id != key.id:
        raise Conflict("The data keys were rotated meanwhile: run the command again.")
    id_ = await store.row_for(tx, key.workspace, name)
    if id_ is None:
        id_ = tx.new_id()
        sealed = seal(key, Place(key.workspace, store.PURPOSE, id_), kept)
        if not await store.add(tx, key.workspace, name, (id_, key.id, sealed)):
            raise Conflict(f"Somebody else set {name} at the same time: run the command again.")
    else:
        sealed = seal(key, Place(key.workspace, store.PURPOSE, id_), kept)
        await store.change(tx, id_, key.id, sealed)
    await record(
        tx,
        "secrets.set",
        f"secret:{name}",
        {"secret_id": str(id_), "data_key": str(key.id), "machine": key.workspace is None},
    )
    return id_


async def remove(tx: Tx, scope: UUID | None, name: str) -> None:
    """Take a secret away; a file of the same name counts again.

    A key that nothing is under goes too, so that a lost master key can be left behind.

    Raises:
        NotFound: there is none.
    """
    if not await store.remove(tx, scope, name):
        raise NotFound(
            f"There is no stored secret {name[:100]!r} {'here' if scope else 'for the machine'}:"
            " `outrider secrets list` shows those there are."
        )
    await store.drop_empty(tx, scope)
    await record(tx, "secrets.remove", f"secret:{name}", {"machine": scope is None})


async def listing(tx: Tx) -> list[StoredSecret]:
    """The secrets of this workspace and of the machine; their texts stay sealed."""
    return await store.listing(tx)
