"""What follows for a person when a mail is answered by a machine: a dead address, a complaint.

In: whose mail it was, and what told us. Out: suppression, stopped sequences, cancelled mail.
Never: a consequence for a person from words that are about us, an effect twice.

One door for every way in which it can be told: a bounce mail, a provider's webhook, the wire.
"""

from __future__ import annotations

from outrider.campaigns import enrol
from outrider.campaigns.types import StopReason
from outrider.drafts import handover
from outrider.kernel.database.tx import Tx
from outrider.prospects import consent
from outrider.prospects.identity import Suppressor
from outrider.prospects.types import ContactId, SuppressionReason
from outrider.sending.unsubscribe import cancel_waiting


async def dead_address(tx: Tx, suppressor: Suppressor, contact_id: ContactId, source: str) -> bool:
    """Never write to an address again that does not exist; says whether anything changed.

    Args:
        tx: the open transaction.
        suppressor: hashes the address for the suppression list.
        contact_id: whose address.
        source: what told us; no address.
    """
    reason = SuppressionReason.HARD_BOUNCE
    changed = await consent.suppress(tx, suppressor, contact_id, reason, source)
    return await halt(tx, contact_id, StopReason.BOUNCED) or changed


async def complaint(tx: Tx, suppressor: Suppressor, contact_id: ContactId, source: str) -> bool:
    """Never write again to one who called a mail of ours spam; says whether anything changed."""
    reason = SuppressionReason.COMPLAINT
    changed = await consent.suppress(tx, suppressor, contact_id, reason, source)
    return await halt(tx, contact_id, StopReason.OPTED_OUT) or changed


async def halt(tx: Tx, contact_id: ContactId, reason: StopReason) -> bool:
    """Stop a person's sequences and take back what has not left; says whether anything changed."""
    why = {
        StopReason.BOUNCED: "an earlier mail to this address bounced",
        StopReason.OPTED_OUT: "the person asked for no more mail",
    }.get(reason, f"the sequence stopped: {reason.value}")
    stopped = await enrol.stop(tx, contact_id=contact_id, reason=reason)
    if stopped:
        await handover.withdraw_open(tx, [one.id for one in stopped], why)
    cancelled = await cancel_waiting(tx, contact_id, why)
    return bool(stopped or cancelled)
