"""After a restored backup: nobody here can know what became of a mail that was at the wire then.

In: the open transaction. Out: the mails that a person must decide. Never: a look-up; the transport
of this machine need not be the one that the mail was handed to.
"""

from __future__ import annotations

from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.sending import store, store_flight
from outrider.sending.types import OutboxItem, OutboxStatus

BATCH = 500


async def doubt_all_at_the_wire(tx: Tx, reason: str) -> list[OutboxItem]:
    """Make every mail `unknown` whose hand-off had begun; what was only claimed is left to `reconcile`.

    Args:
        tx: the open transaction, while nobody sends.
        reason: a sentence for the person who decides.
    """
    doubted: list[OutboxItem] = []
    while True:
        flying = await store_flight.in_flight(tx, BATCH)
        at_wire = [one for one in flying if one.handed_off_at is not None]
        moved = [
            item
            for one in at_wire
            for item in await store.move(
                tx,
                [one.item.id],
                ((OutboxStatus.SENDING,), OutboxStatus.UNKNOWN),
                owner=one.owner,
                reason=reason,
            )
        ]
        for item in moved:
            await record(tx, "sending.unknown", f"outbox:{item.id}", {"by": "restore"})
        doubted += moved
        if not moved or len(flying) < BATCH:
            return doubted
