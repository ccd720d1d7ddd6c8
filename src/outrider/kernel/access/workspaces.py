"""Workspaces by name.

In: a connection where no workspace is known yet. Out: ids. Never: a row of a workspace.
"""

from __future__ import annotations

import re
from datetime import datetime
from difflib import get_close_matches
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from outrider.kernel.errors import InvalidInput, NotFound
from outrider.kernel.ids import WorkspaceId, new_id

DEFAULT = "default"
"""Where commands act when nothing else is said."""
SAMPLE = "sample"
"""Made by `outrider demo`, before anybody has a workspace of their own."""


async def ensure_workspace(conn: AsyncConnection, name: str, now: datetime) -> WorkspaceId:
    """The workspace of this name, made if it is missing; two at once get the same.

    Raises:
        InvalidInput: the name is not 1 to 63 of letters, digits, `-`, `_` or `.`.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", name):
        raise InvalidInput(
            f"The workspace name {name!r} cannot be used: "
            "write 1 to 63 letters, digits, dots, dashes or underscores."
        )
    await conn.execute(
        text(
            "insert into outrider.workspaces (id, name, created_at) values (:id, :name, :now)"
            " on conflict (name) do nothing"
        ),
        {"id": new_id(now), "name": name, "now": now},
    )
    found = await find_workspace(conn, name)
    assert found is not None
    return found


async def find_workspace(conn: AsyncConnection, name: str) -> WorkspaceId | None:
    """The workspace of this name, if there is one."""
    id_: UUID | None = await conn.scalar(
        text("select id from outrider.workspaces where name = :name"), {"name": name}
    )
    return WorkspaceId(id_) if id_ else None


async def name_of(conn: AsyncConnection, workspace: WorkspaceId) -> str:
    """The name of a workspace."""
    name: str = await conn.scalar(
        text("select name from outrider.workspaces where id = :id"), {"id": workspace}
    )
    return name


async def known_workspace(conn: AsyncConnection, name: str, now: datetime) -> WorkspaceId:
    """The workspace of this name. Only the first of all, but for the sample, is made by itself.

    Where nothing was named, as after a restore on another machine, an empty `default` beside the others
    would look as if everything were gone.

    Raises:
        NotFound: there is none of this name, and there are others.
        InvalidInput: the name cannot be used.
    """
    there = await workspaces(conn)
    if name in there:
        return there[name]
    if not there or (name == DEFAULT and set(there) == {SAMPLE}):
        return await ensure_workspace(conn, name, now)
    close = get_close_matches(name, there, 1)
    others = ", ".join(there) if len(there) < 8 else f"{len(there)} others"
    have = f"there is {others!r}" if len(there) == 1 else f"there are {others}"
    meant = f", and {close[0]!r} is the nearest" if close and len(there) > 1 else ""
    # Who said another name knows how; nobody may ever have said `default`.
    how = f"name one with OUTRIDER_WORKSPACE={next(iter(there))}, or " if name == DEFAULT else ""
    raise NotFound(
        f"There is no workspace {name[:63]!r}: {have}{meant};"
        f" {how}make one with `outrider workspace add {name[:63]}`."
    )


async def workspaces(conn: AsyncConnection) -> dict[str, WorkspaceId]:
    """Every workspace by name; what a tick loops over."""
    rows = await conn.execute(text("select name, id from outrider.workspaces order by name"))
    return {name: WorkspaceId(id_) for name, id_ in rows}
