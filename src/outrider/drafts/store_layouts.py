"""The SQL of layouts: each is kept under the hash of its text, for good.

In: the open transaction. Out: texts. Never: a layout that changes.
"""

from __future__ import annotations

from outrider.kernel.database.tx import Tx


async def add(tx: Tx, sha256: str, mjml: str) -> None:
    """Keep a layout, unless it is there."""
    await tx.run(
        "insert into outrider.layouts (workspace_id, id, sha256, mjml, created_at)"
        " values (:workspace, :id, :sha256, :mjml, :now) on conflict do nothing",
        {
            "workspace": tx.workspace,
            "id": tx.new_id(),
            "sha256": sha256,
            "mjml": mjml,
            "now": tx.now,
        },
    )


async def mjml_of(tx: Tx, sha256: str) -> str | None:
    """The text of a layout."""
    row = await tx.row(
        "select mjml from outrider.layouts where workspace_id = :workspace and sha256 = :sha256",
        {"workspace": tx.workspace, "sha256": sha256},
    )
    return str(row["mjml"]) if row else None


async def waiting_without(tx: Tx, mailbox_id: object, sha256: str | None) -> int:
    """How many drafts of a mailbox wait or are approved with another layout than this one."""
    row = await tx.row(
        "select count(*) as many from outrider.drafts where workspace_id = :workspace"
        " and status in ('pending','approved','queued') and sender ->> 'mailbox_id' = :mailbox"
        " and sender ->> 'layout' is distinct from cast(:sha256 as text)",
        {"workspace": tx.workspace, "mailbox": str(mailbox_id), "sha256": sha256},
    )
    return int(row["many"]) if row else 0
