"""The SQL of the watch over answers. In: the open transaction. Out: values. Never: a row object."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from outrider.campaigns.types import CampaignId
from outrider.kernel.database.tx import Tx
from outrider.sending.health.evalue import Counts


@dataclass(frozen=True, slots=True)
class Watch:
    """One campaign under watch."""

    baseline: Counts
    watched_from: datetime
    since: Counts
    evidence: float
    alarmed_at: datetime | None


async def find(tx: Tx, campaign_id: CampaignId) -> Watch | None:
    """The watch over a campaign, locked until the transaction ends."""
    row = await tx.row(
        "select baseline_mails, baseline_answers, watched_from, mails, answers, evidence,"
        " alarmed_at from outrider.conversion_watches where workspace_id = :workspace"
        " and campaign_id = :campaign for update",
        {"workspace": tx.workspace, "campaign": campaign_id},
    )
    if row is None:
        return None
    return Watch(
        baseline=Counts(row["baseline_mails"], row["baseline_answers"]),
        watched_from=row["watched_from"],
        since=Counts(row["mails"], row["answers"]),
        evidence=row["evidence"],
        alarmed_at=row["alarmed_at"],
    )


async def put(tx: Tx, campaign_id: CampaignId, watch: Watch) -> None:
    """Keep a watch, in place of an earlier one."""
    await tx.run(
        "insert into outrider.conversion_watches (workspace_id, id, campaign_id, baseline_mails,"
        " baseline_answers, watched_from, mails, answers, evidence, looked_at, alarmed_at)"
        " values (:workspace, :id, :campaign, :baseline_mails, :baseline_answers, :watched_from,"
        " :mails, :answers, :evidence, :now, :alarmed_at)"
        " on conflict (workspace_id, campaign_id) do update set"
        " baseline_mails = excluded.baseline_mails, baseline_answers = excluded.baseline_answers,"
        " watched_from = excluded.watched_from, mails = excluded.mails,"
        " answers = excluded.answers, evidence = excluded.evidence,"
        " looked_at = excluded.looked_at, alarmed_at = excluded.alarmed_at",
        {
            "workspace": tx.workspace,
            "id": tx.new_id(),
            "campaign": campaign_id,
            "baseline_mails": watch.baseline.mails,
            "baseline_answers": watch.baseline.answers,
            "watched_from": watch.watched_from,
            "mails": watch.since.mails,
            "answers": watch.since.answers,
            "evidence": watch.evidence,
            "now": tx.now,
            "alarmed_at": watch.alarmed_at,
        },
    )
