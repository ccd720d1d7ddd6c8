"""Plan what waits anew, when what a mailbox may send has changed: by its health, or by a person.

In: mailboxes, and what health leaves of each. Out: new times and reasons of mails that wait. Never: a
mail that is due, put off by its server, or claimed; a time kept that is more than the cap has room for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.sending import store as outbox
from outrider.sending.health import bands
from outrider.sending.pacing import store
from outrider.sending.pacing.plan import Mail, terms_of, times_of
from outrider.sending.pacing.store import Waiting
from outrider.sending.pacing.types import Factors, Terms
from outrider.sending.types import MailboxId

MOST = 10_000
"""Mails that are planned anew at once; what is further away is looked at again before the wire."""


async def moving(
    tx: Tx, boxes: Mapping[MailboxId, Terms], ids: Collection[MailboxId]
) -> list[Waiting]:
    """The waiting mails of those of these mailboxes that have a pace, in their present order."""
    mine = [id_ for id_ in ids if id_ in boxes]
    return await store.to_move(tx, mine, MOST) if mine else []


def as_mail(one: Waiting) -> Mail:
    """What planning needs to know of a mail that waits."""
    return Mail(
        one.draft_id,
        one.mailbox_id,
        one.account_id,
        one.contact_id,
        enrollment_id=one.enrollment_id,
    )


async def hold_all(tx: Tx) -> None:
    """Hold every mailbox before one is changed: in the order that planning has, against rings."""
    for id_ in sorted(one.id for one in await outbox.mailboxes(tx)):
        await outbox.lock_mailbox(tx, id_)


async def after_change(tx: Tx, id_: MailboxId) -> int:
    """Plan what waits by what a person has just said of a mailbox; returns how many mails moved."""
    standings = await bands.standing(tx, [id_])
    return await plan_anew(tx, [id_], {id_: standings[id_].factor})


async def plan_anew(tx: Tx, ids: Collection[MailboxId], factors: Factors) -> int:
    """Give the waiting mails of these mailboxes new times; returns how many moved."""
    boxes = terms_of(await outbox.mailboxes(tx), factors)
    # All of them, in the order that `plan` has: whoever plans more in this transaction holds them.
    for id_ in sorted(boxes):
        await outbox.lock_mailbox(tx, id_)
    waiting = await moving(tx, boxes, ids)
    drafts = {one.draft_id for one in waiting}
    times = await times_of(tx, boxes, [as_mail(one) for one in waiting], drafts)
    moved: Counter[MailboxId] = Counter()
    for one in waiting:
        wait = times[one.draft_id]
        at, reason = (wait.until, wait.reason) if wait else (tx.now, None)
        if (at, reason) != (one.not_before, one.reason):
            moved[one.mailbox_id] += await store.put(tx, one.id, at, reason)
    for id_, count in moved.items():
        await record(tx, "sending.planned_anew", f"mailbox:{id_}", {"moved": count})
    return moved.total()
