"""Whose turn it is to write to new people: a run's mailboxes, and how many first touches each may plan.

In: what a run was asked, its campaign, the health of the mailboxes. Out: a mailbox for each new person.
Never: a mailbox that is halted, paused or without budget; another one for a thread that has begun.
"""

from __future__ import annotations

from outrider.agents.shift import Shift
from outrider.agents.types import ActionKind, RunRequest
from outrider.campaigns.types import Campaign
from outrider.kernel.database.tx import Tx
from outrider.kernel.switches import halted
from outrider.sending import mailboxes
from outrider.sending.health import bands, budget
from outrider.sending.health.budget import Budget
from outrider.sending.health.types import Band
from outrider.sending.pacing import rotate
from outrider.sending.types import Mailbox, MailboxId


async def mailboxes_for(tx: Tx, request: RunRequest, campaign: Campaign) -> tuple[Mailbox, ...]:
    """The mailbox that a run was given, else those of the campaign, else the only one there is.

    Raises:
        NotFound: there is none, or none of this address.
        InvalidInput: there are several, and neither the run nor the campaign names one.
    """
    if request.mailbox is None and campaign.mailbox_ids:
        return tuple([await mailboxes.by_id(tx, MailboxId(one)) for one in campaign.mailbox_ids])
    return (await mailboxes.find(tx, request.mailbox),)


async def allot(shift: Shift, wanted: int) -> list[MailboxId]:
    """Mailboxes for `wanted` new people, in turn; fewer when reputation or caps leave no more (X-8).

    What is left out is told as an action, with the reason.
    """
    if wanted < 1:
        return []
    async with shift.env.begin() as tx:
        # As they are now: a person may have paused one since the run began.
        boxes = [await mailboxes.by_id(tx, one.id) for one in shift.mailboxes]
        standings = await bands.standing(tx, [one.id for one in boxes])
        factors = {id_: one.factor for id_, one in standings.items()}
        caps = rotate.caps_today(tx, boxes)
        budgets = {one.id: await _budget(tx, one, caps.get(one.id, 0)) for one in boxes}
        room = {id_: max(one.first_touches - shift.given[id_], 0) for id_, one in budgets.items()}
        given: list[MailboxId] = []
        if any(room.values()):
            given = await rotate.choose(
                tx,
                shift.campaign.id,
                boxes,
                wanted,
                factors,
                rotation=shift.campaign.rotation,
                room=room,
            )
    if len(given) < wanted:
        left_out = wanted - len(given)
        noun = "account is" if left_out == 1 else "accounts are"
        text = f"{left_out} new {noun} left for later: {_why(list(budgets.values()))}"
        shift.act(ActionKind.SKIPPED, text)
    return given


async def _budget(tx: Tx, mailbox: Mailbox, cap: int) -> Budget:
    switch = await halted(tx, [("mailbox", str(mailbox.id))])
    if switch is not None:
        return Budget(first_touches=0, band=Band.GOOD, reason=switch.sentence())
    return await budget.budget(tx, mailbox, cap=cap)


def _why(budgets: list[Budget]) -> str:
    """The reasons of all mailboxes, each once; the worst band first."""
    worst_first = sorted(budgets, key=lambda one: -one.band.rank)
    reasons = dict.fromkeys(one.reason.rstrip(".") for one in worst_first if one.reason)
    return "; ".join(reasons) or "the daily caps leave no more"
