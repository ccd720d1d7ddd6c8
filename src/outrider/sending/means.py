"""What a door hands to sending. In: ports, bound. Out: one frozen value. Never: a setting."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from outrider.kernel.database.tx import Tx
from outrider.kernel.objects import Objects
from outrider.prospects.types import ContactId
from outrider.sending.dkim import Signer
from outrider.sending.owners import me
from outrider.sending.ports import MailTransport
from outrider.sending.types import Lease, Mailbox

Begin = Callable[[], AbstractAsyncContextManager[Tx]]
"""Opens a transaction in the workspace; commits when it ends well."""

LEAST_WAIT = timedelta(seconds=60)
LEAST_SURE = timedelta(seconds=1)


def unsigned(mailbox: Mailbox) -> Signer | None:
    """No DKIM: for a mailbox whose server signs."""
    return None


@dataclass(frozen=True)
class Means:
    """Everything `send` and `reconcile` need from outside."""

    begin: Begin
    transports: Callable[[Mailbox], MailTransport]
    objects: Objects
    signers: Callable[[Mailbox], Signer | None] = unsigned
    unsubscribe_url: Callable[[ContactId], str] | None = None
    """The link of a contact as it is today; a mail with another one does not leave."""
    lease: timedelta = timedelta(minutes=5)
    """How long a hand-off is this process's own; longer than any answer takes to come."""
    batch: int = 400
    """The most mails that are claimed, built and looked at together."""
    fresh: timedelta = timedelta(milliseconds=250)
    """How old the last look at a mail may be when its first byte goes on the wire."""
    lanes: int = 1
    """Connections a mailbox."""
    lanes_a_host: int = 10
    """Connections that this process opens to one mail server."""
    journal: Path | None = None
    """A folder of this machine for what touched the wire; None: after a death nobody knows."""
    owner: str = field(default_factory=me)

    def hold(self, now: datetime) -> Lease:
        """A claim that begins or is renewed now."""
        return Lease(owner=self.owner, until=now + self.lease)

    @property
    def patience(self) -> timedelta:
        """How long one mail may be at the wire: it must end before others may doubt our hand-off."""
        return max(self.lease * 0.6, LEAST_WAIT)

    @property
    def sure(self) -> timedelta:
        """How long after its look a hand-off is surely still ours; with `patience`, less than a lease."""
        return max(self.lease * 0.3, LEAST_SURE)
