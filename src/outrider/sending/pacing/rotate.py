"""Which mailbox new people are written to from.

In: mailboxes, how many people. Out: a mailbox for each. Never: a change of an enrollment: a thread
stays with its mailbox for good.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

from outrider.campaigns import enrol
from outrider.campaigns.types import CampaignId, EnrollmentStatus
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict
from outrider.sending.pacing import rules
from outrider.sending.pacing.types import Factors, Terms
from outrider.sending.types import Mailbox, MailboxId


async def choose(
    tx: Tx,
    campaign_id: CampaignId,
    mailboxes: Sequence[Mailbox],
    many: int = 1,
    factors: Factors | None = None,
) -> list[MailboxId]:
    """The mailboxes for `many` new enrollments of a campaign, evenly by what each may send today.

    Raises:
        Conflict: no mailbox may send anything; the sentence says what to look at.
    """
    terms = [
        Terms.of(one, (factors or {}).get(one.id, Decimal(1)))
        for one in mailboxes
        if one.status == "active"
    ]
    weights = {one.mailbox_id: rules.cap_on(one, rules.local_day(one, tx.now)) for one in terms}
    if not any(weights.values()):
        raise Conflict(
            "No mailbox may send anything today: look at their caps, ramps and health, or add one."
        )
    load = Counter(
        MailboxId(one.mailbox_id)
        for one in await enrol.of_campaign(tx, campaign_id)
        if one.status not in (EnrollmentStatus.FINISHED, EnrollmentStatus.STOPPED)
    )
    return share(weights, load, many)


def share(
    weights: Mapping[MailboxId, int], load: Mapping[MailboxId, int], many: int
) -> list[MailboxId]:
    """Give each of `many` to the mailbox that is least loaded for its weight; ids break ties.

    Args:
        weights: mails that each may send in a day; one without any gets nothing.
        load: people that each writes to already.
        many: how many to give out.
    """
    now = {id_: load.get(id_, 0) for id_, weight in weights.items() if weight > 0}
    given: list[MailboxId] = []
    for _ in range(many if now else 0):
        best = min(now, key=lambda id_: (Decimal(now[id_] + 1) / weights[id_], id_))
        now[best] += 1
        given.append(best)
    return given
