"""Who may be written to, and who never again.

In: opt-outs, complaints, bounces, replies. Out: reasons in plain words. Never: a way back for one
who said no (A-57), or an address in the suppression list: it keeps a keyed hash and nothing else,
so that it survives the erasure of a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import About, Tx
from outrider.prospects import rules, store
from outrider.prospects.identity import Suppressor, address_key
from outrider.prospects.states import ContactEvent, next_contact_status
from outrider.prospects.types import ContactId, SuppressionReason

_EVENT = {
    SuppressionReason.OPT_OUT: ContactEvent.OPTED_OUT,
    SuppressionReason.COMPLAINT: ContactEvent.OPTED_OUT,
    SuppressionReason.MANUAL: ContactEvent.OPTED_OUT,
    SuppressionReason.HARD_BOUNCE: ContactEvent.BOUNCED,
}
# A person's own word replaces what a machine or a colleague said; never the other way round.
_WEAKER: dict[SuppressionReason, tuple[str, ...]] = {
    SuppressionReason.HARD_BOUNCE: (),
    SuppressionReason.MANUAL: (SuppressionReason.HARD_BOUNCE,),
    SuppressionReason.OPT_OUT: (SuppressionReason.HARD_BOUNCE, SuppressionReason.MANUAL),
    SuppressionReason.COMPLAINT: (
        SuppressionReason.HARD_BOUNCE,
        SuppressionReason.MANUAL,
        SuppressionReason.OPT_OUT,
    ),
}


async def may_write(
    tx: Tx, contact_ids: Sequence[ContactId], *, ever: bool = False
) -> dict[ContactId, str | None]:
    """Why each of these people must not be written to, in plain words; None when they may be.

    One query for all of them. A contact that does not exist is no contact we may write to.

    Args:
        tx: the open transaction.
        contact_ids: who.
        ever: ask whether they may be written to at any later time: a pause that ends says nothing.
    """
    standings = await store.standings(tx, contact_ids)
    today = None if ever else tx.now.date()
    return {
        contact_id: rules.why_not(*standings[contact_id], today)
        if contact_id in standings
        else "there is no such contact"
        for contact_id in contact_ids
    }


async def suppress(
    tx: Tx,
    suppressor: Suppressor,
    whom: str | ContactId,
    reason: SuppressionReason,
    source: str,
) -> bool:
    """Never write to an address again; every contact that its mailbox stands for is closed.

    Args:
        tx: the open transaction.
        suppressor: hashes the address with this machine's key.
        whom: an e-mail address, known or not, or a contact's id.
        reason: why.
        source: what told us: a message id, a click, a person; no address.

    Returns:
        Whether anything changed; the same again changes nothing.

    Raises:
        NotFound: there is no such contact in this workspace.
    """
    email = (await store.contact(tx, ContactId(whom))).email if isinstance(whom, UUID) else whom
    address_hash = suppressor.hash(email.strip())
    changed = await store.add_suppression(tx, address_hash, reason, source, _WEAKER[reason])
    for contact in await store.lock_people(tx, address_hash, address_key(email.strip())):
        after = next_contact_status(contact.status, _EVENT[reason])
        if await store.move_contact(tx, contact, after, address_hash):
            changed = True
            body = {"status": after, "reason": reason, "source": source}
            about = About(contact.id, contact.email)
            await record(tx, "prospects.contact_closed", f"contact:{contact.id}", body, about)
    if changed:
        body = {"reason": reason, "source": source}
        await record(tx, "prospects.suppress", f"address:{address_hash}", body)
    return changed


async def suppress_phone(tx: Tx, suppressor: Suppressor, number: str, source: str) -> bool:
    """Never text a number again, whoever has it in a later list; says whether that is new.

    Args:
        tx: the open transaction.
        suppressor: hashes the number with this machine's key.
        number: with the country code (+1…).
        source: what told us; no number.
    """
    phone_hash = suppressor.hash_phone(number)
    reason = SuppressionReason.OPT_OUT
    changed = await store.add_suppression(tx, phone_hash, reason, source, _WEAKER[reason])
    if changed:
        body = {"reason": reason, "source": source}
        await record(tx, "prospects.suppress", f"phone:{phone_hash}", body)
    return changed


async def is_phone_suppressed(tx: Tx, suppressor: Suppressor, number: str) -> bool:
    """Whether somebody at this number asked to stop."""
    phone_hash = suppressor.hash_phone(number)
    return phone_hash in await store.suppressed(tx, [phone_hash])


async def quiet(tx: Tx, contact_id: ContactId, until: date, source: str) -> bool:
    """Note that a person asked not to hear from us until a day; a longer pause stays.

    It holds in every campaign: at an enrolment by anybody, and at the last look before the wire.

    Args:
        tx: the open transaction.
        contact_id: who asked.
        until: the last day of the pause (UTC).
        source: what told us; no address.

    Returns:
        Whether anything changed.
    """
    changed = await store.set_quiet(tx, contact_id, until)
    if changed:
        body = {"until": until.isoformat(), "source": source}
        await record(tx, "prospects.quiet", f"contact:{contact_id}", body)
    return changed


async def is_suppressed(tx: Tx, suppressor: Suppressor, emails: Iterable[str]) -> dict[str, bool]:
    """Whether each of these addresses is on the suppression list; one query."""
    hashes = {email: suppressor.hash(email.strip()) for email in emails}
    listed = await store.suppressed(tx, list(hashes.values()))
    return {email: address_hash in listed for email, address_hash in hashes.items()}


async def replied(tx: Tx, contact_ids: Sequence[ContactId]) -> list[ContactId]:
    """Note that people answered; one who opted out or whose address is dead stays so.

    Returns:
        The contacts whose status changed.
    """
    moved = []
    for contact in await store.contacts(tx, contact_ids):
        after = next_contact_status(contact.status, ContactEvent.REPLIED)
        if after is not contact.status and await store.move_contact(tx, contact, after):
            moved.append(contact.id)
            await record(tx, "prospects.replied", f"contact:{contact.id}")
    return moved
