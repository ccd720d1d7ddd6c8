"""The SQL of our domains. In: the open transaction. Out: values of `types`. Never: a row object."""

from __future__ import annotations

from outrider.kernel.database.tx import Tx
from outrider.sending.health.types import OwnDomain

_DOMAIN = "name, purpose, added_by, created_at"


async def put(tx: Tx, domain: OwnDomain) -> None:
    """Add a domain, or change what it is for."""
    await tx.run(
        f"insert into outrider.domains (workspace_id, id, {_DOMAIN})"
        " values (:workspace, :id, :name, :purpose, :added_by, :created_at)"
        " on conflict (workspace_id, name) do update set purpose = excluded.purpose,"
        " added_by = excluded.added_by",
        {
            "workspace": tx.workspace,
            "id": tx.new_id(),
            **domain.model_dump(),
            "purpose": str(domain.purpose),
        },
    )


async def remove(tx: Tx, name: str) -> bool:
    """Forget a domain; says whether it was there."""
    row = await tx.row(
        "delete from outrider.domains where workspace_id = :workspace and name = :name"
        " returning id",
        {"workspace": tx.workspace, "name": name},
    )
    return row is not None


async def listing(tx: Tx) -> list[OwnDomain]:
    """Every domain, the brand's first."""
    rows = await tx.rows(f"select {_DOMAIN} from outrider.domains order by purpose, name")
    return [OwnDomain.model_validate(dict(row)) for row in rows]
