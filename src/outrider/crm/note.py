"""Words about a person that a colleague should find in the CRM: a note, or a task to do.

In: a person's id and the words. Out: a staged activity, one for the same words on the same day.
Never: a call to the CRM, words about somebody who said no, an address.
"""

from __future__ import annotations

import hashlib
from datetime import date

from outrider.crm import store
from outrider.crm.types import Activity, ActivityId, ActivityKind
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Refused
from outrider.prospects import read as prospects
from outrider.prospects.types import Contact, ContactId, ContactStatus


async def note(tx: Tx, contact_id: ContactId, text: str) -> tuple[Activity, bool]:
    """Stage a note; the activity, and whether it is new.

    Raises:
        NotFound: there is no such contact in this workspace.
        Refused: the person said no.
    """
    return await _stage(tx, ActivityKind.NOTE, contact_id, {"text": text})


async def task(
    tx: Tx, contact_id: ContactId, text: str, due_on: date | None = None
) -> tuple[Activity, bool]:
    """Stage a task for a colleague; the activity, and whether it is new.

    Raises:
        NotFound: there is no such contact in this workspace.
        Refused: the person said no.
    """
    due = {"due_on": due_on.isoformat()} if due_on else {}
    return await _stage(tx, ActivityKind.TASK, contact_id, {"text": text, **due})


async def about(tx: Tx, contact_id: ContactId, limit: int) -> list[Activity]:
    """What is logged about a person, newest first.

    Raises:
        NotFound: there is no such contact in this workspace.
    """
    contact = await prospects.contact(tx, contact_id)
    return await store.of_contact(tx, contact.id, limit)


async def _stage(
    tx: Tx, kind: ActivityKind, contact_id: ContactId, words: dict[str, str]
) -> tuple[Activity, bool]:
    contact = await prospects.contact(tx, contact_id)
    if contact.status is ContactStatus.OPTED_OUT:
        raise Refused(f"The contact {contact_id} said no: nothing more is written about them.")
    fresh = _activity(tx, kind, contact, words)
    is_new = bool(await store.add(tx, [fresh]))
    if is_new:
        body = {"kind": kind.value, "reference": fresh.reference}
        await record(tx, f"crm.{kind.value}", f"contact:{contact.id}", body)
        return fresh, True
    return await store.by_reference(tx, kind, fresh.reference), False


def _activity(tx: Tx, kind: ActivityKind, contact: Contact, words: dict[str, str]) -> Activity:
    told = "\0".join([str(contact.id), tx.now.date().isoformat(), *words.values()])
    return Activity(
        id=ActivityId(tx.new_id()),
        kind=kind,
        reference=f"{kind.value}-{hashlib.sha256(told.encode()).hexdigest()}",
        account_id=contact.account_id,
        contact_id=contact.id,
        payload={"at": tx.now.isoformat(), "by": str(tx.actor), **words},
        staged_at=tx.now,
    )
