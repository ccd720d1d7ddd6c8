"""The SQL of pacing over the outbox.

In: the open transaction. Out: values of `types`. Never: a change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from outrider.campaigns.types import EnrollmentId
from outrider.kernel.database.tx import Tx
from outrider.prospects.types import AccountId, ContactId
from outrider.sending.pacing.types import Entry, Span
from outrider.sending.types import MailboxId


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail of the outbox that has not left."""

    id: UUID
    draft_id: UUID
    mailbox_id: MailboxId
    account_id: AccountId
    contact_id: ContactId
    enrollment_id: EnrollmentId
    step: int
    status: str
    not_before: datetime
    reason: str | None


_WAITING = (
    "id, draft_id, mailbox_id, account_id, contact_id, enrollment_id, step, status, not_before,"
    " reason"
)
_WHOSE = "workspace_id = :workspace and mailbox_id = any(:ids)"
_ENTRY = "select mailbox_id, draft_id, account_id, contact_id"


async def entries(
    tx: Tx, mailboxes: Sequence[MailboxId], since: datetime
) -> dict[MailboxId, list[Entry]]:
    """What mailboxes have ahead of them, and what left since an instant; by mailbox."""
    rows = await tx.rows(
        f"{_ENTRY}, not_before as at, false as has_left from outrider.outbox"
        f" where {_WHOSE} and status in ('queued','deferred')"
        f" union all {_ENTRY}, handed_off_at, true from outrider.outbox"
        f" where {_WHOSE} and handed_off_at >= :since and handed_off_at is not null"
        " and status in ('sending','sent','unknown')"
        f" union all {_ENTRY}, not_before, false from outrider.outbox"
        f" where {_WHOSE} and status = 'sending' and handed_off_at is null",
        {"workspace": tx.workspace, "ids": list(mailboxes), "since": since},
    )
    found: dict[MailboxId, list[Entry]] = defaultdict(list)
    for row in rows:
        found[MailboxId(row["mailbox_id"])].append(
            Entry(row["draft_id"], row["at"], row["has_left"], row["account_id"], row["contact_id"])
        )
    return found


# One status after the other, as each has an index of its own and both together have none. A plain
# `handed_off_at is not null` would let the index of all that ever left be walked instead.
AT_THE_WIRE = " union all ".join(
    f"{_ENTRY}, handed_off_at as at from outrider.outbox where workspace_id = :workspace"
    f" and account_id = any(:ids) and status = '{status}'"
    " and coalesce(handed_off_at, '-infinity') > '-infinity'"
    for status in ("sending", "unknown")
)


async def handed_off(tx: Tx, accounts: Sequence[AccountId]) -> list[Entry]:
    """Mails to people of these accounts that left and have no answer, or none that is known."""
    rows = await tx.rows(AT_THE_WIRE, {"workspace": tx.workspace, "ids": list(accounts)})
    return [
        Entry(row["draft_id"], row["at"], True, row["account_id"], row["contact_id"])
        for row in rows
    ]


async def usage(
    tx: Tx, mailbox: MailboxId, day: Span, latest: datetime
) -> tuple[int, datetime | None]:
    """How many mails of a mailbox left or may have left in a day, and when the last one did.

    Hand-offs after `latest` were written before the clock was put back: they count for the day, but
    nothing waits for them.
    """
    row = await tx.row(
        "select count(*) filter (where handed_off_at >= :start and handed_off_at < :end) as used,"
        " max(handed_off_at) filter (where handed_off_at <= :latest) as last"
        " from outrider.outbox where workspace_id = :workspace and mailbox_id = :id and handed_off_at is not null"
        " and status in ('sending','sent','unknown') and handed_off_at >= :since",
        {
            "workspace": tx.workspace,
            "id": mailbox,
            "start": day[0],
            "end": day[1],
            "latest": latest,
            # No gap is longer than a day.
            "since": day[0] - (day[1] - day[0]),
        },
    )
    assert row is not None
    return int(row["used"]), row["last"]


async def to_move(tx: Tx, mailboxes: Sequence[MailboxId], many: int) -> list[Waiting]:
    """Mails of these mailboxes that have a time to come and that nobody holds, the next ones first."""
    rows = await tx.rows(
        f"select {_WAITING} from outrider.outbox"
        " where workspace_id = :workspace and mailbox_id = any(:ids) and status = 'queued'"
        " and not_before > :now order by not_before, id limit :many",
        {"workspace": tx.workspace, "ids": list(mailboxes), "now": tx.now, "many": many},
    )
    return [Waiting(**row) for row in rows]


async def put(tx: Tx, id_: UUID, at: datetime, reason: str | None) -> int:
    """Give a waiting mail another time; 0 when somebody holds it or it waits no more."""
    done = await tx.run(
        "update outrider.outbox set not_before = :at, reason = :reason where id in ("
        "select id from outrider.outbox where id = :id and status = 'queued'"
        " for update skip locked)",
        {"id": id_, "at": at, "reason": reason},
    )
    return int(done.rowcount)


async def waiting(tx: Tx, many: int) -> list[Waiting]:
    """The mails that have not left, the next ones first."""
    rows = await tx.rows(
        f"select {_WAITING} from outrider.outbox"
        " where workspace_id = :workspace and status in ('queued','deferred')"
        " order by not_before, id limit :many",
        {"workspace": tx.workspace, "many": many},
    )
    return [Waiting(**row) for row in rows]
