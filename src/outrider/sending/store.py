"""All SQL of the room.

In: the open transaction. Out: values of `types`. Never: a row object, a commit, a move that the
table of states does not have. Every move names the states that it expects, and mostly the owner.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import tuple_row

from outrider.campaigns.types import CampaignId
from outrider.kernel.database.tx import Tx
from outrider.prospects.types import ContactId
from outrider.sending.mail import id_in
from outrider.sending.states import require
from outrider.sending.types import (
    Lease,
    Mailbox,
    MailboxId,
    OutboxId,
    OutboxItem,
    OutboxStatus,
)

_MAILBOX = (
    "id, address, name, postal_address, booking_link, signature, transport, smtp_host, smtp_port,"
    " smtp_user, smtp_password_file, dkim_selector, dkim_key_file, dkim_ed25519_selector,"
    " dkim_ed25519_key_file, smtp_tls, secret_file, provider, daily_cap, pacing, layout, status"
)
ITEM = (
    "id, draft_id, decision_id, enrollment_id, campaign_id, account_id, contact_id, mailbox_id,"
    " step, content_hash, message_id, status, reason, attempts, queued_at, not_before, sent_at,"
    " raw_sha256, provider_answer"
)


SHORTEST_NAME = 16
"""Characters of a provider's own id that count as unlikely to be met by chance."""

_read_item = OutboxItem.__pydantic_validator__.validate_python


def read_item(row: Mapping[str, Any]) -> OutboxItem:
    """The item of a row that has the columns `ITEM`."""
    item: OutboxItem = _read_item(dict(row))
    return item


async def insert_mailbox(tx: Tx, mailbox: Mailbox) -> bool:
    """Add a mailbox unless its address is there already; says whether it was added."""
    row = await tx.row(
        f"insert into outrider.mailboxes (workspace_id, created_at, {_MAILBOX})"
        " values (:workspace, :now, :id, :address, :name, :postal_address, :booking_link,"
        " :signature, :transport, :smtp_host, :smtp_port, :smtp_user, :smtp_password_file,"
        " :dkim_selector, :dkim_key_file, :dkim_ed25519_selector, :dkim_ed25519_key_file, :smtp_tls,"
        " :secret_file, cast(:provider as jsonb), :daily_cap, cast(:pacing as jsonb), :layout,"
        " :status)"
        " on conflict (workspace_id, address) do nothing returning id",
        {"workspace": tx.workspace, "now": tx.now, **_row_of(mailbox)},
    )
    return row is not None


async def update_mailbox(tx: Tx, mailbox: Mailbox) -> None:
    """Replace what is known of a mailbox, its address and id apart."""
    await tx.run(
        "update outrider.mailboxes set name = :name, postal_address = :postal_address,"
        " booking_link = :booking_link, signature = :signature, transport = :transport,"
        " smtp_host = :smtp_host, smtp_port = :smtp_port, smtp_user = :smtp_user,"
        " smtp_password_file = :smtp_password_file, dkim_selector = :dkim_selector,"
        " dkim_key_file = :dkim_key_file, dkim_ed25519_selector = :dkim_ed25519_selector,"
        " dkim_ed25519_key_file = :dkim_ed25519_key_file, smtp_tls = :smtp_tls,"
        " secret_file = :secret_file, provider = cast(:provider as jsonb), daily_cap = :daily_cap,"
        " pacing = cast(:pacing as jsonb), layout = :layout, status = :status where id = :id",
        _row_of(mailbox),
    )


def _row_of(mailbox: Mailbox) -> dict[str, Any]:
    pacing = mailbox.pacing.model_dump_json() if mailbox.pacing else None
    return {**mailbox.model_dump(), "provider": json.dumps(mailbox.provider), "pacing": pacing}


async def mailboxes(tx: Tx) -> list[Mailbox]:
    """Every mailbox of the workspace, by address."""
    rows = await tx.rows(f"select {_MAILBOX} from outrider.mailboxes order by address")
    return [Mailbox.model_validate(dict(row)) for row in rows]


async def mailbox(
    tx: Tx, id_: MailboxId, *, lock: bool = False, wait: bool = True
) -> Mailbox | None:
    """One mailbox by its id, as it is once nobody else holds it if it is to be locked.

    None where there is no such mailbox, or where another holds it and `wait` is false.
    """
    held = f" for no key update{'' if wait else ' skip locked'}" if lock else ""
    sql = f"select {_MAILBOX} from outrider.mailboxes where id = :id{held}"
    row = await tx.row(sql, {"id": id_})
    return Mailbox.model_validate(dict(row)) if row else None


async def lock_mailbox(tx: Tx, id_: MailboxId) -> None:
    """Hold a mailbox until the transaction ends, so that its cap is counted by one at a time."""
    await tx.run("select 1 from outrider.mailboxes where id = :id for no key update", {"id": id_})


async def mailboxes_with_work(tx: Tx) -> list[Mailbox]:
    """The mailboxes that have mail which is due, by address."""
    rows = await tx.rows(
        f"select {_MAILBOX} from outrider.mailboxes m where exists (select 1 from outrider.outbox o"
        " where o.workspace_id = m.workspace_id and o.mailbox_id = m.id"
        " and o.status in ('queued','deferred') and o.not_before <= :now) order by address",
        {"now": tx.now},
    )
    return [Mailbox.model_validate(dict(row)) for row in rows]


async def used_between(tx: Tx, id_: MailboxId, start: datetime, end: datetime) -> int:
    """How many mails of a mailbox left or may have left in a time."""
    row = await tx.row(
        "select count(*) as used from outrider.outbox where workspace_id = :workspace"
        " and mailbox_id = :id and handed_off_at >= :start and handed_off_at < :end"
        " and handed_off_at is not null and status in ('sending','sent','unknown')",
        {"workspace": tx.workspace, "id": id_, "start": start, "end": end},
    )
    return int(row["used"]) if row else 0


async def insert_items(tx: Tx, items: Sequence[OutboxItem]) -> set[OutboxId]:
    """Queue mails, each step of an enrollment once; returns the ids that went in."""
    columns = ITEM.split(", ")
    arrays = {name: [getattr(item, name) for item in items] for name in columns}
    arrays["status"] = [str(item.status) for item in items]
    rows = await tx.rows(
        f"insert into outrider.outbox (workspace_id, {ITEM}) select :workspace, {ITEM}"
        " from unnest(cast(:id as uuid[]), cast(:draft_id as uuid[]),"
        " cast(:decision_id as uuid[]), cast(:enrollment_id as uuid[]),"
        " cast(:campaign_id as uuid[]), cast(:account_id as uuid[]), cast(:contact_id as uuid[]),"
        " cast(:mailbox_id as uuid[]), cast(:step as int[]), cast(:content_hash as text[]),"
        " cast(:message_id as text[]), cast(:status as text[]), cast(:reason as text[]),"
        " cast(:attempts as int[]), cast(:queued_at as timestamptz[]),"
        " cast(:not_before as timestamptz[]), cast(:sent_at as timestamptz[]),"
        f" cast(:raw_sha256 as text[]), cast(:provider_answer as text[])) as new ({ITEM})"
        " on conflict do nothing returning id",
        {"workspace": tx.workspace, **arrays},
    )
    return {OutboxId(row["id"]) for row in rows}


_CLAIMED = (
    "id, draft_id, decision_id, enrollment_id, campaign_id, account_id, contact_id, mailbox_id,"
    " step, content_hash, message_id, status, attempts, queued_at, not_before"
)
_CLAIMED_NAMES = tuple(_CLAIMED.split(", "))

_FIRST = (datetime(1, 1, 1, tzinfo=UTC), UUID(int=0))

# The inner query walks `ix_outbox_ready` in order, from where the caller's last claim ended: its cost
# grows neither with the queue nor with the entries of claimed rows that a vacuum has yet to clear.
_CLAIM = (
    "update outrider.outbox set status = 'sending', claimed_by = %(owner)s, claimed_at = %(now)s,"
    " lease_until = %(lease_until)s, handed_off_at = null"
    " where ctid = any(array(select ctid from outrider.outbox where workspace_id = %(workspace)s"
    " and mailbox_id = %(mailbox)s and status in ('queued','deferred') and not_before <= %(now)s"
    " and (not_before, id) > (%(after_at)s, %(after_id)s)"
    " and campaign_id <> all(%(held)s::uuid[])"
    " order by not_before, id limit %(many)s for update skip locked))"
    f" returning {_CLAIMED}"
)


@dataclass
class Cursor:
    """Where one reader of one mailbox's queue stands; a new one starts at the oldest mail."""

    mailbox: MailboxId
    held: list[CampaignId] = field(default_factory=list)
    after: tuple[datetime, UUID] = _FIRST


async def claim(tx: Tx, cursor: Cursor, lease: Lease, many: int) -> list[OutboxItem]:
    """Take due mails of a mailbox for one owner; two owners never get the same row."""
    # Straight through the driver, in its binary format: this is the hot query of the room.
    driver = (await tx.conn.get_raw_connection()).driver_connection
    assert isinstance(driver, AsyncConnection)
    async with driver.cursor(binary=True, row_factory=tuple_row) as wire:
        values = {
            "owner": lease.owner,
            "now": tx.now,
            "lease_until": lease.until,
            "workspace": tx.workspace,
            "mailbox": cursor.mailbox,
            "held": cursor.held,
            "after_at": cursor.after[0],
            "after_id": cursor.after[1],
            "many": many,
        }
        await wire.execute(_CLAIM, values)
        rows = await wire.fetchall()
    if rows:
        rows.sort(key=_by_age)
        cursor.after = _by_age(rows[-1])
    return [_read_item(dict(zip(_CLAIMED_NAMES, row, strict=True))) for row in rows]


def _by_age(row: tuple[Any, ...]) -> tuple[datetime, UUID]:
    return row[-1], row[0]


async def move(
    tx: Tx, ids: Sequence[OutboxId], states: tuple[Sequence[OutboxStatus], OutboxStatus],
    *, owner: str | None = None, **values: object,
) -> list[OutboxItem]:  # fmt: skip
    """Move mails from one of some states to another; returns those that moved.

    Args:
        tx: the open transaction.
        ids: the mails.
        states: the states that are expected, and the new one.
        owner: when given, only mails that this owner claimed.
        values: further columns to set.
    """
    before, after = states
    for state in before:
        require(state, after)
    sets = "".join(f", {name} = :{name}" for name in values)
    whose = " and claimed_by = :owner" if owner is not None else ""
    rows = await tx.rows(
        f"update outrider.outbox set status = :after{sets}"
        f" where id = any(:ids) and status = any(:before){whose} returning {ITEM}",
        {
            "ids": list(ids),
            "before": [str(state) for state in before],
            "after": str(after),
            **({"owner": owner} if owner is not None else {}),
            **values,
        },
    )
    return [read_item(row) for row in rows]


async def note_waiting(
    tx: Tx, id_: MailboxId, reason: str, many: int, campaign: CampaignId | None = None
) -> list[OutboxItem]:
    """Write down why the due mails of a mailbox, or of one campaign there, wait; oldest first."""
    due = (
        "select id from outrider.outbox where workspace_id = :workspace and mailbox_id = :mailbox"
        " and status in ('queued','deferred') and not_before <= :now"
        " and (cast(:campaign as uuid) is null or campaign_id = cast(:campaign as uuid))"
        " order by not_before, id limit :many"
    )
    values = {
        "workspace": tx.workspace,
        "mailbox": id_,
        "now": tx.now,
        "many": many,
        "campaign": campaign,
    }
    # Written once, not at every look of a sender that has nothing else to do.
    await tx.run(
        "update outrider.outbox set reason = :reason where reason is distinct from :reason"
        f" and id in ({due} for update skip locked)",
        {**values, "reason": reason},
    )
    rows = await tx.rows(f"select {ITEM} from outrider.outbox where id in ({due})", values)
    return sorted(map(read_item, rows), key=lambda item: (item.not_before, item.id))


async def waiting_of_contact(tx: Tx, id_: ContactId) -> list[OutboxId]:
    """The mails to a contact that have not left."""
    rows = await tx.rows(
        "select id from outrider.outbox where workspace_id = :workspace and contact_id = :contact"
        " and status in ('queued','deferred')",
        {"workspace": tx.workspace, "contact": id_},
    )
    return [OutboxId(row["id"]) for row in rows]


async def item(tx: Tx, id_: OutboxId) -> OutboxItem | None:
    """One mail by its id."""
    row = await tx.row(f"select {ITEM} from outrider.outbox where id = :id", {"id": id_})
    return read_item(row) if row else None


async def by_message_ids(tx: Tx, message_ids: Sequence[str]) -> dict[str, OutboxItem]:
    """The mails with these Message-IDs, in angle brackets: ours, or what a provider made of it.

    A provider that puts its own id in place of ours builds it of the name that it told us, so that
    name is looked for as well.
    """
    ids = [id_ for id_ in map(id_in, message_ids) if id_ is not None]
    names = {one: _names_in(one) for one in message_ids}
    rows = await tx.rows(
        f"select {ITEM}, seen_as, provider_message_id from outrider.outbox"
        " where (id = any(:ids) and message_id = any(:whole))"
        " or (workspace_id = :workspace and seen_as = any(:whole) and seen_as is not null)"
        " or (workspace_id = :workspace and provider_message_id = any(:names)"
        " and provider_message_id is not null)",
        {
            "ids": ids,
            "whole": list(message_ids),
            "names": [name for several in names.values() for name in several],
            "workspace": tx.workspace,
        },
    )
    found: dict[str, OutboxItem] = {}
    for row in rows:
        item = read_item({name: row[name] for name in ITEM.split(", ")})
        known = {item.message_id, row["seen_as"]}
        for one in message_ids:
            if one in known or row["provider_message_id"] in names[one]:
                found.setdefault(one, item)
    return {one: found[one] for one in message_ids if one in found}


def _names_in(message_id: str) -> tuple[str, ...]:
    """What a provider may call a mail that has this Message-ID: all of it, or what is before the @."""
    bare = message_id.strip("<>")
    local = bare.partition("@")[0]
    # A short name could be anybody's.
    return (message_id, bare, local) if len(local) >= SHORTEST_NAME else ()


async def sent_since(tx: Tx, after: OutboxId | None, many: int) -> list[OutboxItem]:
    """Sent mails in the order in which they were sent, after a given one."""
    rows = await tx.rows(
        f"select {ITEM} from outrider.outbox where workspace_id = :workspace and status = 'sent'"
        " and (cast(:after as uuid) is null or (sent_at, id) >"
        " (select sent_at, id from outrider.outbox where id = cast(:after as uuid)))"
        " order by sent_at, id limit :many",
        {"workspace": tx.workspace, "after": after, "many": many},
    )
    return [read_item(row) for row in rows]


async def with_status(tx: Tx, status: OutboxStatus, many: int) -> list[OutboxItem]:
    """Mails in one state, newest first."""
    rows = await tx.rows(
        f"select {ITEM} from outrider.outbox where status = :status order by id desc limit :many",
        {"status": str(status), "many": many},
    )
    return [read_item(row) for row in rows]
