"""What the room needs from outside, in its own words.

In: nothing. Out: received mail as bytes. Never: a vendor's type, a change to the mailbox.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from outrider.conversations.types import RawReply


class ReplySource(Protocol):
    """A mailbox that can be read. Reading twice gives the same mails: receiving is idempotent."""

    def count(self) -> int | None:
        """How many mails there are, for the progress bar; None when it is not known cheaply."""
        ...

    def mails(self) -> Iterator[RawReply]:
        """Every mail, oldest first as far as the mailbox knows.

        Raises:
            InvalidInput: the mailbox is not there or cannot be read.
        """
        ...
