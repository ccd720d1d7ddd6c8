"""What the other side said of a mail goes into one ledger, and moves bands at once.

In: an answer at the wire, a bounce, a provider's event. Out: what it is about. Never: the same event
twice, an effect on a person (`sending.follow` has those), an address in the ledger.
"""

from __future__ import annotations

from outrider.kernel.database.tx import Tx
from outrider.sending.bounces.codes import reply_in, status_in
from outrider.sending.bounces.types import Outcome
from outrider.sending.health import bands, store
from outrider.sending.health.reading import trouble_of, without_addresses
from outrider.sending.health.types import Noted, Trouble
from outrider.sending.types import OutboxItem


async def note_answer(tx: Tx, item: OutboxItem, code: str, text: str) -> Trouble | None:
    """A server's answer at the hand-off; an acceptance is no trouble and is not kept.

    Args:
        tx: the open transaction that settles the mail.
        item: the mail, with the number of its attempt.
        code: SMTP reply code; empty where there is none, as with an HTTP provider.
        text: the server's words.

    Returns:
        What it is about; None for an acceptance, and for an answer without any code.
    """
    status = status_in(text)
    first = (code or reply_in(text) or text.strip()[:3] or status)[:1]
    if first not in ("4", "5"):
        return None
    trouble = trouble_of(text, status, code)
    event = Noted(
        provider="wire",
        event_id=f"{item.id}:{item.attempts}",
        kind="deferred" if first == "4" else "refused",
        trouble=trouble,
        outbox_id=item.id,
        mailbox_id=item.mailbox_id,
        is_permanent=first == "5",
        status=status or None,
        detail=without_addresses(f"{code} {text}" if code and code not in text[:8] else text),
        happened_at=tx.now,
    )
    await note_event(tx, event)
    return trouble


async def note_bounce(tx: Tx, item: OutboxItem, outcome: Outcome) -> Trouble:
    """A bounce that came back as a mail; told twice, it counts once.

    Args:
        tx: the open transaction that receives it.
        item: the mail that came back.
        outcome: what `sending.bounces` read of it, for our recipient.
    """
    trouble = trouble_of(outcome.diagnostic, outcome.status, outcome.reply)
    if outcome.is_hard:
        trouble = Trouble.ADDRESS
    event = Noted(
        provider="notice",
        event_id=f"{item.id}:{outcome.action}:{outcome.status}",
        kind="bounced" if outcome.action == "failed" else "deferred",
        trouble=trouble if outcome.action in ("failed", "delayed") else None,
        outbox_id=item.id,
        mailbox_id=item.mailbox_id,
        is_permanent=outcome.is_hard,
        status=outcome.status or None,
        detail=without_addresses(outcome.diagnostic),
        happened_at=tx.now,
    )
    await note_event(tx, event)
    return trouble


async def note_complaint(tx: Tx, item: OutboxItem, event_id: str) -> bool:
    """A recipient called a mail spam; False when that was known."""
    event = Noted(
        provider="notice",
        event_id=f"{item.id}:complaint:{event_id}"[:300],
        kind="complained",
        trouble=Trouble.COMPLAINT,
        outbox_id=item.id,
        mailbox_id=item.mailbox_id,
        happened_at=tx.now,
    )
    return await note_event(tx, event)


async def note_event(tx: Tx, event: Noted) -> bool:
    """Keep one event and look at the bands that it may move; False when it was known."""
    if not await store.add_event(tx, event):
        return False
    if event.mailbox_id is not None and event.trouble not in (None, Trouble.OTHER):
        await bands.look(tx, event.mailbox_id)
    return True
