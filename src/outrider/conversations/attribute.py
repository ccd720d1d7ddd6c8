"""Which of our mails a received mail answers.

In: a mail that was read. Out: the outbox row and how we know. Never: a guess from the words, or
from a sender alone: addresses are easily forged, our Message-IDs are not easily known.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from outrider.campaigns.types import EnrollmentId
from outrider.conversations import classify
from outrider.conversations.types import AttributedBy, InboundMail
from outrider.kernel.database.tx import Tx
from outrider.prospects import read as prospects
from outrider.prospects.types import ContactId
from outrider.sending import find
from outrider.sending.types import OutboxItem


@dataclass(frozen=True)
class Attribution:
    """The mail of ours that is meant, or only the person, or nothing."""

    item: OutboxItem | None
    contact_id: ContactId | None
    by: AttributedBy

    @property
    def enrollment_id(self) -> EnrollmentId | None:
        """The enrollment that the mail of ours belongs to."""
        return self.item.enrollment_id if self.item else None


NOTHING = Attribution(None, None, AttributedBy.NONE)


async def attribute(tx: Tx, mail: InboundMail, own: Collection[str]) -> Attribution:
    """Find what a mail answers; `own` are our mailboxes' addresses.

    Our own copies (a Sent folder that is read along) answer nothing. A mail that refers to nothing
    of ours but asks to stop is bound to the contact who sent it.
    """
    if mail.from_address in own and mail.report is None:
        return NOTHING
    for ids, by in _pointers(mail):
        found = await find.by_message_ids(tx, ids)
        item = next((found[id_] for id_ in ids if id_ in found), None)
        if item is not None:
            return Attribution(item, item.contact_id, by)
    return await _by_sender(tx, mail)


def _pointers(mail: InboundMail) -> list[tuple[tuple[str, ...], AttributedBy]]:
    """Where Message-IDs of ours may stand, the surest place first."""
    returned = mail.report.returned_message_ids if mail.report else ()
    pointers = (
        (returned, AttributedBy.RETURNED_HEADERS),
        (mail.references[:1], AttributedBy.IN_REPLY_TO),
        (mail.references[1:], AttributedBy.REFERENCES),
    )
    return [(ids, by) for ids, by in pointers if ids]


async def _by_sender(tx: Tx, mail: InboundMail) -> Attribution:
    """A wish to be left alone needs no reference: a wrong yes costs one mail, a wrong no a law."""
    is_machine = mail.report is not None or classify.is_automatic(mail) or not mail.from_address
    if is_machine or not classify.asks_to_stop(mail):
        return NOTHING
    contact = await prospects.contact_by_email(tx, mail.from_address)
    if contact is None:
        return NOTHING
    return Attribution(None, contact.id, AttributedBy.SENDER)
