"""Setting, checking and rotating stored secrets, for whoever may change settings.

In: an actor, a name, a text. Out: what was done. Never: a secret in what is returned.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from outrider.app.wiring import Outrider
from outrider.kernel import access
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import SYSTEM, Actor
from outrider.kernel.errors import Conflict, InvalidInput, OutriderError
from outrider.kernel.secrets import keep, rotate, store
from outrider.kernel.secrets.envelope import open_
from outrider.kernel.secrets.masters import other_master
from outrider.kernel.secrets.ring import Ring
from outrider.kernel.secrets.rotate import Scope
from outrider.kernel.secrets.text import SecretText

MACHINE_WIDE = frozenset(
    {"slack_bot_token", "slack_app_token", "slack_signing_secret", "oidc_client_secret"}
)
"""Settings that may be stored under their names; the others are named as their files in `keys`."""
_TRIES = 3


@dataclass(frozen=True)
class Seen:
    """One stored secret, as people may see it."""

    name: str
    is_machines: bool
    set_by: str
    set_at: datetime


@dataclass(frozen=True)
class Checked:
    """What a check found."""

    master: str
    secrets: int
    troubles: tuple[OutriderError, ...]
    """One for each secret that cannot be opened."""
    unfinished: int
    """Secrets that a rotation has not moved yet."""


async def set_secret(
    outrider: Outrider, actor: Actor, name: str, text: SecretText, *, machine: bool = False
) -> None:
    """Store a secret in this workspace, or for the machine; it counts everywhere within seconds.

    Raises:
        InvalidInput: the name or the text cannot be used.
        MasterKeyUnavailable, WrongMasterKey: the master key does not do its part; nothing was stored.
    """
    keep.checked(name, text)
    begin, scope = outrider.begin(actor), None if machine else outrider.workspace
    await _must_know_masters(outrider, scope)
    for tries_left in reversed(range(_TRIES)):
        try:
            key = await keep.sealing_key(begin, ring_of(outrider), scope)
            async with begin() as tx:
                await keep.put(tx, key, name, text)
            break
        except Conflict:  # a rotation came between, or somebody who set the same
            if not tries_left:
                raise
    await outrider.given.look(outrider.begin())


async def _must_know_masters(outrider: Outrider, scope: UUID | None) -> None:
    """Before a scope's first key is made: a new master key beside a lost one would hide the loss."""
    async with outrider.begin()() as tx:
        if await store.key_in_use(tx, scope) is not None:
            return
    masters = ring_of(outrider).masters
    for other, begin in await scopes(outrider, SYSTEM):
        async with begin() as tx:
            keys = await store.keys_of(tx, other)
        for key in keys:
            if not masters.knows(key.wrapped.master):
                raise other_master(key.wrapped.master, masters.current.told())


async def remove_secret(
    outrider: Outrider, actor: Actor, name: str, *, machine: bool = False
) -> None:
    """Take a stored secret away.

    Raises:
        NotFound: there is none of this name.
    """
    async with outrider.begin(actor)() as tx:
        await keep.remove(tx, None if machine else outrider.workspace, name)
    await outrider.given.look(outrider.begin())


async def seen(outrider: Outrider) -> list[Seen]:
    """The secrets of this workspace and of the machine."""
    async with outrider.begin()() as tx:
        found = await keep.listing(tx)
    return [Seen(one.name, one.workspace is None, one.set_by, one.set_at) for one in found]


async def check(outrider: Outrider) -> Checked:
    """Open every secret of every workspace, and try the master key on a key of no use.

    Raises:
        MasterKeyUnavailable, WrongMasterKey: the master key cannot be used at all.
    """
    ring = ring_of(outrider)
    troubles: dict[UUID, OutriderError] = {}
    secrets: set[UUID] = set()
    unfinished: set[UUID] = set()
    for _, begin in await scopes(outrider, SYSTEM):
        async with begin() as tx:
            found = await store.with_keys(tx)
        await ring.hold({key.id: key for _, key in found}.values())
        for one, key in found:
            secrets.add(one.id)
            if key.retired_at is not None:
                unfinished.add(one.id)
            try:
                open_(ring.key(one.data_key), one.place, one.sealed)
            except OutriderError as error:
                troubles[one.id] = error
    if not troubles:
        await _try_master(ring, outrider)
    return Checked(
        ring.masters.current.told(), len(secrets), tuple(troubles.values()), len(unfinished)
    )


async def _try_master(ring: Ring, outrider: Outrider) -> None:
    """A master that opens but may not wrap would fail at the next rotation only."""
    context = store.context_of(UUID(int=0), outrider.workspace)
    wrapped = await ring.masters.wrap(bytes(32), context)
    await ring.masters.unwrap(wrapped, context)


async def rotate_data_keys(outrider: Outrider, actor: Actor) -> list[rotate.Rotated]:
    """New data keys for every workspace and the machine; every secret is sealed anew.

    Raises:
        MasterKeyUnavailable, WrongMasterKey, SecretBroken: as `rotate.rotate`.
    """
    ring = ring_of(outrider)
    done = [
        await rotate.rotate(begin, ring, scope, outrider.clock)
        for scope, begin in await scopes(outrider, actor)
    ]
    return [one for one in done if one is not None]


async def rotate_data_key(outrider: Outrider, actor: Actor) -> int:
    """A new data key for this workspace alone; how many secrets were sealed anew.

    Raises:
        MasterKeyUnavailable, WrongMasterKey, SecretBroken: as `rotate.rotate`.
    """
    begin, ring = outrider.begin(actor), ring_of(outrider)
    done = await rotate.rotate(begin, ring, outrider.workspace, outrider.clock)
    await outrider.given.look(outrider.begin())
    return done.moved if done else 0


async def rotate_master(outrider: Outrider, actor: Actor) -> int:
    """Every data key under the new master key; see `rotate.change_master`."""
    return await rotate.change_master(await scopes(outrider, actor), ring_of(outrider))


async def scopes(outrider: Outrider, actor: Actor) -> list[Scope]:
    """Every workspace, and the machine, with how a transaction begins there."""
    async with outrider.database.connection() as conn:
        spaces = await access.workspaces(conn)
    found: list[Scope] = [(id_, outrider.within(id_).begin(actor)) for id_ in spaces.values()]
    return [*found, (None, outrider.begin(actor))]


def ring_of(outrider: Outrider) -> Ring:
    """The ring of data keys.

    Raises:
        InvalidInput: this process has none.
    """
    if outrider.given.ring is None:
        raise InvalidInput("Secrets cannot be stored here: nothing keeps a master key.")
    return outrider.given.ring


async def roll_key(outrider: Outrider, actor: Actor, name: str) -> None:
    """Replace a key of Outrider's own; the one before still checks what was made with it.

    Raises:
        Refused: it is one that cannot be replaced.
    """
    outrider.keys.roll(name)
    async with outrider.begin(actor)() as tx:
        await record(tx, "secrets.key_rolled", f"key:{name}", {})
