"""What a door hands to sending. In: ports, bound. Out: one frozen value. Never: a setting."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from outrider.kernel.database.tx import Tx
from outrider.kernel.objects import Objects
from outrider.prospects.types import ContactId
from outrider.sending.dkim import Signer
from outrider.sending.owners import me
from outrider.sending.ports import MailTransport
from outrider.sending.types import Lease, Mailbox

Begin = Callable[[], AbstractAsyncContextManager[Tx]]
"""Opens a transaction in the workspace; commits when it ends well."""


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
    batch: int = 200
    """Mails a claim; each is still looked at by itself just before it goes."""
    lanes: int = 1
    """Connections a mailbox."""
    owner: str = field(default_factory=me)

    def hold(self, now: datetime) -> Lease:
        """A claim that begins or is renewed now."""
        return Lease(owner=self.owner, until=now + self.lease)
