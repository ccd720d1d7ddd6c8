"""Give a mailbox its pace.

In: a mailbox and a pace. Out: the mailbox with it, and what waits there planned by it. Never: a change of
anything else of it. Without a pace what has its time keeps it.
"""

from __future__ import annotations

from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.sending import store as outbox
from outrider.sending.pacing.anew import after_change, hold_all
from outrider.sending.types import Mailbox, Pacing


async def set_pace(tx: Tx, mailbox: Mailbox, pacing: Pacing | None) -> Mailbox:
    """Give a mailbox this pace; None: as fast as its cap allows."""
    changed = mailbox.model_copy(update={"pacing": pacing})
    await hold_all(tx)
    await outbox.update_mailbox(tx, changed)
    body = {"pacing": pacing.model_dump(mode="json") if pacing else None}
    await record(tx, "sending.pacing", f"mailbox:{mailbox.id}", body)
    await after_change(tx, changed.id)
    return changed
