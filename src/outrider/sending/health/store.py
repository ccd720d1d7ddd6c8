"""The SQL of health: events, bands, tallies.

In: the open transaction. Out: values of `types`. Never: a row object, an event twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from outrider.kernel.database.tx import Tx
from outrider.sending.health import tables
from outrider.sending.health.rules import LAST_SENDS, SHORT_WINDOW, WINDOW
from outrider.sending.health.types import Kept, Noted, Scope, Tally

_LEFT = "('sending','sent','unknown')"
_EVENT = (
    "provider, event_id, kind, trouble, outbox_id, mailbox_id, message_id, provider_message_id,"
    " is_permanent, status, detail, happened_at"
)
_KEPT = "scope, target, band, reason, since, until, evidence_from"


async def add_event(tx: Tx, event: Noted) -> bool:
    """Keep an event, with the instant of its mail; False when it is known already."""
    row = await tx.row(
        f"insert into outrider.delivery_events (workspace_id, id, {_EVENT}, mail_at, noted_at)"
        " values (:workspace, :id, :provider, :event_id, :kind, :trouble, :outbox_id, :mailbox_id,"
        " :message_id, :provider_message_id, :is_permanent, :status, :detail, :happened_at,"
        " (select coalesce(handed_off_at, sent_at, :now) from outrider.outbox"
        " where id = cast(:outbox_id as uuid)), :now)"
        " on conflict (workspace_id, provider, event_id) do nothing returning id",
        {
            "workspace": tx.workspace,
            "id": tx.new_id(),
            "now": tx.now,
            **event.model_dump(),
            "trouble": str(event.trouble) if event.trouble else None,
        },
    )
    return row is not None


async def orphans(tx: Tx, many: int) -> list[Noted]:
    """Events of the last seven days whose mail was not known when they came, oldest first."""
    rows = await tx.rows(
        f"select {_EVENT} from outrider.delivery_events where workspace_id = :workspace"
        " and outbox_id is null and noted_at >= :since order by noted_at limit :many"
        " for update skip locked",
        {"workspace": tx.workspace, "since": tx.now - WINDOW, "many": many},
    )
    return [Noted.model_validate(dict(row)) for row in rows]


async def adopt(tx: Tx, event: Noted) -> None:
    """Give an event its mail."""
    await tx.run(
        "update outrider.delivery_events set outbox_id = :outbox_id, mailbox_id = :mailbox_id,"
        " trouble = :trouble, mail_at = (select coalesce(handed_off_at, sent_at, :now)"
        " from outrider.outbox where id = cast(:outbox_id as uuid))"
        " where provider = :provider and event_id = :event_id",
        {
            "now": tx.now,
            "outbox_id": event.outbox_id,
            "mailbox_id": event.mailbox_id,
            "trouble": str(event.trouble) if event.trouble else None,
            "provider": event.provider,
            "event_id": event.event_id,
        },
    )


async def by_provider_id(tx: Tx, provider_message_id: str) -> UUID | None:
    """The mail that a provider knows by this id."""
    row = await tx.row(
        "select id from outrider.outbox where workspace_id = :workspace"
        " and provider_message_id = :id and provider_message_id is not null"
        " order by handed_off_at desc limit 1",
        {"workspace": tx.workspace, "id": provider_message_id},
    )
    return row["id"] if row else None


async def domain_of(tx: Tx, mailbox_id: UUID) -> str | None:
    """The domain that a mailbox sends from."""
    row = await tx.row(
        "select split_part(address, '@', 2) as domain from outrider.mailboxes where id = :id",
        {"id": mailbox_id},
    )
    return str(row["domain"]) if row else None


async def mailboxes_of(tx: Tx, domain: str) -> list[UUID]:
    """The mailboxes of a domain."""
    rows = await tx.rows(
        "select id from outrider.mailboxes where workspace_id = :workspace"
        " and split_part(address, '@', 2) = :domain",
        {"workspace": tx.workspace, "domain": domain},
    )
    return [row["id"] for row in rows]


async def kept(tx: Tx, scope: Scope, target: str) -> Kept:
    """The stored band, locked until the transaction ends; a new one is good."""
    values = {"workspace": tx.workspace, "scope": str(scope), "target": target}
    await tx.run(
        insert(tables.health_bands)
        .values(
            workspace_id=tx.workspace,
            id=tx.new_id(),
            scope=str(scope),
            target=target,
            band="good",
            reason="",
            since=tx.now,
            planned_for=tx.now,
        )
        .on_conflict_do_nothing()
    )
    row = await tx.row(
        f"select {_KEPT} from outrider.health_bands where workspace_id = :workspace"
        " and scope = :scope and target = :target for update",
        values,
    )
    assert row is not None
    return Kept.model_validate(dict(row))


async def keep(tx: Tx, band: Kept) -> None:
    """Replace a stored band."""
    await tx.run(
        "update outrider.health_bands set reason = :reason, since = :since,"
        " until = :until, evidence_from = :evidence_from,"
        " planned_for = case when band = :band then planned_for end, band = :band"
        " where workspace_id = :workspace and scope = :scope and target = :target",
        {
            "workspace": tx.workspace,
            **band.model_dump(),
            "scope": str(band.scope),
            "band": str(band.band),
        },
    )


async def not_planned_for(tx: Tx) -> list[UUID]:
    """The mailboxes whose band, or their domain's, changed since their waiting mail got its times."""
    rows = await tx.rows(
        "select m.id from outrider.health_bands b join outrider.mailboxes m"
        " on m.workspace_id = b.workspace_id and ((b.scope = 'mailbox' and b.target = m.id::text)"
        " or (b.scope = 'domain' and b.target = split_part(m.address, '@', 2)))"
        " where b.workspace_id = :workspace and b.planned_for is null"
        " group by m.id order by m.id",
        {"workspace": tx.workspace},
    )
    return [row["id"] for row in rows]


async def planned_for(tx: Tx) -> None:
    """Note that waiting mail has the times that the present bands ask for."""
    await tx.run(
        "update outrider.health_bands set planned_for = :now where id in ("
        "select id from outrider.health_bands where workspace_id = :workspace"
        " and planned_for is null for update skip locked)",
        {"workspace": tx.workspace, "now": tx.now},
    )


async def bands(tx: Tx) -> list[Kept]:
    """Every band that was ever other than good, domains first."""
    rows = await tx.rows(f"select {_KEPT} from outrider.health_bands order by scope, target")
    return [Kept.model_validate(dict(row)) for row in rows]


async def bands_of(
    tx: Tx, mailbox_ids: Sequence[UUID]
) -> dict[UUID, tuple[str, list[Kept], str | None]]:
    """Of each mailbox: its domain, its own and its domain's band, and the guarded domain it is on.

    One query, read before each batch of a sender.
    """
    rows = await tx.rows(
        "select m.id, split_part(m.address, '@', 2) as domain, b.scope, b.target, b.band, b.reason,"
        " b.since, b.until, b.evidence_from, (select min(d.purpose || ' ' || d.name)"
        " from outrider.domains d where d.workspace_id = m.workspace_id"
        " and d.purpose in ('brand','transactional') and (d.name = split_part(m.address, '@', 2)"
        " or right(split_part(m.address, '@', 2), length(d.name) + 1) = '.' || d.name)) as guarded"
        " from outrider.mailboxes m left join outrider.health_bands b"
        " on b.workspace_id = m.workspace_id and ((b.scope = 'mailbox' and b.target = m.id::text)"
        " or (b.scope = 'domain' and b.target = split_part(m.address, '@', 2)))"
        " where m.id = any(:ids)",
        {"ids": list(mailbox_ids)},
    )
    found: dict[UUID, tuple[str, list[Kept], str | None]] = {}
    for row in rows:
        _, several, _ = found.setdefault(row["id"], (row["domain"], [], row["guarded"]))
        if row["scope"] is not None:
            several.append(_kept_in(row))
    return found


def _kept_in(row: Mapping[str, Any]) -> Kept:
    return Kept.model_validate({name: row[name] for name in _KEPT.split(", ")})


_COUNTED = (
    "select (select count(*) from outrider.outbox where workspace_id = :workspace"
    " and mailbox_id = any(:ids) and handed_off_at >= :week and handed_off_at is not null"
    f" and status in {_LEFT}) as sends,"
    " (select count(*) from outrider.outbox where workspace_id = :workspace"
    " and mailbox_id = any(:ids) and handed_off_at >= :day and handed_off_at is not null"
    f" and status in {_LEFT}) as tried,"
    " (select count(*) from outrider.outbox where workspace_id = :workspace"
    " and mailbox_id = any(:ids) and handed_off_at > :since and handed_off_at is not null"
    " and status = 'sent') as since_change,"
    " count(distinct outbox_id) filter (where trouble = 'address' and mail_at >= :week) as hard,"
    " count(distinct outbox_id) filter (where trouble = 'complaint' and mail_at >= :week)"
    " as complaints,"
    " count(distinct outbox_id) filter (where trouble = 'blocked' and happened_at >= :day)"
    " as blocked,"
    " count(distinct outbox_id) filter (where trouble = 'authentication' and happened_at >= :day)"
    " as unproven,"
    " count(distinct outbox_id) filter (where trouble = 'slowed' and happened_at >= :day)"
    " as slowed,"
    # What was refused or put off is no mail that left, and yet it was tried.
    " count(distinct outbox_id) filter (where kind = 'refused' and mail_at >= :week) as refused,"
    " count(distinct outbox_id) filter (where kind in ('refused','deferred')"
    " and provider = 'wire' and happened_at >= :day) as turned_away"
    " from outrider.delivery_events where workspace_id = :workspace and mailbox_id = any(:ids)"
    " and happened_at >= :oldest and trouble is not null"
)


async def tally(tx: Tx, mailbox_ids: Sequence[UUID], band: Kept) -> Tally:
    """Count what happened to the mails of these mailboxes, from a release on if there was one."""
    # What happened at the very instant of the release was known to the person who released.
    start = band.evidence_from + timedelta(microseconds=1) if band.evidence_from else None
    week, day = tx.now - WINDOW, tx.now - SHORT_WINDOW
    values = {
        "workspace": tx.workspace,
        "ids": list(mailbox_ids),
        "week": max(week, start) if start else week,
        "day": max(day, start) if start else day,
        "oldest": max(week, start) if start else week,
        "since": band.since,
    }
    row = await tx.row(_COUNTED, values)
    assert row is not None
    return Tally(
        sends=row["sends"] + row["refused"],
        hard=row["hard"],
        hard_among_last=await _hard_among_last(tx, mailbox_ids, start),
        complaints=row["complaints"],
        blocked=row["blocked"],
        unproven=row["unproven"],
        tried=row["tried"] + row["turned_away"],
        slowed=row["slowed"],
        since_change=row["since_change"],
    )


async def _hard_among_last(tx: Tx, mailbox_ids: Sequence[UUID], start: datetime | None) -> int:
    """How many of the newest mails found a dead address, those refused at once included."""
    after = "cast(:start as timestamptz) is null or "
    row = await tx.row(
        "with gone as (select outbox_id as id, min(mail_at) as at from outrider.delivery_events"
        " where workspace_id = :workspace and mailbox_id = any(:ids) and trouble = 'address'"
        f" and mail_at is not null and ({after} mail_at >= :start) group by outbox_id),"
        # Mailbox by mailbox, so that each walks its index from the newest mail and stops at twenty.
        " newest as (select o.id, o.handed_off_at as at from unnest(cast(:ids as uuid[])) as m (id)"
        " cross join lateral (select id, handed_off_at from outrider.outbox"
        " where workspace_id = :workspace and mailbox_id = m.id and handed_off_at is not null"
        f" and status in {_LEFT} and ({after} handed_off_at >= :start)"
        " order by handed_off_at desc limit :many) as o order by at desc limit :many),"
        " mails as (select id, at from newest union all"
        " select id, at from gone where id not in (select id from newest))"
        " select count(*) filter (where id in (select id from gone)) as hard"
        " from (select id from mails order by at desc limit :many) as last",
        {"workspace": tx.workspace, "ids": list(mailbox_ids), "start": start, "many": LAST_SENDS},
    )
    return int(row["hard"]) if row else 0


async def due_today(tx: Tx, mailbox_id: UUID, start: datetime, end: datetime) -> tuple[int, int]:
    """Of a mailbox: its mails that left in a time, and those that wait and are due in it."""
    row = await tx.row(
        "select (select count(*) from outrider.outbox where workspace_id = :workspace"
        " and mailbox_id = :id and handed_off_at >= :start and handed_off_at < :end"
        f" and handed_off_at is not null and status in {_LEFT}) as used,"
        " (select count(*) from outrider.outbox where workspace_id = :workspace"
        " and mailbox_id = :id and status in ('queued','deferred') and not_before < :end)"
        " as waiting",
        {"workspace": tx.workspace, "id": mailbox_id, "start": start, "end": end},
    )
    assert row is not None
    return int(row["used"]), int(row["waiting"])
