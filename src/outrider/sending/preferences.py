"""What a person may ask for besides no more mail: quiet for a while, or word that it is the wrong person.

In: a contact that a signed link named. Out: stopped or paused sequences, mails taken back.
Never: an act on a mere look, a question that must be answered, a wish that is kept for later.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from outrider.campaigns import enrol, heed
from outrider.campaigns.types import ReplyClass, StopReason
from outrider.drafts import handover
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.prospects import consent, touch
from outrider.prospects import read as prospects
from outrider.prospects.identity import Suppressor
from outrider.prospects.types import Channel, ContactId, Direction, Touch
from outrider.sending import unsubscribe

PAUSE_DAYS = 90
_QUIET = "the person asked for a pause"


class Wish(StrEnum):
    """What a person asks for on the page."""

    ALL = "all"
    PAUSE = "pause"
    WRONG = "wrong"


def pause_until(day: date) -> date:
    """The last day of a pause that is asked for on this day."""
    return day + timedelta(days=PAUSE_DAYS)


async def pause(tx: Tx, contact_id: ContactId, how: str) -> bool:
    """Keep quiet for `PAUSE_DAYS`: everything stops now, what waits is taken back.

    Until then nobody can enrol the person, and nothing passes the last look before the wire. A
    sequence goes on afterwards only where it says so itself on the reply `not_now`; elsewhere it
    stays stopped. The person counts as one who answered, so no agent picks him for another campaign.
    Asking twice on one day is asking once.

    Args:
        tx: the open transaction.
        contact_id: who asked, from `unsubscribe.verify`.
        how: what told us, such as `page`; no address.

    Returns:
        Whether anything changed.

    Raises:
        NotFound: there is no such contact in this workspace.
    """
    contact = await prospects.contact(tx, contact_id)
    today = tx.now.date()
    reference = f"{how} {contact_id} {today.isoformat()}"
    asked = Touch(
        account_id=contact.account_id,
        contact_id=contact_id,
        channel=Channel.EMAIL,
        direction=Direction.IN,
        reference=reference,
        at=tx.now,
    )
    is_new = await touch.record(tx, [asked]) > 0
    cancelled = await unsubscribe.cancel_waiting(tx, contact_id, _QUIET)
    if not is_new:
        return bool(cancelled)
    stopped = await enrol.stop(tx, contact_id=contact_id, reason=StopReason.REPLIED)
    await handover.withdraw_open(tx, [one.id for one in stopped], _QUIET)
    await consent.replied(tx, [contact_id])
    until = pause_until(today)
    await consent.quiet(tx, contact_id, until, how)
    for one in stopped:
        await heed.reply(tx, one.id, ReplyClass.NOT_NOW, until, reply_id=reference)
    body = {"until": until.isoformat(), "source": how}
    await record(tx, "sending.pause_asked", f"contact:{contact_id}", body)
    return True


async def wrong_person(tx: Tx, suppressor: Suppressor, contact_id: ContactId, how: str) -> bool:
    """Never write to this person again, and tell each campaign that it had the wrong one.

    Whoever is told to be wrong must not be asked again, so this is an opt-out with a reason.

    Args:
        tx: the open transaction.
        suppressor: hashes the address for the suppression list.
        contact_id: who said so, from `unsubscribe.verify`.
        how: what told us, such as `page`; no address.

    Returns:
        Whether anything changed.

    Raises:
        NotFound: there is no such contact in this workspace.
    """
    ended = await enrol.stop(tx, contact_id=contact_id, reason=StopReason.OPTED_OUT)
    await handover.withdraw_open(tx, [one.id for one in ended], unsubscribe.NO_MORE)
    changed = await unsubscribe.act(tx, suppressor, contact_id, f"wrong person, {how}")
    if not (changed or ended):
        return False
    for campaign in sorted({one.campaign_id for one in ended}):
        body = {"contact": str(contact_id), "source": how}
        await record(tx, "sending.wrong_person", f"campaign:{campaign}", body)
    if not ended:
        await record(tx, "sending.wrong_person", f"contact:{contact_id}", {"source": how})
    return True
