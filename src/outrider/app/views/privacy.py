"""Who is meant by an address, and what stands in the way of an erasure.

In: the open transaction. Out: contacts, a reason, counts. Never: a change.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from outrider.kernel.audit.search import MOST, Wanted, search
from outrider.kernel.database.tx import Row, Tx
from outrider.kernel.errors import Conflict, NotFound
from outrider.kernel.privacy import GONE, Whom
from outrider.kernel.secrets.people import People
from outrider.prospects.identity import address_key


async def find(tx: Tx, email: str, address_hash: str) -> list[Whom]:
    """The contacts that an address stands for, in this workspace.

    Raises:
        NotFound: there is none.
    """
    found = await _contacts(
        tx, "email_key = :key or address_hash = :hash", key=address_key(email), hash=address_hash
    )
    if not found:
        raise NotFound(f"There is no contact with the address {email} in this workspace.")
    return found


async def unfinished(tx: Tx) -> list[Whom]:
    """Whose erasure was interrupted."""
    return await _contacts(
        tx, "id in (select contact_id from outrider.erasures where done_at is null)"
    )


async def still_there(tx: Tx, contact_ids: Sequence[UUID]) -> list[Whom]:
    """Those of these contacts who are not erased."""
    return await _contacts(
        tx, "id = any(:ids) and first_name <> :gone", ids=list(contact_ids), gone=GONE
    )


async def none_at_the_wire(tx: Tx, contact_id: UUID) -> None:
    """Raises Conflict: a mail to this contact is at the wire, or nobody knows what became of it."""
    row = await tx.row(
        "select status, message_id from outrider.outbox where contact_id = :id"
        " and status in ('sending','unknown') limit 1",
        {"id": contact_id},
    )
    if row is None:
        return
    if row["status"] == "sending":
        raise Conflict("A mail to this person is at the wire: try again in a minute.")
    raise Conflict(
        f"Nobody knows yet whether the mail {row['message_id']} arrived: "
        "settle it with `outrider outbox` first, then erase."
    )


async def logged(tx: Tx, contact_id: UUID, people: People) -> list[dict[str, Any]]:
    """What the log tells of a contact in words, newest first."""
    told: list[dict[str, Any]] = []
    before = None
    while True:
        page = await search(tx, Wanted(contacts=(contact_id,), before=before, limit=MOST))
        opened = await people.opened(tx, page)
        told += [
            {"id": e["id"], "at": e["at"], "action": e["action"], "told": opened[e["id"]]}
            for e in page
            if e["id"] in opened
        ]
        if len(page) < MOST:
            return told
        before = page[-1]["id"]


async def cards_in_slack(tx: Tx, contact_id: UUID) -> int:
    """Posts about drafts to this contact, which Slack keeps."""
    row = await tx.row(
        "select count(*) as n from outrider.slack_posts s join outrider.drafts d"
        " on d.id = s.draft_id where d.contact_id = :id and s.ts is not null",
        {"id": contact_id},
    )
    return int(row["n"]) if row else 0


async def unused_since(tx: Tx, before: datetime, most: int) -> list[Whom]:
    """Contacts with whom nothing has happened since `before`, and nothing is open; the oldest first.

    Somebody in a sequence, with a draft, a mail or a task that waits is never among them.
    """
    return await _contacts(
        tx,
        "first_name <> :gone and updated_at < :before and not exists"
        " (select from outrider.enrollments e where e.contact_id = contacts.id"
        "  and (e.status in ('active','paused') or e.updated_at >= :before))"
        " and not exists (select from outrider.touches t where t.contact_id = contacts.id"
        "  and t.at >= :before)"
        " and not exists (select from outrider.drafts d where d.contact_id = contacts.id"
        "  and (d.status in ('pending','approved','queued') or d.created_at >= :before))"
        " and not exists (select from outrider.outbox o where o.contact_id = contacts.id"
        "  and o.status in ('queued','deferred','sending','unknown'))"
        " and not exists (select from outrider.tasks k where k.contact_id = contacts.id"
        "  and k.status in ('open','approved','sending','unknown'))",
        most,
        gone=GONE,
        before=before,
    )


async def _contacts(tx: Tx, where: str, most: int | None = None, **values: object) -> list[Whom]:
    rows: Sequence[Row] = await tx.rows(
        f"select id, email from outrider.contacts where {where} order by id limit :most",
        {**values, "most": most},
    )
    return [Whom(tx.workspace, row["id"], row["email"]) for row in rows]
