"""What people handed over, ready for whoever needs it: read from the database now and then.

In: the database. Out: a secret by its name, at once. Never: a question to the network while somebody
waits for a secret; one kept as it is: each is opened from its envelope when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from uuid import UUID

from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import OutriderError
from outrider.kernel.secrets import store
from outrider.kernel.secrets.envelope import open_
from outrider.kernel.secrets.ring import Ring
from outrider.kernel.secrets.store import StoredSecret
from outrider.kernel.secrets.text import SecretText

LOOK_EVERY = timedelta(seconds=5)
"""What is set, changed or removed counts in every process within this time."""

Begin = Callable[[], AbstractAsyncContextManager[Tx]]


class Given:
    """Secrets by workspace and name. Without a ring it is empty, and everything is in files."""

    def __init__(self, ring: Ring | None = None) -> None:
        """`ring` holds the keys."""
        self.ring = ring
        self._sealed: dict[tuple[UUID | None, str], StoredSecret] = {}

    @property
    def trouble(self) -> OutriderError | None:
        """Why some secret cannot be opened now; None when all can."""
        return self.ring.trouble if self.ring else None

    async def look(self, begin: Begin) -> None:
        """Read what this workspace and the machine have, and open the keys they are under."""
        if self.ring is None:
            return
        async with begin() as tx:
            found, workspace = await store.with_keys(tx), tx.workspace
        others = {
            place: one for place, one in self._sealed.items() if place[0] not in (None, workspace)
        }
        self._sealed = {**others, **{(one.workspace, one.name): one for one, _ in found}}
        await self.ring.hold({key.id: key for _, key in found}.values())
        self.ring.forget_others(one.data_key for one in self._sealed.values())

    def has(self, workspace: UUID, name: str) -> bool:
        """Whether there is a secret of this name, opened or not."""
        return (workspace, name) in self._sealed or (None, name) in self._sealed

    def find(self, workspace: UUID, name: str) -> SecretText | None:
        """The secret of this name: the workspace's, else the machine's, else None.

        Raises:
            SecretBroken, MasterKeyUnavailable, WrongMasterKey: there is one, and it cannot be opened.
        """
        found = self._sealed.get((workspace, name)) or self._sealed.get((None, name))
        if found is None or self.ring is None:
            return None
        return open_(self.ring.key(found.data_key), found.place, found.sealed)
