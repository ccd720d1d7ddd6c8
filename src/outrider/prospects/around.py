"""All that stands around one mail, in one look.

In: the open transaction, an account, a contact. Out: the dossier, the people, why the contact must not
be written to. Never: a change.
"""

from __future__ import annotations

from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import NotFound
from outrider.prospects import rules, store_around
from outrider.prospects.evidence import distinct
from outrider.prospects.types import AccountId, Contact, ContactId, Dossier, Frozen


class Around(Frozen):
    """What `research.dossier`, `read.contacts` and `consent.may_write` say, at one instant."""

    dossier: Dossier
    contacts: tuple[Contact, ...]
    why_not: str | None
    """Why the contact must not be written to, in plain words; None when it may be."""


async def around(tx: Tx, account_id: AccountId, contact_id: ContactId) -> Around:
    """What is known of the account and of the contact now.

    Raises:
        NotFound: there is no such account in this workspace.
    """
    found = await store_around.around(tx, account_id, contact_id)
    if found is None:
        raise NotFound(f"There is no account {account_id} in this workspace.")
    why_not = "there is no such contact"
    return Around(
        dossier=Dossier(account=found.account, facts=distinct(found.facts)),
        contacts=found.contacts,
        why_not=rules.why_not(*found.standing) if found.standing else why_not,
    )
