"""The ring of data keys that this process holds, each for a bounded time.

In: wrapped data keys. Out: data keys, without a question to the network. Never: a data key on disk; one
that is used longer than `remembered` after its master last opened it.

A quarter of that time passes before the master is asked again, so that a key that was disabled is
dropped within it, while a service that is away for a short time stops nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from outrider.kernel.clock import Clock
from outrider.kernel.errors import (
    MasterKeyDisabled,
    MasterKeyUnavailable,
    OutriderError,
    SecretBroken,
    WrongMasterKey,
)
from outrider.kernel.secrets.envelope import DataKey
from outrider.kernel.secrets.masters import Masters
from outrider.kernel.secrets.store import StoredKey

REMEMBERED = timedelta(hours=1)


@dataclass(frozen=True)
class _Held:
    key: DataKey
    since: datetime


class Ring:
    """Data keys in memory."""

    def __init__(self, masters: Masters, clock: Clock, remembered: timedelta = REMEMBERED) -> None:
        """`masters` unwrap; `remembered` is the longest use without asking them again."""
        self.masters = masters
        self._clock = clock
        self._remembered = remembered
        self._held: dict[UUID, _Held] = {}
        self._troubles: dict[UUID, OutriderError] = {}

    @property
    def trouble(self) -> OutriderError | None:
        """Why some data key could not be opened when it was last tried; None: all could."""
        return next(iter(self._troubles.values()), None)

    async def hold(self, stored: Iterable[StoredKey]) -> None:
        """Open what is not held, or was opened too long ago. Trouble is kept for whoever asks."""
        for one in stored:
            now, held = self._clock.now(), self._held.get(one.id)
            if held and one.id not in self._troubles and now - held.since < self._remembered / 4:
                continue
            if held is None:  # should somebody ask before the answer is there
                self._troubles.setdefault(one.id, _not_answered(one))
            try:
                raw = await self.masters.unwrap(one.wrapped, one.context)
            except (MasterKeyDisabled, WrongMasterKey, SecretBroken) as error:
                self._held.pop(one.id, None)
                self._troubles[one.id] = error
            except OutriderError as error:
                self._troubles[one.id] = error
            else:
                self._held[one.id] = _Held(DataKey(one.id, one.workspace, raw), now)
                self._troubles.pop(one.id, None)

    def forget_others(self, used: Iterable[UUID]) -> None:
        """Drop every key but these."""
        kept = set(used)
        self._held = {id_: held for id_, held in self._held.items() if id_ in kept}
        self._troubles = {id_: e for id_, e in self._troubles.items() if id_ in kept}

    def add(self, key: DataKey) -> None:
        """Hold a key that was just made."""
        self._held[key.id] = _Held(key, self._clock.now())

    def key(self, id_: UUID) -> DataKey:
        """The data key of this id.

        Raises:
            MasterKeyUnavailable, WrongMasterKey, SecretBroken: why it could not be opened.
        """
        held = self._held.get(id_)
        if held and self._clock.now() - held.since < self._remembered:
            return held.key
        if trouble := self._troubles.get(id_):
            raise trouble
        raise MasterKeyUnavailable(
            "The master key was not asked for a stored secret yet: try again in a moment."
        )


def _not_answered(stored: StoredKey) -> MasterKeyUnavailable:
    return MasterKeyUnavailable(
        f"The master key {stored.wrapped.master} was asked for and did not answer in time: wait, or"
        " check that its service can be reached."
    )
