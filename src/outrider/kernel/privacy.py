"""What the rows hold of one person: tell it, take it out.

In: a connection that sees every row, the person, and what each room says of its own tables. Out: rows, and
how many were blanked. Never: a table that no room has declared; a test finds those.

Rows stay, with their ids, hashes and instants, so that the log still verifies and every count still adds
up. What they said of the person goes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx

GONE = "erased"
"""Stands where a text must not be empty."""


@dataclass(frozen=True)
class Whom:
    """A contact of one workspace."""

    workspace_id: UUID
    contact_id: UUID
    email: str
    name: str = ""

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of the declared conditions."""
        return {
            "workspace": self.workspace_id,
            "contact": self.contact_id,
            "email": self.email.lower(),
            "gone": GONE,
        }


@dataclass(frozen=True)
class Personal:
    """What one table holds of a contact, as its room declares it.

    `where` finds the rows of `%(contact)s`, or of `%(email)s` in small letters. `blank` says, by column,
    what takes the place of its value. With `delete` the rows go as a whole.
    """

    table: str
    where: str
    blank: Mapping[str, str] = field(default_factory=dict)
    delete: bool = False
    holds_object: str | None = None
    """The column that names an object of the store which is about this person alone."""
    hidden: tuple[str, ...] = ()
    """Columns that are told to nobody, such as a key."""
    in_packs: bool = False
    """The row lies in `pack_sha256` from `pack_start` on, `pack_bytes` long, among others' rows."""


@dataclass(frozen=True)
class Place:
    """Where bytes of the person lie in the object store; no range: the whole object."""

    table: str
    row: UUID
    object: str
    start: int = 0
    length: int | None = None


def tell(
    conn: psycopg.Connection, declared: Iterable[Personal], whom: Whom
) -> dict[str, list[dict[str, Any]]]:
    """Every row that holds something of the person, by table, as JSON-able values."""
    told: dict[str, list[dict[str, Any]]] = {}
    for one in declared:
        query = (
            "select to_jsonb(t) - 'workspace_id' - cast(%(hidden)s as text[])"
            f" from outrider.{one.table} t where {_mine(one)}"
        )
        rows = conn.execute(query.encode(), {**whom.values, "hidden": list(one.hidden)}).fetchall()
        if rows:
            told.setdefault(one.table, []).extend(row[0] for row in rows)
    return told


def take_out(conn: psycopg.Connection, declared: Iterable[Personal], whom: Whom) -> dict[str, int]:
    """Blank or delete what the rows say of the person, in the caller's transaction; rows by table."""
    counts: dict[str, int] = {}
    for one in declared:
        if one.delete:
            query = f"delete from outrider.{one.table} t where {_mine(one)}"
        elif one.blank:
            sets = ", ".join(f'"{column}" = {value}' for column, value in one.blank.items())
            query = f"update outrider.{one.table} t set {sets} where {_mine(one)}"
        else:
            continue
        count = conn.execute(query.encode(), whom.values).rowcount
        counts[one.table] = counts.get(one.table, 0) + count
    return {table: count for table, count in counts.items() if count}


def places(conn: psycopg.Connection, declared: Iterable[Personal], whom: Whom) -> list[Place]:
    """Where the object store holds bytes of the person."""
    found: list[Place] = []
    for one in declared:
        if one.in_packs:
            column, range_ = "pack_sha256", ", pack_start as start, pack_bytes as length"
        elif one.holds_object:
            column, range_ = one.holds_object, ""
        else:
            continue
        query = (
            f"select t.id as row, {column} as object{range_} from outrider.{one.table} t"
            f" where {_mine(one)} and {column} is not null"
        )
        with conn.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(query.encode(), whom.values).fetchall()
        found += [Place(table=one.table, **row) for row in rows]
    return found


def move_pack(
    conn: psycopg.Connection, declared: Iterable[Personal], before: str, after: str
) -> int:
    """Name the new object in every row of the old one, in every workspace; how many there were."""
    moved = 0
    for table in dict.fromkeys(one.table for one in declared if one.in_packs):
        query = f"update outrider.{table} set pack_sha256 = %s where pack_sha256 = %s"
        moved += conn.execute(query.encode(), [after, before]).rowcount
    return moved


def note_objects(conn: psycopg.Connection, whom: Whom, objects: Mapping[str, int]) -> None:
    """Note objects that are to go once no more rows name them than these; part of an erasure."""
    entries = [{"object": name, "rows": rows} for name, rows in objects.items()]
    conn.execute(
        b"update outrider.erasures set leftovers = leftovers || %s::jsonb"
        b" where workspace_id = %s and contact_id = %s",
        [json.dumps(entries), whom.workspace_id, whom.contact_id],
    )


def nameless(conn: psycopg.Connection, naming: Iterable[tuple[str, str]], whom: Whom) -> list[str]:
    """Noted objects that nobody else's row names, in any workspace; `naming` is (table, column)."""
    columns = list(naming)
    row = conn.execute(
        b"select leftovers from outrider.erasures where workspace_id = %s and contact_id = %s",
        [whom.workspace_id, whom.contact_id],
    ).fetchone()
    noted = {entry["object"]: entry["rows"] for entry in (row[0] if row else [])}
    return [name for name, own in noted.items() if _names(conn, columns, name) <= own]


def _names(conn: psycopg.Connection, naming: Iterable[tuple[str, str]], digest: str) -> int:
    total = 0
    for table, column in naming:
        query = f"select count(*) from outrider.{table} where {column} = %s"
        row = conn.execute(query.encode(), [digest]).fetchone()
        total += row[0] if row else 0
    return total


async def intend(tx: Tx, contact_id: UUID, address_hash: str, reason: str) -> None:
    """Write down that an erasure begins, before anything goes."""
    await tx.run(
        "insert into outrider.erasures"
        " (id, workspace_id, contact_id, address_hash, reason, actor, begun_at)"
        " values (:id, :workspace, :contact, :hash, :reason, :actor, :now)"
        " on conflict (workspace_id, contact_id) do update set done_at = null",
        {
            "id": tx.new_id(),
            "workspace": tx.workspace,
            "contact": contact_id,
            "hash": address_hash,
            "reason": reason,
            "actor": str(tx.actor),
            "now": tx.now,
        },
    )
    await record(tx, "privacy.erase", f"contact:{contact_id}", {"reason": reason})


async def finished(tx: Tx, contact_id: UUID, rows: Mapping[str, int]) -> None:
    """Write down that an erasure is complete."""
    # Whoever wrote an event while the erasure began may have made the person's key anew.
    await tx.run("delete from outrider.person_keys where id = :id", {"id": contact_id})
    await tx.run(
        "update outrider.erasures set done_at = :now, rows = cast(:rows as jsonb),"
        " leftovers = '[]' where contact_id = :id",
        {"now": tx.now, "rows": json.dumps(dict(rows)), "id": contact_id},
    )
    await record(tx, "privacy.erased", f"contact:{contact_id}", {"rows": dict(rows)})


def _mine(one: Personal) -> str:
    return f"t.workspace_id = %(workspace)s and ({one.where})"


KERNEL = (
    Personal(
        "idempotency_keys",
        "position(convert_to(%(email)s, 'UTF8') in t.body) > 0"
        " or position(convert_to(%(contact)s::text, 'UTF8') in t.body) > 0",
        delete=True,
    ),
    # What the log tells of the person is sealed with it, and can be read by nobody any more.
    Personal("person_keys", "t.id = %(contact)s", delete=True, hidden=("sealed", "addresses")),
)
"""What the kernel's own tables hold of a contact."""

IMPERSONAL = {
    "workspaces": "names of workspaces",
    "people": "our own people",
    "memberships": "our own people",
    "sessions": "our own people",
    "api_keys": "our own people",
    "passwords": "our own people",
    "identities": "our own people",
    "invitations": "our own people",
    "login_limits": "keyed hashes",
    "switches": "what is halted, by id or name",
    "audit_events": "ids, hashes, and words under the person's key; a test reads them for more",
    "person_events": "ids of events and contacts",
    "audit_leaves": "hashes",
    "audit_seals": "hashes",
    "audit_cuts": "hashes and counts",
    "audit_keys": "public keys",
    "data_keys": "wrapped keys",
    "secrets": "keys and passwords of services, sealed",
    "erasures": "that somebody was erased: an id and a keyed hash",
}
"""The kernel's tables that hold nothing of a contact, and why."""
