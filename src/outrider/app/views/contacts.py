"""One person as screens and JSON show them: may we write, where in which sequence, every touch.

In: the open transaction. Out: plain dictionaries. Never: a change, a phone number.
"""

from __future__ import annotations

from typing import Any

from outrider.app.views.contact_page import touches
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import NotFound
from outrider.prospects import consent
from outrider.prospects import read as prospects
from outrider.prospects.types import Contact

_SEQUENCES = (
    "select k.name as campaign, e.status, e.stop_reason, e.next_step, e.next_channel, e.due_at,"
    " m.address as mailbox from outrider.enrollments e"
    " join outrider.campaigns k on k.id = e.campaign_id"
    " left join outrider.mailboxes m on m.id = e.mailbox_id"
    " where e.contact_id = :id order by e.created_at, e.id"
)
MOST_TOUCHES = 20


async def one(tx: Tx, email: str) -> dict[str, Any]:
    """All that matters before somebody writes to a person.

    Raises:
        NotFound: nobody has this address.
    """
    contact = await prospects.contact_by_email(tx, email)
    if contact is None:
        raise NotFound(f"There is no contact {email}: import it first.")
    account = await prospects.account(tx, contact.account_id)
    why_not = (await consent.may_write(tx, [contact.id]))[contact.id]
    newest = await touches(tx, contact.id, MOST_TOUCHES)
    rows = await tx.rows(_SEQUENCES, {"id": contact.id})
    return {
        **_person(contact),
        "company": account.name,
        "may_write": why_not is None,
        "why_not": why_not,
        "sequences": [
            {**row, "due_at": row["due_at"].isoformat() if row["due_at"] else None}
            for row in map(dict, rows)
        ],
        "touches": [
            {
                "at": one.at.isoformat(),
                "channel": str(one.channel),
                "direction": str(one.direction),
            }
            for one in reversed(newest)
        ],
    }


def _person(contact: Contact) -> dict[str, Any]:
    return {
        "id": str(contact.id),
        "email": contact.email,
        "name": f"{contact.first_name} {contact.last_name}".strip(),
        "title": contact.title,
        "country": contact.country,
        "timezone": contact.timezone,
        "status": str(contact.status),
        "quiet_until": contact.quiet_until.isoformat() if contact.quiet_until else None,
        "source": contact.source,
    }
