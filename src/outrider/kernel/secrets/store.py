"""All SQL of sealed secrets and of data keys.

In: the open transaction. Out: frozen values. Never: a row of another workspace: `scope` is this one's
or None, which is the machine's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from outrider.kernel.database.tx import Row, Tx
from outrider.kernel.secrets.envelope import MACHINE, Place
from outrider.kernel.secrets.masters import Context, Wrapped

_KEY = "id, workspace_id, master, wrapped, made_at, retired_at"
PURPOSE = "secrets.sealed"


@dataclass(frozen=True)
class StoredKey:
    """A data key as it lies in the database."""

    id: UUID
    workspace: UUID | None
    wrapped: Wrapped
    made_at: datetime
    retired_at: datetime | None

    @property
    def context(self) -> Context:
        """What it is bound to."""
        return context_of(self.id, self.workspace)


@dataclass(frozen=True)
class StoredSecret:
    """A secret as it lies in the database."""

    id: UUID
    workspace: UUID | None
    name: str
    sealed: bytes = field(repr=False)
    data_key: UUID
    set_by: str
    set_at: datetime

    @property
    def place(self) -> Place:
        """Where its envelope belongs."""
        return Place(self.workspace, PURPOSE, self.id)


def context_of(key_id: UUID, workspace: UUID | None) -> Context:
    """What the wrapped form of a data key is bound to."""
    return {"data_key": str(key_id), "workspace": str(workspace or MACHINE)}


async def key_in_use(tx: Tx, scope: UUID | None, *, hold: bool = False) -> StoredKey | None:
    """The key that seals in this scope now; with `hold` nobody retires it before we commit."""
    row = await tx.row(
        f"select {_KEY} from outrider.data_keys where workspace_id is not distinct from :scope"
        f" and retired_at is null {'for share' if hold else ''}",
        {"scope": scope},
    )
    return _key(row) if row else None


async def keys_of(tx: Tx, scope: UUID | None) -> list[StoredKey]:
    """Every data key of a scope, the newest first."""
    rows = await tx.rows(
        f"select {_KEY} from outrider.data_keys where workspace_id is not distinct from :scope"
        " order by made_at desc, id desc",
        {"scope": scope},
    )
    return [_key(row) for row in rows]


async def add_key(tx: Tx, key_id: UUID, scope: UUID | None, wrapped: Wrapped) -> bool:
    """Add a data key in use, unless the scope has one; whether it was added."""
    done = await tx.run(
        "insert into outrider.data_keys (id, workspace_id, master, wrapped, made_at)"
        " values (:id, :scope, :master, :wrapped, :now) on conflict do nothing",
        {
            "id": key_id,
            "scope": scope,
            "master": wrapped.master,
            "wrapped": wrapped.bytes,
            "now": tx.now,
        },
    )
    return bool(done.rowcount)


async def retire(tx: Tx, key_id: UUID) -> bool:
    """Take a data key out of use; False when somebody else did."""
    done = await tx.run(
        "update outrider.data_keys set retired_at = :now where id = :id and retired_at is null",
        {"id": key_id, "now": tx.now},
    )
    return bool(done.rowcount)


async def drop_unused(tx: Tx, scope: UUID | None) -> int:
    """Remove retired keys that nothing is under any more; how many."""
    done = await tx.run(
        "delete from outrider.data_keys k where workspace_id is not distinct from :scope"
        " and retired_at is not null"
        " and not exists (select from outrider.secrets s where s.data_key_id = k.id)",
        {"scope": scope},
    )
    return int(done.rowcount)


async def drop_empty(tx: Tx, scope: UUID | None) -> None:
    """Remove every key of a scope that nothing is under, the one in use as well."""
    # Whoever puts a secret under a key holds it; what they put is seen by the second statement.
    await tx.rows(
        "select id from outrider.data_keys where workspace_id is not distinct from :scope"
        " order by id for update",
        {"scope": scope},
    )
    await tx.run(
        "delete from outrider.data_keys k where workspace_id is not distinct from :scope"
        " and not exists (select from outrider.secrets s where s.data_key_id = k.id)",
        {"scope": scope},
    )


async def rewrap(tx: Tx, before: StoredKey, wrapped: Wrapped) -> bool:
    """Put another wrapped form in the place of this one; False when somebody else was first."""
    done = await tx.run(
        "update outrider.data_keys set master = :master, wrapped = :wrapped"
        " where id = :id and wrapped = :before",
        {
            "id": before.id,
            "before": before.wrapped.bytes,
            "master": wrapped.master,
            "wrapped": wrapped.bytes,
        },
    )
    return bool(done.rowcount)


async def listing(tx: Tx) -> list[StoredSecret]:
    """The secrets of this workspace and of the machine, by name."""
    rows = await tx.rows(
        "select id, workspace_id, name, sealed, data_key_id, set_by, set_at from outrider.secrets"
        " order by name, workspace_id nulls first"
    )
    return [_secret(row) for row in rows]


async def with_keys(tx: Tx) -> list[tuple[StoredSecret, StoredKey]]:
    """Every secret that this workspace reads with the key it is under, from one snapshot."""
    rows = await tx.rows(
        "select s.id, s.workspace_id, s.name, s.sealed, s.data_key_id, s.set_by, s.set_at,"
        " k.workspace_id as k_workspace, k.master, k.wrapped, k.made_at, k.retired_at"
        " from outrider.secrets s join outrider.data_keys k on k.id = s.data_key_id"
    )
    return [
        (
            _secret(row),
            _key({**row, "id": row["data_key_id"], "workspace_id": row["k_workspace"]}),
        )
        for row in rows
    ]


async def under_others(
    tx: Tx, key: tuple[UUID | None, UUID], at_most: int, but: Sequence[UUID]
) -> list[StoredSecret]:
    """Some secrets that are not under this key, locked; without another rotator's, and but these."""
    rows = await tx.rows(
        "select id, workspace_id, name, sealed, data_key_id, set_by, set_at from outrider.secrets"
        " where workspace_id is not distinct from :scope and data_key_id <> :key"
        " and not (id = any(:but)) order by id limit :most for update skip locked",
        {"scope": key[0], "key": key[1], "most": at_most, "but": list(but)},
    )
    return [_secret(row) for row in rows]


async def count_under_others(tx: Tx, scope: UUID | None, key_id: UUID) -> int:
    """How many secrets are not under this key."""
    row = await tx.row(
        "select count(*) as n from outrider.secrets"
        " where workspace_id is not distinct from :scope and data_key_id <> :key",
        {"scope": scope, "key": key_id},
    )
    return int(row["n"]) if row else 0


async def row_for(tx: Tx, scope: UUID | None, name: str) -> UUID | None:
    """The id of the secret of this name, locked until we commit."""
    row = await tx.row(
        "select id from outrider.secrets where workspace_id is not distinct from :scope"
        " and name = :name for update",
        {"scope": scope, "name": name},
    )
    return row["id"] if row else None


async def add(tx: Tx, scope: UUID | None, name: str, secret: tuple[UUID, UUID, bytes]) -> bool:
    """Add a secret as (id, data key, envelope); False when one of the name was added meanwhile."""
    id_, key_id, sealed = secret
    done = await tx.run(
        "insert into outrider.secrets"
        " (id, workspace_id, name, sealed, data_key_id, set_by, set_at)"
        " values (:id, :scope, :name, :sealed, :key, :by, :now) on conflict do nothing",
        {
            "id": id_,
            "scope": scope,
            "name": name,
            "sealed": sealed,
            "key": key_id,
            "by": str(tx.actor),
            "now": tx.now,
        },
    )
    return bool(done.rowcount)


async def change(tx: Tx, id_: UUID, key_id: UUID, sealed: bytes) -> None:
    """Put a new secret in the place of the one before."""
    await tx.run(
        "update outrider.secrets set sealed = :sealed, data_key_id = :key, set_by = :by,"
        " set_at = :now where id = :id",
        {"id": id_, "sealed": sealed, "key": key_id, "by": str(tx.actor), "now": tx.now},
    )


async def reseal(tx: Tx, id_: UUID, key_id: UUID, sealed: bytes) -> None:
    """Put the same secret under another key."""
    await tx.run(
        "update outrider.secrets set sealed = :sealed, data_key_id = :key where id = :id",
        {"id": id_, "sealed": sealed, "key": key_id},
    )


async def remove(tx: Tx, scope: UUID | None, name: str) -> bool:
    """Remove a secret; whether there was one."""
    done = await tx.run(
        "delete from outrider.secrets where workspace_id is not distinct from :scope"
        " and name = :name",
        {"scope": scope, "name": name},
    )
    return bool(done.rowcount)


def _key(row: Row) -> StoredKey:
    return StoredKey(
        id=row["id"],
        workspace=row["workspace_id"],
        wrapped=Wrapped(row["master"], bytes(row["wrapped"])),
        made_at=row["made_at"],
        retired_at=row["retired_at"],
    )


def _secret(row: Row) -> StoredSecret:
    return StoredSecret(
        id=row["id"],
        workspace=row["workspace_id"],
        name=row["name"],
        sealed=bytes(row["sealed"]),
        data_key=row["data_key_id"],
        set_by=row["set_by"],
        set_at=row["set_at"],
    )
