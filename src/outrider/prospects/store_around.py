"""The SQL of all that stands around one mail: its account, what is known of it, its people.

In: the open transaction, ids. Out: the room's types. Never: a change, a row.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter

from outrider.kernel.database.tx import Tx
from outrider.prospects.types import (
    Account,
    AccountId,
    Contact,
    ContactId,
    ContactStatus,
    Fact,
    SuppressionReason,
)

_FACTS = TypeAdapter(tuple[Fact, ...])
_CONTACTS = TypeAdapter(tuple[Contact, ...])
# One row for what would be four statements: the round trips cost more than the rows.
_AROUND = (
    "select row_to_json(a) as account, cast(a.icp_score as text) as icp_score,"
    " (select coalesce(json_agg(f), '[]') from facts f"
    "  where f.workspace_id = :workspace and f.account_id = a.id) as facts,"
    " (select coalesce(json_agg(c order by c.id), '[]') from contacts c"
    "  where c.workspace_id = :workspace and c.account_id = a.id) as contacts,"
    " (select json_build_array(c.status, s.reason) from contacts c left join suppressions s"
    "  on s.workspace_id = c.workspace_id and s.address_hash = c.address_hash"
    "  where c.workspace_id = :workspace and c.id = :contact) as standing"
    " from accounts a where a.workspace_id = :workspace and a.id = :account"
)


@dataclass(frozen=True)
class Rows:
    """An account, all its facts in no order, its contacts, oldest first, and one contact's standing."""

    account: Account
    facts: tuple[Fact, ...]
    contacts: tuple[Contact, ...]
    standing: tuple[ContactStatus, SuppressionReason | None] | None
    """Status and suppression; None: there is no such contact."""


async def around(tx: Tx, account_id: AccountId, contact_id: ContactId) -> Rows | None:
    """An account with its facts and people, and how one contact stands; None: no such account."""
    row = await tx.row(
        _AROUND, {"workspace": tx.workspace, "account": account_id, "contact": contact_id}
    )
    if row is None:
        return None
    standing = None
    if row["standing"] is not None:
        status, reason = row["standing"]
        standing = (ContactStatus(status), SuppressionReason(reason) if reason else None)
    return Rows(
        account=Account.model_validate({**row["account"], "icp_score": row["icp_score"]}),
        facts=_FACTS.validate_python([{**fact, "evidence": fact} for fact in row["facts"]]),
        contacts=_CONTACTS.validate_python(row["contacts"]),
        standing=standing,
    )
