"""Drafts as screens and JSON show them: names of account and contact joined in, and what may be done.

In: the open transaction, the person who looks. Out: plain dictionaries. Never: a change, or a hint that
a draft is a test of its reviewers before it is decided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from outrider.app.views import evidence
from outrider.drafts import claim, store
from outrider.drafts.diff import word_diff
from outrider.drafts.review import store_people, store_reviews, store_scores
from outrider.drafts.review.allowed import Situation, allowed, told, when
from outrider.drafts.review.types import Action, Review, Scores
from outrider.drafts.today import Today, today
from outrider.drafts.types import DraftStatus
from outrider.kernel.access import Member, PersonRole
from outrider.kernel.database.tx import Tx

_APPROVALS = store_people.APPROVALS.format(draft="d.id")
_COST = (
    "(select coalesce(sum(n.cost_usd), 0) from outrider.drafts n where n.lineage_id = d.lineage_id"
    " and n.writer not like 'person:%')"
    " + (select coalesce(sum(s.cost_usd), 0) from outrider.draft_scores s"
    " join outrider.drafts n on n.id = s.draft_id where n.lineage_id = d.lineage_id)"
    " + (select coalesce(sum(v.cost_usd), 0) from outrider.draft_variants v"
    " join outrider.drafts n on n.id = v.draft_id where n.lineage_id = d.lineage_id)"
    " + (select coalesce(sum(x.cost_usd), 0) from outrider.draft_readings x"
    " join outrider.drafts n on n.id = x.draft_id where n.lineage_id = d.lineage_id)"
)
_DRAFT = (
    "select d.*, a.name as account, c.email as contact_email, c.title as contact_title,"
    " trim(c.first_name || ' ' || c.last_name) as contact_name, k.name as campaign,"
    " p.name as decided_by, x.by as decision_by, x.kind as decision, x.decided_at,"
    " x.note as decision_note, x.category as decision_category, to_jsonb(r) as review,"
    f" {_APPROVALS} as given, {_COST} as lineage_cost_usd,"
    " (select n.number from outrider.drafts n where n.lineage_id = d.lineage_id"
    "  and n.parent_id = d.id order by n.version limit 1)"
    " as replaced_by,"
    " (select q.number from outrider.drafts q where q.id = d.parent_id) as replaces"
    " from outrider.drafts d"
    " join outrider.accounts a on a.id = d.account_id"
    " join outrider.contacts c on c.id = d.contact_id"
    " join outrider.campaigns k on k.id = d.campaign_id"
    " left join outrider.reviews r on r.draft_id = d.id"
    " left join outrider.decisions x on x.draft_id = d.id"
    " left join outrider.people p on p.id = x.person_id"
)
_NOBODY = {"policy": "the policy", "timeout": "the time limit"}


async def listing(  # noqa: PLR0913 - filters by name, and who looks
    tx: Tx,
    *,
    status: str | None = None,
    campaign: str | None = None,
    limit: int = 200,
    snoozed: bool = True,
    member: Member | None = None,
) -> list[dict[str, Any]]:
    """Drafts, oldest first; `status` None means every one, `snoozed` False leaves out what is put aside."""
    rows = await tx.rows(
        f"{_DRAFT} where (cast(:status as text) is null or d.status = :status)"
        " and (cast(:campaign as text) is null or k.name = :campaign)"
        " and (:snoozed or r.snoozed_until is null or r.snoozed_until <= :now)"
        " order by d.number limit :limit",
        {
            "status": status,
            "campaign": campaign,
            "limit": limit,
            "snoozed": snoozed,
            "now": tx.now,
        },
    )
    return await _all(tx, rows, member)


async def one(tx: Tx, draft_id: object, member: Member | None = None) -> dict[str, Any] | None:
    """One draft, whole, with what changed since the version before.

    For a person who looks, it is checked anew: what would stop an approval shows before the click.
    """
    row = await tx.row(f"{_DRAFT} where d.id = :id", {"id": draft_id})
    if row is None:
        return None
    now = await today(tx, store.draft_of(row)) if member else None
    [shown] = await _all(tx, [_as_of(row, now)], member)
    if now and now.why_not and shown["can"]["approve"]["allowed"]:
        shown["can"]["approve"] = {"allowed": False, "why_not": now.why_not}
    before = await tx.row(
        "select subject, body from outrider.drafts where id = :id", {"id": row["parent_id"]}
    )
    if before is not None:
        old, new = (f"{text['subject']}\n\n{text['body']}" for text in (before, row))
        shown["diff"] = [[op, text] for op, text in word_diff(old, new)]
    return shown


def _as_of(row: Mapping[str, Any], now: Today | None) -> Mapping[str, Any]:
    if now is None:
        return row
    return {**row, "findings": [item.model_dump(mode="json") for item in now.findings]}


async def lineage(tx: Tx, lineage_id: object) -> list[dict[str, Any]]:
    """Every version of one mail, oldest first."""
    rows = await tx.rows(
        f"{_DRAFT} where d.lineage_id = :id order by d.version", {"id": lineage_id}
    )
    return await _all(tx, rows, None)


async def _all(
    tx: Tx, rows: Sequence[Mapping[str, Any]], member: Member | None
) -> list[dict[str, Any]]:
    """The public shape of each, with few more queries for all of them together."""
    if not rows:
        return []
    scores = await store_scores.of_drafts(tx, [row["id"] for row in rows])
    reviews = [store_reviews.review_of(row["review"]) if row["review"] else None for row in rows]
    people: tuple[tuple[str, PersonRole], ...] = ()
    others: tuple[Member, ...] = ()
    if member and any(one and one.verdict.action is Action.ESCALATE for one in reviews):
        people, others = await store_people.people(tx), await claim.stood_in_for(tx, member)
    claims = await evidence.of_claims(tx, rows)
    shown = []
    for row, review in zip(rows, reviews, strict=True):
        draft = draft_json(row, review, tx.now) | {"claims": claims[row["id"]]}
        draft["scores"] = _scores(scores.get(row["id"]))
        if member is not None:
            case = _situation(row, review, tx.now).model_copy(update={"people": people})
            draft["can"] = {
                str(verb): permission.model_dump(include={"allowed", "why_not"})
                for verb, permission in allowed(case, member, others).items()
            }
        shown.append(draft)
    return shown


def draft_json(row: Mapping[str, Any], review: Review | None, now: datetime) -> dict[str, Any]:
    """The public shape of a draft."""
    name, email = row["contact_name"], row["contact_email"]
    return {
        "id": str(row["id"]),
        "number": row["number"],
        "version": row["version"],
        "status": row["status"],
        "campaign": row["campaign"],
        "account": row["account"],
        "account_id": str(row["account_id"]),
        "contact": f"{name} <{email}>" if name else email,
        "contact_id": str(row["contact_id"]),
        "contact_email": email,
        "contact_title": row["contact_title"],
        "sender": row["sender"]["address"],
        "step": row["step"],
        "language": row["language"],
        "subject": row["subject"],
        "text": row["text"],
        "body": row["body"],
        "rich": row["rich"],
        "html": row["html"],
        "findings": row["findings"],
        "claims": row["claims"],
        "reasoning": row["reasoning"],
        "sources": row["sources"],
        "angle": row["angle"],
        "confidence": float(row["confidence"]),
        "writer": row["writer"],
        "note": row["note"],
        "cost_usd": float(row["cost_usd"]),
        "lineage_cost_usd": float(row["lineage_cost_usd"]),
        "content_hash": row["content_hash"],
        "lineage_id": str(row["lineage_id"]),
        "enrollment_id": str(row["enrollment_id"]),
        "replaces": row["replaces"],
        "replaced_by": row["replaced_by"],
        "diff": [],
        "review": _review(row, review),
        "scores": None,
        "can": None,
        "was_test": row["is_seed"] and row["status"] != DraftStatus.PENDING,
        "undo_until": _undo_until(row, now),
        "decision": row["decision"],
        "decision_by": row["decision_by"],
        "decided_by": _decider(row),
        "decided_at": _iso(row["decided_at"]),
        "decision_note": row["decision_note"],
        "decision_category": row["decision_category"],
        "created_at": row["created_at"].isoformat(),
    }


def _review(row: Mapping[str, Any], review: Review | None) -> dict[str, Any] | None:
    if review is None:
        return None
    verdict = review.verdict
    return {
        "action": verdict.action,
        "rule": verdict.rule,
        "reason": verdict.reason,
        "risk": verdict.risk,
        "confidence": None if review.confidence is None else float(review.confidence),
        "segment": review.segment,
        "approvals_needed": verdict.approvals,
        "approved_by": [
            item["name"] for item in row["given"] if item["content_hash"] == row["content_hash"]
        ],
        "due_at": _iso(review.due_at),
        "assigned": review.assigned,
        "level": review.level,
        "snoozed_until": _iso(review.snoozed_until),
        "on_timeout": review.on_timeout,
    }


def _scores(found: Scores | None) -> dict[str, Any] | None:
    if found is None:
        return None
    dimensions = {
        str(name): {"score": item.score, "reason": item.reason}
        for name, item in found.scores.items()
    }
    return {"by": found.by, "mean": float(found.mean), "dimensions": dimensions}


def _situation(row: Mapping[str, Any], review: Review | None, now: datetime) -> Situation:
    status = DraftStatus(row["status"])
    who = _decider(row) or "somebody who left"
    who = who[:1].upper() + who[1:]
    at = when(row["decided_at"], now) if row["decided_at"] else ""
    return Situation(
        status=status,
        content_hash=row["content_hash"],
        now=now,
        told=told(status, row["note"], row["decision"], who, at),
        blocking=tuple(f["message"] for f in row["findings"] if f["severity"] == "block"),
        verdict=review.verdict if review else None,
        assigned=review.assigned if review else None,
        level=review.level if review else 0,
        approvals=store_people.approvals_of(row["given"]),
        undo_until=row["released_at"],
    )


def _decider(row: Mapping[str, Any]) -> str | None:
    """Who decided: a person's name, or what decided in nobody's name."""
    name: str | None = row["decided_by"] or _NOBODY.get(row["decision_by"] or "")
    return name


def _undo_until(row: Mapping[str, Any], now: datetime) -> str | None:
    until = row["released_at"]
    if row["status"] != DraftStatus.APPROVED or until is None or until <= now:
        return None
    return _iso(until)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
