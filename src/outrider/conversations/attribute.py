"""Which of our mails a received mail answers.

In: a mail that was read. Out: the outbox row and how we know. Never: a guess from the words, or
from a sender alone: addresses are easily forged, our Message-IDs are not easily known.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from outrider.campaigns import enrol
from outrider.campaigns.parse import bare_subject
from outrider.campaigns.types import EnrollmentId
from outrider.conversations import classify
from outrider.conversations.types import AttributedBy, InboundMail
from outrider.kernel.database.tx import Tx
from outrider.prospects import read as prospects
from outrider.prospects import touch
from outrider.prospects.types import ContactId, Direction
from outrider.sending import find
from outrider.sending.types import OutboxItem

MOST_EARLIER = 20
"""Mails to one person that are compared by subject."""


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
    """Some mail programs drop the references: then sender and subject together must fit.

    A wish to be left alone needs neither: a wrong yes costs one mail, a wrong no breaks a law.
    """
    if mail.report is not None or classify.is_automatic(mail) or not mail.from_address:
        return NOTHING
    contact = await prospects.contact_by_email(tx, mail.from_address)
    if contact is None:
        return NOTHING
    item = await _same_subject(tx, mail, contact.id)
    if item is not None:
        return Attribution(item, contact.id, AttributedBy.SUBJECT_AND_SENDER)
    if classify.asks_to_stop(mail):
        return Attribution(None, contact.id, AttributedBy.SENDER)
    return NOTHING


async def _same_subject(tx: Tx, mail: InboundMail, contact_id: ContactId) -> OutboxItem | None:
    """The newest mail to this person whose thread has the subject that the answer begins with."""
    subject = bare_subject(mail.subject).strip().casefold()
    if not subject or subject == mail.subject.strip().casefold():
        return None  # no `Re:`, so it is no answer
    touches = await touch.of_contact(tx, contact_id)
    ours = [one.reference for one in touches if one.direction is Direction.OUT][-MOST_EARLIER:]
    found = await find.by_message_ids(tx, ours)
    for item in sorted(found.values(), key=lambda item: item.step, reverse=True):
        thread = await enrol.find(tx, item.enrollment_id)
        if bare_subject(thread.thread_subject or "").strip().casefold() == subject:
            return item
    return None
