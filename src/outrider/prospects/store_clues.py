"""The SQL of where people are. In: the open transaction. Out: clues. Never: a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from outrider.kernel.database.tx import Tx
from outrider.prospects.clues_types import Clues
from outrider.prospects.types import ContactId

_REGIONS = ("state", "region", "province", "state region", "hq state", "company state")
"""Columns of lists that tell the part of a country where an account is, in small letters."""


async def clues(tx: Tx, contact_ids: Sequence[ContactId]) -> dict[ContactId, Clues]:
    """Time zone, phone and countries of contacts, and the region of their accounts."""
    rows = await tx.rows(
        "select c.id, c.timezone, c.phone, c.country, a.country as account_country,"
        " case when a.attributes = '{}' then null else a.attributes end as attributes"
        " from outrider.contacts c join outrider.accounts a on a.id = c.account_id"
        " where c.id = any(:ids)",
        {"ids": list(contact_ids)},
    )
    return {ContactId(row["id"]): _clues(row) for row in rows}


def _clues(row: Mapping[str, Any]) -> Clues:
    kept = {
        " ".join(name.replace("_", " ").replace("/", " ").lower().split()): value
        for name, value in (row["attributes"] or {}).items()
    }
    return Clues(
        timezone=row["timezone"],
        phone=row["phone"],
        country=row["country"],
        account_country=row["account_country"],
        account_region=next((kept[name] for name in _REGIONS if kept.get(name)), None),
    )
