"""The SQL of importing lists: a batch goes through two temporary tables into accounts and contacts.

In: the open transaction and a batch. Out: counts and the accounts that changed. Never: a contact
opened again, or a change of a row that already says what the list says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection

from outrider.kernel.database.tx import Tx
from outrider.prospects.batches import Batch, copy_text
from outrider.prospects.types import AccountId, FactKind, Provenance


@dataclass(frozen=True)
class TouchedAccount:
    """A new or changed account, with what it says now of things that a list can prove."""

    key: str
    id: AccountId
    employees: int | None
    competitor: str | None


class ListFact(NamedTuple):
    """A fact that a list gives, in the order of the columns of its temporary table."""

    account_id: AccountId
    fingerprint: str
    kind: FactKind
    value: str
    unit: str | None
    url: str
    provenance: Provenance
    raw_sha256: str


@dataclass(frozen=True)
class Saved:
    """What one batch changed."""

    accounts_new: int
    accounts_changed: int
    contacts_new: int
    contacts_changed: int
    contacts_filled: int
    suppressed: int
    touched: tuple[TouchedAccount, ...]


# Only this transaction sees these tables. They go at the end of each batch, for a transaction may
# take several.
_TABLES = """
create temporary table incoming_accounts (
    id uuid, key text, name text, is_named boolean, domain text, cik text, ticker text,
    industry text, country text, employees integer, icp_score numeric, competitor text,
    attributes jsonb, is_repeat boolean
) on commit drop;
create temporary table incoming_contacts (
    id uuid, account_key text, email text, email_key text, address_hash text, first_name text,
    last_name text, title text, phone text, country text, timezone text, is_repeat boolean
) on commit drop
"""

# Two imports of one workspace take turns by batches: they would lock each other's rows crosswise.
_TAKE_TURNS = "select pg_advisory_xact_lock(hashtextextended('outrider.import ' || :workspace, 0))"

# Accounts whose key is new.
_ADD_ACCOUNTS = """
insert into accounts (workspace_id, id, key, name, domain, cik, ticker, industry, country,
    employees, icp_score, competitor, status, attributes, created_at, updated_at)
select :workspace, i.id, i.key, i.name, i.domain, i.cik, i.ticker, i.industry, i.country,
    i.employees, i.icp_score, i.competitor, 'new', i.attributes, :now, :now
from incoming_accounts i
order by i.key
on conflict (workspace_id, key) do nothing
returning key, id, employees, competitor
"""

# The ids of known accounts, so that people need not look through all accounts again.
_KNOWN_ACCOUNTS = """
update incoming_accounts i
set id = a.id
from accounts a
where a.workspace_id = :workspace and a.key = i.key and a.id <> i.id
"""

# Known accounts whose list row says something else: the row wins, a repeat only fills gaps.
_CHANGE_ACCOUNTS = """
update accounts a
set name = n.name, domain = n.domain, cik = n.cik, ticker = n.ticker, industry = n.industry,
    country = n.country, employees = n.employees, icp_score = n.icp_score,
    competitor = n.competitor, attributes = n.attributes, updated_at = :now
from (
    select o.id,
        case when not i.is_named or (i.is_repeat and o.name is distinct from o.domain)
            then o.name else i.name end as name,
        case when i.is_repeat then coalesce(o.domain, i.domain)
            else coalesce(i.domain, o.domain) end as domain,
        case when i.is_repeat then coalesce(o.cik, i.cik) else coalesce(i.cik, o.cik) end as cik,
        case when i.is_repeat then coalesce(o.ticker, i.ticker)
            else coalesce(i.ticker, o.ticker) end as ticker,
        case when i.is_repeat then coalesce(o.industry, i.industry)
            else coalesce(i.industry, o.industry) end as industry,
        case when i.is_repeat then coalesce(o.country, i.country)
            else coalesce(i.country, o.country) end as country,
        case when i.is_repeat then coalesce(o.employees, i.employees)
            else coalesce(i.employees, o.employees) end as employees,
        case when i.is_repeat then coalesce(o.icp_score, i.icp_score)
            else coalesce(i.icp_score, o.icp_score) end as icp_score,
        case when i.is_repeat then coalesce(o.competitor, i.competitor)
            else coalesce(i.competitor, o.competitor) end as competitor,
        case when i.is_repeat then i.attributes || o.attributes
            else o.attributes || i.attributes end as attributes
    from incoming_accounts i
    join accounts o on o.id = i.id
) n
where a.id = n.id
    and (a.name, a.domain, a.cik, a.ticker, a.industry, a.country, a.employees, a.icp_score,
        a.competitor, a.attributes)
    is distinct from (n.name, n.domain, n.cik, n.ticker, n.industry, n.country, n.employees,
        n.icp_score, n.competitor, n.attributes)
returning a.key, a.id, a.employees, a.competitor
"""

# People whose address is new; one who said no before comes in as one who must not be written to.
_ADD_CONTACTS = """
with added as (
    insert into contacts (workspace_id, id, account_id, email, email_key, address_hash,
        first_name, last_name, title, phone, country, timezone, status, source, created_at,
        updated_at)
    select :workspace, i.id, a.id, i.email, i.email_key, i.address_hash, i.first_name,
        i.last_name, i.title, i.phone, i.country, i.timezone,
        case when s.reason is null then 'active' when s.reason = 'hard_bounce' then 'invalid'
            else 'opted_out' end,
        :source, :now, :now
    from incoming_contacts i
    join incoming_accounts a on a.key = i.account_key
    left join suppressions s
        on s.workspace_id = :workspace and s.address_hash = i.address_hash
    order by i.email_key
    on conflict (workspace_id, email_key) do nothing
    returning status
)
select count(*) as added, count(*) filter (where status <> 'active') as suppressed from added
"""

# People whom the list itself says not to write to; whoever is on the suppression list stays as is.
_SUPPRESS = """
insert into suppressions (workspace_id, id, address_hash, reason, source, created_at)
select :workspace, i.id, i.hash, 'opt_out', :source, :now
from unnest(cast(:ids as uuid[]), cast(:hashes as text[])) as i (id, hash)
on conflict (workspace_id, address_hash) do update set reason = excluded.reason
where suppressions.reason in ('hard_bounce', 'manual')
"""
_CLOSE = """
update contacts set status = 'opted_out', updated_at = :now
where workspace_id = :workspace and address_hash = any(:hashes) and status <> 'opted_out'
"""

# Known people whose list row says something else.
_CHANGE_CONTACTS = """
with changed as (
    update contacts c
    set account_id = n.account_id, email = n.email, address_hash = n.address_hash,
        first_name = n.first_name, last_name = n.last_name, title = n.title, phone = n.phone,
        country = n.country, timezone = n.timezone, updated_at = :now
    from (
        select o.id, i.is_repeat, i.address_hash,
            case when i.is_repeat then o.account_id else a.id end as account_id,
            case when i.is_repeat then o.email else i.email end as email,
            case when i.first_name = '' or (i.is_repeat and o.first_name <> '')
                then o.first_name else i.first_name end as first_name,
            case when i.last_name = '' or (i.is_repeat and o.last_name <> '')
                then o.last_name else i.last_name end as last_name,
            case when i.title = '' or (i.is_repeat and o.title <> '')
                then o.title else i.title end as title,
            case when i.is_repeat then coalesce(o.phone, i.phone)
                else coalesce(i.phone, o.phone) end as phone,
            case when i.is_repeat then coalesce(o.country, i.country)
                else coalesce(i.country, o.country) end as country,
            case when i.is_repeat then coalesce(o.timezone, i.timezone)
                else coalesce(i.timezone, o.timezone) end as timezone
        from incoming_contacts i
        join contacts o on o.workspace_id = :workspace and o.email_key = i.email_key
        join incoming_accounts a on a.key = i.account_key
    ) n
    where c.id = n.id
        and (c.account_id, c.email, c.address_hash, c.first_name, c.last_name, c.title, c.phone,
            c.country, c.timezone)
        is distinct from (n.account_id, n.email, n.address_hash, n.first_name, n.last_name,
            n.title, n.phone, n.country, n.timezone)
    returning n.is_repeat
)
select count(*) filter (where not is_repeat) as changed,
    count(*) filter (where is_repeat) as filled
from changed
"""

# What a list says of accounts, as facts; said again after something else, it is the newest.
_FACTS_TABLE = """
create temporary table incoming_facts (
    id uuid, account_id uuid, fingerprint text, kind text, value text, unit text, url text,
    provenance text, raw_sha256 text
) on commit drop
"""
_ADD_FACTS = """
insert into facts (workspace_id, id, account_id, snapshot_id, fingerprint, kind, value, unit, as_of,
    topic, basis, source, url, quote, accession, provenance, raw_sha256, retrieved_at, created_at)
select :workspace, i.id, i.account_id, null, i.fingerprint, i.kind, i.value, i.unit, null, null,
    null, 'import', i.url, i.value, null, i.provenance, i.raw_sha256, :now, :now
from incoming_facts i
on conflict (workspace_id, account_id, fingerprint) do update
set retrieved_at = excluded.retrieved_at, url = excluded.url, raw_sha256 = excluded.raw_sha256
where facts.retrieved_at < excluded.retrieved_at
"""

_ADD_IMPORT = """
insert into imports (workspace_id, id, file_name, file_sha256, report, imported_at)
values (:workspace, :id, :file_name, :file_sha256, cast(:report as jsonb), :now)
"""


async def save(tx: Tx, batch: Batch, source: str) -> Saved:
    """Write one batch.

    Args:
        tx: the open transaction; one batch a transaction.
        batch: accounts and people.
        source: where the addresses come from, kept with each new person (GDPR art. 14).
    """
    values = {"workspace": tx.workspace, "now": tx.now}
    await tx.run(_TAKE_TURNS, {"workspace": str(tx.workspace)})
    for statement in _TABLES.split(";"):
        await tx.run(statement)
    await _copy(tx, "incoming_accounts", batch.accounts)
    await _copy(tx, "incoming_contacts", batch.contacts)
    new = await tx.rows(_ADD_ACCOUNTS, values)
    changed: Sequence[Mapping[str, Any]] = []
    if len(new) < len(batch.rows_of_accounts):
        await tx.run(_KNOWN_ACCOUNTS, values)
        changed = await tx.rows(_CHANGE_ACCOUNTS, values)
    if batch.opted_out:
        ids = [tx.new_id() for _ in batch.opted_out]
        said_no = {**values, "source": source, "ids": ids, "hashes": list(batch.opted_out)}
        await tx.run(_SUPPRESS, said_no)
    added = await tx.row(_ADD_CONTACTS, {**values, "source": source}) or {}
    altered: Mapping[str, Any] = {"changed": 0, "filled": 0}
    if added["added"] < batch.contact_count:
        altered = await tx.row(_CHANGE_CONTACTS, values) or altered
    closed = 0
    if batch.opted_out:
        hashes = {**values, "hashes": list(batch.opted_out)}
        closed = int((await tx.run(_CLOSE, hashes)).rowcount)
    await tx.run("drop table incoming_accounts, incoming_contacts")
    return Saved(
        accounts_new=len(new),
        accounts_changed=len(changed),
        contacts_new=added["added"],
        contacts_changed=altered["changed"],
        contacts_filled=altered["filled"],
        suppressed=added["suppressed"] + closed,
        touched=tuple(TouchedAccount(**row) for row in (*new, *changed)),
    )


async def _copy(tx: Tx, table: str, content: bytes) -> None:
    """Fill a temporary table; COPY takes rows many times faster than inserts do."""
    raw = await tx.conn.get_raw_connection()
    driver = raw.driver_connection
    assert isinstance(driver, AsyncConnection)
    async with driver.cursor() as cursor, cursor.copy(f"copy {table} from stdin") as copy:
        await copy.write(content)


async def add_facts(tx: Tx, facts: Sequence[ListFact]) -> int:
    """Keep what a list says of accounts as facts; returns how many are new or newly said."""
    if not facts:
        return 0
    await tx.run(_FACTS_TABLE)
    await _copy(tx, "incoming_facts", copy_text((tx.new_id(), *fact) for fact in facts))
    result = await tx.run(_ADD_FACTS, {"workspace": tx.workspace, "now": tx.now})
    await tx.run("drop table incoming_facts")
    return int(result.rowcount)


async def add_import(
    tx: Tx, file_name: str, file_sha256: str, report: Mapping[str, Any]
) -> tuple[UUID, datetime]:
    """Note that a list was imported, and with what outcome."""
    id_ = tx.new_id()
    await tx.run(
        _ADD_IMPORT,
        {
            "workspace": tx.workspace,
            "id": id_,
            "file_name": file_name,
            "file_sha256": file_sha256,
            "report": json.dumps(report),
            "now": tx.now,
        },
    )
    return id_, tx.now
