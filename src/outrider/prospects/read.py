"""Looking at accounts and contacts.

In: ids. Out: accounts and contacts. Never: a change, or a row of another workspace.
"""

from __future__ import annotations

from collections.abc import Sequence

from outrider.kernel.database.tx import Tx
from outrider.prospects import store
from outrider.prospects.identity import address_key
from outrider.prospects.types import Account, AccountId, AccountStatus, Contact, ContactId


async def account(tx: Tx, account_id: AccountId) -> Account:
    """One account.

    Raises:
        NotFound: there is no such account in this workspace.
    """
    return await store.account(tx, account_id)


async def accounts(
    tx: Tx,
    *,
    after: AccountId | None = None,
    limit: int | None = None,
    status: AccountStatus | None = None,
) -> list[Account]:
    """Accounts, oldest first: all, or at most `limit`; the next page starts `after` an id."""
    return await store.accounts_page(tx, after, limit, status)


async def accounts_by_id(tx: Tx, account_ids: Sequence[AccountId]) -> list[Account]:
    """These accounts, oldest first, in one query; those that do not exist are left out."""
    return await store.accounts(tx, account_ids)


async def contact(tx: Tx, contact_id: ContactId) -> Contact:
    """One contact.

    Raises:
        NotFound: there is no such contact in this workspace.
    """
    return await store.contact(tx, contact_id)


async def contacts(tx: Tx, account_id: AccountId) -> list[Contact]:
    """All contacts of an account, oldest first."""
    return await store.contacts_of(tx, account_id)


async def contacts_by_id(tx: Tx, contact_ids: Sequence[ContactId]) -> list[Contact]:
    """These contacts, oldest first; those that do not exist are left out."""
    return await store.contacts(tx, contact_ids)


async def contact_by_email(tx: Tx, email: str) -> Contact | None:
    """The contact with this address, however it is spelled; None when nobody has it."""
    return await store.contact_by_key(tx, address_key(email.strip()))


async def contacts_by_phone(tx: Tx, number: str) -> list[Contact]:
    """Everybody with this phone number, however it is spelled; colleagues share a switchboard."""
    return await store.contacts_by_phone(tx, number)


async def next_contacts(tx: Tx, account_ids: Sequence[AccountId]) -> list[Contact]:
    """People who may be enrolled: active, not suppressed.

    They come in the order of the accounts; within one, those reached out to least come first.
    """
    return await store.next_contacts(tx, account_ids)
