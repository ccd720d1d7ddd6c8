"""What the room needs from outside. In: bytes. Out: what became of them. Never: a vendor's type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from outrider.sending.types import DeliveryResult, Outgoing


class MailTransport(Protocol):
    """A way for a mail to leave."""

    async def deliver(self, mail: Outgoing) -> DeliveryResult:
        """Hand one mail over. Never raises for what the other side says; tells it.

        `UNKNOWN` when the connection broke after the last byte was on its way, before the answer.
        """
        ...

    async def find(self, message_ids: Sequence[str]) -> dict[str, bool] | None:
        """Which of these were accepted earlier; None when this transport cannot know."""
        ...

    async def close(self) -> None:
        """Close kept connections."""
        ...


@runtime_checkable
class TriesOut(Protocol):
    """A transport that can ask the other side about its key without a mail."""

    async def try_out(self) -> DeliveryResult | None:
        """None when the key is taken; else what is wrong, as it would be said of a mail."""
        ...
