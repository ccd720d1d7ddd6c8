"""What a run needs from outside.

In: nothing. Out: `Env`, filled by whoever starts a run. Never: a setting, a vendor.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from outrider.agents.budget import Limits
from outrider.agents.message_types import ModelReply, ModelRequest
from outrider.agents.types import Progress
from outrider.kernel.asking import Asking
from outrider.kernel.clock import Clock
from outrider.kernel.database.tx import Tx
from outrider.kernel.objects import Objects
from outrider.prospects.ports import FilingsSource


class Model(Protocol):
    """One model of one vendor, single requests only: history is ours."""

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Its reply.

        Raises:
            VendorUnavailable: no answer, overloaded, or an answer that cannot be read.
            InvalidSetting: the key is wrong, or there is no such model.
            InvalidInput: the vendor refuses the request as it is.

        An error that the vendor takes no money for says so in its facts: `cost_usd` is nought.
        """
        ...


Begin = Callable[[], AbstractAsyncContextManager[Tx]]


def _silent(progress: Progress) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class Env:
    """The hands of a run.

    `begin` opens a transaction as the login `outrider_agent` with the actor `agent:<name>`;
    `unsubscribe_key` signs the link of each contact; `filings` may be absent, then nothing is
    researched.
    """

    begin: Begin
    asking: Asking
    objects: Objects
    unsubscribe_key: bytes
    public_url: str
    clock: Clock
    filings: FilingsSource | None = None
    progress: Callable[[Progress], None] = _silent
    limits: Limits | None = None
    """None: those of whoever answers."""
    is_dry_run: bool = False
    """Every run is a dry one here, whatever it was told (A-52)."""

    @property
    def bounds(self) -> Limits:
        """What may be spent beyond a run's own budget."""
        own = self.limits or getattr(self.asking, "limits", None)
        return own if isinstance(own, Limits) else Limits()
