"""Put secrets under a new data key, and data keys under a new master key, while everybody works.

In: how a transaction begins in one workspace, the ring. Out: what was done. Never: a moment in which a
secret cannot be read; a key that is dropped while something is under it; a question to the network in a
transaction.

What is done so far is in the rows alone. A rotation that was killed is unfinished there, and the next
one goes on with it in place of beginning another. Two at once share the work: rows are locked batch by
batch, and a batch goes only under the key that is in use when it commits.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from outrider.kernel.audit.append import record
from outrider.kernel.clock import Clock
from outrider.kernel.errors import InvalidInput, SecretBroken
from outrider.kernel.ids import new_id
from outrider.kernel.secrets import store
from outrider.kernel.secrets.envelope import KEY_BYTES, DataKey, open_, seal
from outrider.kernel.secrets.given import Begin
from outrider.kernel.secrets.masters import EnvMaster, FileMaster
from outrider.kernel.secrets.ring import Ring
from outrider.kernel.secrets.store import StoredKey, context_of

BATCH = 100
Scope = tuple[UUID | None, Begin]
"""A workspace, or None for the machine, and how a transaction begins there."""
_OTHERS_WORK = timedelta(milliseconds=100)


@dataclass(frozen=True)
class Rotated:
    """What a rotation of one scope did."""

    moved: int
    """Secrets that were sealed anew."""
    went_on: bool
    """Whether an earlier rotation was unfinished, and this one went on with it."""
    dropped: int
    """Data keys that nothing is under any more, and that are gone."""


async def rotate(begin: Begin, ring: Ring, scope: UUID | None, clock: Clock) -> Rotated | None:
    """Seal every secret of a scope with a new data key; None when the scope has none.

    Raises:
        MasterKeyUnavailable, WrongMasterKey: a key cannot be opened or made; run it again later.
        SecretBroken: some cannot be opened; the others were moved, and the keys of these stay.
    """
    async with begin() as tx:
        keys = await store.keys_of(tx, scope)
    if not keys:
        return None
    in_use = next((one for one in keys if one.retired_at is None), None)
    went_on = False
    if in_use is not None:
        async with begin() as tx:
            went_on = await store.count_under_others(tx, scope, in_use.id) > 0
        # Whoever cannot open what there is must not begin to seal with something else.
        await ring.hold(keys)
        ring.key(in_use.id)
    if not went_on:
        await _begin_anew(begin, ring, in_use, scope)
    broken: dict[UUID, SecretBroken] = {}
    moved = await _move_all(begin, ring, (scope, broken), clock)
    async with begin() as tx:
        dropped = await store.drop_unused(tx, scope)
        if moved or dropped:
            body = {"moved": moved, "dropped": dropped, "machine": scope is None}
            await record(tx, "secrets.rotated", f"data_keys:{scope or 'machine'}", body)
    for error in broken.values():
        raise error
    return Rotated(moved, went_on, dropped)


async def _begin_anew(
    begin: Begin, ring: Ring, before: StoredKey | None, scope: UUID | None
) -> None:
    """Retire the key in use and add a fresh one, at once; whoever comes second does nothing."""
    async with begin() as tx:
        fresh = DataKey(new_id(tx.now), scope, os.urandom(KEY_BYTES))
    wrapped = await ring.masters.wrap(fresh.key, context_of(fresh.id, scope))
    async with begin() as tx:
        if before is not None and not await store.retire(tx, before.id):
            return
        if await store.add_key(tx, fresh.id, scope, wrapped):
            await record(
                tx,
                "secrets.rotate",
                f"data_key:{fresh.id}",
                {"before": str(before.id) if before else None, "master": wrapped.master},
            )
            ring.add(fresh)


_Work = tuple[UUID | None, dict[UUID, SecretBroken]]
"""A scope, and the secrets in it that cannot be opened."""


async def _move_all(begin: Begin, ring: Ring, work: _Work, clock: Clock) -> int:
    moved = 0
    while True:
        async with begin() as tx:
            keys = await store.keys_of(tx, work[0])
        await ring.hold(keys)
        batch = await _move_some(begin, ring, work, {key.id for key in keys})
        if batch is None:
            return moved
        moved += batch
        if not batch:
            await clock.sleep(_OTHERS_WORK)


async def _move_some(begin: Begin, ring: Ring, work: _Work, held: set[UUID]) -> int | None:
    """One batch: how many were moved; None when nothing is left to move."""
    scope, broken = work
    async with begin() as tx:
        in_use = await store.key_in_use(tx, scope, hold=True)
        if in_use is None:
            return None
        if in_use.id not in held:
            return 0  # rotated once more meanwhile; its key is not held yet
        to, moved = ring.key(in_use.id), 0
        for one in await store.under_others(tx, (scope, in_use.id), BATCH, list(broken)):
            try:
                text = open_(ring.key(one.data_key), one.place, one.sealed)
            except SecretBroken as error:
                broken[one.id] = error
                continue
            await store.reseal(tx, one.id, to.id, seal(to, one.place, text))
            moved += 1
        left = await store.count_under_others(tx, scope, in_use.id) - len(broken)
    return moved if moved or left > 0 else None


async def change_master(scopes: Sequence[Scope], ring: Ring) -> int:
    """Put every data key under a new master key; how many. The secrets stay as they are.

    What an earlier change left unfinished, or another provider wrapped, goes under the present master.
    When nothing is left, a key file gets a successor, and a key service wraps anew with the newest
    version of its own key.

    Raises:
        MasterKeyUnavailable, WrongMasterKey, SecretBroken: a key cannot be opened or wrapped.
        InvalidInput: the environment has to give the new key first.
    """
    master, is_done = ring.masters.current, True
    for scope, begin in scopes:
        async with begin() as tx:
            keys = await store.keys_of(tx, scope)
        is_done = is_done and all(ring.masters.is_current(key.wrapped.master) for key in keys)
    if is_done and isinstance(master, EnvMaster):
        raise InvalidInput(
            "Every data key is under OUTRIDER_MASTER_KEY: move its value to OUTRIDER_MASTER_KEY_BEFORE,"
            " set a new one, and run this again."
        )
    again = is_done
    if is_done and isinstance(master, FileMaster):
        master.roll()
        again = False
    return sum([await rewrap(begin, ring, scope, all_=again) for scope, begin in scopes])


async def rewrap(begin: Begin, ring: Ring, scope: UUID | None, *, all_: bool = False) -> int:
    """Wrap a scope's data keys with the master in use, until none is under another; how many.

    Args:
        begin: how a transaction begins in the workspace.
        ring: whose masters open the keys, and wrap them.
        scope: a workspace, or None for the machine.
        all_: those too that are under this master already, once.

    Raises:
        MasterKeyUnavailable, WrongMasterKey, SecretBroken: a key cannot be opened or wrapped.
    """
    done = 0
    while True:
        async with begin() as tx:
            keys = await store.keys_of(tx, scope)
        todo = [one for one in keys if all_ or not ring.masters.is_current(one.wrapped.master)]
        if not todo:
            return done
        all_ = False
        for one in todo:
            done += await _rewrap_one(begin, ring, one)


async def _rewrap_one(begin: Begin, ring: Ring, one: StoredKey) -> bool:
    raw = await ring.masters.unwrap(one.wrapped, one.context)
    wrapped = await ring.masters.wrap(raw, one.context)
    async with begin() as tx:
        if not await store.rewrap(tx, one, wrapped):
            return False
        body = {"before": one.wrapped.master, "master": wrapped.master}
        await record(tx, "secrets.rewrap", f"data_key:{one.id}", body)
        return True
