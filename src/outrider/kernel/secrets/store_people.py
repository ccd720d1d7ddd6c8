"""All SQL of people's keys.

In: the open transaction. Out: frozen values. Never: a key as it is; a key for somebody who was erased.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from outrider.kernel.database.tx import Row, Tx


@dataclass(frozen=True)
class PersonKey:
    """A contact's key as it lies in the database."""

    contact: UUID
    sealed: bytes = field(repr=False)
    addresses: frozenset[str]
    """Keyed hashes of the addresses that events gave for the contact."""
    made_at: datetime


async def keys(tx: Tx, contacts: Sequence[UUID]) -> list[PersonKey]:
    """The keys that these contacts have."""
    rows = await tx.rows(
        "select id, sealed, addresses, made_at from outrider.person_keys where id = any(:ids)",
        {"ids": list(contacts)},
    )
    return [_key(row) for row in rows]


async def add(tx: Tx, made: Sequence[PersonKey]) -> list[PersonKey]:
    """The keys that these contacts have, these where they had none; who is erased gets none."""
    # In one order, so that two who add for the same people never wait for each other in a ring.
    rows = [
        {
            "id": str(one.contact),
            "sealed": one.sealed.hex(),
            "addresses": sorted(one.addresses),
        }
        for one in sorted(made, key=lambda one: one.contact)
    ]
    found = await tx.rows(
        "with there as (select id, sealed, addresses, made_at from outrider.person_keys"
        " where id = any(:ids)),"
        " added as (insert into outrider.person_keys (workspace_id, id, sealed, addresses, made_at)"
        " select :workspace, one.id, decode(one.sealed, 'hex'), one.addresses, :now"
        " from json_to_recordset(cast(:rows as json))"
        " as one(id uuid, sealed text, addresses text[])"
        " where not exists (select from there t where t.id = one.id)"
        " and not exists (select from outrider.erasures e where e.contact_id = one.id)"
        " on conflict (id) do nothing returning id, sealed, addresses, made_at)"
        " select * from there union all select * from added",
        {
            "ids": [one.contact for one in made],
            "workspace": tx.workspace,
            "now": tx.now,
            "rows": json.dumps(rows),
        },
    )
    return [_key(row) for row in found]


async def add_address(tx: Tx, contact: UUID, address: str) -> None:
    """Let a contact be found by one more keyed hash."""
    await tx.run(
        "update outrider.person_keys set addresses = addresses || cast(:address as text)"
        " where id = :id and not (addresses @> array[cast(:address as text)])",
        {"id": contact, "address": address},
    )


async def found_at(tx: Tx, addresses: Sequence[str]) -> list[UUID]:
    """The contacts that have one of these keyed hashes."""
    rows = await tx.rows(
        "select id from outrider.person_keys where addresses && cast(:addresses as text[])"
        " order by id",
        {"addresses": list(addresses)},
    )
    return [row["id"] for row in rows]


async def erased(tx: Tx, contacts: Sequence[UUID]) -> set[UUID]:
    """Those of these contacts who were erased, or are being erased."""
    rows = await tx.rows(
        "select contact_id from outrider.erasures where contact_id = any(:ids)",
        {"ids": list(contacts)},
    )
    return {row["contact_id"] for row in rows}


def _key(row: Row) -> PersonKey:
    return PersonKey(
        contact=row["id"],
        sealed=bytes(row["sealed"]),
        addresses=frozenset(row["addresses"]),
        made_at=row["made_at"],
    )
