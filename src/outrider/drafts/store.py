"""All SQL of the room.

In: the open transaction. Out: drafts and decisions as frozen values. Never: a row, a commit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from outrider.campaigns.types import EnrollmentId
from outrider.drafts import tables
from outrider.drafts.states import Event, after, before
from outrider.drafts.types import (
    ApprovedDraft,
    Decision,
    DecisionId,
    DecisionKind,
    Draft,
    DraftId,
    DraftStatus,
    MailContent,
)
from outrider.kernel.database.tx import Tx

_COLUMNS = (
    "id, number, lineage_id, version, parent_id, status, enrollment_id, campaign_id, account_id,"
    " contact_id, step, recipient, sender, subject, body, rich, text, html, headers, content_hash, claims,"
    " findings, reasoning, sources, angle, confidence, writer, prompt_id, blueprint_id, run_id, note,"
    " actor, language, tokens, cost_usd, is_seed, created_at, resolved_at, released_at"
)
_DECISION = (
    "id, draft_id, kind, by, person_id, policy_id, category, dwell_seconds, is_quick, bulk_id,"
    " content_hash, note, subject_before, body_before, subject_after, body_after, decided_at"
)
_MOVED = (
    "with moved as (update outrider.drafts set status = :status, resolved_at = :now,"
    " released_at = coalesce(:released, released_at)"
    " where id = :id and status = any(:expected) returning id),"
    " closed as (update outrider.reviews r set closed_at = :now from moved"
    " where r.draft_id = moved.id and r.closed_at is null)"
)
_DECIDE = (
    f"insert into outrider.decisions (workspace_id, {_DECISION}) values (:workspace_id, "
    + ", ".join(f":{name.strip()}" for name in _DECISION.split(","))
    + ") returning id"
)
_APPROVE = (
    f"{_MOVED}, kept as (insert into outrider.decisions (workspace_id, {_DECISION})"
    " select :workspace_id, "
    + ", ".join(
        f":{'decision' if name.strip() == 'id' else name.strip()}" for name in _DECISION.split(",")
    )
    + " from moved) select id from moved"
)
_DRAFTS = f"select {_COLUMNS} from outrider.drafts"
COLUMNS = ", ".join(f"d.{name.strip()}" for name in _COLUMNS.split(","))
"""The columns of a draft, of the table `d`."""


async def add(tx: Tx, draft: Draft) -> Draft | None:
    """Insert a pending draft; None when its step or its version is taken already."""
    values = {
        "workspace_id": tx.workspace,
        **draft.model_dump(exclude={"number", "content", "resolved_at", "released_at"}),
        **draft.model_dump(mode="json", include={"claims", "findings", "reasoning", "sources"}),
        "recipient": draft.content.recipient.model_dump(mode="json"),
        "sender": draft.content.sender.model_dump(mode="json"),
        "subject": draft.content.subject,
        "text": draft.content.text,
        "html": draft.content.html,
        "headers": draft.content.headers,
    }
    statement = (
        insert(tables.drafts)
        .values(values)
        .on_conflict_do_nothing()
        .returning(tables.drafts.c.number)
    )
    row = await tx.row(statement)
    return draft.model_copy(update={"number": int(row["number"])}) if row else None


async def by_id(tx: Tx, draft_id: UUID) -> Draft | None:
    """The draft with this id."""
    return _one(await tx.row(f"{_DRAFTS} where id = :id", {"id": draft_id}))


async def by_number(tx: Tx, number: int) -> Draft | None:
    """The draft with this number."""
    return _one(await tx.row(f"{_DRAFTS} where number = :number", {"number": number}))


async def by_id_range(tx: Tx, low: UUID, high: UUID, limit: int) -> list[Draft]:
    """Drafts whose ids lie between two, both included: those that share a prefix."""
    rows = await tx.rows(
        f"{_DRAFTS} where id between :low and :high order by id limit :limit",
        {"low": low, "high": high, "limit": limit},
    )
    return [draft_of(row) for row in rows]


async def open_for(tx: Tx, enrollment_id: EnrollmentId, step: int) -> Draft | None:
    """The draft of this step that is not rejected, superseded or withdrawn."""
    return _one(
        await tx.row(
            f"{_DRAFTS} where enrollment_id = :enrollment and step = :step"
            " and status in ('pending','approved','queued','sent') and not is_seed",
            {"enrollment": enrollment_id, "step": step},
        )
    )


async def listing(
    tx: Tx, status: DraftStatus | None, campaign_id: UUID | None, limit: int, offset: int
) -> list[Draft]:
    """Drafts in the order of their numbers, of one status and one campaign where given."""
    where = ["true"]
    if status is not None:
        # The literal lets the partial index on pending drafts serve the page.
        where.append(f"status = '{status.value}'")
    if campaign_id is not None:
        where.append("campaign_id = :campaign")
    rows = await tx.rows(
        f"{_DRAFTS} where {' and '.join(where)} order by number limit :limit offset :offset",
        {"campaign": campaign_id, "limit": limit, "offset": offset},
    )
    return [draft_of(row) for row in rows]


async def lineage(tx: Tx, lineage_id: UUID) -> list[Draft]:
    """Every version of one mail, oldest first."""
    rows = await tx.rows(
        f"{_DRAFTS} where lineage_id = :lineage order by version", {"lineage": lineage_id}
    )
    return [draft_of(row) for row in rows]


async def newest_version(tx: Tx, lineage_id: UUID) -> Draft | None:
    """The newest version of one mail."""
    return _one(
        await tx.row(
            f"{_DRAFTS} where lineage_id = :lineage order by version desc limit 1",
            {"lineage": lineage_id},
        )
    )


async def unanswered(tx: Tx, limit: int) -> list[Draft]:
    """Rejected drafts of running sequences that no newer version answers, oldest first."""
    rows = await tx.rows(
        f"select {COLUMNS} from outrider.drafts d"
        " join outrider.enrollments e on e.id = d.enrollment_id"
        " where d.status = 'rejected' and not d.is_seed"
        " and e.status = 'active' and e.next_step = d.step"
        " and not exists (select 1 from outrider.drafts n where n.workspace_id = d.workspace_id"
        " and ((n.lineage_id = d.lineage_id and n.version > d.version)"
        " or (n.enrollment_id = d.enrollment_id and n.step = d.step"
        " and n.status in ('pending','approved','queued','sent') and not n.is_seed)))"
        " order by d.id limit :limit",
        {"limit": limit},
    )
    return [draft_of(row) for row in rows]


async def claim(
    tx: Tx,
    draft_id: UUID,
    event: Event,
    status: DraftStatus,
    released_at: datetime | None = None,
) -> bool:
    """Move one draft on if it still is where the event starts; False when somebody was first.

    Its review ends with it; `released_at` is when an approval can no longer be taken back.
    """
    values = _moving(tx, draft_id, event, status, released_at)
    return await tx.row(f"{_MOVED} select id from moved", values) is not None


async def approve(tx: Tx, decision: Decision, status: DraftStatus, released_at: datetime) -> bool:
    """The same with the decision beside it, in one statement; False stores nothing."""
    values = {
        **decision.model_dump(exclude={"id"}),
        **_moving(tx, decision.draft_id, Event.APPROVE, status, released_at),
        "decision": decision.id,
        "workspace_id": tx.workspace,
    }
    return await tx.row(_APPROVE, values) is not None


def _moving(
    tx: Tx, draft_id: UUID, event: Event, status: DraftStatus, released_at: datetime | None
) -> dict[str, Any]:
    return {
        "id": draft_id,
        "status": status.value,
        "now": tx.now,
        "released": released_at,
        "expected": [item.value for item in before(event)],
    }


async def claim_back(tx: Tx, draft_id: UUID) -> bool:
    """Take an approval back while it can be; False when it left, or the time for it is over."""
    result = await tx.run(
        "update outrider.drafts set status = :status, resolved_at = :now"
        " where id = :id and status = any(:expected) and released_at > :now",
        {
            "id": draft_id,
            "status": after(DraftStatus.APPROVED, Event.TAKE_BACK).value,
            "now": tx.now,
            "expected": [item.value for item in before(Event.TAKE_BACK)],
        },
    )
    return result.rowcount == 1


async def lock(tx: Tx, draft_id: UUID) -> None:
    """Make others who decide on this draft wait for the end of this transaction."""
    await tx.run("select 1 from outrider.drafts where id = :id for update", {"id": draft_id})


async def move(
    tx: Tx, draft_ids: Sequence[UUID], event: Event, status: DraftStatus, note: str | None = None
) -> list[DraftId]:
    """Move every draft on that still is where the event starts; returns those that moved."""
    rows = await tx.rows(
        "update outrider.drafts set status = :status, resolved_at = :now,"
        " note = coalesce(:note, note) where id = any(:ids) and status = any(:expected)"
        " returning id",
        {
            "ids": list(draft_ids),
            "status": status.value,
            "now": tx.now,
            "note": note,
            "expected": [item.value for item in before(event)],
        },
    )
    return [DraftId(row["id"]) for row in rows]


async def open_of_enrollments(tx: Tx, enrollment_ids: Sequence[UUID]) -> list[DraftId]:
    """Ids of the drafts of these enrollments that could still be sent."""
    rows = await tx.rows(
        "select id from outrider.drafts where enrollment_id = any(:ids)"
        " and status in ('pending','approved','queued')",
        {"ids": list(enrollment_ids)},
    )
    return [DraftId(row["id"]) for row in rows]


async def take_approved(
    tx: Tx, limit: int, mailbox_id: UUID | None, *, now: bool
) -> list[ApprovedDraft]:
    """Move up to `limit` approved drafts to queued, oldest first; rows that others hold are left.

    Those that can still be taken back are left as well, unless `now`.
    """
    rows = await tx.rows(
        "with picked as (select id from outrider.drafts a where status = 'approved'"
        " and (released_at is null or released_at <= :now or :at_once)"
        " and exists (select 1 from outrider.decisions k where k.draft_id = a.id"
        " and k.kind = 'approve')"
        " and (cast(:mailbox as text) is null or sender->>'mailbox_id' = :mailbox)"
        " order by id limit :limit for update skip locked)"
        " update outrider.drafts d set status = 'queued', resolved_at = :now"
        " from picked, outrider.decisions x"
        " where d.id = picked.id and x.draft_id = d.id and x.kind = 'approve'"
        f" returning {COLUMNS}, x.id as decision_id, x.content_hash as approved_hash",
        {
            "mailbox": str(mailbox_id) if mailbox_id else None,
            "limit": limit,
            "now": tx.now,
            "at_once": now,
        },
    )
    return sorted((_approved(row) for row in rows), key=lambda item: item.draft.id)


async def held(tx: Tx, limit: int) -> list[Draft]:
    """Approved drafts that can still be taken back, the next to leave first."""
    rows = await tx.rows(
        f"{_DRAFTS} where status = 'approved' and released_at > :now"
        " order by released_at, id limit :limit",
        {"now": tx.now, "limit": limit},
    )
    return [draft_of(row) for row in rows]


async def approved(tx: Tx, draft_ids: Sequence[UUID]) -> list[ApprovedDraft]:
    """Drafts with the decision that approved each; those that nobody approved are left out."""
    rows = await tx.rows(
        f"select {COLUMNS}, x.id as decision_id, x.content_hash as approved_hash"
        " from outrider.drafts d join outrider.decisions x on x.draft_id = d.id"
        " and x.kind = 'approve' where d.id = any(:ids) order by d.id",
        {"ids": list(draft_ids)},
    )
    return [_approved(row) for row in rows]


async def add_decision(tx: Tx, decision: Decision) -> None:
    """Insert what a person said."""
    await tx.row(_DECIDE, {"workspace_id": tx.workspace, **decision.model_dump()})


async def decision_on(tx: Tx, draft_id: UUID) -> Decision | None:
    """What a person said to this draft, if anybody did."""
    row = await tx.row(
        f"select {_DECISION} from outrider.decisions where draft_id = :id",
        {"id": draft_id},
    )
    return _decision(row) if row else None


async def decided_after(
    tx: Tx, after: tuple[datetime, UUID] | None, limit: int
) -> list[tuple[Draft, Decision]]:
    """Decisions with their drafts, oldest first, after a given (instant, id).

    Tests of the reviewers teach nothing, nor does an approval that was taken back.
    """
    moment, id_ = after or (None, None)
    rows = await tx.rows(
        f"select {COLUMNS}, x.id as x_id, x.draft_id as x_draft_id, x.kind as x_kind,"
        " x.by as x_by, x.person_id as x_person_id, x.policy_id as x_policy_id,"
        " x.category as x_category, x.dwell_seconds as x_dwell_seconds, x.is_quick as x_is_quick,"
        " x.bulk_id as x_bulk_id, x.content_hash as x_content_hash, x.note as x_note,"
        " x.subject_before as x_subject_before, x.body_before as x_body_before,"
        " x.subject_after as x_subject_after, x.body_after as x_body_after,"
        " x.decided_at as x_decided_at"
        " from outrider.decisions x join outrider.drafts d on d.id = x.draft_id"
        " where (cast(:moment as timestamptz) is null or (x.decided_at, x.id) > (:moment, :id))"
        " and not d.is_seed and not (x.kind = 'approve' and d.status = 'superseded')"
        " order by x.decided_at, x.id limit :limit",
        {"moment": moment, "id": id_, "limit": limit},
    )
    return [
        (
            draft_of(row),
            _decision({key[2:]: row[key] for key in row if key.startswith("x_")}),
        )
        for row in rows
    ]


def _one(row: Mapping[str, Any] | None) -> Draft | None:
    return draft_of(row) if row else None


def draft_of(row: Mapping[str, Any]) -> Draft:
    """A row as a value."""
    content = MailContent.model_validate(
        {name: row[name] for name in ("recipient", "sender", "subject", "text", "html", "headers")}
        | {"step": row["step"]}
    )
    values = {name: row[name] for name in Draft.model_fields if name in row}
    return Draft.model_validate({**values, "content": content})


def _approved(row: Mapping[str, Any]) -> ApprovedDraft:
    return ApprovedDraft(
        draft=draft_of(row),
        decision_id=DecisionId(row["decision_id"]),
        approved_hash=row["approved_hash"],
    )


def _decision(row: Mapping[str, Any]) -> Decision:
    return Decision.model_validate({**row, "kind": DecisionKind(row["kind"])})
