"""The way out of every mail: a link for one contact, and what happens when it is used.

In: a contact, or the token of a link. Out: a suppression, a stopped sequence, cancelled mails.
Never: an act on a mere look (scanners follow links; RFC 8058 asks for POST), a login, a question.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from uuid import UUID

from outrider.campaigns import enrol
from outrider.campaigns.types import StopReason
from outrider.drafts import handover
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import NotFound
from outrider.prospects import consent
from outrider.prospects.identity import Suppressor
from outrider.prospects.types import ContactId, SuppressionReason
from outrider.sending import store
from outrider.sending.types import OutboxItem, OutboxStatus

MAC_BYTES = 16
NO_MORE = "the person asked for no more mail"
"""Why a mail is taken back, as everybody reads it."""


def token(contact_id: ContactId, key: bytes) -> str:
    """The contact's id and 128 bits of HMAC-SHA-256 over it (RFC 2104), in URL-safe base64."""
    raw = contact_id.bytes + _mac(contact_id, key)
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def url(public_url: str, contact_id: ContactId, key: bytes) -> str:
    """The unsubscribe address of one contact, under the address that recipients reach."""
    return f"{public_url.rstrip('/')}/unsubscribe/{token(contact_id, key)}"


def verify(given: str, key: bytes) -> ContactId:
    """The contact of a token.

    Raises:
        NotFound: it is no token of ours; nothing tells a wrong contact from a wrong signature.
    """
    try:
        raw = base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) == 16 + MAC_BYTES:
        contact_id = ContactId(UUID(bytes=raw[:16]))
        canonical = token(contact_id, key)
        if hmac.compare_digest(canonical.encode(), given.encode()):
            return contact_id
    raise NotFound("This unsubscribe link is not valid; use the whole link from the mail.")


async def act(tx: Tx, suppressor: Suppressor, contact_id: ContactId, how: str) -> bool:
    """Honour an opt-out at once and for good: suppress, stop every sequence, take back what waits.

    Args:
        tx: the open transaction.
        suppressor: hashes the address for the suppression list.
        contact_id: who opted out, from `verify`.
        how: what told us, such as `one_click` or `page`; no address.

    Returns:
        Whether anything changed; the same link used again changes nothing.
    """
    changed = await consent.suppress(tx, suppressor, contact_id, SuppressionReason.OPT_OUT, how)
    stopped = await enrol.stop(tx, contact_id=contact_id, reason=StopReason.OPTED_OUT)
    # Nobody shall read, or approve, a mail that can never leave.
    await handover.withdraw_open(tx, [one.id for one in stopped], NO_MORE)
    cancelled = await cancel_waiting(tx, contact_id, NO_MORE)
    return bool(changed or stopped or cancelled)


async def cancel_waiting(tx: Tx, contact_id: ContactId, reason: str) -> list[OutboxItem]:
    """Cancel every mail to a contact that has not left, and take its draft back."""
    waiting = await store.waiting_of_contact(tx, contact_id)
    before = (OutboxStatus.QUEUED, OutboxStatus.DEFERRED)
    cancelled = await store.move(tx, waiting, (before, OutboxStatus.CANCELLED), reason=reason)
    await handover.withdraw(tx, [item.draft_id for item in cancelled], reason)
    for item in cancelled:
        await record(tx, "sending.cancel", f"outbox:{item.id}", {"reason": reason})
    return cancelled


def _mac(contact_id: ContactId, key: bytes) -> bytes:
    message = b"outrider unsubscribe " + contact_id.bytes
    return hmac.new(key, message, hashlib.sha256).digest()[:MAC_BYTES]
