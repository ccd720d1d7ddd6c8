"""How a campaign shares its new people out among its mailboxes.

In: the open transaction, a campaign. Out: plain dictionaries, or the same as types. Never: a change.
"""

from __future__ import annotations

from collections import Counter

from pydantic import BaseModel, ConfigDict, Field

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


class Share(BaseModel):
    """One mailbox of a campaign."""

    model_config = ConfigDict(frozen=True)

    address: str
    people: int = Field(description="People in the sequence whose thread it has")
    of_next_100: int
    today: int = Field(description="First mails that it may still send today")
    reason: str | None = Field(description="Why it gets fewer, or none")


class Shares(BaseModel):
    """Who writes to a campaign's new people."""

    model_config = ConfigDict(frozen=True)

    rotation: str = Field(description="even or health")
    items: list[Share] = Field(description="None in it: a run names one, or there is only one")
    others: list[str] = Field(description="Mailboxes of the workspace that do not write for it")


async def shared(tx: Tx, campaign: Campaign) -> Shares:
    """The same as `shares`, with the mailboxes that could be named besides."""
    found = [Share.model_validate(one) for one in await shares(tx, campaign)]
    taken = {one.address for one in found}
    others = [one.address for one in await mailboxes.listing(tx) if one.address not in taken]
    return Shares(rotation=str(campaign.rotation), items=found, others=others)


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
