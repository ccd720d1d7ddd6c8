"""All SQL on campaigns, past mail, features and blueprints; enrollments are in `store_enrol`.

In: values and the open transaction. Out: the room's types. Never: a commit, a row object.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from outrider.campaigns import tables
from outrider.campaigns.features import Dated, Place
from outrider.campaigns.types import (
    Blueprint,
    BlueprintId,
    Campaign,
    CampaignId,
    FeatureQuery,
    Features,
    FoundMail,
    Intake,
    MailSource,
    SequenceId,
)
from outrider.campaigns.types import (
    Sequence as Steps,
)
from outrider.kernel.database.tx import Tx

CAMPAIGN = (
    "id, name, status, brand, target_competitor_name, target_competitor_website,"
    " additional_context, mailbox_ids, rotation, created_at"
)
_SEQUENCE = "id, campaign_id, version, steps, pacing, note, made_by, created_at"
SERIES_CHUNK = 5_000
NEWEST_MAILS = 20_000
"""What a blueprint looks at: habits of years ago teach little, and memory stays bounded."""


async def add_campaign(tx: Tx, campaign: Campaign) -> bool:
    """False when the workspace has a campaign of this name already."""
    sql = f"""
        insert into campaigns (workspace_id, {CAMPAIGN}, updated_at)
        values (:workspace, :id, :name, :status, :brand, :target_competitor_name,
                :target_competitor_website, :additional_context,
                cast(:mailbox_ids as jsonb), :rotation, :created_at, :created_at)
        on conflict (workspace_id, name) do nothing"""
    values = campaign.model_dump() | {
        "workspace": tx.workspace,
        "status": str(campaign.status),
        "mailbox_ids": json.dumps([str(one) for one in campaign.mailbox_ids]),
        "rotation": str(campaign.rotation),
    }
    return (await tx.run(sql, values)).rowcount == 1


async def campaign(tx: Tx, name_or_id: str) -> Campaign | None:
    """The campaign of this id or, first, of this name."""
    sql = f"""
        select {CAMPAIGN} from campaigns where name = :given or cast(id as text) = lower(:given)
        order by name = :given desc limit 1"""
    row = await tx.row(sql, {"given": name_or_id})
    return None if row is None else Campaign.model_validate(dict(row))


async def campaigns(tx: Tx) -> list[Campaign]:
    """Every campaign, oldest first."""
    rows = await tx.rows(f"select {CAMPAIGN} from campaigns order by created_at, name")
    return [Campaign.model_validate(dict(row)) for row in rows]


async def set_rotation(tx: Tx, campaign: Campaign) -> None:
    """Write who writes to a campaign's new people, and how they are shared out."""
    await tx.run(
        "update campaigns set mailbox_ids = cast(:ids as jsonb), rotation = :rotation,"
        " updated_at = :now where id = :id",
        {
            "id": campaign.id,
            "ids": json.dumps([str(one) for one in campaign.mailbox_ids]),
            "rotation": str(campaign.rotation),
            "now": tx.now,
        },
    )


async def revise(tx: Tx, campaign: Campaign) -> None:
    """Write what a campaign is about."""
    await tx.run(
        "update campaigns set brand = :brand, target_competitor_name = :competitor,"
        " additional_context = :context, updated_at = :now where id = :id",
        {
            "id": campaign.id,
            "brand": campaign.brand,
            "competitor": campaign.target_competitor_name,
            "context": campaign.additional_context,
            "now": tx.now,
        },
    )


async def add_sequence(tx: Tx, sequence: Steps) -> None:
    """Keep one version of a campaign's steps."""
    await tx.run(
        insert(tables.sequences).values(
            workspace_id=tx.workspace,
            id=sequence.id,
            campaign_id=sequence.campaign_id,
            version=sequence.version,
            steps=[step.model_dump(mode="json") for step in sequence.steps],
            pacing=sequence.pacing,
            note=sequence.note,
            made_by=sequence.made_by,
            created_at=tx.now,
        )
    )


async def newest_sequence(tx: Tx, campaign_id: CampaignId) -> Steps | None:
    """The latest version of a campaign's steps."""
    sql = f"""select {_SEQUENCE} from sequences
              where campaign_id = :campaign order by version desc limit 1"""
    return _sequence(await tx.row(sql, {"campaign": campaign_id}))


async def sequences(tx: Tx, campaign_id: CampaignId) -> list[Steps]:
    """Every version of a campaign's steps, newest first."""
    sql = f"select {_SEQUENCE} from sequences where campaign_id = :campaign order by version desc"
    rows = await tx.rows(sql, {"campaign": campaign_id})
    return [found for row in rows if (found := _sequence(row)) is not None]


async def lock_campaign(tx: Tx, campaign_id: CampaignId) -> None:
    """Whoever changes a campaign's plan waits for the one before."""
    await tx.run("select 1 from campaigns where id = :id for update", {"id": campaign_id})


async def sequence(tx: Tx, sequence_id: SequenceId) -> Steps | None:
    """One version of the steps, by id."""
    sql = f"select {_SEQUENCE} from sequences where id = :id"
    return _sequence(await tx.row(sql, {"id": sequence_id}))


async def sequences_by_id(tx: Tx, sequence_ids: Sequence[SequenceId]) -> list[Steps]:
    """Several versions of steps, of any campaigns, in one query; those that do not exist are left out."""
    sql = f"select {_SEQUENCE} from sequences where id = any(:ids)"
    rows = await tx.rows(sql, {"ids": list(sequence_ids)})
    return [Steps.model_validate(dict(row)) for row in rows]


def _sequence(row: Mapping[str, Any] | None) -> Steps | None:
    if row is None:
        return None
    return Steps.model_validate(dict(row))


async def lock_intake(tx: Tx, into: Intake) -> None:
    """One ingestion at a time for a campaign and a source: a second waits, then finds all known."""
    sql = "select pg_advisory_xact_lock(hashtextextended(:key, 0))"
    await tx.run(sql, {"key": f"campaigns.ingest:{into.campaign_id}:{into.source}"})


async def known(tx: Tx, into: Intake, hashes: Sequence[str]) -> set[str]:
    """Which of these raw messages are in already, read or unreadable."""
    sql = """
        select raw_sha256 from emails
        where workspace_id = :workspace and campaign_id = :campaign and source = :source
          and raw_sha256 = any(:hashes)
        union all
        select raw_sha256 from unread_emails
        where workspace_id = :workspace and campaign_id = :campaign and source = :source
          and raw_sha256 = any(:hashes)"""
    values = {
        "workspace": tx.workspace,
        "campaign": into.campaign_id,
        "source": str(into.source),
        "hashes": list(hashes),
    }
    return {row["raw_sha256"] for row in await tx.rows(sql, values)}


async def add_mails(tx: Tx, into: Intake, mails: Sequence[Mapping[str, object]]) -> None:
    """Mails with their features, in one statement.

    One JSON parameter costs our process a tenth of bound rows; COPY is not allowed under row-level
    security. `mails` have the keys that the record below lists.
    """
    sql = """
        with given as (
          select * from json_to_recordset(cast(:mails as json)) as m(
            id uuid, provider text, thread_id text, message_id text, from_address text,
            subject text, body text, sent_at timestamptz, metadata jsonb, raw_sha256 text,
            pack_sha256 text, pack_start bigint, pack_bytes bigint, series text, features jsonb,
            version text)
        ), kept as (
          insert into emails (workspace_id, id, campaign_id, source, provider, thread_id,
            message_id, from_address, subject, body, sent_at, metadata, raw_sha256,
            pack_sha256, pack_start, pack_bytes, created_at)
          select :workspace, id, :campaign, :source, provider, thread_id, message_id,
            from_address, subject, body, sent_at, metadata, raw_sha256,
            pack_sha256, pack_start, pack_bytes, :now from given
        )
        insert into email_features (workspace_id, email_id, campaign_id, source, word_count,
          cta_type, follow_up_index, has_personalization, structure_type, cadence_bucket,
          series, sent_at, features, version)
        select :workspace, id, :campaign, :source, cast(features->>'word_count' as int),
          features->>'cta_type', 0, cast(features->>'has_personalization' as boolean),
          features->>'structure_type', 'first', series, sent_at, features, version from given"""
    await tx.run(sql, _intake(tx, into) | {"mails": json.dumps(mails, default=str)})


async def add_unread(tx: Tx, into: Intake, mails: Sequence[Mapping[str, object]]) -> None:
    """Mails that cannot be learned from, with their reasons."""
    sql = """
        insert into unread_emails (workspace_id, id, campaign_id, source, origin, raw_sha256,
          pack_sha256, pack_start, pack_bytes, reason, created_at)
        select :workspace, id, :campaign, :source, origin, raw_sha256,
          pack_sha256, pack_start, pack_bytes, reason, :now
        from json_to_recordset(cast(:mails as json)) as m(id uuid, origin text, raw_sha256 text,
          pack_sha256 text, pack_start bigint, pack_bytes bigint, reason text)"""
    await tx.run(sql, _intake(tx, into) | {"mails": json.dumps(mails, default=str)})


def _intake(tx: Tx, into: Intake) -> dict[str, object]:
    return {
        "workspace": tx.workspace,
        "campaign": into.campaign_id,
        "source": str(into.source),
        "now": tx.now,
    }


async def raw_place(tx: Tx, raw_sha256: str) -> tuple[str, int, int] | None:
    """The object that holds a raw message, and its first byte and length there."""
    sql = """
        select pack_sha256, pack_start, pack_bytes from emails where raw_sha256 = :hash
        union all
        select pack_sha256, pack_start, pack_bytes from unread_emails where raw_sha256 = :hash
        limit 1"""
    row = await tx.row(sql, {"hash": raw_sha256})
    return None if row is None else (row["pack_sha256"], row["pack_start"], row["pack_bytes"])


async def series_in_order(tx: Tx, into: Intake) -> AsyncIterator[list[Dated]]:
    """Every mail by series and date, in chunks that never cut a series in two, memory flat.

    A series longer than a chunk comes whole.
    """
    sql = """
        select email_id, series, sent_at from email_features
        where campaign_id = :campaign and source = :source and series > :after
        order by series, sent_at, email_id limit :limit"""
    rest = """
        select email_id, series, sent_at from email_features
        where campaign_id = :campaign and source = :source and series = :last
        order by series, sent_at, email_id"""
    place = {"campaign": into.campaign_id, "source": str(into.source), "limit": SERIES_CHUNK}
    after = ""
    while rows := await tx.rows(sql, place | {"after": after}):
        chunk = [Dated(row["email_id"], row["series"], row["sent_at"]) for row in rows]
        after = chunk[-1].series
        if len(chunk) == SERIES_CHUNK:
            whole = await tx.rows(
                rest, {"campaign": into.campaign_id, "source": str(into.source), "last": after}
            )
            chunk = [mail for mail in chunk if mail.series != after]
            chunk += [Dated(row["email_id"], row["series"], row["sent_at"]) for row in whole]
        yield chunk


async def save_places(tx: Tx, places: Sequence[Place]) -> int:
    """Write the places that changed; returns how many did."""
    sql = """
        update email_features f
        set follow_up_index = p.index, cadence_bucket = p.bucket, gap_business_days = p.gap
        from json_to_recordset(cast(:places as json))
          as p(id uuid, index int, bucket text, gap int)
        where f.email_id = p.id
          and (f.follow_up_index, f.cadence_bucket, f.gap_business_days)
              is distinct from (p.index, p.bucket, p.gap)"""
    given = [
        {
            "id": str(p.email_id),
            "index": p.index,
            "bucket": str(p.bucket),
            "gap": p.gap_business_days,
        }
        for p in places
    ]
    return (await tx.run(sql, {"places": json.dumps(given)})).rowcount


@dataclass(frozen=True, slots=True)
class Learned:
    """One mail as a blueprint sees it."""

    email_id: UUID
    from_address: str
    sent_at: datetime | None
    features: Features


async def learned(tx: Tx, campaign_id: CampaignId, source: MailSource) -> list[Learned]:
    """The features of the newest mails of a source, at most `NEWEST_MAILS`, oldest first."""
    sql = """
        select f.email_id, e.from_address, f.sent_at, f.features, f.follow_up_index,
          f.cadence_bucket, f.gap_business_days, f.series
        from email_features f join emails e on e.id = f.email_id
        where f.campaign_id = :campaign and f.source = :source
        order by f.sent_at desc nulls last, f.email_id desc limit :limit"""
    values = {"campaign": campaign_id, "source": str(source), "limit": NEWEST_MAILS}
    rows = await tx.rows(sql, values)
    placed = ("follow_up_index", "cadence_bucket", "gap_business_days", "series")
    return [
        Learned(
            row["email_id"],
            row["from_address"] or "",
            row["sent_at"],
            Features.model_validate(row["features"] | {name: row[name] for name in placed}),
        )
        for row in reversed(rows)
    ]


async def bodies(tx: Tx, email_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The texts of these mails, as far as features read them."""
    sql = "select id, left(body, 6000) as body from emails where id = any(:ids)"
    return {row["id"]: row["body"] for row in await tx.rows(sql, {"ids": list(email_ids)})}


async def unread_reasons(tx: Tx, campaign_id: CampaignId, source: MailSource) -> dict[str, int]:
    """How many mails of a source could not be read, by reason."""
    sql = """select reason, count(*) as n from unread_emails
             where campaign_id = :campaign and source = :source group by reason order by reason"""
    rows = await tx.rows(sql, {"campaign": campaign_id, "source": str(source)})
    return {row["reason"]: row["n"] for row in rows}


async def mails_like(tx: Tx, query: FeatureQuery) -> list[FoundMail]:
    """Mails by features, newest first: competitor, soft ask, step 2, 3-5 days (D-23)."""
    sql = """
        select e.id as email_id, e.source, e.subject, e.sent_at, f.word_count, f.cta_type,
          f.follow_up_index + 1 as step, f.cadence_bucket
        from email_features f join emails e on e.id = f.email_id
        where f.campaign_id = :campaign
          and (cast(:source as text) is null or f.source = :source)
          and (cast(:ctas as text[]) is null or f.cta_type = any(:ctas))
          and (cast(:index as int) is null or f.follow_up_index = :index)
          and (cast(:cadence as text[]) is null or f.cadence_bucket = any(:cadence))
        order by f.sent_at desc nulls last, f.email_id limit :limit"""
    values = {
        "campaign": query.campaign_id,
        "source": None if query.source is None else str(query.source),
        "ctas": [str(cta) for cta in query.cta_types] or None,
        "index": None if query.step is None else query.step - 1,
        "cadence": [str(bucket) for bucket in query.cadence] or None,
        "limit": query.limit,
    }
    return [FoundMail.model_validate(dict(row)) for row in await tx.rows(sql, values)]


async def active_blueprint(tx: Tx, campaign_id: CampaignId) -> Blueprint | None:
    """The active blueprint of a campaign."""
    sql = "select * from blueprints where campaign_id = :campaign and status = 'active'"
    return _blueprint(await tx.row(sql, {"campaign": campaign_id}))


async def blueprint(tx: Tx, blueprint_id: BlueprintId) -> Blueprint | None:
    """One version, whatever its status."""
    return _blueprint(await tx.row("select * from blueprints where id = :id", {"id": blueprint_id}))


def _blueprint(row: Mapping[str, Any] | None) -> Blueprint | None:
    if row is None:
        return None
    names = ("id", "campaign_id", "version", "status", "inputs", "created_at")
    return Blueprint.model_validate(row["content"] | {name: row[name] for name in names})


async def newest_version(tx: Tx, campaign_id: CampaignId) -> tuple[int, str | None]:
    """The highest version and the digest of the active one's inputs; locks the campaign's row."""
    await tx.run("select 1 from campaigns where id = :id for update", {"id": campaign_id})
    sql = """select coalesce(max(version), 0) as version,
               max(inputs_sha256) filter (where status = 'active') as inputs
             from blueprints where campaign_id = :campaign"""
    row = await tx.row(sql, {"campaign": campaign_id})
    return (0, None) if row is None else (row["version"], row["inputs"])


async def replace_blueprint(tx: Tx, made: Blueprint, inputs_sha256: str) -> None:
    """Archive the active version and keep the new one."""
    await tx.run(
        "update blueprints set status = 'archived' where campaign_id = :campaign"
        " and status = 'active'",
        {"campaign": made.campaign_id},
    )
    apart = {"id", "campaign_id", "version", "status", "inputs", "created_at"}
    await tx.run(
        insert(tables.blueprints).values(
            workspace_id=tx.workspace,
            id=made.id,
            campaign_id=made.campaign_id,
            version=made.version,
            status=made.status,
            content=made.model_dump(mode="json", exclude=apart),
            inputs=made.inputs,
            inputs_sha256=inputs_sha256,
            created_at=made.created_at,
        )
    )
