"""A mail between its claim and its answer. In: nothing. Out: frozen values. Never: a row."""

from __future__ import annotations

from dataclasses import dataclass

from outrider.drafts.sendable_types import Sendable
from outrider.sending.types import DeliveryResult, OutboxItem, Outgoing


@dataclass(frozen=True, slots=True)
class Place:
    """Where the exact bytes of a mail lie in the object store."""

    raw_sha256: str
    """Of the mail alone."""
    pack_sha256: str
    """The object that holds it, with the mails that were built together with it."""
    pack_start: int
    pack_bytes: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claimed mail with the words that its draft had at that moment; None: nobody approved it."""

    item: OutboxItem
    sendable: Sendable | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A claimed mail with its bytes, or with the reason why it has none."""

    claimed: Claimed
    outgoing: Outgoing | None = None
    place: Place | None = None
    fault: str | None = None

    @property
    def item(self) -> OutboxItem:
        """Its row, as it was claimed."""
        return self.claimed.item

    def now(self, item: OutboxItem) -> Prepared:
        """The same mail with its row as it is after a move."""
        claimed = Claimed(item, self.claimed.sendable)
        return Prepared(claimed, self.outgoing, self.place, self.fault)


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of a mail that touched the wire."""

    mail: Prepared
    result: DeliveryResult
