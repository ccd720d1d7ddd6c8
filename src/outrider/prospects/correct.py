"""What a lead's record says is corrected, field by field.

In: a person's id, the fields that change. Out: the record as it is now. Never: an address, a
number or a state: who may be reached where comes from lists and from the people themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput, Refused
from outrider.prospects import cells, store
from outrider.prospects.types import Contact, ContactId, ContactStatus

LONGEST = 200
READERS: Mapping[str, Callable[[str], str | None]] = {
    "first_name": cells.name,
    "last_name": cells.name,
    "title": cells.text,
    "country": cells.country,
    "timezone": cells.timezone,
}
"""The fields that can be corrected, read as a list's cells are."""


async def correct(tx: Tx, contact_id: ContactId, fields: Mapping[str, str]) -> Contact:
    """Set fields of a person's record; what is there already changes nothing.

    Raises:
        NotFound: there is no such contact in this workspace.
        Refused: the person said no, and their record is left alone.
        InvalidInput: a field cannot be corrected, or its value cannot be used.
    """
    before = await store.contact(tx, contact_id)
    if before.status is ContactStatus.OPTED_OUT:
        raise Refused(f"The contact {contact_id} said no: their record is left as it is.")
    read = {field: _read(field, value) for field, value in fields.items()}
    changes = {field: new for field, new in read.items() if getattr(before, field) != new}
    if not changes:
        return before
    after = before.model_copy(update=changes)
    if not await store.correct_contact(tx, after):
        raise Refused(f"The contact {contact_id} said no: their record is left as it is.")
    body = {"fields": sorted(changes)}
    await record(tx, "prospects.correct", f"contact:{contact_id}", body)
    return after


def _read(field: str, value: str) -> str | None:
    if field not in READERS:
        raise InvalidInput(
            f"{field!r} cannot be corrected here; what can be: {', '.join(READERS)}."
        )
    if len(value) > LONGEST:
        raise InvalidInput(f"`{field}` has {len(value)} characters: give {LONGEST} at most.")
    try:
        return READERS[field](value)
    except cells.BadCell as error:
        raise InvalidInput(f"`{field}`: {error}.") from None
