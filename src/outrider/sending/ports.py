"""What the room needs from outside. In: bytes. Out: what became of them. Never: a vendor's type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

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
