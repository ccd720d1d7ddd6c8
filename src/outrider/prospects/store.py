"""The SQL of accounts, contacts, suppressions and touches.

In: the open transaction. Out: the room's types. Never: an address in the suppression list.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import NotFound
from outrider.prospects.types import (
    Account,
    AccountId,
    AccountStatus,
    Contact,
    ContactId,
    ContactStatus,
    SuppressionReason,
    Touch,
)

_ACCOUNT = (
    "id, name, domain, cik, ticker, industry, country, employees, icp_score, competitor, status,"
    " attributes"
)
_CONTACT = (
    "id, account_id, email, first_name, last_name, title, phone, country, timezone, status, quiet_until,"
    " source"
)
_WRITABLE = """
    c.status in ('active', 'replied') and not exists (
        select from suppressions s
        where s.workspace_id = c.workspace_id and s.address_hash = c.address_hash)
"""


def _scope(tx: Tx, **values: Any) -> dict[str, Any]:
    return {"workspace": tx.workspace, **values}


async def account(tx: Tx, account_id: AccountId) -> Account:
    """One account. Raises NotFound."""
    row = await tx.row(
        f"select {_ACCOUNT} from accounts where workspace_id = :workspace and id = :id",
        _scope(tx, id=account_id),
    )
    if row is None:
        raise NotFound(f"There is no account {account_id} in this workspace.")
    return Account.model_validate(dict(row))


async def accounts(tx: Tx, account_ids: Sequence[AccountId] | None) -> list[Account]:
    """These accounts, or all of the workspace that are not exhausted, oldest first."""
    rows = await tx.rows(
        f"select {_ACCOUNT} from accounts where workspace_id = :workspace and case"
        " when cast(:ids as uuid[]) is null then status <> 'exhausted'"
        " else id = any(:ids) end order by id",
        _scope(tx, ids=None if account_ids is None else list(account_ids)),
    )
    return [Account.model_validate(dict(row)) for row in rows]


async def accounts_page(
    tx: Tx, after: AccountId | None, limit: int | None, status: AccountStatus | None
) -> list[Account]:
    """The next accounts after one, oldest first."""
    rows = await tx.rows(
        f"select {_ACCOUNT} from accounts where workspace_id = :workspace"
        " and (cast(:after as uuid) is null or id > :after)"
        " and (cast(:status as text) is null or status = :status) order by id limit :limit",
        _scope(tx, after=after, status=status, limit=limit),
    )
    return [Account.model_validate(dict(row)) for row in rows]


async def complete_account(
    tx: Tx, before: Account, status: AccountStatus, *, cik: str | None, ticker: str | None
) -> bool:
    """Fill what an account lacks and set its status; whether that changed anything."""
    result = await tx.run(
        "update accounts set cik = coalesce(cik, :cik), ticker = coalesce(ticker, :ticker),"
        " status = case when status = :expected then :status else status end, updated_at = :now"
        " where workspace_id = :workspace and id = :id and ("
        "(cik is null and cast(:cik as text) is not null)"
        " or (ticker is null and cast(:ticker as text) is not null)"
        " or (status = :expected and cast(:status as text) <> cast(:expected as text)))",
        _scope(
            tx,
            id=before.id,
            cik=cik,
            ticker=ticker,
            status=status,
            expected=before.status,
            now=tx.now,
        ),
    )
    return bool(result.rowcount)


async def move_accounts(
    tx: Tx, account_ids: Sequence[AccountId], before: AccountStatus, after: AccountStatus
) -> list[AccountId]:
    """Set the status of those accounts that are in the expected one."""
    rows = await tx.rows(
        "update accounts set status = :after, updated_at = :now"
        " where workspace_id = :workspace and id = any(:ids) and status = :before returning id",
        _scope(tx, ids=list(account_ids), before=before, after=after, now=tx.now),
    )
    return [AccountId(row["id"]) for row in rows]


async def contact(tx: Tx, contact_id: ContactId) -> Contact:
    """One contact. Raises NotFound."""
    found = await contacts(tx, [contact_id])
    if not found:
        raise NotFound(f"There is no contact {contact_id} in this workspace.")
    return found[0]


async def contacts(tx: Tx, contact_ids: Sequence[ContactId]) -> list[Contact]:
    """These contacts, oldest first; those that do not exist are left out."""
    rows = await tx.rows(
        f"select {_CONTACT} from contacts where workspace_id = :workspace and id = any(:ids)"
        " order by id",
        _scope(tx, ids=list(contact_ids)),
    )
    return [Contact.model_validate(dict(row)) for row in rows]


async def contacts_of(tx: Tx, account_id: AccountId) -> list[Contact]:
    """All contacts of an account, oldest first."""
    rows = await tx.rows(
        f"select {_CONTACT} from contacts where workspace_id = :workspace and account_id = :id"
        " order by id",
        _scope(tx, id=account_id),
    )
    return [Contact.model_validate(dict(row)) for row in rows]


async def contact_by_key(tx: Tx, email_key: str) -> Contact | None:
    """The contact with this address, if there is one."""
    row = await tx.row(
        f"select {_CONTACT} from contacts where workspace_id = :workspace and email_key = :key",
        _scope(tx, key=email_key),
    )
    return None if row is None else Contact.model_validate(dict(row))


async def contacts_by_phone(tx: Tx, number: str) -> list[Contact]:
    """The contacts whose phone has these digits, oldest first."""
    digits = "".join(one for one in number if one in "0123456789")
    rows = await tx.rows(
        f"select {_CONTACT} from contacts where workspace_id = :workspace and phone is not null"
        " and regexp_replace(phone, '[^0-9]', '', 'g') = :digits order by id",
        _scope(tx, digits=digits),
    )
    return [Contact.model_validate(dict(row)) for row in rows] if digits else []


async def next_contacts(tx: Tx, account_ids: Sequence[AccountId]) -> list[Contact]:
    """Active people who are not suppressed: those reached out to least come first, then oldest."""
    columns = ", ".join(f"c.{name.strip()}" for name in _CONTACT.split(","))
    rows = await tx.rows(
        f"select {columns} from contacts c"
        " left join lateral (select count(*) as touched from touches t"
        " where t.workspace_id = c.workspace_id and t.contact_id = c.id and t.direction = 'out')"
        " t on true where c.workspace_id = :workspace and c.account_id = any(:ids)"
        f" and c.status = 'active' and {_WRITABLE}"
        " and (c.quiet_until is null or c.quiet_until < :today)"
        " order by array_position(cast(:ids as uuid[]), c.account_id), t.touched, c.id",
        _scope(tx, ids=list(account_ids), today=tx.now.date()),
    )
    return [Contact.model_validate(dict(row)) for row in rows]


async def contact_counts(tx: Tx, account_ids: Sequence[AccountId]) -> dict[AccountId, int]:
    """How many people of each account may be written to."""
    rows = await tx.rows(
        "select c.account_id, count(*) as count from contacts c"
        f" where c.workspace_id = :workspace and c.account_id = any(:ids) and {_WRITABLE}"
        " group by c.account_id",
        _scope(tx, ids=list(account_ids)),
    )
    return {AccountId(row["account_id"]): row["count"] for row in rows}


async def standings(
    tx: Tx, contact_ids: Sequence[ContactId]
) -> dict[ContactId, tuple[ContactStatus, SuppressionReason | None, date | None]]:
    """Status, suppression and pause of each contact, in one query."""
    rows = await tx.rows(
        "select c.id, c.status, s.reason, c.quiet_until from contacts c left join suppressions s"
        " on s.workspace_id = c.workspace_id and s.address_hash = c.address_hash"
        " where c.workspace_id = :workspace and c.id = any(:ids)",
        _scope(tx, ids=list(contact_ids)),
    )
    return {
        ContactId(row["id"]): (
            ContactStatus(row["status"]),
            SuppressionReason(row["reason"]) if row["reason"] else None,
            row["quiet_until"],
        )
        for row in rows
    }


async def add_suppression(
    tx: Tx, address_hash: str, reason: SuppressionReason, source: str, weaker: Iterable[str]
) -> bool:
    """Put a hash on the list, or a stronger reason on its entry; whether anything changed."""
    result = await tx.run(
        "insert into suppressions (workspace_id, id, address_hash, reason, source, created_at)"
        " values (:workspace, :id, :hash, :reason, :source, :now)"
        " on conflict (workspace_id, address_hash) do update"
        " set reason = excluded.reason, source = excluded.source"
        " where suppressions.reason = any(:weaker)",
        _scope(
            tx,
            id=tx.new_id(),
            hash=address_hash,
            reason=reason,
            source=source,
            weaker=list(weaker),
            now=tx.now,
        ),
    )
    return bool(result.rowcount)


async def suppressed(tx: Tx, hashes: Sequence[str]) -> set[str]:
    """Which of these hashes are on the list."""
    rows = await tx.rows(
        "select address_hash from suppressions"
        " where workspace_id = :workspace and address_hash = any(:hashes)",
        _scope(tx, hashes=list(hashes)),
    )
    return {row["address_hash"] for row in rows}


async def lock_people(tx: Tx, address_hash: str, email_key: str) -> list[Contact]:
    """The contacts that one mailbox stands for, locked against another change."""
    rows = await tx.rows(
        f"select {_CONTACT} from contacts where workspace_id = :workspace"
        " and (address_hash = :hash or email_key = :key) order by id for update",
        _scope(tx, hash=address_hash, key=email_key),
    )
    return [Contact.model_validate(dict(row)) for row in rows]


async def move_contact(
    tx: Tx, before: Contact, after: ContactStatus, address_hash: str | None = None
) -> bool:
    """Set a contact's status if it still has the expected one; whether that changed anything."""
    result = await tx.run(
        "update contacts set status = :after, address_hash = coalesce(:hash, address_hash),"
        " updated_at = :now where workspace_id = :workspace and id = :id and status = :before"
        " and (status <> :after or address_hash is distinct from coalesce(:hash, address_hash))",
        _scope(tx, id=before.id, before=before.status, after=after, hash=address_hash, now=tx.now),
    )
    return bool(result.rowcount)


async def correct_contact(tx: Tx, after: Contact) -> bool:
    """Keep what a record says now, unless the person said no; whether it was kept."""
    result = await tx.run(
        "update contacts set first_name = :first_name, last_name = :last_name, title = :title,"
        " country = :country, timezone = :timezone, updated_at = :now"
        " where workspace_id = :workspace and id = :id and status <> 'opted_out'",
        _scope(
            tx,
            **after.model_dump(
                include={"id", "first_name", "last_name", "title", "country", "timezone"}
            ),
            now=tx.now,
        ),
    )
    return bool(result.rowcount)


async def set_quiet(tx: Tx, contact_id: ContactId, until: date) -> bool:
    """Note the last day of a pause, never an earlier one than before; whether that changed it."""
    result = await tx.run(
        "update contacts set quiet_until = :until, updated_at = :now"
        " where workspace_id = :workspace and id = :id"
        " and (quiet_until is null or quiet_until < :until)",
        _scope(tx, id=contact_id, until=until, now=tx.now),
    )
    return bool(result.rowcount)


async def add_touches(tx: Tx, touches: Sequence[Touch]) -> int:
    """Note touches, each once by channel and reference; returns how many are new."""
    if not touches:
        return 0
    rows = [touch.model_dump(mode="json") | {"id": str(tx.new_id())} for touch in touches]
    new = await tx.rows(
        "insert into touches (workspace_id, id, account_id, contact_id, channel, direction,"
        " reference, at) select :workspace, id, account_id, contact_id, channel, direction,"
        " reference, at from json_to_recordset(cast(:rows as json)) as n(id uuid, account_id uuid,"
        " contact_id uuid, channel text, direction text, reference text, at timestamptz)"
        " on conflict (workspace_id, channel, reference) do nothing returning 1",
        _scope(tx, rows=json.dumps(rows)),
    )
    return len(new)


async def touches(
    tx: Tx,
    since: datetime,
    *,
    account_ids: Sequence[AccountId] | None = None,
    contact_ids: Sequence[ContactId] | None = None,
) -> list[Touch]:
    """Touches of these accounts or contacts since an instant, oldest first."""
    column, ids = ("account_id", account_ids) if account_ids else ("contact_id", contact_ids)
    rows: Sequence[Mapping[str, Any]] = await tx.rows(
        "select account_id, contact_id, channel, direction, reference, at from touches"
        f" where workspace_id = :workspace and {column} = any(:ids) and at >= :since"
        " order by at, id",
        _scope(tx, ids=list(ids or ()), since=since),
    )
    return [Touch.model_validate(dict(row)) for row in rows]
