"""How a campaign shares its new people out among its mailboxes.

In: the open transaction, a campaign. Out: plain dictionaries. Never: a change.
"""

from __future__ import annotations

from collections import Counter

from outrider.campaigns import enrol
from outrider.campaigns.types import Campaign, EnrollmentStatus
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict
from outrider.kernel.switches import halted
from outrider.sending import mailboxes
from outrider.sending.health import bands, budget
from outrider.sending.pacing import rotate
from outrider.sending.types import MailboxId

_OVER = (EnrollmentStatus.FINISHED, EnrollmentStatus.STOPPED)
SHOWN = 100


async def shares(tx: Tx, campaign: Campaign) -> list[dict[str, object]]:
    """Of each mailbox: how many people it has, how many of the next hundred it would get, and why."""
    if not campaign.mailbox_ids:
        return []
    boxes = [await mailboxes.by_id(tx, MailboxId(one)) for one in campaign.mailbox_ids]
    standings = await bands.standing(tx, [one.id for one in boxes])
    factors = {id_: one.factor for id_, one in standings.items()}
    caps = rotate.caps_today(tx, boxes)
    switches = {one.id: await halted(tx, [("mailbox", str(one.id))]) for one in boxes}
    may = [one for one in boxes if switches[one.id] is None]
    try:
        next_ones = Counter(
            await rotate.choose(tx, campaign.id, may, SHOWN, factors, rotation=campaign.rotation)
        )
    except Conflict:
        next_ones = Counter()
    load = Counter(
        one.mailbox_id
        for one in await enrol.of_campaign(tx, campaign.id)
        if one.status not in _OVER
    )
    found: list[dict[str, object]] = []
    for one in boxes:
        left = await budget.budget(tx, one, cap=caps.get(one.id, 0))
        switch = switches[one.id]
        found.append(
            {
                "address": one.address,
                "rotation": str(campaign.rotation),
                "people": load[one.id],
                "of_next_100": next_ones[one.id],
                "today": 0 if switch else left.first_touches,
                "reason": switch.sentence() if switch else left.reason,
            }
        )
    return found
