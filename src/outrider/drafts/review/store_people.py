"""The SQL of reviewers: who approved, who looked, what tested them, what they changed.

In: the open transaction. Out: frozen values. Never: a row, a commit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from outrider.drafts.review import tables
from outrider.drafts.review.allowed import Approval
from outrider.drafts.types import DraftId
from outrider.kernel.access import PersonRole
from outrider.kernel.database.tx import Tx
from outrider.kernel.ids import PersonId

APPROVALS = (
    "(select coalesce(json_agg(json_build_object('person_id', a.person_id, 'name', p.name,"
    " 'content_hash', a.content_hash, 'approved_at', a.approved_at) order by a.approved_at), '[]')"
    " from outrider.approvals a join outrider.people p on p.id = a.person_id"
    " where a.draft_id = {draft})"
)
"""The approvals of one draft as JSON; `{draft}` is the SQL of its id."""


FIRST_LOOK = (
    "(select min(l.looked_at) from outrider.looks l"
    " where l.draft_id = {draft} and l.person_id = {person})"
)
"""When a person first opened a draft."""

MEMBERS = (
    "(select coalesce(json_agg(json_build_array(p.id, p.name, p.email, m.role)), '[]')"
    " from outrider.memberships m join outrider.people p on p.id = m.person_id)"
)
"""Id, name, address and role of everybody in the workspace as JSON."""


async def people(tx: Tx) -> tuple[tuple[str, PersonRole], ...]:
    """Address and role of everybody in the workspace."""
    rows = await tx.rows(
        "select p.email, m.role from outrider.memberships m"
        " join outrider.people p on p.id = m.person_id"
    )
    return tuple((row["email"], PersonRole(row["role"])) for row in rows)


def approvals_of(given: Sequence[Mapping[str, Any]]) -> tuple[Approval, ...]:
    """Approvals as the database gives them in JSON."""
    return tuple(Approval.model_validate(item) for item in given)


async def add_approval(tx: Tx, draft_id: UUID, person_id: PersonId, content_hash: str) -> bool:
    """Insert one of two approvals; False when this person gave his already."""
    statement = (
        insert(tables.approvals)
        .values(
            workspace_id=tx.workspace,
            id=tx.new_id(),
            draft_id=draft_id,
            person_id=person_id,
            content_hash=content_hash,
            approved_at=tx.now,
        )
        .on_conflict_do_nothing()
        .returning(tables.approvals.c.id)
    )
    return await tx.row(statement) is not None


async def add_look(tx: Tx, draft_id: UUID, person_id: PersonId, door: str) -> None:
    """Insert that a person opened a draft; once a minute says as much as every time."""
    await tx.run(
        "insert into outrider.looks (workspace_id, id, draft_id, person_id, door, looked_at)"
        " select :workspace, :id, d.id, :person, :door, :now from outrider.drafts d"
        " where d.id = :draft and not exists (select 1"
        " from outrider.looks where draft_id = :draft and person_id = :person and door = :door"
        " and looked_at > cast(:now as timestamptz) - interval '1 minute')",
        {
            "workspace": tx.workspace,
            "id": tx.new_id(),
            "draft": draft_id,
            "person": person_id,
            "door": door,
            "now": tx.now,
        },
    )


async def lookers(tx: Tx, draft_id: UUID, but: PersonId, since: datetime) -> list[str]:
    """Names of the people, one apart, who had this draft open since then; the latest first."""
    rows = await tx.rows(
        "select p.name, max(l.looked_at) as at from outrider.looks l"
        " join outrider.people p on p.id = l.person_id"
        " where l.draft_id = :draft and l.person_id <> :but and l.looked_at > :since"
        " group by p.id, p.name order by at desc",
        {"draft": draft_id, "but": but, "since": since},
    )
    return [row["name"] for row in rows]


async def add_shown(
    tx: Tx, draft_id: UUID, person_id: PersonId, door: str, since: datetime
) -> None:
    """Insert that a draft stood open before a person since then, unless that is known."""
    await tx.run(
        "insert into outrider.looks (workspace_id, id, draft_id, person_id, door, looked_at)"
        " select :workspace, :id, d.id, :person, :door, :since from outrider.drafts d"
        " where d.id = :draft and not exists (select 1"
        " from outrider.looks where draft_id = :draft and person_id = :person"
        " and looked_at <= :since)",
        {
            "workspace": tx.workspace,
            "id": tx.new_id(),
            "draft": draft_id,
            "person": person_id,
            "door": door,
            "since": since,
        },
    )


async def looked_at(tx: Tx, draft_ids: Sequence[UUID], person_id: PersonId) -> set[DraftId]:
    """Which of these drafts a person opened."""
    rows = await tx.rows(
        "select distinct draft_id from outrider.looks"
        " where draft_id = any(:ids) and person_id = :person",
        {"ids": list(draft_ids), "person": person_id},
    )
    return {DraftId(row["draft_id"]) for row in rows}


async def snooze(tx: Tx, draft_id: UUID, person_id: PersonId, until: datetime | None) -> bool:
    """Hide a draft until then, or show it again; its due time stays. False: the review is closed."""
    result = await tx.run(
        "update outrider.reviews set snoozed_until = :until, snoozed_by = :person"
        " where draft_id = :draft and closed_at is null",
        {"draft": draft_id, "person": person_id if until else None, "until": until},
    )
    return result.rowcount == 1
