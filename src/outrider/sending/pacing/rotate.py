"""Which mailbox new people are written to from.

In: mailboxes, how many people. Out: a mailbox for each. Never: a change of an enrollment: a thread
stays with its mailbox for good.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

from outrider.campaigns import enrol
from outrider.campaigns.types import CampaignId, EnrollmentStatus, Rotation
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict
from outrider.sending.pacing import rules
from outrider.sending.pacing.types import Factors, Terms
from outrider.sending.types import Mailbox, MailboxId


async def choose(  # noqa: PLR0913 - for whom, among whom, how many, by which rule
    tx: Tx,
    campaign_id: CampaignId,
    mailboxes: Sequence[Mailbox],
    many: int = 1,
    factors: Factors | None = None,
    *,
    rotation: Rotation = Rotation.HEALTH,
    room: Mapping[MailboxId, int] | None = None,
) -> list[MailboxId]:
    """The mailboxes for `many` new enrollments of a campaign.

    By `health` each gets its share of what all may send today: cap, ramp, and what its health leaves
    of them. Evenly, all that may send anything get the same. `room` is what each takes at most.

    Raises:
        Conflict: no mailbox may send anything; the sentence says what to look at.
    """
    caps = caps_today(tx, mailboxes, factors)
    weights = {id_: min(cap, 1) if rotation is Rotation.EVEN else cap for id_, cap in caps.items()}
    if not any(weights.values()):
        raise Conflict(
            "No mailbox may send anything today: look at their caps, ramps and health, or add one."
        )
    return share(weights, await _load(tx, campaign_id), many, room)


async def _load(tx: Tx, campaign_id: CampaignId) -> Counter[MailboxId]:
    return Counter(
        MailboxId(one.mailbox_id)
        for one in await enrol.of_campaign(tx, campaign_id)
        if one.status not in (EnrollmentStatus.FINISHED, EnrollmentStatus.STOPPED)
    )


def caps_today(
    tx: Tx, mailboxes: Sequence[Mailbox], factors: Factors | None = None
) -> dict[MailboxId, int]:
    """What each active mailbox may send on its own today: cap, ramp, what its health leaves."""
    terms = [
        Terms.of(one, (factors or {}).get(one.id, Decimal(1)))
        for one in mailboxes
        if one.status == "active"
    ]
    return {one.mailbox_id: rules.cap_on(one, rules.local_day(one, tx.now)) for one in terms}


def share(
    weights: Mapping[MailboxId, int],
    load: Mapping[MailboxId, int],
    many: int,
    room: Mapping[MailboxId, int] | None = None,
) -> list[MailboxId]:
    """Give each of `many` to the mailbox that is least loaded for its weight; ids break ties.

    Args:
        weights: mails that each may send in a day; one without any gets nothing.
        load: people that each writes to already.
        many: how many to give out.
        room: how many each takes at most; None: any number. Fewer than `many` may be given then.
    """
    now = {id_: load.get(id_, 0) for id_, weight in weights.items() if weight > 0}
    left = Counter({id_: many if room is None else room.get(id_, 0) for id_ in now})
    given: list[MailboxId] = []
    while len(given) < many and (free := [id_ for id_ in now if left[id_] > 0]):
        best = min(free, key=lambda id_: (Decimal(now[id_] + 1) / weights[id_], id_))
        now[best] += 1
        left[best] -= 1
        given.append(best)
    return given
