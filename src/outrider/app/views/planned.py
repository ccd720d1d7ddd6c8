"""When a mail that waits for an approval would leave, in the recipient's time as well.

In: the open transaction, a draft as it is shown. Out: instant, local time, reason. Never: a place that is
taken by it: the mail is planned anew when it is queued.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from outrider.campaigns.types import EnrollmentId
from outrider.kernel.database.tx import Tx
from outrider.prospects.types import AccountId, ContactId
from outrider.sending import mailboxes
from outrider.sending.pacing.facts import places_of
from outrider.sending.pacing.plan import Mail, terms_of, times_of


async def planned(tx: Tx, draft: Mapping[str, Any]) -> dict[str, Any] | None:
    """When it would leave if it were approved now: `at`, `local`, `zone`, `reason`.

    None: as soon as an approval can no longer be taken back, or no mailbox of ours would send it.
    """
    own = next((m for m in await mailboxes.listing(tx) if m.address == draft["sender"]), None)
    if own is None:
        return None
    until = draft["undo_until"]
    mail = Mail(
        draft=UUID(draft["id"]),
        mailbox_id=own.id,
        account_id=AccountId(UUID(draft["account_id"])),
        contact_id=ContactId(UUID(draft["contact_id"])),
        earliest=datetime.fromisoformat(until) if until else None,
        enrollment_id=EnrollmentId(UUID(draft["enrollment_id"])),
    )
    wait = (await times_of(tx, terms_of([own], {}), [mail])).get(mail.draft)
    if wait is None:
        return None
    place = (await places_of(tx, [mail.contact_id])).get(mail.contact_id)
    zone = place.zones[0] if place and len(place.zones) == 1 else None
    return {
        "at": wait.until.isoformat(),
        "local": f"{wait.until.astimezone(ZoneInfo(zone)):%H:%M}" if zone else None,
        "zone": zone,
        "reason": wait.reason,
    }
